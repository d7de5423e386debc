"""What a visitor does with a ticket: take it, look at it, put it off, come back, give it back."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from server.db import phones, queries
from server.db.followed import is_followed, mark_followed
from server.db.models import requests, tickets
from server.domain.admission import may_rejoin
from server.domain.calling import Terms
from server.domain.numbering import day_of
from server.domain.states import TicketState, ticket_after
from server.errors import (
    BadInput,
    CentreClosed,
    NotWalkIn,
    PresenceNeeded,
    RejoinTooLate,
    ServiceNotFound,
    TicketNotFound,
    TicketStateError,
)
from server.events import EventKind
from server.operations.bounds import is_there
from server.operations.context import Context, Once, View, once_only
from server.operations.issuing import Arriving, Issuing, terms_data, terms_in, terms_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from server.config.models import Service
    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.ticket_views import TicketViews

MAX_SERVICES = 5
CODE_TRIES = 4
POSTPONE_MINUTES = range(5, 121)


class Tickets:
    """Operations on tickets."""

    def __init__(self, context: Context, views: TicketViews, issuing: Issuing) -> None:
        self._context = context
        self._views = views
        self._issuing = issuing

    def issue(
        self,
        *,
        service: str,
        also: Sequence[str] = (),
        category: str | None = None,
        language: str | None = None,
        printer: str | None = None,
        device: int | None = None,
        official: int | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Give a walk-in a ticket, in one transaction with its number, its entry in the log and its print job.

        Args:
            service: What the visitor comes for first; `also` follows under the same number.
            category: What the law gives the visitor; never shown.
            language: Of paper, screen and voice; the state language when None.
            printer: Where the slip comes out; None prints nothing.
            device: Key of the kiosk that asked.
            official: Key of the member of staff who asked.

        Raises:
            ServiceNotFound: A service that this centre does not offer.
            NotWalkIn: A service that needs an appointment or a finished result.
            BadInput: An unknown category or language, or too many services.
            CentreClosed: Outside the opening hours.
            ServiceClosed, QueueFull, ClosingSoon: As for `Admitting.check`.
        """
        arriving = Arriving(
            self.wanted(service, also),
            category=category,
            language=language,
            printer=printer,
            device=device,
            official=official,
        )
        check_wish(self._context, category, language)
        return draw_again(
            lambda: once_only(self._context, once, lambda tx: self._issuing.issue(tx, arriving))
        )

    def view(self, token: str) -> View:
        """
        Show a visitor its ticket.

        Raises:
            TicketNotFound: No ticket has this token.
        """
        with self._context.database.read() as connection:
            ticket = queries.ticket_by_token(connection, self._context.centre, token)
            if ticket is None:
                raise TicketNotFound
            return self._views.whole(connection, ticket)

    def follow(self, token: str) -> None:
        """Note that a visitor opened the ticket's page: the telephone asks for the rating, not a slip."""
        context = self._context
        with context.database.read() as connection:
            ticket = queries.ticket_by_token(connection, context.centre, token)
            if ticket is None or ticket.ended_at is not None or is_followed(connection, ticket.id):
                return
        with context.database.write() as tx:
            mark_followed(tx, ticket.id)

    def of_today(self, number: str) -> View:
        """
        Show staff a ticket of today by its number.

        Raises:
            TicketNotFound: No ticket of today has this number.
        """
        context = self._context
        today = day_of(context.clock(), context.config.centre.timezone)
        with context.database.read() as connection:
            ticket = queries.ticket_of_day(connection, context.centre, today, number)
            if ticket is None:
                raise TicketNotFound(ticket=number)
            return self._views.whole(connection, ticket)

    def cancel(self, token: str, *, once: Once | None = None) -> View:
        """
        Give a ticket back before it is served.

        Raises:
            TicketNotFound: No ticket has this token.
            TicketStateError: It is being served, or ended already.
        """
        return self._change(token, "cancel", self._cancel, once)

    def postpone(self, token: str, minutes: int, *, once: Once | None = None) -> View:
        """
        Set a waiting ticket aside for a while; its due time is moved if it would pass meanwhile.

        Args:
            minutes: From now; one of `POSTPONE_MINUTES`.

        Raises:
            TicketNotFound, TicketStateError: As for `cancel`.
            BadInput: Too short or too long.
        """
        if minutes not in POSTPONE_MINUTES:
            raise BadInput(field="minutes", value=minutes)

        def postpone(tx: Transaction, ticket: Record) -> None:
            self._postpone(tx, ticket, minutes)

        return self._change(token, "postpone", postpone, once)

    def rejoin(self, token: str, *, once: Once | None = None) -> View:
        """
        Take a visitor back who missed the call, or came back earlier than said.

        Raises:
            TicketNotFound, TicketStateError: As for `cancel`.
            RejoinTooLate: The grace period is over, or it was used.
            PresenceNeeded: It was taken from afar, and its visitor has not checked in.
        """

        def rejoin(tx: Transaction, ticket: Record) -> None:
            if phones.is_on_the_way(tx.connection, ticket):
                raise PresenceNeeded
            self.take_back(tx, ticket)

        return self._change(token, "rejoin", rejoin, once)

    def end_postponements(self) -> int:
        """Let those wait again whose time has come. Returns how many."""
        context = self._context
        with context.database.read() as connection:
            if not queries.postponed_until(connection, context.centre, context.clock()):
                return 0
        with context.database.write() as tx:
            due = queries.postponed_until(tx.connection, tx.centre, tx.now)
            back = [each for each in due if not phones.is_on_the_way(tx.connection, each)]
            for ticket in back:
                self.take_back(tx, ticket)
        return len(back)

    def wanted(self, service: str, also: Sequence[str]) -> list[Service]:
        """
        Find what a walk-in asks for.

        Raises:
            ServiceNotFound, NotWalkIn, BadInput: As for `issue`.
        """
        if len(also) >= MAX_SERVICES:
            raise BadInput(field="also", at_most=MAX_SERVICES - 1)
        wanted = []
        for key in (service, *also):
            found = self._context.config.service.get(key)
            if found is None:
                raise ServiceNotFound(service=key)
            if "walk_in" not in found.channels:
                raise NotWalkIn(service=key)
            wanted.append(found)
        return wanted

    def _change(
        self, token: str, action: str, work: Callable[[Transaction, Record], None], once: Once | None
    ) -> View:
        def run(tx: Transaction) -> View:
            ticket = queries.ticket_by_token(tx.connection, tx.centre, token, lock=True)
            if ticket is None:
                raise TicketNotFound
            ticket_after(ticket.state, action)
            work(tx, ticket)
            return self._views.whole(tx.connection, queries.ticket(tx.connection, ticket.id))

        return once_only(self._context, once, run)

    def _cancel(self, tx: Transaction, ticket: Record) -> None:
        _set(tx, ticket, state=str(TicketState.CANCELLED), ended_at=tx.now, bound=None, held_until=None)
        self._record(tx, EventKind.TICKET_CANCELLED, ticket)

    def _postpone(self, tx: Transaction, ticket: Record, minutes: int) -> None:
        until = tx.now + timedelta(minutes=minutes)
        _set(tx, ticket, state=str(TicketState.HELD), held_until=until, counter=None)
        self._record(tx, EventKind.TICKET_POSTPONED, ticket, until=until.isoformat())

    def take_back(self, tx: Transaction, ticket: Record) -> None:
        """
        Let a ticket wait again, inside a transaction that somebody else has begun.

        Back from a missed call the published penalty is added; back from a pause the due time is not past.
        """
        policy = self._context.config.policy
        terms = terms_in(ticket)
        values: dict[str, Any] = {}
        if ticket.state == TicketState.NO_SHOW:
            grace = timedelta(minutes=policy.grace_minutes)
            if not may_rejoin(ticket.ended_at, tx.now, grace=grace, returns=ticket.returns):
                raise RejoinTooLate(grace_minutes=policy.grace_minutes)
            penalty = terms.penalty + timedelta(minutes=policy.missed_penalty_minutes)
            values = {"returns": ticket.returns + 1}
        elif ticket.held_until is None:  # a counter holds it, and resumes it
            raise TicketStateError(state=ticket.state, action="rejoin")
        else:
            penalty = penalty_of(terms, min(tx.now, ticket.held_until))
        terms = Terms(terms.start_at, terms.target, terms.credit, penalty)
        # A particular counter or official that has gone home meanwhile would never call.
        bound = ticket.bound if is_there(tx.connection, tx.centre, ticket.bound) else None
        _set(
            tx,
            ticket,
            **terms_row(terms),
            **values,
            state=str(TicketState.WAITING),
            bound=bound,
            held_until=None,
            ended_at=None,
            counter=None,
            call_count=0,
        )
        tx.execute(
            update(requests)
            .where(requests.c.ticket_id == ticket.id, requests.c.state == "serving")
            .values(state="waiting", counter=None, official=None, started_at=None)
        )
        self._record(
            tx,
            EventKind.TICKET_REJOINED,
            ticket,
            **terms_data(terms),
            lane=ticket.lane,
            bound=bound,
            after=str(ticket.state),
        )

    def _record(self, tx: Transaction, kind: EventKind, ticket: Record, **data: Any) -> None:
        tx.record(
            kind,
            ticket=ticket.id,
            number=ticket.label,
            service=ticket.service,
            counter=ticket.counter,
            **data,
        )


