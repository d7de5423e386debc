"""The fields of a form about the configuration, as a template draws them: labels, choices, values, faults."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from counter.edit_state import fault_text, language_name
from server.config import editing
from server.config.editing import typed
from server.wording import available_languages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.config.editing import Fault, Field, Values, Written
    from server.config.editing.parts import Entry
    from server.operations.context import View
    from server.wording import Wording

# Of a service: for whoever keeps the catalogue, and seldom looked at.
APART = ("source", "minutes_basis", "name_basis")
MANY = 12


def lay_out(
    name: str,
    values: Values,
    written: Written,
    words: Wording,
    faults: Sequence[Fault] = (),
    *,
    is_new: bool = False,
) -> list[View]:
    """Lay out every field of a form or an entry, with the faults that concern it."""
    asker = _Asker(name, written, words, faults)
    fields = editing.describe(name)
    return [
        asker.field(field, values.get(field.name), is_fixed=field.once and not is_new) for field in fields
    ]


def label_of(name: str, field: str, words: Wording) -> str | None:
    """Name a field; None where there is no word for it but its key."""
    flat = field.replace(".", "_")
    for key in (f"edit.f_{name}_{flat}", f"edit.f_{flat}", f"edit.f_{field.rpartition('.')[2]}"):
        if words.has(key):
            return words.text(key)
    return None


def names_of(written: Written, name: str, words: Wording) -> dict[str, str]:
    """Name what may be chosen of a list, by its keys."""
    found = {}
    for each in editing.entries(written, name):
        key = str(each.values.get(editing.ENTRIES[name].id, ""))
        if key and each.values.get("here") is not False:
            found[key] = title_of_entry(each, name, words)
    return found


def title_of_entry(entry: Entry, name: str, words: Wording) -> str:
    """Name an entry for its reader: by its name, or else by its key."""
    named = entry.values.get("name")
    key = str(entry.values.get(editing.ENTRIES[name].id, entry.id))
    if isinstance(named, dict):
        texts = {language: str(text) for language, text in named.items() if text}
        return words.name(texts) if texts else key
    if name == "counters":
        return words.text("edit.counter_n", n=key)
    return str(named) if named else key


class _Asker:
    """Lays fields out; what may be chosen is read once for each list."""

    def __init__(self, name: str, written: Written, words: Wording, faults: Sequence[Fault]) -> None:
        self._name = name
        self._written = written
        self._words = words
        self._faults = faults
        self._names: dict[str, dict[str, str]] = {}

    def field(self, field: Field, value: Any, *, is_fixed: bool) -> View:
        words = self._words
        hint = next(
            (
                words.text(key)
                for key in (
                    f"edit.h_{self._name}_{field.name.replace('.', '_')}",
                    f"edit.h_{field.name.replace('.', '_')}",
                )
                if words.has(key)
            ),
            "",
        )
        bounds = "" if field.least is None and field.most is None else self._bounds(field)
        return {
            "name": field.name,
            "id": _id(field.name),
            "kind": field.kind,
            "label": label_of(self._name, field.name, words),
            "hint": " · ".join(each for each in (hint, bounds) if each),
            "needed": field.needed,
            "fixed": is_fixed,
            "secret": field.secret,
            "is_set": value is not None,
            "value": typed.shown(field, value),
            "checked": value is True or (value is None and field.default is True),
            "default": typed.shown(field, field.default) if field.kind not in ("switch", "names") else "",
            "names": self._by_language(field, value) if field.kind == "names" else [],
            "options": self._options(field, value),
            "groups": self._groups(field, value),
            "errors": self._errors(field),
            "apart": field.name in APART,
        }

    def _bounds(self, field: Field) -> str:
        return f"{_number(field.least)}–{_number(field.most)}"

    def _errors(self, field: Field) -> list[tuple[str, str | None]]:
        own = [
            each.problem
            for each in self._faults
            if each.field == field.name or (field.kind == "names" and each.field.startswith(f"{field.name}."))
        ]
        missing = [each for each in own if each.kind == "missing_in"]
        if len(missing) > 1:  # a catalogue has a fault for each language; one sentence says it all
            languages = ", ".join(str(each.facts["languages"]) for each in missing)
            first = replace(missing[0], facts={"languages": languages})
            own = [first, *(each for each in own if each not in missing)]
        return list(dict.fromkeys(fault_text(each, self._words) for each in own))

    def _by_language(self, field: Field, value: Any) -> list[View]:
        names = value if isinstance(value, dict) else {}
        wanted = self._written.languages or list(available_languages())
        has_any = any(names.values())
        return [
            {
                "language": each,
                "own_name": language_name(each),
                "value": "" if names.get(each) is None else str(names[each]),
                "missing": not names.get(each) and (field.needed or has_any),
            }
            for each in wanted
        ]

    def _options(self, field: Field, value: Any) -> list[tuple[str, str, bool]]:
        if field.kind not in ("choice", "choices") or self._is_grouped(field):
            return []
        own = {each: choice_text(self._words, field.name, each) for each in field.choices}
        named = self._named(field.of) if field.of else own
        shown = value if value is not None else field.default
        held = shown if isinstance(shown, (list, tuple, frozenset)) else [shown]
        chosen = [str(each) for each in held if each is not None]
        # What is written and cannot be chosen stays until somebody chooses something else.
        named = {**named, **{each: each for each in chosen if each not in named}}
        return [(key, text, key in chosen) for key, text in named.items()]

    def _groups(self, field: Field, value: Any) -> list[View]:
        if not self._is_grouped(field):
            return []
        chosen = [str(each) for each in value] if isinstance(value, list) else []
        agencies = self._named("agencies")
        found: dict[str, list[tuple[str, str, bool]]] = {}
        known = set()
        for each in editing.entries(self._written, "services"):
            agency = str(each.values.get("agency"))
            if agency in agencies or each.id in chosen:
                known.add(each.id)
                title = title_of_entry(each, "services", self._words)
                found.setdefault(agency, []).append((each.id, title, each.id in chosen))
        if strange := [each for each in chosen if each not in known]:
            found[""] = [(each, each, True) for each in strange]
        return [
            {
                "title": agencies.get(agency, agency or "?"),
                "options": options,
                "n": sum(is_chosen for *_, is_chosen in options),
            }
            for agency, options in found.items()
        ]

    def _is_grouped(self, field: Field) -> bool:
        return field.kind == "choices" and field.of == "services"

    def _named(self, name: str) -> dict[str, str]:
        if name not in self._names:
            self._names[name] = names_of(self._written, name, self._words)
        return self._names[name]


def choice_text(words: Wording, field: str, choice: str) -> str:
    """Say one of a few choices; what has no word is said as it is written."""
    flat, last = choice.replace("-", "_"), field.rpartition(".")[2]
    for key in (
        f"edit.o_{last}_{flat}",
        f"edit.o_{flat}",
        f"account.role_{flat}" if last == "second_factor" else "",
    ):
        if key and words.has(key):
            return words.text(key)
    return choice


def _id(name: str) -> str:
    return name.replace(".", "-")


def _number(value: float | None) -> str:
    return "…" if value is None else f"{value:g}"
