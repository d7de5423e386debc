"""What a supervisor must see to: each alert from the facts of this moment, none from memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

# A target is "about to be missed" so long before.
BEFORE_TARGET = timedelta(minutes=3)
CALLED_FOR_LONG = timedelta(minutes=10)
SERVING_FOR_LONG = timedelta(minutes=60)
TIMES_EXPECTED = 4
UNSEEN_FOR = timedelta(minutes=10)
LOW_SCORE = 2
# A condition that goes on asks for attention again.
REMIND_AFTER = timedelta(minutes=15)


class AlertKind(StrEnum):
    """What an alert is of, the most pressing first."""

    OVERTAKEN = "overtaken"
    UNSERVED = "unserved"
    PRINTER = "printer"
    LATE = "late"
    ABANDONED = "abandoned"
    DEVICE = "device"
    RATING = "rating"


LASTING = frozenset({AlertKind.OVERTAKEN, AlertKind.RATING})
"""These happened once; the others are conditions that go on until they are mended."""


@dataclass(frozen=True, slots=True)
class Alert:
    """
    Something to see to.

    Attributes:
        key: The same as long as it is the same thing; acknowledged by this.
        since: When it began.
        is_bad: It has happened; False for what is about to.
        facts: Figures of its sentence.
    """

    kind: AlertKind
    key: str
    since: datetime
    is_bad: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waits:
    """Who waits for one service of an agency; `target_at` is the first moment at which a target is missed."""

    service: str
    agency: str
    count: int
    oldest_at: datetime
    target_at: datetime
    late: int


@dataclass(frozen=True, slots=True)
class InHand:
    """What a counter has in hand; `serving_since` is None while the visitor is only called."""

    counter: int
    number: str
    called_at: datetime
    serving_since: datetime | None
    expected: timedelta


def of_waits(waits: Iterable[Waits], served: Collection[str], now: datetime) -> list[Alert]:
    """
    Tell for which agencies people wait though no counter serves them, and which are about to miss a target.

    One alert for an agency, and not for each of its services: it is one counter more that mends them all.

    Args:
        served: Services for which a counter is open.
    """
    unserved: dict[str, list[Waits]] = {}
    late: dict[str, list[Waits]] = {}
    for each in waits:
        if each.service not in served:
            unserved.setdefault(each.agency, []).append(each)
        elif each.target_at - BEFORE_TARGET <= now:
            late.setdefault(each.agency, []).append(each)
    return [_unserved(agency, them) for agency, them in unserved.items()] + [
        _late(agency, them, now) for agency, them in late.items()
    ]


def _unserved(agency: str, waits: list[Waits]) -> Alert:
    facts = {
        "agency": agency,
        "services": [each.service for each in waits],
        "n": sum(each.count for each in waits),
    }
    return Alert(AlertKind.UNSERVED, f"unserved/{agency}", min(each.oldest_at for each in waits), facts=facts)


def _late(agency: str, waits: list[Waits], now: datetime) -> Alert:
    target_at = min(each.target_at for each in waits)
    facts = {
        "agency": agency,
        "services": [each.service for each in waits],
        "n": sum(each.count for each in waits),
        "late": sum(each.late for each in waits),
    }
    return Alert(AlertKind.LATE, f"late/{agency}", target_at - BEFORE_TARGET, target_at <= now, facts)


def of_counters(in_hand: Iterable[InHand], now: datetime) -> list[Alert]:
    """Tell at which counters nothing has moved for so long that somebody should look."""
    alerts = []
    for each in in_hand:
        since = each.serving_since or each.called_at
        longest = CALLED_FOR_LONG
        if each.serving_since is not None:
            longest = max(SERVING_FOR_LONG, TIMES_EXPECTED * each.expected)
        if now - since > longest:
            facts = {"counter": each.counter, "number": each.number, "minutes": (now - since) // MINUTE}
            key = f"abandoned/{each.counter}/{each.number}"
            alerts.append(Alert(AlertKind.ABANDONED, key, since + longest, facts=facts))
    return alerts


def is_acknowledged(alert: Alert, acknowledged_at: datetime | None, now: datetime) -> bool:
    """Tell whether somebody has seen it, and not so long ago that it must be said again."""
    if acknowledged_at is None or acknowledged_at < alert.since:
        return False
    return alert.kind in LASTING or now - acknowledged_at < REMIND_AFTER


def in_order(alerts: Iterable[Alert]) -> list[Alert]:
    """Put the most pressing first: what has happened, then by kind, then the oldest."""
    kinds = list(AlertKind)
    return sorted(alerts, key=lambda each: (not each.is_bad, kinds.index(each.kind), each.since))


MINUTE = timedelta(minutes=1)
