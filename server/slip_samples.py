"""Figures of slips that nobody has: for the preview, for pictures, for a look at a new layout."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from printing.jobs import Job

if TYPE_CHECKING:
    from server.config import Config

KINDS = ("ticket", "rating", "appointment", "collection", "checkpoint", "test")
TOKEN = "Zk3vT9qLw2Xc7RbN1yPd5g"
ROOT = "abcdef123456789" * 4 + "0f1e"
SIGNED = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ"


def sample_job(
    kind: str,
    config: Config,
    now: datetime,
    *,
    language: str,
    printer: str,
    copy_no: int = 0,
    service: str | None = None,
) -> Job:
    """
    Make a job as its kind would be written now.

    Args:
        service: Of the slip; the first that suits the kind when left out.
    """
    channel = {"appointment": "appointment", "collection": "collect"}.get(kind, "walk_in")
    fitting = (each.key for each in config.services if channel in each.channels)
    chosen = service or next(fitting, config.services[0].key)
    document = sample_figures(kind, config, now, chosen)
    return Job(0, printer, kind, document, language, copy_no, now, None)


def sample_figures(kind: str, config: Config, now: datetime, service: str) -> dict[str, Any]:
    """Give what a job of a kind holds."""

    def at(minutes: float) -> str:
        return (now + timedelta(minutes=minutes)).isoformat()

    offered = config.service[service]
    number = {"number": f"{offered.series}012", "service": service}
    policy = config.policy
    slot = 24 * 60 + 90
    origin = f"navbat/{config.centre.key}"
    figures: dict[str, dict[str, Any]] = {
        "ticket": {
            **number,
            "code": "K7M3XQ",
            "token": TOKEN,
            "issued_at": at(0),
            "due_at": at(offered.target_minutes),
            "ahead": 7,
            "wait": {"low_at": at(15), "likely_at": at(28), "high_at": at(40), "rough": False},
            "receipt": "3fa9-01bc-77d2-e05a",
        },
        "rating": {
            **number,
            "rating_token": TOKEN,
            "served_at": at(25),
            "valid_until": at(config.rating.valid_days * 24 * 60),
        },
        "appointment": {
            "service": service,
            "code": "P4NW8T",
            "slot_at": at(slot),
            "from_at": at(slot - policy.early_minutes),
            "until_at": at(slot + policy.late_minutes),
        },
        "collection": {"service": service, "code": "H6RD2V", "ready_at": at(-120)},
        "checkpoint": {
            "origin": origin,
            "size": 48213,
            "root": ROOT,
            "at": at(480),
            "policy": policy.version,
            "note": (
                f"{origin}\n48213\n{SIGNED}q83vEjRWeJA=\nat 2026-11-24T14:00:00.000000Z\npolicy {policy.version}\n\n"
                f"— {origin} Hw8aN6vN7xI0{SIGNED}{SIGNED}q83vEjRWeJCrze8=\n"
            ),
        },
        "test": {"at": at(0)},
    }
    return figures[kind]
