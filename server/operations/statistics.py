"""What the centre publishes of a day or a month: how long people waited, how they rated, who was called out of turn."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from server.db import figures as rows
from server.domain.numbering import day_of
from server.errors import BadInput
from server.operations.learning import shown_promises
from server.operations.serving import WITHOUT_NETWORK
from server.wording import said_in_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from server.operations.context import Context, View
    from server.operations.waits import Waits

# What was done and needs no name of its own.
DONE = "done"
HALF_HOUR_S = 1800
MONTH = re.compile(r"\d{4}-\d\d")


@dataclass(frozen=True, slots=True)
class Period:
    """
    Days that figures are told of.

    Attributes:
        key: As it stands in an address: `2026-11-24`, or `2026-11` for a month.
    """

    key: str
    first: date
    last: date

    @property
    def is_month(self) -> bool:
        """Tell a month from a day."""
        return self.first != self.last


@dataclass(slots=True)
class _Figures:
    """What is counted of a service, an agency or the whole centre; waits by whole seconds."""

    issued: int = 0
    waits: Counter[int] = field(default_factory=Counter)
    in_target: int = 0
    served: int = 0
    rated: int = 0
    score: int = 0
    missed: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, part: _Figures) -> None:
        """Count a part in."""
        for name in ("issued", "in_target", "served", "rated", "score", "missed"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.waits.update(part.waits)
        self.outcomes.update(part.outcomes)

    def view(self) -> View:
        called = self.waits.total()
        half, nine = _quantiles(self.waits, (0.5, 0.9))
        return {
            "issued": self.issued,
            "called": called,
            "wait_p50_s": half,
            "wait_p90_s": nine,
            "in_target": _share(self.in_target, called),
            "missed": self.missed,
            "served": self.served,
            "rating": round(self.score / self.rated, 2) if self.rated else None,
            "ratings": self.rated,
            "response_rate": _share(self.rated, self.served),
        }


class Statistics:
    """Reads of a day or a month: for everyone, and for the supervisor's report."""

    def __init__(self, context: Context, waits: Waits) -> None:
        self._context = context
        self._waits = waits

    def of_day(self, day: date | None = None) -> View:
        """
        Tell a day's figures; today's when None.

        Returns:
            Waits in seconds from arrival (or the slot of an appointment) to the first call; `in_target` is the share
            called within its target, `response_rate` the share of served services that were rated.
        """
        context = self._context
        day = day or day_of(context.clock(), context.config.centre.timezone)
        with context.database.read() as connection:
            found = self._figures(connection, (day, day))
        return {
            "day": day.isoformat(),
            "centre": context.centre,
            "policy": context.config.policy.version,
            "total": found.total.view(),
            "out_of_turn": found.out_of_turn,
            "estimate": self._waits.hit_rate(),
            "agencies": _listed(found.agencies, self._agency_name),
            "services": _listed(found.services, context.service_name),
        }

    def of_period(self, period: Period) -> View:
        """
        Tell what a report has of a day or a month: as `of_day` (all of `period`, the estimate too), and besides
        `outcomes` (`[{key, name, served}]`) and `arrivals` (`[{label, issued}]`, by the hour of a day, by the day of
        a month, none left out between the first and the last).
        """
        context, days = self._context, (period.first, period.last)
        with context.database.read() as connection:
            found = self._figures(connection, days)
            promised = rows.promised(connection, context.centre, days)
            arrivals = self._arrivals(connection, period)
        names = {each.key: each.name for each in context.config.terminal.outcomes}
        return {
            "period": period.key,
            "centre": context.centre,
            "policy": context.config.policy.version,
            "total": found.total.view(),
            "out_of_turn": found.out_of_turn,
            "estimate": {
                "since": period.first.isoformat(),
                **shown_promises(
                    sum(int(row.promised) for row in promised), sum(int(row.kept) for row in promised)
                ),
            },
            "agencies": _listed(found.agencies, self._agency_name),
            "services": _listed(found.services, context.service_name),
            "outcomes": [
                {"key": key, "name": names.get(key, {}), "served": served}
                for key, served in found.total.outcomes.most_common()
            ],
            "arrivals": arrivals,
        }

    def _figures(self, connection: Connection, days: rows.Days) -> _Found:
        centre = self._context.centre
        services: dict[str, _Figures] = defaultdict(_Figures)
        for row in rows.counts(connection, centre, days):
            figures = services[row.service]
            figures.issued, figures.missed = row.issued, int(row.missed)
            figures.in_target = int(row.in_target)
        for row in rows.waits(connection, centre, days):
            services[row.service].waits[int(row.waited_s)] = row.calls
        for row in rows.served(connection, centre, days):
            figures = services[row.service]
            figures.served += row.served
            figures.rated += row.rated
            figures.score += int(row.score)
            figures.outcomes[row.outcome or DONE] += row.served
        found = _Found(services, self._out_of_turn(connection, days))
        for key, figures in services.items():
            service = self._context.config.service.get(key)
            found.agencies[service.agency if service else "-"].add(figures)
            found.total.add(figures)
        return found

    def _out_of_turn(self, connection: Connection, days: rows.Days) -> list[View]:
        names = {each.key: each.name for each in self._context.config.policy.out_of_turn_reasons}
        names[WITHOUT_NETWORK] = said_in_all("why.without_network", self._context.config.centre.languages)
        return [
            {"reason": row.reason, "name": names.get(row.reason, {"en": row.reason}), "calls": row.calls}
            for row in rows.out_of_turn(connection, self._context.centre, days)
        ]

    def _arrivals(self, connection: Connection, period: Period) -> list[View]:
        found = rows.arrivals(connection, self._context.centre, (period.first, period.last))
        counts: Counter[int] = Counter()
        zone = self._context.config.centre.zone_info
        for row in found:
            at = datetime.fromtimestamp(int(row.slot) * HALF_HOUR_S, zone)
            counts[row.day.day if period.is_month else at.hour] += row.issued
        if not counts:
            return []
        span = range(1, period.last.day + 1) if period.is_month else range(min(counts), max(counts) + 1)
        return [{"label": str(n) if period.is_month else f"{n:02}:00", "issued": counts[n]} for n in span]

    def _agency_name(self, key: str) -> dict[str, str]:
        agency = self._context.config.agency.get(key)
        return agency.name if agency else self._context.retired_names.get(("agency", key), {"en": key})


