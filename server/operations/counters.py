"""What an official does at a counter: one verb, one transaction."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, update

from server.db import queries
from server.db.models import counters, shifts, tickets
from server.domain.admission import WALK_INS
from server.domain.calling import Candidate, Choice, Lane, Rule, choose_next
from server.domain.fairness import overtaken_by, overtaking_bound
from server.domain.states import CounterState, TicketState, counter_after, ticket_after
from server.errors import (
    BadInput,
    CounterNotFound,
    CounterStateError,
    CounterTaken,
    NotServedHere,
    TicketInHand,
    TicketNotFound,
)
from server.events import EventKind
from server.operations.bounds import end_visits, free
from server.operations.context import Context, Once, View, once_only
from server.operations.issuing import terms_data, terms_in
from server.operations.serving import (
    LANES,
    bound_to_counter,
    bound_to_official,
    is_reached_by,
    quota_every,
    servable,
)

if TYPE_CHECKING:
    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.counter_views import CounterViews
    from server.operations.staff import Official

log = logging.getLogger(__name__)

CALL = (
    update(tickets)
    .where(tickets.c.id == bindparam("ticket"), tickets.c.state == str(TicketState.WAITING))
    .values(
        state=str(TicketState.CALLED),
        counter=bindparam("at_counter"),
        official=bindparam("by_official"),
        called_at=bindparam("now"),
        first_called_at=func.coalesce(tickets.c.first_called_at, bindparam("now")),
        out_of_turn=func.coalesce(tickets.c.out_of_turn, bindparam("out_of_turn")),
        call_count=1,
        bound=None,
    )
    .returning(*tickets.c)
)
COUNT_CALL = (
    update(counters)
    .where(counters.c.centre == bindparam("in_centre"), counters.c.number == bindparam("at_counter"))
    .values(calls_since_quota=bindparam("since"))
)


class Counters:
    """Operations of officials at their counters."""

    def __init__(self, context: Context, views: CounterViews) -> None:
        self._context = context
        self._views = views

    def all(self) -> list[View]:
        """List every counter, for the choice of one."""
        with self._context.database.read() as connection:
            return self._views.all(connection)

    def alarms(self, limit: int = 50) -> list[View]:
        """List the newest calls that passed someone beyond the promised bound."""
        with self._context.database.read() as connection:
            rows = queries.alarms(connection, self._context.centre, limit=limit)
        return [
            {
                "number": row.number,
                "by": row.data["by"],
                "counter": row.counter,
                "beyond_s": row.data["beyond_s"],
                "at": self._context.local(row.at),
            }
            for row in rows
        ]

    def view(self, number: int, by: Official | None = None) -> View:
        """
        Show a counter as its terminal needs it.

        Args:
            by: Who asks, if the counter is not shown to everybody who works here.

        Raises:
            CounterNotFound: The centre has no such counter, or none for this official.
        """
        if by is not None and not self.is_for(number, by):
            raise CounterNotFound(counter=number)
        with self._context.database.read() as connection:
            return self._views.whole(connection, self._known(connection, number))

    def is_for(self, number: int, official: Official) -> bool:
        """Tell whether the counter offers anything that this official may serve."""
        config = self._context.config
        return number in config.counter and is_reached_by(config, number, official.agencies)

    def open(self, number: int, official: Official, *, once: Once | None = None) -> View:
        """
        Begin or go on serving at a counter.

        Raises:
            CounterTaken: Another official is there, or this one is at another counter.
            CounterStateError: It is open already.
        """
        return once_only(self._context, once, lambda tx: self._open(tx, number, official))

    def pause(self, number: int, official: Official, reason: str, *, once: Once | None = None) -> View:
        """Stop calling for a while, for a reason of the configuration; the ticket in hand must be finished."""
        if reason not in {choice.key for choice in self._context.config.policy.pause_reasons}:
            raise BadInput(field="reason", value=reason)
        return once_only(self._context, once, lambda tx: self._leave(tx, number, official, "pause", reason))

    def close(self, number: int, official: Official, *, once: Once | None = None) -> View:
        """End the shift; the ticket in hand must be finished."""
        return once_only(self._context, once, lambda tx: self._leave(tx, number, official, "close", None))

    def next(self, number: int, official: Official, *, once: Once | None = None) -> View | None:
        """
        Call the ticket that the rule chooses.

        Returns:
            The ticket, or None when nobody waits for this counter.

        Raises:
            TicketInHand: One visitor at a time.
            CounterStateError: The counter is not open.
        """
        answer = once_only(self._context, once, lambda tx: self._next(tx, number, official))
        return answer or None

    def call(
        self, number: int, official: Official, ticket: int | str, reason: str, *, once: Once | None = None
    ) -> View:
        """
        Call a waiting ticket out of turn; the reason is published.

        Args:
            ticket: Its key, or its number of today.
        """
        if reason not in {choice.key for choice in self._context.config.policy.out_of_turn_reasons}:
            raise BadInput(field="reason", value=reason)
        return once_only(
            self._context, once, lambda tx: self._call_out_of_turn(tx, number, official, ticket, reason)
        )

    def _call_out_of_turn(
        self, tx: Transaction, number: int, official: Official, ticket: int | str, reason: str
    ) -> View:
        counter = self.at_work(tx, number, official)
        self.empty_handed(tx, number)
        found = queries.find_ticket(tx.connection, tx.centre, self._context.day_of(tx.done_at), ticket)
        if found is None:
            raise TicketNotFound(ticket=ticket)
        ticket_after(found.state, "call")
        services = servable(
            self._context.config, number, counter.official_agencies, counter.official_services
        )
        if found.service not in services and found.bound not in _bounds(number, official.id):
            raise NotServedHere(service=found.service)
        view = self.take(tx, counter, Choice(found.id, Rule.OUT_OF_TURN), Lane(found.lane), reason=reason)
        if view is None:
            ticket_after(queries.ticket(tx.connection, found.id).state, "call")
            raise TicketNotFound(ticket=ticket)
        return view

    def _open(self, tx: Transaction, number: int, official: Official) -> View:
        counter = self._known(tx.connection, number, lock=True)
        if counter.official not in (None, official.id):
            raise CounterTaken(counter=number, official=counter.official_name)
        elsewhere = queries.counter_of(tx.connection, tx.centre, official.id)
        if elsewhere not in (None, number):
            raise CounterTaken(counter=elsewhere, official=official.name)
        state = counter_after(counter.state, "open")
        shift = counter.shift
        services = servable(self._context.config, number, official.agencies, official.services)
        if shift is None:
            shift = tx.execute(
                insert(shifts).returning(shifts.c.id),
                {
                    "centre": tx.centre,
                    "counter": number,
                    "official": official.id,
                    "services": services,
                    "opened_at": tx.now,
                },
            ).scalar_one()
        self._set(
            tx, number, state=str(state), official=official.id, shift=shift, reason=None, since_at=tx.now
        )
        tx.record(
            EventKind.COUNTER_OPENED,
            counter=number,
            official=official.id,
            services=list(services),
        )
        return self._views.whole(tx.connection, self._known(tx.connection, number))

    def _leave(
        self, tx: Transaction, number: int, official: Official, action: str, reason: str | None
    ) -> View:
        counter = self._known(tx.connection, number, lock=True)
        if counter.official not in (None, official.id):
            raise CounterTaken(counter=number, official=counter.official_name)
        state = counter_after(counter.state, action)
        self.empty_handed(tx, number)
        if action == "close":
            if number in self._context.config.team_at:
                end_visits(tx, number)
            else:
                free(tx, number, _bounds(number, official.id))
            tx.execute(update(shifts).where(shifts.c.id == counter.shift).values(closed_at=tx.now))
            self._set(tx, number, state=str(state), official=None, shift=None, reason=None, since_at=tx.now)
            tx.record(EventKind.COUNTER_CLOSED, counter=number, official=official.id)
        else:
            self._set(tx, number, state=str(state), reason=reason, since_at=tx.now)
            tx.record(EventKind.COUNTER_PAUSED, counter=number, official=official.id, reason=reason)
        return self._views.whole(tx.connection, self._known(tx.connection, number))

    def _next(self, tx: Transaction, number: int, official: Official) -> View:
        counter = self.at_work(tx, number, official)
        self.empty_handed(tx, number)
        while True:
            chosen = self.choose(tx, counter)
            if chosen is None:
                return {}
            view = self.take(tx, counter, *chosen)
            if view is not None:
                return view
            # Another counter called it between our look and our call: look again.

    def take(self, tx: Transaction, counter: Record, choice: Choice, lane: Lane, **data: Any) -> View | None:
        """Call a ticket unless another counter was faster."""
        ticket = tx.execute(
            CALL,
            {
                "ticket": choice.id,
                "at_counter": counter.number,
                "by_official": counter.official,
                "now": tx.done_at,
                "out_of_turn": data.get("reason"),
            },
        ).first()
        if ticket is None:
            return None
        since = 0 if lane is Lane.QUOTA else counter.calls_since_quota + 1
        tx.execute(COUNT_CALL, {"in_centre": tx.centre, "at_counter": counter.number, "since": since})
        tx.record(
            EventKind.TICKET_CALLED,
            ticket=ticket.id,
            number=ticket.label,
            service=ticket.service,
            counter=counter.number,
            official=counter.official,
            rule=str(choice.rule),
            policy=self._context.config.policy.version,
            **terms_data(terms_in(ticket)),
            lane=int(lane),
            since=counter.calls_since_quota,
            language=ticket.language,
            call_count=1,
            **data,
        )
        if choice.rule is Rule.DUE:
            self._watch(tx, ticket)
        return self._views.ticket(tx.connection, ticket)

    def _watch(self, tx: Transaction, called: Record) -> None:
        """
        Raise an alarm when a call by due time passed someone by more than the rule can.

        The rule keeps the bound by itself; an alarm means that due times in the database were changed past it.
        """
        if called.origin not in WALK_INS:
            return
        oldest = queries.oldest_walk_in(tx.connection, tx.centre, called.service)
        if oldest is None:
            return
        credits = (timedelta(minutes=each.credit_minutes) for each in self._context.config.categories)
        beyond = overtaken_by(called.start_at, oldest.start_at, bound=overtaking_bound(credits))
        if beyond is not None:
            log.error("%s was called %s beyond the bound before %s", called.label, beyond, oldest.label)
            tx.record(
                EventKind.OVERTAKEN,
                ticket=oldest.id,
                number=oldest.label,
                service=oldest.service,
                counter=called.counter,
                by=called.label,
                beyond_s=round(beyond.total_seconds()),
            )

    # What the verbs on the ticket in hand, and those of teams, share with this class (see `visits.py`, `team_sync.py`).

    def choose(self, tx: Transaction, counter: Record) -> tuple[Choice, Lane] | None:
        """Ask the rule whom an open counter calls next, and in which lane it waits."""
        config = self._context.config
        waiting = queries.first_waiting(
            tx.connection,
            tx.centre,
            services=servable(config, counter.number, counter.official_agencies, counter.official_services),
            lanes=LANES,
            bounds=_bounds(counter.number, counter.official),
        )
        candidates = [Candidate(row.id, row.due_at, Lane(row.lane), bool(row.is_bound)) for row in waiting]
        choice = choose_next(
            candidates, calls_since_quota=counter.calls_since_quota, quota_every=quota_every(config)
        )
        if choice is None:
            return None
        return choice, next(each.lane for each in candidates if each.id == choice.id)

    def enter(self, tx: Transaction, number: int, official: Official) -> View:
        """Open a counter for an official, in a transaction that goes on."""
        return self._open(tx, number, official)

    def leave(self, tx: Transaction, number: int, official: Official) -> View:
        """Close an official's counter, in a transaction that goes on."""
        return self._leave(tx, number, official, "close", None)

    def at_work(self, tx: Transaction, number: int, official: Official) -> Record:
        """
        Lock an official's open counter.

        Raises:
            CounterNotFound, CounterTaken, CounterStateError: It is not there, not this official's, or not open.
        """
        counter = self._known(tx.connection, number, lock=True)
        if counter.official is not None and counter.official != official.id:
            raise CounterTaken(counter=number, official=counter.official_name)
        if counter.state != CounterState.OPEN:
            raise CounterStateError(state=counter.state, action="next")
        return counter

    def empty_handed(self, tx: Transaction, number: int) -> None:
        ticket = queries.ticket_in_hand(tx.connection, tx.centre, number)
        if ticket is not None:
            raise TicketInHand(number=ticket.label)

    def _known(self, connection: Any, number: int, *, lock: bool = False) -> Record:
        # Asked first: a number may be larger than any that the database can look for.
        if number not in self._context.config.counter:
            raise CounterNotFound(counter=number)
        counter = queries.counter(connection, self._context.centre, number, lock=lock)
        if counter is None:
            raise CounterNotFound(counter=number)
        return counter

    def _set(self, tx: Transaction, number: int, **values: Any) -> None:
        tx.execute(
            update(counters)
            .where(counters.c.centre == tx.centre, counters.c.number == number)
            .values(**values)
        )


def _bounds(number: int, official: int) -> tuple[str, str]:
    return bound_to_counter(number), bound_to_official(official)
