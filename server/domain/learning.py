"""
What a hall learns from its own log: how long services last, who does not come, who comes when, and whether the waits
that were promised were kept.

`Learned` takes in one event after another and forgets slowly; it is a handful of sums, however long the history. Two
processes that took in the same events know the same.
"""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from server.domain.calling import Lane
from server.domain.durations import Observed, durations
from server.domain.waiting.hall import Comer, Habits, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
SLOT = timedelta(minutes=30)
SLOTS = 48

# Prior beliefs and what they weigh, in observations; they matter on the first day.
WALK_S, ABSENT_S, TURNAROUND_S, ABSENCE = 30.0, 120.0, 15.0, 0.05
_PRIOR_WEIGHT = 20.0
_SERVICE_ABSENCE_WEIGHT = 12.0
# A longer gap between two visitors is a pause, not a turnaround; a longer way is not a way.
_LONGEST_GAP_S = 600.0
_REMEMBERED = 500.0
_REMEMBERED_KINDS = 5000.0
_REMEMBERED_DAYS = 20.0
_LEVEL_WEIGHT = 10.0

MISSED = 0.1
"""The share of promises that may be missed: "9 in 10 by"."""

# Adaptive conformal inference (Gibbs and Candès, NeurIPS 2021): a promise missed raises the level, a kept one lowers it.
_LEVEL_STEP = 0.005
_LOWEST_LEVEL, _HIGHEST_LEVEL = 0.75, 0.985
# Who is called at once says nothing of the upper end of a wait.
_PROMISE_MATTERS_S = 360.0


