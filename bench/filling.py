"""
Rows straight into the tables: a hall with people waiting, without waiting for them (a past: `past.py`).

Every row is a copy of one that the operations wrote, with other keys and times: so it has whatever columns a real one
has, and a change of the tables needs no change here.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

_OF_TICKET = {"tickets": "id", "requests": "ticket_id"}


def fill_waiting(
    connection: sqlite3.Connection, facts: dict[str, Any], per_counter: int, counters: list[dict[str, Any]]
) -> None:
    """Let as many visitors wait for each of these counters."""
    highest = _highest(connection)
    now = time.time_ns() // 1000
    shift = connection.execute(
        "SELECT :now - arrived_at FROM tickets WHERE id = :id", {"now": now, "id": facts["waiting"]}
    )
    by = shift.fetchone()[0]
    wanted = [(turn, counter) for turn in range(per_counter) for counter in counters]
    rows = [
        {
            "pattern": facts["waiting"],
            "id": highest + place,
            "service": counter["services"][turn % len(counter["services"])],
            "shift": by + place,
        }
        for place, (turn, counter) in enumerate(wanted, start=1)
    ]
    ticket = _columns(connection, "tickets") | {
        "id": ":id",
        "series": "'W'",
        "number": ":id",
        "label": "'W' || :id",
        "token": "'wait-' || :id",
        "code": "'w' || :id",
        "service": ":service",
        "state": "'waiting'",
        "ended_at": "NULL",
        "arrived_at": "t.arrived_at + :shift",
        "start_at": "t.start_at + :shift",
        "due_at": "t.due_at + :shift",
    }
    request = _columns(connection, "requests") | {
        "ticket_id": ":id",
        "service": ":service",
        "state": "'waiting'",
        "rating_token": "NULL",
    }
    del request["id"]
    with connection:
        for table, columns in (("tickets", ticket), ("requests", request)):
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} "
                f"FROM {table} AS t WHERE t.{_OF_TICKET[table]} = :pattern LIMIT 1",
                rows,
            )
    connection.close()


def clear(connection: Any) -> None:
    """End every ticket and print job, so that the next round finds an empty hall."""
    for statement in (
        "UPDATE tickets SET state = 'expired', ended_at = arrived_at, bound = NULL"
        " WHERE state IN ('waiting', 'called', 'serving', 'held')",
        # The words of the partial index, so that a long past is not read through.
        "UPDATE print_jobs SET state = 'cancelled'"
        " WHERE state IN ('queued', 'sending', 'held') AND state <> 'sending'",
    ):
        connection.execute(statement)
    connection.commit()
    connection.close()


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    return {row[1]: f"t.{row[1]}" for row in connection.execute(f"PRAGMA table_info({table})")}


def _highest(connection: sqlite3.Connection) -> int:
    highest: int = connection.execute("SELECT coalesce(max(id), 0) FROM tickets").fetchone()[0]
    return highest
