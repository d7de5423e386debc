"""Tables and reads of visitors' phones: tickets taken on them, and where a message reaches them while they are locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
)

from server.db.models import Id, Record, UtcDateTime, metadata, tickets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

LIVE_STATES = ("waiting", "called", "serving", "held")

# Who took a ticket on a phone, so that nobody hoards: keyed hashes of the day, erased when it is over.
phone_tickets = Table(
    "phone_tickets",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("centre", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("phone", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    # Of a ticket from afar: by then its visitor must be in the hall, and when it was.
    Column("check_in_by", UtcDateTime),
    Column("checked_in_at", UtcDateTime),
    Index("ix_phone_tickets_phone", "centre", "day", "phone"),
    Index("ix_phone_tickets_address", "centre", "day", "address"),
)

# The browsers' push services; what is sent is encrypted for the phone alone. Erased when the visit ends.
push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("centre", Text, nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("told", Text),  # what the phone was told last, such as "called:5:1"
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try_at", UtcDateTime, nullable=False),
    UniqueConstraint("ticket_id", "endpoint"),
)


def live_ticket_of(connection: Connection, centre: str, day: date, phone: bytes) -> Record | None:
    """Read the ticket that a phone took today and that has not ended."""
    return connection.execute(
        select(tickets)
        .select_from(phone_tickets.join(tickets, tickets.c.id == phone_tickets.c.ticket_id))
        .where(phone_tickets.c.centre == centre, phone_tickets.c.day == day, phone_tickets.c.phone == phone)
        .where(tickets.c.state.in_(LIVE_STATES))
        .order_by(tickets.c.id.desc())
    ).first()


def phone_ticket(connection: Connection, ticket: int) -> Record | None:
    """Read how a ticket was taken on a phone; None for one that was not."""
    return connection.execute(select(phone_tickets).where(phone_tickets.c.ticket_id == ticket)).first()


def is_on_the_way(connection: Connection, ticket: Any) -> bool:
    """Tell whether a ticket was taken from afar and its visitor is not in the hall yet."""
    if ticket.origin != "remote" or ticket.state != "held":
        return False
    taken = phone_ticket(connection, ticket.id)
    return taken is not None and taken.checked_in_at is None


def count_missed(connection: Connection, centre: str, day: date, phone: bytes) -> int:
    """Count a phone's tickets of today whose visitor did not come."""
    return _count(
        connection,
        (phone_tickets.c.centre == centre) & (phone_tickets.c.day == day) & (phone_tickets.c.phone == phone),
        phone_tickets.c.checked_in_at.is_(None) & (tickets.c.state == "expired"),
    )


def count_remote(
    connection: Connection,
    centre: str,
    day: date,
    *,
    address: bytes | None = None,
    service: str | None = None,
) -> int:
    """Count the tickets of today whose visitor is on the way: from one address, or for one service."""
    on_the_way = phone_tickets.c.checked_in_at.is_(None) & (tickets.c.state == "held")
    of = (phone_tickets.c.centre == centre) & (phone_tickets.c.day == day)
    if address is not None:
        of &= phone_tickets.c.address == address
    if service is not None:
        on_the_way &= tickets.c.service == service
    return _count(connection, of & phone_tickets.c.check_in_by.is_not(None), on_the_way)


def not_come(connection: Connection, centre: str, now: datetime) -> Sequence[Record]:
    """Read the tickets from afar whose visitor should be in the hall by now, and is not."""
    return connection.execute(
        select(tickets)
        .select_from(phone_tickets.join(tickets, tickets.c.id == phone_tickets.c.ticket_id))
        .where(phone_tickets.c.centre == centre, phone_tickets.c.check_in_by <= now)
        .where(phone_tickets.c.checked_in_at.is_(None), tickets.c.state == "held")
        .order_by(tickets.c.id)
    ).fetchall()


def tickets_by_code(connection: Connection, centre: str, code: str, days: Sequence[date]) -> Sequence[Record]:
    """Read the tickets of these days that have a code, the newest first."""
    return connection.execute(
        select(tickets)
        .where(tickets.c.centre == centre, tickets.c.day.in_(days), tickets.c.code == code)
        .order_by(tickets.c.day.desc())
    ).fetchall()


def _count(connection: Connection, *conditions: object) -> int:
    joined = phone_tickets.join(tickets, tickets.c.id == phone_tickets.c.ticket_id)
    query = select(func.count()).select_from(joined)
    for condition in conditions:
        query = query.where(condition)  # type: ignore[arg-type]
    count: int = connection.execute(query).scalar_one()
    return count


SUBSCRIBED = (
    select(
        tickets,
        push_subscriptions.c.id.label("subscription"),
        push_subscriptions.c.endpoint,
        push_subscriptions.c.p256dh,
        push_subscriptions.c.auth,
        push_subscriptions.c.language.label("phone_language"),
        push_subscriptions.c.told,
        push_subscriptions.c.tries,
    )
    .select_from(push_subscriptions.join(tickets, tickets.c.id == push_subscriptions.c.ticket_id))
    .where(push_subscriptions.c.centre == bindparam("centre"))
    .where(push_subscriptions.c.next_try_at <= bindparam("now"))
    .order_by(push_subscriptions.c.id)
)


def subscribed(connection: Connection, centre: str, now: datetime) -> Sequence[Record]:
    """Read the tickets whose phones asked to be told, with where and what they were told last."""
    return connection.execute(SUBSCRIBED, {"centre": centre, "now": now}).fetchall()


def endpoints_of(connection: Connection, ticket: int) -> set[str]:
    """List where the phones of a ticket are told."""
    rows = connection.execute(
        select(push_subscriptions.c.endpoint).where(push_subscriptions.c.ticket_id == ticket)
    )
    return {row.endpoint for row in rows}


def subscriptions_over(connection: Connection, centre: str, missed_before: datetime) -> list[int]:
    """List the subscriptions of visits that ended."""
    gone = tickets.c.state.in_(("served", "cancelled", "expired"))
    missed = (tickets.c.state == "no_show") & (tickets.c.ended_at < missed_before)
    rows = connection.execute(
        select(push_subscriptions.c.id)
        .select_from(push_subscriptions.join(tickets, tickets.c.id == push_subscriptions.c.ticket_id))
        .where(push_subscriptions.c.centre == centre)
        .where(gone | missed)
    )
    return [row.id for row in rows]
