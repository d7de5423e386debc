"""An exported day, read from its file as far as it can be read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from server.domain.ledger.checkpoint import decode
from server.domain.ledger.entries import FIELDS, Entry, entry_hash, read_time
from server.domain.replay import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = 1


class NoExport(ValueError):
    """The file is no exported log at all; the message says why."""


@dataclass(slots=True)
class Line:
    """
    An entry as the file has it.

    Attributes:
        number: Its line in the file, from 1.
        leaf: The hash that the file says the entry has.
        hashed: The hash that its content has; None where the content was erased.
        path: Its proof; None where the log could not give one.
    """

    number: int
    index: int
    leaf: bytes
    hashed: bytes | None
    entry: Entry | None
    path: list[bytes] | None


@dataclass(slots=True)
class Export:
    """What the file holds; `findings` are lines that cannot be read."""

    header: dict[str, Any]
    heads: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_export(file: Iterable[str]) -> Export:
    """
    Read an exported day.

    Raises:
        NoExport: Its first line is not that of an export.
    """
    lines = enumerate(file, start=1)
    export = Export(_header(next((text for _, text in lines), "")))
    for number, text in lines:
        try:
            value = json.loads(text)
            if "head" in value:
                export.heads.append(str(value["head"]))
            else:
                export.lines.append(_line(number, value))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"{type(error).__name__}: {error}"
            export.findings.append(Finding("broken_line", facts={"line": number, "what": what}))
    return export


def _header(text: str) -> dict[str, Any]:
    try:
        header = json.loads(text)
        if header["navbat_log"] != FORMAT:
            raise NoExport(f"a log of format {header['navbat_log']}; this program reads {FORMAT}")
        known = {
            name: header[name]
            for name in (
                "origin",
                "day",
                "timezone",
                "from",
                "to",
                "previous",
                "checkpoint",
                "consistency",
                "left",
            )
        }
        if not all(isinstance(known[name], int) for name in ("from", "to")):
            raise NoExport("its first line does not say from where to where it goes")
        ZoneInfo(known["timezone"])
    except (ValueError, KeyError, TypeError) as error:
        raise NoExport(f"no exported log: {error}") from error
    return {"key": header.get("key"), "unsealed": header.get("unsealed") or [], **known}


def _line(number: int, value: dict[str, Any]) -> Line:
    entry, salt = value["entry"], value["salt"]
    if entry is not None and set(entry) != set(FIELDS):
        raise ValueError("not the fields of an entry")
    if entry is not None:
        read_time(entry["at"])
    return Line(
        number=number,
        index=int(value["index"]),
        leaf=decode(value["leaf"]),
        hashed=entry_hash(decode(salt), entry) if entry is not None else None,
        entry=entry,
        path=[decode(each) for each in value["path"]] if value["path"] is not None else None,
    )
