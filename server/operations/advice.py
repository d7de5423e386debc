"""Advice from the simulation: which counter, opened now, would shorten whose wait the most."""

from __future__ import annotations

import logging
from collections import Counter as Count
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from server.domain.calling import Lane
from server.domain.waiting import Comer, OpenCounter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.domain.waiting import Forecast, Hall, Wait
    from server.operations.context import Context, View
    from server.operations.waits import Forecaster, Waits

log = logging.getLogger(__name__)

ASK_AGAIN_AFTER = timedelta(seconds=30)
# So many kinds of counters are tried; each is a whole forecast.
MOST_TRIED = 6
A_DAY_S = 86_400
# Less than this is not worth calling somebody from a break.
WORTH_S = 240


@dataclass(frozen=True, slots=True)
class Gain:
    """What one more counter of a kind would do for the service that gains most: "9 in 10 by", before and after."""

    counters: tuple[int, ...]
    agency: str
    service: str
    before_s: int | None  # None where nobody serves it yet
    after_s: int

    @property
    def saved_s(self) -> int:
        """Tell what it is worth; whom nobody serves at all is worth the most."""
        return A_DAY_S if self.before_s is None else self.before_s - self.after_s


class Advice:
    """
    Plays the hall of this moment with one counter more.

    The same forecast that visitors are told, with the same chance; only the counters differ.
    """

    def __init__(self, context: Context, waits: Waits, forecaster: Forecaster) -> None:
        self._context = context
        self._waits = waits
        self._forecaster = forecaster
        self._told: tuple[datetime, list[Gain]] | None = None

    def view(self) -> View:
        """Tell the best advice of the last half minute; `advice` is empty when no counter would help much."""
        now = self._context.clock()
        if self._told is None or now - self._told[0] > ASK_AGAIN_AFTER:
            self._told = (now, self._find(now))
        at, gains = self._told
        config = self._context.config
        return {
            "at": self._context.local(at),
            "advice": [
                {
                    "counters": list(each.counters),
                    "agency": each.agency,
                    "agency_name": config.agency[each.agency].name,
                    "service": each.service,
                    "service_name": self._context.service_name(each.service),
                    "before_s": each.before_s,
                    "after_s": each.after_s,
                }
                for each in gains
            ],
        }

    def _find(self, now: datetime) -> list[Gain]:
        with self._context.database.read() as connection:
            hall = self._waits.hall(connection, now)
        comers = self._comers(hall)
        if not comers:
            return []
        kinds = self._kinds(hall)
        seed = now.date().toordinal()
        try:
            before = self._forecaster(hall, comers, seed=seed)
            gains = [
                gain
                for services, counters in kinds
                if (gain := self._gain(hall, comers, before, services, counters, seed=seed))
            ]
        except Exception:
            log.exception("no advice could be made")
            return []
        return sorted(gains, key=lambda gain: -gain.saved_s)[:3]

    def _comers(self, hall: Hall) -> frozenset[Comer]:
        """Ask for the waits of those who would come now for what somebody waits for already."""
        service = self._context.config.service
        keys = {ticket.service for ticket in hall.waiting if ticket.service in service}
        return frozenset(Comer(key, Lane.ORDINARY, service[key].target_minutes * 60.0) for key in keys)

    def _kinds(self, hall: Hall) -> list[tuple[frozenset[str], tuple[int, ...]]]:
        """List the counters that are not open by what they serve, those with the longest queues first."""
        config = self._context.config
        is_open = {counter.number for counter in hall.counters}
        queued = Count(ticket.service for ticket in hall.waiting)
        kinds: dict[frozenset[str], list[int]] = {}
        for place in config.counters:
            if place.number not in is_open:
                kinds.setdefault(frozenset(place.services), []).append(place.number)
        ranked = sorted(kinds, key=lambda services: -sum(queued[key] for key in services))
        useful = [services for services in ranked if any(queued[key] for key in services)]
        return [(services, tuple(kinds[services])) for services in useful[:MOST_TRIED]]

    def _gain(
        self,
        hall: Hall,
        comers: frozenset[Comer],
        before: Forecast,
        services: frozenset[str],
        counters: tuple[int, ...],
        *,
        seed: int,
    ) -> Gain | None:
        more = OpenCounter(counters[0], services, None, 0)
        after = self._forecaster(replace(hall, counters=[*hall.counters, more]), comers, seed=seed)
        waits = _longest(before.newcomers, after.newcomers, services)
        if waits is None:
            return None
        service, before_s, after_s = waits
        gain = Gain(counters, self._context.config.service[service].agency, service, before_s, after_s)
        return gain if gain.saved_s >= WORTH_S else None


def _longest(
    before: Mapping[Comer, Wait], after: Mapping[Comer, Wait], services: frozenset[str]
) -> tuple[str, int | None, int] | None:
    """Find the service of a counter that gains the most; one that nobody serves yet before all others."""
    ours = [comer for comer in after if comer.service in services]
    if not ours:
        return None

    def gain(comer: Comer) -> float:
        return before[comer].high_s - after[comer].high_s if comer in before else float(A_DAY_S)

    best = max(ours, key=lambda comer: (gain(comer), comer.service))
    return best.service, before[best].high_s if best in before else None, after[best].high_s
