"""What staff do with print jobs and printers: see them, print again, cancel, send elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from server.db.models import print_events, print_jobs, tickets
from server.errors import BadInput, PrinterNotFound, PrintJobNotFound, PrintJobStateError
from server.job_rows import add_copy, move
from server.operations.context import once_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.context import Context, Once, View
    from server.operations.staff import Official
    from server.print_jobs import PrintJobs
    from server.printer_states import PrinterStates

STATES = ("queued", "sending", "printed", "held", "failed", "cancelled")
SHOWN = 200
# What has left the spooler's hands, for good or until a person decides.
AT_REST = ("printed", "held", "failed", "cancelled")


class PrintDesk:
    """
    Operations on print jobs.

    A slip is never sent again unmarked: what may be on paper comes out as a copy that says so.
    """

    def __init__(self, context: Context, print_jobs: PrintJobs, states: PrinterStates) -> None:
        self._context = context
        self._print_jobs = print_jobs
        self._states = states

    def jobs(self, *, state: str | None = None, printer: str | None = None) -> list[View]:
        """
        List the newest jobs.

        Raises:
            BadInput: There is no such state.
            PrinterNotFound: There is no such printer.
        """
        if state is not None and state not in STATES:
            raise BadInput(field="state", value=state)
        if printer is not None:
            self._known(printer)
        jobs = print_jobs.c
        query = _JOBS.where(jobs.centre == self._context.centre)
        if state is not None:
            query = query.where(jobs.state == state)
        if printer is not None:
            query = query.where(jobs.printer == printer)
        with self._context.database.read() as connection:
            rows = connection.execute(query.order_by(jobs.id.desc()).limit(SHOWN)).fetchall()
        return [self._view(row) for row in rows]

    def job(self, id: int) -> View:
        """
        Show a job with all that became of it.

        Raises:
            PrintJobNotFound: No job has this number.
        """
        with self._context.database.read() as connection:
            return self._whole(connection, id)

    def printers(self) -> list[View]:
        """Show each printer: how it is, and what waits for it."""
        states = self._states.all()
        jobs = print_jobs.c
        with self._context.database.read() as connection:
            rows = connection.execute(
                select(jobs.printer, jobs.state, func.count())
                .where(jobs.centre == self._context.centre, jobs.state.in_(("queued", "sending", "held")))
                .group_by(jobs.printer, jobs.state)
            ).fetchall()
        counts = {(printer, state): count for printer, state, count in rows}
        return [
            {
                "key": each.key,
                "name": each.name,
                "zone": each.zone,
                "paper_width_mm": each.paper_width_mm,
                **_state_view(self._context, states.get(each.key)),
                "jobs": {state: counts.get((each.key, state), 0) for state in ("queued", "sending", "held")},
            }
            for each in self._context.config.printers
        ]

    def reprint(self, id: int, official: Official, *, once: Once | None = None) -> View:
        """
        Print a slip again, marked as a copy.

        Raises:
            PrintJobNotFound, PrintJobStateError: The spooler still has it in hand.
        """
        return self._act(id, once, lambda tx, job: self._copy(tx, job, job.printer, "reprinted", official))

    def cancel(self, id: int, official: Official, *, once: Once | None = None) -> View:
        """
        Have a slip not printed, or drop the question whether it was.

        Raises:
            PrintJobNotFound, PrintJobStateError: It is being sent, or done.
        """

        def cancel(tx: Transaction, job: Record) -> int:
            values = {"finished_at": tx.now, "reason": None}
            if not move(tx, id, ("queued", "held"), "cancelled", "cancelled", values, official=official.id):
                raise PrintJobStateError(state=job.state)
            return id

        return self._act(id, once, cancel)

    def redirect(self, id: int, official: Official, printer: str, *, once: Once | None = None) -> View:
        """
        Print a slip elsewhere: as it is when not one byte of it was sent, else as a copy.

        Raises:
            PrinterNotFound, PrintJobNotFound, PrintJobStateError: The spooler still has it in hand.
        """
        self._known(printer)

        def redirect(tx: Transaction, job: Record) -> int:
            if job.state != "queued":
                return self._copy(tx, job, printer, "redirected", official)
            values = {
                "printer": printer,
                "reason": None,
                "next_try_at": tx.now,
                "expires_at": self._expiry(tx, printer),
            }
            move(tx, id, ("queued",), "queued", "redirected", values, official=official.id)
            return id

        return self._act(id, once, redirect)

    def test(self, printer: str, language: str | None = None) -> View:
        """
        Print a test page.

        Raises:
            PrinterNotFound: There is no such printer.
        """
        self._known(printer)
        return self.job(
            self._print_jobs.write_test(printer, language or self._context.config.centre.state_language)
        )

    def _act(self, id: int, once: Once | None, act: Callable[[Transaction, Record], int]) -> View:
        def run(tx: Transaction) -> View:
            job = tx.execute(
                select(print_jobs)
                .where(print_jobs.c.id == id, print_jobs.c.centre == tx.centre)
                .with_for_update()
            ).first()
            if job is None:
                raise PrintJobNotFound(job=id)
            return self._whole(tx.connection, act(tx, job))

        return once_only(self._context, once, run)

    def _copy(self, tx: Transaction, job: Record, printer: str, reason: str, official: Official) -> int:
        if job.state not in AT_REST:
            raise PrintJobStateError(state=job.state)
        return add_copy(
            tx,
            job,
            printer=printer,
            expires_at=self._expiry(tx, printer),
            reason=reason,
            official=official.id,
        )

    def _expiry(self, tx: Transaction, printer: str) -> Any:
        return tx.now + timedelta(seconds=self._context.config.printer[printer].expires_s)

    def _known(self, printer: str) -> None:
        if printer not in self._context.config.printer:
            raise PrinterNotFound(printer=printer)

    def _whole(self, connection: Connection, id: int) -> View:
        row = connection.execute(
            _JOBS.where(print_jobs.c.centre == self._context.centre, print_jobs.c.id == id)
        ).first()
        if row is None:
            raise PrintJobNotFound(job=id)
        events = connection.execute(
            select(print_events).where(print_events.c.job_id == id).order_by(print_events.c.id)
        ).fetchall()
        shown = self._view(row)
        shown["events"] = [
            {
                "at": self._context.local(each.at),
                "before": each.state_before,
                "after": each.state_after,
                "reason": each.reason,
                "official": each.official,
            }
            for each in events
        ]
        return shown

    def _view(self, row: Record) -> View:
        local = self._context.local
        return {
            "id": row.id,
            "kind": row.kind,
            "number": row.label,
            "copy_no": row.copy_no,
            "printer": row.printer,
            "state": row.state,
            "reason": row.reason,
            "confirmed": row.confirmed,
            "attempts": row.attempts,
            "bytes_sent": row.bytes_sent,
            "created_at": local(row.created_at),
            "expires_at": local(row.expires_at),
            "finished_at": local(row.finished_at),
        }


def _state_view(context: Context, state: Record | None) -> View:
    return {
        "problem": state.problem if state else None,
        "warning": state.warning if state else None,
        "since_at": context.local(state.since_at) if state else None,
        "confirmation": state.confirmation if state else None,
    }


_JOBS = select(print_jobs, tickets.c.label).outerjoin(tickets, tickets.c.id == print_jobs.c.ticket_id)
