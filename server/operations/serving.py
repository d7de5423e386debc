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
# Why a team called out of turn whose list was changed while it had no network; the hall has a word for it itself.
WITHOUT_NETWORK = "without_network"


def servable(
    config: Config, counter: int, agencies: Sequence[str] | None, services: Sequence[str] | None = None
) -> tuple[str, ...]:
    """
    List the services that a counter serves with its present official.

    Args:
        agencies: Those that the official serves; None: every agency.
        services: Those that the official has learned; None: all of the agencies.
    """
    return _servable(_Same(config), counter, _as_key(agencies), _as_key(services))


def is_reached_by(config: Config, counter: int, agencies: Sequence[str] | None) -> bool:
    """Tell whether a counter offers anything of these agencies: whoever serves others has no business there."""
    offered = {config.service[key].agency for key in config.counter[counter].services}
    return agencies is None or not offered.isdisjoint(agencies)


def bound_to_counter(number: int) -> str:
    """Name a counter as that which a ticket waits for."""
    return f"counter:{number}"


def bound_to_official(id: int) -> str:
    """Name an official as those whom a ticket waits for."""
    return f"official:{id}"


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


def _as_key(keys: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if keys is None else tuple(keys)


@cache
def _servable(
    same: _Same, counter: int, agencies: tuple[str, ...] | None, services: tuple[str, ...] | None
) -> tuple[str, ...]:
    config = same.config
    return tuple(
        key
        for key in config.counter[counter].services
        if (agencies is None or config.service[key].agency in agencies)
        and (services is None or key in services)
    )


@cache
def _rivals(same: _Same, service: str) -> tuple[str, ...]:
    together: dict[str, None] = {service: None}
    for counter in same.config.counters:
        if service in counter.services:
            together.update(dict.fromkeys(counter.services))
    return tuple(together)
