"""Tickets that wait for a particular counter or official."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.db import queries
from server.domain.states import CounterState

if TYPE_CHECKING:
    from sqlalchemy import Connection


def is_there(connection: Connection, centre: str, bound: str | None) -> bool:
    """Tell whether the counter or official that a ticket is bound to ("counter:5", "official:12") is at work."""
    if bound is None:
        return False
    kind, _, name = bound.partition(":")
    if kind == "official":
        return queries.counter_of(connection, centre, int(name)) is not None
    counter = queries.counter(connection, centre, int(name))
    return counter is not None and counter.state != CounterState.CLOSED
