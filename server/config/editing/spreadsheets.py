"""Lists as CSV files: given out as they are taken in, and taken whole or with each row's fault named."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.config.editing import typed
from server.config.editing.layout import ENTRIES, describe
from server.config.editing.parts import (
    TakenKey,
    UnknownEntry,
    add_entry,
    change_entry,
    entries,
    remove_entry,
)
from server.config.editing.places import faults
from server.config.editing.written import open_files
from server.config.problems import closest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from server.config.bundling import Files
    from server.config.editing.fields import Field
    from server.config.editing.written import Written
    from server.config.problems import ConfigProblem

MOST_BYTES = 2_000_000
MOST_ROWS = 5000
# What a spreadsheet would take for a formula; the sign in front of it is the spreadsheets' own.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class RowFault:
    """
    What keeps a file from being taken.

    Attributes:
        row: Counted from 1, which is the row of the columns; 0: the whole file.
        column: Empty: the whole row.
        kind: `not_text`, `too_large`, `empty`, `too_many_rows`, `no_csv`, `unknown_column`, `double_column`,
            `missing_column`, `fields`, `no_key`, `double_key`, `problem`: what the loader said is in `problem` then.
        detail: The value that is wrong, or what was probably meant.
    """

    row: int
    column: str
    kind: str
    detail: str = ""
    problem: ConfigProblem | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file did to a list, or its faults: then `files` is None."""

    files: Files | None
    faults: tuple[RowFault, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def give_csv(files: Files, name: str) -> str:
    """Write a list, names in every language; no secret is in any list."""
    written = open_files(files)
    fields, languages = describe(name), _languages(written, name)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column for column, _, _ in _columns(fields, languages)])
    for each in entries(written, name):
        writer.writerow(
            [
                _cell(field, each.values.get(field.name), language)
                for _, field, language in _columns(fields, languages)
            ]
        )
    return out.getvalue()


def take_csv(files: Files, name: str, data: bytes, *, whole: bool = False) -> Taken:
    """
    Take a list from a file; nothing is taken if there is any fault in it.

    What has a column is written, what has none stays. An empty cell takes the value away.

    Args:
        whole: What is not in the file is removed, and the order is the file's; else it stays.
    """
    written = open_files(files)
    fields = describe(name)
    try:
        rows = _rows(name, data, fields)
    except _Faulty as faulty:
        return Taken(None, tuple(faulty.faults))
    before = {each.id: each.values for each in entries(written, name)}
    columns = {field.name for _, row in rows[:1] for field in fields if _has_column(field, row)}
    added, changed, kept = [], [], {}
    for line, row in rows:
        key = row[_key_column(name)]
        values = _read(fields, row, columns, before.get(key, {}), written.languages)
        if key in before:
            now = change_entry(written, name, key, values)
            if any(before[key].get(each) != value for each, value in values.items()):
                changed.append(key)
        else:
            try:
                now = add_entry(written, name, values)
            except (TakenKey, UnknownEntry):  # two have it already, or there is no table that could take it
                return Taken(None, (RowFault(line, _key_column(name), "double_key", key),))
            added.append(key)
        kept[now] = line
    removed = [each.id for each in entries(written, name) if each.id not in kept] if whole else []
    for each in removed:
        remove_entry(written, name, each)
    if whole:
        _in_order(written, name, list(kept))
    result = written.to_files()
    wrong = [
        RowFault(kept[each.id], _column_of(each.field), "problem", problem=each.problem)
        for each in faults(result)
        if each.name == name and each.id in kept
    ]
    if wrong:
        return Taken(None, tuple(sorted(wrong, key=lambda each: each.row)))
    return Taken(result, (), tuple(added), tuple(changed), tuple(removed))


def columns_of(files: Files, name: str) -> list[str]:
    """Name the columns of a list."""
    return [column for column, _, _ in _columns(describe(name), _languages(open_files(files), name))]


class _Faulty(Exception):
    def __init__(self, faults: list[RowFault]) -> None:
        self.faults = faults


def _languages(written: Written, name: str) -> list[str]:
    """List the centre's languages, and those in which there are names besides."""
    found = list(written.languages)
    for field in describe(name):
        for each in entries(written, name) if field.kind == "names" else ():
            names = each.values.get(field.name)
            found.extend(names if isinstance(names, dict) else ())
    return list(dict.fromkeys(found))


def _columns(fields: Sequence[Field], languages: Sequence[str]) -> Iterator[tuple[str, Field, str]]:
    for field in fields:
        if field.kind == "names":
            yield from ((f"{field.name}_{language}", field, language) for language in languages)
        elif not field.secret:
            yield field.name, field, ""


def _column_of(field: str) -> str:
    name, _, language = field.rpartition(".")
    return f"{name}_{language}" if name else field


def _cell(field: Field, value: Any, language: str) -> str:
    if field.kind == "names":
        text = str(value.get(language) or "") if isinstance(value, dict) else ""
    elif isinstance(value, list):
        text = "; ".join(map(str, value))
    else:
        text = typed.shown(field, value)
    return f"'{text}" if _FORMULA.match(text) else text


