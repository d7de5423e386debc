"""Table and reads of devices that wait for a person to type their code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text, UniqueConstraint, select

from server.db.models import Id, UtcDateTime, metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.db.models import Record

# A row lives ten minutes: until its device has its token, or its code is worth nothing any more.
pairings = Table(
    "pairings",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("centre", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("device_id", Id, ForeignKey("devices.id")),
    UniqueConstraint("centre", "code"),
)


def pairing_by_code(connection: Connection, centre: str, code: str) -> Record | None:
    """Read a pairing by what the device shows."""
    return connection.execute(
        select(pairings).where(pairings.c.centre == centre, pairings.c.code == code)
    ).first()


def pairing_by_secret(connection: Connection, centre: str, secret_hash: bytes) -> Record | None:
    """Read a pairing by what the device alone knows."""
    return connection.execute(
        select(pairings).where(pairings.c.centre == centre, pairings.c.secret_hash == secret_hash)
    ).first()
