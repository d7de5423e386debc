"""Tables and reads of the sealed log. Rows are added, never changed and never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
)

from server.db.models import Id, Record, UtcDateTime, events, metadata
from server.domain.ledger.tree import HASH_BYTES, Subtree, subtrees

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from server.domain.ledger.tree import Span

# One row for each entry, in the tree's order; an entry's body may be erased, its leaf stays.
log_leaves = Table(
    "log_leaves",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("leaf", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Id, nullable=False),
    # 32 bytes for each subtree that this leaf completes, by height: the leaf's own hash first.
    Column("hashes", LargeBinary, nullable=False),
    UniqueConstraint("centre", "event_id"),
)

log_heads = Table(
    "log_heads",
    metadata,
    Column("centre", Text, ForeignKey("centres.key"), primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),  # of its last entry; no head holds entries of a later one
    Column("policy", Text, nullable=False),
    Column("note", Text, nullable=False),  # the checkpoint as it was signed
    Index("ix_log_heads_centre_day_size", "centre", "day", "size"),
)

# A query of this many keys is one statement on both databases.
KEYS_AT_ONCE = 500

_LAST_LEAF = (
    select(log_leaves.c.leaf, log_leaves.c.event_id)
    .where(log_leaves.c.centre == bindparam("centre"))
    .order_by(log_leaves.c.leaf.desc())
    .limit(1)
)
_LAST_HEAD = (
    select(log_heads)
    .where(log_heads.c.centre == bindparam("centre"))
    .order_by(log_heads.c.size.desc())
    .limit(1)
)
_ENTRIES = (
    select(log_leaves.c.leaf, log_leaves.c.event_id, log_leaves.c.hashes, events)
    .select_from(log_leaves.outerjoin(events, log_leaves.c.event_id == events.c.id))
    .where(log_leaves.c.centre == bindparam("centre"))
    .order_by(log_leaves.c.leaf)
)

# From the ticket's events to their leaves: the other way round the whole log would be read.
_OF_TICKETS = (
    select(log_leaves.c.leaf, log_leaves.c.event_id, log_leaves.c.hashes, events)
    .select_from(
        events.join(
            log_leaves,
            (log_leaves.c.event_id == events.c.id) & (log_leaves.c.centre == bindparam("centre")),
        )
    )
    .order_by(events.c.id)
)

# What the hall goes on from: rare entries, found by an index of their own however long ago they were.
CONFIGURED = "config.applied"
SETTINGS = text("events.kind IN ('config.applied', 'counter.opened', 'counter.changed')")
Index(
    "ix_events_settings",
    events.c.centre,
    events.c.id,
    sqlite_where=text("kind IN ('config.applied', 'counter.opened', 'counter.changed')"),
    postgresql_where=text("kind IN ('config.applied', 'counter.opened', 'counter.changed')"),
)
_SETTINGS = _ENTRIES.where(SETTINGS).order_by(None).order_by(events.c.id.desc()).limit(1)


def last_leaf(connection: Connection, centre: str) -> Record | None:
    """Read the newest leaf: `leaf, event_id`."""
    return connection.execute(_LAST_LEAF, {"centre": centre}).first()


def last_head(connection: Connection, centre: str) -> Record | None:
    """Read the newest tree head."""
    return connection.execute(_LAST_HEAD, {"centre": centre}).first()


def heads_of_day(connection: Connection, centre: str, day: date) -> Sequence[Record]:
    """Read the heads that end within a day's entries, in their order; the last one closes it."""
    return connection.execute(
        select(log_heads)
        .where(log_heads.c.centre == centre, log_heads.c.day == day)
        .order_by(log_heads.c.size)
    ).fetchall()


def head_before_size(connection: Connection, centre: str, size: int) -> Record | None:
    """Read the last head smaller than a size: of a day's first head, that which closed the day before."""
    return connection.execute(
        select(log_heads)
        .where(log_heads.c.centre == centre, log_heads.c.size < size)
        .order_by(log_heads.c.size.desc())
        .limit(1)
    ).first()


def entries_between(connection: Connection, centre: str, span: Span) -> Sequence[Record]:
    """
    Read entries by their place in the tree.

    Returns:
        Rows of `leaf, event_id, hashes` and the event's columns, which are None where the body was erased.
    """
    start, end = span
    return connection.execute(
        _ENTRIES.where(log_leaves.c.leaf >= start, log_leaves.c.leaf < end), {"centre": centre}
    ).fetchall()


