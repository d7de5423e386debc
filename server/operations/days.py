"""What the clock does to the hall: ended days, old answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from server.db import queries
from server.db.models import answers, tickets
from server.domain.states import TicketState
from server.events import EventKind

if TYPE_CHECKING:
    from server.operations.context import Context

# A request is repeated within minutes; the answers hold visitors' tokens and are not kept longer than a day.
KEEP_ANSWERS = timedelta(days=1)


class Days:
    """Operations run by the clock."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def expire_earlier(self) -> int:
        """End what is left of earlier days; today's numbers begin anew. Returns how many tickets it ended."""
        with self._context.database.read() as connection:
            today = self._context.clock().astimezone(self._context.config.centre.zone_info).date()
            if not queries.tickets_before(connection, self._context.centre, today):
                return 0
        with self._context.database.write() as tx:
            left = queries.tickets_before(tx.connection, tx.centre, tx.day)
            for ticket in left:
                tx.execute(
                    update(tickets)
                    .where(tickets.c.id == ticket.id)
                    .values(state=str(TicketState.EXPIRED), ended_at=tx.now, bound=None)
                )
                tx.record(
                    EventKind.TICKET_EXPIRED,
                    ticket=ticket.id,
                    number=ticket.label,
                    service=ticket.service,
                    counter=ticket.counter,
                )
        return len(left)

    def forget_answers(self) -> None:
        """Erase the answers kept for repeated requests."""
        with self._context.database.write() as tx:
            tx.execute(delete(answers).where(answers.c.created_at < tx.now - KEEP_ANSWERS))
