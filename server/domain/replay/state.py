"""The hall as a log has it so far."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server.domain.calling import Candidate, Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

IN_HAND = ("called", "serving")


@dataclass(frozen=True, slots=True)
class Finding:
    """
    Something in a log that cannot be.

    Attributes:
        fault: Which; `verifying.report` has a sentence for each.
        index: The entry's place in the log; None for what concerns no single one.
        facts: The figures that show it.
    """

    fault: str
    index: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Ticket:
    """A ticket as the log has it so far."""

    id: int
    number: str | None
    start_at: datetime
    due_at: datetime
    lane: Lane
    service: str
    state: str = "waiting"
    bound: str | None = None
    counter: int | None = None
    # Target and credit in seconds.
    figures: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Counter:
    """A counter as the log has it so far; `since_quota` is None until a call tells it."""

    services: frozenset[str] = frozenset()
    official: int | None = None
    is_open: bool = False
    since_quota: int | None = None
    in_hand: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What the configuration in force allows."""

    quota_every: int | None
    targets_s: Mapping[str, int]
    arrivals_s: Mapping[str, int]
    credits_s: frozenset[int]


class Waiting:
    """The waiting tickets, by what a counter looks for: the first of each service and lane at hand."""

    def __init__(self) -> None:
        self._free: dict[tuple[str, Lane], list[tuple[datetime, int]]] = defaultdict(list)
        self._bound: dict[str, dict[int, Ticket]] = defaultdict(dict)
        # What takes a ticket out from where it was put in, whatever became of it since.
        self._take_out: dict[int, Callable[[], None]] = {}

    def add(self, ticket: Ticket) -> None:
        """Let a ticket wait, where it says now."""
        self.remove(ticket)
        id, bound = ticket.id, ticket.bound
        if bound is not None:
            self._bound[bound][id] = ticket
            self._take_out[id] = lambda: self._bound[bound].__delitem__(id)
            return
        queue = self._free[ticket.service, ticket.lane]
        place = (ticket.due_at, id)
        insort(queue, place)
        self._take_out[id] = lambda: queue.__delitem__(bisect_left(queue, place))

    def remove(self, ticket: Ticket) -> None:
        """Let a ticket wait no longer, if it does."""
        take_out = self._take_out.pop(ticket.id, None)
        if take_out is not None:
            take_out()

    def first_for(self, number: int, counter: Counter) -> list[Candidate]:
        """List whom the rule chooses from when a counter calls."""
        return list(self._candidates(number, counter, only_first=True))

    def all_for(self, number: int, counter: Counter) -> list[Candidate]:
        """List everyone who waits for a counter."""
        return list(self._candidates(number, counter, only_first=False))

    def _candidates(self, number: int, counter: Counter, *, only_first: bool) -> Iterator[Candidate]:
        for service in counter.services:
            for lane in Lane:
                queue = self._free.get((service, lane), [])
                for due_at, id in queue[:1] if only_first else queue:
                    yield Candidate(id, due_at, lane)
        for bound in (f"counter:{number}", f"official:{counter.official}"):
            for ticket in self._bound.get(bound, {}).values():
                yield Candidate(ticket.id, ticket.due_at, ticket.lane, is_bound=True)
