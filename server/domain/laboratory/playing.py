"""Plays a day, event by event: the same visitors and counters, and whom the rule calls under these changes."""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from server.domain.calling import Lane, Terms, choose_next
from server.domain.laboratory.changes import Changes
from server.domain.laboratory.day import NOTHING, Leg
from server.domain.replay.state import Counter, Ticket, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from server.domain.laboratory.day import Day, Shift, Visit

# Counters that there were not have numbers beyond every hall's.
FIRST_ADDED = 100_001


class Step(IntEnum):
    """What happens, in the order in which it does at one moment."""

    LEAVES = 0
    UNBOUND = 1
    WAITS = 2
    TAKEN = 3
    GONE = 4
    OPENS = 5
    FREE = 6


@dataclass(frozen=True, slots=True)
class Call:
    """The first call of a ticket."""

    ticket: int
    counter: int
    at: datetime


@dataclass(slots=True)
class Played:
    """
    What a day came to.

    Attributes:
        calls: The first call of each ticket that was called, in their order.
        passed_s: By ticket, how much later at most somebody had come who was called first; only where that happened.
    """

    calls: list[Call] = field(default_factory=list)
    passed_s: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Desk:
    number: int
    seen: Counter = field(default_factory=Counter)
    is_on_duty: bool = False
    is_busy: bool = False
    since_quota: int = 0
    back: deque[tuple[Visit, int]] = field(default_factory=deque)


def play(day: Day, changes: Changes | None = None) -> Played:
    """
    Play a day under changes; under none it comes out as it was, as far as the rule decides.

    What people do by themselves stays what it was: they come, give back and put off at the same moments, each service
    takes what it took and each official's pause what it was; counters open and close at their times, though with
    somebody in hand they finish first.
    """
    return _Play(day, changes or Changes()).run()


