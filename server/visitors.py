"""Simulated visitors and officials: who comes when and for what, and how long they take. Only chance, no clock."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from server.domain.waiting import VARIATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.config import Config, Service

# Of all visitors: by what they speak, and how often the law puts one forward. Guesses, not counts.
LANGUAGES = {"az": 70, "ru": 16, "en": 6, "tr": 5, "uz": 3}
WITH_CATEGORY = 0.08
WITH_SECOND_SERVICE = 0.06
NO_SHOW = 0.05
RATES = 0.45
SCORES = {5: 62, 4: 22, 3: 9, 2: 4, 1: 3}
# The nth most wanted service is asked for 1/n**SKEW as often as the first: a few services make most of the day.
SKEW = 0.8
WALK_S = (8.0, 30.0)


class Happening(Enum):
    """What may come between."""

    NOTHING = "nothing"
    GOES_AWAY = "goes away"
    NEEDS_TIME = "needs time"
    FETCHES_A_PAPER = "fetches a paper"
    IS_SENT_ON = "is sent on"


HAPPENINGS = {
    Happening.NOTHING: 88,
    Happening.GOES_AWAY: 3,
    Happening.NEEDS_TIME: 2,
    Happening.FETCHES_A_PAPER: 4,
    Happening.IS_SENT_ON: 3,
}
WITH_APPOINTMENT = 0.25


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor asks the kiosk for."""

    service: str
    also: tuple[str, ...]
    category: str | None
    language: str


class Visitors:
    """Draws visitors; the same seed draws the same ones."""

    def __init__(self, config: Config, seed: int) -> None:
        self._random = random.Random(seed)
        self._categories = [category.key for category in config.categories]
        self._languages = [each for each in LANGUAGES if each in config.centre.languages] or list(
            config.centre.languages
        )
        self._services = [each for each in config.services if "walk_in" in each.channels]
        self._channels = {each.key: each.channels for each in config.services}
        self._weights = _weights(config, self._services)

    def pause_s(self, per_hour: float) -> float:
        """Draw the time to the next arrival; independent arrivals leave exponential gaps."""
        return self._random.expovariate(per_hour / 3600)

    def wish(self) -> Wish:
        """Draw what a visitor comes for."""
        service = self._service()
        also: tuple[str, ...] = ()
        if self._random.random() < WITH_SECOND_SERVICE:
            second = self._service()
            also = (second.key,) if second.key != service.key else ()
        category = None
        if self._categories and self._random.random() < WITH_CATEGORY:
            category = self._random.choice(self._categories)
        weights = [LANGUAGES.get(each, 1) for each in self._languages]
        language = self._random.choices(self._languages, weights)[0]
        return Wish(service.key, also, category, language)

    def walk_s(self) -> float:
        """Draw how long the way to the counter takes."""
        return self._random.uniform(*WALK_S)

    def service_s(self, minutes: float) -> float:
        """Draw a service time: lognormal, with the catalogue's minutes as its mean."""
        sigma = math.sqrt(math.log(1 + VARIATION**2))
        return self._random.lognormvariate(math.log(minutes * 60) - sigma**2 / 2, sigma)

    def comes(self) -> bool:
        """Draw whether a called visitor is there."""
        return self._random.random() >= NO_SHOW

    def happens(self, probability: float) -> bool:
        """Draw whether something happens."""
        return self._random.random() < probability

    def happening(self) -> Happening:
        """Draw what comes between, if anything."""
        return self._random.choices(list(HAPPENINGS), list(HAPPENINGS.values()))[0]

    def way(self, service: str) -> str:
        """Draw how a visitor comes for a service: "walk_in", "appointment" or "collect"."""
        channels = self._channels[service]
        if "collect" in channels and self.happens(0.5):
            return "collect"
        if "appointment" in channels and self.happens(WITH_APPOINTMENT):
            return "appointment"
        return "walk_in"

    def early_minutes(self) -> float:
        """Draw by how much before the slot a visitor with an appointment comes; below 0: after it."""
        return self._random.triangular(-15, 29, 8)

    def score(self) -> int | None:
        """Draw a rating; None for those who give none."""
        if self._random.random() >= RATES:
            return None
        return self._random.choices(list(SCORES), list(SCORES.values()))[0]

    def moment_s(self, at_most: float) -> float:
        """Draw a little waiting, so that not everything happens at once."""
        return self._random.uniform(0, at_most)

    def _service(self) -> Service:
        services: Sequence[Service] = self._services
        return self._random.choices(services, self._weights)[0]


def _weights(config: Config, services: Sequence[Service]) -> list[float]:
    """
    Weigh services by how often they are asked for.

    A centre has counters for what is asked for, so each agency's visitors fill its counters alike; within an agency a
    few services make most of the day, the short ones above all.
    """
    counters = dict.fromkeys(config.agency, 0.0)
    for counter in config.counters:
        for agency in counter.agencies:
            counters[agency] += 1 / len(counter.agencies)
    order = random.Random(1)
    shares: dict[str, float] = {}
    for agency in config.agency:
        offered = [each for each in services if each.agency == agency]
        order.shuffle(offered)
        wanted = {each.key: rank**-SKEW / each.minutes for rank, each in enumerate(offered, start=1)}
        work = sum(wanted[each.key] * each.minutes for each in offered)
        shares.update({key: share * counters[agency] / work for key, share in wanted.items()})
    return [shares[each.key] for each in services]
