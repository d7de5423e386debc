"""The tables of booking and collection: what stands beside `appointments` and `results` of models.py."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from server.db.models import Id, UtcDateTime, metadata

MARKED = "contact_mark IS NOT NULL OR phone_mark IS NOT NULL"

# What an appointment was booked with. The marks are keyed hashes of the contact and of the phone: they limit hoarding
# and missed appointments without keeping whose they are, and are erased when they limit nothing any more.
bookings = Table(
    "bookings",
    metadata,
    Column("appointment_id", Id, ForeignKey("appointments.id"), primary_key=True, autoincrement=False),
    Column("centre", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column(
        "sequence", Integer, nullable=False, server_default="0"
    ),  # of its calendar file; grows with each change
    Column("minutes", Integer, nullable=False),
    Column("moves", Integer, nullable=False, server_default="0"),
    Column("contact_mark", LargeBinary),
    Column("phone_mark", LargeBinary),
    Column("changed_at", UtcDateTime, nullable=False),
    *(
        Index(
            f"ix_bookings_{column}",
            "centre",
            column,
            sqlite_where=text(f"{column} IS NOT NULL"),
            postgresql_where=text(f"{column} IS NOT NULL"),
        )
        for column in ("contact_mark", "phone_mark")
    ),
    Index(
        "ix_bookings_marked",
        "centre",
        "appointment_id",
        sqlite_where=text(MARKED),
        postgresql_where=text(MARKED),
    ),
)

# The places of a slot that are in use: the key lets two bookings of the same moment not have the same one. The place of
# a cancelled appointment is kept until the next batch is opened.
slot_places = Table(
    "slot_places",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("slot_at", UtcDateTime, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("minutes", Integer, nullable=False),
    Column("appointment_id", Id, ForeignKey("appointments.id")),
    Column("frees_at", UtcDateTime),
)

# What an agency said of a result beside its code; `reference` is the agency's own number of the application.
collections = Table(
    "collections",
    metadata,
    Column("result_id", Id, ForeignKey("results.id"), primary_key=True, autoincrement=False),
    Column("centre", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("batch", Text),  # of the file that it came with
    Column("expires_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Index(
        "uq_collections_reference",
        "centre",
        "service",
        "reference",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
    Index("ix_collections_batch", "centre", "batch"),
)

# Where a visitor can be told something. Erased when the visit has ended or the appointment is cancelled; never in the
# log, nor in what the program writes of itself.
contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("centre", Text, nullable=False),
    Column("kind", Text, nullable=False),  # email, sms
    Column("address", Text, nullable=False),
    Column("appointment_id", Id, ForeignKey("appointments.id"), unique=True),
    Column("result_id", Id, ForeignKey("results.id"), unique=True),
    Column("created_at", UtcDateTime, nullable=False),
)

UNSENT = "state IN ('queued', 'sending')"

# Messages to visitors: a row first, then the worker sends it, tries again within bounds, and writes what became of it.
notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("centre", Text, nullable=False),
    Column("contact_id", Id, nullable=False),  # no foreign key: the row outlives the contact
    Column("kind", Text, nullable=False),  # booked, moved, cancelled, reminder, ready
    Column("appointment_id", Id, ForeignKey("appointments.id")),
    Column("result_id", Id, ForeignKey("results.id")),
    Column("sequence", Integer, nullable=False, server_default="0"),  # of the appointment that it speaks of
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),  # queued, sending, sent, failed, dropped
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("reason", Text),  # the kind of failure, never what a provider wrote of an address
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_notices_ended", "centre", "ended_at"),
    Index(
        "ix_notices_unsent", "centre", "next_try_at", sqlite_where=text(UNSENT), postgresql_where=text(UNSENT)
    ),
)