@dataclass(slots=True)
class Mean:
    """A mean that older values fade from."""

    weight: float = 0.0
    total: float = 0.0

    def add(self, value: float, *, remembered: float = _REMEMBERED) -> None:
        """Take a value in."""
        fade = min(1.0, remembered / (self.weight + 1.0))
        self.weight = self.weight * fade + 1.0
        self.total = self.total * fade + value

    def shrunk(self, prior: float, weight: float = _PRIOR_WEIGHT) -> float:
        """
        Tell the mean, as if `weight` values of `prior` had been there before.

        >>> Mean(weight=20.0, total=1000.0).shrunk(30.0)
        40.0
        """
        return (prior * weight + self.total) / (weight + self.weight)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many promises of a day and service fell due, and how many of them were kept."""

    promised: int = 0
    kept: int = 0

    def add(self, is_kept: bool) -> Kept:
        """Count one more."""
        return Kept(self.promised + 1, self.kept + is_kept)


@dataclass(slots=True)
class _Ticket:
    """A ticket that was issued and not called yet."""

    issued_at: datetime
    service: str
    promised_at: datetime | None


@dataclass(slots=True)
class _Counter:
    """Since when a counter does what it does."""

    called_at: datetime | None = None
    started_at: datetime | None = None
    freed_at: datetime | None = None


@dataclass(slots=True)
class Learned:
    """
    What was learned, by events in the order of the log.

    Attributes:
        level: Share of the plays whose call lies before the promise, so that 9 in 10 promises are kept.
        promises: By day (ISO) and service, those that were decided since `take_promises`.
    """

    services: dict[str, Observed] = field(default_factory=dict)
    absence: dict[str, Mean] = field(default_factory=dict)
    walk: Mean = field(default_factory=Mean)
    absent: Mean = field(default_factory=Mean)
    turnaround: Mean = field(default_factory=Mean)
    kinds: dict[Comer, float] = field(default_factory=dict)
    usual: list[float] = field(default_factory=lambda: [0.0] * SLOTS)
    days: float = 0.0
    today: str = ""
    counts: list[int] = field(default_factory=lambda: [0] * SLOTS)
    level: float = 1 - MISSED
    promises: dict[tuple[str, str], Kept] = field(default_factory=dict)
    _tickets: dict[int, _Ticket] = field(default_factory=dict)
    _counters: dict[int, _Counter] = field(default_factory=dict)
    _lately: deque[datetime] = field(default_factory=deque)

    # What happened.

    def issued(
        self,
        ticket: int,
        at: datetime,
        comer: Comer,
        *,
        day: str,
        slot: int,
        promised_at: datetime | None = None,
        is_expected: bool = True,
    ) -> None:
        """
        A ticket was issued.

        Args:
            day: The centre's calendar day.
            slot: The half hour of that day, 0 to 47.
            promised_at: By when its visitor was to be called, in 9 of 10 cases.
            is_expected: Others like this one come at any time; not so an appointment's visitor.
        """
        if day != self.today:
            self._new_day(day)
        self._tickets[ticket] = _Ticket(at, comer.service, promised_at)
        if not is_expected:
            return
        self.counts[slot] += 1
        self._lately.append(at)
        while self._lately[0] < at - timedelta(hours=1):
            self._lately.popleft()
        total = sum(self.kinds.values())
        if total >= _REMEMBERED_KINDS:
            self.kinds = {kind: count / 2 for kind, count in self.kinds.items() if count > 0.1}
        self.kinds[comer] = self.kinds.get(comer, 0.0) + 1.0

    def called(self, ticket: int, at: datetime, counter: int) -> None:
        """A ticket was called for the first time, or again for its next service."""
        place = self._counters.setdefault(counter, _Counter())
        known = self._tickets.pop(ticket, None)
        if known is not None:
            if place.freed_at is not None and known.issued_at <= place.freed_at:
                gap_s = (at - place.freed_at).total_seconds()
                if gap_s <= _LONGEST_GAP_S:
                    self.turnaround.add(gap_s)
            self._decide(known, at)
        self._counters[counter] = _Counter(called_at=at)

    def started(self, at: datetime, counter: int, service: str) -> None:
        """A called visitor is at the counter."""
        place = self._counters.setdefault(counter, _Counter())
        if place.called_at is not None:
            walk_s = (at - place.called_at).total_seconds()
            if walk_s <= _LONGEST_GAP_S:
                self.walk.add(walk_s)
            self.absence.setdefault(service, Mean()).add(0.0)
        place.started_at = at

    def freed(self, at: datetime, counter: int, service: str) -> None:
        """A counter is done with a visitor: served, held, or sent on."""
        place = self._counters.setdefault(counter, _Counter())
        if place.started_at is not None:
            seconds = (at - place.started_at).total_seconds()
            self.services[service] = self.services.get(service, Observed()).add(seconds)
        self._counters[counter] = _Counter(freed_at=at)

    def absented(self, at: datetime, counter: int, service: str) -> None:
        """A called visitor did not come."""
        place = self._counters.setdefault(counter, _Counter())
        if place.called_at is not None:
            self.absent.add(min((at - place.called_at).total_seconds(), _LONGEST_GAP_S))
        self.absence.setdefault(service, Mean()).add(1.0)
        self._counters[counter] = _Counter(freed_at=at)

    def stopped(self, counter: int) -> None:
        """A counter paused or closed."""
        self._counters.pop(counter, None)

    def put_off(self, ticket: int) -> None:
        """A visitor set the turn aside, and the promise with it."""
        self._tickets.pop(ticket, None)

    def ended(self, ticket: int, at: datetime) -> None:
        """A ticket ended without a call; a promise that had passed by then was not kept."""
        known = self._tickets.pop(ticket, None)
        if known is not None and known.promised_at is not None and at > known.promised_at:
            self._decide(known, at)

    # What is known.

    def habits(self, expected_s: Mapping[str, float]) -> Habits:
        """
        Tell how visitors and officials go about it.

        Args:
            expected_s: The catalogue's length of each service.
        """
        together = Mean(
            sum(each.weight for each in self.absence.values()),
            sum(each.total for each in self.absence.values()),
        )
        usual = together.shrunk(ABSENCE)
        return Habits(
            durations=durations(expected_s, self.services),
            absence={
                service: each.shrunk(usual, _SERVICE_ABSENCE_WEIGHT) for service, each in self.absence.items()
            },
            usual_absence=usual,
            walk_s=self.walk.shrunk(WALK_S),
            absent_s=self.absent.shrunk(ABSENT_S),
            turnaround_s=self.turnaround.shrunk(TURNAROUND_S),
        )

    def streams(self, at: datetime, *, day: str, slot: int) -> list[Stream]:
        """Tell who is expected to come in the next hour or two, by kind: the usual day, at the level of this one."""
        total = sum(self.kinds.values())
        if not total:
            return []
        per_hour = self.per_hour(at, day=day, slot=slot)
        return [Stream(kind, per_hour * count / total) for kind, count in sorted(self.kinds.items())]

    def per_hour(self, at: datetime, *, day: str, slot: int) -> float:
        """Tell how many visitors come in an hour at this time of day."""
        counts = self.counts if day == self.today else [0] * SLOTS
        if self.days < 1:
            return float(sum(1 for each in self._lately if each > at - timedelta(hours=1)))
        usual = sum(self.usual[:slot])
        level = (_LEVEL_WEIGHT + sum(counts[:slot])) / (_LEVEL_WEIGHT + usual)
        return level * self.usual[slot] * (timedelta(hours=1) / SLOT)

    def take_promises(self) -> dict[tuple[str, str], Kept]:
        """Hand over what was decided since the last time."""
        promises, self.promises = self.promises, {}
        return promises

    # To keep.

    def to_document(self) -> dict[str, Any]:
        """Write it down as JSON values; `from_document` reads it."""
        return {
            "version": VERSION,
            "services": {key: list(asdict(each).values()) for key, each in self.services.items()},
            "absence": {key: [each.weight, each.total] for key, each in self.absence.items()},
            **{name: [each.weight, each.total] for name, each in self._means().items()},
            "kinds": [[*kind, count] for kind, count in self.kinds.items()],
            "usual": self.usual,
            "days": self.days,
            "today": self.today,
            "counts": self.counts,
            "level": self.level,
            "tickets": [
                [key, _write(each.issued_at), each.service, _write(each.promised_at)]
                for key, each in self._tickets.items()
            ],
            "counters": [
                [key, _write(each.called_at), _write(each.started_at), _write(each.freed_at)]
                for key, each in self._counters.items()
            ],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Learned:
        """Read what was written; what another version wrote is learned anew."""
        learned = cls()
        if document.get("version") != VERSION:
            return learned
        learned.services = {key: Observed(*values) for key, values in document["services"].items()}
        learned.absence = {key: Mean(*values) for key, values in document["absence"].items()}
        for name in learned._means():
            setattr(learned, name, Mean(*document[name]))
        learned.kinds = {
            Comer(service, Lane(lane), lead_s): count for service, lane, lead_s, count in document["kinds"]
        }
        learned.usual, learned.counts = document["usual"], document["counts"]
        learned.days, learned.today, learned.level = document["days"], document["today"], document["level"]
        learned._tickets = {
            key: _Ticket(datetime.fromisoformat(issued_at), service, _read(promised_at))
            for key, issued_at, service, promised_at in document["tickets"]
        }
        learned._counters = {
            key: _Counter(*(_read(each) for each in times)) for key, *times in document["counters"]
        }
        return learned

    def _means(self) -> dict[str, Mean]:
        return {"walk": self.walk, "absent": self.absent, "turnaround": self.turnaround}

    def _new_day(self, day: str) -> None:
        """Take the day that is over into the usual one; tickets of yesterday are nobody's any more."""
        if self.today and sum(self.counts):
            weight = min(self.days, _REMEMBERED_DAYS - 1)
            self.usual = [
                (usual * weight + count) / (weight + 1)
                for usual, count in zip(self.usual, self.counts, strict=True)
            ]
            self.days += 1
        self.today = day
        self.counts = [0] * SLOTS
        self._tickets.clear()
        self._counters.clear()
        self._lately.clear()

    def _decide(self, ticket: _Ticket, at: datetime) -> None:
        """Count whether a promise was kept, and promise a little less or more from now on."""
        if ticket.promised_at is None:
            return
        is_kept = at <= ticket.promised_at
        key = (self.today, ticket.service)
        self.promises[key] = self.promises.get(key, Kept()).add(is_kept)
        if (ticket.promised_at - ticket.issued_at).total_seconds() > _PROMISE_MATTERS_S:
            level = self.level + _LEVEL_STEP * ((not is_kept) - MISSED)
            self.level = min(max(level, _LOWEST_LEVEL), _HIGHEST_LEVEL)


def _write(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
