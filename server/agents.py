"""
Print agents: a device beside its printer asks for slips over a connection of its own, and tells what became of them.

A job is committed as `sending` before it leaves; the agent writes it down before it prints. What either of them did
not hear of the other is said again at the next connection, and an agent knows a job that it has had: so none is lost
and none comes twice, whichever of the two, or the network between them, goes away.
"""

from __future__ import annotations

import base64
import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import request
from flask_socketio import ConnectionRefusedError, disconnect

from printing.jobs import PrinterState
from server.errors import DeviceNotFound
from server.job_store import DatabaseJobStore
from server.placing import key_of
from server.printers import AGENT, COPY_FOR, PRINTED_BY
from server.slip_rendering import SlipRendering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask_socketio import SocketIO

    from printing.jobs import Job
    from server.config import Printer
    from server.events import Event
    from server.operations import Queue
    from server.ties import Ties

log = logging.getLogger(__name__)

NAMESPACE = "/device"
LOOK_EVERY_S = 1.0
AT_ONCE = 3
"""Jobs that an agent may have: enough to keep its printer busy, few enough to send the others elsewhere."""
LOST_AFTER = timedelta(minutes=2)


class Agents:
    """
    The agents that are connected to this process; each printer of one has a line of its own.

    Which process an agent is connected to does not matter: jobs are rows.
    """

    def __init__(self, io: SocketIO, queue: Queue, ties: Ties) -> None:
        self._io = io
        self._queue = queue
        self._ties = ties
        copies = queue.config.kiosk.automatic_copy
        self._store = DatabaseJobStore(queue.context.database, copy_for=COPY_FOR if copies else None)
        self._rendering = SlipRendering(queue.context)
        self._lines: dict[str, list[_Line]] = {}
        io.on_event("connect", self._connect, namespace=NAMESPACE)
        io.on_event("disconnect", self._disconnect, namespace=NAMESPACE)
        io.on_event("result", self._result, namespace=NAMESPACE)
        io.on_event("state", self._state, namespace=NAMESPACE)
        queue.context.bus.subscribe(self._hear)

    def stop(self) -> None:
        """End every line."""
        for lines in list(self._lines.values()):
            for line in lines:
                line.stop()

    def expect(self) -> None:
        """Count the printers of agents that are not here as unreachable, until they come."""
        here = {line.printer.key for line in self._all()}
        for printer in self._queue.config.printers:
            if printer.uri.startswith(AGENT) and printer.key not in here:
                self.keep_state(printer, "unreachable", None)

    def tend(self) -> None:
        """Do what no agent can, as it is away: let jobs expire, and ask a person about those that it had long ago."""
        now = self._queue.clock()
        for printer in self._queue.config.printers:
            if not printer.uri.startswith(AGENT):
                continue
            while (job := self._store.take_next(printer.key, now)) is not None and _is_over(job, now):
                self._store.mark_failed(job.id, reason="expired", now=now)
            if self._queue.printer_states.problem(printer.key) != "unreachable":
                continue
            for job in self._store.offered(printer.key):
                if (job.expires_at or job.created_at) + LOST_AFTER < now:
                    self._store.mark_held(
                        job.id, reason="connection_lost", bytes_sent=0, is_whole=True, now=now
                    )

    def _connect(self, auth: Any = None) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        try:
            device = self._queue.devices.identify(str(token))
        except DeviceNotFound as error:
            raise ConnectionRefusedError(error.key) from error
        printers = [each for each in self._queue.config.printers if each.uri == f"{AGENT}{device.name}"]
        if not printers:
            raise ConnectionRefusedError("printer_not_found")
        sid: str = request.sid  # type: ignore[attr-defined]
        log.info("agent %s is here", device.name)
        self._ties.tie(
            NAMESPACE, sid, key_of(device, str(token)), lambda: self._queue.devices.identify(str(token))
        )
        lines = [_Line(self, each, sid, str(token)) for each in printers]
        self._lines[sid] = lines
        for line in lines:
            self._io.start_background_task(line.run)

    def _disconnect(self, _reason: Any = None) -> None:
        self._ties.untie(NAMESPACE, request.sid)  # type: ignore[attr-defined]
        for line in self._lines.pop(request.sid, []):  # type: ignore[attr-defined]
            line.stop()
            if not any(each.printer.key == line.printer.key for each in self._all()):
                self.keep_state(line.printer, "unreachable", None)

    def _result(self, message: Any) -> bool:
        """Take an agent's word on a job; only of its own printers, and only what is still open."""
        line = self._line_of(message)
        job, state = message.get("job"), message.get("state")
        if line is None or not isinstance(job, int) or not self._store.belongs(job, line.printer.key):
            return False
        now, reason = self._queue.clock(), message.get("reason")
        if state == "printed":
            self._store.mark_printed(
                job, confirmed=message["confirmed"], bytes_sent=int(message["bytes_sent"] or 0), now=now
            )
        elif state == "held":
            self._store.mark_held(
                job,
                reason=reason,
                bytes_sent=int(message["bytes_sent"] or 0),
                is_whole=bool(message["is_whole"]),
                now=now,
            )
        elif state == "failed":
            self._store.mark_given_up(job, reason=str(reason), now=now)
        elif state == "queued" and reason:
            self._store.mark_waiting(job, reason=str(reason))
        line.heard(job, is_over=state != "queued")
        return True

    def _state(self, message: Any) -> None:
        line = self._line_of(message)
        if line is None:
            return
        try:
            self._queue.devices.identify(line.token)
        except DeviceNotFound:  # its token was taken away
            disconnect()
            return
        self.keep_state(line.printer, message.get("problem"), message.get("warning"))

    def _line_of(self, message: Any) -> _Line | None:
        lines = self._lines.get(request.sid, [])  # type: ignore[attr-defined]
        key = message.get("printer") if isinstance(message, dict) else None
        return next((line for line in lines if line.printer.key == key), None)

    def keep_state(self, printer: Printer, problem: Any, warning: Any) -> None:
        """Keep how an agent's printer is, if that is news."""
        known = self._queue.printer_states.all().get(printer.key)
        if known is not None and (known.problem, known.warning) == (problem, warning):
            return
        state = PrinterState(printer.key, problem, self._queue.clock(), warning)
        self._queue.printer_states.keep_state(state, printer.uri)

    def offer(self, line: _Line, job: Job) -> None:
        """Send a job's bytes to its agent."""
        data = self._rendering.data(job)
        left_s = (job.expires_at - self._queue.clock()).total_seconds() if job.expires_at else None
        message = {
            "job": job.id,
            "key": f"{self._queue.context.centre}/{job.id}/{job.created_at.isoformat()}",
            "printer": job.printer,
            "kind": job.kind,
            "copy_no": job.copy_no,
            "expires_in_s": left_s,
            "data": base64.b64encode(data).decode("ascii"),
        }
        self._io.emit("job", message, namespace=NAMESPACE, to=line.sid)

    def greet(self, line: _Line) -> None:
        """Tell an agent which printer it is to look after."""
        self._io.emit("printer", {"printer": line.printer.key}, namespace=NAMESPACE, to=line.sid)

    def send_away(self, line: _Line) -> None:
        """End an agent's connection; it comes again."""
        self._io.server.disconnect(line.sid, namespace=NAMESPACE)

    def take(self, printer: str) -> Job | None:
        """Commit the next job worth printing as given to the agent."""
        now = self._queue.clock()
        while (job := self._store.take_next(printer, now)) is not None:
            if _is_over(job, now):
                self._store.mark_failed(job.id, reason="expired", now=now)
            elif self._store.mark_sending(job.id, process_id="agnt", now=now):
                return job
        return None

    def offered(self, printer: str) -> list[Job]:
        """List what the agent may have and has not told the end of."""
        return self._store.offered(printer)

    def unrenderable(self, job: Job) -> None:
        """Give up a job that cannot be drawn."""
        self._store.mark_given_up(job.id, reason="unrenderable", now=self._queue.clock())

    def _all(self) -> list[_Line]:
        return [line for lines in self._lines.values() for line in lines]

    def _hear(self, events: Sequence[Event]) -> None:
        if any(event.kind in PRINTED_BY for event in events):
            for line in self._all():
                line.wake()


