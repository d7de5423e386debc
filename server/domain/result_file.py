"""
The file with which an agency says which results are ready, read row by row: either all of it is good, or nothing.

Columns, in any order, with their names in the first row: `service`, `reference`, and if wanted `language`, `email`,
`phone`, `valid_days`. Commas, semicolons or tabs between them, as spreadsheets of different countries write.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server.domain.contacts import Contact, email, phone

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

NEEDED = ("service", "reference")
COLUMNS = (*NEEDED, "language", "email", "phone", "valid_days")
MAX_ROWS = 2000
MAX_CELL = 300
DELIMITERS = ",;\t"
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# No sign at the beginning that a spreadsheet would take for a formula.
REFERENCE = re.compile(r"(?:№ ?)?[^\W_][\w /.№#()-]{0,59}")


@dataclass(frozen=True, slots=True)
class Fault:
    """
    What is wrong.

    Attributes:
        row: In the file, where the names of the columns are row 1; 0: the whole file.
        column: Its name; None where it concerns the row.
        key: Which fault; the catalogues have a sentence for each (`collection.fault_<key>`).
        facts: What the sentence needs.
    """

    row: int
    column: str | None
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """A result that is ready, as a row says it."""

    row: int
    service: str
    reference: str
    language: str | None = None
    contact: Contact | None = None
    valid_days: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What rows may name: the services that hand out results here, languages, and by what visitors can be told."""

    services: Collection[str]
    languages: Collection[str]
    ways: Collection[str]
    country: str


@dataclass(frozen=True, slots=True)
class File:
    """What a file says: its rows, or its faults; in which encoding it was written."""

    rows: list[Ready]
    faults: list[Fault]
    encoding: str | None = None


def read_file(data: bytes, known: Known) -> File:
    """Read a file whole; with any fault no row counts."""
    text, encoding = decode(data)
    if text is None:
        return File([], [Fault(0, None, encoding)])
    lines = text.splitlines()
    if lines and lines[0].startswith("sep="):  # what Excel writes and reads
        text = text.split("\n", 1)[1] if "\n" in text else ""
        offset = 1
    else:
        offset = 0
    if not text.strip():
        return File([], [Fault(0, None, "empty")], encoding)
    if "\0" in text:
        return File([], [Fault(0, None, "no_text")], encoding)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error:
        return File([], [Fault(0, None, "quotes")], encoding)
    names = [_clean(name).casefold() for name in table[0]]
    faults = _check_names(names)
    if faults:
        return File([], faults, encoding)
    rows: list[Ready] = []
    for number, cells in enumerate(table[1:], 2 + offset):
        if any(_clean(cell) for cell in cells):
            found, wrong = _read_row(number, names, cells, known)
            faults += wrong
            if found is not None:
                rows.append(found)
    if not rows and not faults:
        faults.append(Fault(0, None, "no_rows"))
    if len(rows) > MAX_ROWS:
        faults.append(Fault(0, None, "too_many", {"n": MAX_ROWS}))
    faults += _find_doubles(rows)
    return File([] if faults else rows, sorted(faults, key=lambda fault: fault.row), encoding)


def decode(data: bytes) -> tuple[str | None, str]:
    """
    Tell in which encoding a file is, and read it; None, and which fault, where that cannot be told.

    UTF-8 proves itself, and UTF-16 by its mark. What is neither may be of one of the old encodings for Windows: as
    Cyrillic (1251) it is taken only if every word is then of one alphabet; Azerbaijani or Turkish letters (1254) read as
    Cyrillic ones would stand between Latin letters.

    >>> decode("növbə".encode("utf-8-sig")), decode("növbə".encode("utf-16"))
    (('növbə', 'utf-8'), ('növbə', 'utf-16-le'))
    >>> decode("паспорт; A-1".encode("cp1251")), decode("şəhər, küçə".replace("ə", "e").encode("cp1254"))
    (('паспорт; A-1', 'cp1251'), (None, 'encoding'))
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), encoding
            except UnicodeDecodeError:
                return None, "encoding"
    if b"\0" in data[:4000]:
        return None, "no_text"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1251")
    except UnicodeDecodeError:
        return None, "encoding"
    return (text, "cp1251") if _is_cyrillic(text) else (None, "encoding")


def _is_cyrillic(text: str) -> bool:
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
        if scripts not in ({"LATIN"}, {"CYRILLIC"}):
            return False
    strange = {sign for sign in text if ord(sign) > 127 and not sign.isalpha()}
    return strange <= set("№«»–—…“”„’\u00a0")


def _delimiter(text: str) -> str:
    """Take what stands most often between the names of the columns."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(DELIMITERS, key=first.count)


def _check_names(names: list[str]) -> list[Fault]:
    faults = [Fault(1, name, "column_missing", {"name": name}) for name in NEEDED if name not in names]
    faults += [
        Fault(1, name, "column_unknown", {"name": name[:40], "known": ", ".join(COLUMNS)})
        for name in names
        if name and name not in COLUMNS
    ]
    doubled = {name for name in names if name and names.count(name) > 1}
    return faults + [Fault(1, name, "column_twice", {"name": name[:40]}) for name in sorted(doubled)]


def _read_row(
    number: int, names: list[str], cells: list[str], known: Known
) -> tuple[Ready | None, list[Fault]]:
    if len([cell for cell in cells[len(names) :] if cell.strip()]):
        return None, [Fault(number, None, "too_many_cells", {"n": len(names)})]
    values = {name: _clean(cell) for name, cell in zip(names, cells, strict=False) if name}
    faults: list[Fault] = []

    def wrong(column: str, key: str, **facts: Any) -> None:
        faults.append(Fault(number, column, key, facts))

    for name in NEEDED:
        if not values.get(name):
            wrong(name, "missing")
    for name, value in values.items():
        if len(value) > MAX_CELL:
            wrong(name, "too_long", n=MAX_CELL)
    service, reference = values.get("service", ""), values.get("reference", "")
    if service and service not in known.services:
        wrong("service", "service", value=service[:60])
    if reference and not REFERENCE.fullmatch(reference):
        wrong("reference", "reference", value=reference[:60])
    language = values.get("language") or None
    if language is not None and language not in known.languages:
        wrong("language", "language", value=language[:20], known=", ".join(known.languages))
    contact = _contact(values, known, wrong)
    days = values.get("valid_days") or None
    if days is not None and not (days.isascii() and days.isdigit() and 1 <= int(days[:4]) <= 365):
        wrong("valid_days", "valid_days", value=days[:20])
    if faults:
        return None, faults
    return Ready(number, service, reference, language, contact, int(days) if days else None), []


def _contact(values: Mapping[str, str], known: Known, wrong: Any) -> Contact | None:
    address, telephone = values.get("email", ""), values.get("phone", "")
    if address and telephone:
        wrong("phone", "two_contacts")
        return None
    for column, way, text in (("email", "email", address), ("phone", "sms", telephone)):
        if not text:
            continue
        if way not in known.ways:
            wrong(column, f"no_{way}")
            return None
        contact = email(text) if way == "email" else phone(text, country=known.country)
        if contact is None:
            wrong(column, column)
        return contact
    return None


def _find_doubles(rows: list[Ready]) -> list[Fault]:
    first: dict[tuple[str, str], int] = {}
    faults = []
    for each in rows:
        before = first.setdefault((each.service, each.reference.casefold()), each.row)
        if before != each.row:
            faults.append(Fault(each.row, "reference", "double", {"row": before}))
    return faults


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ").replace("\ufeff", "")).strip()
