"""The receipt on a slip: the beginning of the hash under which the log keeps that the ticket was issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from server.db.models import events, tickets
from server.domain.ledger.entries import entry_hash
from server.events import EventKind
from server.operations.ledger import entry_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

RECEIPT_BYTES = 8


def receipt(connection: Connection, centre: str, token: str) -> str | None:
    """
    Tell a ticket's receipt, such as "3fa9-01bc-77d2-e05a"; None for a ticket that the log does not know.

    Anyone who has the entry and its salt finds the same digits at the beginning of its leaf.
    """
    row = connection.execute(
        select(events)
        .join(tickets, tickets.c.id == events.c.ticket)
        .where(tickets.c.token == token, events.c.centre == centre)
        .where(events.c.kind == str(EventKind.TICKET_ISSUED))
    ).first()
    if row is None:
        return None
    digits = entry_hash(row.salt, entry_of(row))[:RECEIPT_BYTES].hex()
    return "-".join(digits[start : start + 4] for start in range(0, len(digits), 4))
