"""What the centre publishes of a day: how long people waited, how they rated, and which calls were out of turn."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from server.db import queries
from server.domain.numbering import day_of
from server.errors import BadInput
from server.operations.serving import WITHOUT_NETWORK
from server.wording import said_in_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.db.models import Record
    from server.operations.context import Context, View
    from server.operations.waits import Waits


@dataclass(slots=True)
class _Figures:
    """What is counted of a service, an agency or the whole centre."""

    issued: int = 0
    waits_s: list[float] = field(default_factory=list)
    in_target: int = 0
    served: int = 0
    scores: list[int] = field(default_factory=list)
    missed: int = 0

    def view(self) -> View:
        waits = sorted(self.waits_s)
        called = len(waits)
        rated = len(self.scores)
        return {
            "issued": self.issued,
            "called": called,
            "wait_p50_s": _quantile(waits, 0.5),
            "wait_p90_s": _quantile(waits, 0.9),
            "in_target": _share(self.in_target, called),
            "missed": self.missed,
            "served": self.served,
            "rating": round(sum(self.scores) / rated, 2) if rated else None,
            "ratings": rated,
            "response_rate": _share(rated, self.served),
        }


class Statistics:
    """Reads of a day, for everyone."""

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
            tickets = queries.tickets_of_day(connection, context.centre, day)
            rated = queries.ratings_of_day(connection, context.centre, day)
        services: dict[str, _Figures] = defaultdict(_Figures)
        for ticket in tickets:
            _count(services[ticket.first_service], ticket)
        for row in rated:
            services[row.service].served += 1
            if row.score is not None:
                services[row.service].scores.append(row.score)
        agencies: dict[str, _Figures] = defaultdict(_Figures)
        total = _Figures()
        for key, figures in services.items():
            service = context.config.service.get(key)
            _add(agencies[service.agency if service else "-"], figures)
            _add(total, figures)
        return {
            "day": day.isoformat(),
            "centre": context.centre,
            "policy": context.config.policy.version,
            "total": total.view(),
            "out_of_turn": self._out_of_turn(tickets),
            "estimate": self._waits.hit_rate(),
            "agencies": [
                {"key": key, "name": self._agency_name(key), **figures.view()}
                for key, figures in sorted(agencies.items())
            ],
            "services": [
                {"key": key, "name": context.service_name(key), **figures.view()}
                for key, figures in sorted(services.items())
            ],
        }

    def _out_of_turn(self, tickets: Sequence[Record]) -> list[View]:
        names = {each.key: each.name for each in self._context.config.policy.out_of_turn_reasons}
        names[WITHOUT_NETWORK] = said_in_all("why.without_network", self._context.config.centre.languages)
        counts = Counter(ticket.out_of_turn for ticket in tickets if ticket.out_of_turn)
        return [
            {"reason": key, "name": names.get(key, {"en": key}), "calls": count}
            for key, count in counts.most_common()
        ]

    def _agency_name(self, key: str) -> dict[str, str]:
        agency = self._context.config.agency.get(key)
        return agency.name if agency else self._context.retired_names.get(("agency", key), {"en": key})


def _count(figures: _Figures, ticket: Record) -> None:
    figures.issued += 1
    figures.missed += ticket.state == "no_show"
    if ticket.first_called_at is not None:
        waited = (ticket.first_called_at - max(ticket.start_at, ticket.arrived_at)).total_seconds()
        figures.waits_s.append(max(waited, 0.0))
        figures.in_target += ticket.first_called_at <= ticket.first_target_at


def _add(total: _Figures, part: _Figures) -> None:
    total.issued += part.issued
    total.waits_s += part.waits_s
    total.in_target += part.in_target
    total.served += part.served
    total.scores += part.scores
    total.missed += part.missed


def _quantile(ordered: Sequence[float], share: float) -> int | None:
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))])


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
