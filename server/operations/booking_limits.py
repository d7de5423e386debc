"""Who may book: against hoarding, and against appointments that nobody comes to."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from server.db import booking_rows
from server.db.bookings import bookings
from server.domain.opening import start_of_day
from server.errors import BookingBlocked, BookingDayLimit, BookingLimit

if TYPE_CHECKING:
    from server.db.engine import Transaction
    from server.domain.contacts import Contact
    from server.operations.context import Context

MARK_BYTES = 16
# Of an appointment that is over, unless it was missed: a contact's bookings of a day are counted for a day.
KEEP_MARKS = timedelta(days=2)


class BookingLimits:
    """Counts what one contact and one phone book, by keyed hashes that tell nobody whose they are."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def mark(self, kind: str, value: str) -> bytes:
        """Hash a contact's address or a phone's cookie; only this centre's servers can compute it."""
        said = f"mark {self._context.centre} {kind} {value}".encode()
        return hmac.digest(self._context.secret, said, hashlib.sha256)[:MARK_BYTES]

    def mark_contact(self, contact: Contact | None) -> bytes | None:
        """Hash a contact, if there is one; an address in capitals is the same one."""
        return self.mark(contact.kind, contact.address.casefold()) if contact else None

    def check(self, tx: Transaction, contact_mark: bytes | None, phone_mark: bytes | None) -> None:
        """
        Let a booking through, or not.

        Raises:
            BookingBlocked: Too many appointments were missed.
            BookingLimit: As many appointments are still to come as may be.
            BookingDayLimit: As many were made today as may be.
        """
        columns = ((bookings.c.contact_mark, contact_mark), (bookings.c.phone_mark, phone_mark))
        for column, mark in columns:
            if mark is not None:
                self._check(tx, column, mark)

    def _check(self, tx: Transaction, column: object, mark: bytes) -> None:
        rule, centre = self._context.config.booking, self._context.centre
        missed = booking_rows.missed_of_mark(
            tx.connection, centre, column, mark, tx.now - timedelta(days=rule.no_show_days)
        )
        if len(missed) >= rule.no_show_limit:
            until = missed[0] + timedelta(days=rule.block_days)
            if until > tx.now:
                raise BookingBlocked(until_at=self._context.local(until))
        if booking_rows.count_of_mark(tx.connection, centre, column, mark, ahead_of=tx.now) >= rule.at_once:
            raise BookingLimit(limit=rule.at_once)
        today = start_of_day(tx.day, self._context.config.centre.timezone)
        if booking_rows.count_of_mark(tx.connection, centre, column, mark, made_since=today) >= rule.per_day:
            raise BookingDayLimit(limit=rule.per_day)

    def forget(self, tx: Transaction) -> None:
        """Erase the marks that limit nothing any more."""
        days = self._context.config.booking.no_show_days
        booking_rows.forget_marks(
            tx, done_before=tx.now - KEEP_MARKS, missed_before=tx.now - timedelta(days=days)
        )
