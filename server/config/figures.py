"""What a version of the policy stands for: every figure by which visitors are called, as the public is told it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from server.config.models import Config

Figures = dict[str, Any]


def figures_of(config: Config) -> Figures:
    """
    Tell the figures of the calling rule, in the units in which they are written.

    Returns:
        `{target_minutes: {walk_in, appointment, collect}, services: {key: minutes}, categories: {key: {effect,
        credit_minutes, quota_every}}, recall_limit, recall_after_s, grace_minutes, missed_penalty_minutes, closing,
        early_minutes, late_minutes}`.
    """
    policy = config.policy.model_dump(
        mode="json", exclude={"version", "out_of_turn_reasons", "pause_reasons"}
    )
    return {
        **policy,
        "services": {each.key: each.target_minutes for each in config.services},
        "categories": {
            each.key: {
                "effect": each.effect,
                "credit_minutes": each.credit_minutes,
                "quota_every": each.quota_every,
            }
            for each in config.categories
        },
    }


def are_other(before: Figures, after: Figures) -> bool:
    """
    Tell whether the rule itself differs: a service that is offered anew or no more does not change it for the others.

    >>> old = {"grace_minutes": 10, "services": {"a": 20, "b": 30}}
    >>> are_other(old, {"grace_minutes": 10, "services": {"a": 20, "c": 5}})
    False
    >>> are_other(old, {"grace_minutes": 10, "services": {"a": 25, "b": 30}})
    True
    """
    common = before["services"].keys() & after["services"].keys()
    return (
        {key: value for key, value in before.items() if key != "services"}
        != {key: value for key, value in after.items() if key != "services"}
    ) or any(before["services"][key] != after["services"][key] for key in common)


def free_version(today: date, taken: set[str]) -> str:
    """
    Name a policy's next version by its day, with a letter when it is taken.

    >>> from datetime import date
    >>> free_version(date(2026, 11, 25), {"2026-11-25", "2026-11-25b"})
    '2026-11-25c'
    """
    day = today.isoformat()
    names = (day, *(f"{day}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz"))
    return next(
        (name for name in names if name not in taken),
        f"{day}.{len(taken) + 1}",
    )
