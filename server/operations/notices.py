"""Messages to visitors: rows that a worker sends, and the contacts that they go to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select, update

from server.db.bookings import collections, contacts, notices
from server.db.models import appointments, results, tickets
from server.domain.contacts import Contact
from server.errors import BadInput

if TYPE_CHECKING:
    from server.db.engine import Transaction
    from server.operations.context import Context

# A provider that does not answer is asked again after so long; then the message is given up.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
# A worker that died while it sent has let the message lie for so long.
LOST_AFTER = timedelta(minutes=10)
KEEP = timedelta(days=30)
BATCH = 20
OPEN = ("queued", "sending")


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that is to be sent, with all that its words need; `contact` is never shown nor logged."""

    id: int
    kind: str
    language: str
    contact: Contact
    appointment: int | None
    result: int | None
    sequence: int
    attempts: int

    def __repr__(self) -> str:
        return f"Notice(id={self.id}, kind={self.kind!r}, by={self.contact.kind!r})"


class Notices:
    """Operations on messages."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def ways(self) -> tuple[str, ...]:
        """List the ways by which visitors can be told here: "email", "sms"."""
        settings = self._context.config.messages
        return tuple(way for way, there in (("email", settings.email), ("sms", settings.sms)) if there)

    def check(self, contact: Contact | None) -> None:
        """
        See to it that a contact can be reached.

        Raises:
            BadInput: This centre sends nothing that way.
        """
        if contact is not None and contact.kind not in self.ways():
            raise BadInput(field="email" if contact.kind == "email" else "phone")

    def keep_contact(
        self, tx: Transaction, contact: Contact, *, appointment: int | None = None, result: int | None = None
    ) -> int:
        """Write down where the visitor of an appointment or a result can be told."""
        row = {
            "centre": tx.centre,
            "kind": contact.kind,
            "address": contact.address,
            "appointment_id": appointment,
            "result_id": result,
            "created_at": tx.now,
        }
        id: int = tx.execute(insert(contacts).returning(contacts.c.id), row).scalar_one()
        return id

    def contact_of(self, tx: Transaction, appointment: int) -> int | None:
        """Find the contact of an appointment."""
        found = tx.execute(select(contacts.c.id).where(contacts.c.appointment_id == appointment)).scalar()
        return None if found is None else int(found)

    def write(
        self,
        tx: Transaction,
        kind: str,
        contact: int,
        *,
        language: str,
        appointment: int | None = None,
        result: int | None = None,
        sequence: int = 0,
        at: datetime | None = None,
    ) -> None:
        """Have a message sent, now or at a moment."""
        row = {
            "centre": tx.centre,
            "contact_id": contact,
            "kind": kind,
            "appointment_id": appointment,
            "result_id": result,
            "sequence": sequence,
            "language": language,
            "state": "queued",
            "created_at": tx.now,
            "next_try_at": at or tx.now,
        }
        tx.execute(insert(notices), row)

    def plan_reminders(
        self,
        tx: Transaction,
        contact: int,
        *,
        appointment: int,
        slot_at: datetime,
        language: str,
        sequence: int,
    ) -> None:
        """Have a visitor reminded before an appointment, at those moments that are not over."""
        for hours in self._context.config.messages.remind_hours:
            at = slot_at - timedelta(hours=hours)
            if at > tx.now + timedelta(hours=1):
                self.write(
                    tx,
                    "reminder",
                    contact,
                    language=language,
                    appointment=appointment,
                    sequence=sequence,
                    at=at,
                )

    def drop(self, tx: Transaction, *, appointment: int | None = None, result: int | None = None) -> None:
        """Send nothing more of what waits to be sent."""
        mine = (
            notices.c.appointment_id == appointment
            if appointment is not None
            else notices.c.result_id == result
        )
        tx.execute(
            update(notices)
            .where(notices.c.centre == tx.centre, mine, notices.c.state.in_(OPEN))
            .values(state="dropped", ended_at=tx.now)
        )

    def forget_contact(
        self, tx: Transaction, *, appointment: int | None = None, result: int | None = None
    ) -> None:
        """Erase a contact, and send nothing more to it."""
        self.drop(tx, appointment=appointment, result=result)
        mine = (
            contacts.c.appointment_id == appointment
            if appointment is not None
            else contacts.c.result_id == result
        )
        tx.execute(delete(contacts).where(contacts.c.centre == tx.centre, mine))

    # What the worker does.

    def take(self) -> list[Notice]:
        """Take what is due to be sent; each is `done`, `failed` or `dropped` afterwards."""
        with self._context.database.read() as connection:
            due = self._due(connection.execute, self._context.clock())
        if not due:
            return []
        with self._context.database.write() as tx:
            taken = self._due(tx.execute, tx.now)
            # Where nobody sent for a while, one reminder says it all.
            newest = {row.appointment_id: row.id for row in taken if row.kind == "reminder"}
            for row in taken:
                if row.kind == "reminder" and row.id != newest[row.appointment_id]:
                    tx.execute(
                        update(notices).where(notices.c.id == row.id).values(state="dropped", ended_at=tx.now)
                    )
            taken = [row for row in taken if row.kind != "reminder" or row.id == newest[row.appointment_id]]
            for row in taken:
                tx.execute(
                    update(notices)
                    .where(notices.c.id == row.id)
                    .values(state="sending", attempts=row.attempts + 1, next_try_at=tx.now + LOST_AFTER)
                )
        return [
            Notice(
                row.id,
                row.kind,
                row.language,
                Contact(row.contact_kind, row.address),
                row.appointment_id,
                row.result_id,
                row.sequence,
                row.attempts + 1,
            )
            for row in taken
        ]

    def _due(self, execute: Any, now: datetime) -> list[Any]:
        rows = execute(
            select(notices, contacts.c.kind.label("contact_kind"), contacts.c.address)
            .select_from(notices.join(contacts, contacts.c.id == notices.c.contact_id))
            .where(notices.c.centre == self._context.centre, notices.c.state.in_(OPEN))
            .where(notices.c.next_try_at <= now)
            .order_by(notices.c.next_try_at, notices.c.id)
            .limit(BATCH)
        )
        return list(rows.fetchall())

    def end(self, notice: Notice, state: str, reason: str | None = None) -> None:
        """Write what became of a message: "sent", "failed" for good, or "dropped" as nobody needs it any more."""
        with self._context.database.write() as tx:
            tx.execute(
                update(notices)
                .where(notices.c.id == notice.id, notices.c.state == "sending")
                .values(state=state, reason=reason, ended_at=tx.now)
            )

    def try_again(self, notice: Notice, reason: str) -> bool:
        """Let a message be sent once more later; False, and failed, after the last attempt."""
        if notice.attempts > len(RETRIES):
            self.end(notice, "failed", reason)
            return False
        with self._context.database.write() as tx:
            tx.execute(
                update(notices)
                .where(notices.c.id == notice.id, notices.c.state == "sending")
                .values(state="queued", reason=reason, next_try_at=tx.now + RETRIES[notice.attempts - 1])
            )
        return True

    def forget(self) -> int:
        """Erase the contacts of visits that have ended and of what nobody comes for any more. Returns how many."""
        over = self._over()
        with self._context.database.read() as connection:
            if not connection.execute(over).fetchall():
                return 0
        with self._context.database.write() as tx:
            ids = [row.id for row in tx.execute(over).fetchall()]
            tx.execute(
                update(notices)
                .where(notices.c.contact_id.in_(ids), notices.c.state.in_(OPEN))
                .values(state="dropped", ended_at=tx.now)
            )
            tx.execute(delete(contacts).where(contacts.c.id.in_(ids)))
        return len(ids)

    def forget_old(self, tx: Transaction) -> None:
        """Erase what became of old messages."""
        tx.execute(delete(notices).where(notices.c.centre == tx.centre, notices.c.ended_at < tx.now - KEEP))

    def _over(self) -> Any:
        """Find contacts of visits that ended, and of appointments and results that are over and told."""
        visit_of = or_(tickets.c.id == appointments.c.ticket_id, tickets.c.id == results.c.ticket_id)
        told = (
            select(notices.c.id)
            .where(
                notices.c.contact_id == contacts.c.id,
                notices.c.kind == "cancelled",
                notices.c.state.in_(OPEN),
            )
            .exists()
        )
        return (
            select(contacts.c.id)
            .select_from(
                contacts.outerjoin(appointments, appointments.c.id == contacts.c.appointment_id)
                .outerjoin(results, results.c.id == contacts.c.result_id)
                .outerjoin(collections, collections.c.result_id == results.c.id)
                .outerjoin(tickets, visit_of)
            )
            .where(contacts.c.centre == self._context.centre)
            .where(
                or_(
                    tickets.c.state.in_(("served", "no_show", "cancelled", "expired")),
                    appointments.c.state == "missed",
                    (appointments.c.state == "cancelled") & ~told,
                    results.c.state.in_(("withdrawn", "expired")),
                )
            )
        )
