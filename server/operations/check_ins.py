"""Appointments and finished results: announced before, turned into a ticket when the visitor comes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from server.db import booking_rows
from server.db.bookings import collections
from server.db.models import appointments, centres, results
from server.domain.admission import Arrival, arrival
from server.domain.numbering import day_of
from server.errors import (
    AppointmentEarly,
    CodeCancelled,
    CodeExpired,
    CodeOfAnother,
    CodeUsed,
    QueueError,
    ServiceNotFound,
    UnknownCode,
)
from server.operations.context import Context, Once, View, once_only
from server.operations.issuing import Arriving, Issuing
from server.operations.tickets import check_wish, draw_again

if TYPE_CHECKING:
    from server.db.engine import Transaction
    from server.db.models import Record


class CheckIns:
    """Operations on what is known before a visitor comes."""

    def __init__(self, context: Context, issuing: Issuing) -> None:
        self._context = context
        self._issuing = issuing

    def book(
        self,
        *,
        service: str,
        slot_at: datetime,
        language: str | None = None,
        category: str | None = None,
    ) -> View:
        """
        Keep an appointment.

        Returns:
            Its code, and the window in which it may check in.

        Raises:
            ServiceNotFound: A service that this centre does not offer by appointment.
        """
        row = {
            "service": self._offered(service, "appointment"),
            "slot_at": slot_at,
            "language": language or self._context.config.centre.state_language,
            "category": category,
            "state": "booked",
        }
        code = self._keep(appointments, row, "created_at")
        policy = self._context.config.policy
        return {
            "code": code,
            "service": service,
            "slot_at": self._context.local(slot_at),
            "from_at": self._context.local(slot_at - timedelta(minutes=policy.early_minutes)),
            "until_at": self._context.local(slot_at + timedelta(minutes=policy.late_minutes)),
        }

    def today(self) -> list[View]:
        """List today's appointments in the order of their times; of nobody is a name, a telephone or a category kept."""
        context = self._context
        zone = context.config.centre.zone_info
        begins = datetime.combine(context.clock().astimezone(zone).date(), time(), zone)
        booked = appointments.c
        with context.database.read() as connection:
            rows = connection.execute(
                select(booked.slot_at, booked.code, booked.service, booked.state)
                .where(booked.centre == context.centre)
                .where(booked.slot_at >= begins, booked.slot_at < begins + timedelta(days=1))
                .order_by(booked.slot_at, booked.id)
            ).fetchall()
        return [
            {
                "slot_at": context.local(row.slot_at),
                "code": row.code,
                "service": row.service,
                "state": row.state,
            }
            for row in rows
        ]

    def announce_result(self, *, service: str, language: str | None = None) -> View:
        """
        Keep that a result is ready to be collected.

        Raises:
            ServiceNotFound: A service whose result is not handed out here.
        """
        row = {
            "service": self._offered(service, "collect"),
            "language": language or self._context.config.centre.state_language,
            "state": "ready",
        }
        return {"code": self._keep(results, row, "ready_at"), "service": service}

    def check_in(
        self,
        code: str,
        *,
        language: str | None = None,
        printer: str | None = None,
        device: int | None = None,
        official: int | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Turn an appointment or a finished result into a ticket.

        An appointment that comes too late waits like a walk-in, and `came_late` says so in the answer.

        Raises:
            UnknownCode: Neither has this code.
            CodeOfAnother: Another centre has.
            CodeUsed: It was checked in.
            CodeCancelled: The appointment was cancelled, or the result withdrawn.
            CodeExpired: The day of the appointment, or the time of the result, is over.
            AppointmentEarly: It comes before its window; says when to come back.
            CentreClosed: Outside the opening hours.
        """
        check_wish(self._context, None, language)

        def run(tx: Transaction) -> View:
            return self._check_in(
                tx, code.strip().upper(), language=language, printer=printer, device=device, official=official
            )

        return draw_again(lambda: once_only(self._context, once, run))

    def _check_in(
        self,
        tx: Transaction,
        code: str,
        *,
        language: str | None,
        printer: str | None,
        device: int | None,
        official: int | None,
    ) -> View:
        booked = _find(tx, appointments, code)
        ready = _find(tx, results, code) if booked is None else None
        found = booked or ready
        if found is None:
            raise self._unknown(tx, code)
        self._check_state(tx, found, is_result=booked is None)
        service = self._context.config.service.get(found.service)
        if service is None:
            raise ServiceNotFound(service=found.service)
        origin, start_at = ("collect", None) if booked is None else self._admit(booked, tx.now)
        ticket = self._issuing.issue(
            tx,
            Arriving(
                [service],
                origin=origin,
                start_at=start_at,
                appointment=booked.id if booked is not None and origin == "appointment" else None,
                category=booked.category if booked is not None else None,
                language=language or found.language,
                printer=printer,
                device=device,
                official=official,
                is_promised=True,
            ),
        )
        table = appointments if booked is not None else results
        tx.execute(
            update(table).where(table.c.id == found.id).values(state="checked_in", ticket_id=ticket["id"])
        )
        return {**ticket, "came_late": booked is not None and origin == "walk_in"}

    def _unknown(self, tx: Transaction, code: str) -> QueueError:
        """Tell a code of another centre, whose name helps, from one that nobody gave."""
        for table in (appointments, results):
            for centre in booking_rows.other_centres(tx.connection, table, code, tx.centre):
                names = tx.execute(select(centres.c.names).where(centres.c.key == centre)).scalar()
                return CodeOfAnother(names=names or {}, centre=centre)
        return UnknownCode()

    def _check_state(self, tx: Transaction, found: Record, *, is_result: bool) -> None:
        if found.ticket_id is not None or found.state == "checked_in":
            raise CodeUsed(state=found.state)
        if found.state in ("cancelled", "withdrawn"):
            raise CodeCancelled(state=found.state)
        if found.state not in ("booked", "ready") or self._is_over(tx, found, is_result=is_result):
            raise CodeExpired(state=found.state)

    def _is_over(self, tx: Transaction, found: Record, *, is_result: bool) -> bool:
        """Tell whether the day of an appointment, or the days of a result, are over."""
        if not is_result:
            return day_of(found.slot_at, self._context.config.centre.timezone) < tx.day
        expires_at = tx.execute(
            select(collections.c.expires_at).where(collections.c.result_id == found.id)
        ).scalar()
        return expires_at is not None and expires_at <= tx.now

    def _admit(self, booked: Record, now: datetime) -> tuple[str, datetime | None]:
        policy = self._context.config.policy
        early = timedelta(minutes=policy.early_minutes)
        comes = arrival(booked.slot_at, now, early=early, late=timedelta(minutes=policy.late_minutes))
        if comes is Arrival.EARLY:
            raise AppointmentEarly(come_at=self._context.local(booked.slot_at - early))
        return ("appointment", booked.slot_at) if comes is Arrival.ON_TIME else ("walk_in", None)

    def _offered(self, service: str, channel: str) -> str:
        found = self._context.config.service.get(service)
        if found is None or channel not in found.channels:
            raise ServiceNotFound(service=service)
        return service

    def _keep(self, table: Any, row: dict[str, Any], made: str) -> str:
        def keep() -> View:
            code = self._context.randomness.code()
            with self._context.database.write() as tx:
                tx.execute(insert(table), {**row, "centre": tx.centre, "code": code, made: tx.now})
            return {"code": code}

        return str(draw_again(keep)["code"])


def _find(tx: Transaction, table: Any, code: str) -> Record | None:
    return tx.execute(
        select(table).where(table.c.centre == tx.centre, table.c.code == code).with_for_update()
    ).first()
