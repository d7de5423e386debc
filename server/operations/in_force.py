"""What the centre goes by: the configuration that was applied at the last start, and what it has no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from server.config import config_digest
from server.db.models import centres

if TYPE_CHECKING:
    from server.operations.context import Context, View


class InForce:
    """Reads of the configuration in force."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def view(self) -> View:
        """Tell since when this configuration holds, by what name the log knows it, and what was retired."""
        with self._context.database.read() as connection:
            row = connection.execute(
                select(centres.c.config_digest, centres.c.applied_at).where(
                    centres.c.key == self._context.centre
                )
            ).first()
        return {
            "digest": config_digest(self._context.config),
            "applied_at": self._context.local(row.applied_at) if row else None,
            "retired": [
                {"kind": kind, "key": key, "name": names}
                for (kind, key), names in sorted(self._context.retired_names.items())
            ],
        }
