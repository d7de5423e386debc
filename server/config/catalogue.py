"""The catalogue of agencies and services: CSV files, each row checked and remembered with its line."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from server.config.base import CHANNELS
from server.config.hall import Agency
from server.config.problems import ConfigProblem, closest

if TYPE_CHECKING:
    from pathlib import Path

KINDS: tuple[str, ...] = get_args(Agency.model_fields["kind"].annotation)
COLUMNS = {
    "agencies": ("key", "kind", "source"),
    "services": (
        "key", "agency", "group", "minutes", "minutes_basis", "channels", "bring", "source", "name_basis",
    ),
    "groups": ("key",),
    "bring": ("key",),
}  # fmt: skip
# What a catalogue may leave out.
OPTIONAL = {"services": ("cost",)}
FILES = tuple(COLUMNS)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a catalogue file, cells by column; `line` is where it starts."""

    line: int
    cells: dict[str, str]

    def names(self, languages: list[str]) -> dict[str, str]:
        """Gather the names by language."""
        return {language: self.cells[f"name_{language}"].strip() for language in languages}

    def items(self, column: str) -> list[str]:
        """Split a cell that lists several things, separated by semicolons."""
        return [item.strip() for item in self.cells.get(column, "").split(";") if item.strip()]


@dataclass(slots=True)
class Table:
    """
    A catalogue file.

    Attributes:
        rows: By key, in the order of the file; only what could be read.
        whole: Whether every row could be read, so that what is not in `rows` does not exist.
    """

    file: str
    columns: tuple[str, ...] = ()
    rows: dict[str, Row] = field(default_factory=dict)
    problems: list[ConfigProblem] = field(default_factory=list)
    whole: bool = True

    def problem(
        self,
        line: int,
        column: str,
        message: str,
        suggestion: str | None = None,
        key: str = "",
        *,
        kind: str = "",
        **facts: object,
    ) -> None:
        """Note a fault in a cell (or in a column, when `key` is empty); `kind` as `ConfigProblem` has it."""
        number = self.columns.index(column) + 1 if column in self.columns else 1
        name = ".".join(part for part in (key, column) if part)
        self.problems.append(ConfigProblem(self.file, line, number, name, message, suggestion, kind, facts))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The four tables, with their cross references checked."""

    agencies: Table
    services: Table
    groups: Table
    bring: Table

    @property
    def tables(self) -> tuple[Table, ...]:
        """All of them."""
        return self.agencies, self.services, self.groups, self.bring


def read_catalogue(files: dict[str, Path], shown_as: dict[str, str], languages: list[str]) -> Catalogue:
    """
    Read the four files and check them against each other.

    Args:
        files: By table: agencies, services, groups, bring.
        shown_as: What each file is called in a problem.
        languages: Each name must be there in all of these.
    """
    tables = {name: _read_table(name, files[name], shown_as[name], languages) for name in FILES}
    catalogue = Catalogue(**tables)
    _check_services(catalogue)
    _check_cells(catalogue.agencies, "kind", KINDS, "kind")
    return catalogue


def _read_table(name: str, path: Path, shown_as: str, languages: list[str]) -> Table:
    table = Table(shown_as)
    text = _read_text(path, table)
    if text is None:
        return table
    lines = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        table.columns = tuple(next(lines, ()))
        wanted = (*COLUMNS[name], *(f"name_{language}" for language in languages))
        if _check_header(table, wanted, OPTIONAL.get(name, ())):
            _read_rows(table, lines, languages)
    except csv.Error as error:
        table.whole = False
        table.problem(lines.line_num, "", f"not valid CSV: {error}")
    return table


def _read_text(path: Path, table: Table) -> str | None:
    try:
        content = path.read_bytes()
        return content.decode("utf-8-sig")  # spreadsheets put a mark in front
    except OSError as error:
        table.problem(1, "", f"cannot be read: {(error.strerror or str(error)).lower()}")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        table.problem(line, "", f"not UTF-8: byte 0x{content[error.start]:02x}", "save it as CSV UTF-8")
    table.whole = False
    return None


def _check_header(table: Table, wanted: tuple[str, ...], optional: tuple[str, ...]) -> bool:
    known = (*wanted, *optional, *(column for column in table.columns if column.startswith("name_")))
    if not table.columns:
        table.problem(1, "", "the file is empty")
    for column in table.columns:
        if table.columns.count(column) > 1:
            table.problem(1, column, "this column stands there twice")
        elif column not in known:
            table.problem(1, column, f"unknown column `{column}`", closest(column, known))
    for column in wanted:
        if column not in table.columns:
            table.problem(1, column, f"column `{column}` is missing")
    table.whole = not table.problems
    return table.whole


def _read_rows(table: Table, lines: Any, languages: list[str]) -> None:
    before = lines.line_num
    for values in lines:
        line, before = before + 1, lines.line_num
        if not values:
            continue  # an empty line at the end
        if len(values) != len(table.columns):
            table.whole = False
            table.problem(line, "", f"{len(values)} fields where the first line has {len(table.columns)}")
            continue
        row = Row(line, dict(zip(table.columns, values, strict=True)))
        _keep(table, row, languages)


def _keep(table: Table, row: Row, languages: list[str]) -> None:
    key = row.cells["key"]
    if not key.strip():
        table.problem(row.line, "key", "is empty", kind="missing")
    elif key in table.rows:
        table.problem(
            row.line,
            "key",
            f"the same key as in line {table.rows[key].line}",
            key=key,
            kind="twice",
            value=key,
        )
    else:
        table.rows[key] = row
        for language in languages:
            if not row.cells[f"name_{language}"].strip():
                table.problem(
                    row.line,
                    f"name_{language}",
                    f"has no name in `{language}`",
                    key=key,
                    kind="missing_in",
                    languages=language,
                )


def _check_services(catalogue: Catalogue) -> None:
    services = catalogue.services
    for key, row in services.rows.items():
        if not row.cells["minutes"].isdecimal() or not 1 <= int(row.cells["minutes"]) <= 480:
            message = f"`{row.cells['minutes']}` is not a number of minutes from 1 to 480"
            services.problem(row.line, "minutes", message, key=key, kind="minutes")
        if not row.items("channels"):
            hint = f"one of {', '.join(CHANNELS)}"
            services.problem(row.line, "channels", "is empty", hint, key, kind="missing")
        if len(row.items("cost")) > 1:
            services.problem(row.line, "cost", "names more than one thing", key=key)
    _check_cells(services, "channels", CHANNELS, "channel")
    for column, table, what in (
        ("agency", catalogue.agencies, "agency"),
        ("group", catalogue.groups, "group"),
        ("bring", catalogue.bring, f"item; add it to {catalogue.bring.file}:"),
        ("cost", catalogue.bring, f"item; add it to {catalogue.bring.file}:"),
    ):
        if table.whole:
            _check_cells(services, column, tuple(table.rows), what)


def _check_cells(table: Table, column: str, known: tuple[str, ...], what: str) -> None:
    for key, row in table.rows.items():
        for item in row.items(column):
            if item not in known:
                table.problem(
                    row.line,
                    column,
                    f"unknown {what} `{item}`",
                    closest(item, known),
                    key,
                    kind="unknown",
                    value=item,
                )
