"""What the estimate learned from the log, and how many of its promises were kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import Json, UtcDateTime

revision = "0003"
down_revision = "0002"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "learned",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("until_event", Id, nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre", name=op.f("pk_learned")),
    )
    op.create_table(
        "promises",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("promised", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "day", "service", name=op.f("pk_promises")),
    )
