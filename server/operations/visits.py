"""What an official does with the visitor in hand: recall, start, finish, let go, hold, send on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from server.db import queries
from server.db.models import requests, tickets
from server.domain.calling import Rule
from server.domain.states import TicketState, ticket_after
from server.errors import (
    BadInput,
    CounterNotFound,
    NoTicketInHand,
    RecallLimit,
    RecallTooEarly,
    ServiceNotFound,
    TicketInHand,
    TicketNotFound,
)
from server.events import EventKind
from server.operations.context import Context, Once, View, once_only
from server.operations.tickets import INSERT_REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.counter_views import CounterViews
    from server.operations.counters import Counters
    from server.operations.staff import Official
    from server.operations.tickets import Tickets
    from server.print_jobs import PrintJobs


class Visits:
    """Operations on the ticket in hand."""

    def __init__(
        self,
        context: Context,
        counters: Counters,
        tickets: Tickets,
        views: CounterViews,
        print_jobs: PrintJobs,
    ) -> None:
        self._context = context
        self._counters = counters
        self._tickets = tickets
        self._views = views
        self._print_jobs = print_jobs

    def recall(self, number: int, official: Official, *, once: Once | None = None) -> View:
        """
        Repeat the call.

        Raises:
            RecallTooEarly: The pause after the last call is not over.
            RecallLimit: It was called as often as the policy allows.
        """
        return self._act(number, official, "recall", self._recall, once)

    def start(self, number: int, official: Official, *, once: Once | None = None) -> View:
        """Begin to serve: the visitor is at the counter."""
        return self._act(number, official, "start", self._start, once)

    def finish(self, number: int, official: Official, *, once: Once | None = None) -> View:
        """End the service: the visitor is asked for a rating, and waits on if the visit has another service."""
        return self._act(number, official, "finish", self._finish, once)

    def no_show(self, number: int, official: Official, *, once: Once | None = None) -> View:
        """Let a called visitor go who did not come."""
        return self._act(number, official, "no_show", self._no_show, once)

    def hold(self, number: int, official: Official, *, once: Once | None = None) -> View:
        """Set a visitor aside, to fill in a form or fetch a copy, and free the counter."""
        return self._act(number, official, "hold", self._hold, once)

    def transfer(
        self,
        number: int,
        official: Official,
        *,
        service: str | None = None,
        counter: int | None = None,
        reason: str | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Send a visitor to another service, or to a particular counter; number and start of the visit stay.

        Raises:
            BadInput: Neither a service nor a counter, or both.
            ServiceNotFound, CounterNotFound: Where to does not exist.
        """
        if (service is None) == (counter is None):
            raise BadInput(field="service")
        if service is not None and service not in self._context.config.service:
            raise ServiceNotFound(service=service)
        if counter is not None and counter not in self._context.config.counter:
            raise CounterNotFound(counter=counter)

        def send(tx: Transaction, at: Record, ticket: Record) -> None:
            self._transfer(tx, at, ticket, service, counter, reason)

        return self._act(number, official, "transfer", send, once)

    def add_service(self, number: int, official: Official, service: str, *, once: Once | None = None) -> View:
        """Put another service after those of the visit, under the same number."""
        if service not in self._context.config.service:
            raise ServiceNotFound(service=service)

        def add(tx: Transaction, at: Record, ticket: Record) -> None:
            self._add_request(tx, ticket, service)
            self._record(tx, EventKind.SERVICE_ADDED, at, ticket, added=service)

        return self._act(number, official, "add_service", add, once)

    def resume(self, number: int, official: Official, ticket: int | str, *, once: Once | None = None) -> View:
        """
        Call a visitor back whom this counter holds.

        Raises:
            TicketNotFound: This counter holds no such ticket.
            TicketInHand: One visitor at a time.
        """
        return once_only(self._context, once, lambda tx: self._resume(tx, number, official, ticket))

    def _act(
        self,
        number: int,
        official: Official,
        action: str,
        work: Callable[[Transaction, Record, Record], None],
        once: Once | None,
    ) -> View:
        def run(tx: Transaction) -> View:
            counter = self._counters.at_work(tx, number, official)
            ticket = queries.ticket_in_hand(tx.connection, tx.centre, number)
            if ticket is None:
                raise NoTicketInHand(action=action)
            ticket_after(ticket.state, action)
            work(tx, counter, ticket)
            return self._views.ticket(tx.connection, queries.ticket(tx.connection, ticket.id))

        return once_only(self._context, once, run)

    def _recall(self, tx: Transaction, counter: Record, ticket: Record) -> None:
        policy = self._context.config.policy
        if ticket.call_count > policy.recall_limit:
            raise RecallLimit(limit=policy.recall_limit)
        recall_at = ticket.called_at + timedelta(seconds=policy.recall_after_s)
        if tx.now < recall_at:
            raise RecallTooEarly(recall_at=self._context.local(recall_at))
        self._change(tx, ticket, call_count=ticket.call_count + 1, called_at=tx.now)
        self._record(
            tx,
            EventKind.TICKET_RECALLED,
            counter,
            ticket,
            call_count=ticket.call_count + 1,
            language=ticket.language,
        )

    def _start(self, tx: Transaction, counter: Record, ticket: Record) -> None:
        self._change(tx, ticket, state=str(TicketState.SERVING))
        self._change_request(
            tx,
            self._current(tx, ticket),
            state="serving",
            counter=counter.number,
            official=counter.official,
            started_at=tx.now,
        )
        self._record(tx, EventKind.TICKET_STARTED, counter, ticket)

    def _finish(self, tx: Transaction, counter: Record, ticket: Record) -> None:
        request = self._current(tx, ticket)
        rating_token = self._context.randomness.token()
        self._change_request(tx, request, state="served", finished_at=tx.now, rating_token=rating_token)
        following = next(
            (each for each in queries.requests_of(tx.connection, ticket.id) if each.state == "waiting"), None
        )
        if following is None:
            self._change(tx, ticket, state=str(TicketState.SERVED), ended_at=tx.now)
        else:
            self._wait_again(tx, ticket, following.service)
        self._print_jobs.write_rating(
            tx, ticket, request=request, counter=counter.number, rating_token=rating_token
        )
        self._record(
            tx,
            EventKind.TICKET_FINISHED,
            counter,
            ticket,
            following=following.service if following else None,
        )

    def _no_show(self, tx: Transaction, counter: Record, ticket: Record) -> None:
        self._change(tx, ticket, state=str(TicketState.NO_SHOW), ended_at=tx.now)
        self._record(tx, EventKind.TICKET_NO_SHOW, counter, ticket)

    def _hold(self, tx: Transaction, counter: Record, ticket: Record) -> None:
        self._change(tx, ticket, state=str(TicketState.HELD))
        self._record(tx, EventKind.TICKET_HELD, counter, ticket)

    def _resume(self, tx: Transaction, number: int, official: Official, wanted: int | str) -> View:
        counter = self._counters.at_work(tx, number, official)
        in_hand = queries.ticket_in_hand(tx.connection, tx.centre, number)
        if in_hand is not None:
            raise TicketInHand(number=in_hand.label)
        ticket = queries.find_ticket(tx.connection, tx.centre, tx.day, wanted)
        if ticket is None or (ticket.state == TicketState.HELD and ticket.counter != number):
            raise TicketNotFound(ticket=wanted)
        state = ticket_after(ticket.state, "resume")
        self._change(tx, ticket, state=str(state), called_at=tx.now, call_count=1)
        self._record(
            tx,
            EventKind.TICKET_RESUMED,
            counter,
            ticket,
            rule=str(Rule.RESUMED),
            call_count=1,
            language=ticket.language,
        )
        return self._views.ticket(tx.connection, queries.ticket(tx.connection, ticket.id))

    def _transfer(
        self,
        tx: Transaction,
        at: Record,
        ticket: Record,
        service: str | None,
        counter: int | None,
        reason: str | None,
    ) -> None:
        request = self._current(tx, ticket)
        if service is not None:
            self._change_request(
                tx,
                request,
                service=service,
                state="waiting",
                counter=None,
                official=None,
                started_at=None,
            )
            self._wait_again(tx, ticket, service)
        else:
            self._change_request(tx, request, state="waiting", counter=None, official=None, started_at=None)
            self._wait_again(tx, ticket, ticket.service, bound=f"counter:{counter}")
        self._record(
            tx,
            EventKind.TICKET_TRANSFERRED,
            at,
            ticket,
            to_service=service,
            to_counter=counter,
            reason=reason,
            due_at=self._context.local(queries.ticket(tx.connection, ticket.id).due_at),
        )

    def _wait_again(self, tx: Transaction, ticket: Record, service: str, bound: str | None = None) -> None:
        """Let a visitor wait on in the place that the start of the visit gives."""
        self._change(
            tx,
            ticket,
            state=str(TicketState.WAITING),
            service=service,
            bound=bound,
            due_at=self._tickets.due_at(ticket.start_at, service, ticket.category),
            counter=None,
            official=None,
            call_count=0,
        )

    def _add_request(self, tx: Transaction, ticket: Record, service: str) -> None:
        visit = queries.requests_of(tx.connection, ticket.id)
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

    def _current(self, tx: Transaction, ticket: Record) -> Record:
        """Find the request that the ticket in hand was called for."""
        return next(
            each
            for each in queries.requests_of(tx.connection, ticket.id)
            if each.state == "serving" or (each.state == "waiting" and each.service == ticket.service)
        )

    def _change(self, tx: Transaction, ticket: Record, **values: Any) -> None:
        tx.execute(update(tickets).where(tickets.c.id == ticket.id).values(**values))

    def _change_request(self, tx: Transaction, request: Record, **values: Any) -> None:
        tx.execute(update(requests).where(requests.c.id == request.id).values(**values))

    def _record(self, tx: Transaction, kind: EventKind, counter: Record, ticket: Record, **data: Any) -> None:
        tx.record(
            kind,
            ticket=ticket.id,
            number=ticket.label,
            service=ticket.service,
            counter=counter.number,
            official=counter.official,
            **data,
        )
