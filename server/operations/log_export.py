"""
A day's log as a file that proves itself: every entry with its own proof, under the head that closed the day.

One JSON value a line. The first says what follows: the day, the head before it and the head that closes it, and the
proof that the one grew out of the other. Then the day's heads, then entries: those of earlier days that a replay needs
(who still waited, which counters stood open, the configuration in force), then the day's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

from server.db import ledger as rows
from server.db.ledger import KeptHashes
from server.domain.ledger.checkpoint import encode
from server.domain.ledger.tree import subtrees
from server.errors import StartError
from server.operations.context import dumps
from server.operations.ledger import entry_of, origin, prove_consistency, prove_entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from sqlalchemy import Connection

    from server.db.models import Record
    from server.operations.context import Context, View

FORMAT = 1
# Entries whose proofs are put together at once.
CHUNK = 2000


def export_day(context: Context, day: date) -> Iterator[View]:
    """
    Write a day's log, line by line.

    Raises:
        StartError: Nothing of that day is sealed.
    """
    with context.database.read() as connection:
        heads = rows.heads_of_day(connection, context.centre, day)
        if not heads:
            raise StartError(f"the log of {context.centre} has nothing of {day.isoformat()}")
        previous = rows.head_before_size(connection, context.centre, heads[0].size)
        start, end = (previous.size if previous else 0), heads[-1].size
        kept = KeptHashes(connection, context.centre)
        yield _header(context, connection, kept, day=day, previous=previous, closing=heads[-1])
        for head in heads:
            yield {"head": head.note}
        own = rows.entries_between(connection, context.centre, (start, end))
        for row in _earlier(connection, context.centre, own):
            yield from prove_entries(kept, [row], end)
        for first in range(0, len(own), CHUNK):
            yield from prove_entries(kept, own[first : first + CHUNK], end)


def rows_of_day(connection: Connection, centre: str, day: date, *, at_most: int) -> list[Record]:
    """
    Read the sealed entries of a day, after those of earlier days from which it goes on; those that were erased are left
    out.

    Returns:
        Nothing where the log has nothing of that day, or more than `at_most`.
    """
    heads = rows.heads_of_day(connection, centre, day)
    if not heads:
        return []
    previous = rows.head_before_size(connection, centre, heads[0].size)
    start, end = (previous.size if previous else 0), heads[-1].size
    if end - start > at_most:
        return []
    own = rows.entries_between(connection, centre, (start, end))
    return [row for row in (*_earlier(connection, centre, own), *own) if row.kind is not None]


def write_day(context: Context, day: date, path: Path) -> int:
    """
    Write a day's log into a file, which takes its name when it is whole.

    Returns:
        How many lines it has.

    Raises:
        StartError: Nothing of that day is sealed, or the file cannot be written.
    """
    draft = path.with_name(path.name + ".part")
    try:
        with draft.open("w", encoding="utf-8") as file:
            count = write_lines(export_day(context, day), file)
        draft.replace(path)
    except OSError as error:
        raise StartError(f"cannot write {path}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    return count


def write_lines(lines: Iterable[View], file: TextIO) -> int:
    """Write lines of an export; returns how many."""
    count = 0
    for line in lines:
        file.write(dumps(line) + "\n")
        count += 1
    return count


def _header(
    context: Context,
    connection: Connection,
    kept: KeptHashes,
    *,
    day: date,
    previous: Record | None,
    closing: Record,
) -> dict[str, Any]:
    start = previous.size if previous else 0
    kept.read([(0, start)])
    last = rows.entries_between(connection, context.centre, (closing.size - 1, closing.size))
    unsealed = rows.unsealed(connection, context.centre, sealed=last[0].event_id, since=day) if last else []
    return {
        "navbat_log": FORMAT,
        "origin": origin(context.centre),
        "day": day.isoformat(),
        "timezone": context.config.centre.timezone,
        "from": start,
        "to": closing.size,
        "key": context.log_key.public.text() if context.log_key else None,
        "previous": previous.note if previous else None,
        "checkpoint": closing.note,
        "consistency": _if_there(lambda: prove_consistency(kept, start, closing.size) if start else []),
        # The complete subtrees before the day: with them the day's leaves give the root of each of its heads.
        "left": _if_there(lambda: [encode(kept(each)) for each in subtrees((0, start))]),
        "unsealed": [entry_of(row) for row in unsealed],
    }


def _if_there(prove: Callable[[], list[str]]) -> list[str] | None:
    """Give no proof where a leaf that it needs was taken out of the table; the verifier says so."""
    try:
        return prove()
    except KeyError:
        return None


def _earlier(connection: Connection, centre: str, own: Sequence[Record]) -> list[Record]:
    """Find what the day goes on from, oldest first."""
    first = own[0].event_id
    tickets = {row.ticket for row in own if row.ticket is not None}
    issued = {row.ticket for row in own if row.kind == "ticket.issued"}
    opened: set[int] = set()
    needed: set[int] = set()  # counters that stood open when the day began
    for row in own:
        if row.kind in ("counter.opened", "counter.changed"):
            opened.add(row.counter)
        elif row.kind == "ticket.called" and row.counter not in opened:
            needed.add(row.counter)
    found = [
        *rows.entries_before(connection, centre, before=first, tickets=sorted(tickets - issued)),
        *rows.last_openings(connection, centre, before=first, counters=sorted(needed)),
        *rows.last_configuration(connection, centre, before=first),
    ]
    return sorted({row.leaf: row for row in found}.values(), key=lambda row: row.leaf)
