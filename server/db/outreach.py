"""
Visits at home, and what only those who carry them out may know; and the telephones of visitors in the hall.

What tells who somebody is stands in tables of its own, so that it can be erased without touching what was done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Select,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    or_,
    select,
)

from server.db.models import Id, Json, UtcDateTime, metadata, ratings, requests, tickets
from server.domain.states import ENDED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.db.models import Record

outreach_requests = Table(
    "outreach_requests",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("centre", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("form", Text, nullable=False),  # the form that was sent: sent twice it is one request
    Column("language", Text, nullable=False),
    Column("services", Json, nullable=False),
    Column("days", Json, nullable=False),  # weekdays that suit; none: any
    Column("state", Text, nullable=False),  # asked, confirmed, planned, declined, cancelled
    Column("reason", Text),  # why it was declined
    Column("team", Text),
    Column("day", Date),
    Column("slot_at", UtcDateTime),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("centre", "form"),
    Index("ix_outreach_requests_centre_state", "centre", "state"),
    Index("ix_outreach_requests_ticket_id", "ticket_id"),
)

outreach_contacts = Table(
    "outreach_contacts",
    metadata,
    Column("request_id", Id, ForeignKey("outreach_requests.id"), primary_key=True, autoincrement=False),
    Column("centre", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("telephone", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("category", Text, nullable=False),  # why they cannot come: nobody's business but the team's
    Index("ix_outreach_contacts_telephone", "centre", "telephone"),
)

# What a team did, as its tablet says: each act once, whatever is sent again.
outreach_acts = Table(
    "outreach_acts",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("official", Id, ForeignKey("users.id"), nullable=False),
    Column("verb", Text, nullable=False),
    Column("ticket_id", Id),
    Column("done_at", UtcDateTime, nullable=False),
    Column("synced_at", UtcDateTime, nullable=False),
    Column("outcome", Text, nullable=False),  # done, or the key of the refusal
    Column("state", Text),  # of the ticket that stood in the way
    Index("ix_outreach_acts_team", "centre", "team", "synced_at"),
)

# Where a visitor of the hall is told of the call; gone when the visit ends.
telephones = Table(
    "telephones",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("centre", Text, nullable=False),
    Column("telephone", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),  # of which call: a repeated one is told again
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Index("ix_telephones_centre", "centre"),
)

_ENDED = [str(state) for state in ENDED]
OPEN = ("asked", "confirmed", "planned")

_requests = outreach_requests.c
_WHOLE = select(
    outreach_requests,
    tickets.c.state.label("ticket_state"),
    tickets.c.label.label("ticket_number"),
    tickets.c.ended_at.label("ticket_ended_at"),
    tickets.c.due_at.label("ticket_due_at"),
    outreach_contacts.c.name.label("contact_name"),
    outreach_contacts.c.telephone,
    outreach_contacts.c.address,
    outreach_contacts.c.note,
    outreach_contacts.c.category,
).select_from(
    outreach_requests.outerjoin(tickets, tickets.c.id == _requests.ticket_id).outerjoin(
        outreach_contacts, outreach_contacts.c.request_id == _requests.id
    )
)


def _of(centre: str) -> Select[Any]:
    return _WHOLE.where(_requests.centre == centre)


def by_token(connection: Connection, centre: str, token: str) -> Record | None:
    """Read a request by its unguessable token, with its contact as long as it is kept and its ticket's state."""
    return connection.execute(_of(centre).where(_requests.token == token)).first()


def by_id(connection: Connection, centre: str, id: int, *, lock: bool = False) -> Record | None:
    """Read a request by its key; `lock` keeps others from changing it until the transaction's end."""
    if lock:
        own = select(_requests.id).where(_requests.centre == centre, _requests.id == id)
        connection.execute(own.with_for_update()).first()
    return connection.execute(_of(centre).where(_requests.id == id)).first()


def by_form(connection: Connection, centre: str, form: str) -> Record | None:
    """Read the request that a form has made already."""
    return connection.execute(_of(centre).where(_requests.form == form)).first()


