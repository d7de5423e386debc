"""When tickets are issued."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from server.domain.opening import opening, start_of_day

HOURS = {
    "mon": [("09:00", "13:00"), ("14:00", "18:00")],
    "tue": [("09:00", "18:00")],
    "sun": [("00:00", "24:00")],
}


def baku(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=4)


@pytest.mark.parametrize(
    ("now", "is_open", "opens_at", "closes_at"),
    [
        (baku(23, 8, 59), False, baku(23, 9), None),
        (baku(23, 9), True, None, baku(23, 13)),
        (baku(23, 13), False, baku(23, 14), None),
        (baku(23, 17, 59), True, None, baku(23, 18)),
        (baku(23, 18), False, baku(24, 9), None),
        (baku(24, 18), False, baku(29, 0), None),  # closed until Sunday, which is open all day
        (baku(29, 23, 59), True, None, baku(30, 0)),
    ],
)
def test_hours_are_the_centres(now, is_open, opens_at, closes_at):
    found = opening(now, timezone="Asia/Baku", hours=HOURS)

    assert (found.is_open, found.opens_at, found.closes_at) == (is_open, opens_at, closes_at)


def test_a_holiday_is_closed():
    found = opening(baku(23, 10), timezone="Asia/Baku", hours=HOURS, holidays={date(2026, 11, 23)})

    assert not found.is_open
    assert found.opens_at == baku(24, 9)


def test_a_centre_without_hours_never_opens():
    found = opening(baku(23, 10), timezone="Asia/Baku", hours={})

    assert (found.is_open, found.opens_at) == (False, None)


def test_the_change_of_the_clock_moves_the_opening():
    """Berlin goes back an hour on 25 October 2026, a Sunday."""
    hours = {"sun": [("09:00", "18:00")]}
    before = opening(datetime(2026, 10, 18, 6, 59, tzinfo=UTC), timezone="Europe/Berlin", hours=hours)
    after = opening(datetime(2026, 10, 24, 12, 0, tzinfo=UTC), timezone="Europe/Berlin", hours=hours)

    assert before.opens_at == datetime(2026, 10, 18, 7, 0, tzinfo=UTC)
    assert after.opens_at == datetime(2026, 10, 25, 8, 0, tzinfo=UTC)


def test_a_day_begins_at_local_midnight():
    assert start_of_day(date(2026, 11, 24), "Asia/Baku") == datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
