"""
Simulated days in a hall whose truth is known: visitors come, `choose_next` calls them, and everybody is told a wait.

Only values and chance, no database: a day takes as long as its forecasts do. The rule, the forecast and what is learned
are the program's own; what is simulated is people.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from server.domain.calling import Candidate, Lane, choose_next
from server.domain.waiting import (
    Comer,
    Following,
    Hall,
    InHand,
    OpenCounter,
    WaitingTicket,
    forecast,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from server.domain.learning import Learned

FIRST_DAY = datetime(2026, 11, 24, tzinfo=UTC)
METHODS = (
    "navbat",
    "last ten",
    "last to enter service",
    "queue length, catalogue",
    "queue length, learned",
    "queue length, call interval",
)


@dataclass(frozen=True)
class Service:
    """A service as it is (`mean_s`) and as the catalogue says (`catalogue_s`)."""

    key: str
    mean_s: float
    catalogue_s: float
    share: float
    target_s: float = 900.0
    variation: float = 0.7


@dataclass(frozen=True)
class Scene:
    """A hall and its people."""

    services: tuple[Service, ...]
    counters: tuple[frozenset[str], ...]
    arrivals: Callable[[random.Random], Sequence[float]]
    speeds: tuple[float, ...] = ()
    credit_s: float = 600.0
    with_credit: float = 0.15
    with_second: float = 0.05
    no_show: float = 0.06
    breaks: bool = False
    opens_s: float = 9 * 3600


@dataclass
class Visitor:
    id: int
    service: Service
    came_s: float
    due_s: float
    credit_s: float
    second: Service | None = None
    told_s: dict[str, float] = field(default_factory=dict)
    promised_s: float | None = None
    nominal_s: float | None = None
    had_to_wait: bool = False
    called_s: float | None = None


@dataclass
class Counter:
    number: int
    skills: frozenset[str]
    speed: float
    free_s: float = 0.0
    in_hand: Visitor | None = None
    called_s: float = 0.0
    started_s: float | None = None
    is_away: bool = False


class TwoPeaks:
    """Draws the arrivals of a day from nine to half past five, with a morning and an afternoon peak."""

    def __init__(self, visitors: float) -> None:
        self.visitors = visitors

    def __call__(self, chance: random.Random) -> list[float]:
        today = self.visitors * chance.uniform(0.9, 1.1)
        weights = [
            0.55 + math.exp(-(((hour - 10.5) / 1.0) ** 2)) + 0.9 * math.exp(-(((hour - 15.0) / 1.1) ** 2))
            for hour in [9.25 + half / 2 for half in range(17)]
        ]
        times = []
        for half, weight in enumerate(weights):
            mean = today * weight / sum(weights)
            count = max(0, round(chance.gauss(mean, math.sqrt(mean))))
            times += [9 * 3600 + 1800 * (half + chance.random()) for _ in range(count)]
        return sorted(times)


class BankDays:
    """
    Takes the arrivals of a bank's days, one after another, each visitor kept with the same chance.

    Args:
        counts: By day, the arrivals of each five minutes since seven o'clock.
        visitors: How many are kept of a usual day.
    """

    def __init__(self, counts: Sequence[Sequence[int]], visitors: float) -> None:
        self._days = iter(counts)
        self._keep = visitors * len(counts) / sum(map(sum, counts))

    def __call__(self, chance: random.Random) -> list[float]:
        times = [
            7 * 3600 + 300 * (place + chance.random())
            for place, count in enumerate(next(self._days))
            for _ in range(count)
            if chance.random() < self._keep
        ]
        return sorted(times)


class Day:
    """
    One day.

    Args:
        measured: Share of the visitors for whom every method tells a wait.
        runs: How often the forecast plays the hall.
    """

    def __init__(
        self,
        scene: Scene,
        learned: Learned,
        *,
        number: int,
        seed: int,
        measured: float = 1.0,
        runs: int | None = None,
    ) -> None:
        self.scene, self.learned, self.measured, self.runs = scene, learned, measured, runs
        self.chance = random.Random(seed)
        self.start = FIRST_DAY + timedelta(days=number)
        self.day = self.start.date().isoformat()
        speeds = scene.speeds or (1.0,) * len(scene.counters)
        self.counters = [
            Counter(place + 1, skills, speed, free_s=scene.opens_s)
            for place, (skills, speed) in enumerate(zip(scene.counters, speeds, strict=True))
        ]
        self.by_key = {service.key: service for service in scene.services}
        self.expected_s = {service.key: service.catalogue_s for service in scene.services}
        self.waiting: dict[int, Visitor] = {}
        self.visitors: list[Visitor] = []
        self.waits: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=10))
        self.calls: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=11))
        self.events: list[tuple[float, int, str, object]] = []
        self._order = 0

    def run(self) -> list[Visitor]:
        """Live through it, and return those who were told a wait and called."""
        scene = self.scene
        for at in scene.arrivals(self.chance):
            self._plan(at, "comes", None)
        for counter in self.counters:
            self._plan(scene.opens_s, "free", counter)
            if scene.breaks:
                self._plan(12 * 3600 + 600 * counter.number, "break", counter)
        while self.events:
            now, _, kind, what = heapq.heappop(self.events)
            getattr(self, f"_{kind}")(now, what)
        return [each for each in self.visitors if each.told_s and each.called_s is not None]

    def _plan(self, at: float, kind: str, what: object) -> None:
        self._order += 1
        heapq.heappush(self.events, (at, self._order, kind, what))

    def _at(self, seconds: float) -> datetime:
        return self.start + timedelta(seconds=seconds)

    # What happens.

    def _comes(self, now: float, _what: object) -> None:
        scene, chance = self.scene, self.chance
        service = chance.choices(scene.services, [each.share for each in scene.services])[0]
        credit_s = scene.credit_s if chance.random() < scene.with_credit else 0.0
        second = chance.choice(scene.services) if chance.random() < scene.with_second else None
        visitor = Visitor(
            len(self.visitors) + 1, service, now, now + service.target_s - credit_s, credit_s, second
        )
        self.visitors.append(visitor)
        comer = Comer(service.key, Lane.ORDINARY, service.target_s - credit_s)
        if chance.random() < self.measured:
            self._tell(now, visitor, comer)
        self.learned.issued(
            visitor.id,
            self._at(now),
            comer,
            day=self.day,
            slot=int(now // 1800),
            promised_at=self._at(visitor.promised_s) if visitor.promised_s is not None else None,
        )
        self.waiting[visitor.id] = visitor
        self._call_idle(now, service.key)
        visitor.had_to_wait = visitor.called_s is None

    def _call_idle(self, now: float, service: str) -> None:
        for counter in self.counters:
            if (
                counter.in_hand is None
                and not counter.is_away
                and counter.free_s <= now
                and (service in counter.skills)
            ):
                self._next(now, counter)
                return

    def _free(self, now: float, counter: Counter) -> None:
        if counter.in_hand is None and not counter.is_away:
            self._next(now, counter)

    def _break(self, now: float, counter: Counter) -> None:
        if counter.in_hand is not None:
            self._plan(now + 30, "break", counter)  # after this visitor
            return
        counter.is_away = True
        self.learned.stopped(counter.number)
        self._plan(now + 1800, "back", counter)

    def _back(self, now: float, counter: Counter) -> None:
        counter.is_away = False
        self._next(now, counter)

    def _next(self, now: float, counter: Counter) -> None:
        choice = choose_next(
            Candidate(each.id, self._at(each.due_s))
            for each in self.waiting.values()
            if each.service.key in counter.skills
        )
        if choice is None:
            return
        visitor = self.waiting.pop(choice.id)
        if visitor.called_s is None:
            visitor.called_s = now
            self.waits[visitor.service.key].append(now - visitor.came_s)
            self.calls[visitor.service.key].append(now)
        self.learned.called(visitor.id, self._at(now), counter.number)
        counter.in_hand, counter.called_s, counter.started_s = visitor, now, None
        if self.chance.random() < self.scene.no_show:
            self._plan(now + self.chance.uniform(90, 150), "absent", counter)
        else:
            self._plan(now + self.chance.uniform(10, 50), "start", counter)

    def _absent(self, now: float, counter: Counter) -> None:
        assert counter.in_hand
        self.learned.absented(self._at(now), counter.number, counter.in_hand.service.key)
        self._release(now, counter)

    def _start(self, now: float, counter: Counter) -> None:
        assert counter.in_hand
        service = counter.in_hand.service
        self.learned.started(self._at(now), counter.number, service.key)
        counter.started_s = now
        sigma = math.sqrt(math.log(1 + service.variation**2))
        length_s = self.chance.lognormvariate(math.log(service.mean_s) - sigma**2 / 2, sigma)
        self._plan(now + max(length_s * counter.speed, 15.0), "finish", counter)

    def _finish(self, now: float, counter: Counter) -> None:
        visitor = counter.in_hand
        assert visitor
        self.learned.freed(self._at(now), counter.number, visitor.service.key)
        self._release(now, counter)
        if visitor.second is not None:
            visitor.service, visitor.second = visitor.second, None
            visitor.due_s = visitor.came_s + visitor.service.target_s - visitor.credit_s
            self.waiting[visitor.id] = visitor
            self._call_idle(now, visitor.service.key)

    def _release(self, now: float, counter: Counter) -> None:
        counter.in_hand, counter.started_s = None, None
        counter.free_s = now + self.chance.uniform(5, 25)
        self._plan(counter.free_s, "free", counter)

    # What is told.

    def _tell(self, now: float, visitor: Visitor, comer: Comer) -> None:
        told = forecast(self.hall(now), [comer], seed=visitor.id, runs=self.runs).newcomers[comer]
        visitor.promised_s = (told.promised_at(self._at(now)) - self.start).total_seconds()
        visitor.nominal_s = now + told.high_s
        last = self.waits[visitor.service.key]
        visitor.told_s = {
            "navbat": told.likely_s,
            "last ten": sum(last) / len(last) if last else 0.0,
            "last to enter service": last[-1] if last else 0.0,
            **self._by_queue_length(visitor),
        }

    def _by_queue_length(self, visitor: Visitor) -> dict[str, float]:
        """Tell what a simple rule tells: those ahead, times a length, by the counters; nothing when one is free."""
        service = visitor.service.key
        open_now = [counter for counter in self.counters if not counter.is_away]
        own = [counter for counter in open_now if service in counter.skills]
        if any(counter.in_hand is None for counter in own) or not own:
            return dict.fromkeys(METHODS[3:], 0.0)
        rivals = frozenset().union(*(counter.skills for counter in own))
        shared = [counter for counter in open_now if counter.skills & rivals]
        ahead = [each for each in self.waiting.values() if each.due_s <= visitor.due_s]
        kinds = [each.service.key for each in ahead if each.service.key in rivals] + [service]
        learned = self.learned.habits(self.expected_s)
        said_s = sum(self.expected_s[key] for key in kinds)
        known_s = sum(learned.durations[key].mean_s + learned.walk_s + learned.turnaround_s for key in kinds)
        calls = self.calls[service]
        interval_s = (calls[-1] - calls[0]) / (len(calls) - 1) if len(calls) > 1 else self.expected_s[service]
        same = sum(each.service.key == service for each in ahead) + 1
        return {
            "queue length, catalogue": said_s / len(shared),
            "queue length, learned": known_s / len(shared),
            "queue length, call interval": same * interval_s,
        }

    def hall(self, now: float) -> Hall:
        """The hall as the program would read it."""
        at = self._at(now)
        return Hall(
            at=at,
            waiting=[
                WaitingTicket(
                    each.id, each.service.key, self._at(each.due_s), following=self._following(each)
                )
                for each in self.waiting.values()
            ],
            counters=[
                OpenCounter(counter.number, counter.skills, self._in_hand(now, counter))
                for counter in self.counters
                if not counter.is_away
            ],
            habits=self.learned.habits(self.expected_s),
            streams=self.learned.streams(at, day=self.day, slot=int(now // 1800)),
            high=self.learned.level,
        )

    def _following(self, visitor: Visitor) -> tuple[Following, ...]:
        if visitor.second is None:
            return ()
        due_s = visitor.came_s + visitor.second.target_s - visitor.credit_s
        return (Following(visitor.second.key, self._at(due_s)),)

    def _in_hand(self, now: float, counter: Counter) -> InHand | None:
        if counter.in_hand is None:
            return None
        since = counter.called_s if counter.started_s is None else counter.started_s
        return InHand(
            counter.in_hand.service.key,
            now - since,
            counter.started_s is not None,
            following=self._following(counter.in_hand),
        )


@dataclass(frozen=True)
class Score:
    """How well each method did, over visitors who had to wait."""

    visitors: int
    mean_wait_s: float
    error_s: dict[str, float]
    kept: float
    kept_by_all: float
    kept_unrounded: float

    @property
    def gain(self) -> float:
        """How much smaller the error is than that of the best other method."""
        others = min(error for method, error in self.error_s.items() if method != "navbat")
        return 1 - self.error_s["navbat"] / others


def score(visitors: Sequence[Visitor]) -> Score:
    """Compare what was told with what came."""
    waited = [each for each in visitors if each.had_to_wait]

    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values)

    def wait(each: Visitor) -> float:
        return (each.called_s or 0.0) - each.came_s

    return Score(
        visitors=len(waited),
        mean_wait_s=mean([wait(each) for each in waited]),
        error_s={
            method: mean([abs(each.told_s[method] - wait(each)) for each in waited]) for method in METHODS
        },
        kept=mean([(each.called_s or 0) <= (each.promised_s or 0) for each in waited]),
        kept_by_all=mean([(each.called_s or 0) <= (each.promised_s or 0) for each in visitors]),
        kept_unrounded=mean([(each.called_s or 0) <= (each.nominal_s or 0) for each in waited]),
    )


def mixed_hall(visitors: float, *, breaks: bool = False) -> Scene:
    """Thirteen counters with mixed skills, six services, and a catalogue that is 20 to 50 % wrong."""
    services = (
        Service("passport", 780, 600, 0.21),
        Service("id_card", 540, 720, 0.19),
        Service("birth", 660, 480, 0.18),
        Service("pension", 960, 1200, 0.13),
        Service("tax", 420, 600, 0.21),
        Service("collect", 150, 240, 0.08, target_s=300.0),
    )
    skills = (
        [{"passport", "id_card", "collect"}] * 4
        + [{"passport", "id_card"}]
        + [{"birth", "pension"}] * 3
        + [{"birth", "tax", "collect"}] * 2
        + [{"tax", "pension"}] * 2
        + [{"passport", "birth", "tax", "pension", "id_card"}]
    )
    chance = random.Random(7)
    return Scene(
        services,
        tuple(frozenset(each) for each in skills),
        TwoPeaks(visitors),
        speeds=tuple(chance.uniform(0.88, 1.12) for _ in skills),
        breaks=breaks,
    )


def bank_hall(counts: Sequence[Sequence[int]], visitors: float) -> Scene:
    """A bank's hall of ten counters with four services, its catalogue wrong in both directions."""
    services = (
        Service("cash", 240, 360, 0.42),
        Service("account", 720, 480, 0.24),
        Service("card", 420, 300, 0.22),
        Service("loan", 1500, 1800, 0.12),
    )
    skills = (
        [{"cash", "card"}] * 3
        + [{"cash", "account", "card"}] * 3
        + [{"account", "loan"}] * 3
        + [{"loan", "card"}]
    )
    return Scene(
        services, tuple(frozenset(each) for each in skills), BankDays(counts, visitors), opens_s=7 * 3600
    )
