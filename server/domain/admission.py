"""When an appointment may check in, a missed call come back, and when a queue is full."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


WALK_INS = ("walk_in", "phone", "remote")
"""How visitors come who have no slot: by the kiosk or reception, by a phone in the hall, by one from afar."""


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


class Full(StrEnum):
    """Why no more walk-ins are let into a queue."""

    WAITING = "waiting"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Crowd:
    """
    How many wait, and how many may; None: any number.

    Attributes:
        waiting: For the service.
        agency_waiting: For all services of its agency.
    """

    waiting: int
    most_waiting: int | None = None
    agency_waiting: int = 0
    agency_most_waiting: int | None = None


def fullness(crowd: Crowd, *, done_s: float | None = None, closes_s: float | None = None) -> Full | None:
    """
    Tell why a queue takes no more walk-ins; None: it does.

    Args:
        done_s: After so long one who comes now would likely be done; None: nobody can tell.
        closes_s: So long until closing; None: tickets are given until then.

    >>> fullness(Crowd(12, most_waiting=12))
    <Full.WAITING: 'waiting'>
    >>> fullness(Crowd(3, agency_waiting=40, agency_most_waiting=40))
    <Full.WAITING: 'waiting'>
    >>> fullness(Crowd(3), done_s=2400, closes_s=1800)
    <Full.CLOSING: 'closing'>
    >>> fullness(Crowd(3, most_waiting=12), done_s=1200, closes_s=1800)
    """
    if crowd.most_waiting is not None and crowd.waiting >= crowd.most_waiting:
        return Full.WAITING
    if crowd.agency_most_waiting is not None and crowd.agency_waiting >= crowd.agency_most_waiting:
        return Full.WAITING
    if done_s is not None and closes_s is not None and done_s > closes_s:
        return Full.CLOSING
    return None
