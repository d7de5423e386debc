"""Reads and writes of the estimate: later services of visits, bookings, what was learned, promises kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from server.db.models import appointments, learned, promises, requests, tickets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from server.db.engine import Transaction
    from server.db.models import Record


def following_services(connection: Connection, centre: str) -> Sequence[Record]:
    """Read the later services of visits that go on, with what fixes their due times, in the order of each visit."""
    return connection.execute(
        select(tickets.c.id, requests.c.service, tickets.c.start_at, tickets.c.category, tickets.c.penalty_s)
        .select_from(tickets.join(requests, requests.c.ticket_id == tickets.c.id))
        .where(tickets.c.centre == centre, tickets.c.state.in_(["waiting", "called", "serving"]))
        .where(text("tickets.state IN ('waiting', 'called', 'serving', 'held')"))
        .where(requests.c.state == "waiting", requests.c.service != tickets.c.service)
        .order_by(tickets.c.id, requests.c.position)
    ).fetchall()


def booked(connection: Connection, centre: str, since: datetime, until: datetime) -> Sequence[Record]:
    """Read the appointments of a while whose visitors have not come yet."""
    return connection.execute(
        select(appointments.c.service, appointments.c.slot_at, appointments.c.category)
        .where(appointments.c.centre == centre, appointments.c.state == "booked")
        .where(appointments.c.slot_at >= since, appointments.c.slot_at < until)
        .order_by(appointments.c.slot_at)
    ).fetchall()


def read_learned(connection: Connection, centre: str, *, lock: bool = False) -> Record | None:
    """Read what was learned: `until_event, document`; `lock` keeps others from writing it meanwhile."""
    query = select(learned).where(learned.c.centre == centre)
    return connection.execute(query.with_for_update() if lock else query).first()


def write_learned(tx: Transaction, until_event: int, document: Mapping[str, Any]) -> None:
    """Keep what was learned from the log up to an entry."""
    row = {"centre": tx.centre, "until_event": until_event, "document": dict(document), "at": tx.now}
    statement = _insert(tx, learned).values(row)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=[learned.c.centre],
            set_={name: statement.excluded[name] for name in ("until_event", "document", "at")},
        )
    )


def add_promises(tx: Transaction, counts: Iterable[tuple[date, str, int, int]]) -> None:
    """Count promises that were decided: day, service, how many, and how many of them were kept."""
    for day, service, promised, kept in counts:
        statement = _insert(tx, promises).values(
            centre=tx.centre, day=day, service=service, promised=promised, kept=kept
        )
        tx.execute(
            statement.on_conflict_do_update(
                index_elements=[promises.c.centre, promises.c.day, promises.c.service],
                set_={
                    "promised": promises.c.promised + statement.excluded.promised,
                    "kept": promises.c.kept + statement.excluded.kept,
                },
            )
        )


def promises_since(connection: Connection, centre: str, since: date) -> Sequence[Record]:
    """Count the promises decided since a day, by service: `service, promised, kept`."""
    return connection.execute(
        select(
            promises.c.service,
            func.sum(promises.c.promised).label("promised"),
            func.sum(promises.c.kept).label("kept"),
        )
        .where(promises.c.centre == centre, promises.c.day >= since)
        .group_by(promises.c.service)
        .order_by(promises.c.service)
    ).fetchall()


def _insert(tx: Transaction, table: Any) -> Any:
    dialect: Any = sqlite if tx.connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table)
