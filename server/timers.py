"""What runs by the clock: forecasts, printing and the day's end, in the one process that holds the lease."""

from __future__ import annotations

import logging
import threading
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from server.db.models import leases

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.operations import Queue
    from server.printers import Printers

log = logging.getLogger(__name__)

TICK_S = 1.0
LEASE = timedelta(seconds=6)
HEARTBEAT_TICKS = 2
DAY_CHECK_TICKS = 30
CLEAN_TICKS = 3600
KEEP_TICKS = 60
# An entry is sealed within a second of its writing.
SEAL_EVERY_S = 0.5


class Lease:
    """
    One process of a centre does the work that must be done once; when it dies another takes over.

    Args:
        take_at_once: Nobody else can be there (SQLite's one process), so do not wait for an old lease to end.
    """

    def __init__(self, queue: Queue, name: str, *, take_at_once: bool) -> None:
        self._queue = queue
        self._name = name
        self._take_at_once = take_at_once
        self.holder = uuid.uuid4().hex

    def hold(self) -> bool:
        """Take or renew the lease; False while another process has it."""
        where = (leases.c.centre == self._queue.context.centre) & (leases.c.name == self._name)
        try:
            with self._queue.context.database.write() as tx:
                row = tx.execute(select(leases).where(where).with_for_update()).first()
                mine = {"holder": self.holder, "expires_at": tx.now + LEASE}
                if row is None:
                    tx.execute(insert(leases), {"centre": tx.centre, "name": self._name, **mine})
                    return True
                if row.holder != self.holder and row.expires_at > tx.now and not self._take_at_once:
                    return False
                tx.execute(update(leases).where(where).values(**mine))
                return True
        except IntegrityError:
            return False

    def release(self) -> None:
        """Let another process take over now."""
        where = (leases.c.centre == self._queue.context.centre) & (leases.c.holder == self.holder)
        with self._queue.context.database.write() as tx:
            tx.execute(update(leases).where(where).values(expires_at=tx.now))


class Timers:
    """Calls ordinary operations by the clock."""

    def __init__(
        self, queue: Queue, printers: Printers, *, on_forecast: Callable[[], None], one_process: bool
    ) -> None:
        self._queue = queue
        self._printers = printers
        self._on_forecast = on_forecast
        self._one_process = one_process
        self._lease = Lease(queue, "clock", take_at_once=one_process)
        self._stop = threading.Event()
        self.ticks = 0
        self.leads = False

    def run(self) -> None:
        """Tick until `stop`."""
        while not self._stop.is_set():
            try:
                self.tick()
            except Exception:
                log.exception("the clock's work failed; it is tried again")
            self._stop.wait(TICK_S)
        self._step_down()

    def tick(self) -> None:
        """Do what is due in this second."""
        if self.ticks % 2 == 0:
            self._lead(self._lease.hold())
        is_new = self._foretell()
        # A board that comes every other second, though nothing has changed, tells a display that it is live.
        if is_new or self.ticks % HEARTBEAT_TICKS == 0:
            self._on_forecast()
        self._queue.printer_states.refresh()
        if self.leads:
            self._queue.phone_tickets.expire_absent()
            self._queue.tickets.end_postponements()
            self._printers.tend()
        if self.leads and self.ticks % DAY_CHECK_TICKS == 0:
            self._queue.days.expire_earlier()
            self._queue.days.close()
            self._queue.closing.print_checkpoint()
            self._queue.reception.forget_telephones()
            self._queue.notes.forget()
            self._queue.appointments.end_missed()
            self._queue.results.end_expired()
            self._queue.notices.forget()
        if self.leads and self.ticks % CLEAN_TICKS == CLEAN_TICKS - 1:
            self._queue.days.forget_answers()
            self._queue.appointments.forget()
            self._queue.phone_tickets.forget()
            self._queue.outreach.forget()
        if self.leads and self.ticks % KEEP_TICKS == KEEP_TICKS - 1:
            self._queue.waits.keep()
        self.ticks += 1

    def seal(self) -> None:
        """Seal the log, or follow the process that does, until `stop`; apart, so that no forecast delays it."""
        while not self._stop.wait(SEAL_EVERY_S):
            self._seal_once()
        self._seal_once()

    def stop(self) -> None:
        """End `run` and `seal` soon."""
        self._stop.set()

    def _foretell(self) -> bool:
        """Have the waits of this second; a forecast that cannot be made or had keeps nothing else from being done."""
        waits = self._queue.waits
        try:
            if not self.leads:
                return waits.follow()
            is_new = waits.refresh(if_changed=True)
            if is_new and not self._one_process:
                waits.share()
        except Exception:
            log.exception("the waits could not be told anew; it is tried again")
            return False
        return is_new

    def _seal_once(self) -> None:
        try:
            if self.leads:
                self._queue.ledger.seal()
            else:
                self._queue.ledger.look()
        except Exception:
            log.exception("the log could not be sealed; it is tried again")

    def _lead(self, leads: bool) -> None:
        if leads and not self.leads:
            self._printers.start()
        elif self.leads and not leads:
            log.warning("another process has taken over the work by the clock")
            self._printers.stop()
        self.leads = leads

    def _step_down(self) -> None:
        if self.leads:
            self._printers.stop()
            self._lease.release()
            self.leads = False
