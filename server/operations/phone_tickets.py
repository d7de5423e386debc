"""Tickets taken on visitors' phones: by who proves to be in the hall, and from afar for who will be there soon."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, update

from server.db import phones, queries
from server.db.models import tickets
from server.db.phones import phone_tickets
from server.domain.numbering import day_of
from server.domain.states import TicketState, ticket_after
from server.errors import (
    PhoneHasTicket,
    PresenceNeeded,
    RemoteFull,
    RemoteMissed,
    TicketNotFound,
    TicketStateError,
)
from server.events import EventKind
from server.operations.context import Context, Once, View, once_only
from server.operations.days import expire
from server.operations.issuing import Arriving, Issuing
from server.operations.tickets import Tickets, check_wish, draw_again

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.operations.ticket_views import TicketViews

HASH_BYTES = 16


class PhoneTickets:
    """
    Operations on tickets taken on phones.

    A ticket from afar is issued and set aside at once, so that its due time is fixed like any other and no counter
    calls who is not there. In the hall its visitor takes it up again; whoever does not come by then loses it.
    """

    def __init__(self, context: Context, views: TicketViews, tickets: Tickets, issuing: Issuing) -> None:
        self._context = context
        self._views = views
        self._tickets = tickets
        self._issuing = issuing

    def offer(self, phone: str | None) -> View:
        """
        Tell what a phone may do now.

        Returns:
            `in_hall` and `remote`: what the centre allows; `token`, `number` and `on_the_way` of the ticket that
            this phone holds, or None; `missed`: how many of its visitor's tickets from afar were in vain today.
        """
        allowed = self._context.config.phone_tickets
        held, missed, on_the_way = None, 0, False
        if phone is not None:
            of = self._hash("phone", phone)
            with self._context.database.read() as connection:
                held = phones.live_ticket_of(connection, self._context.centre, self._today, of)
                missed = phones.count_missed(connection, self._context.centre, self._today, of)
                on_the_way = held is not None and phones.is_on_the_way(connection, held)
        return {
            "in_hall": allowed.in_hall or allowed.remote,
            "remote": allowed.remote,
            "token": held.token if held else None,
            "number": held.label if held else None,
            "on_the_way": on_the_way,
            "missed": missed,
        }

    def take(
        self,
        *,
        service: str,
        phone: str,
        address: str,
        is_here: bool,
        category: str | None = None,
        language: str | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Give a ticket; from afar it is set aside until its visitor is in the hall.

        Args:
            phone: What the phone's signed cookie names it; kept as a hash of the day.
            address: The phone's on the network; kept likewise.
            is_here: It was proved by the code on a board.

        Raises:
            PresenceNeeded: From afar, where the centre does not allow that.
            PhoneHasTicket: One at a time for each phone.
            RemoteFull, RemoteMissed: Too many are on the way, or this visitor did not come too often.
            ServiceNotFound, NotWalkIn, BadInput, CentreClosed: As for `Tickets.issue`.
        """
        allowed = self._context.config.phone_tickets
        if not (allowed.remote or (is_here and allowed.in_hall)):
            raise PresenceNeeded
        check_wish(self._context, category, language)
        arriving = Arriving(
            self._tickets.wanted(service, ()),
            origin="phone" if is_here else "remote",
            category=category,
            language=language,
        )

        def take(tx: Transaction) -> View:
            return self._take(tx, arriving, self._hash("phone", phone), self._hash("address", address))

        return draw_again(lambda: once_only(self._context, once, take))

    def check_in(self, token: str, *, is_here: bool, once: Once | None = None) -> View:
        """
        Take a ticket from afar up again: its visitor is in the hall now.

        Who comes before the due time keeps it; who comes later gets the moment of coming.

        Raises:
            TicketNotFound: No ticket has this token.
            PresenceNeeded: It was not proved.
            TicketStateError: It is not on the way, or has expired.
        """

        def run(tx: Transaction) -> View:
            ticket = queries.ticket_by_token(tx.connection, tx.centre, token, lock=True)
            if ticket is None:
                raise TicketNotFound
            if not phones.is_on_the_way(tx.connection, ticket):
                raise TicketStateError(state=ticket.state, action="check_in")
            if not is_here:
                raise PresenceNeeded
            ticket_after(ticket.state, "rejoin")
            tx.execute(
                update(phone_tickets)
                .where(phone_tickets.c.ticket_id == ticket.id)
                .values(checked_in_at=tx.now)
            )
            self._tickets.take_back(tx, ticket)
            return self._views.whole(tx.connection, queries.ticket(tx.connection, ticket.id))

        return once_only(self._context, once, run)

    def expire_absent(self) -> int:
        """End the tickets from afar whose visitor has not come in time. Returns how many."""
        context = self._context
        with context.database.read() as connection:
            if not phones.not_come(connection, context.centre, context.clock()):
                return 0
        with context.database.write() as tx:
            absent = phones.not_come(tx.connection, tx.centre, tx.now)
            for ticket in absent:
                expire(tx, ticket)
        return len(absent)

    def forget(self) -> None:
        """Erase who took which ticket on earlier days."""
        with self._context.database.write() as tx:
            tx.execute(
                delete(phone_tickets).where(phone_tickets.c.centre == tx.centre, phone_tickets.c.day < tx.day)
            )

    def _take(self, tx: Transaction, arriving: Arriving, phone: bytes, address: bytes) -> View:
        held = phones.live_ticket_of(tx.connection, tx.centre, tx.day, phone)
        if held is not None:
            raise PhoneHasTicket(number=held.label)
        is_remote = arriving.origin == "remote"
        if is_remote:
            self._check_room(tx.connection, tx.day, arriving, phone, address)
        ticket = self._issuing.issue(tx, arriving)
        until = self._check_in_by() if is_remote else None
        tx.execute(
            insert(phone_tickets),
            {
                "ticket_id": ticket["id"],
                "centre": tx.centre,
                "day": tx.day,
                "phone": phone,
                "address": address,
                "check_in_by": until,
            },
        )
        if until is None:
            return ticket
        tx.execute(
            update(tickets)
            .where(tickets.c.id == ticket["id"])
            .values(state=str(TicketState.HELD), held_until=until)
        )
        tx.record(
            EventKind.TICKET_POSTPONED,
            ticket=ticket["id"],
            number=ticket["number"],
            service=ticket["service"],
            until=until.isoformat(),
        )
        return self._views.whole(tx.connection, queries.ticket(tx.connection, ticket["id"]))

    def _check_room(
        self, connection: Connection, day: date, arriving: Arriving, phone: bytes, address: bytes
    ) -> None:
        allowed, centre = self._context.config.phone_tickets, self._context.centre
        if phones.count_missed(connection, centre, day, phone) >= allowed.missed_per_day:
            raise RemoteMissed(n=allowed.missed_per_day)
        if phones.count_remote(connection, centre, day, address=address) >= allowed.remote_per_address:
            raise RemoteFull(of="address")
        service = arriving.services[0].key
        if phones.count_remote(connection, centre, day, service=service) >= allowed.remote_per_service:
            raise RemoteFull(of="service")

    def _check_in_by(self) -> datetime:
        by = self._context.clock() + timedelta(minutes=self._context.config.phone_tickets.check_in_minutes)
        closes_at = self._context.hours().closes_at
        return min(by, closes_at) if closes_at else by

    @property
    def _today(self) -> date:
        return day_of(self._context.clock(), self._context.config.centre.timezone)

    def _hash(self, kind: str, name: str) -> bytes:
        """Name a phone for today: tomorrow's name of the same one cannot be told from another's."""
        text = f"{self._today.isoformat()} {kind} {name}".encode()
        return hmac.digest(self._context.secret, text, "sha256")[:HASH_BYTES]
