"""The hall laid out in arrays: lines of visitors whose first is always the one to compare."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server.domain.calling import Lane, precedence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.domain.waiting.draws import Draws
    from server.domain.waiting.hall import Comer, Following, Hall, WaitingTicket

    Array = Any

# Who has a lane of its own passes whenever it comes; so far ahead such visitors are expected.
LAW_HORIZON_S = 2 * 3600.0
# Equal due times go by issue: an order too fine to pass another due time.
_TIE_S = 1e-8
_MOST_EXPECTED = 400


@dataclass(slots=True)
class Line:
    """
    Visitors for the same counters, in one lane, of whom none is called before the one in front.

    Attributes:
        counters: Positions of the counters that may call them.
        due, arrives, service: A column each; numbers, or one for each run.
        tickets, follows: By column: the ticket, and the line in which its visitor waits on.
    """

    counters: frozenset[int]
    lane: Lane
    due: list[Any] = field(default_factory=list)
    arrives: list[Any] = field(default_factory=list)
    service: list[Any] = field(default_factory=list)
    tickets: list[WaitingTicket | None] = field(default_factory=list)
    follows: list[int] = field(default_factory=list)

    def add(
        self, due: Any, arrives: Any, service: Any, ticket: WaitingTicket | None = None, follows: int = -1
    ) -> None:
        """Put a visitor at the end."""
        self.due.append(due)
        self.arrives.append(arrives)
        self.service.append(service)
        self.tickets.append(ticket)
        self.follows.append(follows)


class Layout:
    """
    A hall and those who would come now, in arrays.

    Attributes:
        lines: As they were laid.
        ranks: Precedence of each line, by whether a quota claims the call: [2, line].
        serves: Whether a counter may call a line: [counter, line]; `new_serves`: a kind of newcomer.
        first: First column of each line; its last is nobody, whose due time never comes.
        due, arrives, takes: Seconds from now, [run, column].
        free: When each counter is free, [run, counter].
    """

    def __init__(self, hall: Hall, newcomers: Sequence[Comer], draws: Draws, names: Sequence[str]) -> None:
        import numpy as np

        self._np = np
        self._hall = hall
        self._draws = draws
        self._numbers = {name: number for number, name in enumerate(names)}
        self._places = {counter.number: place for place, counter in enumerate(hall.counters)}
        self._able: dict[str, frozenset[int]] = {
            name: frozenset(place for place, counter in enumerate(hall.counters) if name in counter.services)
            for name in names
        }
        self.lines: list[Line] = []
        self._lay_newcomers(newcomers)
        self._lay_waiting()
        self.free = self._free()
        self._lay_expected()
        self._lay_arrays()

    def _lay_newcomers(self, newcomers: Sequence[Comer]) -> None:
        """Merge the kinds that the same counters call with the same due time."""
        np = self._np
        groups: dict[tuple[frozenset[int], Lane, float], list[Comer]] = defaultdict(list)
        for comer in newcomers:
            if self._able[comer.service]:
                groups[self._able[comer.service], comer.lane, comer.lead_s].append(comer)
        self.newcomers = list(groups.values())
        after_all_s = (len(self._hall.waiting) + 1) * _TIE_S
        self.new_due = np.array([lead_s + after_all_s for _, _, lead_s in groups])
        self.new_ranks = _ranks(np, [lane for _, lane, _ in groups])
        self.new_serves = self._mask([counters for counters, _, _ in groups])

    def _lay_waiting(self) -> None:
        hall = self._hall
        lines: dict[tuple[frozenset[int], Lane], Line] = {}
        ties_s = {
            id: place * _TIE_S for place, id in enumerate(sorted(ticket.id for ticket in hall.waiting), 1)
        }
        for ticket in sorted(hall.waiting, key=lambda each: (each.due_at, each.id)):
            able = self._able[ticket.service]
            if ticket.counter is not None:
                able = frozenset({self._places[ticket.counter]} if ticket.counter in self._places else ())
            if not able:
                continue
            line = lines.get((able, ticket.lane))
            if line is None:
                line = lines[able, ticket.lane] = self._line(able, ticket.lane)
            line.add(
                (ticket.due_at - hall.at).total_seconds() + ties_s[ticket.id],
                -1.0,
                self._numbers[ticket.service],
                ticket,
                self._lay_following(ticket.following, ticket.lane, ties_s[ticket.id]),
            )

    def _lay_following(self, following: Sequence[Following], lane: Lane, tie_s: float) -> int:
        """Lay the later services of a visit, each in a line of its own, as nobody knows when it begins to wait."""
        line = -1
        for each in reversed(following):
            able = self._able[each.service]
            if able:
                new = self._line(able, lane)
                due = (each.due_at - self._hall.at).total_seconds() + tie_s
                new.add(due, self._np.inf, self._numbers[each.service], follows=line)
                line = len(self.lines) - 1
        return line

    def _free(self) -> Array:
        np = self._np
        free = np.zeros((self._draws.runs, len(self._hall.counters)))
        self.released: list[tuple[int, int]] = []
        for place, counter in enumerate(self._hall.counters):
            if counter.in_hand is not None:
                free[:, place] = self._draws.rest(counter.in_hand)
                line = self._lay_following(counter.in_hand.following, counter.in_hand.lane, -place * _TIE_S)
                if line >= 0:
                    self.released.append((line, place))
        return free

    def _lay_expected(self) -> None:
        """
        Lay those who may come and pass somebody of now.

        Others matter to nobody of now: who waits keeps every counter that serves him from serving a later due time.
        """
        streams: dict[tuple[frozenset[int], Lane, float], list[tuple[int, float]]] = defaultdict(list)
        latest = [float(due) for line in self.lines for due in line.due] + self.new_due.tolist()
        last_due = max(latest, default=0.0)
        for stream in self._hall.streams:
            comer = stream.comer
            able = self._able[comer.service]
            if able and stream.per_hour > 0:
                number = self._numbers[comer.service]
                streams[able, comer.lane, comer.lead_s].append((number, stream.per_hour / 3600))
        for (able, lane, lead_s), kinds in streams.items():
            horizon_s = last_due - lead_s if lane is Lane.ORDINARY else LAW_HORIZON_S
            if horizon_s > 0:
                self._lay_stream(able, lane, lead_s, kinds, horizon_s)
        self._lay_bookings()

    def _lay_stream(
        self,
        able: frozenset[int],
        lane: Lane,
        lead_s: float,
        kinds: Sequence[tuple[int, float]],
        horizon_s: float,
    ) -> None:
        np, random = self._np, self._draws.random
        rate = sum(each for _, each in kinds)
        mean = rate * horizon_s
        count = min(int(mean + 3 * mean**0.5 + 1), _MOST_EXPECTED)
        comes = np.cumsum(random.standard_exponential((self._draws.runs, count)) / rate, axis=1)
        comes[comes > horizon_s] = np.inf
        chances = np.array([each for _, each in kinds]) / rate
        services = random.choice(np.array([number for number, _ in kinds]), size=comes.shape, p=chances)
        line = self._line(able, lane)
        for column in range(count):
            line.add(comes[:, column] + lead_s, comes[:, column], services[:, column])

    def _lay_bookings(self) -> None:
        np, random, hall = self._np, self._draws.random, self._hall
        groups: dict[tuple[frozenset[int], Lane, float], list[Any]] = defaultdict(list)
        for booking in sorted(hall.bookings, key=lambda each: each.at):
            able = self._able[booking.comer.service]
            lead_s = (booking.due_at - booking.at).total_seconds()
            if able:
                groups[able, booking.comer.lane, lead_s].append(booking)
        for (able, lane, lead_s), bookings in groups.items():
            at = np.array([max((each.at - hall.at).total_seconds(), 0.0) for each in bookings])
            chance = np.array([each.chance for each in bookings])
            comes = np.where(random.random((self._draws.runs, len(bookings))) < chance, at, np.inf)
            services = np.array([self._numbers[each.comer.service] for each in bookings])
            order = np.argsort(comes, axis=1, kind="stable")
            comes = np.take_along_axis(comes, order, axis=1)
            line = self._line(able, lane)
            for column in range(len(bookings)):
                line.add(comes[:, column] + lead_s, comes[:, column], services[order[:, column]])

    def _lay_arrays(self) -> None:
        np, runs = self._np, self._draws.runs
        for line in self.lines:
            line.add(np.inf, np.inf, 0)
        sizes = [len(line.due) for line in self.lines]
        self.first = (
            np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp) if sizes else np.zeros(0, np.intp)
        )
        self.due = self._columns([due for line in self.lines for due in line.due], float)
        self.arrives = self._columns([each for line in self.lines for each in line.arrives], float)
        services = self._columns([each for line in self.lines for each in line.service], np.intp)
        self.takes = self._draws.visits(services) if sizes else np.zeros((runs, 0))
        self.follows = np.array([each for line in self.lines for each in line.follows], np.intp)
        self.tickets = [ticket for line in self.lines for ticket in line.tickets]
        self.is_tracked = np.array([ticket is not None for ticket in self.tickets], bool)
        self.ranks = _ranks(np, [line.lane for line in self.lines])
        self.serves = self._mask([line.counters for line in self.lines])
        for line_number, place in self.released:
            self.arrives[:, self.first[line_number]] = self.free[:, place]

    def _columns(self, columns: list[Any], dtype: Any) -> Array:
        np = self._np
        table = np.empty((self._draws.runs, len(columns)), dtype)
        for number, column in enumerate(columns):
            table[:, number] = column
        return table

    def _line(self, able: frozenset[int], lane: Lane) -> Line:
        line = Line(able, lane)
        self.lines.append(line)
        return line

    def _mask(self, counters: Sequence[frozenset[int]]) -> Array:
        mask = self._np.zeros((len(self._hall.counters), len(counters)), bool)
        for number, places in enumerate(counters):
            mask[list(places), number] = True
        return mask


def _ranks(np: Any, lanes: Sequence[Lane]) -> Array:
    return np.array(
        [[precedence(lane, is_quota_turn=turn) for lane in lanes] for turn in (False, True)], float
    ).reshape(2, len(lanes))