@dataclass(slots=True)
class _Found:
    services: dict[str, _Figures]
    out_of_turn: list[View]
    agencies: dict[str, _Figures] = field(default_factory=lambda: defaultdict(_Figures))
    total: _Figures = field(default_factory=_Figures)


def _listed(parts: dict[str, _Figures], name: Callable[[str], dict[str, str]]) -> list[View]:
    return [{"key": key, "name": name(key), **figures.view()} for key, figures in sorted(parts.items())]


def _quantiles(counts: Counter[int], shares: tuple[float, ...]) -> list[int | None]:
    """
    Tell within how many seconds these shares were called.

    >>> _quantiles(Counter({0: 1, 1200: 1}), (0.5, 0.9))
    [1200, 1200]
    >>> _quantiles(Counter(), (0.5,))
    [None]
    """
    total = counts.total()
    if not total:
        return [None] * len(shares)
    places = [min(total - 1, int(total * share)) for share in shares]
    found: list[int | None] = []
    passed = 0
    for waited_s in sorted(counts):
        passed += counts[waited_s]
        while len(found) < len(places) and places[len(found)] < passed:
            found.append(waited_s)
    return found


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def parse_day(text: str | None) -> date | None:
    """
    Read a day as it stands in an address; None for none.

    Raises:
        BadInput: It is no day.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(field="day", value=text) from error


def parse_period(day: str | None, month: str | None) -> Period:
    """
    Read a day, or a month such as `2026-11`; one of the two.

    Raises:
        BadInput: Neither, both, or what is none.
    """
    if bool(day) == bool(month):
        raise BadInput(field="day", value=f"{day or ''} {month or ''}".strip(), wanted="day or month")
    if day:
        found = parse_day(day)
        assert found is not None
        return Period(found.isoformat(), found, found)
    text = str(month)
    try:
        if not MONTH.fullmatch(text):
            raise ValueError(text)
        first = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise BadInput(field="month", value=text) from error
    return Period(text, first, first.replace(day=monthrange(first.year, first.month)[1]))
