"""What the supervisor's room reads: who waits, what went wrong today, and how this day compares with others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, Table, Text, func, select, text

from server.db.models import Id, UtcDateTime, devices, events, metadata, ratings, requests, tickets, users

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from server.db.models import Record

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("alert", Text, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)


def waiting_now(connection: Connection, centre: str) -> Sequence[Record]:
    """Read what a target is measured by of every waiting ticket, the oldest first."""
    return connection.execute(
        select(tickets.c.service, tickets.c.arrived_at, tickets.c.start_at, tickets.c.target_s)
        .where(tickets.c.centre == centre, tickets.c.state == "waiting")
        .where(text("state IN ('waiting', 'called', 'serving', 'held')"))
        .order_by(tickets.c.arrived_at)
    ).fetchall()


def low_ratings(connection: Connection, centre: str, since: datetime, *, at_most: int) -> Sequence[Record]:
    """Read the ratings since a moment that somebody should look into, the newest first."""
    return connection.execute(
        select(
            ratings.c.request_id, ratings.c.score, ratings.c.rated_at, requests.c.service, requests.c.counter
        )
        .select_from(ratings.join(requests, requests.c.id == ratings.c.request_id))
        .where(ratings.c.centre == centre, ratings.c.rated_at >= since, ratings.c.score <= at_most)
        .order_by(ratings.c.rated_at.desc())
        .limit(20)
    ).fetchall()


def alarms_since(connection: Connection, centre: str, since: datetime) -> Sequence[Record]:
    """Read the calls since a moment that passed somebody beyond the bound."""
    return connection.execute(
        select(events.c.id, events.c.at, events.c.number, events.c.counter, events.c.data)
        .where(events.c.centre == centre, events.c.at >= since)
        .where(text("kind = 'alarm.overtaken'"))
        .order_by(events.c.id.desc())
        .limit(20)
    ).fetchall()


def devices_seen_since(connection: Connection, centre: str, since: datetime) -> Sequence[Record]:
    """Read the enrolled devices that were heard of since a moment."""
    return connection.execute(
        select(devices.c.id, devices.c.name, devices.c.last_seen_at).where(
            devices.c.centre == centre, devices.c.revoked_at.is_(None), devices.c.last_seen_at >= since
        )
    ).fetchall()


def acknowledged(connection: Connection, centre: str) -> dict[str, Record]:
    """Read who has seen which alert, by its key."""
    rows = connection.execute(
        select(acknowledgements, users.c.name.label("by_name"))
        .join_from(acknowledgements, users, acknowledgements.c.user_id == users.c.id)
        .where(acknowledgements.c.centre == centre)
    ).fetchall()
    return {row.alert: row for row in rows}


def flow_of(connection: Connection, centre: str, days: Sequence[date]) -> Sequence[Record]:
    """Read when the visitors of some days came and were first called."""
    return connection.execute(
        select(tickets.c.day, tickets.c.arrived_at, tickets.c.start_at, tickets.c.first_called_at).where(
            tickets.c.centre == centre, tickets.c.day.in_(days)
        )
    ).fetchall()


def counted(connection: Connection, centre: str, day: date) -> dict[str, int]:
    """Count a day's tickets by their state."""
    rows = connection.execute(
        select(tickets.c.state, func.count())
        .where(tickets.c.centre == centre, tickets.c.day == day)
        .group_by(tickets.c.state)
    )
    return {row[0]: row[1] for row in rows}
