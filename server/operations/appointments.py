"""Appointments: which times are free, and how one is kept, moved, cancelled and missed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update

from server.db import booking_rows
from server.db.bookings import bookings
from server.db.models import appointments
from server.domain.numbering import day_of
from server.domain.opening import last_closing, start_of_day
from server.errors import AppointmentNotFound, AppointmentStateError, BadInput, MoveLimit, SlotTaken
from server.events import EventKind
from server.operations.context import Context, Once, View, once_only
from server.operations.tickets import draw_again

if TYPE_CHECKING:
    from server.db.engine import Transaction
    from server.db.models import Record
    from server.domain.contacts import Contact
    from server.domain.slots import Slot
    from server.operations.booking_limits import BookingLimits
    from server.operations.notices import Notices
    from server.operations.slot_finding import SlotFinding


A_YEAR = timedelta(days=365)


class Appointments:
    """Operations on appointments."""

    def __init__(
        self, context: Context, finding: SlotFinding, limits: BookingLimits, notices: Notices
    ) -> None:
        self._context = context
        self._finding = finding
        self._limits = limits
        self._notices = notices

    # What can be booked.

    def services(self) -> list[View]:
        """List what can be booked, by agency in the catalogue's order."""
        config = self._context.config
        return [
            {"key": agency.key, "name": agency.name, "services": offered}
            for agency in config.agencies
            if (
                offered := [
                    {"key": each.key, "name": each.name, "minutes": each.minutes}
                    for each in config.services
                    if each.agency == agency.key and self._finding.is_bookable(each)
                ]
            )
        ]

    def days(self, service: str) -> View:
        """
        Tell of each day up to the horizon how many times are free.

        Raises:
            ServiceNotFound: The centre does not offer the service.
            NotBookable: It takes no appointments here.
        """
        self._finding.bookable(service)
        now = self._context.clock()
        with self._context.database.read() as connection:
            days = [
                self._day(day, self._finding.free(connection, service, day, now))
                for day in self._finding.days()
            ]
        return {
            "service": service,
            "days": days,
            "next_release_at": self._local(self._finding.next_release(now)),
        }

    def slots(self, service: str, day: date, *, moving: str | None = None) -> View:
        """
        List the free times of a day.

        Args:
            moving: The token of an appointment that would leave its own time for another.

        Raises:
            ServiceNotFound: The centre does not offer the service.
            NotBookable: It takes no appointments here.
        """
        found = self._finding.bookable(service)
        now = self._context.clock()
        with self._context.database.read() as connection:
            own = booking_rows.by_token(connection, self._context.centre, moving) if moving else None
            free = self._finding.free(connection, service, day, now, without=own.id if own else None)
        return {
            "service": service,
            "minutes": found.minutes,
            **self._day(day, free),
            "slots": [
                {"at": self._local(slot.at), "left": slot.left}
                for slot in free
                if own is None or slot.at != own.slot_at
            ],
            "next_release_at": self._local(self._finding.next_release(now)),
        }

    # What is done with one.

    def book(
        self,
        *,
        service: str,
        slot_at: datetime,
        language: str | None = None,
        category: str | None = None,
        contact: Contact | None = None,
        phone: str | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Keep a free time.

        Args:
            contact: Where the visitor is told; kept until the visit ends.
            phone: What the visitor's phone is known by (a cookie), so that one does not book for a whole market.

        Raises:
            ServiceNotFound: The centre does not offer the service.
            NotBookable: It takes no appointments here.
            SlotTaken: The time is not free, not opened yet, or over.
            BookingLimit, BookingDayLimit, BookingBlocked: This contact or phone may not book now.
            BadInput: An unknown category or language, or a contact that is missing or cannot be reached.
        """
        wanted = self._finding.bookable(service)
        self._check_wish(category, language, contact, needs_contact=phone is not None)
        contact_mark = self._limits.mark_contact(contact)
        phone_mark = self._limits.mark("phone", phone) if phone else None

        def run(tx: Transaction) -> View:
            self._limits.check(tx, contact_mark, phone_mark)
            slot = self._free_slot(tx, service, slot_at)
            row = {
                "centre": tx.centre,
                "code": self._context.randomness.code(),
                "service": service,
                "slot_at": slot.at,
                "language": language or self._context.config.centre.state_language,
                "category": category,
                "state": "booked",
                "created_at": tx.now,
            }
            id: int = tx.execute(insert(appointments).returning(appointments.c.id), row).scalar_one()
            self._claim(tx, id, service, slot, wanted.minutes)
            booking = {
                "appointment_id": id,
                "centre": tx.centre,
                "token": self._context.randomness.token(),
                "minutes": wanted.minutes,
                "contact_mark": contact_mark,
                "phone_mark": phone_mark,
                "changed_at": tx.now,
            }
            tx.execute(insert(bookings), booking)
            self._record(tx, EventKind.APPOINTMENT_BOOKED, id, service, slot_at=slot.at)
            if contact is not None:
                self._tell(tx, self._notices.keep_contact(tx, contact, appointment=id), "booked", id, row, 0)
            return self._view(self._read(tx, id))

        return draw_again(lambda: once_only(self._context, once, run))

    def view(self, token: str) -> View:
        """
        Show a visitor the appointment.

        Raises:
            AppointmentNotFound: None has this token.
        """
        with self._context.database.read() as connection:
            found = booking_rows.by_token(connection, self._context.centre, token)
        if found is None:
            raise AppointmentNotFound
        return self._view(found)

    def by_id(self, id: int) -> View:
        """
        Show staff an appointment.

        Raises:
            AppointmentNotFound: None has this key.
        """
        with self._context.database.read() as connection:
            found = booking_rows.by_id(connection, self._context.centre, id)
        if found is None:
            raise AppointmentNotFound
        return self._view(found)

    def move(self, token: str, slot_at: datetime, *, once: Once | None = None) -> View:
        """
        Move an appointment to another free time; the old one goes to the next batch.

        Raises:
            AppointmentNotFound: None has this token.
            AppointmentStateError: It was cancelled, missed or checked in, or its time has come.
            MoveLimit: It was moved as often as it can be.
            SlotTaken: The time is not free, or its own.
        """

        def run(tx: Transaction) -> View:
            found = booking_rows.by_token(tx.connection, tx.centre, token, lock=True)
            return self._move(tx, found, slot_at)

        return once_only(self._context, once, run)

    def cancel(self, token: str, *, once: Once | None = None) -> View:
        """
        Give an appointment back; its time goes to the next batch, and its contact is erased.

        Raises:
            AppointmentNotFound: None has this token.
            AppointmentStateError: It was missed or checked in already.
        """

        def run(tx: Transaction) -> View:
            found = booking_rows.by_token(tx.connection, tx.centre, token, lock=True)
            return self._cancel(tx, found, tells=False)

        return once_only(self._context, once, run)

    def move_by_staff(self, id: int, slot_at: datetime, *, once: Once | None = None) -> View:
        """Move an appointment for its visitor, who is told; raises as `move`."""

        def run(tx: Transaction) -> View:
            found = booking_rows.by_id(tx.connection, tx.centre, id, lock=True)
            return self._move(tx, found, slot_at, is_limited=False)

        return once_only(self._context, once, run)

    def cancel_by_staff(self, id: int, *, once: Once | None = None) -> View:
        """Cancel an appointment; its visitor is told, and then the contact erased. Raises as `cancel`."""

        def run(tx: Transaction) -> View:
            found = booking_rows.by_id(tx.connection, tx.centre, id, lock=True)
            return self._cancel(tx, found, tells=True)

        return once_only(self._context, once, run)

    def of_day(self, day: date) -> list[View]:
        """List the appointments of a day in the order of their times; of nobody is a name or a contact told."""
        begin, end = self._finding.bounds(day)
        with self._context.database.read() as connection:
            rows = booking_rows.between(connection, self._context.centre, begin, end)
        return [
            {
                "id": row.id,
                "slot_at": self._local(row.slot_at),
                "code": row.code,
                "service": row.service,
                "service_name": self._context.service_name(row.service),
                "language": row.language,
                "state": row.state,
                "number": row.ticket_number,
            }
            for row in rows
        ]

    def end_missed(self) -> int:
        """Note the appointments of ended days to which nobody came, and forget what needs no keeping."""
        ended = self._ended_before()
        with self._context.database.read() as connection:
            if not booking_rows.not_come(connection, self._context.centre, ended):
                return 0
        with self._context.database.write() as tx:
            missed = booking_rows.not_come(tx.connection, tx.centre, ended)
            for row in missed:
                tx.execute(update(appointments).where(appointments.c.id == row.id).values(state="missed"))
                self._record(tx, EventKind.APPOINTMENT_MISSED, row.id, row.service, slot_at=row.slot_at)
                self._notices.forget_contact(tx, appointment=row.id)
        return len(missed)

    def forget(self) -> None:
        """Erase what needs no keeping: places of slots that are over, and marks that limit nothing any more."""
        with self._context.database.write() as tx:
            booking_rows.forget_places(tx, tx.now - timedelta(days=2))
            self._limits.forget(tx)
            self._notices.forget_old(tx)

    # Parts of the verbs.

    def _check_wish(
        self, category: str | None, language: str | None, contact: Contact | None, *, needs_contact: bool
    ) -> None:
        config = self._context.config
        if category is not None and category not in config.category:
            raise BadInput(field="category", value=category)
        if language is not None and language not in config.centre.languages:
            raise BadInput(field="language", value=language)
        self._notices.check(contact)
        if (
            contact is None
            and needs_contact
            and config.booking.contact == "required"
            and self._notices.ways()
        ):
            raise BadInput(field=self._notices.ways()[0])

    def _free_slot(
        self, tx: Transaction, service: str, slot_at: datetime, without: int | None = None
    ) -> Slot:
        if not tx.now < slot_at < tx.now + A_YEAR:  # what is farther off has no day in every zone
            raise SlotTaken
        day = day_of(slot_at, self._context.config.centre.timezone)
        free = self._finding.free(tx.connection, service, day, tx.now, without=without)
        slot = next((each for each in free if each.at == slot_at), None)
        if slot is None:
            raise SlotTaken
        return slot

    def _claim(self, tx: Transaction, id: int, service: str, slot: Slot, minutes: int) -> None:
        at_once = slot.left + self._begun(tx, service, slot.at)
        if not booking_rows.claim(
            tx, service=service, slot_at=slot.at, minutes=minutes, appointment=id, at_once=at_once
        ):
            raise SlotTaken

    def _begun(self, tx: Transaction, service: str, at: datetime) -> int:
        rows = booking_rows.taken(tx.connection, tx.centre, at, at + timedelta(seconds=1), now=tx.now)
        return sum(row.service == service for row in rows)

    def _move(
        self, tx: Transaction, found: Record | None, slot_at: datetime, *, is_limited: bool = True
    ) -> View:
        limit = self._context.config.booking.moves
        row = self._changeable(found, tx.now, "move")
        if is_limited and row.moves >= limit:
            raise MoveLimit(limit=limit)
        if row.slot_at == slot_at:
            raise SlotTaken
        minutes = self._finding.bookable(row.service).minutes
        slot = self._free_slot(tx, row.service, slot_at, without=row.id)
        booking_rows.give_back(tx, row.id, self._frees_at(tx.now))
        self._claim(tx, row.id, row.service, slot, minutes)
        tx.execute(update(appointments).where(appointments.c.id == row.id).values(slot_at=slot.at))
        self._change(tx, row, minutes=minutes, moves=row.moves + 1)
        self._record(
            tx, EventKind.APPOINTMENT_MOVED, row.id, row.service, slot_at=slot.at, before_at=row.slot_at
        )
        contact = self._notices.contact_of(tx, row.id)
        if contact is not None:
            self._notices.drop(tx, appointment=row.id)
            told = {"slot_at": slot.at, "language": row.language}
            self._tell(tx, contact, "moved", row.id, told, row.sequence + 1)
        return self._view(self._read(tx, row.id))

    def _cancel(self, tx: Transaction, found: Record | None, *, tells: bool) -> View:
        if found is not None and found.state == "cancelled":
            return self._view(found)
        row = self._changeable(found, None, "cancel")
        booking_rows.give_back(tx, row.id, self._frees_at(tx.now))
        tx.execute(update(appointments).where(appointments.c.id == row.id).values(state="cancelled"))
        self._change(tx, row)
        self._record(tx, EventKind.APPOINTMENT_CANCELLED, row.id, row.service, slot_at=row.slot_at)
        contact = self._notices.contact_of(tx, row.id)
        if contact is not None and tells:
            self._notices.drop(tx, appointment=row.id)
            self._notices.write(
                tx,
                "cancelled",
                contact,
                language=row.language,
                appointment=row.id,
                sequence=row.sequence + 1,
            )
        elif contact is not None:
            self._notices.forget_contact(tx, appointment=row.id)
        return self._view(self._read(tx, row.id))

    def _frees_at(self, now: datetime) -> datetime:
        """Draw when a time that is given back can be booked again."""
        scatter = timedelta(minutes=self._context.config.booking.scatter_minutes)
        return self._finding.next_release(now) + scatter * self._context.randomness.share()

    def _changeable(self, found: Record | None, now: datetime | None, action: str) -> Record:
        if found is None or found.token is None:
            raise AppointmentNotFound
        if found.state != "booked" or (now is not None and found.slot_at <= now):
            raise AppointmentStateError(state=found.state, action=action)
        return found

    def _change(self, tx: Transaction, row: Record, **values: Any) -> None:
        tx.execute(
            update(bookings)
            .where(bookings.c.appointment_id == row.id)
            .values(sequence=row.sequence + 1, changed_at=tx.now, **values)
        )

    def _tell(self, tx: Transaction, contact: int, kind: str, id: int, row: Any, sequence: int) -> None:
        """Have the visitor told now, and reminded later."""
        about: dict[str, Any] = {"appointment": id, "language": row["language"], "sequence": sequence}
        self._notices.write(tx, kind, contact, **about)
        self._notices.plan_reminders(tx, contact, slot_at=row["slot_at"], **about)

    def _read(self, tx: Transaction, id: int) -> Record:
        found = booking_rows.by_id(tx.connection, tx.centre, id)
        if found is None:
            raise AppointmentNotFound
        return found

    def _record(self, tx: Transaction, kind: EventKind, id: int, service: str, **times: datetime) -> None:
        """Write an entry of the log: which appointment and when, never whose, nor its code."""
        data: dict[str, Any] = {name: at.isoformat() for name, at in times.items()}
        tx.record(kind, service=service, appointment=id, **data)

    def _ended_before(self) -> datetime:
        """Tell up to which moment nobody can come any more: today's closing once it is over, else midnight."""
        centre = self._context.config.centre
        now = self._context.clock()
        today = day_of(now, centre.timezone)
        closes = last_closing(
            today,
            timezone=centre.timezone,
            hours=centre.hours,
            holidays={holiday.date for holiday in centre.holidays},
        )
        return closes if closes is not None and closes <= now else start_of_day(today, centre.timezone)

    def _day(self, day: date, free: list[Slot]) -> View:
        opens_at = self._finding.opens_at(day)
        if not self._finding.is_open(day):
            state = "closed"
        elif opens_at is not None:
            state = "not_opened"
        else:
            state = "free" if free else "full"
        return {
            "day": day.isoformat(),
            "state": state,
            "free": sum(slot.left for slot in free),
            "opens_at": self._local(opens_at) if state == "not_opened" else None,
        }

    def _view(self, row: Record) -> View:
        context = self._context
        config = context.config
        policy = config.policy
        service = config.service.get(row.service)
        agency = config.agency.get(service.agency) if service else None
        zone = config.zone.get(service.zone) if service else None
        minutes = row.minutes or (service.minutes if service else 0)
        page = f"{context.public_url}/b/{row.token}" if row.token else None
        return {
            "id": row.id,
            "code": row.code,
            "token": row.token,
            "state": row.state,
            "service": row.service,
            "service_name": context.service_name(row.service),
            "agency_name": agency.name if agency else None,
            "zone_name": zone.name if zone else None,
            "where": zone.where if zone else None,
            "bring": list(service.bring) if service else [],
            "language": row.language,
            "slot_at": context.local(row.slot_at),
            "ends_at": context.local(row.slot_at + timedelta(minutes=minutes)),
            "from_at": context.local(row.slot_at - timedelta(minutes=policy.early_minutes)),
            "until_at": context.local(row.slot_at + timedelta(minutes=policy.late_minutes)),
            "minutes": minutes,
            "sequence": row.sequence or 0,
            "moves_left": max(0, config.booking.moves - (row.moves or 0)),
            "number": row.ticket_number,
            "links": {
                "page": page,
                "calendar": f"{page}/calendar.ics" if page else None,
                "ticket": f"{context.public_url}/t/{row.ticket_token}" if row.ticket_token else None,
            },
        }

    def _local(self, at: datetime | None) -> str | None:
        return self._context.local(at)
