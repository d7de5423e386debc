"""The centre's printers: the spooler on the process that does the work by the clock, and the virtual ones."""

from __future__ import annotations

import contextlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from server.events import Event, EventKind
from server.job_store import DatabaseJobStore
from server.slip_rendering import SlipRendering

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from printing.jobs import PrinterState
    from printing.link import Confirmation
    from printing.spooler import Spooler
    from printing.virtual import VirtualPrinter
    from server.agents import Agents
    from server.operations.context import Context
    from server.printer_states import PrinterStates

log = logging.getLogger(__name__)

VIRTUAL = "virtual:"
AGENT = "agent:"  # its slips are brought by `agents.Agents`
# A visitor waits at the kiosk so long for the copy of a ticket that was cut short.
COPY_FOR = timedelta(seconds=90)
PRINTED_BY = (EventKind.TICKET_ISSUED, EventKind.TICKET_FINISHED)


class Printers:
    """
    Starts and stops the printing of one centre.

    Attributes:
        folder: Where the virtual printers keep their slips, a folder for each.
    """

    def __init__(self, context: Context, states: PrinterStates, folder: Path, *, agents: Agents) -> None:
        self._context = context
        self._states = states
        self.agents = agents
        self._rendering = SlipRendering(context)
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

        config = self._context.config
        printers = [
            Printer(
                key=each.key,
                uri=self._resolve(each.key, each.uri, each.dots),
                dots=each.dots,
                confirmation=self._states.proved(each.key, each.uri),
            )
            for each in config.printers
            if not each.uri.startswith(AGENT)
        ]
        self._spooler = Spooler(
            store=DatabaseJobStore(
                self._context.database, copy_for=COPY_FOR if config.kiosk.automatic_copy else None
            ),
            printers=printers,
            render=self._rendering.data,
            clock=self._context.clock,
            on_state=self._keep_state,
            on_proof=self._keep_proof,
        )
        self._spooler.start()
        self.agents.expect()

    def tend(self) -> None:
        """Look after the jobs of printers whose agents are away."""
        self.agents.tend()

    def stop(self) -> None:
        """End the printing; a slip in hand gets a moment to be confirmed."""
        spooler, self._spooler = self._spooler, None
        if spooler is not None:
            spooler.stop()
        for virtual in self._virtual:
            virtual.stop()
        self._virtual.clear()

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

    def _keep_state(self, state: PrinterState) -> None:
        self._states.keep_state(state, self._uri(state.printer))

    def _keep_proof(self, printer: str, confirmation: Confirmation) -> None:
        self._states.keep_proof(printer, self._uri(printer), confirmation)

    def _uri(self, printer: str) -> str:
        return self._context.config.printer[printer].uri

    def _hear(self, events: Sequence[Event]) -> None:
        if self._spooler is not None and any(event.kind in PRINTED_BY for event in events):
            with contextlib.suppress(RuntimeError):
                self._spooler.wake()
