"""What an official does with the visitor in hand: recall, start, finish, let go, hold, send on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from server.db import notes, queries
from server.db.models import requests, tickets
from server.domain.calling import Rule
from server.domain.states import TicketState, ticket_after
from server.errors import (
    BadInput,
    CounterNotFound,
    NoTicketInHand,
    NotServedHere,
    OfOutreach,
    RecallLimit,
    RecallTooEarly,
    ServiceNotFound,
    TicketInHand,
    TicketNotFound,
    TicketStateError,
)
from server.events import EventKind
from server.operations.context import Context, Once, View, once_only
from server.operations.issuing import INSERT_REQUEST, terms_data, terms_in, terms_of, terms_row
from server.operations.serving import bound_to_counter, bound_to_official

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.counter_views import CounterViews
    from server.operations.counters import Counters
    from server.operations.staff import Official
    from server.print_jobs import PrintJobs


class Visits:
    """Operations on the ticket in hand."""

    def __init__(
        self,
        context: Context,
        counters: Counters,
        views: CounterViews,
        print_jobs: PrintJobs,
    ) -> None:
        self._context = context
        self._counters = counters
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

    def finish(
        self,
        number: int,
        official: Official,
        *,
        outcome: str | None = None,
        service: str | None = None,
        once: Once | None = None,
    ) -> View:
        """
        End the service: the visitor is asked for a rating, and waits on if the visit has another service.

        Args:
            outcome: How it ended, by the configuration's list; None for "done".
            service: A further service that turned out to be needed, under the same number.

        Raises:
            BadInput: No such outcome.
            ServiceNotFound: No such service.
            NotServedHere: A team at home does not bring it.
        """
        outcomes = {each.key for each in self._context.config.terminal.outcomes}
        if outcome is not None and outcome not in outcomes:
            raise BadInput(field="outcome", value=outcome)
        if service is not None:
            self._check_further(number, service)

        def end(tx: Transaction, at: Record, ticket: Record) -> None:
            if service is not None:
                self._add(tx, at, ticket, service)
            self._finish(tx, at, ticket, outcome)

        return self._act(number, official, "finish", end, once)

    def next(self, number: int, official: Official, *, once: Once | None = None) -> View | None:
        """
        Call the next visitor, and begin at once where the centre has it so.

        Raises:
            TicketInHand, CounterStateError, CounterTaken: As `Counters.next`.
        """
        called = self._counters.next(number, official, once=once)
        if called is None or not self._context.config.terminal.start_at_call:
            return called
        try:
            return self.start(number, official)
        except (TicketStateError, NoTicketInHand):  # a repeated request: it was begun, or is over, already
            return called

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
        to_official: int | None = None,
        reason: str | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Send a visitor to another service, or to a particular counter or official; number and start of the visit stay.

        Args:
            reason: Shown to who receives the visitor; kept as a note, for it may tell what is personal.

        Raises:
            BadInput: Not exactly one destination, or an official who is at no counter.
            ServiceNotFound, CounterNotFound: Where to does not exist.
        """
        if [service, counter, to_official].count(None) != 2:
            raise BadInput(field="service")
        if service is not None and service not in self._context.config.service:
            raise ServiceNotFound(service=service)
        if counter is not None and (counter not in self._context.config.counter or self._is_away(counter)):
            raise CounterNotFound(counter=counter)

        def send(tx: Transaction, at: Record, ticket: Record) -> None:
            if self._is_away(at.number):
                raise OfOutreach(number=ticket.label)
            bound = None
            if counter is not None:
                bound = bound_to_counter(counter)
            elif to_official is not None:
                if queries.counter_of(tx.connection, tx.centre, to_official) is None:
                    raise BadInput(field="official", value=to_official)
                bound = bound_to_official(to_official)
            if reason is not None and reason.strip():
                self._note(tx, at, ticket, reason.strip())
            self._transfer(tx, at, ticket, service, bound, None)

        return self._act(number, official, "transfer", send, once)

    def add_service(self, number: int, official: Official, service: str, *, once: Once | None = None) -> View:
        """Put another service after those of the visit, under the same number."""
        self._check_further(number, service)

        def add(tx: Transaction, at: Record, ticket: Record) -> None:
            self._add(tx, at, ticket, service)

        return self._act(number, official, "add_service", add, once)

    def resume(self, number: int, official: Official, ticket: int | str, *, once: Once | None = None) -> View:
        """
        Call a visitor back whom this counter holds.

        Raises:
            TicketNotFound: This counter holds no such ticket.
            TicketInHand: One visitor at a time.
        """
        return once_only(self._context, once, lambda tx: self._resume(tx, number, official, ticket))

    def send_back(self, tx: Transaction, counter: int, ticket: Record, *, reason: str) -> None:
        """Let a visitor in hand wait on in the place that the visit had, in a transaction that goes on."""
        at = queries.counter(tx.connection, tx.centre, counter)
        if at is None:
            raise CounterNotFound(counter=counter)
        self._transfer(tx, at, ticket, None, None, reason)

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
            started_at=tx.done_at,
        )
        self._record(tx, EventKind.TICKET_STARTED, counter, ticket)

    def _note(self, tx: Transaction, at: Record, ticket: Record, text: str) -> None:
        notes.keep(tx, ticket=ticket.id, kind="sent", text=text, counter=at.number, official=at.official)

    def _check_further(self, number: int, service: str) -> None:
        config = self._context.config
        if service not in config.service:
            raise ServiceNotFound(service=service)
        if self._is_away(number) and service not in config.brought_by[config.team_at[number].key]:
            raise NotServedHere(service=service)

    def _add(self, tx: Transaction, at: Record, ticket: Record, service: str) -> None:
        self._add_request(tx, ticket, service)
        self._record(tx, EventKind.SERVICE_ADDED, at, ticket, added=service)

    def _finish(self, tx: Transaction, counter: Record, ticket: Record, outcome: str | None) -> None:
        request = self._current(tx, ticket)
        rating_token = self._context.randomness.token()
        self._change_request(
            tx,
            request,
            state="served",
            finished_at=tx.done_at,
            rating_token=rating_token,
            outcome=outcome,
        )
        following = next(
            (each for each in queries.requests_of(tx.connection, ticket.id) if each.state == "waiting"), None
        )
        terms: dict[str, Any] = {}
        if following is None:
            self._change(tx, ticket, state=str(TicketState.SERVED), ended_at=tx.done_at)
        else:
            # At home the next service is waited for at home.
            bound = bound_to_counter(counter.number) if self._is_away(counter.number) else None
            terms = self._wait_again(tx, ticket, following.service, is_first=False, bound=bound)
            terms |= {"bound": bound} if bound else {}
        self._print_jobs.write_rating(
            tx, ticket, request=request, counter=counter.number, rating_token=rating_token
        )
        self._record(
            tx,
            EventKind.TICKET_FINISHED,
            counter,
            ticket,
            **terms,
            to_service=following.service if following else None,
            **({"outcome": outcome} if outcome else {}),
        )

    def _no_show(self, tx: Transaction, counter: Record, ticket: Record) -> None:
        self._change(tx, ticket, state=str(TicketState.NO_SHOW), ended_at=tx.done_at)
        self._record(tx, EventKind.TICKET_NO_SHOW, counter, ticket)

    def _hold(self, tx: Transaction, counter: Record, ticket: Record) -> None:
        self._change(tx, ticket, state=str(TicketState.HELD))
        # The service begins anew when the visitor is back: what was fetched meanwhile is not the official's time.
        self._change_request(
            tx, self._current(tx, ticket), state="waiting", counter=None, official=None, started_at=None
        )
        self._record(tx, EventKind.TICKET_HELD, counter, ticket)

    def _resume(self, tx: Transaction, number: int, official: Official, wanted: int | str) -> View:
        counter = self._counters.at_work(tx, number, official)
        in_hand = queries.ticket_in_hand(tx.connection, tx.centre, number)
        if in_hand is not None:
            raise TicketInHand(number=in_hand.label)
        ticket = queries.find_ticket(tx.connection, tx.centre, self._context.day_of(tx.done_at), wanted)
        if ticket is None or (ticket.state == TicketState.HELD and ticket.counter != number):
            raise TicketNotFound(ticket=wanted)
        state = ticket_after(ticket.state, "resume")
        self._change(tx, ticket, state=str(state), called_at=tx.done_at, call_count=1)
        self._record(
            tx,
            EventKind.TICKET_RESUMED,
            counter,
            ticket,
            rule=str(Rule.RESUMED),
            **terms_data(terms_in(ticket)),
            lane=ticket.lane,
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
        bound: str | None,
        reason: str | None,
    ) -> None:
        request = self._current(tx, ticket)
        self._change_request(
            tx,
            request,
            service=service or request.service,
            state="waiting",
            counter=None,
            official=None,
            started_at=None,
        )
        terms = self._wait_again(
            tx, ticket, service or request.service, is_first=request.position == 0, bound=bound
        )
        self._record(
            tx,
            EventKind.TICKET_TRANSFERRED,
            at,
            ticket,
            **terms,
            to_service=service or request.service,
            bound=bound,
            reason=reason,
        )

    def _wait_again(
        self, tx: Transaction, ticket: Record, service: str, *, is_first: bool, bound: str | None = None
    ) -> dict[str, Any]:
        """
        Let a visitor wait on in the place that the start of the visit gives.

        Args:
            is_first: It is still the service that the visitor came for, so the target of the way it came holds.

        Returns:
            The new terms, for the log.
        """
        terms = terms_of(
            self._context.config,
            service,
            start_at=ticket.start_at,
            origin=ticket.origin if is_first else "walk_in",
            category=ticket.category,
            penalty_s=ticket.penalty_s,
        )
        self._change(
            tx,
            ticket,
            **terms_row(terms),
            state=str(TicketState.WAITING),
            service=service,
            bound=bound,
            counter=None,
            official=None,
            call_count=0,
        )
        return {**terms_data(terms), "lane": ticket.lane}

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

    def _is_away(self, counter: int) -> bool:
        """Tell whether this is the number of a team that visits people at home."""
        return counter in self._context.config.team_at

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
