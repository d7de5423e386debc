"""A team's day: the visits that it takes along in the morning, and what it did, told when there is network again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from server.db import outreach as db
from server.db import queries
from server.db.models import tickets
from server.db.outreach import outreach_acts, outreach_requests
from server.domain.calling import Choice, Lane, Rule
from server.domain.numbering import day_of
from server.domain.opening import start_of_day
from server.domain.states import CounterState, ticket_after
from server.errors import (
    AlreadyRated,
    BadInput,
    CounterTaken,
    IdempotencyMismatch,
    NotAllowed,
    NotServedHere,
    OutreachNotFound,
    QueueError,
    RatingNotFound,
    TicketNotFound,
    TicketStateError,
)
from server.events import EventKind
from server.operations.context import Once, dumps, once_only
from server.operations.issuing import Arriving
from server.operations.outreach import contact_of
from server.operations.serving import WITHOUT_NETWORK, bound_to_counter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from server.config import Team
    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.context import Context, View
    from server.operations.counters import Counters
    from server.operations.issuing import Issuing
    from server.operations.ratings import Ratings
    from server.operations.staff import Official
    from server.operations.visits import Visits

# What ends a sending and not one act: somebody must see to it first.
STOPS = (CounterTaken, IdempotencyMismatch)
ANSWER_FOR_ALL = ("supervisor", "admin")


@dataclass(frozen=True, slots=True)
class Act:
    """
    What a team did, as its tablet has it.

    Attributes:
        id: The tablet's own; sent again it is the same act.
        at: When it was done, by the hall's clock as the tablet knows it.
    """

    id: str
    verb: str
    at: datetime
    ticket: int | None = None
    reason: str | None = None
    score: int | None = None


class Teams:
    """
    Operations of the teams that visit people at home.

    A team works under a number of its own, as a counter of the hall does: the same verbs, the same entries of the log.
    What it did without network is told later, one act after the other, each once; an entry is written when it is
    told, and says when it was done.
    """

    def __init__(
        self, context: Context, counters: Counters, visits: Visits, issuing: Issuing, ratings: Ratings
    ) -> None:
        self._context = context
        self._counters = counters
        self._visits = visits
        self._issuing = issuing
        self._ratings = ratings

    def of(self, official: Official) -> list[Team]:
        """List the teams that somebody may go with."""
        return [team for team in self._context.config.outreach.teams if _is_member(team, official)]

    def day(self, key: str, official: Official) -> View:
        """
        Give a team its visits of today, each with a ticket of its own from now on.

        Raises:
            OutreachNotFound: There is no such team.
            NotAllowed: Somebody else's.
        """
        team = self._team(key, official)
        context = self._context
        today = day_of(context.clock(), context.config.centre.timezone)
        with context.database.read() as connection:
            rows = db.of_team(connection, context.centre, key, today)
        if any(row.ticket_id is None for row in rows):
            with context.database.write() as tx:
                for row in db.of_team(tx.connection, tx.centre, key, today):
                    if row.ticket_id is None:
                        self._issue(tx, team, row)
        with context.database.read() as connection:
            return self._pack(connection, team, official)

    def sync(self, key: str, official: Official, acts: Sequence[Act]) -> View:
        """
        Take in what a team did, in its order.

        Returns:
            `{results: [{id, outcome, state}], pack}`: "done", or the key of the refusal. What was refused is kept, in
            the log too: what happened at a home has happened.

        Raises:
            OutreachNotFound, NotAllowed: As for `day`.
            CounterTaken: Somebody else works under the team's number; nothing of theirs was taken in.
            BadInput: Two acts have the same id.
        """
        team = self._team(key, official)
        if len({act.id for act in acts}) != len(acts):
            raise BadInput(field="acts")
        not_before = self._start(team)
        results = []
        for act in acts:
            # A tablet's clock may be wrong; what was done before is never told as after.
            done_at = min(max(act.at, not_before), self._context.clock())
            not_before = done_at
            results.append(self._take_in(team, official, act, done_at))
        return {"results": results, "pack": self.day(key, official)}

    # The pack.

    def _issue(self, tx: Transaction, team: Team, row: Record) -> None:
        config = self._context.config
        services = [config.service[key] for key in row.services if key in config.service]
        if not services:
            return
        ticket = self._issuing.issue(
            tx,
            Arriving(
                services,
                origin="outreach",
                start_at=row.slot_at,
                language=row.language,
                bound=bound_to_counter(team.counter),
            ),
        )
        tx.execute(
            update(outreach_requests)
            .where(outreach_requests.c.id == row.id)
            .values(ticket_id=ticket["id"], changed_at=tx.now)
        )

    def _pack(self, connection: Connection, team: Team, official: Official) -> View:
        context = self._context
        config = context.config
        today = day_of(context.clock(), config.centre.timezone)
        counter = queries.counter(connection, context.centre, team.counter)
        assert counter is not None, "the configuration was applied at the start"
        elsewhere = counter.official not in (None, official.id)
        # In the order in which the rule calls them: due times first, and what was issued first of two that are equal.
        rows = sorted(
            (row for row in db.of_team(connection, context.centre, team.key, today) if row.ticket_id),
            key=lambda row: (row.ticket_due_at, row.ticket_id),
        )
        return {
            "team": team.key,
            "name": team.name,
            "counter": team.counter,
            "state": counter.state,
            "official": {"id": counter.official, "name": counter.official_name} if counter.official else None,
            "me": official.id,
            "day": today.isoformat(),
            "at": context.local(context.clock()),
            # Addresses are for who goes there.
            "visits": [] if elsewhere else [self._visit(connection, row) for row in rows],
            "services": [
                {"key": each.key, "name": each.name}
                for each in config.services
                if each.key in config.brought_by[team.key]
            ],
            "rates": config.outreach.rate_on_tablet,
            "reasons": [{"key": each.key, "name": each.name} for each in config.policy.out_of_turn_reasons],
        }

    def _visit(self, connection: Connection, row: Record) -> View:
        context = self._context
        ticket = queries.ticket(connection, row.ticket_id)
        category = next(
            (each for each in context.config.outreach.categories if each.key == row.category), None
        )
        return {
            "ticket": ticket.id,
            "number": ticket.label,
            "state": ticket.state,
            "service": ticket.service,
            "services": [
                {
                    "key": each.service,
                    "name": context.service_name(each.service),
                    "state": each.state,
                    "bring": list(context.config.service[each.service].bring)
                    if each.service in context.config.service
                    else [],
                }
                for each in queries.requests_of(connection, ticket.id)
            ],
            "slot_at": context.local(row.slot_at),
            "due_at": context.local(ticket.due_at),
            "language": row.language,
            "unrated": bool(db.unrated(connection, ticket.id)),
            "contact": contact_of(row),
            "category_name": category.name if category else None,
            "evidence": category.evidence if category else None,
        }

    # What was done.

    def _start(self, team: Team) -> datetime:
        """Tell before when nothing can have been done that was not told yet: the last that was told."""
        context = self._context
        timezone = context.config.centre.timezone
        days = timedelta(days=context.config.outreach.sync_days)
        since = start_of_day(day_of(context.clock(), timezone) - days, timezone)
        with context.database.read() as connection:
            return db.last_done_at(connection, context.centre, team.key, since) or since

    def _take_in(self, team: Team, official: Official, act: Act, done_at: datetime) -> View:
        with self._context.database.read() as connection:
            known = db.act(connection, self._context.centre, act.id)
        if known is not None:
            return {"id": act.id, "outcome": known.outcome, "state": known.state}
        try:
            self._make_ready(team, official, act, done_at)
            self._do(team, official, act, self._once(team, official, act, done_at))
        except STOPS:
            raise
        except QueueError as error:
            state = error.facts.get("state")
            self._refuse(team, official, act, done_at, error.key, state)
            return {"id": act.id, "outcome": error.key, "state": str(state) if state else None}
        return {"id": act.id, "outcome": "done", "state": None}

    def _once(self, team: Team, official: Official, act: Act, done_at: datetime) -> Once:
        body = dumps([act.verb, act.ticket, act.reason, act.score]).encode()
        return Once(
            f"team:{team.key}",
            act.id,
            hashlib.sha256(body).digest(),
            done_at,
            also=lambda tx: _note(tx, team, official, act, done_at, "done"),
        )

    def _make_ready(self, team: Team, official: Official, act: Act, done_at: datetime) -> None:
        """Open the team's number again where it was closed meanwhile: what was done is not lost for that."""
        if act.verb in ("open", "close", "rate"):
            return
        counter = self._counter(team)
        if counter.state != CounterState.OPEN:
            opening = Once(f"team:{team.key}", f"{act.id}/open", b"open", done_at)
            self._counters.open(team.counter, official, once=opening)

    def _do(self, team: Team, official: Official, act: Act, once: Once) -> None:
        number = team.counter
        if act.verb in ("open", "close"):
            self._open_or_close(team, official, act.verb, once)
            return
        if act.ticket is None:
            raise TicketNotFound
        if act.verb == "rate":
            self._rate(team, act.ticket, act.score or 0, once)
        elif act.verb == "next":
            ticket = act.ticket
            once_only(self._context, once, lambda tx: self._call(tx, number, official, ticket))
        elif act.verb == "call":
            self._counters.call(number, official, act.ticket, act.reason or "", once=once)
        elif act.verb == "resume":
            self._visits.resume(number, official, act.ticket, once=once)
        elif act.verb == "add_service":
            self._check_in_hand(number, act)
            self._visits.add_service(number, official, act.reason or "", once=once)
        else:
            self._check_in_hand(number, act)
            verbs: dict[str, Callable[..., View]] = {
                "start": self._visits.start,
                "finish": self._visits.finish,
                "no_show": self._visits.no_show,
                "hold": self._visits.hold,
            }
            verbs[act.verb](number, official, once=once)

    def _rate(self, team: Team, id: int, score: int, once: Once) -> None:
        """Take the vote of a visitor to whom the tablet was handed: for the newest service that has none."""
        with self._context.database.read() as connection:
            ticket = self._ticket(connection, id)
            tokens = db.unrated(connection, id)
            served = [each for each in queries.requests_of(connection, id) if each.rating_token is not None]
        if ticket.counter != team.counter and ticket.bound != bound_to_counter(team.counter):
            raise NotServedHere(service=ticket.service)
        if not self._context.config.outreach.rate_on_tablet or not served:
            raise RatingNotFound
        if not tokens:
            raise AlreadyRated
        self._ratings.rate(tokens[0], score=score, once=once)

    def _open_or_close(self, team: Team, official: Official, verb: str, once: Once) -> None:
        counter = self._counter(team)
        if counter.official not in (None, official.id):
            raise CounterTaken(counter=team.counter, official=counter.official_name)
        is_so = counter.state == (CounterState.OPEN if verb == "open" else CounterState.CLOSED)
        if is_so:
            with self._context.database.write() as tx:
                if once.also is not None:
                    once.also(tx)
        elif verb == "open":
            self._counters.open(team.counter, official, once=once)
        else:
            self._counters.close(team.counter, official, once=once)

    def _call(self, tx: Transaction, number: int, official: Official, id: int) -> View:
        """
        Call the visit that the team has gone to, by the list that it took along.

        It is the one that the rule chooses, unless the list was changed meanwhile: then the call is out of turn, and
        published as such.
        """
        counter = self._counters.at_work(tx, number, official)
        self._counters.empty_handed(tx, number)
        found = self._ticket(tx.connection, id)
        ticket_after(found.state, "call")
        if found.bound != bound_to_counter(number):
            raise NotServedHere(service=found.service)
        chosen = self._counters.choose(tx, counter)
        if chosen is not None and chosen[0].id == id:
            view = self._counters.take(tx, counter, *chosen)
        else:
            planned = Choice(id, Rule.OUT_OF_TURN)
            view = self._counters.take(tx, counter, planned, Lane(found.lane), reason=WITHOUT_NETWORK)
        assert view is not None, "it is locked and waits"
        return view

    def _check_in_hand(self, number: int, act: Act) -> None:
        """See that the act is of the visitor in hand: another must not be finished in its place."""
        context = self._context
        with context.database.read() as connection:
            in_hand = queries.ticket_in_hand(connection, context.centre, number)
            if in_hand is not None and in_hand.id == act.ticket:
                return
            assert act.ticket is not None
            found = self._ticket(connection, act.ticket)
        raise TicketStateError(state=str(found.state), action=act.verb)

    def _ticket(self, connection: Connection, id: int) -> Record:
        found = connection.execute(
            select(tickets).where(tickets.c.id == id, tickets.c.centre == self._context.centre)
        ).first()
        if found is None:
            raise TicketNotFound(ticket=id)
        return found

    def _refuse(
        self, team: Team, official: Official, act: Act, done_at: datetime, key: str, state: Any
    ) -> None:
        with self._context.database.write() as tx:
            if db.act(tx.connection, tx.centre, act.id) is not None:
                return
            _note(tx, team, official, act, done_at, key, str(state) if state else None)
            tx.done_at = done_at
            tx.record(
                EventKind.ACT_REFUSED,
                counter=team.counter,
                official=official.id,
                verb=act.verb,
                of=act.ticket,
                refusal=key,
                state=str(state) if state else None,
            )

    def _counter(self, team: Team) -> Record:
        with self._context.database.read() as connection:
            counter = queries.counter(connection, self._context.centre, team.counter)
        assert counter is not None, "the configuration was applied at the start"
        return counter

    def _team(self, key: str, official: Official) -> Team:
        team = self._context.config.team.get(key)
        if team is None:
            raise OutreachNotFound
        if not _is_member(team, official):
            raise NotAllowed(role=official.role)
        return team


def _is_member(team: Team, official: Official) -> bool:
    if official.role in ANSWER_FOR_ALL:
        return True
    if team.members:
        return official.username in team.members
    return official.agencies is None or not set(official.agencies).isdisjoint(team.agencies)


def _note(
    tx: Transaction,
    team: Team,
    official: Official,
    act: Act,
    done_at: datetime,
    outcome: str,
    state: str | None = None,
) -> None:
    row = {
        "centre": tx.centre,
        "id": act.id,
        "team": team.key,
        "official": official.id,
        "verb": act.verb,
        "ticket_id": act.ticket,
        "done_at": done_at,
        "synced_at": tx.now,
        "outcome": outcome,
        "state": state,
    }
    tx.execute(insert(outreach_acts), row)
