"""Versions of the configuration, where pages manage it: each a set of files, the files by their hash; and the one draft."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)

from server.db.ledger import CONFIGURED, SETTINGS
from server.db.models import Id, Json, UtcDateTime, events, metadata, users

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.db.models import Record

Files = dict[str, bytes]
Names = dict[str, str]
"""Of each file its hash, by its name."""

config_files = Table(
    "config_files",
    metadata,
    Column("centre", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("centre", "digest"),
)

config_versions = Table(
    "config_versions",
    metadata,
    Column("centre", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("files", Json, nullable=False),  # name -> digest
    Column("digest", Text, nullable=False),  # of the configuration, as `config.applied` tells it
    Column("policy", Text, nullable=False),
    Column("figures", Json, nullable=False),  # what the policy's version stands for
    Column("source", Text, nullable=False),  # files, pages, import, laboratory, again
    Column("base", Integer),
    Column("note", Text, nullable=False),
    Column("changes", Json, nullable=False),  # who changed what in the draft
    Column("made_at", UtcDateTime, nullable=False),
    Column("published_by", Id, ForeignKey("users.id")),
    Column("role", Text, nullable=False),  # of whoever published it; `operator` of the machine's
    Column("published_at", UtcDateTime, nullable=False),
    Column("from_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("centre", "number"),
)

config_drafts = Table(
    "config_drafts",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("files", Json),  # None: there is no draft; the revision goes on in the next one
    Column("revision", Integer, nullable=False),
    Column("base", Integer, nullable=False),
    Column("changes", Json, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("changed_by", Id, ForeignKey("users.id")),
    Column("changed_at", UtcDateTime, nullable=False),
)

_LISTED = (*(each for each in config_versions.c if each.name not in ("files", "centre")), users.c.name)
_LAST = select(func.max(config_versions.c.number)).where(config_versions.c.centre == bindparam("centre"))
# Found by the index of the log's settings.
_APPLIED = (
    select(events.c.at, events.c.data)
    .where(events.c.centre == bindparam("centre"), SETTINGS, events.c.kind == CONFIGURED)
    .order_by(events.c.id)
)
# Asked each second.
_DUE = _LAST.where(config_versions.c.from_at <= bindparam("now", type_=UtcDateTime))


def are_there(connection: Connection) -> bool:
    """Tell whether this database knows of versions at all: one that is to be migrated may not."""
    return inspect(connection).has_table(config_versions.name)


def newest_due(connection: Connection, centre: str, now: datetime) -> int | None:
    """Tell the newest version whose time has come."""
    number: int | None = connection.execute(_DUE, {"centre": centre, "now": now}).scalar()
    return number


def all_of(connection: Connection, centre: str) -> Sequence[Record]:
    """List the versions, the newest first, with the name of whoever published each."""
    return connection.execute(
        select(*_LISTED)
        .select_from(config_versions.outerjoin(users, users.c.id == config_versions.c.published_by))
        .where(config_versions.c.centre == centre)
        .order_by(config_versions.c.number.desc())
    ).fetchall()


def times_applied(connection: Connection, centre: str) -> Sequence[Record]:
    """Read when a configuration came into force, `at` and `data`, the first one first."""
    return connection.execute(_APPLIED, {"centre": centre}).fetchall()


def files_of(connection: Connection, centre: str, number: int) -> Files | None:
    """Read the files of a version; None where there is no such version."""
    row = connection.execute(
        select(config_versions.c.files).where(
            config_versions.c.centre == centre, config_versions.c.number == number
        )
    ).first()
    return contents(connection, centre, row.files) if row else None


def contents(connection: Connection, centre: str, names: Mapping[str, str]) -> Files:
    """Read files by their hashes."""
    where = (config_files.c.centre == centre) & config_files.c.digest.in_(set(names.values()))
    held = {
        row.digest: bytes(row.content)
        for row in connection.execute(select(config_files.c.digest, config_files.c.content).where(where))
    }
    return {name: held[digest] for name, digest in names.items()}


def keep(tx: Transaction, files: Files) -> Names:
    """Write down what of some files is not there yet; returns their hashes."""
    names = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    by_digest = {names[name]: content for name, content in files.items()}
    where = (config_files.c.centre == tx.centre) & config_files.c.digest.in_(by_digest)
    known = {row.digest for row in tx.execute(select(config_files.c.digest).where(where)).fetchall()}
    for digest, content in by_digest.items():
        if digest not in known:
            tx.execute(insert(config_files), {"centre": tx.centre, "digest": digest, "content": content})
    return names


def forget_unused(tx: Transaction, digests: Iterable[str]) -> None:
    """Erase files that a draft held and nothing holds any more."""
    rows = tx.execute(select(config_versions.c.files).where(config_versions.c.centre == tx.centre)).fetchall()
    draft = draft_of(tx.connection, tx.centre)
    used = {digest for row in rows for digest in row.files.values()}
    used |= set((draft.files or {}).values() if draft else ())
    if unused := set(digests) - used:
        tx.execute(
            delete(config_files).where(config_files.c.centre == tx.centre, config_files.c.digest.in_(unused))
        )


def add(tx: Transaction, **values: Any) -> int:
    """Write a version down, and number it."""
    last = tx.execute(_LAST, {"centre": tx.centre}).scalar()
    number: int = (last or 0) + 1
    tx.execute(insert(config_versions), {"centre": tx.centre, "number": number, **values})
    return number


def draft_of(connection: Connection, centre: str) -> Record | None:
    """Read the draft's row, with the name of whoever changed it last; `files` is None where there is no draft."""
    return connection.execute(
        select(*(each for each in config_drafts.c if each.name != "centre"), users.c.name)
        .select_from(config_drafts.outerjoin(users, users.c.id == config_drafts.c.changed_by))
        .where(config_drafts.c.centre == centre)
    ).first()


def names_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Read the names of accounts by their keys."""
    found = connection.execute(select(users.c.id, users.c.name).where(users.c.id.in_(set(ids)))).fetchall()
    return {row.id: row.name for row in found}


def write_draft(tx: Transaction, *, is_new: bool, **values: Any) -> None:
    """Write the draft's row."""
    if is_new:
        tx.execute(insert(config_drafts), {"centre": tx.centre, **values})
    else:
        tx.execute(update(config_drafts).where(config_drafts.c.centre == tx.centre).values(**values))
