"""The numbers that visitors see."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime


def label(series: str, number: int) -> str:
    """
    Write a number as it is shown and spoken.

    >>> label("A", 12), label("AB", 1204)
    ('A012', 'AB1204')
    """
    return f"{series}{number:03d}"


def day_of(at: datetime, timezone: str) -> date:
    """
    Tell the centre's calendar day, in which numbers are unique.

    >>> from datetime import UTC, datetime
    >>> day_of(datetime(2026, 11, 23, 21, 30, tzinfo=UTC), "Asia/Baku")
    datetime.date(2026, 11, 24)
    """
    return at.astimezone(ZoneInfo(timezone)).date()
