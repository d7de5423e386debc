"""
Takes jobs, prints them, waits for the printer's own word, and records what became of each.

Before a job's first byte anything may be tried again; after it nothing is ever sent twice by itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from printing.jobs import Job, JobId, JobStore, Printer, PrinterState, Reason, Timing
from printing.link import Confirmation
from printing.worker import Worker

__all__ = [
    "Confirmation",
    "Job",
    "JobId",
    "JobStore",
    "Printer",
    "PrinterState",
    "Reason",
    "Spooler",
    "Timing",
]

log = logging.getLogger(__name__)

Render = Callable[[Job], bytes]
Clock = Callable[[], datetime]
OnState = Callable[[PrinterState], None]
OnProof = Callable[[str, Confirmation], None]


@dataclass
class Spooler:
    """
    One worker thread for each printer, so that a stuck one blocks nobody else.

    Args:
        render: A job's whole ESC/POS bytes; may hand the work to a thread pool. An exception fails the job.
        clock: Aware UTC now, for what is recorded; waiting itself is measured by a steady clock.
        on_state: Called when a printer's problem or warning changes, from its worker's thread.
        on_proof: Called when a printer has shown how it confirms a slip, so that it need not be asked again.
    """

    store: JobStore
    printers: Iterable[Printer]
    render: Render
    clock: Clock
    on_state: OnState | None = None
    on_proof: OnProof | None = None
    timing: Timing = field(default_factory=Timing)

    def __post_init__(self) -> None:
        self._workers = {printer.key: Worker(printer, self) for printer in self.printers}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the workers; each first holds what an earlier one left half sent."""
        for key, worker in self._workers.items():
            thread = threading.Thread(target=worker.run, name=f"spooler-{key}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self, printer: str | None = None) -> None:
        """Tell a printer's worker, or all, that there is a new job."""
        for key, worker in self._workers.items():
            if printer in (None, key):
                worker.wake()

    def stop(self, *, timeout_s: float = 1.9) -> None:
        """
        Stop all workers within a time; a slip in hand gets a moment to be confirmed, else its job is held.

        A worker stuck in connecting is left behind: it ends by itself and touches no job.
        """
        deadline = time.monotonic() + timeout_s
        for worker in self._workers.values():
            worker.stop()
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        self._threads.clear()

    def states(self) -> list[PrinterState]:
        """How each printer is now."""
        return [worker.state for worker in self._workers.values()]

    def prove(self, printer: str, confirmation: Confirmation) -> None:
        """Pass on how a printer confirms; a failing listener must not stop the printing."""
        if self.on_proof is None:
            return
        try:
            self.on_proof(printer, confirmation)
        except Exception:
            log.exception("a listener failed on the proof of printer %s", printer)

    def report(self, state: PrinterState) -> None:
        """Pass a change on; a failing listener must not stop the printing."""
        if state.problem:
            log.warning("printer %s: %s", state.printer, state.problem)
        if self.on_state is None:
            return
        try:
            self.on_state(state)
        except Exception:
            log.exception("a listener failed on the state of printer %s", state.printer)
