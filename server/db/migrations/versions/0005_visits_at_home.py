"""Visits at home, with what only their team may know, and the telephones of visitors in the hall."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0005"
down_revision = "0004"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "outreach_requests",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("team", sa.Text()),
        sa.Column("day", sa.Date()),
        sa.Column("slot_at", UtcDateTime()),
        sa.Column("ticket_id", Id),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_requests")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_outreach_requests_ticket_id")),
        sa.UniqueConstraint("token", name=op.f("uq_outreach_requests_token")),
        sa.UniqueConstraint("centre", "form", name=op.f("uq_outreach_requests_centre_form")),
    )
    op.create_index("ix_outreach_requests_centre_state", "outreach_requests", ["centre", "state"])
    op.create_index("ix_outreach_requests_ticket_id", "outreach_requests", ["ticket_id"])
    op.create_table(
        "outreach_contacts",
        sa.Column("request_id", Id, autoincrement=False, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_outreach_contacts")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["outreach_requests.id"], name=op.f("fk_outreach_contacts_request_id")
        ),
    )
    op.create_index("ix_outreach_contacts_telephone", "outreach_contacts", ["centre", "telephone"])
    op.create_table(
        "outreach_acts",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("official", Id, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("ticket_id", Id),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.Column("synced_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("state", sa.Text()),
        sa.PrimaryKeyConstraint("centre", "id", name=op.f("pk_outreach_acts")),
        sa.ForeignKeyConstraint(["official"], ["users.id"], name=op.f("fk_outreach_acts_official")),
    )
    op.create_index("ix_outreach_acts_team", "outreach_acts", ["centre", "team", "synced_at"])
    op.create_table(
        "telephones",
        sa.Column("ticket_id", Id, autoincrement=False, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_telephones")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_telephones_ticket_id")),
    )
    op.create_index("ix_telephones_centre", "telephones", ["centre"])
