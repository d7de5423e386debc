"""Which visitors follow their ticket on a telephone: they are asked there how it was, and need no slip for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ForeignKey, Table, Text, select
from sqlalchemy.dialects import postgresql, sqlite

from server.db.models import Id, UtcDateTime, metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.db.engine import Transaction

DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}

followed = Table(
    "followed",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("centre", Text, nullable=False),
    Column("since_at", UtcDateTime, nullable=False),
)


def is_followed(connection: Connection, ticket: int) -> bool:
    """Tell whether a ticket's page was opened."""
    return (
        connection.execute(select(followed.c.ticket_id).where(followed.c.ticket_id == ticket)).first()
        is not None
    )


def mark_followed(tx: Transaction, ticket: int) -> None:
    """Note that a ticket's page was opened; the first time counts."""
    insert = DIALECTS[tx.connection.dialect.name].insert(followed)
    row = {"ticket_id": ticket, "centre": tx.centre, "since_at": tx.now}
    tx.execute(insert.values(row).on_conflict_do_nothing())
