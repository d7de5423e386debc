"""Where visitors of the hall are told of their call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, delete, insert, or_, select, update

from server.db.models import tickets
from server.db.outreach import telephones
from server.domain.states import TicketState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.db.models import Record

GONE = (str(TicketState.SERVED), str(TicketState.CANCELLED), str(TicketState.EXPIRED))


def keep(tx: Transaction, ticket: int, telephone: str) -> None:
    """Keep a visitor's telephone until the visit ends."""
    row = {"ticket_id": ticket, "centre": tx.centre, "telephone": telephone, "created_at": tx.now}
    tx.execute(insert(telephones), row)


def of(connection: Connection, ticket: int) -> str | None:
    """Tell a visitor's telephone, as long as the visit goes on."""
    telephone: str | None = connection.execute(
        select(telephones.c.telephone).where(telephones.c.ticket_id == ticket)
    ).scalar()
    return telephone


def to_tell(connection: Connection, centre: str, *, tries: int) -> Sequence[Record]:
    """Read who is called and was not told of this very call, nor in vain so many times: ticket and telephone."""
    called = tickets.c
    return connection.execute(
        select(
            called.id,
            called.label,
            called.counter,
            called.language,
            called.called_at,
            telephones.c.telephone,
        )
        .select_from(telephones.join(tickets, called.id == telephones.c.ticket_id))
        .where(telephones.c.centre == centre, called.state == str(TicketState.CALLED))
        .where(or_(telephones.c.told_at.is_(None), telephones.c.told_at != called.called_at))
        .where(telephones.c.tries < tries)
        .order_by(called.called_at)
    ).fetchall()


def told(tx: Transaction, ticket: int, called_at: datetime) -> None:
    """Note that a visitor was told of a call."""
    tx.execute(update(telephones).where(telephones.c.ticket_id == ticket).values(told_at=called_at, tries=0))


def tried(tx: Transaction, ticket: int) -> None:
    """Note that a visitor could not be told."""
    tx.execute(
        update(telephones).where(telephones.c.ticket_id == ticket).values(tries=telephones.c.tries + 1)
    )


def is_any_over(connection: Connection, centre: str, missed_before: datetime) -> bool:
    """Tell whether there is anything to erase, so that mostly nothing is written."""
    return connection.execute(_over(centre, missed_before).limit(1)).first() is not None


def forget(tx: Transaction, missed_before: datetime) -> None:
    """Erase the telephones of visits that ended; who missed the call has the time to come back first."""
    tx.execute(delete(telephones).where(telephones.c.ticket_id.in_(_over(tx.centre, missed_before))))


def _over(centre: str, missed_before: datetime) -> Select[Any]:
    return (
        select(telephones.c.ticket_id)
        .select_from(telephones.join(tickets, tickets.c.id == telephones.c.ticket_id))
        .where(telephones.c.centre == centre)
        .where(
            or_(
                tickets.c.state.in_(GONE),
                and_(tickets.c.state == str(TicketState.NO_SHOW), tickets.c.ended_at < missed_before),
            )
        )
    )
