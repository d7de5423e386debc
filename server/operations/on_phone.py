"""What a visitor does with a ticket from the phone beside following it: find it, look ahead, add to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from server.db import phones, queries
from server.db.models import appointments, centres, results
from server.domain.calling import Terms
from server.domain.numbering import day_of
from server.domain.states import TicketState, ticket_after
from server.errors import (
    BadInput,
    CodeOfAppointment,
    CodeOfOtherCentre,
    CodeOfResult,
    CodeOld,
    CodeUsed,
    TicketNotFound,
    TicketStateError,
    UnknownCode,
)
from server.events import EventKind
from server.operations.context import Context, Once, View, once_only
from server.operations.issuing import INSERT_REQUEST, terms_in
from server.operations.serving import rivals
from server.operations.tickets import MAX_SERVICES, Tickets, penalty_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.admitting import Admitting
    from server.operations.ticket_views import TicketViews

PAUSES_MINUTES = (10, 20, 30, 45, 60)
# So long it is known that a code was a ticket's once.
EARLIER_DAYS = 30
MAY_ADD = (TicketState.WAITING, TicketState.HELD)


class OnPhone:
    """Operations of the phone's pages."""

    def __init__(self, context: Context, views: TicketViews, tickets: Tickets, admitting: Admitting) -> None:
        self._context = context
        self._views = views
        self._tickets = tickets
        self._admitting = admitting

    def find(self, code: str) -> str:
        """
        Find the ticket whose slip has these six signs.

        Returns:
            Its token. The signs work on the day of the ticket only: they can be guessed, though not quickly.

        Raises:
            CodeOld: It was a ticket's of an earlier day.
            CodeOfAppointment, CodeOfResult: It is to be checked in first, in the hall.
            CodeUsed: An appointment or a result that was checked in on an earlier day, or cancelled.
            CodeOfOtherCentre: Another centre gave it.
            UnknownCode: None of these.
        """
        code = "".join(code.split()).upper()
        with self._context.database.read() as connection:
            today = day_of(self._context.clock(), self._context.config.centre.timezone)
            days = [today - timedelta(days=back) for back in range(EARLIER_DAYS + 1)]
            found = phones.tickets_by_code(connection, self._context.centre, code, days)
            if found and found[0].day == today:
                return str(found[0].token)
            token = self._checked_in(connection, code, today)
            if token is not None:
                return token
            if found:
                raise CodeOld(day=found[0].day.isoformat())
            self._look_elsewhere(connection, code, today)
        raise UnknownCode

    def pauses(self, token: str) -> list[View]:
        """
        Tell what it would cost to set a waiting ticket aside, as things stand now.

        Returns:
            For each length: `minutes`, `until`, `due_at` then, `passed`: how many who wait now would come first.

        Raises:
            TicketNotFound, TicketStateError: As for `Tickets.postpone`.
        """
        with self._context.database.read() as connection:
            ticket = queries.ticket_by_token(connection, self._context.centre, token)
            if ticket is None:
                raise TicketNotFound
            ticket_after(ticket.state, "postpone")
            return [self._pause(connection, ticket, minutes) for minutes in PAUSES_MINUTES]

    def add_service(self, token: str, service: str, *, once: Once | None = None) -> View:
        """
        Put another service after those of a waiting visit, under the same number.

        Raises:
            TicketNotFound: No ticket has this token.
            TicketStateError: It is called already: now its official can add one.
            ServiceNotFound, NotWalkIn, ServiceClosed, QueueFull, ClosingSoon: Nobody can wait for it here or now.
            BadInput: Too many services, or one that is to come already.
        """
        [wanted] = self._tickets.wanted(service, ())

        def run(tx: Transaction) -> View:
            ticket = queries.ticket_by_token(tx.connection, tx.centre, token, lock=True)
            if ticket is None:
                raise TicketNotFound
            if ticket.state not in MAY_ADD:
                raise TicketStateError(state=ticket.state, action="add_service")
            self._admitting.check(tx.connection, [wanted])
            self._add(tx, ticket, wanted.key)
            return self._views.whole(tx.connection, ticket)

        return once_only(self._context, once, run)

    def _add(self, tx: Transaction, ticket: Record, service: str) -> None:
        visit = queries.requests_of(tx.connection, ticket.id)
        if len(visit) >= MAX_SERVICES:
            raise BadInput(field="service", at_most=MAX_SERVICES)
        if any(each.service == service and each.state == "waiting" for each in visit):
            raise BadInput(field="service", value=service)
        tx.execute(
            INSERT_REQUEST,
            {
                "centre": tx.centre,
                "ticket_id": ticket.id,
                "position": len(visit),
                "service": service,
                "state": "waiting",
            },
        )
        tx.record(
            EventKind.SERVICE_ADDED,
            ticket=ticket.id,
            number=ticket.label,
            service=ticket.service,
            added=service,
        )

    def _pause(self, connection: Connection, ticket: Record, minutes: int) -> View:
        until = self._context.clock() + timedelta(minutes=minutes)
        terms = terms_in(ticket)
        then = Terms(terms.start_at, terms.target, terms.credit, penalty_of(terms, until))
        ahead, ahead_then = (
            queries.count_ahead(
                connection,
                self._context.centre,
                services=rivals(self._context.config, ticket.service),
                lane=ticket.lane,
                due_at=due_at,
                id=ticket.id,
            )
            for due_at in (terms.due_at, then.due_at)
        )
        if then.due_at > terms.due_at:
            ahead_then -= 1  # the ticket itself
        return {
            "minutes": minutes,
            "until": self._context.local(until),
            "due_at": self._context.local(then.due_at),
            "is_later": then.due_at > terms.due_at,
            "passed": max(0, ahead_then - ahead),
        }

    def _checked_in(self, connection: Connection, code: str, today: object) -> str | None:
        """Find the ticket of today that an appointment or a result has become."""
        for table, refusal in ((appointments, CodeOfAppointment), (results, CodeOfResult)):
            row = connection.execute(
                select(table).where(table.c.centre == self._context.centre, table.c.code == code)
            ).first()
            if row is None:
                continue
            if row.ticket_id is not None:
                ticket = queries.ticket(connection, row.ticket_id)
                if ticket.day == today:
                    return str(ticket.token)
            if row.ticket_id is not None or row.state == "cancelled":
                raise CodeUsed
            raise refusal
        return None

    def _look_elsewhere(self, connection: Connection, code: str, today: object) -> None:
        """Tell a code of another centre that keeps its rows in the same database."""
        others = connection.execute(select(centres).where(centres.c.key != self._context.centre)).fetchall()
        for other in others:
            if phones.tickets_by_code(connection, other.key, code, [today]):  # type: ignore[list-item]
                raise CodeOfOtherCentre(centre=other.names)
