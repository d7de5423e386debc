"""Jobs, where they are kept, and how long a spooler waits for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from printing.status import PaperWarning, Problem

if TYPE_CHECKING:
    from datetime import datetime

    from printing.link import Confirmation

JobId = str | int
Reason = Literal["expired", "unrenderable", "connection_lost", "unconfirmed", "interrupted", Problem]


@dataclass(frozen=True)
class Job:
    """One slip to print. `document` is what `slips.to_document` made, or whatever `render` understands."""

    id: JobId
    printer: str
    kind: str
    document: dict[str, Any]
    language: str
    copy_no: int
    created_at: datetime
    expires_at: datetime | None
    attempts: int = 0


class JobStore(Protocol):
    """
    Where jobs are kept. Every method is one short transaction; none is open while a printer is spoken to.

    A job goes queued -> sending -> printed | held, or queued -> failed; held -> printed when the printer's word
    comes late.
    """

    def take_next(self, printer: str, now: datetime) -> Job | None:
        """Return the printer's oldest queued job that is due by `next_try_at`, expired ones first; claims nothing."""

    def mark_sending(self, job_id: JobId, *, process_id: str, now: datetime) -> bool:
        """Commit queued -> sending and one more attempt; False if the job is no longer queued."""

    def mark_printed(self, job_id: JobId, *, confirmed: Confirmation, bytes_sent: int, now: datetime) -> None:
        """Commit sending | held -> printed."""

    def mark_held(
        self, job_id: JobId, *, reason: Reason, bytes_sent: int, is_whole: bool, now: datetime
    ) -> None:
        """
        Commit sending -> held: it may have been printed, so a person decides.

        Args:
            is_whole: The cut was sent too. Where it was not, no whole slip can have left the printer.
        """

    def mark_retry(self, job_id: JobId, *, reason: Reason, next_try_at: datetime) -> None:
        """Commit queued -> queued with one more attempt: not one byte was sent."""

    def mark_failed(self, job_id: JobId, *, reason: Reason, now: datetime) -> None:
        """Commit queued -> failed."""

    def hold_interrupted(self, printer: str, now: datetime) -> int:
        """Commit sending -> held for all of a printer's jobs: their spooler died. Returns how many."""


@dataclass(frozen=True)
class Printer:
    """
    A printer to serve.

    Args:
        uri: As `transports.open_transport` takes it; `virtual:` already resolved.
        dots: Width of its head.
        confirmation: What it is known to answer; None to find out.
    """

    key: str
    uri: str
    dots: int = 576
    confirmation: Confirmation | None = None


@dataclass(frozen=True)
class PrinterState:
    """How a printer is, for screens and metrics. `problem` keeps it from printing, `warning` will soon."""

    printer: str
    problem: Problem | None
    since: datetime
    warning: PaperWarning | None = None


@dataclass(frozen=True)
class Timing:
    """
    How long to wait for what, in seconds.

    Args:
        stall_s: Without progress before a printer is said to have stopped.
        patience_s: For a printer that has stopped in the middle of a slip, before the job is held.
        abandon_s: For its word after that, with the connection kept open.
        silent_probes: Preflights without any answer after which a printer that has never answered counts as mute.
    """

    connect_s: float = 3.0
    answer_s: float = 1.0
    poll_s: float = 0.5
    stall_s: float = 2.0
    patience_s: float = 20.0
    abandon_s: float = 600.0
    idle_check_s: float = 15.0
    idle_take_s: float = 1.0
    longest_retry_s: float = 30.0
    stop_grace_s: float = 1.0
    silent_probes: int = 3

    def retry_s(self, attempts: int) -> float:
        """
        Double the pause at each attempt, up to a bound.

        >>> [Timing().retry_s(attempts) for attempts in (0, 1, 4, 5, 60)]
        [1.0, 2.0, 16.0, 30.0, 30.0]
        """
        return min(self.longest_retry_s, 2.0 ** min(attempts, 16))
