"""Values as they are typed into a form and shown in it; what is no number stays as typed, and the loader says so."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from server.config.editing.fields import Field
    from server.config.editing.parts import Values

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_DECIMAL = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,9})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST = 4000


class Form(Protocol):
    """What was sent."""

    def get(self, key: str, default: str = "") -> str:
        """Give the first value of a name."""

    def getlist(self, key: str) -> list[str]:
        """Give every value of a name."""


def shown(field: Field, value: Any) -> str:
    """Write a value as its field shows it; names and choices are shown one by one, and not by this."""
    if value is None or field.secret:
        return ""
    if isinstance(value, (list, tuple)):
        return ("\n" if field.kind == "lines" else ", ").join(map(str, value))
    if isinstance(value, dict):
        return "\n".join(f"{key}: {each}" for key, each in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def typed(fields: Iterable[Field], form: Form, languages: Sequence[str], before: Values) -> Values:
    """
    Read a form.

    Args:
        languages: In which names are asked for; names in others stay.
        before: What is written now: a default is not written where it was not before.

    Returns:
        For each field what is to be written, None for nothing; a secret that is left alone is not in it.
    """
    values: Values = {}
    for field in fields:
        if field.secret:
            secret = _value(field, form.get(field.name, "")[:LONGEST])
            if form.get(f"{field.name}~clear", ""):
                values[field.name] = None
            elif secret is not None:
                values[field.name] = secret
            continue
        was = before.get(field.name)
        value: Any
        if field.kind == "names":
            value = _names(field, form, languages, was)
        elif field.kind == "switch":
            value = form.get(field.name, "") in ("on", "true")
        elif field.kind == "choices":
            value = _listed(field, form.getlist(field.name), was)
        else:
            value = _value(field, form.get(field.name, "")[:LONGEST])
        if value is None and was in ([], {}) and field.kind in ("list", "lines", "choices", "names", "pairs"):
            value = was
        values[field.name] = None if was is None and _is_default(field, value) else value
    return values


def _is_default(field: Field, value: Any) -> bool:
    default = list(field.default) if isinstance(field.default, (tuple, frozenset)) else field.default
    if field.kind == "switch" and default is None:
        return value is False
    return bool(value == default) and type(value) is type(default)


def _names(field: Field, form: Form, languages: Sequence[str], was: Any) -> dict[str, Any] | None:
    before = was if isinstance(was, dict) else {}
    names: dict[str, Any] = {}
    for language in dict.fromkeys((*before, *languages)):
        given = form.get(f"{field.name}.{language}", "\0")
        text = before.get(language) if given == "\0" else " ".join(given[:LONGEST].split())
        if text not in (None, ""):
            names[language] = text
    return names or None


def _listed(field: Field, chosen: list[str], was: Any) -> list[str] | None:
    """Keep the order in which they are written; what is new goes to the end."""
    written = [each for each in was if str(each) in chosen] if isinstance(was, list) else []
    new = [each[:LONGEST] for each in dict.fromkeys(chosen) if each and each not in map(str, written)]
    if field.choices and not written:
        new.sort(key=lambda each: field.choices.index(each) if each in field.choices else len(field.choices))
    return [*written, *new] or None


def _value(field: Field, text: str) -> Any:
    if field.kind == "lines":
        return [" ".join(line.split()) for line in text.splitlines() if line.strip()] or None
    if field.kind == "pairs":
        pairs = (line.partition(":") for line in text.splitlines() if line.strip())
        return {key.strip(): value.strip() for key, _, value in pairs} or None
    text = " ".join(text.split())
    if not text:
        return None
    if field.kind == "list":
        items = [each.strip() for each in re.split(r"[,;]", text) if each.strip()]
        return [int(each) if field.numbers and _WHOLE.fullmatch(each) else each for each in items] or None
    if (field.kind == "number" or (field.kind == "choice" and field.numbers)) and _WHOLE.fullmatch(text):
        return int(text)
    if field.kind == "decimal" and _DECIMAL.fullmatch(text):
        return float(text.replace(",", ".")) if re.search("[.,]", text) else int(text)
    if field.kind == "date" and _DAY.fullmatch(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return text
    return text