class _Line:
    """One printer of one connected agent."""

    def __init__(self, agents: Agents, printer: Printer, sid: str, token: str) -> None:
        self.printer = printer
        self.sid = sid
        self.token = token
        self._agents = agents
        self._open: set[Any] = set()
        self._woken = threading.Event()
        self._stopping = threading.Event()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        self._stopping.set()
        self._woken.set()

    def heard(self, job: int, *, is_over: bool) -> None:
        """Note that the agent told something of a job."""
        if is_over:
            self._open.discard(job)
            self.wake()

    def run(self) -> None:
        """Offer jobs until the agent goes; first, again, those that it was given and may not have got."""
        try:
            self._agents.greet(self)
            for given in self._agents.offered(self.printer.key):
                self._offer(given)
            while not self._stopping.is_set():
                self._woken.clear()
                while len(self._open) < AT_ONCE and (job := self._next()) is not None:
                    self._offer(job)
                self._woken.wait(LOOK_EVERY_S)
        except Exception:
            log.exception("the line to printer %s broke; its agent will come again", self.printer.key)
            self._agents.send_away(self)

    def _next(self) -> Job | None:
        return None if self._stopping.is_set() else self._agents.take(self.printer.key)

    def _offer(self, job: Job) -> None:
        self._open.add(job.id)
        try:
            self._agents.offer(self, job)
        except Exception:
            log.exception("job %s cannot be drawn", job.id)
            self._open.discard(job.id)
            self._agents.unrenderable(job)


def _is_over(job: Job, now: Any) -> bool:
    return job.expires_at is not None and job.expires_at <= now
