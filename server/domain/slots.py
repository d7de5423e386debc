"""Which times can be booked: the counters' reserve, less what is booked; opened in batches."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

from server.domain.reserve import LEAST, Reserve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
Span = tuple[datetime, datetime]


class Taken(NamedTuple):
    """An appointment that uses capacity, or a cancelled one whose time was not opened again."""

    service: str
    at: datetime
    minutes: int


class Slot(NamedTuple):
    """A time that can be booked, and how many may still book it."""

    at: datetime
    left: int


@dataclass(frozen=True, slots=True)
class Places:
    """
    Counters that serve the same services.

    Attributes:
        expected: How many of them work in each hour of the day, in the order of `hours_of`.
    """

    services: frozenset[str]
    expected: Sequence[float]


@dataclass(frozen=True, slots=True)
class Day:
    """
    What a day offers to those who book.

    Attributes:
        spans: When the centre is open.
        share: Of the counters, what is reserved and already opened; see `opened_share`.
        minutes: Of each service at the counter.
        step: Slots begin at a multiple of it after the opening.
    """

    spans: Sequence[Span]
    places: Sequence[Places]
    taken: Sequence[Taken]
    share: float
    minutes: Mapping[str, int]
    step: timedelta


def hours_of(spans: Iterable[Span]) -> list[Span]:
    """
    Cut opening hours into pieces of an hour, the last of each span maybe shorter.

    >>> at = lambda h, m=0: datetime(2026, 11, 24, h, m, tzinfo=UTC)
    >>> [(a.hour, b.hour, b.minute) for a, b in hours_of([(at(5), at(7, 30))])]
    [(5, 6, 0), (6, 7, 0), (7, 7, 30)]
    """
    pieces = []
    for opens, closes in spans:
        at = opens
        while at < closes:
            pieces.append((at, min(at + HOUR, closes)))
            at += HOUR
    return pieces


def slot_length(minutes: int, step: timedelta) -> timedelta:
    """
    Tell how far apart a service's slots begin: its minutes, rounded up to whole steps.

    >>> slot_length(20, timedelta(minutes=15))
    datetime.timedelta(seconds=1800)
    """
    return -(timedelta(minutes=-minutes) // step) * step


def free_slots(day: Day, service: str, *, not_before: datetime) -> list[Slot]:
    """
    List the times at which one more appointment for a service can be kept without taking the walk-ins' counters.

    Args:
        not_before: The first moment that can still be booked.
    """
    known = day.minutes.get(service)
    if known is None or day.share <= 0:
        return []
    hours = hours_of(day.spans)
    reserve, at_once = _reserve(day, service, hours)
    length = slot_length(known, day.step)
    begun = Tally(each.at for each in day.taken if each.service == service)
    free = []
    for number, (opens, closes) in enumerate(hours):
        starts = [at for at in _starts(day.spans, length, known) if opens <= at < closes]
        if not starts or not at_once[number]:
            continue
        room = floor(reserve.room(service, number) / known + LEAST)
        for at in starts:
            left = min(at_once[number] - begun[at], room)
            if left > 0 and at >= not_before:
                free.append(Slot(at, left))
    return free


def _starts(spans: Iterable[Span], length: timedelta, minutes: int) -> list[datetime]:
    """List when slots begin; the last one ends before the centre closes."""
    found = []
    for opens, closes in spans:
        at = opens
        while at + timedelta(minutes=minutes) <= closes:
            found.append(at)
            at += length
    return found


def _reserve(day: Day, service: str, hours: Sequence[Span]) -> tuple[Reserve, list[int]]:
    """Put together what can touch a service's counters, and tell how many may begin at once in each hour."""
    concerned = _concerned(day.places, service)
    places = [each for each in day.places if each.services & concerned]
    minutes = {
        (each.services, number): each.expected[number] * day.share * (closes - opens) / timedelta(minutes=1)
        for each in places
        for number, (opens, closes) in enumerate(hours)
    }
    spread = {key: _spread(places, key, day) for key in concerned if key in day.minutes}
    reserve = Reserve(minutes, spread)
    needs: Tally[tuple[str, int]] = Tally()
    for each in day.taken:
        if each.service in concerned:
            number = next((n for n, (opens, closes) in enumerate(hours) if opens <= each.at < closes), None)
            if number is not None:
                needs[each.service, number] += each.minutes
    for (key, number), wanted in sorted(needs.items()):
        reserve.draw(key, number, wanted)
    own = [each for each in places if service in each.services]
    at_once = []
    for number in range(len(hours)):
        expected = sum(each.expected[number] for each in own)
        at_once.append(max(1, floor(expected * day.share + LEAST)) if expected > LEAST else 0)
    return reserve, at_once


