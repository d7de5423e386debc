"""The sealed log: leaves and tree heads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0002"
down_revision = "0001"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "log_leaves",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("leaf", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "leaf", name=op.f("pk_log_leaves")),
        sa.UniqueConstraint("centre", "event_id", name=op.f("uq_log_leaves_centre_event_id")),
    )
    op.create_table(
        "log_heads",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "size", name=op.f("pk_log_heads")),
        sa.ForeignKeyConstraint(["centre"], ["centres.key"], name=op.f("fk_log_heads_centre")),
    )
    settings = sa.text("kind IN ('config.applied', 'counter.opened', 'counter.changed')")
    op.create_index(
        "ix_events_settings",
        "events",
        ["centre", "id"],
        unique=False,
        sqlite_where=settings,
        postgresql_where=settings,
    )
    op.create_index("ix_log_heads_centre_day_size", "log_heads", ["centre", "day", "size"], unique=False)
