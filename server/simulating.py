"""
`navbat simulate`: whole days through the real operations, with a clock that jumps to the next thing that happens.

There is no second model of the hall: visitors take tickets and officials call them by the same verbs as people do, so
what comes out is what the rule does, and the log that is written verifies like any other.
"""

from __future__ import annotations

import heapq
import itertools
import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from server.domain.opening import opening
from server.domain.states import CounterState
from server.errors import QueueError
from server.visitors import Happening, Visitors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from server.operations import Queue
    from server.operations.staff import Official

# Two peaks, as offices have them: arrivals of a day by hour after the opening, relative.
BUSY = (1.0, 1.6, 1.8, 1.4, 0.9, 0.8, 1.2, 1.0, 0.6)
LUNCH = timedelta(minutes=30)
LUNCH_FROM = time(12, 0)
GIVE_UP = timedelta(hours=4)


class SimulatedClock:
    """A clock that is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Outcome:
    """
    What a simulated day came to.

    Attributes:
        waits_s: From arrival, or the slot of an appointment, to the first call; by agency and by category.
        late: Calls after the due time.
    """

    issued: int = 0
    called: int = 0
    served: int = 0
    missed: int = 0
    out_of_turn: int = 0
    late: int = 0
    refused: int = 0
    by_agency: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    by_category: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def rows(self) -> Iterator[tuple[str, str, int, float, float]]:
        """List kind, key, calls, and the waits of half and of nine in ten, in minutes."""
        for kind, waits in (("agency", self.by_agency), ("category", self.by_category)):
            for key, values in sorted(waits.items()):
                ordered = sorted(values)
                tenth = ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))]
                yield kind, key, len(values), statistics.median(values) / 60, tenth / 60


class Simulation:
    """
    One day after another.

    Args:
        clock: The very clock that `queue` goes by.
        visitors_per_day: Expected; the number itself is chance.
        each_time: Called whenever the clock has moved.
    """

    def __init__(
        self,
        queue: Queue,
        clock: SimulatedClock,
        visitors: Visitors,
        *,
        visitors_per_day: int,
        each_time: Callable[[], Any] = lambda: None,
    ) -> None:
        self._queue = queue
        self._clock = clock
        self._visitors = visitors
        self._per_day = visitors_per_day
        self._each_time = each_time
        self._happenings: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._idle: set[int] = set()
        self._hungry: set[int] = set()
        self._back: dict[int, list[tuple[dict[str, Any], float]]] = defaultdict(list)
        self._officials: dict[int, Official] = {}
        self._people: dict[int, dict[str, Any]] = {}
        self.outcome = Outcome()

    def run(self, day: date) -> Outcome:
        """Live through a day, from a little before the opening until everybody has gone."""
        opens_at, closes_at = self._hours(day)
        self._clock.now = opens_at - timedelta(minutes=10)
        self._queue.days.expire_earlier()
        lunch_at = datetime.combine(day, LUNCH_FROM, self._queue.config.centre.zone_info)
        for counter in self._queue.config.counters:
            self._at(opens_at, partial(self._open, counter.number))
            self._at(lunch_at + LUNCH / 2 * (counter.number % 8), partial(self._lunch, counter.number))
        self._plan_arrivals(opens_at, closes_at)
        while self._happenings:
            at, _, happen = heapq.heappop(self._happenings)
            self._clock.now = max(at, self._clock.now)
            self._each_time()
            try:
                happen()
            except QueueError:
                self.outcome.refused += 1
        self._close_all()
        return self.outcome

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        centre = self._queue.config.centre
        midnight = datetime.combine(day, time(0), centre.zone_info)
        hours = opening(midnight, timezone=centre.timezone, hours=centre.hours)
        opens_at = hours.opens_at or midnight
        closes_at = opening(opens_at, timezone=centre.timezone, hours=centre.hours).closes_at
        assert closes_at is not None, "an opening has an end"
        return opens_at, closes_at

    def _at(self, at: datetime, happen: Callable[[], None]) -> None:
        heapq.heappush(self._happenings, (at.astimezone(UTC), next(self._order), happen))

    def _after(self, seconds: float, happen: Callable[[], None]) -> None:
        self._at(self._clock.now + timedelta(seconds=seconds), happen)

    def _at_counter(self, number: int, seconds: float, work: Callable[[], None]) -> None:
        """Let something happen at a counter; when its visitor has gone meanwhile, it calls the next."""

        def happen() -> None:
            try:
                work()
            except QueueError:
                self.outcome.refused += 1
                if self._counter_is_free(number):
                    self._free(number)

        self._after(seconds, happen)

    def _plan_arrivals(self, opens_at: datetime, closes_at: datetime) -> None:
        """Let visitors come as the day is busy: independent arrivals, thinned to the hour's share."""
        length_h = (closes_at - opens_at).total_seconds() / 3600
        most = self._per_day / length_h * max(BUSY) / statistics.mean(BUSY)
        at = opens_at
        while True:
            at += timedelta(seconds=self._visitors.pause_s(most))
            if at >= closes_at:
                return
            share = BUSY[min(int((at - opens_at).total_seconds() / 3600), len(BUSY) - 1)] / max(BUSY)
            if self._visitors.happens(share):
                self._at(at, self._come)

    def _come(self) -> None:
        wish = self._visitors.wish()
        kind = self._visitors.way(wish.service)
        if kind == "appointment":
            slot = self._clock.now + timedelta(minutes=self._visitors.early_minutes())
            code = self._queue.check_ins.book(
                service=wish.service, slot_at=slot, language=wish.language, category=wish.category
            )["code"]
            self._check_in(code, wish.category)
            return
        if kind == "collect":
            code = self._queue.check_ins.announce_result(service=wish.service, language=wish.language)["code"]
            self._check_in(code, None)
            return
        ticket = self._queue.tickets.issue(
            service=wish.service, also=wish.also, category=wish.category, language=wish.language
        )
        self._arrived(ticket, wish.category)

    def _check_in(self, code: str, category: str | None) -> None:
        self._arrived(self._queue.check_ins.check_in(code), category)

    def _arrived(self, ticket: dict[str, Any], category: str | None) -> None:
        self.outcome.issued += 1
        self._people[ticket["id"]] = {
            "token": ticket["token"],
            "category": category or "none",
            "start_at": datetime.fromisoformat(ticket["arrived_at"]),
            "called": False,
        }
        happening = self._visitors.happening()
        token = ticket["token"]
        if happening is Happening.GOES_AWAY:
            self._after(self._visitors.moment_s(1800), lambda: self._give_back(token))
        elif happening is Happening.NEEDS_TIME:
            self._after(self._visitors.moment_s(300), lambda: self._postpone(token))
        self._offer(ticket["service"])

    def _give_back(self, token: str) -> None:
        self._queue.tickets.cancel(token)

    def _postpone(self, token: str) -> None:
        self._queue.tickets.postpone(token, 20)
        self._after(20 * 60 + 1, self._return_all)

    def _return_all(self) -> None:
        if self._queue.tickets.end_postponements():
            self._offer(None)

    def _open(self, number: int) -> None:
        official = self._officials.get(number) or self._hire(number)
        self._queue.counters.open(number, official)
        self._free(number)

    def _hire(self, number: int) -> Official:
        username = f"simulated-{number}"
        found = self._queue.staff.find(username) or self._queue.staff.add(
            username, role="official", password=None, name=f"Official {number}"
        )
        self._officials[number] = found
        return found

    def _lunch(self, number: int) -> None:
        self._hungry.add(number)
        if number in self._idle:
            self._free(number)

    def _eat(self, number: int) -> None:
        self._hungry.discard(number)
        reason = self._queue.config.policy.pause_reasons[0].key
        self._queue.counters.pause(number, self._officials[number], reason)
        self._after(LUNCH.total_seconds(), lambda: self._open(number))

    def _offer(self, service: str | None) -> None:
        """Let the free counters look whether there is somebody for them."""
        for number in sorted(self._idle):
            if service is None or service in self._queue.config.counter[number].services:
                self._free(number)

    def _free(self, number: int) -> None:
        """A counter calls, or waits until somebody comes."""
        self._idle.discard(number)
        if number in self._hungry:
            self._eat(number)
            return
        if self._back.get(number):
            self._resume(number, *self._back[number].pop())
            return
        ticket = self._queue.counters.next(number, self._officials[number])
        if ticket is None:
            self._idle.add(number)
            return
        self._called(ticket)
        if self._visitors.comes():
            self._at_counter(number, self._visitors.walk_s(), lambda: self._start(number, ticket))
        else:
            self._at_counter(number, 60, lambda: self._miss(number, ticket))

    def _called(self, ticket: dict[str, Any]) -> None:
        self.outcome.called += 1
        person = self._people[ticket["id"]]
        self.outcome.late += datetime.fromisoformat(ticket["due_at"]) < self._clock.now
        if not person["called"]:
            person["called"] = True
            wait_s = (self._clock.now - person["start_at"]).total_seconds()
            self.outcome.by_agency[ticket["agency"]].append(wait_s)
            self.outcome.by_category[person["category"]].append(wait_s)

    def _miss(self, number: int, ticket: dict[str, Any]) -> None:
        official = self._officials[number]
        self._queue.visits.recall(number, official)
        self._at_counter(number, 60, lambda: self._no_show(number, ticket))

    def _no_show(self, number: int, ticket: dict[str, Any]) -> None:
        self._queue.visits.no_show(number, self._officials[number])
        self.outcome.missed += 1
        token = self._people[ticket["id"]]["token"]
        if self._visitors.happens(0.5):
            self._after(self._visitors.moment_s(900), lambda: self._rejoin(token))
        self._free(number)

    def _rejoin(self, token: str) -> None:
        self._offer(self._queue.tickets.rejoin(token)["service"])

    def _start(self, number: int, ticket: dict[str, Any]) -> None:
        official = self._officials[number]
        self._queue.visits.start(number, official)
        minutes = self._queue.config.service[ticket["service"]].minutes
        length_s = self._visitors.service_s(minutes)
        happening = self._visitors.happening()
        if happening is Happening.FETCHES_A_PAPER:
            self._at_counter(number, length_s / 4, lambda: self._hold(number, ticket, length_s / 2))
        elif happening is Happening.IS_SENT_ON:
            self._at_counter(number, length_s / 2, lambda: self._send_on(number, ticket))
        else:
            self._at_counter(number, length_s, lambda: self._finish(number))

    def _hold(self, number: int, ticket: dict[str, Any], rest_s: float) -> None:
        self._queue.visits.hold(number, self._officials[number])
        self._after(600, lambda: self._comes_back(number, ticket, rest_s))
        self._free(number)

    def _comes_back(self, number: int, ticket: dict[str, Any], rest_s: float) -> None:
        self._back[number].append((ticket, rest_s))
        if number in self._idle:
            self._free(number)

    def _resume(self, number: int, ticket: dict[str, Any], rest_s: float) -> None:
        try:
            self._queue.visits.resume(number, self._officials[number], ticket["id"])
        except QueueError:  # gone home with the paper
            self._free(number)
            return
        self._queue.visits.start(number, self._officials[number])
        self._at_counter(number, rest_s, lambda: self._finish(number))

    def _send_on(self, number: int, ticket: dict[str, Any]) -> None:
        """To another service of the same agency, or to a neighbour."""
        services = self._queue.config.counter[number].services
        other = services[(services.index(ticket["service"]) + 1) % len(services)]
        self._queue.visits.transfer(number, self._officials[number], service=other, reason="simulated")
        self._offer(other)
        if self._counter_is_free(number):
            self._free(number)

    def _finish(self, number: int) -> None:
        done = self._queue.visits.finish(number, self._officials[number])
        self.outcome.served += 1
        if done["state"] == "waiting":
            self._offer(done["service"])
        self._after(self._visitors.moment_s(30), lambda: self._free(number))

    def _counter_is_free(self, number: int) -> bool:
        counter = self._queue.counters.view(number)
        return counter["ticket"] is None and counter["state"] == CounterState.OPEN

    def _close_all(self) -> None:
        for number, official in self._officials.items():
            counter = self._queue.counters.view(number)
            if counter["state"] != CounterState.CLOSED and counter["ticket"] is None:
                self._queue.counters.close(number, official)
        self._idle.clear()
