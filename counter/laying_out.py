"""Sections of the configuration as facts and tables, whatever they hold: drawn from the models themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server.config.secrets import HIDDEN, is_secret

if TYPE_CHECKING:
    from collections.abc import Collection

    from server.config import Config
    from server.wording import Wording

LISTS = ("zones", "agencies", "groups", "services", "counters", "categories", "printers", "displays")
NOTHING = "–"
CLOCK = re.compile(r"\d\d:\d\d")
# Of the catalogue, and too long for a row here.
LONG = ("bring", "cost")


@dataclass(slots=True)
class Table:
    """A list of parts: its columns are keys as config.yaml has them."""

    title: str
    columns: list[str]
    rows: list[list[str]]


@dataclass(slots=True)
class Laid:
    """A section: what it says once, and its lists."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def sections_of(config: Config) -> dict[str, int | None]:
    """Name the sections, with how many parts a list has."""
    return {name: len(getattr(config, name)) if name in LISTS else None for name in type(config).model_fields}


def lay_out(config: Config, section: str, words: Wording) -> Laid:
    """Lay a section out for its reader; names in their language, keys as they are written."""
    values = config.model_dump(mode="json")[section]
    laid = Laid()
    languages = {*config.centre.languages, *config.paper.languages}
    if isinstance(values, list):
        laid.tables.append(table_of("", values, words, languages))
    else:
        _lay(laid, "", values, words, languages)
    return laid


def table_of(title: str, parts: list[dict[str, Any]], words: Wording, languages: Collection[str]) -> Table:
    """Make a table of parts; a column that says nothing anywhere is left out."""
    columns = list(dict.fromkeys(key for part in parts for key in part))
    filled = [
        key
        for key in columns
        if key not in LONG and any(part.get(key) not in (None, [], {}) for part in parts)
    ]
    rows = [[_text(key, part.get(key), words, languages) for key in filled] for part in parts]
    return Table(title, filled, rows)


def _lay(laid: Laid, path: str, values: dict[str, Any], words: Wording, languages: Collection[str]) -> None:
    for key, value in values.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            laid.tables.append(table_of(here, value, words, languages))
        elif isinstance(value, dict) and value and not _is_name(value, languages):
            _lay(laid, here, value, words, languages)
        else:
            laid.facts.append((here, _text(here, value, words, languages)))


def _text(key: str, value: Any, words: Wording, languages: Collection[str]) -> str:
    if value is None or value == [] or value == {}:
        return NOTHING
    if is_secret(key):
        return HIDDEN
    if isinstance(value, bool):
        return words.text("admin.yes" if value else "admin.no")
    if isinstance(value, dict):
        if _is_name(value, languages):
            return words.name(value)
        return "; ".join(f"{each}: {_text(each, inner, words, languages)}" for each, inner in value.items())
    if isinstance(value, list):
        if len(value) == 2 and all(isinstance(each, str) and CLOCK.fullmatch(each) for each in value):
            return "–".join(value)
        return ", ".join(_text(key, each, words, languages) for each in value)
    return str(value)


def _is_name(value: dict[str, Any], languages: Collection[str]) -> bool:
    return set(value) <= set(languages) and all(isinstance(each, str) for each in value.values())


def text_of(key: str, value: Any, words: Wording, languages: Collection[str]) -> str:
    """Write one value for its reader, as the sections have it."""
    return _text(key, value, words, languages)
