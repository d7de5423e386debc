"""Tickets taken on phones, and where messages reach a phone that is locked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0011"
down_revision = "0010"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "phone_tickets",
        sa.Column("ticket_id", Id, autoincrement=False, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("check_in_by", UtcDateTime()),
        sa.Column("checked_in_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_phone_tickets_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_phone_tickets")),
    )
    op.create_index("ix_phone_tickets_phone", "phone_tickets", ["centre", "day", "phone"])
    op.create_index("ix_phone_tickets_address", "phone_tickets", ["centre", "day", "address"])
    op.create_table(
        "push_subscriptions",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("ticket_id", Id, nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("told", sa.Text()),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_push_subscriptions_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("ticket_id", "endpoint", name=op.f("uq_push_subscriptions_ticket_id")),
    )
