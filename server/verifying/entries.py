"""Finds out of each entry in a file whether it is one that the log holds, and where."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from server.domain.ledger.tree import is_included
from server.domain.replay import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.verifying.reading import Export, Line
    from server.verifying.report import Report

# Numbers that were made to fit after something was taken out or put in are off by a little.
NEARBY = (1, -1, 2, -2, 3, -3)


@dataclass(slots=True)
class Placed:
    """
    What the closing head proves of a file.

    Attributes:
        lines: By their place in the log, earlier days' too.
        leaves: The hashes of the day's entries, also of those whose content was changed or erased.
    """

    lines: dict[int, Line] = field(default_factory=dict)
    leaves: dict[int, bytes] = field(default_factory=dict)


def place_lines(export: Export, root: bytes, report: Report) -> Placed:
    """Find the proven line of each place in the log, and name what is changed, missing, put in or moved."""
    start, end = export.header["from"], export.header["to"]
    placed = Placed()
    unproven: dict[int, list[Line]] = defaultdict(list)
    shift = 0
    for line in export.lines:
        index, shift = _find(line, end, root, shift)
        if index is None:
            unproven[line.index].append(line)
            continue
        if index != line.index:
            report.add([Finding("renumbered", index, {"says": line.index, "line": line.number})])
            line.index = index
        if index in placed.lines:
            report.add([Finding("repeated", index, {"line": line.number})])
            continue
        placed.lines[index] = line
        placed.leaves[index] = line.hashed or line.leaf
        if line.hashed not in (None, line.leaf):
            report.add([Finding("changed", index, {"line": line.number})])
    for line in export.lines:
        if line.path and line.index not in placed.leaves and _is_in(line.leaf, line, line.index, end, root):
            placed.leaves[line.index] = line.leaf
    report.know(export.lines)
    _name_unproven(placed, unproven, report)
    _name_moved(list(placed.lines.values()), report)
    _name_missing(start, end, sorted({*placed.lines, *unproven}), report)
    report.add(Finding("erased", index) for index, line in placed.lines.items() if line.entry is None)
    report.add(Finding("unsealed", facts={"entry": entry}) for entry in export.header["unsealed"])
    report.entries = sum(start <= index < end for index in placed.lines)
    return placed


def _find(line: Line, size: int, root: bytes, shift: int) -> tuple[int | None, int]:
    """Find where the root proves a line to be: where it says, or nearby; and how far that is."""
    hashed = line.leaf if line.hashed is None else line.hashed
    for offset in dict.fromkeys((0, shift, *(shift + near for near in NEARBY), *NEARBY)):
        if _is_in(hashed, line, line.index + offset, size, root):
            return line.index + offset, offset
    return None, shift


def _is_in(leaf: bytes, line: Line, index: int, size: int, root: bytes) -> bool:
    return line.path is not None and is_included(leaf, index, size, line.path, root)


def _name_unproven(placed: Placed, unproven: dict[int, list[Line]], report: Report) -> None:
    for index, lines in unproven.items():
        for line in lines:
            if index in placed.lines:
                fault = "put_in"
            elif line.path is None:
                fault = "no_proof"
            else:
                fault = "changed"
            report.add([Finding(fault, index, {"line": line.number})])


def _name_missing(start: int, end: int, there: Sequence[int], report: Report) -> None:
    """Name the gaps; one after another is one."""
    expected = start
    for index in [*(index for index in there if start <= index < end), end]:
        if index > expected:
            facts = {"last": index - 1} if index - 1 > expected else {}
            report.add([Finding("missing", expected, facts)])
        expected = index + 1


def _name_moved(order: Sequence[Line], report: Report) -> None:
    """Name the fewest lines that stand at a wrong place: those outside the longest run in order."""
    ends: list[int] = []  # smallest last index of a run of each length
    ends_at: list[int] = []
    before: list[int | None] = []
    for place, line in enumerate(order):
        length = bisect_right(ends, line.index)
        before.append(ends_at[length - 1] if length else None)
        ends[length:] = [line.index] if length == len(ends) else [line.index, *ends[length + 1 :]]
        ends_at[length : length + 1] = [place]
    in_order = set()
    place_: int | None = ends_at[-1] if ends_at else None
    while place_ is not None:
        in_order.add(place_)
        place_ = before[place_]
    for place, line in enumerate(order):
        if place not in in_order:
            report.add([Finding("moved", line.index, {"line": line.number})])
