"""How much of the counters may be booked: their reserved minutes of each hour, and who draws on them."""

from __future__ import annotations

from collections import defaultdict, deque
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Need = tuple[str, int]
"""A service, and the hour in which its appointments begin."""
Source = tuple[frozenset[str], int]
"""Counters that serve the same services, and an hour."""

# Minutes are shares of whole ones; what is less than this is nothing.
LEAST = 1e-6


class Reserve:
    """
    Reserved minutes of a day, by kind of counter and hour, and the appointments that draw on them.

    Counters serve several services, so one service's appointments leave less for the others. Who draws first takes
    nothing from who comes later and could have been served elsewhere: what was drawn moves to other counters where
    they serve it too (a maximum flow), so an appointment is refused only where no way of serving them all is left.

    Args:
        minutes: Reserved for each kind of counter in each hour.
        spread: By service, over how many further hours an appointment may draw: one that is longer than what an hour
            reserves uses up the next ones too.

    >>> notary, both = frozenset({"deed"}), frozenset({"deed", "copy"})
    >>> reserve = Reserve({(notary, 9): 20.0, (both, 9): 20.0})
    >>> reserve.draw("deed", 9, 20)
    20.0
    >>> reserve.room("copy", 9), reserve.room("deed", 9)
    (20.0, 20.0)
    >>> reserve.draw("copy", 9, 30), reserve.room("deed", 9)
    (20.0, 0.0)
    """

    def __init__(self, minutes: Mapping[Source, float], spread: Mapping[str, int] | None = None) -> None:
        self._left = dict(minutes)
        self._spread = dict(spread or {})
        self._drawn: dict[Source, dict[Need, float]] = defaultdict(dict)
        self._kinds: dict[str, list[frozenset[str]]] = defaultdict(list)
        for kind in {kind for kind, _ in minutes}:
            for service in kind:
                self._kinds[service].append(kind)

    def draw(self, service: str, hour: int, minutes: float) -> float:
        """Take minutes for appointments that begin in an hour; returns how many could be had."""
        had = 0.0
        while minutes - had > LEAST:
            got = self._augment((service, hour), minutes - had)
            if got <= LEAST:
                break
            had += got
        return had

    def room(self, service: str, hour: int) -> float:
        """Tell how many more minutes could be drawn; changes nothing."""
        left, drawn = dict(self._left), {source: dict(needs) for source, needs in self._drawn.items()}
        room = self.draw(service, hour, inf)
        self._left, self._drawn = left, defaultdict(dict, drawn)
        return room

    def _augment(self, need: Need, wanted: float) -> float:
        """Find one way to more minutes, through what others could draw elsewhere, and go it."""
        came: dict[Source, tuple[Need, Source | None]] = {}
        seen = {need}
        open_ends: deque[tuple[Need, Source | None]] = deque([(need, None)])
        while open_ends:
            who, through = open_ends.popleft()
            for source in self._sources(who):
                if source in came:
                    continue
                came[source] = (who, through)
                if self._left[source] > LEAST:
                    return self._go(source, came, wanted)
                for other, drawn in self._drawn[source].items():
                    if drawn > LEAST and other not in seen:
                        seen.add(other)
                        open_ends.append((other, source))
        return 0.0

    def _go(self, end: Source, came: Mapping[Source, tuple[Need, Source | None]], wanted: float) -> float:
        way: list[tuple[Need, Source, Source | None]] = []
        source: Source | None = end
        while source is not None:
            who, through = came[source]
            way.append((who, source, through))
            source = through
        gives = (self._drawn[through][who] for who, _, through in way if through is not None)
        amount = min(wanted, self._left[end], *gives)
        self._left[end] -= amount
        for who, to, through in way:
            self._drawn[to][who] = self._drawn[to].get(who, 0.0) + amount
            if through is not None:
                self._drawn[through][who] -= amount
        return amount

    def _sources(self, need: Need) -> Iterable[Source]:
        service, hour = need
        for later in range(hour, hour + 1 + self._spread.get(service, 0)):
            for kind in self._kinds.get(service, ()):
                if (kind, later) in self._left:
                    yield kind, later