def open_of(connection: Connection, centre: str, telephone: str) -> int:
    """Count the requests that wait to be carried out under one telephone."""
    count: int = connection.execute(
        select(func.count())
        .select_from(
            outreach_requests.join(
                outreach_contacts, outreach_contacts.c.request_id == _requests.id
            ).outerjoin(tickets, tickets.c.id == _requests.ticket_id)
        )
        .where(_requests.centre == centre, _requests.state.in_(OPEN))
        .where(outreach_contacts.c.telephone == telephone)
        .where(or_(tickets.c.id.is_(None), tickets.c.state.not_in(_ENDED)))
    ).scalar_one()
    return count


def to_answer(connection: Connection, centre: str, *, limit: int) -> Sequence[Record]:
    """Read what waits for reception: asked, confirmed and not planned, or planned and not carried out; oldest first."""
    unfinished = or_(tickets.c.id.is_(None), tickets.c.state.in_(("expired", "no_show", "cancelled")))
    return connection.execute(
        _of(centre)
        .where(
            or_(
                _requests.state.in_(("asked", "confirmed")),
                (_requests.state == "planned") & _requests.ticket_id.is_not(None) & unfinished,
            )
        )
        .order_by(_requests.created_at, _requests.id)
        .limit(limit)
    ).fetchall()


def planned(connection: Connection, centre: str, since: date, until: date) -> Sequence[Record]:
    """Read what is planned for some days, the last one too, in the order of its times."""
    return connection.execute(
        _of(centre)
        .where(_requests.state == "planned", _requests.day >= since, _requests.day <= until)
        .order_by(_requests.slot_at, _requests.id)
    ).fetchall()


def of_team(connection: Connection, centre: str, team: str, day: date) -> Sequence[Record]:
    """Read what a team has to carry out, of earlier days too as long as its ticket lives."""
    live = tickets.c.state.not_in(_ENDED)
    return connection.execute(
        _of(centre)
        .where(_requests.state == "planned", _requests.team == team)
        .where(or_(_requests.day == day, (_requests.day < day) & live))
        .order_by(_requests.slot_at, _requests.id)
    ).fetchall()


def by_ticket(connection: Connection, centre: str, ticket: int) -> Record | None:
    """Read the request that a ticket carries out."""
    return connection.execute(_of(centre).where(_requests.ticket_id == ticket)).first()


def forget(tx: Transaction, before: datetime) -> int:
    """Erase who was visited, and why, where it ended before a moment. Returns how many."""
    ended = (
        select(_requests.id)
        .select_from(outreach_requests.outerjoin(tickets, tickets.c.id == _requests.ticket_id))
        .where(_requests.centre == tx.centre)
        .where(
            or_(
                _requests.state.in_(("declined", "cancelled")) & (_requests.changed_at < before),
                tickets.c.state.in_(_ENDED) & (tickets.c.ended_at < before) & (_requests.changed_at < before),
            )
        )
    )
    return tx.execute(delete(outreach_contacts).where(outreach_contacts.c.request_id.in_(ended))).rowcount


def unrated(connection: Connection, ticket: int) -> Sequence[str]:
    """List the rating tokens of a ticket's services that were served and not rated yet, the newest first."""
    served = requests.c
    return (
        connection.execute(
            select(served.rating_token)
            .select_from(requests.outerjoin(ratings, ratings.c.request_id == served.id))
            .where(served.ticket_id == ticket, served.rating_token.is_not(None))
            .where(ratings.c.request_id.is_(None))
            .order_by(served.finished_at.desc(), served.id.desc())
        )
        .scalars()
        .all()
    )


ACT = select(outreach_acts).where(
    outreach_acts.c.centre == bindparam("centre"), outreach_acts.c.id == bindparam("id")
)


def act(connection: Connection, centre: str, id: str) -> Record | None:
    """Read an act that was synced already."""
    return connection.execute(ACT, {"centre": centre, "id": id}).first()


def last_done_at(connection: Connection, centre: str, team: str, since: datetime) -> datetime | None:
    """Tell when the newest act of a team was done, of those that came since a moment."""
    done_at: datetime | None = connection.execute(
        select(func.max(outreach_acts.c.done_at)).where(
            outreach_acts.c.centre == centre,
            outreach_acts.c.team == team,
            outreach_acts.c.synced_at >= since,
        )
    ).scalar()
    return done_at
