"""Notes of officials about a visit, and how each service ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0018"
down_revision = "0017"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "notes",
        sa.Column("id", Id, autoincrement=True),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("ticket_id", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("official", Id),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_notes_ticket_id")),
        sa.ForeignKeyConstraint(["official"], ["users.id"], name=op.f("fk_notes_official")),
    )
    op.create_index("ix_notes_ticket_id", "notes", ["ticket_id"])
    op.add_column("requests", sa.Column("outcome", sa.Text()))
