"""A day as its log tells it: who came, how long everything took, and which counters were open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from server.domain.calling import Lane, Rule
from server.domain.ledger.entries import read_time
from server.domain.replay.state import Counter, Ticket, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from server.domain.ledger.entries import Entry

NOTHING = timedelta(0)
# A pause before a call, of which nobody can say whether the official was ready, is not taken for longer.
LONGEST_PAUSE = timedelta(minutes=3)
USUAL_PAUSE = timedelta(seconds=20)
A_MOMENT = timedelta(seconds=1)
USUAL_LENGTH = timedelta(minutes=10)


@dataclass(slots=True)
class Leg:
    """
    One wait of a visit, and what came of it.

    Attributes:
        origin: The way of coming of a visit's first leg; empty for what follows.
        gap: From the end of the leg before until this one waits.
        leaves_at: When it stopped to wait without a call: put off, changed, given back, or expired.
        unbound_at: When it was let go by the counter or official that it waited for.
        counter: Which called it.
        is_taken: That counter took it for a reason of its own: out of turn, or back from a hold.
        called_at, busy: The call, and how long it then kept the counter.
        pause: From its end until the counter was ready for the next.
    """

    service: str
    start_at: datetime
    target_s: int
    credit_s: int
    penalty_s: int
    lane: Lane
    origin: str = ""
    gap: timedelta = NOTHING
    bound: str | None = None
    leaves_at: datetime | None = None
    unbound_at: datetime | None = None
    counter: int | None = None
    is_taken: bool = False
    is_resumed: bool = False
    called_at: datetime | None = None
    busy: timedelta | None = None
    pause: timedelta = USUAL_PAUSE


@dataclass(slots=True)
class Visit:
    """A ticket of the day."""

    id: int
    arrived_at: datetime
    legs: list[Leg]

    @property
    def waits_from(self) -> datetime:
        """Tell from when a wait counts: arrival, or the slot of an appointment."""
        return max(self.arrived_at, self.legs[0].start_at)


@dataclass(slots=True)
class Shift:
    """
    A while in which a counter is open.

    Attributes:
        pause: From its beginning until the counter was ready to call.
        since_quota: Calls since the last one of the quota lane, as its first call says.
    """

    counter: int
    opened_at: datetime
    services: frozenset[str]
    official: int | None
    left_at: datetime | None = None
    pause: timedelta = NOTHING
    since_quota: int | None = None


@dataclass(slots=True)
class Day:
    """What the log tells of a day."""

    visits: dict[int, Visit] = field(default_factory=dict)
    shifts: list[Shift] = field(default_factory=list)
    # From when on at least every how manieth call of a counter was of the quota lane.
    quotas: list[tuple[datetime, int | None]] = field(default_factory=list)
    # Each first call of a ticket as it was: ticket, counter, moment.
    calls: list[tuple[int, int, datetime]] = field(default_factory=list)
    lengths: dict[str, timedelta] = field(default_factory=dict)

    def length(self, service: str) -> timedelta:
        """Tell how long a service usually takes, for who was not served that day."""
        return self.lengths.get(service, self.lengths.get("", USUAL_LENGTH))


def read_day(entries: Iterable[Entry]) -> Day:
    """
    Read a day from its log.

    Args:
        entries: In their order; those of earlier days that it goes on from come first.
    """
    reader = _Reader()
    for entry in entries:
        reader.take(entry)
    return reader.finish()


@dataclass(slots=True)
class _Rest:
    """
    A counter between two visitors.

    Attributes:
        part: What it had before, or the shift that it began.
        idle_at: When nobody was left for it; None while somebody waits.
    """

    part: Leg | Shift
    since_at: datetime
    idle_at: datetime | None

    def pause(self, called_at: datetime, *, has_waited: bool) -> timedelta:
        """
        Tell how long the official took to be ready, now that somebody is called.

        While somebody waited it took until the call. Where nobody did, the official may have been ready before.
        """
        whole = called_at - self.since_at
        if self.idle_at is None:
            return whole
        passed = self.idle_at - self.since_at
        if passed:  # another counter took who waited: this one was not ready yet
            passed += A_MOMENT
        if has_waited:
            return min(whole, max(passed, LONGEST_PAUSE))
        # Ready before who was called at once had come.
        return max(min(whole - timedelta(milliseconds=1), max(passed, USUAL_PAUSE)), NOTHING)


class _Reader:
    def __init__(self) -> None:
        self.day = Day()
        self._waiting = Waiting()
        self._open: dict[int, Shift] = {}
        self._counters: dict[int, Counter] = defaultdict(Counter)
        self._resting: dict[int, _Rest] = {}
        self._ended: dict[int, datetime] = {}
        self._since: dict[int, datetime] = {}
        self._do: dict[str, Callable[[Entry, datetime], None]] = {
            "config.applied": self._configured,
            "counter.opened": self._opened,
            "counter.changed": self._changed,
            "counter.paused": self._left,
            "counter.closed": self._left,
            "ticket.issued": self._issued,
            "ticket.called": self._called,
            "ticket.resumed": self._resumed,
            "ticket.freed": self._freed,
            "ticket.finished": self._finished,
            "ticket.transferred": self._moved_on,
            "ticket.rejoined": self._waits_again,
            "ticket.changed": self._waits_again,
            "ticket.priority_given": self._waits_again,
            "ticket.no_show": self._stopped,
            "ticket.held": self._stopped,
            "ticket.postponed": self._stopped,
            "ticket.cancelled": self._stopped,
            "ticket.expired": self._stopped,
        }

    def take(self, entry: Entry) -> None:
        do = self._do.get(entry["kind"])
        if do is not None:
            do(entry, read_time(entry["at"]))

    def finish(self) -> Day:
        lengths: dict[str, list[float]] = defaultdict(list)
        for visit in self.day.visits.values():
            for leg in visit.legs:
                if leg.busy is not None and not leg.is_resumed:
                    lengths[leg.service].append(leg.busy.total_seconds())
                    lengths[""].append(leg.busy.total_seconds())
        self.day.lengths = {service: timedelta(seconds=median(each)) for service, each in lengths.items()}
        return self.day

    # Counters.

    def _configured(self, entry: Entry, at: datetime) -> None:
        self.day.quotas.append((at, entry["data"]["quota_every"]))

    def _opened(self, entry: Entry, at: datetime) -> None:
        number = entry["counter"]
        self._end_shift(number, at)
        shift = Shift(number, at, frozenset(entry["data"]["services"]), entry["official"])
        self._open[number] = shift
        self.day.shifts.append(shift)
        counter = self._counters[number]
        counter.services, counter.official = shift.services, shift.official
        self._rest(number, shift, at)

    def _changed(self, entry: Entry, at: datetime) -> None:
        if entry["counter"] in self._open:
            rest = self._resting.pop(entry["counter"], None)
            self._opened(entry, at)
            if rest is not None:
                self._resting[entry["counter"]] = rest

    def _left(self, entry: Entry, at: datetime) -> None:
        self._end_shift(entry["counter"], at)

    def _end_shift(self, number: int, at: datetime) -> None:
        shift = self._open.pop(number, None)
        if shift is not None:
            shift.left_at = at
        rest = self._resting.pop(number, None)
        if rest is not None:
            rest.part.pause = rest.pause(at, has_waited=False)

    def _rest(self, number: int, part: Leg | Shift, at: datetime) -> None:
        self._resting[number] = _Rest(part, at, None if self._has_work(number) else at)

    def _has_work(self, number: int) -> bool:
        return bool(self._waiting.first_for(number, self._counters[number]))

    # Tickets.

    def _issued(self, entry: Entry, at: datetime) -> None:
        data = entry["data"]
        if data["origin"] == "outreach":
            return
        leg = _leg(entry, entry["service"])
        leg.origin = data["origin"]
        self.day.visits[entry["ticket"]] = Visit(entry["ticket"], at, [leg])
        self._wait(entry, leg, at)

    def _wait(self, entry: Entry, leg: Leg, at: datetime) -> None:
        self._since[entry["ticket"]] = at
        due_at = read_time(entry["data"]["due_at"])
        self._waiting.add(
            Ticket(entry["ticket"], None, leg.start_at, due_at, leg.lane, leg.service, bound=leg.bound)
        )

    def _of(self, entry: Entry) -> Visit | None:
        """Find a ticket; none of an earlier day, nor of a visit at home."""
        return self.day.visits.get(entry["ticket"])

    def _called(self, entry: Entry, at: datetime) -> None:
        visit = self._of(entry)
        if visit is None:
            return
        leg, number = visit.legs[-1], entry["counter"]
        leg.is_taken = entry["data"]["rule"] == Rule.OUT_OF_TURN
        if all(each.called_at is None for each in visit.legs):
            self.day.calls.append((visit.id, number, at))
        shift = self._open.get(number)
        if shift is not None and shift.since_quota is None:
            shift.since_quota = entry["data"]["since"]
        self._hand(visit, leg, number, at, self._since[visit.id])

    def _hand(self, visit: Visit, leg: Leg, number: int, at: datetime, since: datetime) -> None:
        rest = self._resting.pop(number, None)
        if rest is not None:
            rest.part.pause = rest.pause(at, has_waited=since < at)
        leg.counter, leg.called_at = number, at
        self._take_out(visit, at)

    def _take_out(self, visit: Visit, at: datetime) -> None:
        leg = visit.legs[-1]
        self._waiting.remove(Ticket(visit.id, None, leg.start_at, leg.start_at, leg.lane, leg.service))
        for number, rest in self._resting.items():
            if rest.idle_at is None and not self._has_work(number):
                rest.idle_at = at

    def _resumed(self, entry: Entry, at: datetime) -> None:
        visit = self._of(entry)
        if visit is None:
            return
        leg = _leg(entry, entry["service"])
        leg.gap = at - self._ended.pop(visit.id, at)
        leg.is_taken = leg.is_resumed = True
        visit.legs.append(leg)
        self._hand(visit, leg, entry["counter"], at, at)

    def _freed(self, entry: Entry, at: datetime) -> None:
        visit = self._of(entry)
        if visit is not None:
            visit.legs[-1].unbound_at = at
            leg = visit.legs[-1]
            due_at = leg.start_at + timedelta(seconds=leg.target_s - leg.credit_s + leg.penalty_s)
            self._waiting.add(Ticket(visit.id, None, leg.start_at, due_at, leg.lane, leg.service))

    def _finished(self, entry: Entry, at: datetime) -> None:
        if entry["data"].get("to_service") is None:
            self._stopped(entry, at)
        else:
            self._moved_on(entry, at)

    def _moved_on(self, entry: Entry, at: datetime) -> None:
        """To another service, or to another counter."""
        visit = self._of(entry)
        if visit is None:
            return
        number = self._end(visit, at)
        self._go_on(entry, visit, at)
        if number is not None:  # who is moved on waits already when the counter becomes free
            self._rest(number, visit.legs[-2], at)

    def _waits_again(self, entry: Entry, at: datetime) -> None:
        visit = self._of(entry)
        if visit is None:
            return
        if visit.id not in self._ended:  # changed while it waited
            visit.legs[-1].leaves_at = at
            self._ended[visit.id] = at
        self._go_on(entry, visit, at)

    def _go_on(self, entry: Entry, visit: Visit, at: datetime) -> None:
        leg = _leg(entry, entry["data"].get("to_service") or entry["service"])
        leg.gap = at - self._ended.pop(visit.id, at)
        visit.legs.append(leg)
        self._wait(entry, leg, at)

    def _stopped(self, entry: Entry, at: datetime) -> None:
        visit = self._of(entry)
        if visit is None or visit.id in self._ended:
            return
        number = self._end(visit, at)
        if number is not None:
            self._rest(number, visit.legs[-1], at)

    def _end(self, visit: Visit, at: datetime) -> int | None:
        """End a leg; returns the counter that becomes free."""
        leg = visit.legs[-1]
        self._ended[visit.id] = at
        if leg.called_at is None:
            leg.leaves_at = at
            self._take_out(visit, at)
            return None
        leg.busy = at - leg.called_at
        return leg.counter


def _leg(entry: Entry, service: str) -> Leg:
    data = entry["data"]
    return Leg(
        service,
        read_time(data["start_at"]),
        data["target_s"],
        data["credit_s"],
        data["penalty_s"],
        Lane(data["lane"]),
        bound=data.get("bound"),
    )
