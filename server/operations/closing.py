"""What happens when the centre has closed for the day: a copy of the log's head leaves the operator's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.domain.ledger.checkpoint import decode
from server.domain.numbering import day_of
from server.domain.opening import last_closing
from server.errors import NotFound

if TYPE_CHECKING:
    from server.operations.context import Context
    from server.operations.ledger import Ledger
    from server.print_jobs import PrintJobs


class Closing:
    """Operations at closing time."""

    def __init__(self, context: Context, ledger: Ledger, print_jobs: PrintJobs) -> None:
        self._context = context
        self._ledger = ledger
        self._print_jobs = print_jobs
        self._done_for: object = None

    def print_checkpoint(self) -> bool:
        """Print the sealed log's head once after the day's last closing. Returns whether it is printed now."""
        context = self._context
        centre = context.config.centre
        today = day_of(context.clock(), centre.timezone)
        closed_at = last_closing(
            today,
            timezone=centre.timezone,
            hours=centre.hours,
            holidays={holiday.date for holiday in centre.holidays},
        )
        if self._done_for == today or closed_at is None or context.clock() < closed_at:
            return False
        try:
            head = self._ledger.checkpoint()
        except NotFound:  # nothing has happened yet
            return False
        names = ("origin", "size", "at", "policy", "note")
        root = decode(head["root"]).hex()
        is_new = self._print_jobs.write_checkpoint(
            {**{name: head[name] for name in names}, "root": root}, closed_at
        )
        self._done_for = today
        return is_new
