"""Devices that are enrolled by a code, and where each stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0016"
down_revision = "0015"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.add_column("devices", sa.Column("display", sa.Text()))
    op.add_column("devices", sa.Column("version", sa.Text()))
    op.add_column("devices", sa.Column("left_at", UtcDateTime()))
    op.create_table(
        "pairings",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("device_id", Id, sa.ForeignKey("devices.id", name=op.f("fk_pairings_device_id"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairings")),
        sa.UniqueConstraint("centre", "code", name=op.f("uq_pairings_centre_code")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_pairings_secret_hash")),
    )
