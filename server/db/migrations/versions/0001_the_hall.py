"""The hall, end to end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.models import UtcDateTime

revision = "0001"
down_revision = None

# SQLite gives out row ids only for a column that is exactly INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go on to this version."""
    op.create_table(
        "answers",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "caller", "key", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_created_at", "answers", ["created_at"], unique=False)
    op.create_table(
        "catalogue",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("names", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("centre", "kind", "key", name=op.f("pk_catalogue")),
    )
    op.create_table(
        "centres",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("names", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("config_digest", sa.Text(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_centres")),
    )
    op.create_table(
        "devices",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("printer", sa.Text(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("centre", "name", name=op.f("uq_devices_centre_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    op.create_table(
        "events",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ticket", Id, nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("counter", sa.Integer(), nullable=True),
        sa.Column("official", Id, nullable=True),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(
        "ix_events_alarms",
        "events",
        ["centre", "id"],
        unique=False,
        sqlite_where=sa.text("kind = 'alarm.overtaken'"),
        postgresql_where=sa.text("kind = 'alarm.overtaken'"),
    )
    op.create_index("ix_events_centre_id", "events", ["centre", "id"], unique=False)
    op.create_index(
        "ix_events_ticket",
        "events",
        ["ticket"],
        unique=False,
        sqlite_where=sa.text("ticket IS NOT NULL"),
        postgresql_where=sa.text("ticket IS NOT NULL"),
    )
    op.create_table(
        "leases",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "name", name=op.f("pk_leases")),
    )
    op.create_table(
        "sequences",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "day", "series", name=op.f("pk_sequences")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=True),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("start_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("target_s", sa.Integer(), nullable=False),
        sa.Column("credit_s", sa.Integer(), nullable=False),
        sa.Column("penalty_s", sa.Integer(), server_default="0", nullable=False),
        sa.Column("returns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("counter", sa.Integer(), nullable=True),
        sa.Column("official", Id, nullable=True),
        sa.Column("called_at", UtcDateTime(), nullable=True),
        sa.Column("call_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_service", sa.Text(), nullable=False),
        sa.Column("first_target_at", UtcDateTime(), nullable=False),
        sa.Column("first_called_at", UtcDateTime(), nullable=True),
        sa.Column("out_of_turn", sa.Text(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("device", Id, nullable=True),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("centre", "day", "code", name=op.f("uq_tickets_centre_day_code")),
        sa.UniqueConstraint(
            "centre", "day", "series", "number", name=op.f("uq_tickets_centre_day_series_number")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_tickets_token")),
    )
    op.create_index(
        "ix_tickets_called",
        "tickets",
        ["centre", "called_at"],
        unique=False,
        sqlite_where=sa.text("called_at IS NOT NULL"),
        postgresql_where=sa.text("called_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tickets_live",
        "tickets",
        ["centre", "state"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'called', 'serving', 'held')"),
        postgresql_where=sa.text("state IN ('waiting', 'called', 'serving', 'held')"),
    )
    op.create_index(
        "ix_tickets_waiting",
        "tickets",
        ["centre", "service", "lane", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting' AND bound IS NULL"),
        postgresql_where=sa.text("state = 'waiting' AND bound IS NULL"),
    )
    op.create_index(
        "ix_tickets_waiting_bound",
        "tickets",
        ["centre", "bound", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting' AND bound IS NOT NULL"),
        postgresql_where=sa.text("state = 'waiting' AND bound IS NOT NULL"),
    )
    op.create_index(
        "uq_tickets_in_hand",
        "tickets",
        ["centre", "counter"],
        unique=True,
        sqlite_where=sa.text("state IN ('called', 'serving')"),
        postgresql_where=sa.text("state IN ('called', 'serving')"),
    )
    op.create_table(
        "users",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("agencies", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("services", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("must_change", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("centre", "username", name=op.f("uq_users_centre_username")),
    )
    op.create_table(
        "appointments",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("slot_at", UtcDateTime(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ticket_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_appointments_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("centre", "code", name=op.f("uq_appointments_centre_code")),
    )
    op.create_index("ix_appointments_centre_slot_at", "appointments", ["centre", "slot_at"], unique=False)
    op.create_table(
        "counters",
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), server_default="closed", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("official", Id, nullable=True),
        sa.Column("shift", Id, nullable=True),
        sa.Column("since_at", UtcDateTime(), nullable=True),
        sa.Column("calls_since_quota", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["official"], ["users.id"], name=op.f("fk_counters_official")),
        sa.PrimaryKeyConstraint("centre", "number", name=op.f("pk_counters")),
    )
    op.create_index(
        "uq_counters_official",
        "counters",
        ["centre", "official"],
        unique=True,
        sqlite_where=sa.text("official IS NOT NULL"),
        postgresql_where=sa.text("official IS NOT NULL"),
    )
    op.create_table(
        "print_jobs",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("ticket_id", Id, nullable=True),
        sa.Column("request_id", Id, server_default="0", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("copy_no", sa.Integer(), server_default="0", nullable=False),
        sa.Column("printer", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("process_id", sa.Text(), nullable=True),
        sa.Column("bytes_sent", sa.Integer(), nullable=True),
        sa.Column("confirmed", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_print_jobs_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_jobs")),
    )
    op.create_index(
        "ix_print_jobs_pending",
        "print_jobs",
        ["centre", "printer", "state", "next_try_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'sending', 'held')"),
        postgresql_where=sa.text("state IN ('queued', 'sending', 'held')"),
    )
    op.create_index(
        "uq_print_jobs_copy", "print_jobs", ["ticket_id", "request_id", "kind", "copy_no"], unique=True
    )
    op.create_table(
        "requests",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("ticket_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=True),
        sa.Column("official", Id, nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("rating_token", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_requests_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("rating_token", name=op.f("uq_requests_rating_token")),
        sa.UniqueConstraint("ticket_id", "position", name=op.f("uq_requests_ticket_id_position")),
    )
    op.create_index(
        "ix_requests_finished",
        "requests",
        ["centre", "finished_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NOT NULL"),
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_table(
        "results",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ticket_id", Id, nullable=True),
        sa.Column("ready_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_results_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("centre", "code", name=op.f("uq_results_centre_code")),
    )
    op.create_table(
        "shifts",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("official", Id, nullable=False),
        sa.Column("services", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["official"], ["users.id"], name=op.f("fk_shifts_official")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_centre_closed_at", "shifts", ["centre", "closed_at"], unique=False)
    op.create_table(
        "staff_sessions",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )
    op.create_table(
        "print_events",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("job_id", Id, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state_before", sa.Text(), nullable=True),
        sa.Column("state_after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["print_jobs.id"], name=op.f("fk_print_events_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_events")),
    )
    op.create_index("ix_print_events_job_id", "print_events", ["job_id"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("request_id", Id, autoincrement=False, nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("aspects", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("rated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_ratings_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_ratings")),
    )
    op.create_index("ix_ratings_centre_rated_at", "ratings", ["centre", "rated_at"], unique=False)
