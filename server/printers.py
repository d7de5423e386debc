"""The centre's printers: the spooler on the process that does the work by the clock, and the virtual ones."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

from server.events import Event, EventKind
from server.job_store import DatabaseJobStore
from server.slip_texts import SlipTexts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from printing.jobs import Job, PrinterState
    from printing.spooler import Spooler
    from printing.virtual import VirtualPrinter
    from server.operations.context import Context

log = logging.getLogger(__name__)

VIRTUAL = "virtual:"
PRINTED_BY = (EventKind.TICKET_ISSUED, EventKind.TICKET_FINISHED)


class Printers:
    """
    Starts and stops the printing of one centre.

    Attributes:
        folder: Where the virtual printers keep their slips, a folder for each.
    """

    def __init__(self, context: Context, folder: Path) -> None:
        self._context = context
        self._texts = SlipTexts(context)
        self._spooler: Spooler | None = None
        self._virtual: list[VirtualPrinter] = []
        self.folder = folder
        context.bus.subscribe(self._hear)

    @property
    def is_running(self) -> bool:
        """Tell whether this process prints."""
        return self._spooler is not None

    def start(self) -> None:
        """Begin to print; only one process of a centre may."""
        from printing.jobs import Printer
        from printing.spooler import Spooler

        printers = [
            Printer(key=each.key, uri=self._resolve(each.key, each.uri, each.dots), dots=each.dots)
            for each in self._context.config.printers
        ]
        self._spooler = Spooler(
            store=DatabaseJobStore(self._context.database),
            printers=printers,
            render=self._render,
            clock=self._context.clock,
        )
        self._spooler.start()

    def stop(self) -> None:
        """End the printing; a slip in hand gets a moment to be confirmed."""
        spooler, self._spooler = self._spooler, None
        if spooler is not None:
            spooler.stop()
        for virtual in self._virtual:
            virtual.stop()
        self._virtual.clear()

    def states(self) -> list[PrinterState]:
        """Tell how each printer is, where this process prints."""
        return self._spooler.states() if self._spooler else []

    def wake(self) -> None:
        """Look for jobs now."""
        if self._spooler is not None:
            self._spooler.wake()

    def slips(self, limit: int) -> list[tuple[str, Path]]:
        """List the newest slips of the virtual printers with their printer's key, newest first."""
        found = [
            (each.key, path)
            for each in self._context.config.printers
            if each.uri.startswith(VIRTUAL)
            for path in (self.folder / each.key).glob("slip-*.png")
        ]
        return sorted(found, key=lambda slip: slip[1].stat().st_mtime_ns, reverse=True)[:limit]

    def _resolve(self, key: str, uri: str, dots: int) -> str:
        if not uri.startswith(VIRTUAL):
            return uri
        from printing.virtual import VirtualPrinter

        def save(work: Any, arguments: tuple[Any, ...]) -> object:
            return self._context.offload(lambda: work(*arguments))

        virtual = VirtualPrinter(self.folder / key, dots=dots, offload=save)
        virtual.start()
        self._virtual.append(virtual)
        return virtual.uri

    def _render(self, job: Job) -> bytes:
        slip = self._texts.slip(job)
        printer = self._context.config.printer[job.printer]

        def draw() -> bytes:
            from printing.fitting import fit

            _, data = fit(slip, dots=printer.dots, dots_per_inch=printer.dots_per_inch, cut=printer.cutter)
            return data

        data: bytes = self._context.offload(draw)
        return data

    def _hear(self, events: Sequence[Event]) -> None:
        if self._spooler is not None and any(event.kind in PRINTED_BY for event in events):
            with contextlib.suppress(RuntimeError):
                self._spooler.wake()
