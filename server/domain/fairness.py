"""The promise that follows from the rule, stated on its own so that it can be checked against the rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def overtaking_bound(credits: Iterable[timedelta]) -> timedelta:
    """
    Tell by how much a later walk-in may have come at most and still be called first, within a service.

    Quotas and "first by law" are outside of the promise: they are what a centre chooses instead of it.

    >>> overtaking_bound([timedelta(minutes=10), timedelta(minutes=5)])
    datetime.timedelta(seconds=600)
    """
    return max(credits, default=timedelta(0))


def overtaken_by(
    called_start_at: datetime, waiting_start_at: datetime, *, bound: timedelta
) -> timedelta | None:
    """
    Tell by how much more than the bound a call passed a waiting visitor; None when it kept the promise.

    >>> from datetime import UTC, datetime, timedelta
    >>> ten = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    >>> overtaken_by(ten + timedelta(minutes=11), ten, bound=timedelta(minutes=10))
    datetime.timedelta(seconds=60)
    """
    beyond = called_start_at - waiting_start_at - bound
    return beyond if beyond > timedelta(0) else None
