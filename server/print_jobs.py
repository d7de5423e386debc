"""Print jobs: rows written in the ticket's own transaction, and what the spooler does with them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from server.db import queries
from server.db.followed import is_followed
from server.db.models import print_jobs

if TYPE_CHECKING:
    from server.db.engine import Transaction
    from server.operations.context import Context
    from server.operations.waits import Waits
    from server.printer_states import PrinterStates

INSERT_JOB = insert(print_jobs).returning(print_jobs.c.id)


class PrintJobs:
    """Writes print jobs; a job holds the figures of its moment, and its words are chosen when it is printed."""

    def __init__(self, context: Context, waits: Waits, states: PrinterStates) -> None:
        self._context = context
        self._waits = waits
        self._states = states

    def problem(self, printer: str) -> str | None:
        """Tell what keeps a printer from printing now, if that is known."""
        return self._states.problem(printer)

    def write_ticket(
        self, tx: Transaction, ticket: Any, *, printer: str, ahead: int | None, copy_no: int = 0
    ) -> int:
        """Have a ticket's slip printed, marked as a copy from `copy_no` 1 on. Returns the job's key."""
        wait = self._waits.of(ticket)
        document = {
            "number": ticket.label,
            "service": ticket.service,
            "code": ticket.code,
            "token": ticket.token,
            "issued_at": ticket.arrived_at.isoformat(),
            "due_at": ticket.due_at.isoformat(),
            "ahead": ahead,
        }
        if wait is not None:
            document["wait"] = {
                "low_at": (tx.now + timedelta(seconds=wait.low_s)).isoformat(),
                "likely_at": (tx.now + timedelta(seconds=wait.likely_s)).isoformat(),
                "high_at": (tx.now + timedelta(seconds=wait.high_s)).isoformat(),
                "rough": wait.rough,
            }
        return self._write(
            tx, "ticket", printer, document, ticket.language, ticket_id=ticket.id, copy_no=copy_no
        )

    def write_rating(
        self, tx: Transaction, ticket: Any, *, request: Any, counter: int, rating_token: str
    ) -> None:
        """
        Have the rating prompt printed, where the configuration asks for it and a printer is near.

        A visitor who took the ticket without paper, or opened its page on a telephone, gets none: it is asked there.
        """
        config = self._context.config
        printer = self.printer_of(counter)
        if config.rating.prompt != "print" or printer is None or not _has_paper(tx, ticket.id):
            return
        if config.rating.paperless and is_followed(tx.connection, ticket.id):
            return
        document = {
            "number": ticket.label,
            "service": request.service,
            "rating_token": rating_token,
            "served_at": tx.now.isoformat(),
            "valid_until": (tx.now + timedelta(days=config.rating.valid_days)).isoformat(),
        }
        self._write(
            tx, "rating", printer, document, ticket.language, ticket_id=ticket.id, request_id=request.id
        )

    def write_test(self, printer: str, language: str) -> int:
        """Have a test slip printed. Returns the job's key."""
        with self._context.database.write() as tx:
            return self._write(tx, "test", printer, {"at": tx.now.isoformat()}, language)

    def write_checkpoint(self, checkpoint: dict[str, Any], since: datetime) -> bool:
        """
        Have the sealed log's state printed, once since a moment.

        Args:
            checkpoint: `origin, size, root` in hexadecimal digits, `at, policy, note`.

        Returns:
            Whether it is printed now; False where it was, or where the centre has no printer.
        """
        config = self._context.config
        printer = (
            config.paper.checkpoint_printer
            or config.kiosk.printer
            or next((each.key for each in config.printers), None)
        )
        if printer is None:
            return False
        with self._context.database.write() as tx:
            if queries.checkpoint_was_printed(tx.connection, tx.centre, since):
                return False
            self._write(tx, "checkpoint", printer, checkpoint, config.centre.state_language)
        return True

    def write_collection(self, tx: Transaction, result: Any, *, printer: str) -> int:
        """Have the slip of a result printed: its service and its code. Returns the job's key."""
        document = {"service": result.service, "code": result.code, "ready_at": result.ready_at.isoformat()}
        return self._write(tx, "collection", printer, document, result.language)

    def printer_of(self, counter: int) -> str | None:
        """Tell where a counter prints: its own printer, or its zone's."""
        config = self._context.config
        place = config.counter[counter]
        if place.printer is not None:
            return place.printer
        return next((printer.key for printer in config.printers if printer.zone == place.zone), None)

    def _write(
        self,
        tx: Transaction,
        kind: str,
        printer: str,
        document: dict[str, Any],
        language: str,
        *,
        ticket_id: int | None = None,
        request_id: int = 0,
        copy_no: int = 0,
    ) -> int:
        row = {
            "centre": tx.centre,
            "ticket_id": ticket_id,
            "request_id": request_id,
            "kind": kind,
            "copy_no": copy_no,
            "printer": printer,
            "document": document,
            "language": language,
            "state": "queued",
            "created_at": tx.now,
            "expires_at": self._expiry(tx.now, printer),
            "next_try_at": tx.now,
        }
        job: int = tx.execute(INSERT_JOB, row).scalar_one()
        return job

    def _expiry(self, now: datetime, printer: str) -> datetime:
        settings = self._context.config.printer.get(printer)
        return now + timedelta(seconds=settings.expires_s if settings else 600)


def _has_paper(tx: Transaction, ticket: int) -> bool:
    """Tell whether a visitor chose paper."""
    job = select(print_jobs.c.id).where(print_jobs.c.ticket_id == ticket, print_jobs.c.kind == "ticket")
    return tx.execute(job.limit(1)).first() is not None
