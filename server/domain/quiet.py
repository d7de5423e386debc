"""When later today fewer visitors come than now, as the days before have shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Of so many days a usual one can be told.
LEAST_DAYS = 3.0
# Fewer than this share of now is worth coming back for.
CLEARLY_FEWER = 0.7
# Half hours: a shorter lull is chance, and over before a visitor is back.
SHORTEST, SOONEST = 2, 2
MOST_TOLD = 2


def quieter(usual: Sequence[float], *, slot: int, last_slot: int, days: float) -> list[tuple[int, int]]:
    """
    Find the spans of the rest of the day in which clearly fewer come than at this time.

    Args:
        usual: Visitors in each half hour of a usual day.
        slot: The half hour of now.
        last_slot: The half hour in which the day's hours end; nothing of it is told.
        days: How many days the usual one was made of.

    Returns:
        At most two, as (first half hour, half hour after the last), in the order of the day; the quietest are chosen.

    >>> quieter([0, 4, 9, 9, 8, 3, 2, 3, 9], slot=2, last_slot=8, days=20)
    [(5, 8)]
    """
    now = usual[slot]
    if days < LEAST_DAYS or now <= 0:
        return []
    spans: list[tuple[int, int]] = []
    begun: int | None = None
    for each in range(slot + SOONEST, last_slot + 1):
        is_quiet = each < last_slot and usual[each] < CLEARLY_FEWER * now
        if is_quiet and begun is None:
            begun = each
        elif not is_quiet and begun is not None:
            if each - begun >= SHORTEST:
                spans.append((begun, each))
            begun = None
    quietest = sorted(spans, key=lambda span: sum(usual[slice(*span)]) / (span[1] - span[0]))[:MOST_TOLD]
    return sorted(quietest)
