"""Why another ticket was called first: one reason, found by the very function that chose."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from server.domain.calling import Candidate, Lane, Rule, Terms, choose_next

if TYPE_CHECKING:
    from datetime import datetime


class Reason(StrEnum):
    """Why a ticket that came later was called earlier."""

    DUE = "due"
    QUOTA = "quota"
    FIRST = "first"
    BOUND = "bound"
    OUT_OF_TURN = "out_of_turn"
    RESUMED = "resumed"
    OTHER_SERVICE = "other_service"
    SET_ASIDE = "set_aside"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Waiter:
    """
    A ticket at the moment of a call.

    Attributes:
        is_waiting: False while it was set aside, in hand, or ended.
        bound: It waits for this counter or official only, "counter:5" or "official:12".
    """

    id: int
    service: str
    terms: Terms
    lane: Lane
    bound: str | None = None
    is_waiting: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """
    A call of another ticket, as the log has it.

    Attributes:
        services: What the counter served with its official then.
        bounds: What a ticket that waits for this counter or official is bound to.
        since: Calls of this counter since the last of the quota lane.
    """

    at: datetime
    ticket: Waiter
    counter: int
    rule: Rule
    services: frozenset[str]
    bounds: frozenset[str]
    since: int = 0
    quota_every: int | None = None


def explain(mine: Waiter, call: Call) -> Reason:
    """
    Tell why a call took another ticket and not this one.

    The rule itself is asked with the two tickets: its answer is the reason. Where it would have chosen this one, what
    was recorded beside the rule must explain it, and if nothing does, that is said.
    """
    if call.rule is Rule.OUT_OF_TURN:
        return Reason.OUT_OF_TURN
    if call.rule is Rule.RESUMED:
        return Reason.RESUMED
    if not mine.is_waiting:
        return Reason.SET_ASIDE
    if not _could_be_called(mine, call):
        return Reason.OTHER_SERVICE
    choice = choose_next(
        (_candidate(mine, call), _candidate(call.ticket, call)),
        calls_since_quota=call.since,
        quota_every=call.quota_every,
    )
    if choice is None or choice.id != call.ticket.id:
        return Reason.UNEXPLAINED
    return Reason(str(choice.rule))


def _could_be_called(waiter: Waiter, call: Call) -> bool:
    return waiter.bound in call.bounds if waiter.bound else waiter.service in call.services


def _candidate(waiter: Waiter, call: Call) -> Candidate:
    return Candidate(waiter.id, waiter.terms.due_at, waiter.lane, waiter.bound in call.bounds)
