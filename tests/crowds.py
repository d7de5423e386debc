"""Simulated people who all want one agency, so that they must wait though the hall is large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.visitors import Happening, Visitors

if TYPE_CHECKING:
    from server.config import Config

# Of the shipped centre: identity documents, at seven counters.
AGENCY = "moi"


class Crowd(Visitors):
    """Visitors of one agency."""

    def __init__(self, config: Config, seed: int) -> None:
        super().__init__(config, seed)
        wanted = [
            (service, weight)
            for service, weight in zip(self._services, self._weights, strict=True)
            if service.agency == AGENCY
        ]
        self._services, self._weights = [each for each, _ in wanted], [weight for _, weight in wanted]


class QuietCrowd(Crowd):
    """Visitors who stand beside the counter when they are called, and are served at once."""

    def happening(self) -> Happening:
        return Happening.NOTHING

    def comes(self) -> bool:
        return True

    def walk_s(self) -> float:
        return 0.0
