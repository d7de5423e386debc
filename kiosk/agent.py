"""
The print agent: beside a kiosk or a counter, with the printer on its own cable.

It keeps one outgoing connection, takes rendered bytes, drives the printer with the server's own spooler, and tells
what became of each job until the server has heard it.
"""

from __future__ import annotations

import base64
import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kiosk.journal import Journal
from printing.jobs import Printer, Timing
from printing.spooler import Spooler

if TYPE_CHECKING:
    from pathlib import Path

    from printing.jobs import Job, PrinterState

log = logging.getLogger(__name__)

NAMESPACE = "/device"
HEARTBEAT_S = 15.0
ANSWER_S = 5.0
RECONNECT_S = (0.5, 10.0)


class Agent:
    """
    One printer and the connection to the server.

    Args:
        server: Such as http://127.0.0.1:8000.
        printer: The address of the printer here, as `printing.transports` takes it.
        folder: Keeps the journal.
    """

    def __init__(
        self, *, server: str, token: str, printer: str, folder: Path, timing: Timing | None = None
    ) -> None:
        self._server = server
        self._token = token
        self._uri = printer
        self._journal = Journal(folder / "jobs.sqlite")
        self._timing = timing or Timing()
        self._spoolers: dict[str, Spooler] = {}
        self._stopping = threading.Event()
        self._client = self._make_client()

    def run(self) -> None:
        """Work until `stop`, whatever happens to the server."""
        for printer in self._known_printers():
            self._spooler(printer)
        teller = threading.Thread(target=self._tell, name="teller", daemon=True)
        teller.start()
        try:
            while not self._stopping.is_set():
                self._connect()
        finally:
            self._client.disconnect()
            for spooler in self._spoolers.values():
                spooler.stop()
            self._stopping.set()
            self._journal.changed.set()
            teller.join(2)
            self._journal.close()

    def stop(self) -> None:
        """End `run` within about two seconds; from a signal handler too."""
        self._stopping.set()

    def _make_client(self) -> Any:
        import socketio

        client = socketio.Client(reconnection=False, handle_sigint=False)
        client.on("printer", self._printer, namespace=NAMESPACE)
        client.on("job", self._job, namespace=NAMESPACE)
        client.on("connect", self._connected, namespace=NAMESPACE)
        return client

    def _connect(self) -> None:
        """Connect once and stay; the pause doubles while it fails."""
        import socketio

        pause_s, longest_s = RECONNECT_S
        while not self._stopping.is_set():
            try:
                self._client.connect(
                    self._server,
                    namespaces=[NAMESPACE],
                    transports=["websocket"],
                    auth={"token": self._token},
                    wait_timeout=ANSWER_S,
                )
            except socketio.exceptions.ConnectionError as error:
                log.warning("no connection to %s: %s", self._server, error)
                self._client.disconnect()
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, longest_s)
            else:
                break
        while not self._stopping.is_set() and self._client.connected:
            self._stopping.wait(0.2)

    def _connected(self) -> None:
        log.info("connected to %s", self._server)
        self._journal.changed.set()

    def _printer(self, message: dict[str, Any]) -> None:
        """Look after the printer before its first slip, so that its empty roll is known."""
        self._spooler(message["printer"])
        self._journal.changed.set()

    def _job(self, message: dict[str, Any]) -> None:
        """Write a job down, then print it; one that was had before is only told of again."""
        is_new = self._journal.accept(
            message["key"],
            message["job"],
            message["printer"],
            base64.b64decode(message["data"]),
            copy_no=message["copy_no"],
            expires_in_s=message["expires_in_s"],
            now=_now(),
        )
        if is_new:
            self._spooler(message["printer"]).wake()

    def _spooler(self, printer: str) -> Spooler:
        """Start the printer's worker; its name is the server's to choose."""
        if printer not in self._spoolers:
            spooler = Spooler(
                store=self._journal,
                printers=[Printer(key=printer, uri=self._uri)],
                render=self._data,
                clock=_now,
                on_state=self._state,
                timing=self._timing,
            )
            self._spoolers[printer] = spooler
            spooler.start()
        return self._spoolers[printer]

    def _data(self, job: Job) -> bytes:
        return self._journal.data(job.id)

    def _state(self, state: PrinterState) -> None:
        self._journal.changed.set()

    def _tell(self) -> None:
        """Tell results until they are heard, and how the printer is every few seconds."""
        while not self._stopping.is_set():
            self._journal.changed.wait(HEARTBEAT_S)
            self._journal.changed.clear()
            if self._stopping.is_set() or not self._client.connected:
                continue
            try:
                self._tell_states()
                self._tell_results()
            except Exception as error:  # the connection went in the middle: all is told again at the next one
                log.warning("could not tell the server: %s", error)
                self._stopping.wait(1)
                self._journal.changed.set()

    def _tell_states(self) -> None:
        for spooler in list(self._spoolers.values()):
            for state in spooler.states():
                message = {"printer": state.printer, "problem": state.problem, "warning": state.warning}
                self._client.emit("state", message, namespace=NAMESPACE)

    def _tell_results(self) -> None:
        for result in self._journal.untold():
            id, version = result.pop("id"), result.pop("version")
            self._client.call("result", result, namespace=NAMESPACE, timeout=ANSWER_S)
            # A job that this server does not know cannot become another one's: it is told and done with.
            self._journal.mark_told(id, version)

    def _known_printers(self) -> list[str]:
        return self._journal.printers()


def _now() -> datetime:
    return datetime.now(UTC)
