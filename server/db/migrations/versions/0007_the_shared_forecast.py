"""The newest forecast, for the processes that do not make it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "forecasts",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("centre", name=op.f("pk_forecasts")),
    )
