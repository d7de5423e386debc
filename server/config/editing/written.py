"""A configuration as it is written: the values of config.yaml, and the catalogue's rows."""

from __future__ import annotations

import copy
import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server.config.bundling import CONFIG
from server.config.catalogue import COLUMNS, OPTIONAL
from server.config.editing.rewriting import rewrite, same
from server.config.problems import ConfigErrors, ConfigProblem
from server.config.yaml_reading import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from server.config.bundling import Files

BOM = "\ufeff"


@dataclass(slots=True)
class Rows:
    """
    A table of the catalogue.

    Attributes:
        rows: Cells by column, in the order of the file.
        lines: Where each row of the file began; those that were added since have none.
        ends: What its lines end with.
    """

    file: str
    columns: list[str]
    rows: list[dict[str, str]]
    lines: list[int]
    has_mark: bool = False
    ends: str = "\n"

    def row(self, key: str) -> dict[str, str] | None:
        """Find a row by its key."""
        return next((row for row in self.rows if row.get("key") == key), None)

    def set(self, row: dict[str, str], column: str, cell: str) -> None:
        """Write a cell; a column that is not there yet is added, if there is anything to write."""
        if column not in self.columns:
            if not cell:
                return
            self.columns.append(column)
        row[column] = cell

    def text(self) -> str:
        """Write the file."""
        out = io.StringIO()
        writer = csv.DictWriter(
            out, self.columns, restval="", extrasaction="ignore", lineterminator=self.ends
        )
        writer.writeheader()
        writer.writerows(self.rows)
        return (BOM if self.has_mark else "") + out.getvalue()


@dataclass(slots=True)
class Written:
    """
    A configuration as it is written, to be read and changed.

    Attributes:
        data: What config.yaml holds; change it in place.
        tables: The catalogue's, by name; only those that could be read.
    """

    files: Files
    text: str
    data: dict[str, Any]
    tables: dict[str, Rows]
    _before: dict[str, Any] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)

    @property
    def languages(self) -> list[str]:
        """The centre's languages, the state language first."""
        centre = self.data.get("centre")
        named = centre.get("languages") if isinstance(centre, dict) else None
        return [each for each in named if isinstance(each, str)] if isinstance(named, list) else []

    def at(self, path: Iterable[str]) -> Any:
        """Read what stands at a path of config.yaml; None where nothing does."""
        value: Any = self.data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def place(self, path: tuple[str, ...], wanted: type[Any]) -> Any:
        """Read what stands at a path, and put a new one there if there is nothing of its kind."""
        value: Any = self.data
        for part in path[:-1]:
            if not isinstance(value.get(part), dict):
                value[part] = {}
            value = value[part]
        if not isinstance(value.get(path[-1]), wanted):
            value[path[-1]] = wanted()
        return value[path[-1]]

    def to_files(self) -> Files:
        """
        Write it down: a file in which nothing was changed stays as it is, to the last sign.

        Raises:
            NotRewritten: It would not be read as what it is.
        """
        files = dict(self.files)
        if not same(self.data, self._before):
            files[CONFIG] = rewrite(self.text, self._before, self.data).encode()
        for name, table in self.tables.items():
            if (text := table.text()) != self._texts[name]:
                files[table.file] = text.encode()
        return files


def open_files(files: Files) -> Written:
    """
    Read a configuration, with whatever faults it has.

    Raises:
        ConfigErrors: config.yaml is no YAML at all.
    """
    text, document = document_of(files)
    if document.problems:
        raise ConfigErrors(document.problems)
    tables = dict(_tables(files, document.data))
    return Written(
        files,
        text,
        copy.deepcopy(document.data),
        tables,
        document.data,
        {name: table.text() for name, table in tables.items()},
    )


def document_of(files: Files) -> tuple[str, Document]:
    """Read config.yaml."""
    try:
        text = files[CONFIG].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigErrors(
            [ConfigProblem(CONFIG, 1, 1, "", f"not UTF-8: byte 0x{error.object[error.start]:02x}")]
        ) from error
    return text, Document(CONFIG, text)


def _tables(files: Files, data: dict[str, Any]) -> Iterator[tuple[str, Rows]]:
    places = data.get("catalogue")
    for name in COLUMNS:
        file = places.get(name) if isinstance(places, dict) else None
        if isinstance(file, str) and file in files and (table := _rows(name, file, files[file])):
            yield name, table


def _rows(name: str, file: str, content: bytes) -> Rows | None:
    """Read a table; None where it is none, which the loader says better."""
    try:
        text = content.decode("utf-8")
        has_mark = text.startswith(BOM)
        lines = text.removeprefix(BOM).splitlines(keepends=True)
        reader = csv.reader(lines, strict=True)
        columns = next(reader, [])
        if not {"key", *COLUMNS[name]} <= {*columns, *OPTIONAL.get(name, ())} or len(set(columns)) < len(
            columns
        ):
            return None
        table = Rows(file, columns, [], [], has_mark, "\r\n" if lines[0].endswith("\r\n") else "\n")
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if cells and len(cells) != len(columns):
                return None
            if cells:
                table.rows.append(dict(zip(columns, cells, strict=True)))
                table.lines.append(line)
    except (UnicodeDecodeError, csv.Error):
        return None
    return table
