"""The wait in words, for the first view of the phone page (`server/static/js/wait.js` says the same live); and refusals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from server.error_pages import detail_of
from server.errors import CodeOfOtherCentre, QueueError
from server.wording import Wording, clock_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

STEP_S = 300


@dataclass(frozen=True, slots=True)
class WaitTimes:
    """
    When a visitor will be called, as clock times; `begins` to `ends` is likely, by `latest` it is 9 in 10.

    Attributes:
        is_soon: Within five minutes, so that no times need be named.
    """

    is_soon: bool
    begins: str
    ends: str
    latest: str
    rough: bool


def wait_times(
    wait: Mapping[str, Any] | None, at: str, language: str, timezone: ZoneInfo
) -> WaitTimes | None:
    """
    Round a wait outward to five minutes of the clock.

    Args:
        wait: As in the published interface; None when there is no estimate.
        at: When it was estimated, RFC 3339.

    >>> from zoneinfo import ZoneInfo
    >>> wait = {"low_s": 660, "likely_s": 1300, "high_s": 1700, "rough": False}
    >>> wait_times(wait, "2026-11-24T10:30:00+04:00", "az", ZoneInfo("Asia/Baku"))
    WaitTimes(is_soon=False, begins='10:40', ends='10:55', latest='11:00', rough=False)
    """
    if wait is None:
        return None
    moment = datetime.fromisoformat(at)
    begins = _floor(moment + timedelta(seconds=wait["low_s"]))
    ends = max(_ceil(moment + timedelta(seconds=wait["likely_s"])), begins + timedelta(seconds=STEP_S))
    latest = max(_ceil(moment + timedelta(seconds=wait["high_s"])), ends)
    return WaitTimes(
        is_soon=wait["high_s"] <= STEP_S,
        begins=clock_time(begins, language, timezone),
        ends=clock_time(ends, language, timezone),
        latest=clock_time(latest, language, timezone),
        rough=wait["rough"],
    )


def _floor(at: datetime) -> datetime:
    return at - timedelta(seconds=at.timestamp() % STEP_S)


def _ceil(at: datetime) -> datetime:
    return at + timedelta(seconds=-at.timestamp() % STEP_S)


def sentence_of(words: Wording, error: QueueError) -> str:
    """Write what is the matter, and what to do where there is more to say."""
    text = words.text(f"errors.{error.key}")
    if isinstance(error, CodeOfOtherCentre):
        return f"{text} ({words.name(error.facts['centre'])})"
    detail = detail_of(words, error)
    return f"{text} {detail}" if detail else text
