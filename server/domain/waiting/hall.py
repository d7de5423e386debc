"""
The hall as the forecast sees it, and what the forecast says.

What there are hundreds of are named tuples: they are written down and read, from process to process, many times faster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from server.domain.calling import Lane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from server.domain.durations import Duration

# A promise is told as a clock time, rounded outward to this.
PROMISE_STEP = timedelta(minutes=5)


class Wait(NamedTuple):
    """An honest wait in seconds from now: 1 in 10 is called before `low_s`, 9 in 10 by `high_s`."""

    low_s: int
    likely_s: int
    high_s: int
    rough: bool = True

    def less(self, passed_s: float) -> Wait:
        """Tell what is left of it after some time."""
        passed = round(passed_s)
        return Wait(
            max(self.low_s - passed, 0),
            max(self.likely_s - passed, 0),
            max(self.high_s - passed, 0),
            self.rough,
        )

    def promised_at(self, now: datetime) -> datetime:
        """
        Tell the "9 in 10 by" that paper and screens show.

        >>> from datetime import UTC
        >>> Wait(60, 300, 420).promised_at(datetime(2026, 11, 24, 10, 31, tzinfo=UTC)).time()
        datetime.time(10, 40)
        """
        at = now + timedelta(seconds=self.high_s)
        past = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond) % PROMISE_STEP
        return at + -past % PROMISE_STEP


class Comer(NamedTuple):
    """
    A kind of visitor who may come: who wants this and has this place by the rule.

    Attributes:
        lead_s: Seconds from coming to the due time: the service's target less the category's credit.
    """

    service: str
    lane: Lane
    lead_s: float


class Following(NamedTuple):
    """A later service of the same visit, and the due time that it will get."""

    service: str
    due_at: datetime


class WaitingTicket(NamedTuple):
    """
    A waiting ticket as the forecast sees it.

    Attributes:
        counter: Set when it waits for that one only.
        following: What the visitor will wait for afterwards.
    """

    id: int
    service: str
    due_at: datetime
    lane: Lane = Lane.ORDINARY
    counter: int | None = None
    following: tuple[Following, ...] = ()


class InHand(NamedTuple):
    """
    A visitor whom a counter has called.

    Attributes:
        elapsed_s: Since the service began, or since the call while the visitor is still on the way.
    """

    service: str
    elapsed_s: float
    is_serving: bool = True
    lane: Lane = Lane.ORDINARY
    following: tuple[Following, ...] = ()


class OpenCounter(NamedTuple):
    """A counter that serves now, with the visitor in hand."""

    number: int
    services: frozenset[str]
    in_hand: InHand | None = None
    calls_since_quota: int = 0


class Stream(NamedTuple):
    """Visitors of one kind who are expected to come, independently of each other."""

    comer: Comer
    per_hour: float


class Booking(NamedTuple):
    """A visitor who is expected at a known time, and comes with a probability."""

    comer: Comer
    at: datetime
    due_at: datetime
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class Habits:
    """
    What was learned of visitors and officials.

    Attributes:
        durations: Of every service.
        absence: By service, the share of the called who do not come.
        walk_s: From the call to the beginning of the service, on the average.
        absent_s: From the call to letting a visitor go who does not come.
        turnaround_s: From the end of a service to the next call, while somebody waits.
    """

    durations: Mapping[str, Duration]
    absence: Mapping[str, float] = field(default_factory=dict)
    walk_s: float = 30.0
    absent_s: float = 120.0
    turnaround_s: float = 15.0
    usual_absence: float = 0.05


@dataclass(frozen=True, slots=True)
class Hall:
    """
    The hall at one moment.

    Attributes:
        streams: Who may come and pass those who wait.
        high: Share of the visitors who are to be called by the upper end of a wait.
    """

    at: datetime
    waiting: Sequence[WaitingTicket]
    counters: Sequence[OpenCounter]
    habits: Habits
    streams: Sequence[Stream] = ()
    bookings: Sequence[Booking] = ()
    quota_every: int | None = None
    high: float = 0.9


@dataclass(frozen=True, slots=True)
class Forecast:
    """Waits by ticket that waits, and by kind of who would come now; where no counter is open there is none."""

    at: datetime
    tickets: Mapping[int, Wait]
    newcomers: Mapping[Comer, Wait]
