"""Services that take no walk-ins today."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "closed_services",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "day", "service", name=op.f("pk_closed_services")),
    )
