"""What is to be tried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from server.domain.calling import Lane

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.domain.laboratory.day import Leg

# Who comes at a time agreed before, or for what is ready, has a target of their own for the first service.
OWN_TARGET = ("appointment", "collect")


@dataclass(frozen=True, slots=True)
class Changes:
    """
    How the day is to differ from what it was; nothing by default.

    Attributes:
        targets: By service the seconds within which it is now promised to call a walk-in.
        arrivals: The same by the way of coming, `appointment` or `collect`.
        credits: By the seconds of a credit as it was, those that it is to be. The log has no category, only what the law
            gave: categories of one credit change together.
        quota_every: At least every Nth call of a counter is of the quota lane; None: as it was.
        added: Counters of which there is to be a second one, with the same services at the same times.
        removed: Counters that stay closed.
    """

    targets: Mapping[str, int] = field(default_factory=dict)
    arrivals: Mapping[str, int] = field(default_factory=dict)
    credits: Mapping[int, int] = field(default_factory=dict)
    quota_every: int | None = None
    added: tuple[int, ...] = ()
    removed: frozenset[int] = frozenset()

    @property
    def are_none(self) -> bool:
        """Tell that nothing is to differ."""
        return self == Changes()

    def target_s(self, leg: Leg) -> int:
        """Tell a ticket's target in seconds for what it waits for."""
        if leg.origin in OWN_TARGET:
            return self.arrivals.get(leg.origin, leg.target_s)
        return self.targets.get(leg.service, leg.target_s)

    def credit_s(self, leg: Leg) -> int:
        """Tell a ticket's credit in seconds; who is first by law needs none."""
        if leg.lane is Lane.FIRST:
            return leg.credit_s
        return self.credits.get(leg.credit_s, leg.credit_s)
