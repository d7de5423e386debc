"""Which counter serves what: the places of the configuration and what its official may."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from server.domain.calling import Lane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.config import Config


# Every lane, whatever the categories are now: a ticket may have been issued before they changed.
LANES = tuple(int(lane) for lane in Lane)


def servable(config: Config, counter: int, agencies: Sequence[str] | None) -> tuple[str, ...]:
    """
    List the services that a counter serves with its present official.

    Args:
        agencies: Those that the official serves; None: every agency.
    """
    return _servable(_Same(config), counter, tuple(agencies) if agencies is not None else None)


def rivals(config: Config, service: str) -> tuple[str, ...]:
    """List the services that share a counter with one, itself among them: who waits there may come first."""
    return _rivals(_Same(config), service)


def quota_every(config: Config) -> int | None:
    """Tell at least every how manieth call of a counter is of the quota lane; the strictest of the categories."""
    quotas = [category.quota_every for category in config.categories if category.quota_every]
    return min(quotas, default=None)


def lane_of(config: Config, category: str | None) -> Lane:
    """Tell the lane of a category's tickets; an unknown or retired one has no effect."""
    effect = config.category[category].effect if category in config.category else None
    return {"first": Lane.FIRST, "quota": Lane.QUOTA}.get(effect or "", Lane.ORDINARY)


class _Same:
    """Lets a configuration, which does not change, be the key of a cache by identity."""

    __slots__ = ("config",)

    def __init__(self, config: Config) -> None:
        self.config = config

    def __hash__(self) -> int:
        return id(self.config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.config is self.config


@cache
def _servable(same: _Same, counter: int, agencies: tuple[str, ...] | None) -> tuple[str, ...]:
    config = same.config
    services = config.counter[counter].services
    if agencies is None:
        return services
    return tuple(key for key in services if config.service[key].agency in agencies)


@cache
def _rivals(same: _Same, service: str) -> tuple[str, ...]:
    together: dict[str, None] = {service: None}
    for counter in same.config.counters:
        if service in counter.services:
            together.update(dict.fromkeys(counter.services))
    return tuple(together)
