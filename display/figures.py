"""The public statistics in words: minutes, shares and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.wording import Wording

NOT_KNOWN = "–"


def shown(row: dict[str, Any], words: Wording) -> dict[str, Any]:
    """Write a row's figures as people read them."""
    return {
        **row,
        "wait_p50": minutes(row["wait_p50_s"], words),
        "wait_p90": minutes(row["wait_p90_s"], words),
        "in_target": percent(row["in_target"]),
        "rating": NOT_KNOWN if row["rating"] is None else f"{row['rating']:.1f}",
        "response_rate": percent(row["response_rate"]),
    }


def minutes(seconds: int | None, words: Wording) -> str:
    """Write a wait in whole minutes, rounded up."""
    if seconds is None:
        return NOT_KNOWN
    return words.text("statistics.minutes", n=-(-seconds // 60))


def percent(share: float | None) -> str:
    """
    Write a share.

    >>> percent(0.914), percent(None)
    ('91 %', '–')
    """
    return NOT_KNOWN if share is None else f"{share * 100:.0f} %"


def promise(estimate: dict[str, Any], words: Wording) -> str:
    """Say how many were called by the time that was promised to them."""
    if estimate["share"] is None:
        return words.text("statistics.promise_none")
    return words.text("statistics.promise_kept", share=percent(estimate["share"]), n=estimate["promised"])
