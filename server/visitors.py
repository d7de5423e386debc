"""Simulated visitors and officials: who comes when and for what, and how long they take. Only chance, no clock."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
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
        order = random.Random(1)
        ranks = list(range(1, len(self._services) + 1))
        order.shuffle(ranks)
        # Short services are asked for more often than long ones.
        self._weights = [
            rank**-SKEW / service.minutes for rank, service in zip(ranks, self._services, strict=True)
        ]

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
