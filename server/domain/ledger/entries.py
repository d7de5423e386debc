"""
What an entry of the log is, byte by byte.

An entry says nothing about who a visitor is. It is hashed behind a salt of its own: when an entry and its salt are
erased, the hash that stays in the tree tells nobody what it was, and every proof still holds.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from server.domain.ledger.tree import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

Entry = dict[str, Any]
"""
`at, kind, ticket, number, service, counter, official, data`; ticket and official are the keys of their rows.

The official's number stands for no name outside the hall's own list of staff. It is there because the same hands
calling the same tickets again and again can be seen in no other way.
"""

FIELDS = ("at", "kind", "ticket", "number", "service", "counter", "official", "data")
SALT_BYTES = 16


def make_entry(*, at: datetime, data: Mapping[str, Any], **values: Any) -> Entry:
    """Make an entry; `values` are the other `FIELDS`."""
    fields = {"at": write_time(at), **values, "data": dict(data)}
    return {name: fields[name] for name in FIELDS}


def canonical(value: Any) -> bytes:
    """
    Write JSON in the one way that is hashed: keys sorted, nothing between the signs, UTF-8.

    >>> canonical({"b": [1, None], "a": "növbə"}).decode()
    '{"a":"növbə","b":[1,null]}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def entry_hash(salt: bytes, entry: Entry) -> bytes:
    """Hash an entry behind its salt into the leaf of the tree."""
    return leaf_hash(salt + canonical(entry))


def write_time(at: datetime) -> str:
    """
    Write a time to the microsecond, in UTC.

    >>> write_time(datetime(2026, 11, 24, 6, 31, tzinfo=UTC))
    '2026-11-24T06:31:00.000000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_time(text: str) -> datetime:
    """
    Read a time of an entry.

    Raises:
        ValueError: It is none, or has no offset.

    >>> read_time("2026-11-24T10:31:00+04:00")
    datetime.datetime(2026, 11, 24, 6, 31, tzinfo=datetime.timezone.utc)
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return at.astimezone(UTC)
