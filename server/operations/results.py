"""Results that are ready to be collected: announced by an agency one by one or by a file, withdrawn, expired."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from server.db.bookings import collections
from server.db.models import results
from server.domain.result_file import REFERENCE, Fault, File, Known, Ready, read_file
from server.errors import (
    BadInput,
    NotAllowed,
    PrinterNotFound,
    ResultKnown,
    ResultNotFound,
    ResultStateError,
    ServiceNotFound,
)
from server.operations.context import Context, Once, View, once_only
from server.operations.tickets import draw_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.db.engine import Transaction
    from server.db.models import Record
    from server.domain.contacts import Contact
    from server.operations.notices import Notices
    from server.operations.staff import Official
    from server.print_jobs import PrintJobs

MAX_LISTED = 500
CODE_TRIES = 4
MAX_KEY = 2**53


class Results:
    """Operations on results."""

    def __init__(self, context: Context, notices: Notices, print_jobs: PrintJobs) -> None:
        self._context = context
        self._print_jobs = print_jobs
        self._notices = notices

    def services(self, official: Official | None = None) -> list[str]:
        """List the services whose results are handed out here, of the agencies that an official answers for."""
        return [
            each.key
            for each in self._context.config.services
            if "collect" in each.channels
            and (official is None or official.agencies is None or each.agency in official.agencies)
        ]

    def announce(
        self,
        *,
        service: str,
        reference: str,
        language: str | None = None,
        contact: Contact | None = None,
        valid_days: int | None = None,
        official: Official | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Keep that a result is ready, and have its visitor told, where a contact is given.

        Args:
            reference: The agency's own number of the application.
            official: Who says so; their agencies only.

        Raises:
            ServiceNotFound: A service whose results are not handed out here.
            NotAllowed: One of an agency that the official does not answer for.
            ResultKnown: It was announced already.
            BadInput: A reference, language or contact that cannot be.
        """
        self._check_service(service, official)
        reference = reference.strip()
        if not REFERENCE.fullmatch(reference):
            raise BadInput(field="reference")
        if language is not None and language not in self._context.config.centre.languages:
            raise BadInput(field="language", value=language)
        self._notices.check(contact)
        ready = Ready(0, service, reference, language, contact, valid_days)

        def run(tx: Transaction) -> View:
            if self._known(tx, [ready]):
                raise ResultKnown(reference=reference)
            return self._keep(tx, ready, None)

        return draw_again(lambda: once_only(self._context, once, run))

    def read(self, data: bytes, official: Official | None = None) -> File:
        """Read a file without keeping anything of it; its faults include results that are known already."""
        config = self._context.config
        known = Known(
            self.services(official),
            config.centre.languages,
            self._notices.ways(),
            config.messages.country_code,
        )
        return read_file(data, known)

    def import_file(self, data: bytes, *, official: Official | None = None) -> View:
        """
        Keep every result of a file, or none.

        Returns:
            `batch` to find them again, the `results`, and the `faults` that kept it from being taken: row, column,
            key and facts of each.
        """
        file = self.read(data, official)
        if file.faults:
            return _refused(file, file.faults)
        for _ in range(CODE_TRIES):
            batch = self._context.randomness.token()
            try:
                with self._context.database.write() as tx:
                    known = self._known(tx, file.rows)
                    faults = [
                        Fault(each.row, "reference", "known", {"value": each.reference})
                        for each in file.rows
                        if (each.service, each.reference) in known
                    ]
                    if faults:
                        return _refused(file, faults)
                    kept = [self._keep(tx, each, batch) for each in file.rows]
            except (
                IntegrityError
            ):  # two codes were the same by chance, or another announced the same meanwhile
                continue
            return {"batch": batch, "encoding": file.encoding, "results": kept, "faults": []}
        raise ResultStateError(state="ready", action="import")

    def list(
        self,
        *,
        state: str | None = None,
        service: str | None = None,
        batch: str | None = None,
        official: Official | None = None,
    ) -> Sequence[View]:
        """List the newest results, of the agencies that an official answers for."""
        mine = self.services(official)
        query = (
            select(results, *_BESIDE)
            .select_from(_WITH_COLLECTION)
            .where(results.c.centre == self._context.centre)
            .where(
                results.c.service.in_(mine if service is None else [each for each in mine if each == service])
            )
            .order_by(results.c.id.desc())
            .limit(MAX_LISTED if batch is None else 10_000)
        )
        if state is not None:
            query = query.where(results.c.state == state)
        if batch is not None:
            query = query.where(collections.c.batch == batch)
        with self._context.database.read() as connection:
            return [self._view(row) for row in connection.execute(query).fetchall()]

    def by_id(self, id: int) -> View:
        """
        Show a result.

        Raises:
            ResultNotFound: None has this key.
        """
        query = (
            select(results, *_BESIDE)
            .select_from(_WITH_COLLECTION)
            .where(results.c.centre == self._context.centre, results.c.id == id)
        )
        with self._context.database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise ResultNotFound
        return self._view(row)

    def withdraw(self, id: int, *, official: Official | None = None, once: Once | None = None) -> View:
        """
        Take back that a result is ready; its contact is erased.

        Raises:
            ResultNotFound: None has this key.
            NotAllowed: It is of an agency that the official does not answer for.
            ResultStateError: It was collected, withdrawn or expired.
        """

        def run(tx: Transaction) -> View:
            row = self._locked(tx, id)
            self._check_service(row.service, official)
            if row.state != "ready":
                raise ResultStateError(state=row.state, action="withdraw")
            self._end(tx, row, "withdrawn")
            return self._view(self._locked(tx, id))

        return once_only(self._context, once, run)

    def print_slip(self, id: int, *, printer: str | None = None, official: Official | None = None) -> int:
        """
        Print the slip with a result's code.

        Args:
            printer: Where; the kiosk's printer when None.

        Returns:
            The print job's key.

        Raises:
            ResultNotFound, NotAllowed: As for `withdraw`.
            ResultStateError: It is not ready any more.
            PrinterNotFound: There is no such printer, or none at all.
        """
        where = printer or self._context.config.kiosk.printer
        if where not in self._context.config.printer:
            raise PrinterNotFound(printer=where)
        with self._context.database.write() as tx:
            row = self._locked(tx, id)
            self._check_service(row.service, official)
            if row.state != "ready":
                raise ResultStateError(state=row.state, action="print")
            return self._print_jobs.write_collection(tx, row, printer=where)

    def end_expired(self) -> int:
        """End the results whose time is over. Returns how many."""
        query = (
            select(results.c.id)
            .select_from(results.join(collections, collections.c.result_id == results.c.id))
            .where(results.c.centre == self._context.centre, text("results.state = 'ready'"))
        )
        with self._context.database.read() as connection:
            now = self._context.clock()
            if not connection.execute(query.where(collections.c.expires_at <= now).limit(1)).fetchall():
                return 0
        with self._context.database.write() as tx:
            over = tx.execute(query.where(collections.c.expires_at <= tx.now)).fetchall()
            for row in over:
                self._end(tx, row, "expired")
        return len(over)

    def _check_service(self, service: str, official: Official | None) -> None:
        if service not in self.services():
            raise ServiceNotFound(service=service)
        if service not in self.services(official):
            raise NotAllowed(service=service)

    def _known(self, tx: Transaction, ready: Sequence[Ready]) -> set[tuple[str, str]]:
        """List what of this is announced already."""
        wanted = {(each.service, each.reference) for each in ready}
        rows = tx.execute(
            select(collections.c.service, collections.c.reference)
            .where(collections.c.centre == tx.centre, collections.c.withdrawn_at.is_(None))
            .where(collections.c.service.in_({service for service, _ in wanted}))
            .where(collections.c.reference.in_({reference for _, reference in wanted}))
        ).fetchall()
        return wanted & {(row.service, row.reference) for row in rows}

    def _keep(self, tx: Transaction, ready: Ready, batch: str | None) -> View:
        language = ready.language or self._context.config.centre.state_language
        row: dict[str, Any] = {
            "centre": tx.centre,
            "code": self._context.randomness.code(),
            "service": ready.service,
            "language": language,
            "state": "ready",
            "ready_at": tx.now,
        }
        id: int = tx.execute(insert(results).returning(results.c.id), row).scalar_one()
        days = ready.valid_days or self._context.config.collection.valid_days
        beside = {
            "result_id": id,
            "centre": tx.centre,
            "service": ready.service,
            "reference": ready.reference,
            "batch": batch,
            "expires_at": tx.now + timedelta(days=days),
        }
        tx.execute(insert(collections), beside)
        if ready.contact is not None:
            contact = self._notices.keep_contact(tx, ready.contact, result=id)
            self._notices.write(tx, "ready", contact, language=language, result=id)
        return self._view(self._locked(tx, id))

    def _end(self, tx: Transaction, row: Any, state: str) -> None:
        tx.execute(update(results).where(results.c.id == row.id).values(state=state))
        # The agency may announce it again: what is kept for good is only that one of a reference is ready at a time.
        tx.execute(update(collections).where(collections.c.result_id == row.id).values(withdrawn_at=tx.now))
        self._notices.forget_contact(tx, result=row.id)

    def _locked(self, tx: Transaction, id: int) -> Record:
        if id >= MAX_KEY:
            raise ResultNotFound
        row = tx.execute(
            select(results, *_BESIDE)
            .select_from(_WITH_COLLECTION)
            .where(results.c.centre == tx.centre, results.c.id == id)
            .with_for_update(of=results)
        ).first()
        if row is None:
            raise ResultNotFound
        return row

    def _view(self, row: Record) -> View:
        is_over = (
            row.state == "ready" and row.expires_at is not None and row.expires_at <= self._context.clock()
        )
        return {
            "id": row.id,
            "code": row.code,
            "service": row.service,
            "service_name": self._context.service_name(row.service),
            "reference": row.reference or "",
            "language": row.language,
            "state": "expired" if is_over else row.state,
            "ready_at": self._context.local(row.ready_at),
            "expires_at": self._context.local(row.expires_at),
        }


_WITH_COLLECTION = results.outerjoin(collections, collections.c.result_id == results.c.id)
_BESIDE = (collections.c.reference, collections.c.expires_at, collections.c.batch)


def _refused(file: File, faults: Sequence[Fault]) -> View:
    return {
        "batch": None,
        "encoding": file.encoding,
        "results": [],
        "faults": [
            {"row": each.row, "column": each.column, "key": each.key, "facts": dict(each.facts)}
            for each in faults
        ],
    }
