"""Indexes of appointments and results that are still to come, so that the clock reads no past ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Go on to this version."""
    for name, table, columns, condition in (
        ("ix_appointments_booked", "appointments", ["centre", "slot_at"], "state = 'booked'"),
        ("ix_results_ready", "results", ["centre", "id"], "state = 'ready'"),
    ):
        op.create_index(
            name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition)
        )
