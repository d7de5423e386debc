"""What officials wrote down for each other about a visitor in hand; kept with the visit and erased after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Select, Table, Text, delete, insert, select

from server.db.models import Id, UtcDateTime, metadata, tickets, users

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.db.models import Record

notes = Table(
    "notes",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("centre", Text, nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("kind", Text, nullable=False),  # note, sent: why the visitor was sent on
    Column("text", Text, nullable=False),
    Column("counter", Integer, nullable=False),
    Column("official", Id, ForeignKey("users.id")),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_notes_ticket_id", "ticket_id"),
)


def keep(tx: Transaction, *, ticket: int, kind: str, text: str, counter: int, official: int | None) -> None:
    """Write a note down."""
    row = {"ticket_id": ticket, "kind": kind, "text": text, "counter": counter, "official": official}
    tx.execute(insert(notes), {**row, "centre": tx.centre, "at": tx.now})


def of(connection: Connection, ticket: int) -> Sequence[Record]:
    """Read the notes of a visit, the oldest first, with who wrote them."""
    return connection.execute(
        select(notes.c.kind, notes.c.text, notes.c.counter, notes.c.at, users.c.name)
        .select_from(notes.outerjoin(users, users.c.id == notes.c.official))
        .where(notes.c.ticket_id == ticket)
        .order_by(notes.c.id)
    ).fetchall()


def count(connection: Connection, ticket: int) -> int:
    """Count the notes of a visit."""
    return len(connection.execute(select(notes.c.id).where(notes.c.ticket_id == ticket)).fetchall())


def is_any_before(connection: Connection, centre: str, ended_before: datetime) -> bool:
    """Tell whether there is anything to erase, so that mostly nothing is written."""
    return connection.execute(_over(centre, ended_before).limit(1)).first() is not None


def forget(tx: Transaction, ended_before: datetime) -> None:
    """Erase the notes of visits that ended before a moment."""
    tx.execute(delete(notes).where(notes.c.id.in_(_over(tx.centre, ended_before))))


def _over(centre: str, ended_before: datetime) -> Select[Any]:
    return (
        select(notes.c.id)
        .select_from(notes.join(tickets, tickets.c.id == notes.c.ticket_id))
        .where(notes.c.centre == centre, tickets.c.ended_at < ended_before)
    )
