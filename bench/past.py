"""
A past of millions of tickets, straight into the tables, in a minute or two.

Every row is a copy of one that the operations wrote, with other keys and times: so it has whatever columns a real one
has, and a change of the tables needs no change here. What only lies there is kept short, so that ten million fit on a
laptop: of each visit one entry of the log, sealed and taken in, and a print job with an empty document.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from server.domain.learning import Learned
from server.domain.ledger.checkpoint import Checkpoint
from server.domain.ledger.tree import HASH_BYTES, Frontier
from server.operations.ledger import origin
from server.signing import load_key

if TYPE_CHECKING:
    from pathlib import Path

PER_DAY = 2000
DAY_US = 86_400_000_000
AT_ONCE = 500_000
# Measured, with indexes.
BYTES_OF_A_TICKET = 900

# The oldest comes first: rows and keys then grow at one end of every tree, which is what makes it fast.
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
_DAYS = f"(1 + (:total - 1 - i) / {PER_DAY})"
_SHIFT = f"({DAY_US} * {_DAYS} + ({PER_DAY} - i % {PER_DAY}) * 15000000)"
_SERVICE = "json_extract(:services, '$[' || (i % :count) || ']')"
_PAST: dict[str, dict[str, str]] = {
    "tickets": {
        "id": ":base + i",
        "day": f"date(t.day, '-' || {_DAYS} || ' days')",
        "number": f"i % {PER_DAY}",
        "label": f"'Z' || (i % {PER_DAY})",
        "series": "'Z'",
        "token": "printf('past-%012d', i)",
        "code": f"printf('%06x', i % {PER_DAY})",
        "service": _SERVICE,
    },
    "requests": {
        "ticket_id": ":base + i",
        "service": _SERVICE,
        "rating_token": "printf('past-%012d', i)",
    },
    "events": {
        "day": f"date(t.day, '-' || {_DAYS} || ' days')",
        "kind": "'ticket.recalled'",
        "ticket": ":base + i",
        "number": f"'Z' || (i % {PER_DAY})",
        "service": _SERVICE,
        "data": "'{}'",
    },
    "print_jobs": {"ticket_id": ":base + i", "state": "'printed'", "document": "'{}'"},
}
"""What differs from the pattern; columns that end in `_at` are shifted into the past as well."""
_OF_TICKET = {"tickets": "id", "requests": "ticket_id", "events": "ticket", "print_jobs": "ticket_id"}


def fill_past(database: Path, facts: dict[str, Any], count: int) -> None:
    """
    Give the hall a past of `count` served tickets; no server may have the file.

    Raises:
        OSError: The disk has too little room for them.
    """
    needed = count * BYTES_OF_A_TICKET * 5 // 4
    if shutil.disk_usage(database.parent).free < needed:
        raise OSError(f"{count:,} past tickets take {needed / 1e9:.0f} GB; --folder names another disk")
    connection = sqlite3.connect(database, isolation_level=None)
    # Safe against nothing, and fast: the file is thrown away after the run.
    connection.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-200000; PRAGMA foreign_keys=OFF;"
    )
    values = {
        "pattern": facts["served"],
        "services": json.dumps(facts["services"]),
        "count": len(facts["services"]),
        "base": connection.execute("SELECT max(id) FROM tickets").fetchone()[0] + 1,
        "total": count,
    }
    for table, changes in _PAST.items():
        statement = _copy(connection, table, changes)
        for first in range(0, count, AT_ONCE):
            connection.execute(statement, values | {"first": first, "last": min(first + AT_ONCE, count) - 1})
    _seal(connection, database.parent, facts["centre"])
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _seal(connection: sqlite3.Connection, data_dir: Path, centre: str) -> None:
    """
    Seal the whole log and have it taken in, so that the server does not do so while it is measured.

    The leaves' hashes are empty: a tap reads none, and the next leaf needs only some of them.
    """
    size = connection.execute("SELECT max(id) FROM events").fetchone()[0]
    connection.execute(
        "INSERT INTO log_leaves (centre, leaf, event_id, hashes) SELECT centre, id - 1, id,"
        f" zeroblob({HASH_BYTES} * (1 + CAST(log2(id & -id) AS INTEGER))) FROM events ORDER BY id"
    )
    tree = Frontier(size, [bytes(HASH_BYTES)] * size.bit_count())
    now = datetime.now(UTC)
    head = Checkpoint(origin(centre), size, tree.root(), now, "1")
    note = load_key(origin(centre), data_dir).sign(head.text())
    at = round(now.timestamp() * 1e6)
    connection.execute(
        "INSERT INTO log_heads (centre, size, root, at, day, policy, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (centre, size, head.root, at, now.date().isoformat(), head.policy, note),
    )
    connection.execute(
        "INSERT INTO learned (centre, until_event, document, at) VALUES (?, ?, ?, ?)",
        (centre, size, json.dumps(Learned().to_document()), at),
    )


def _copy(connection: sqlite3.Connection, table: str, changes: dict[str, str]) -> str:
    columns = {
        name: f"t.{name} - {_SHIFT}" if name == "at" or name.endswith("_at") else f"t.{name}"
        for (name,) in connection.execute(f"SELECT name FROM pragma_table_info('{table}')")
    } | changes
    if table != "tickets":
        del columns["id"]
    pattern = f"(SELECT min(id) FROM {table} WHERE {_OF_TICKET[table]} = :pattern)"
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) {_NUMBERS} SELECT {', '.join(columns.values())} "
        f"FROM n CROSS JOIN {table} AS t WHERE t.id = {pattern}"
    )
