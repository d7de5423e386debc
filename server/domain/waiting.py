"""
How long it takes: what a visitor who comes now, or who waits already, is told.

The figures come from one pass over the hall with the rule that calls: each counter, when it gets free, takes what
`choose_next` gives it, and every service lasts its expected time.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

from server.domain.calling import Candidate, Lane, choose_next

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

# Spread of a service time, as a share of its mean: lognormal times of offices lie near this (Brown et al., JASA 2005).
VARIATION = 0.7
# Standard normal quantile of 90 %.
Z_90 = 1.2816


@dataclass(frozen=True, slots=True)
class Wait:
    """An honest wait in seconds from now: 1 in 10 is called before `low_s`, 9 in 10 by `high_s`."""

    low_s: int
    likely_s: int
    high_s: int
    rough: bool = True


@dataclass(frozen=True, slots=True)
class WaitingTicket:
    """A waiting ticket as the forecast sees it; `counter` is set when it waits for that one only."""

    id: int
    service: str
    due_at: datetime
    lane: Lane = Lane.ORDINARY
    counter: int | None = None


@dataclass(frozen=True, slots=True)
class OpenCounter:
    """A counter that serves now; `busy_s` is what the visitor in hand is expected to take still."""

    number: int
    services: frozenset[str]
    busy_s: float = 0.0
    calls_since_quota: int = 0


@dataclass(frozen=True, slots=True)
class Hall:
    """The hall at one moment; `expected_s` is the expected length of each service."""

    at: datetime
    waiting: Sequence[WaitingTicket]
    counters: Sequence[OpenCounter]
    expected_s: Mapping[str, float]
    quota_every: int | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Waits by ticket that waits, and by service for who would come now; a service without a counter has none."""

    at: datetime
    tickets: Mapping[int, Wait]
    newcomers: Mapping[str, Wait]


def forecast(hall: Hall, newcomers: Mapping[str, datetime]) -> Forecast:
    """
    Foretell when each waiting ticket is called.

    Args:
        newcomers: By service, the due time that a walk-in who came now would get.

    Returns:
        The waits of everyone for whom a counter is open.
    """
    calls = _calls(hall)
    newcomer_waits = {}
    for service, due_at in newcomers.items():
        newcomer = WaitingTicket(id=_AFTER_ALL, service=service, due_at=due_at)
        wait = _newcomer(hall, calls, newcomer)
        if wait is not None:
            newcomer_waits[service] = wait
    return Forecast(hall.at, {call.ticket.id: _interval(call) for call in calls}, newcomer_waits)


_AFTER_ALL = 2**62


@dataclass(frozen=True, slots=True)
class _Call:
    ticket: WaitingTicket
    counter: OpenCounter
    after_s: float
    services_before: int


def _calls(hall: Hall) -> list[_Call]:
    """Let the counters take the waiting tickets one after another, each when it gets free."""
    waiting = {ticket.id: ticket for ticket in hall.waiting}
    free = [(counter.busy_s, counter.number, 0, counter) for counter in hall.counters]
    heapq.heapify(free)
    calls = []
    while free and waiting:
        at_s, number, served, counter = heapq.heappop(free)
        choice = choose_next(
            (
                Candidate(ticket.id, ticket.due_at, ticket.lane, ticket.counter is not None)
                for ticket in waiting.values()
                if ticket.counter == number or (ticket.counter is None and ticket.service in counter.services)
            ),
            calls_since_quota=counter.calls_since_quota,
            quota_every=hall.quota_every,
        )
        if choice is None:
            continue
        ticket = waiting.pop(choice.id)
        calls.append(_Call(ticket, counter, at_s, served + (counter.busy_s > 0)))
        since = 0 if ticket.lane is Lane.QUOTA else counter.calls_since_quota + 1
        heapq.heappush(
            free,
            (
                at_s + hall.expected_s[ticket.service],
                number,
                served + 1,
                replace(counter, calls_since_quota=since),
            ),
        )
    return calls


def _newcomer(hall: Hall, calls: Sequence[_Call], newcomer: WaitingTicket) -> Wait | None:
    """Find the first counter that would take a newcomer: free, and with nobody before it by the rule."""
    best: _Call | None = None
    for counter in hall.counters:
        if newcomer.service not in counter.services:
            continue
        after_s, before = counter.busy_s, int(counter.busy_s > 0)
        for call in calls:
            if call.counter.number != counter.number:
                continue
            if (call.ticket.due_at, call.ticket.id) > (newcomer.due_at, newcomer.id) and (
                call.ticket.lane is Lane.ORDINARY
            ):
                break
            after_s, before = call.after_s + hall.expected_s[call.ticket.service], before + 1
        if best is None or after_s < best.after_s:
            best = _Call(newcomer, counter, after_s, before)
    return _interval(best) if best else None


def _interval(call: _Call) -> Wait:
    """Widen a wait by what the services before it may vary; independent times add their variances."""
    likely_s = call.after_s
    spread_s = Z_90 * VARIATION * likely_s / sqrt(max(call.services_before, 1))
    return Wait(round(max(likely_s - spread_s, 0)), round(likely_s), round(likely_s + spread_s))


def residual_s(expected_s: float, elapsed: timedelta) -> float:
    """
    Tell how long a service that has run for a while is expected to go on.

    A service that outlasts its expectation is not "about to end": a quarter of the expected time is left at least.
    """
    return max(expected_s - elapsed.total_seconds(), expected_s / 4)
