"""Reads and writes of booking: the places of slots, what appointments were booked with, who has how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from server.db.bookings import bookings, slot_places
from server.db.models import appointments, shifts, tickets

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from server.db.engine import Transaction
    from server.db.models import Record

WITH_BOOKING = appointments.outerjoin(bookings, bookings.c.appointment_id == appointments.c.id).outerjoin(
    tickets, tickets.c.id == appointments.c.ticket_id
)
APPOINTMENT = (
    appointments,
    bookings.c.token,
    bookings.c.sequence,
    bookings.c.minutes,
    bookings.c.moves,
    bookings.c.contact_mark,
    tickets.c.token.label("ticket_token"),
    tickets.c.label.label("ticket_number"),
)


def taken(
    connection: Connection,
    centre: str,
    begin: datetime,
    end: datetime,
    *,
    now: datetime,
    without: int | None = None,
) -> Sequence[Record]:
    """Read the places in use between two moments; `without` leaves an appointment's own out."""
    query = (
        select(slot_places.c.service, slot_places.c.slot_at, slot_places.c.minutes)
        .where(slot_places.c.centre == centre, slot_places.c.slot_at >= begin, slot_places.c.slot_at < end)
        .where(or_(slot_places.c.frees_at.is_(None), slot_places.c.frees_at > now))
    )
    if without is not None:
        query = query.where(slot_places.c.appointment_id.is_distinct_from(without))
    return connection.execute(query).fetchall()


def claim(
    tx: Transaction, *, service: str, slot_at: datetime, minutes: int, appointment: int, at_once: int
) -> bool:
    """Take one of a slot's places, of which there are `at_once`; False where others have them all."""
    where = (
        (slot_places.c.centre == tx.centre)
        & (slot_places.c.slot_at == slot_at)
        & (slot_places.c.service == service)
    )
    tx.execute(delete(slot_places).where(where, slot_places.c.frees_at <= tx.now))
    used = {row.place for row in tx.execute(select(slot_places.c.place).where(where))}
    dialect: Any = sqlite if tx.connection.dialect.name == "sqlite" else postgresql
    for place in range(len(used) + at_once):
        if len(used) >= at_once:
            return False
        if place in used:
            continue
        row = {"centre": tx.centre, "slot_at": slot_at, "service": service, "place": place}
        inserted = tx.execute(
            dialect.insert(slot_places)
            .values(**row, minutes=minutes, appointment_id=appointment)
            .on_conflict_do_nothing()
            .returning(slot_places.c.place)
        ).first()
        if inserted is not None:
            return True
        used.add(place)
    return False


def give_back(tx: Transaction, appointment: int, frees_at: datetime) -> None:
    """Keep an appointment's place from everyone until the next batch is opened."""
    tx.execute(
        update(slot_places)
        .where(slot_places.c.appointment_id == appointment)
        .values(appointment_id=None, frees_at=frees_at)
    )


def forget_places(tx: Transaction, before: datetime) -> None:
    """Erase the places of slots that are over."""
    tx.execute(delete(slot_places).where(slot_places.c.centre == tx.centre, slot_places.c.slot_at < before))


def by_token(connection: Connection, centre: str, token: str, *, lock: bool = False) -> Record | None:
    """Read an appointment by the token of its page."""
    query = (
        select(*APPOINTMENT)
        .select_from(WITH_BOOKING)
        .where(bookings.c.token == token, appointments.c.centre == centre)
    )
    return connection.execute(query.with_for_update(of=appointments) if lock else query).first()


def by_id(connection: Connection, centre: str, id: int, *, lock: bool = False) -> Record | None:
    """Read an appointment by its key."""
    query = (
        select(*APPOINTMENT)
        .select_from(WITH_BOOKING)
        .where(appointments.c.id == id, appointments.c.centre == centre)
    )
    return connection.execute(query.with_for_update(of=appointments) if lock else query).first()


def between(connection: Connection, centre: str, begin: datetime, end: datetime) -> Sequence[Record]:
    """Read the appointments of a while, in the order of their times."""
    return connection.execute(
        select(*APPOINTMENT)
        .select_from(WITH_BOOKING)
        .where(appointments.c.centre == centre)
        .where(appointments.c.slot_at >= begin, appointments.c.slot_at < end)
        .order_by(appointments.c.slot_at, appointments.c.id)
    ).fetchall()


def not_come(connection: Connection, centre: str, before: datetime) -> Sequence[Record]:
    """Read the appointments before a moment whose visitors have not checked in."""
    return connection.execute(
        select(appointments)
        .where(appointments.c.centre == centre, text("appointments.state = 'booked'"))
        .where(appointments.c.slot_at < before)
        .order_by(appointments.c.slot_at, appointments.c.id)
    ).fetchall()


def count_of_mark(
    connection: Connection,
    centre: str,
    column: Any,
    mark: bytes,
    *,
    ahead_of: datetime | None = None,
    made_since: datetime | None = None,
) -> int:
    """Count a contact's or a phone's appointments: those still before it, or those made since a moment."""
    query = (
        select(func.count())
        .select_from(bookings.join(appointments, appointments.c.id == bookings.c.appointment_id))
        .where(bookings.c.centre == centre, column == mark)
    )
    if ahead_of is not None:
        query = query.where(appointments.c.state == "booked", appointments.c.slot_at > ahead_of)
    if made_since is not None:
        query = query.where(appointments.c.created_at >= made_since)
    count: int = connection.execute(query).scalar_one()
    return count


def missed_of_mark(
    connection: Connection, centre: str, column: Any, mark: bytes, since: datetime
) -> list[datetime]:
    """List the times of the appointments that a contact or a phone missed, newest first."""
    rows = connection.execute(
        select(appointments.c.slot_at)
        .select_from(bookings.join(appointments, appointments.c.id == bookings.c.appointment_id))
        .where(bookings.c.centre == centre, column == mark)
        .where(appointments.c.state == "missed", appointments.c.slot_at >= since)
        .order_by(appointments.c.slot_at.desc())
    )
    return [row.slot_at for row in rows]


def forget_marks(tx: Transaction, *, done_before: datetime, missed_before: datetime) -> None:
    """Erase the marks that limit nothing any more."""
    over = (
        select(appointments.c.id)
        .where(
            appointments.c.id == bookings.c.appointment_id,
            or_(
                (appointments.c.state != "missed") & (appointments.c.slot_at < done_before),
                appointments.c.slot_at < missed_before,
            ),
        )
        .exists()
    )
    tx.execute(
        update(bookings)
        .where(bookings.c.centre == tx.centre)
        .where(or_(bookings.c.contact_mark.is_not(None), bookings.c.phone_mark.is_not(None)))
        .where(over)
        .values(contact_mark=None, phone_mark=None)
    )


def shifts_since(connection: Connection, centre: str, since: datetime) -> Sequence[Record]:
    """Read the shifts that ended after a moment: `counter, opened_at, closed_at`."""
    return connection.execute(
        select(shifts.c.counter, shifts.c.opened_at, shifts.c.closed_at).where(
            shifts.c.centre == centre, shifts.c.closed_at >= since
        )
    ).fetchall()


def other_centres(connection: Connection, table: Any, code: str, centre: str) -> Collection[str]:
    """List the centres, other than one, that have a code."""
    rows = connection.execute(select(table.c.centre).where(table.c.code == code, table.c.centre != centre))
    return {row.centre for row in rows}