class _Play:
    def __init__(self, day: Day, changes: Changes) -> None:
        self._day = day
        self._changes = changes
        self._events: list[tuple[datetime, int, int, Any]] = []
        self._order = 0
        self._waiting = Waiting()
        self._places: dict[int, tuple[Visit, int]] = {}
        self._desks: dict[int, _Desk] = {}
        self._played = Played()
        self._called: set[int] = set()
        self._by_service: dict[str, dict[int, Visit]] = defaultdict(dict)

    def run(self) -> Played:
        for shift in self._shifts():
            self._plan(shift.opened_at, Step.OPENS, shift)
            if shift.left_at is not None:
                self._plan(shift.left_at, Step.LEAVES, shift)
        for visit in self._day.visits.values():
            self._plan(visit.arrived_at, Step.WAITS, (visit, 0))
        does: dict[Step, Callable[[datetime, Any], None]] = {
            Step.LEAVES: self._leaves,
            Step.UNBOUND: self._unbound,
            Step.WAITS: self._waits,
            Step.TAKEN: self._taken,
            Step.GONE: self._gone,
            Step.OPENS: self._opens,
            Step.FREE: self._free,
        }
        while self._events:
            at, step, _, what = heapq.heappop(self._events)
            does[Step(step)](at, what)
        return self._played

    def _shifts(self) -> Iterator[Shift]:
        for shift in self._day.shifts:
            if shift.counter not in self._changes.removed:
                yield shift
            for place, like in enumerate(self._changes.added):
                if shift.counter == like:
                    yield replace(shift, counter=FIRST_ADDED + place, official=None)

    def _plan(self, at: datetime, step: Step, what: Any) -> None:
        self._order += 1
        heapq.heappush(self._events, (at, step, self._order, what))

    # Counters.

    def _opens(self, at: datetime, shift: Shift) -> None:
        desk = self._desks.get(shift.counter)
        if desk is None:
            desk = self._desks[shift.counter] = _Desk(shift.counter, since_quota=shift.since_quota or 0)
        desk.seen.services, desk.seen.official = shift.services, shift.official
        desk.is_on_duty = True
        if not desk.is_busy:
            desk.is_busy = True
            self._plan(at + shift.pause, Step.FREE, desk)

    def _leaves(self, _at: datetime, shift: Shift) -> None:
        desk = self._desks.get(shift.counter)
        if desk is not None:
            desk.is_on_duty = False

    def _free(self, at: datetime, desk: _Desk) -> None:
        desk.is_busy = False
        self._next(at, desk)

    def _next(self, at: datetime, desk: _Desk) -> None:
        if desk.is_busy or not desk.is_on_duty:
            return
        if desk.back:
            self._hand(at, desk, *desk.back.popleft())
            return
        choice = choose_next(
            self._waiting.first_for(desk.number, desk.seen),
            calls_since_quota=desk.since_quota,
            quota_every=self._quota(at),
        )
        if choice is None:
            return
        visit, place = self._places[choice.id]
        self._note_passed(visit, visit.legs[place])
        self._hand(at, desk, visit, place)

    def _quota(self, at: datetime) -> int | None:
        if self._changes.quota_every is not None:
            return self._changes.quota_every
        return next((quota for since, quota in reversed(self._day.quotas) if since <= at), None)

    def _note_passed(self, called: Visit, leg: Leg) -> None:
        """Note whom this call passes within its service; who missed a call has lost the place to others."""
        passed = self._played.passed_s
        for other in self._by_service[leg.service].values():
            gap_s = (called.waits_from - other.waits_from).total_seconds()
            if gap_s > passed.get(other.id, 0.0):
                passed[other.id] = gap_s

    def _hand(self, at: datetime, desk: _Desk, visit: Visit, place: int) -> None:
        leg = visit.legs[place]
        self._stop(visit, leg)
        desk.is_busy = True
        if not leg.is_resumed:
            desk.since_quota = 0 if leg.lane is Lane.QUOTA else desk.since_quota + 1
        if visit.id not in self._called:
            self._called.add(visit.id)
            self._played.calls.append(Call(visit.id, desk.number, at))
        done = _served_as(visit, place)
        busy = visit.legs[done].busy
        until = at + (busy if busy is not None else self._day.length(leg.service))
        self._plan(until + visit.legs[done].pause, Step.FREE, desk)
        self._after(until, visit, done)

    # Tickets.

    def _waits(self, at: datetime, what: tuple[Visit, int]) -> None:
        visit, place = what
        leg = visit.legs[place]
        if leg.is_resumed and leg.counter not in self._changes.removed:
            self._taken(at, what)
            return
        ticket = self._ticket(visit, leg)
        self._places[visit.id] = what
        self._waiting.add(ticket)
        if ticket.bound is None and not leg.penalty_s:
            self._by_service[leg.service][visit.id] = visit
        if leg.leaves_at is not None:
            self._plan(max(leg.leaves_at, at), Step.GONE, what)
        if leg.unbound_at is not None and ticket.bound is not None:
            self._plan(max(leg.unbound_at, at), Step.UNBOUND, what)
        if leg.is_taken and leg.called_at is not None and leg.counter not in self._changes.removed:
            self._plan(max(leg.called_at, at), Step.TAKEN, what)
        self._offer(at, leg)

    def _ticket(self, visit: Visit, leg: Leg) -> Ticket:
        terms = Terms(
            leg.start_at,
            timedelta(seconds=self._changes.target_s(leg)),
            timedelta(seconds=self._changes.credit_s(leg)),
            timedelta(seconds=leg.penalty_s),
        )
        kind, _, number = (leg.bound or "").partition(":")
        is_gone = kind == "counter" and int(number) in self._changes.removed
        bound = None if is_gone else leg.bound
        return Ticket(visit.id, None, leg.start_at, terms.due_at, leg.lane, leg.service, bound=bound)

    def _offer(self, at: datetime, leg: Leg) -> None:
        """Let a free counter take who comes: that which did, if it is free, or the first."""
        free = [
            desk
            for desk in self._desks.values()
            if desk.is_on_duty
            and not desk.is_busy
            and (leg.bound is not None or leg.service in desk.seen.services)
        ]
        for desk in sorted(free, key=lambda desk: (desk.number != leg.counter, desk.number)):
            self._next(at, desk)

    def _is_waiting(self, what: tuple[Visit, int]) -> bool:
        return self._places.get(what[0].id) == what

    def _unbound(self, at: datetime, what: tuple[Visit, int]) -> None:
        if self._is_waiting(what):
            visit, place = what
            ticket = self._ticket(visit, visit.legs[place])
            ticket.bound = None
            self._waiting.add(ticket)
            self._offer(at, visit.legs[place])

    def _taken(self, at: datetime, what: tuple[Visit, int]) -> None:
        """The counter that took it then takes it now, as soon as it is free."""
        visit, place = what
        leg = visit.legs[place]
        if not leg.is_resumed and not self._is_waiting(what):
            return
        self._stop(visit, leg)
        assert leg.counter is not None
        desk = self._desks.get(leg.counter)
        if desk is None:  # of an earlier day: it never opens
            return
        desk.back.append(what)
        self._next(at, desk)

    def _gone(self, at: datetime, what: tuple[Visit, int]) -> None:
        if self._is_waiting(what):
            visit, place = what
            self._stop(visit, visit.legs[place])
            self._after(at, visit, place)

    def _stop(self, visit: Visit, leg: Leg) -> None:
        self._places.pop(visit.id, None)
        self._by_service[leg.service].pop(visit.id, None)
        self._waiting.remove(Ticket(visit.id, None, leg.start_at, leg.start_at, leg.lane, leg.service))

    def _after(self, at: datetime, visit: Visit, place: int) -> None:
        if place + 1 < len(visit.legs):
            following = visit.legs[place + 1]
            self._plan(at + max(following.gap, NOTHING), Step.WAITS, (visit, place + 1))


def _served_as(visit: Visit, place: int) -> int:
    """Find which leg tells how long it takes: of who is called before they went away, what came of it later."""
    for number in range(place, len(visit.legs)):
        if visit.legs[number].busy is not None:
            return number
        if visit.legs[number].leaves_at is None:
            break
    return place
