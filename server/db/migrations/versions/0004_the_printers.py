"""How each printer is and what it has proved, and who did what with a print job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0004"
down_revision = "0003"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "printer_states",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("printer", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("confirmation", sa.Text()),
        sa.Column("problem", sa.Text()),
        sa.Column("warning", sa.Text()),
        sa.Column("since_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "printer", name=op.f("pk_printer_states")),
    )
    op.add_column("print_events", sa.Column("official", Id))
