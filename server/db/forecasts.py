"""The newest forecast of each centre: the elected process writes it, the others read their waits from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from server.db.models import UtcDateTime, metadata

if TYPE_CHECKING:
    from datetime import datetime

    from server.db.engine import Transaction
    from server.db.models import Record

forecasts = Table(
    "forecasts",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("document", LargeBinary, nullable=False),
)

_NEWER = select(forecasts.c.at, forecasts.c.document).where(
    forecasts.c.centre == bindparam("centre"), forecasts.c.at > bindparam("after")
)


def newer_forecast(connection: Connection, centre: str, after: datetime) -> Record | None:
    """Read the centre's forecast if it was made after a moment: `at, document`."""
    return connection.execute(_NEWER, {"centre": centre, "after": after}).first()


def write_forecast(tx: Transaction, at: datetime, document: bytes) -> None:
    """Put a forecast in the place of the last one."""
    dialect: Any = sqlite if tx.connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(forecasts).values(centre=tx.centre, at=at, document=document)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=[forecasts.c.centre],
            set_={"at": statement.excluded.at, "document": statement.excluded.document},
        )
    )