def check_wish(context: Context, category: str | None, language: str | None) -> None:
    """
    Check what a visitor says of itself, and that the centre is open.

    Raises:
        BadInput: An unknown category or language.
        CentreClosed: Outside the opening hours.
    """
    config = context.config
    if category is not None and category not in config.category:
        raise BadInput(field="category", value=category)
    if language is not None and language not in (*config.centre.languages, *config.paper.languages):
        raise BadInput(field="language", value=language)
    hours = context.hours()
    if not hours.is_open:
        raise CentreClosed(opens_at=context.local(hours.opens_at))


def penalty_of(terms: Terms, back_at: datetime) -> timedelta:
    """
    Tell the penalty of who comes back from a pause at a moment.

    Who sets a turn aside gives it up: until the return nobody is passed by it. In whole seconds, as the figures are
    kept: the log must give the very due time.
    """
    late = max(back_at - terms.due_at, timedelta(0))
    return terms.penalty + timedelta(seconds=ceil(late.total_seconds()))


def draw_again(issue: Callable[[], View]) -> View:
    """Issue again when the six signs of two tickets of one day were the same by chance."""
    for _ in range(CODE_TRIES - 1):
        try:
            return issue()
        except IntegrityError:
            continue
    return issue()


def _set(tx: Transaction, ticket: Record, **values: Any) -> None:
    tx.execute(update(tickets).where(tickets.c.id == ticket.id).values(**values))
