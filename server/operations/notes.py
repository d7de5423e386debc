"""Notes that officials write about a visitor in hand, for whoever serves next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from server.db import notes, queries
from server.errors import BadInput, NoTicketInHand
from server.events import EventKind

if TYPE_CHECKING:
    from server.operations.context import Context, View
    from server.operations.counters import Counters
    from server.operations.staff import Official

MAX_NOTE = 500
MOST = 20
# A visitor may come back the same day with a question.
KEPT_AFTER = timedelta(hours=12)


class Notes:
    """Operations on notes; their text is in no log, for people write down what is personal."""

    def __init__(self, context: Context, counters: Counters) -> None:
        self._context = context
        self._counters = counters

    def add(self, number: int, official: Official, text: str) -> View:
        """
        Write a note about the visitor in hand.

        Returns:
            The counter, with its notes.

        Raises:
            NoTicketInHand: Nobody is there to write about.
            BadInput: It is empty or too long, or there are too many.
        """
        text = text.strip()
        if not 1 <= len(text) <= MAX_NOTE:
            raise BadInput(field="text", at_least=1, at_most=MAX_NOTE)
        with self._context.database.write() as tx:
            self._counters.at_work(tx, number, official)
            ticket = queries.ticket_in_hand(tx.connection, tx.centre, number)
            if ticket is None:
                raise NoTicketInHand(action="note")
            if notes.count(tx.connection, ticket.id) >= MOST:
                raise BadInput(field="text", at_most=MOST)
            notes.keep(tx, ticket=ticket.id, kind="note", text=text, counter=number, official=official.id)
            tx.record(
                EventKind.TICKET_NOTED,
                ticket=ticket.id,
                number=ticket.label,
                service=ticket.service,
                counter=number,
                official=official.id,
            )
        return self._counters.view(number)

    def forget(self) -> None:
        """Erase the notes of visits that ended some hours ago."""
        before = self._context.clock() - KEPT_AFTER
        with self._context.database.read() as connection:
            if not notes.is_any_before(connection, self._context.centre, before):
                return
        with self._context.database.write() as tx:
            notes.forget(tx, before)
