"""Checks an exported day: signatures, tree, order of the entries, and every call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from server.domain.ledger.checkpoint import Checkpoint, decode
from server.domain.ledger.entries import read_time
from server.domain.ledger.tree import Frontier, fold, is_consistent
from server.domain.numbering import day_of
from server.domain.replay import Finding, Replay
from server.signing import BadNote, VerifyKey
from server.verifying.entries import place_lines
from server.verifying.reading import read_export
from server.verifying.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from server.verifying.reading import Export, Line

# Machines that share a log may differ by this.
CLOCKS_DIFFER = timedelta(seconds=1)


def verify(file: Iterable[str], key: VerifyKey | None = None, *, seen: Sequence[str] = ()) -> Report:
    """
    Check an exported day.

    Args:
        key: The log's public key; None takes the one in the file, and the report says so.
        seen: Signed checkpoints that were copied from elsewhere, such as a board: the log must fit them.

    Raises:
        NoExport: The file is no exported log.
        ValueError: No key is given and the file has none.
    """
    export = read_export(file)
    report = Report(export.header, key_from_file=key is None)
    report.add(export.findings)
    key = key or VerifyKey.parse(export.header["key"] or "")
    closing = _open(export.header["checkpoint"], key, export, report)
    previous = _open(export.header["previous"], key, export, report) if export.header["previous"] else None
    if closing is None:
        return report
    report.closing = closing
    _check_span(export, previous, closing, report)
    placed = place_lines(export, closing.root, report)
    fitting = _check_heads(export, placed.leaves, key, report, seen)
    _note_delays(placed.lines, fitting, report)
    _check_times(export, placed.lines, report)
    _replay(export, placed.lines, report)
    return report


def _open(note: str, key: VerifyKey, export: Export, report: Report) -> Checkpoint | None:
    """Read a checkpoint; one whose signature does not fit is named, and read on all the same."""
    text = note.rpartition("\n\n")[0] + "\n"
    try:
        text = key.open(note)
    except BadNote as error:
        report.add([Finding("bad_signature", facts={"head": _size_of(text), "what": str(error)})])
    try:
        checkpoint = Checkpoint.parse(text)
    except ValueError:
        report.add([Finding("no_checkpoint", facts={"text": text[:60]})])
        return None
    if checkpoint.origin != export.header["origin"]:
        report.add([Finding("other_log", facts={"head": checkpoint.size, "origin": checkpoint.origin})])
    return checkpoint


def _size_of(text: str) -> str:
    return ([*text.split("\n"), ""])[1]


def _check_span(export: Export, previous: Checkpoint | None, closing: Checkpoint, report: Report) -> None:
    """Check that the day goes on where the one before ended, and that the tree grew out of that one's."""
    start, end = export.header["from"], export.header["to"]
    before = previous.size if previous else 0
    if start != before or end != closing.size or start > end:
        report.add(
            [Finding("wrong_span", facts={"from": start, "to": end, "before": before, "size": closing.size})]
        )
    if previous is None:
        return
    proof = export.header["consistency"]
    if proof is None:
        report.add([Finding("no_consistency")])
    elif not is_consistent(previous.size, previous.root, closing.size, closing.root, _hashes(proof)):
        report.add([Finding("inconsistent", facts={"before": previous.size, "size": closing.size})])


def _hashes(values: Sequence[str]) -> list[bytes]:
    try:
        return [decode(each) for each in values]
    except ValueError:
        return []


def _check_heads(
    export: Export, leaves: dict[int, bytes], key: VerifyKey, report: Report, seen: Sequence[str]
) -> list[Checkpoint]:
    """
    Grow the tree entry by entry and hold each signed head of the day against it.

    Returns:
        The heads that fit, in their order.
    """
    start, end = export.header["from"], export.header["to"]
    report.heads = len(export.heads)
    heads = [head for note in export.heads if (head := _open(note, key, export, report)) is not None]
    heads += _seen_heads(export, key, report, seen)
    left = _hashes(export.header["left"] or [])
    if len(left) != start.bit_count() or (start and fold(left) != _root_before(export)):
        report.add([Finding("left_unproven")])
        return []
    tree = Frontier(start, left)
    fitting: list[Checkpoint] = []
    for head in sorted((head for head in heads if start < head.size <= end), key=lambda head: head.size):
        while tree.size < head.size and tree.size in leaves:
            tree.append(leaves[tree.size])
        if tree.size < head.size:  # entries are missing, and were named
            break
        if tree.root() != head.root:
            first = fitting[-1].size if fitting else start
            report.add([Finding("head_unfit", facts={"head": head.size, "first": first, "at": head.at})])
            break
        fitting.append(head)
    return fitting


def _seen_heads(export: Export, key: VerifyKey, report: Report, seen: Sequence[str]) -> list[Checkpoint]:
    heads = [head for note in seen if (head := _open(note, key, export, report)) is not None]
    start, end = export.header["from"], export.header["to"]
    for head in heads:
        if not start < head.size <= end:
            facts = {"head": head.size, "at": head.at, "from": start, "to": end}
            report.add([Finding("seen_outside", facts=facts)])
    return heads


def _root_before(export: Export) -> bytes | None:
    """Read the root of the head before the day; whether it is signed was checked."""
    try:
        return Checkpoint.parse(export.header["previous"].rpartition("\n\n")[0] + "\n").root
    except (ValueError, AttributeError):
        return None


def _note_delays(lines: dict[int, Line], heads: Sequence[Checkpoint], report: Report) -> None:
    """Find the entry that waited longest until a head was signed over it."""
    first = report.header["from"]
    for head in heads:
        for index in range(first, head.size):
            line = lines.get(index)
            if line is not None and line.entry is not None:
                report.note_delay(index, head.at - read_time(line.entry["at"]))
        first = head.size


def _check_times(export: Export, lines: dict[int, Line], report: Report) -> None:
    """Check that time goes on, and that each entry is of the day."""
    latest: datetime | None = None
    for index, line in sorted(lines.items()):
        if line.entry is None or index < export.header["from"]:
            continue
        at = read_time(line.entry["at"])
        day = day_of(at, export.header["timezone"]).isoformat()
        if latest is not None and at < latest - CLOCKS_DIFFER:
            report.add([Finding("time_back", index, {"after": latest})])
        if day != export.header["day"]:
            report.add([Finding("other_day", index, {"day": day})])
        latest = max(at, latest) if latest else at


def _replay(export: Export, lines: dict[int, Line], report: Report) -> None:
    """Replay the day over what earlier days left."""
    replay = Replay()
    for index, line in sorted(lines.items()):
        if line.entry is not None:
            report.add(replay.go_on(index, line.entry, is_checked=index >= export.header["from"]))
    report.rules = dict(replay.rules)
    report.out_of_turn = replay.out_of_turn
