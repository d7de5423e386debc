"""
Who is next: one rule, used by the live call, the estimate, the explanation, the verifier and the laboratory.

Each ticket has a due time that is fixed when it is issued. A counter calls the smallest due time among those it may
serve; ties by issue. Where the law asks for more than a credit, a category puts its tickets in a lane of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

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


@dataclass(frozen=True, slots=True)
class Terms:
    """
    What fixes a due time; kept with the ticket, because it is the explanation.

    Attributes:
        start_at: Issue of a walk-in, slot of an appointment, start of the visit for what follows in it.
        target: Within which the service promises to call.
        credit: What the visitor's category is given by law.
        penalty: What a missed call costs who comes back.
    """

    start_at: datetime
    target: timedelta
    credit: timedelta = timedelta(0)
    penalty: timedelta = timedelta(0)

    @property
    def due_at(self) -> datetime:
        """Tell the due time."""
        return due_time(self.start_at, target=self.target, credit=self.credit, penalty=self.penalty)


def due_time(
    start_at: datetime,
    *,
    target: timedelta,
    credit: timedelta = timedelta(0),
    penalty: timedelta = timedelta(0),
) -> datetime:
    """
    Fix the time by which a ticket should be called; the arguments are those of `Terms`.

    >>> from datetime import UTC, datetime, timedelta
    >>> due_time(datetime(2026, 11, 24, 10, 31, tzinfo=UTC), target=timedelta(minutes=15), credit=timedelta(minutes=10))
    datetime.datetime(2026, 11, 24, 10, 36, tzinfo=datetime.timezone.utc)
    """
    return start_at + target - credit + penalty


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
    turn = quota_every is not None and quota_turn(calls_since_quota, quota_every)
    best = min(
        candidates, key=lambda each: (precedence(each.lane, is_quota_turn=turn), *_order(each)), default=None
    )
    if best is None:
        return None
    return _choice(best, _RULES[precedence(best.lane, is_quota_turn=turn)])


def quota_turn(calls_since_quota: Any, quota_every: int) -> Any:
    """
    Tell whether a counter's next call is one that a quota claims.

    Args:
        calls_since_quota: One count, or an array of them: the forecast asks for many halls at once.

    >>> quota_turn(2, quota_every=3)
    True
    """
    return calls_since_quota + 1 >= quota_every


def precedence(lane: Lane, *, is_quota_turn: bool) -> int:
    """
    Rank a lane; the smallest due time within the smallest rank is next.

    >>> [precedence(lane, is_quota_turn=True) for lane in Lane]
    [0, 1, 2]
    >>> [precedence(lane, is_quota_turn=False) for lane in Lane]
    [0, 2, 2]
    """
    if lane is Lane.FIRST:
        return 0
    return 1 if lane is Lane.QUOTA and is_quota_turn else 2


_RULES = (Rule.FIRST, Rule.QUOTA, Rule.DUE)


def _order(candidate: Candidate) -> tuple[datetime, int]:
    return candidate.due_at, candidate.id


def _choice(candidate: Candidate, rule: Rule) -> Choice:
    return Choice(candidate.id, Rule.BOUND if candidate.is_bound and rule is Rule.DUE else rule)