def entries_of_ticket(connection: Connection, centre: str, ticket: int) -> Sequence[Record]:
    """Read the sealed entries of a ticket, as `entries_between` does."""
    return connection.execute(_OF_TICKETS.where(events.c.ticket == ticket), {"centre": centre}).fetchall()


def entries_before(
    connection: Connection, centre: str, *, before: int, tickets: Sequence[int]
) -> list[Record]:
    """Read the entries of tickets that were written before an event."""
    found: list[Record] = []
    for start in range(0, len(tickets), KEYS_AT_ONCE):
        some = tickets[start : start + KEYS_AT_ONCE]
        query = _OF_TICKETS.where(events.c.ticket.in_(some), events.c.id < before)
        found += connection.execute(query, {"centre": centre}).fetchall()
    return found


def last_openings(
    connection: Connection, centre: str, *, before: int, counters: Sequence[int]
) -> list[Record]:
    """Read the entries that last said, before an event, what each of these counters serves."""
    found: list[Record] = []
    for counter in counters:
        query = _SETTINGS.where(
            events.c.counter == counter, events.c.kind != CONFIGURED, events.c.id < before
        )
        found += connection.execute(query, {"centre": centre}).fetchall()
    return found


def last_configuration(connection: Connection, centre: str, *, before: int) -> list[Record]:
    """Read the entry of the configuration that was in force before an event."""
    query = _SETTINGS.where(events.c.kind == CONFIGURED, events.c.id < before)
    return list(connection.execute(query, {"centre": centre}).fetchall())


def unsealed(
    connection: Connection, centre: str, *, sealed: int, since: date | None = None
) -> Sequence[Record]:
    """
    Read events up to the last sealed one that stand in no leaf: somebody put them in behind the log's back.

    Args:
        sealed: Key of the last sealed event.
        since: Looks at this day only.
    """
    query = (
        select(events)
        .select_from(
            events.outerjoin(
                log_leaves,
                (log_leaves.c.event_id == events.c.id) & (log_leaves.c.centre == events.c.centre),
            )
        )
        .where(events.c.centre == centre, events.c.id <= sealed, log_leaves.c.leaf.is_(None))
        .order_by(events.c.id)
    )
    return connection.execute(query if since is None else query.where(events.c.day == since)).fetchall()


def count_unsealed_of(connection: Connection, centre: str, ticket: int) -> int:
    """Count the entries of a ticket that are not sealed yet."""
    last = last_leaf(connection, centre)
    count: int = connection.execute(
        select(func.count()).where(events.c.ticket == ticket, events.c.id > (last.event_id if last else 0))
    ).scalar_one()
    return count


def waits_since(connection: Connection, centre: str, sealed: int) -> tuple[int, datetime | None]:
    """Count the entries that are not sealed yet, and tell the time of the oldest."""
    row = connection.execute(
        select(func.count(), func.min(events.c.at)).where(events.c.centre == centre, events.c.id > sealed)
    ).one()
    return row[0], row[1]


class KeptHashes:
    """The hashes of complete subtrees, read beside the leaves that complete them."""

    def __init__(self, connection: Connection, centre: str) -> None:
        self._connection = connection
        self._centre = centre
        self._rows: dict[int, bytes] = {}

    def keep(self, rows: Iterable[Record]) -> None:
        """Take what rows of leaves say, so that it is not read again."""
        self._rows.update((row.leaf, row.hashes) for row in rows)

    def read(self, spans: Iterable[Span]) -> None:
        """Read what proofs of these spans need."""
        wanted = {each.last_leaf for span in spans for each in subtrees(span)}
        missing = sorted(wanted - self._rows.keys())
        for start in range(0, len(missing), KEYS_AT_ONCE):
            self.keep(
                self._connection.execute(
                    select(log_leaves.c.leaf, log_leaves.c.hashes).where(
                        log_leaves.c.centre == self._centre,
                        log_leaves.c.leaf.in_(missing[start : start + KEYS_AT_ONCE]),
                    )
                )
            )

    def __call__(self, subtree: Subtree) -> bytes:
        """
        Tell the hash of a subtree that was read.

        Raises:
            KeyError: Its leaf is not there.
        """
        start = subtree.height * HASH_BYTES
        return self._rows[subtree.last_leaf][start : start + HASH_BYTES]
