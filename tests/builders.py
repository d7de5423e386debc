"""Officials, tickets and counters with sensible defaults; keywords override."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.db import queries
from server.operations.ledger import entry_of

if TYPE_CHECKING:
    from server.operations import Queue
    from server.operations.staff import Official

# Of the shipped centre.
PASSPORT = "passport"  # zone a, counters 6 to 12, series A
BIRTH = "birth"  # zone b, counters 18 to 20, series R


def create_official(queue: Queue, username: str = "aygun", **kwargs: Any) -> Official:
    """Make an official whom nobody can sign in as, so that no password is hashed."""
    return queue.staff.add(username, **({"role": "official", "password": None} | kwargs))


def create_ticket(queue: Queue, service: str, **kwargs: Any) -> dict[str, Any]:
    """Issue a ticket."""
    return queue.tickets.issue(service=service, **kwargs)


def open_session(queue: Queue, official: Official, kind: str) -> tuple[str, str]:
    """Sign an official in without the time that a password takes; returns the token and the CSRF token."""
    opened = queue.sessions.open(official.id, kind=kind)
    return opened.token, opened.csrf


def open_counter(queue: Queue, number: int, official: Official | None = None) -> Official:
    """Open a counter with an official of its own."""
    official = official or create_official(queue, f"official-{number}")
    queue.counters.open(number, official)
    return official


def entries_of(queue: Queue) -> list[dict[str, Any]]:
    """Read the log's entries, sealed or not, in their order."""
    with queue.context.database.read() as connection:
        rows = queries.events_after(connection, queue.context.centre, 0, limit=10_000)
    return [dict(entry_of(row)) for row in rows]
