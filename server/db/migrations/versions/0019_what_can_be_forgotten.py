"""Indexes of marks and messages that hold only what is still to be looked for or erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Go on to this version."""
    for column in ("contact_mark", "phone_mark"):
        op.drop_index(f"ix_bookings_{column}", "bookings")
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_bookings_{column}",
            "bookings",
            ["centre", column],
            sqlite_where=there,
            postgresql_where=there,
        )
    marked = sa.text("contact_mark IS NOT NULL OR phone_mark IS NOT NULL")
    op.create_index(
        "ix_bookings_marked",
        "bookings",
        ["centre", "appointment_id"],
        sqlite_where=marked,
        postgresql_where=marked,
    )
    op.create_index("ix_notices_ended", "notices", ["centre", "ended_at"])
