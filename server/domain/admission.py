"""When an appointment may check in, and a missed call come back."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


class Arrival(StrEnum):
    """How a visitor with an appointment comes."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


def arrival(slot_at: datetime, now: datetime, *, early: timedelta, late: timedelta) -> Arrival:
    """
    Tell whether an appointment may check in as one.

    Args:
        early: Before the slot by more than this it may not check in yet.
        late: After the slot by more than this it waits like a walk-in.

    Source: ASAN's own rule is 30 minutes early, 10 late.

    >>> from datetime import UTC, datetime, timedelta
    >>> slot = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    >>> window = {"early": timedelta(minutes=30), "late": timedelta(minutes=10)}
    >>> [str(arrival(slot, slot + timedelta(minutes=m), **window)) for m in (-31, -30, 10, 11)]
    ['early', 'on_time', 'on_time', 'late']
    """
    if now < slot_at - early:
        return Arrival.EARLY
    return Arrival.ON_TIME if now <= slot_at + late else Arrival.LATE


def may_rejoin(missed_at: datetime, now: datetime, *, grace: timedelta, returns: int) -> bool:
    """
    Tell whether a visitor who missed the call may rejoin the queue: once, within the grace period.

    >>> from datetime import UTC, datetime, timedelta
    >>> missed = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    >>> [may_rejoin(missed, missed + timedelta(minutes=m), grace=timedelta(minutes=30), returns=0) for m in (30, 31)]
    [True, False]
    """
    return returns == 0 and now <= missed_at + grace
