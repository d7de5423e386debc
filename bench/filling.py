"""
Rows straight into the tables: a hall with a past, or with people waiting, without waiting for it.

Every row is a copy of one that the operations wrote, with other keys and times: so it has whatever columns a real one
has, and a change of the tables needs no change here.
"""

from __future__ import annotations

import json
import sqlite3
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PER_DAY = 2000
DAY_US = 86_400_000_000
AT_ONCE = 100_000

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
_DAYS = f"(1 + i / {PER_DAY})"
_SHIFT = f"({DAY_US} * {_DAYS} + ({PER_DAY} - i % {PER_DAY}) * 15000000)"
_SERVICE = "json_extract(:services, '$[' || (i % :count) || ']')"
_PAST: dict[str, dict[str, str]] = {
    "tickets": {
        "id": ":base + i",
        "day": f"date(t.day, '-' || {_DAYS} || ' days')",
        "number": f"i % {PER_DAY}",
        "label": f"'Z' || (i % {PER_DAY})",
        "series": "'Z'",
        "token": "'past-' || i",
        "code": f"printf('%06x', i % {PER_DAY})",
        "service": _SERVICE,
    },
    "requests": {"ticket_id": ":base + i", "service": _SERVICE, "rating_token": "'past-' || i"},
    "events": {
        "day": f"date(t.day, '-' || {_DAYS} || ' days')",
        "ticket": ":base + i",
        "number": f"'Z' || (i % {PER_DAY})",
        "service": _SERVICE,
    },
    "print_jobs": {"ticket_id": ":base + i", "state": "'printed'"},
}
"""What differs from the pattern; columns that end in `_at` are shifted into the past as well."""
_OF_TICKET = {"tickets": "id", "requests": "ticket_id", "events": "ticket", "print_jobs": "ticket_id"}


def fill_past(database: Path, facts: dict[str, Any], count: int) -> None:
    """Give the hall a past of `count` served tickets; no server may have the file."""
    connection = sqlite3.connect(database, isolation_level=None)
    # Safe against nothing, and fast: the file is thrown away after the run.
    connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-200000; PRAGMA foreign_keys=OFF;")
    statements = [_copy(connection, table, changes) for table, changes in _PAST.items()]
    values = {
        "pattern": facts["served"],
        "services": json.dumps(facts["services"]),
        "count": len(facts["services"]),
        "base": _highest(connection) + 1,
    }
    for first in range(0, count, AT_ONCE):
        connection.execute("BEGIN")
        for statement in statements:
            connection.execute(statement, values | {"first": first, "last": min(first + AT_ONCE, count) - 1})
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


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
        "UPDATE print_jobs SET state = 'cancelled' WHERE state IN ('queued', 'held')",
    ):
        connection.execute(statement)
    connection.commit()
    connection.close()


def _copy(connection: sqlite3.Connection, table: str, changes: dict[str, str]) -> str:
    columns = {
        name: f"t.{name} - {_SHIFT}" if name == "at" or name.endswith("_at") else source
        for name, source in _columns(connection, table).items()
    } | changes
    if table != "tickets":
        del columns["id"]
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) {_NUMBERS} SELECT {', '.join(columns.values())} "
        f"FROM n CROSS JOIN {table} AS t WHERE t.{_OF_TICKET[table]} = :pattern ORDER BY i, t.id"
    )


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    return {row[1]: f"t.{row[1]}" for row in connection.execute(f"PRAGMA table_info({table})")}


def _highest(connection: sqlite3.Connection) -> int:
    highest: int = connection.execute("SELECT coalesce(max(id), 0) FROM tickets").fetchone()[0]
    return highest
