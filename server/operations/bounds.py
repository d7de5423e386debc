"""Tickets that wait for a particular counter or official."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from server.db import queries
from server.db.models import tickets
from server.domain.states import CounterState, TicketState
from server.events import EventKind
from server.operations.serving import bound_to_counter

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.db.engine import Transaction


def is_there(connection: Connection, centre: str, bound: str | None) -> bool:
    """Tell whether the counter or official that a ticket is bound to ("counter:5", "official:12") is at work."""
    if bound is None:
        return False
    kind, _, name = bound.partition(":")
    if kind == "official":
        return queries.counter_of(connection, centre, int(name)) is not None
    counter = queries.counter(connection, centre, int(name))
    return counter is not None and counter.state != CounterState.CLOSED


def free(tx: Transaction, number: int, bounds: tuple[str, ...]) -> None:
    """Let any counter call who waited for this one or its official: they would wait for ever."""
    for ticket in queries.bound_to(tx.connection, tx.centre, bounds):
        tx.execute(update(tickets).where(tickets.c.id == ticket.id).values(bound=None))
        tx.record(
            EventKind.TICKET_FREED,
            ticket=ticket.id,
            number=ticket.label,
            service=ticket.service,
            counter=number,
            due_at=ticket.due_at.isoformat(),
            lane=ticket.lane,
        )


def end_visits(tx: Transaction, number: int) -> None:
    """End the visits that a team did not come to: no counter of the hall may call them; another day is planned."""
    for ticket in queries.bound_to(tx.connection, tx.centre, (bound_to_counter(number),)):
        tx.execute(
            update(tickets)
            .where(tickets.c.id == ticket.id)
            .values(state=str(TicketState.EXPIRED), ended_at=tx.done_at, bound=None)
        )
        tx.record(
            EventKind.TICKET_EXPIRED,
            ticket=ticket.id,
            number=ticket.label,
            service=ticket.service,
            counter=number,
        )
