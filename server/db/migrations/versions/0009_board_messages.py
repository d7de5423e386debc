"""What supervisors have the boards say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0009"
down_revision = "0008"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "board_messages",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("preset", sa.Text()),
        sa.Column("text", sa.JSON(none_as_null=True)),
        sa.Column("zone", sa.Text()),
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.Column("until_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("official", Id),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_messages")),
    )
    open_ones = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_board_messages_centre",
        "board_messages",
        ["centre"],
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
