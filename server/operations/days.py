"""What the clock does to the hall: ended days, old answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from server.db import queries
from server.db.models import answers, tickets
from server.domain.numbering import day_of
from server.domain.states import TicketState
from server.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.context import Context

# A request is repeated within minutes; the answers hold visitors' tokens and are not kept longer than a day.
KEEP_ANSWERS = timedelta(days=1)
OUTREACH = "outreach"


class Days:
    """Operations run by the clock."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def expire_earlier(self) -> int:
        """End what is left of earlier days; today's numbers begin anew. Returns how many tickets it ended."""

        def left(connection: Connection) -> Sequence[Record]:
            today = day_of(self._context.clock(), self._context.config.centre.timezone)
            outreach = self._context.config.outreach
            # A team without network has done what the hall does not know yet.
            synced_by = today - timedelta(days=outreach.sync_days)
            return [
                ticket
                for ticket in queries.tickets_before(connection, self._context.centre, today)
                if ticket.origin != OUTREACH or ticket.day < synced_by
            ]

        return self._expire(left)

    def close(self) -> int:
        """End the tickets that still wait after the closing time, where the policy says so. Returns how many."""
        if self._context.config.policy.closing != "expire" or self._context.hours().is_open:
            return 0

        def left(connection: Connection) -> Sequence[Record]:
            waiting = queries.all_waiting(connection, self._context.centre)
            return [ticket for ticket in waiting if ticket.origin != OUTREACH]

        return self._expire(left)

    def forget_answers(self) -> None:
        """Erase the answers kept for repeated requests."""
        with self._context.database.write() as tx:
            tx.execute(delete(answers).where(answers.c.created_at < tx.now - KEEP_ANSWERS))

    def _expire(self, find: Callable[[Connection], Sequence[Record]]) -> int:
        with self._context.database.read() as connection:
            if not find(connection):
                return 0
        with self._context.database.write() as tx:
            found = find(tx.connection)
            for ticket in found:
                expire(tx, ticket)
        return len(found)


def expire(tx: Transaction, ticket: Record) -> None:
    """End a ticket whose time is over."""
    tx.execute(
        update(tickets)
        .where(tickets.c.id == ticket.id)
        .values(state=str(TicketState.EXPIRED), ended_at=tx.now, bound=None, held_until=None)
    )
    tx.record(
        EventKind.TICKET_EXPIRED,
        ticket=ticket.id,
        number=ticket.label,
        service=ticket.service,
        counter=ticket.counter,
    )