def _spread(places: Iterable[Places], service: str, day: Day) -> int:
    """Tell over how many further hours one appointment draws, where an hour reserves less than it takes."""
    hourly = [each.expected for each in places if service in each.services]
    most = max((sum(at) for at in zip(*hourly, strict=True)), default=0.0) * day.share * 60
    return max(0, ceil(day.minutes[service] / most - LEAST) - 1) if most > LEAST else 0


def _concerned(places: Iterable[Places], service: str) -> set[str]:
    """List the services that share counters with one, and with those, and so on."""
    concerned = {service}
    kinds = {each.services for each in places}
    while touched := {kind for kind in kinds if kind & concerned}:
        concerned |= set().union(*touched)
        kinds -= touched
    return concerned


# Batches.


def opened_share(
    day: date,
    now: datetime,
    *,
    zone: ZoneInfo,
    horizon_days: int,
    late_share: float,
    late_days: int,
    first: time,
) -> float:
    """
    Tell how much of a day's reserve is opened: none before the horizon, then all but the late share, then all.

    >>> from zoneinfo import ZoneInfo
    >>> rule = {"zone": ZoneInfo("Asia/Baku"), "horizon_days": 7, "late_share": 0.25, "late_days": 1, "first": time(10)}
    >>> moments = [datetime(2026, 11, d, h, tzinfo=UTC) for d, h in ((17, 5), (17, 6), (23, 6))]
    >>> [opened_share(date(2026, 11, 24), now, **rule) for now in moments]
    [0.0, 0.75, 1.0]
    """

    def opens(days_before: int) -> datetime:
        return datetime.combine(day - timedelta(days=days_before), first, zone)

    if now < opens(horizon_days):
        return 0.0
    return 1.0 if now >= opens(late_days) else 1.0 - late_share


def next_release(now: datetime, *, zone: ZoneInfo, times: Sequence[time]) -> datetime:
    """
    Tell when the next batch is opened.

    >>> from zoneinfo import ZoneInfo
    >>> twice = {"zone": ZoneInfo("Asia/Baku"), "times": [time(10), time(16)]}
    >>> [next_release(datetime(2026, 11, 24, h, tzinfo=UTC), **twice).hour for h in (5, 6, 12)]
    [6, 12, 6]
    """
    today = now.astimezone(zone).date()
    for ahead in range(3):
        for each in times:
            at = datetime.combine(today + timedelta(days=ahead), each, zone).astimezone(UTC)
            if at > now:
                return at
    raise ValueError("no time at which a batch is opened")


def expected_counters(
    shifts: Iterable[tuple[int, datetime, datetime]], numbers: Iterable[int], *, zone: ZoneInfo
) -> dict[tuple[int, int], dict[int, float]]:
    """
    Learn which counters work at which hours from the shifts that there were.

    Args:
        shifts: Counter, begin and end.
        numbers: Every counter of the centre.

    Returns:
        By weekday (Monday is 0) and local hour, for each counter how much of that hour it works: the mean of the days
        that were seen and of one day on which it works throughout. A weekday that was never seen is not there.
    """
    days: dict[int, set[date]] = {}
    worked: dict[tuple[int, int, int], float] = {}
    for counter, begin, end in shifts:
        at = begin
        while at < end:
            local = at.astimezone(zone)
            # The length of the hour is taken in UTC: across a change of the clock it is the same one.
            until = min(
                end,
                at
                + HOUR
                - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond),
            )
            days.setdefault(local.weekday(), set()).add(local.date())
            key = (local.weekday(), local.hour, counter)
            worked[key] = worked.get(key, 0.0) + (until - at) / HOUR
            at = until
    return {
        (weekday, hour): {
            number: (1 + worked.get((weekday, hour, number), 0.0)) / (1 + len(seen)) for number in numbers
        }
        for weekday, seen in days.items()
        for hour in range(24)
    }
