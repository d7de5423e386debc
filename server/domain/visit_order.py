"""In which order several services are had soonest, when one ticket is for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise, permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST = 5


@dataclass(frozen=True, slots=True)
class Stop:
    """
    A service of a visit.

    Attributes:
        ready_s: When a visitor who comes now would be called for it; None: no counter is open for it.
        length_s: At the counter.
        counters: Where it can be had now.
    """

    service: str
    ready_s: float | None
    length_s: float
    counters: frozenset[int] = frozenset()


def finish_s(order: Iterable[Stop]) -> float:
    """
    Tell after how long a visit is over.

    Who comes keeps one start for every service of the visit, so waiting for one is waiting for all: after the first, the
    second is had as soon as its own wait since the arrival is over.

    >>> finish_s([Stop("a", 600.0, 300.0), Stop("b", 700.0, 300.0)])
    1200.0
    """
    at = 0.0
    for stop in order:
        at = max(at, stop.ready_s or 0.0) + stop.length_s
    return at


def shortest(wished: Sequence[Stop]) -> tuple[Stop, ...]:
    """
    Choose the order in which a visit is over soonest.

    What no counter is open for comes last. Of orders that end alike, the one that waits nowhere while it could be served
    elsewhere, then the one with the fewest ways from counter to counter, then the one nearest to the visitor's own.

    Args:
        wished: In the visitor's own order; at most `MOST`, as every order is tried.

    >>> [stop.service for stop in shortest([Stop("slow", 1800, 300), Stop("soon", 0, 300)])]
    ['soon', 'slow']
    """
    if len(wished) > MOST:
        raise ValueError(f"{len(wished)} services, more than {MOST}")
    open_now = [stop for stop in wished if stop.ready_s is not None]
    closed = [stop for stop in wished if stop.ready_s is None]
    # The first of equals is kept, and the visitor's own order is tried first.
    best = min(permutations(open_now), key=lambda order: (finish_s(order), _detours(order), _ways(order)))
    return (*best, *closed)


def _detours(order: Sequence[Stop]) -> int:
    """Count the pairs in which what is ready later comes first."""
    return sum((one.ready_s or 0.0) > (other.ready_s or 0.0) for one, other in combinations(order, 2))


def _ways(order: Sequence[Stop]) -> int:
    return sum(not one.counters & other.counters for one, other in pairwise(order))
