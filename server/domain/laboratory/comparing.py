"""Two plays of one day side by side: who gains and who loses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from server.domain.calling import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from server.domain.laboratory.day import Day, Visit
    from server.domain.laboratory.playing import Played

# Less is no gain and no loss that anybody would feel.
FELT_S = 300
ALL, ORDINARY, BY_LAW = "all", "ordinary", "by_law"


@dataclass(frozen=True, slots=True)
class Side:
    """
    Figures of one play.

    Attributes:
        wait_p50_s, wait_p90_s: From arrival, or the slot of an appointment, to the first call; None: nobody was called.
        in_target: Share of the called within the target as it was on the day, on both sides: a longer promise is not by
            itself better kept.
        not_called: Came, and was not called by the end.
        passed_s: How much later at most somebody came who was called first.
    """

    called: int
    wait_p50_s: int | None
    wait_p90_s: int | None
    in_target: float | None
    not_called: int
    passed_s: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    A part of the visitors: before and after, and how many of them are called over five minutes sooner or later.

    Who is called in one play only gains or loses by that.
    """

    visitors: int
    before: Side
    after: Side
    gain: int
    lose: int


def compare(
    day: Day, before: Played, after: Played, *, agency_of: Callable[[str], str]
) -> Mapping[str, Mapping[str, Comparison]]:
    """
    Compare two plays of a day.

    Args:
        agency_of: Tells the agency of a service.

    Returns:
        `{"all": {"all", "ordinary", "by_law"}, "agencies": {key}, "services": {key}}`, by the first service of a visit.
    """
    waits = _waits(day, before), _waits(day, after)
    groups: dict[str, dict[str, list[Visit]]] = {
        "all": defaultdict(list),
        "agencies": defaultdict(list),
        "services": defaultdict(list),
    }
    for visit in day.visits.values():
        service = visit.legs[0].service
        groups["all"][ALL].append(visit)
        groups["all"][BY_LAW if is_by_law(visit) else ORDINARY].append(visit)
        groups["agencies"][agency_of(service)].append(visit)
        groups["services"][service].append(visit)
    return {
        kind: {key: _comparison(visits, (before, after), waits) for key, visits in sorted(of_kind.items())}
        for kind, of_kind in groups.items()
    }


def is_by_law(visit: Visit) -> bool:
    """Tell whether the law puts a visitor forward."""
    return any(leg.lane is not Lane.ORDINARY or leg.credit_s > 0 for leg in visit.legs)


def _waits(day: Day, played: Played) -> dict[int, float]:
    return {
        call.ticket: max((call.at - day.visits[call.ticket].waits_from).total_seconds(), 0.0)
        for call in played.calls
    }


def _comparison(
    visits: list[Visit], played: tuple[Played, Played], waits: tuple[dict[int, float], dict[int, float]]
) -> Comparison:
    before, after = (_side(visits, *each) for each in zip(played, waits, strict=True))
    gains = [waits[0].get(each.id, _NEVER) - waits[1].get(each.id, _NEVER) for each in visits]
    return Comparison(
        len(visits),
        before,
        after,
        gain=sum(gain > FELT_S for gain in gains),
        lose=sum(gain < -FELT_S for gain in gains),
    )


_NEVER = timedelta(days=1).total_seconds()


def _side(visits: list[Visit], played: Played, waits: dict[int, float]) -> Side:
    called = [each for each in visits if each.id in waits]
    ordered = sorted(waits[each.id] for each in called)
    kept = sum(_in_target(each, waits[each.id]) for each in called)
    return Side(
        len(called),
        _quantile(ordered, 0.5),
        _quantile(ordered, 0.9),
        round(kept / len(called), 4) if called else None,
        len(visits) - len(called),
        round(max((played.passed_s.get(each.id, 0.0) for each in visits), default=0.0)),
    )


def _in_target(visit: Visit, wait_s: float) -> bool:
    leg = visit.legs[0]
    late_s = (visit.waits_from - leg.start_at).total_seconds()
    return wait_s + late_s <= leg.target_s


def _quantile(ordered: Iterable[float], share: float) -> int | None:
    values = list(ordered)
    return round(values[min(len(values) - 1, int(len(values) * share))]) if values else None
