"""
Who is next: one rule, used by the live call, the estimate, the explanation, the verifier and the laboratory.

Each ticket has a due time that is fixed when it is issued. A counter calls the smallest due time among those it may
serve; ties by issue. Where the law asks for more than a credit, a category puts its tickets in a lane of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Lane(IntEnum):
    """What the law asks for beyond a credit; the smaller lane goes first when its turn has come."""

    FIRST = 0
    QUOTA = 1
    ORDINARY = 2


class Rule(StrEnum):
    """Why a ticket was called."""

    DUE = "due"
    QUOTA = "quota"
    FIRST = "first"
    BOUND = "bound"
    OUT_OF_TURN = "out_of_turn"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A waiting ticket as the rule sees it.

    Attributes:
        id: Key of its row, which grows in the order of issue.
        is_bound: It waits for this very counter or official.
    """

    id: int
    due_at: datetime
    lane: Lane = Lane.ORDINARY
    is_bound: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The ticket that is next, and the rule that chose it."""

    id: int
    rule: Rule


def due_time(start_at: datetime, *, target: timedelta, credit: timedelta = timedelta(0)) -> datetime:
    """
    Fix the time by which a ticket should be called.

    Args:
        start_at: Issue of a walk-in, slot of an appointment, start of the visit for what follows in it.
        target: Within which the service promises to call.
        credit: What the visitor's category is given by law.

    >>> from datetime import UTC
    >>> due_time(datetime(2026, 11, 24, 10, 31, tzinfo=UTC), target=timedelta(minutes=15), credit=timedelta(minutes=10))
    datetime.datetime(2026, 11, 24, 10, 36, tzinfo=datetime.timezone.utc)
    """
    return start_at + target - credit


def choose_next(
    candidates: Iterable[Candidate], *, calls_since_quota: int = 0, quota_every: int | None = None
) -> Choice | None:
    """
    Choose the ticket that a counter calls next.

    Args:
        candidates: Waiting tickets that the counter may serve; the first of each service and lane suffice.
        calls_since_quota: Calls of this counter since it last called a ticket of the quota lane.
        quota_every: At least every Nth call of a counter is of the quota lane while one waits there; None: no quota.

    Returns:
        The choice, or None when nobody waits.
    """
    by_lane: dict[Lane, Candidate] = {}
    for candidate in candidates:
        best = by_lane.get(candidate.lane)
        if best is None or _order(candidate) < _order(best):
            by_lane[candidate.lane] = candidate
    if not by_lane:
        return None
    if Lane.FIRST in by_lane:
        return _choice(by_lane[Lane.FIRST], Rule.FIRST)
    if quota_every and Lane.QUOTA in by_lane and calls_since_quota + 1 >= quota_every:
        return _choice(by_lane[Lane.QUOTA], Rule.QUOTA)
    return _choice(min(by_lane.values(), key=_order), Rule.DUE)


def _order(candidate: Candidate) -> tuple[datetime, int]:
    return candidate.due_at, candidate.id


def _choice(candidate: Candidate, rule: Rule) -> Choice:
    return Choice(candidate.id, Rule.BOUND if candidate.is_bound and rule is Rule.DUE else rule)
