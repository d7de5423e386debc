"""Chance: how long each visit takes a counter, drawn for many halls at once."""

from __future__ import annotations

from math import log
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from server.domain.durations import Duration, prior_mu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.domain.waiting.hall import Habits, InHand

    Array = Any  # numpy.ndarray: numpy is imported late, so that a server without visitors starts without it

_NORMAL = NormalDist()
# A service that is no longer in the catalogue: a guess.
_UNKNOWN = Duration(prior_mu(600.0), 0.63, 0.3)
_LEAST_S = 5.0
# The chance of surviving so long is the smallest that the normal distribution still inverts.
_LEAST_CHANCE = 1e-280


class Draws:
    """
    Draws for `runs` halls; the same seed draws the same.

    What is not known of a service's mean is drawn once for each hall, so that it is the same for all its visits.
    """

    def __init__(self, habits: Habits, services: Sequence[str], *, runs: int, seed: int) -> None:
        import numpy as np

        self._np = np
        self._habits = habits
        self.runs = runs
        self.random = np.random.Generator(np.random.SFC64(seed))
        known = [habits.durations.get(service, _UNKNOWN) for service in services]
        self._sigma = np.array([each.sigma for each in known])
        doubt = np.array([each.doubt for each in known]) * self.random.standard_normal((runs, len(known)))
        self._mu = np.array([each.mu for each in known]) + doubt
        self._absence = np.array([habits.absence.get(service, habits.usual_absence) for service in services])

    def visits(self, services: Array) -> Array:
        """
        Draw how long visits keep a counter from the next call, in seconds.

        Args:
            services: Numbers of services, [visit] or [run, visit].
        """
        np, habits = self._np, self._habits
        wanted = np.broadcast_to(services, (self.runs, services.shape[-1]))
        sigma = self._sigma[wanted]
        mu = np.take_along_axis(self._mu, wanted, axis=1)
        serve = np.exp(mu + sigma * self.random.standard_normal(wanted.shape))
        come = self.random.random(wanted.shape) >= self._absence[wanted]
        walk = habits.walk_s * (0.5 + self.random.random(wanted.shape))
        return np.where(come, walk + serve, habits.absent_s) + self._turnaround(wanted.shape)

    def rest(self, in_hand: InHand) -> Array:
        """Draw how long the visitor in hand goes on keeping the counter."""
        np, habits = self._np, self._habits
        known = habits.durations.get(in_hand.service, _UNKNOWN)
        turnaround = self._turnaround((self.runs,))
        if in_hand.is_serving:
            return self._rest_of_service(known, in_hand.elapsed_s) + turnaround
        serve = self._rest_of_service(known, 0.0)
        absence = habits.absence.get(in_hand.service, habits.usual_absence)
        come = self.random.random(self.runs) >= absence
        walk = np.maximum(habits.walk_s * (0.5 + self.random.random(self.runs)) - in_hand.elapsed_s, _LEAST_S)
        gone = max(habits.absent_s - in_hand.elapsed_s, _LEAST_S)
        return np.where(come, walk + serve, gone) + turnaround

    def _rest_of_service(self, known: Duration, elapsed_s: float) -> Array:
        """Draw what is left of a service that has lasted `elapsed_s`: lognormal, on condition that it lasts."""
        np = self._np
        sigma = (known.sigma**2 + known.doubt**2) ** 0.5
        lasts = 1.0
        if elapsed_s > 0:
            lasts = _NORMAL.cdf((known.mu - log(elapsed_s)) / sigma)
        # Evenly spread chances, shuffled: fewer runs then tell as much.
        chances = (self.random.permutation(self.runs) + self.random.random(self.runs)) / self.runs
        chances = np.maximum(chances * max(lasts, _LEAST_CHANCE), _LEAST_CHANCE)
        scores = np.array([-_NORMAL.inv_cdf(min(chance, 1 - 1e-12)) for chance in chances])
        return np.maximum(np.exp(known.mu + sigma * scores) - elapsed_s, _LEAST_S)

    def _turnaround(self, shape: tuple[int, ...]) -> Array:
        return self._habits.turnaround_s * self.random.standard_exponential(shape)