def _key_column(name: str) -> str:
    return ENTRIES[name].id


def _has_column(field: Field, row: dict[str, str]) -> bool:
    if field.kind == "names":
        return any(column.startswith(f"{field.name}_") for column in row)
    return field.name in row


def _rows(name: str, data: bytes, fields: Sequence[Field]) -> list[tuple[int, dict[str, str]]]:
    """Read the rows of a file, each with its number."""
    if len(data) > MOST_BYTES:
        raise _Faulty([RowFault(0, "", "too_large")])
    text = _decoded(data)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    faulty: list[RowFault] = []
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        columns = [each.strip() for each in next(reader, [])]
        faulty += _faults_of_header(name, columns, fields)
        seen: dict[str, int] = {}
        for number, cells in enumerate(reader, 2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) >= MOST_ROWS:
                raise _Faulty([RowFault(number, "", "too_many_rows", str(MOST_ROWS))])
            if len(cells) != len(columns):
                faulty.append(RowFault(number, "", "fields", f"{len(cells)} / {len(columns)}"))
                continue
            row = dict(zip(columns, (_plain(cell) for cell in cells), strict=True))
            rows.append((number, row))
            if (key := row.get(_key_column(name), "")) in seen:
                faulty.append(RowFault(number, _key_column(name), "double_key", key))
            elif not key:
                faulty.append(RowFault(number, _key_column(name), "no_key"))
            seen[key] = number
    except csv.Error:
        faulty.append(RowFault(reader.line_num, "", "no_csv"))
    if faulty:
        raise _Faulty(faulty)
    if not rows:
        raise _Faulty([RowFault(0, "", "empty")])
    return rows


def _decoded(data: bytes) -> str:
    mark, encoding = next((each for each in _BOMS if data.startswith(each[0])), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise _Faulty([RowFault(0, "", "not_text")])
    return text


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if _QUOTED.match(cell) else cell


def _faults_of_header(name: str, columns: list[str], fields: Sequence[Field]) -> list[RowFault]:
    known = [field.name for field in fields if field.kind != "names" and not field.secret]
    names = [field.name for field in fields if field.kind == "names"]
    found = []
    for column in columns:
        start, _, language = column.rpartition("_")
        if columns.count(column) > 1:
            found.append(RowFault(1, column, "double_column"))
        elif column not in known and not (start in names and language):
            meant = closest(column, [*known, *(f"{each}_az" for each in names)])
            found.append(
                RowFault(1, column, "unknown_column", (meant or "").partition("`")[2].partition("`")[0])
            )
    if _key_column(name) not in columns:
        found.append(RowFault(1, _key_column(name), "missing_column"))
    return list(dict.fromkeys(found))


class _Cells:
    """A row as a form sends it."""

    def __init__(self, fields: Sequence[Field], row: dict[str, str]) -> None:
        self._lists = {field.name for field in fields if field.kind == "choices"}
        names = {field.name for field in fields if field.kind == "names"}
        self._cells = {}
        known = {field.name for field in fields if field.kind != "names"}
        for column, cell in row.items():
            start, _, language = column.rpartition("_")
            is_name = start in names and column not in known
            self._cells[f"{start}.{language}" if is_name else column] = cell
        for field in fields:
            if field.kind == "switch" and field.name in row:
                self._cells[field.name] = row[field.name].strip().casefold()

    def get(self, key: str, default: str = "") -> str:
        return self._cells.get(key, default)

    def getlist(self, key: str) -> list[str]:
        return [each.strip() for each in self._cells.get(key, "").split(";") if each.strip()]


def _read(
    fields: Sequence[Field],
    row: dict[str, str],
    columns: set[str],
    before: dict[str, Any],
    languages: list[str],
) -> dict[str, Any]:
    asked = [field for field in fields if field.name in columns]
    named = {column.rpartition("_")[2] for column in row}
    values = typed.typed(asked, _Cells(fields, row), [*dict.fromkeys((*languages, *sorted(named)))], before)
    for field in asked:
        if field.kind != "switch":
            continue
        cell = row[field.name].strip().casefold()
        if not cell:
            values[field.name] = before.get(field.name)
        elif cell not in ("true", "false"):
            values[field.name] = row[field.name]  # the loader says what it must be
    return values


def _in_order(written: Written, name: str, ids: list[str]) -> None:
    """Put the entries into the order of a file."""
    kind = ENTRIES[name]
    if kind.shape in ("rows", "both"):
        table = written.tables[name]
        by_key = {row["key"]: row for row in table.rows}
        table.rows[:] = [by_key[each] for each in ids if each in by_key] + [
            row for row in table.rows if row["key"] not in ids
        ]
    elif kind.shape == "list":
        held = written.at(kind.path)
        by_id = dict(zip((each.id for each in entries(written, name)), held, strict=True))
        held[:] = [by_id[each] for each in ids]
