"""
How long a service lasts: lognormal, from the catalogue's minutes at first and from what was observed soon after.

Service times of offices are lognormal (Brown et al., JASA 100, 2005), so everything here is on the log scale. The
mean is shrunk to the catalogue's as if twelve visits had taken what it says, the spread likewise to a usual one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIATION = 0.7
"""Spread of a service time as a share of its mean, before anything was observed."""

PRIOR_VISITS = 12
"""What the catalogue's minutes weigh, in visits."""

ROUGH_BELOW = 30
"""Below so many visits an estimate is called rough."""

# Older visits fade, so that a service that changed is learned anew: about so many count.
REMEMBERED = 400
# Shorter ones are taps by mistake, longer ones were forgotten to be finished.
SHORTEST_S, LONGEST_S = 10.0, 3 * 3600.0
# What the whole hall says of its catalogue (it is too low everywhere, say) weighs against so many visits that it is right.
HALL_PRIOR_VISITS = 48

_PRIOR_VARIANCE = log(1 + VARIATION**2)


@dataclass(frozen=True, slots=True)
class Observed:
    """
    Visits of one service, as sums over the logarithms of their seconds.

    Attributes:
        seen: Visits ever.
        weight: What they count for, as older ones fade.
    """

    seen: int = 0
    weight: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    def add(self, seconds: float) -> Observed:
        """Take one visit in; what cannot be a service is left out."""
        if not SHORTEST_S <= seconds <= LONGEST_S:
            return self
        fade = min(1.0, REMEMBERED / (self.weight + 1.0))
        value = log(seconds)
        return Observed(
            self.seen + 1,
            self.weight * fade + 1.0,
            self.total * fade + value,
            self.squares * fade + value * value,
        )


class Duration(NamedTuple):
    """
    A lognormal length of service.

    Attributes:
        mu: Mean of the logarithm of its seconds.
        sigma: Standard deviation of that logarithm.
        doubt: Standard error of `mu`: what few visits leave open.
        seen: Visits behind it.
    """

    mu: float
    sigma: float
    doubt: float = 0.0
    seen: int = 0

    @property
    def mean_s(self) -> float:
        """Tell the expected length."""
        return exp(self.mu + self.sigma**2 / 2)

    @property
    def is_rough(self) -> bool:
        """Tell whether too few visits stand behind it to be told without a warning."""
        return self.seen < ROUGH_BELOW


def prior_mu(expected_s: float) -> float:
    """
    Tell the log mean that the catalogue's length stands for.

    >>> round(Duration(prior_mu(600), sqrt(_PRIOR_VARIANCE)).mean_s)
    600
    """
    return log(expected_s) - _PRIOR_VARIANCE / 2


def durations(expected_s: Mapping[str, float], observed: Mapping[str, Observed]) -> dict[str, Duration]:
    """
    Tell how long each service lasts, from the catalogue and from what was seen.

    Args:
        expected_s: Seconds by service, of the catalogue.
        observed: By service; services that are no longer offered do no harm.

    >>> learned = durations({"passport": 600}, {})["passport"]
    >>> round(learned.mean_s), learned.is_rough
    (600, True)
    """
    shift = _hall_shift(expected_s, observed)
    return {
        service: _duration(prior_mu(expected) + shift, observed.get(service, Observed()))
        for service, expected in expected_s.items()
    }


def _duration(mu: float, seen: Observed) -> Duration:
    weight = seen.weight
    mean = (PRIOR_VISITS * mu + seen.total) / (PRIOR_VISITS + weight)
    around = max(seen.squares - seen.total**2 / weight, 0.0) if weight else 0.0
    variance = (PRIOR_VISITS * _PRIOR_VARIANCE + around) / (PRIOR_VISITS + max(weight - 1, 0.0))
    return Duration(mean, sqrt(variance), sqrt(variance / (PRIOR_VISITS + weight)), seen.seen)


def _hall_shift(expected_s: Mapping[str, float], observed: Mapping[str, Observed]) -> float:
    """
    Tell by how much the catalogue is wrong everywhere, on the log scale: services seldom seen profit from the others.

    No service weighs more than its prior does, or the busiest would speak for all.
    """
    weights = total = 0.0
    for service, seen in observed.items():
        if service in expected_s and seen.weight:
            weight = min(seen.weight, PRIOR_VISITS)
            weights += weight
            total += weight * (seen.total / seen.weight - prior_mu(expected_s[service]))
    return total / (weights + HALL_PRIOR_VISITS)
