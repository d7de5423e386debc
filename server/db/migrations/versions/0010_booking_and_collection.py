"""Places of slots, what appointments and results were announced with, contacts, and messages to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0010"
down_revision = "0009"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    # A code is looked for in the other centres too, to say that it is one of theirs.
    op.create_index("ix_appointments_code", "appointments", ["code"])
    op.create_index("ix_results_code", "results", ["code"])
    op.create_table(
        "bookings",
        sa.Column("appointment_id", Id, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_mark", sa.LargeBinary()),
        sa.Column("phone_mark", sa.LargeBinary()),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_bookings_appointment_id")
        ),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("token", name=op.f("uq_bookings_token")),
    )
    op.create_index("ix_bookings_contact_mark", "bookings", ["centre", "contact_mark"])
    op.create_index("ix_bookings_phone_mark", "bookings", ["centre", "phone_mark"])
    op.create_table(
        "slot_places",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("slot_at", UtcDateTime(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("appointment_id", Id),
        sa.Column("frees_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_slot_places_appointment_id")
        ),
        sa.PrimaryKeyConstraint("centre", "slot_at", "service", "place", name=op.f("pk_slot_places")),
    )
    op.create_table(
        "collections",
        sa.Column("result_id", Id, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text()),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_collections_result_id")),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_collections")),
    )
    op.create_index(
        "uq_collections_reference",
        "collections",
        ["centre", "service", "reference"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index("ix_collections_batch", "collections", ["centre", "batch"])
    op.create_table(
        "contacts",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("appointment_id", Id),
        sa.Column("result_id", Id),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_contacts_appointment_id")
        ),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_contacts_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_contacts_appointment_id")),
        sa.UniqueConstraint("result_id", name=op.f("uq_contacts_result_id")),
    )
    op.create_table(
        "notices",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("appointment_id", Id),
        sa.Column("result_id", Id),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_notices_appointment_id")
        ),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_notices_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    unsent = sa.text("state IN ('queued', 'sending')")
    op.create_index(
        "ix_notices_unsent",
        "notices",
        ["centre", "next_try_at"],
        sqlite_where=unsent,
        postgresql_where=unsent,
    )
