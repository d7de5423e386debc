"""Services that take no walk-ins today: the table and its reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, Date, Table, Text, bindparam, delete, func, insert, select, text

from server.db.models import UtcDateTime, metadata, tickets

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from server.db.engine import Transaction

# A row for each service and day; opened again, its row goes, and the log keeps both.
closed_services = Table(
    "closed_services",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("closed_at", UtcDateTime, nullable=False),
)

_CLOSED = select(closed_services.c.service).where(
    closed_services.c.centre == bindparam("centre"), closed_services.c.day == bindparam("day")
)


def closed_on(connection: Connection, centre: str, day: date) -> frozenset[str]:
    """List the services that are closed on a day."""
    rows = connection.execute(_CLOSED, {"centre": centre, "day": day}).fetchall()
    return frozenset(row.service for row in rows)


def close(tx: Transaction, service: str) -> None:
    """Close a service for the day of the transaction."""
    row = {"centre": tx.centre, "day": tx.day, "service": service, "closed_at": tx.now}
    tx.execute(insert(closed_services), row)


def reopen(tx: Transaction, service: str) -> None:
    """Open a service again."""
    closed = closed_services.c
    tx.execute(
        delete(closed_services).where(
            closed.centre == tx.centre, closed.day == tx.day, closed.service == service
        )
    )


def count_waiting(connection: Connection, centre: str, services: Collection[str]) -> dict[str, int]:
    """Count the waiting tickets of some services, by the index of what waits."""
    rows = connection.execute(
        select(tickets.c.service, func.count())
        .where(tickets.c.centre == centre, tickets.c.state == "waiting")
        .where(text("state IN ('waiting', 'called', 'serving', 'held')"))
        .where(tickets.c.service.in_(sorted(services)))
        .group_by(tickets.c.service)
    ).fetchall()
    return dict(rows)
