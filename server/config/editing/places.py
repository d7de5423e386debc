"""Which field of which form a fault concerns, and which names are missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.config import bundling
from server.config.editing.layout import ENTRIES, FORMS, describe
from server.config.editing.parts import Entry, entries, read
from server.config.editing.written import open_files
from server.config.problems import ConfigErrors

if TYPE_CHECKING:
    from server.config.bundling import Files
    from server.config.editing.written import Written
    from server.config.problems import ConfigProblem

_STEP = re.compile(r"\.?([^.\[\]]+)|\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class Fault:
    """
    A fault with its place among the forms.

    Attributes:
        name: Of the form or list; empty: no form can mend it.
        id: Of the entry; empty: of the section.
        field: Empty: of the whole entry or section.
    """

    problem: ConfigProblem
    name: str = ""
    id: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class MissingName:
    """A name that is not there in one of the centre's languages; `instead` is what stands in the first."""

    name: str
    id: str
    field: str
    language: str
    instead: str = ""


def problems(files: Files) -> list[ConfigProblem]:
    """List every fault, as the loader finds them."""
    try:
        bundling.load_files(files)
    except ConfigErrors as error:
        return list(error.problems)
    return []


def faults(files: Files, found: list[ConfigProblem] | None = None) -> list[Fault]:
    """
    List every fault with its place.

    Args:
        found: What the loader found, where it was asked already.
    """
    found = problems(files) if found is None else found
    if not found:
        return []
    try:
        written = open_files(files)
    except ConfigErrors:
        return [Fault(each) for each in found]
    tables = {table.file: name for name, table in written.tables.items()}
    return [
        _in_table(each, written, tables[each.file]) if each.file in tables else _in_config(each, written)
        for each in found
    ]


def _in_table(problem: ConfigProblem, written: Written, name: str) -> Fault:
    table = written.tables[name]
    if problem.line not in table.lines:
        return Fault(problem, name)
    id = entries(written, name)[table.lines.index(problem.line)].id
    column = table.columns[problem.column - 1] if 1 <= problem.column <= len(table.columns) else ""
    for field in describe(name):
        if field.kind == "names" and field.column and column.startswith(f"{field.column}_"):
            return Fault(problem, name, id, f"{field.name}.{column.partition('_')[2]}")
        if field.column and field.column == column:
            return Fault(problem, name, id, field.name)
    return Fault(problem, name, id)


def _in_config(problem: ConfigProblem, written: Written) -> Fault:
    steps: list[str | int] = [int(i) if i else key for key, i in _STEP.findall(problem.key)]
    for name, kind in ENTRIES.items():
        if kind.path and tuple(steps[: len(kind.path)]) == kind.path:
            rest = steps[len(kind.path) :]
            if not rest:
                return Fault(problem, name)
            found = entries(written, name)
            if isinstance(rest[0], int):
                id = found[rest[0]].id if rest[0] < len(found) else ""
            else:
                id = next((each.id for each in found if each.id == rest[0]), "")
            return Fault(problem, name, id, _field(name, rest[1:]))
    if steps and steps[0] in FORMS:
        return Fault(problem, str(steps[0]), "", _field(str(steps[0]), steps[1:]))
    return Fault(problem)


def _field(name: str, steps: list[str | int]) -> str:
    """Find the field that a path leads to or into."""
    path = ".".join(str(each) for each in steps if isinstance(each, str))
    for field in describe(name):
        if path == field.name or path.startswith(f"{field.name}."):
            return path if field.kind == "names" else field.name
    return next((field.name for field in describe(name) if path and field.name.startswith(f"{path}.")), "")


def missing_names(files: Files) -> list[MissingName]:
    """List the names that are not there in one of the centre's languages, form by form."""
    return missing_in(open_files(files))


def missing_in(written: Written) -> list[MissingName]:
    """List the missing names of what was read already."""
    languages = written.languages
    found = []
    for name in (*FORMS, *ENTRIES):
        fields = [field for field in describe(name) if field.kind == "names"]
        parts = entries(written, name) if name in ENTRIES else [Entry("", read(written, name))]
        for part in parts if fields else ():
            if part.values.get("here") is False:
                continue
            for field in fields:
                found.extend(_missing(name, part, field.name, field.needed, languages))
    return found


def _missing(name: str, part: Entry, field: str, needed: bool, languages: list[str]) -> list[MissingName]:
    names: Any = part.values.get(field)
    if not isinstance(names, dict):
        if names is not None or not needed:
            return []
        names = {}
    if not names and not needed:
        return []
    instead = next((str(names[each]) for each in (*languages, *names) if names.get(each)), "")
    return [
        MissingName(name, part.id, field, language, instead)
        for language in languages
        if not str(names.get(language) or "").strip()
    ]
