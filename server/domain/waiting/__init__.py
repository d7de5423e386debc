"""
How long it takes: what a visitor who comes now, or who waits already, is told.

The hall of this moment is played forward many times by the rule that calls: the counters that are open and what they
serve, how long their visitors are at it already, every waiting ticket, those who will come and pass, those who will
not come when called, and service times as they were learned. What was between 1 in 10 and 9 in 10 of the plays is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.domain.durations import ROUGH_BELOW, VARIATION
from server.domain.waiting.draws import Draws
from server.domain.waiting.hall import (
    Booking,
    Comer,
    Following,
    Forecast,
    Habits,
    Hall,
    InHand,
    OpenCounter,
    Stream,
    Wait,
    WaitingTicket,
)
from server.domain.waiting.layout import Layout
from server.domain.waiting.simulation import play

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    Array = Any

__all__ = [
    "VARIATION",
    "Booking",
    "Comer",
    "Following",
    "Forecast",
    "Habits",
    "Hall",
    "InHand",
    "OpenCounter",
    "Stream",
    "Wait",
    "WaitingTicket",
    "forecast",
]

LOW, LIKELY = 0.1, 0.5
MOST_RUNS, LEAST_RUNS = 200, 60
# About so many calls are played in all: small halls are played more often.
CALLS = 20_000


def forecast(hall: Hall, newcomers: Collection[Comer], *, seed: int, runs: int | None = None) -> Forecast:
    """
    Foretell when each waiting ticket is called, and when one who came now would be.

    Args:
        newcomers: Kinds of visitors who may come now.
        seed: Of the chance; the same seed and hall give the same forecast.
        runs: How often the hall is played; fewer for a fuller hall when None.

    Returns:
        The waits of everyone for whom a counter is open.

    Source: FIELD.md section 3; the wait of a virtual customer, Ibrahim and Whitt (MSOM 11(3), 2009).
    """
    if not hall.counters:
        return Forecast(hall.at, {}, {})
    runs = runs or runs_for(len(hall.waiting))
    names = _services(hall, newcomers)
    draws = Draws(hall.habits, names, runs=runs, seed=seed)
    layout = Layout(hall, sorted(newcomers), draws, names)
    called, new_called = play(
        layout,
        quota_every=hall.quota_every,
        since_quota=[counter.calls_since_quota for counter in hall.counters],
    )
    levels = (LOW, LIKELY, hall.high)
    columns = [number for number, ticket in enumerate(layout.tickets) if ticket is not None]
    waits = _quantiles(called[:, columns], levels)
    tickets = {}
    for number, wait in zip(columns, waits, strict=True):
        ticket = layout.tickets[number]
        if ticket is not None and wait is not None:
            tickets[ticket.id] = Wait(*wait, rough=_is_rough(hall, ticket.service))
    told = {}
    for kinds, wait in zip(layout.newcomers, _quantiles(new_called, levels), strict=True):
        for comer in kinds if wait is not None else ():
            told[comer] = Wait(*wait, rough=_is_rough(hall, comer.service))  # type: ignore[misc]
    return Forecast(hall.at, tickets, told)


def runs_for(waiting: int) -> int:
    """
    Tell how often a hall is played.

    >>> [runs_for(waiting) for waiting in (0, 150, 300, 1000)]
    [200, 133, 66, 60]
    """
    return max(LEAST_RUNS, min(MOST_RUNS, CALLS // max(waiting, 1)))


def _services(hall: Hall, newcomers: Collection[Comer]) -> list[str]:
    names = {ticket.service for ticket in hall.waiting}
    names.update(following.service for ticket in hall.waiting for following in ticket.following)
    names.update(comer.service for comer in newcomers)
    names.update(stream.comer.service for stream in hall.streams)
    names.update(booking.comer.service for booking in hall.bookings)
    for counter in hall.counters:
        if counter.in_hand is not None:
            names.add(counter.in_hand.service)
            names.update(following.service for following in counter.in_hand.following)
    return sorted(names)


def _quantiles(seconds: Array, levels: Sequence[float]) -> list[tuple[int, int, int] | None]:
    """Take the levels of each column; None where somebody may wait for ever."""
    import numpy as np

    if not seconds.shape[1]:
        return []
    ordered = np.sort(seconds, axis=0)
    # Weibull's plotting position k/(n + 1): 9 in 10 of the next visitors too, not only of those drawn.
    at = [min(max(level * (len(ordered) + 1) - 1, 0), len(ordered) - 1) for level in levels]
    rows = [ordered[int(place)] for place in np.ceil(at)]
    return [
        (round(low), round(likely), round(high)) if high < np.inf else None
        for low, likely, high in zip(*(row.tolist() for row in rows), strict=True)
    ]


def _is_rough(hall: Hall, service: str) -> bool:
    known = hall.habits.durations.get(service)
    return known is None or known.seen < ROUGH_BELOW
