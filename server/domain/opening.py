"""When the centre issues tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 60


@dataclass(frozen=True, slots=True)
class Opening:
    """
    Whether the centre is open, and what comes next.

    Attributes:
        opens_at: Next opening; None while open, or when none was found within `LOOK_AHEAD_DAYS`.
        closes_at: End of the hours that run now; None while closed.
    """

    is_open: bool
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def opening(
    now: datetime,
    *,
    timezone: str,
    hours: Mapping[Any, Sequence[tuple[str, str]]],
    holidays: Collection[date] = (),
) -> Opening:
    """
    Tell whether the centre is open now, until when, or when it opens next.

    Args:
        now: Aware.
        hours: By weekday ("mon"…"sun") spans like ("09:00", "18:00") in the centre's time; "24:00" is the day's end.
        holidays: Days on which it stays closed.

    Returns:
        Aware times in UTC, right across a change of the clock.
    """
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS)):
        if day in holidays:
            continue
        for start, end in hours.get(WEEKDAYS[day.weekday()], ()):
            opens_at = _moment(day, start, zone)
            closes_at = _moment(day, end, zone)
            if opens_at <= now < closes_at:
                return Opening(True, closes_at=closes_at)
            if now < opens_at:
                return Opening(False, opens_at=opens_at)
    return Opening(False)


def _moment(day: date, at: str, zone: ZoneInfo) -> datetime:
    if at == "24:00":
        day, at = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(at), zone).astimezone(UTC)


def last_closing(
    day: date,
    *,
    timezone: str,
    hours: Mapping[Any, Sequence[tuple[str, str]]],
    holidays: Collection[date] = (),
) -> datetime | None:
    """
    Tell when a centre closes for good on a day; None where it does not open.

    >>> last_closing(date(2026, 11, 24), timezone="Asia/Baku", hours={"tue": [("09:00", "13:00"), ("14:00", "18:00")]})
    datetime.datetime(2026, 11, 24, 14, 0, tzinfo=datetime.timezone.utc)
    """
    spans = spans_of_day(day, timezone=timezone, hours=hours, holidays=holidays)
    return spans[-1][1] if spans else None


def spans_of_day(
    day: date,
    *,
    timezone: str,
    hours: Mapping[Any, Sequence[tuple[str, str]]],
    holidays: Collection[date] = (),
) -> list[tuple[datetime, datetime]]:
    """
    Tell from when to when a centre is open on a day, in UTC; empty where it is not.

    >>> hours = {"tue": [("09:00", "18:00")]}
    >>> [(a.hour, b.hour) for a, b in spans_of_day(date(2026, 11, 24), timezone="Asia/Baku", hours=hours)]
    [(5, 14)]
    """
    zone = ZoneInfo(timezone)
    spans = () if day in holidays else hours.get(WEEKDAYS[day.weekday()], ())
    return [(_moment(day, opens, zone), _moment(day, closes, zone)) for opens, closes in spans]


def start_of_day(day: date, timezone: str) -> datetime:
    """
    Tell when a calendar day began, in UTC.

    >>> start_of_day(date(2026, 11, 24), "Asia/Baku")
    datetime.datetime(2026, 11, 23, 20, 0, tzinfo=datetime.timezone.utc)
    """
    return _moment(day, "00:00", ZoneInfo(timezone))
