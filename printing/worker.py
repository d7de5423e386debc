"""One printer's worker: preflight, one job at a time, and what to record when something breaks."""

from __future__ import annotations

import itertools
import logging
import random
import string
import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from printing import escpos
from printing.errors import ConnectionLost, NotReady, PrinterError, TransportTimeout
from printing.jobs import Job, Printer, PrinterState, Reason
from printing.link import Confirmation, Delivery, Link
from printing.transports import open_transport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from printing.spooler import Spooler
    from printing.status import PaperWarning, PrinterStatus, Problem

log = logging.getLogger(__name__)

WEAKER = ("process-id", "processed", "sent")
"""How a printer can confirm a slip, the surest first."""


class Worker:
    """Runs in its own thread; `wake` and `stop` are called from others."""

    def __init__(self, printer: Printer, spooler: Spooler) -> None:
        self.printer = printer
        self.state = PrinterState(printer.key, None, spooler.clock())
        self._spooler = spooler
        self._store = spooler.store
        self._clock = spooler.clock
        self._timing = spooler.timing
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._confirmation: Confirmation | None = printer.confirmation
        self._doubted: Confirmation | None = None
        self._weak_probes = 0
        self._has_answered = printer.confirmation in ("process-id", "processed")
        self._silences = 0
        self._left_half_sent = False
        self._looked_at = 0.0
        self._process_ids = _process_ids()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        self._stopping.set()
        self._woken.set()

    def run(self) -> None:
        """Work until stopped, whatever the store or the printer throw."""
        recovered = False
        failures = 0
        while not self._stopping.is_set():
            try:
                if not recovered:
                    self._hold_interrupted()
                    recovered = True
                pause_s = self._step()
                failures = 0
            except Exception:
                # Most often the database. A job may be left as sending: hold it as soon as that can be written.
                log.exception("printer %s: the spooler failed", self.printer.key)
                recovered = False
                pause_s = self._timing.retry_s(failures)
                failures += 1
            self._rest(pause_s)

    def _step(self) -> float:
        """Print one job or look after the printer; returns how long to rest, 0 for not at all."""
        self._woken.clear()
        job = self._next_live_job()
        if job is not None:
            return self._print(job)
        if time.monotonic() - self._looked_at >= self._timing.idle_check_s:
            self._look()
        return self._timing.idle_take_s

    def _rest(self, pause_s: float) -> None:
        if pause_s:
            self._woken.wait(pause_s)

    def _hold_interrupted(self) -> None:
        held = self._store.hold_interrupted(self.printer.key, self._clock())
        if held:
            self._left_half_sent = True
            log.warning("printer %s: %d half-sent jobs are held", self.printer.key, held)

    def _next_live_job(self) -> Job | None:
        """Take the next job worth printing; those whose visitor has gone fail here, printer or no printer."""
        while not self._stopping.is_set():
            now = self._clock()
            job = self._store.take_next(self.printer.key, now)
            if job is None or job.expires_at is None or job.expires_at > now:
                return job
            self._store.mark_failed(job.id, reason="expired", now=now)
        return None

    def _print(self, job: Job) -> float:
        try:
            link = self._connect()
        except PrinterError as error:
            return self._retry(job, _problem_of(error))
        try:
            try:
                confirmation = self._preflight(link)
            except PrinterError as error:
                return self._retry(job, _problem_of(error))
            data = self._rendered(job)
            if data is not None and not self._stopping.is_set():
                self._send(job, link, data, confirmation)
        finally:
            link.close()
        return 0

    def _connect(self) -> Link:
        self._looked_at = time.monotonic()
        transport = open_transport(self.printer.uri, timeout_s=self._timing.connect_s)
        is_mute = not self._has_answered and self._silences >= self._timing.silent_probes
        return Link(transport, answer_s=self._timing.answer_s / 4 if is_mute else self._timing.answer_s)

    def _preflight(self, link: Link) -> Confirmation:
        """Make sure that it can print now, and know how it will say that it has; raises PrinterError."""
        status = link.status()
        if status is None:
            return self._preflight_in_silence(link)
        self._has_answered, self._silences = True, 0
        self._show_status(status)
        if status.problem:
            raise NotReady(uri=self.printer.uri, problem=status.problem)
        self._clean_up(link)
        if self._confirmation is None:
            self._confirmation = self._probe(link)
            log.info("printer %s confirms by %s", self.printer.key, self._confirmation)
            self._spooler.prove(self.printer.key, self._confirmation)
        return self._confirmation

    def _probe(self, link: Link) -> Confirmation:
        """Find out how it confirms; one that knew better once has to fail several times before it counts as another."""
        found = link.probe_confirmation()
        if self._doubted is not None and WEAKER.index(found) > WEAKER.index(self._doubted):
            self._weak_probes += 1
            if self._weak_probes < self._timing.silent_probes:
                raise NotReady(uri=self.printer.uri, problem="not_answering")
        self._doubted, self._weak_probes = None, 0
        return found

    def _preflight_in_silence(self, link: Link) -> Confirmation:
        """Print blind only where no answer can be expected: silence of one that can speak is a fault."""
        self._silences += 1
        is_mute = (
            not link.transport.two_way
            or self.printer.confirmation == "sent"
            or (not self._has_answered and self._silences >= self._timing.silent_probes)
        )
        if not is_mute:
            raise NotReady(uri=self.printer.uri, problem="not_answering")
        self._show(None)
        self._clean_up(link)
        return "sent"

    def _clean_up(self, link: Link) -> None:
        """End and cut off what an earlier slip left behind, before a question could fall into its picture."""
        if self._left_half_sent:
            link.write_all(escpos.flush(self.printer.dots))
            self._left_half_sent = False

    def _rendered(self, job: Job) -> bytes | None:
        try:
            return self._spooler.render(job)
        except Exception:
            log.exception("job %s cannot be drawn", job.id)
            self._store.mark_failed(job.id, reason="unrenderable", now=self._clock())
            return None

    def _send(self, job: Job, link: Link, data: bytes, confirmation: Confirmation) -> None:
        """Committed as sending before the first byte: from here on only the printer or a person can clear it."""
        process_id = next(self._process_ids)
        if not self._store.mark_sending(job.id, process_id=process_id, now=self._clock()):
            return
        delivery = Delivery(
            link, data, process_id=process_id, confirmation=confirmation, stall_s=self._timing.stall_s
        )
        try:
            self._follow(job, delivery)
        except ConnectionLost as error:
            log.warning("printer %s: %s", self.printer.key, error)
            self._hold(job, delivery, "connection_lost")
            self._show("unreachable")

    def _follow(self, job: Job, delivery: Delivery) -> None:
        """Drive a slip until it is confirmed, lost, or not worth waiting for; raises ConnectionLost."""
        is_held = False
        stop_at: float | None = None
        while (confirmed := delivery.advance(poll_s=self._timing.poll_s)) is None:
            self._show(delivery.problem)
            if self._stopping.is_set():
                stop_at = stop_at or time.monotonic() + self._timing.stop_grace_s
                if time.monotonic() >= stop_at:
                    break
            if delivery.quiet_s > self._timing.patience_s and not is_held:
                self._hold(job, delivery, delivery.problem or "unconfirmed")
                is_held = True
            if is_held and self._is_hopeless(delivery):
                self._doubt(delivery)
                return
            if delivery.quiet_s > self._timing.stall_s:
                self._next_live_job()  # only to let those behind it expire
        if confirmed is None:
            if not is_held:
                self._hold(job, delivery, "interrupted")
            return
        self._store.mark_printed(
            job.id, confirmed=confirmed, bytes_sent=delivery.bytes_sent, now=self._clock()
        )
        self._left_half_sent = False
        self._show(None)

    def _is_hopeless(self, delivery: Delivery) -> bool:
        """Tell whether a held slip's word can still come: a stopped printer goes on, a ready one forgot it."""
        is_ready = delivery.is_all_sent and delivery.problem is None
        limit_s = 2 * self._timing.patience_s if is_ready else self._timing.abandon_s
        return delivery.quiet_s > limit_s

    def _doubt(self, delivery: Delivery) -> None:
        """Ask anew how a printer confirms that is ready and has not: another one may stand there now."""
        if delivery.is_all_sent and delivery.problem is None and self._confirmation is not None:
            self._doubted, self._confirmation = self._confirmation, None

    def _hold(self, job: Job, delivery: Delivery, reason: Reason) -> None:
        self._left_half_sent = True
        self._store.mark_held(
            job.id,
            reason=reason,
            bytes_sent=delivery.bytes_sent,
            is_whole=delivery.is_cut_sent,
            now=self._clock(),
        )

    def _retry(self, job: Job, problem: Problem) -> float:
        """Not one byte of the job was sent: it goes back, and the printer gets the same pause."""
        if self._stopping.is_set():
            return 0
        self._show(problem)
        pause_s = self._timing.retry_s(job.attempts)
        next_try_at = self._clock() + timedelta(seconds=pause_s)
        self._store.mark_retry(job.id, reason=problem, next_try_at=next_try_at)
        # A new job may try at once; the shortest pause keeps a rush of them off a dead address.
        return min(pause_s, self._timing.retry_s(0))

    def _look(self) -> None:
        """Ask an idle printer how it is, so that a kiosk knows before somebody wants paper."""
        try:
            link = self._connect()
        except PrinterError as error:
            self._show(_problem_of(error))
            return
        try:
            status = link.status()
            if status is not None:
                self._has_answered, self._silences = True, 0
                self._show_status(status)
            elif self._has_answered:
                self._show("not_answering")
            else:
                self._show(None)
        except PrinterError as error:
            self._show(_problem_of(error))
        finally:
            link.close()

    def _show_status(self, status: PrinterStatus) -> None:
        self._change(status.problem, status.warning)

    def _show(self, problem: Problem | None) -> None:
        """Show a problem or its end; a roll that was near its end still is."""
        self._change(problem, self.state.warning)

    def _change(self, problem: Problem | None, warning: PaperWarning | None) -> None:
        if (problem, warning) == (self.state.problem, self.state.warning):
            return
        self.state = replace(self.state, problem=problem, warning=warning, since=self._clock())
        self._spooler.report(self.state)


def _problem_of(error: PrinterError) -> Problem:
    if isinstance(error, NotReady):
        return error.problem
    return "not_answering" if isinstance(error, TransportTimeout) else "unreachable"


def _process_ids() -> Iterator[str]:
    """Four characters each, from a random start: a late echo of an earlier run must not fit a new slip."""
    signs = string.digits + string.ascii_lowercase
    for count in itertools.count(random.randrange(36**4)):
        rest = count
        letters = []
        for _ in range(4):
            rest, index = divmod(rest, 36)
            letters.append(signs[index])
        yield "".join(letters)
