"""Table and reads of what supervisors have the boards say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, Index, Table, Text, bindparam, select, text

from server.db.models import Id, Json, Record, UtcDateTime, metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

board_messages = Table(
    "board_messages",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("centre", Text, nullable=False),
    Column("kind", Text, nullable=False),  # message, emergency
    Column("preset", Text),
    Column("text", Json),  # by language
    Column("zone", Text),
    Column("shown_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("official", Id),
    Index(
        "ix_board_messages_centre",
        "centre",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

_CURRENT = (
    select(board_messages)
    .where(board_messages.c.centre == bindparam("centre"), board_messages.c.ended_at.is_(None))
    .order_by(board_messages.c.id.desc())
)


def current_messages(connection: Connection, centre: str) -> Sequence[Record]:
    """Read the messages that nobody has ended, newest first; those whose time is over too."""
    return connection.execute(_CURRENT, {"centre": centre}).fetchall()


def message(connection: Connection, centre: str, id: int) -> Record | None:
    """Read a message."""
    return connection.execute(
        select(board_messages).where(board_messages.c.centre == centre, board_messages.c.id == id)
    ).first()
