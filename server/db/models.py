"""
The tables. Every row carries its centre; services, counters and zones are named by the keys of the configuration.

Plain tables rather than mapped classes: rows are read as values, and what a tap runs is a few prepared statements.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    SmallInteger,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

Record = Row[*tuple[Any, ...]]
"""A row as a query returns it, read by attribute."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time: `timestamptz` on PostgreSQL, microseconds since 1970 on SQLite, which has no type for it."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Choose the column's type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Store a time; a naive one is a mistake and raises TypeError."""
        if value is None or dialect.name == "postgresql":
            return value
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read a time, in UTC."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value.astimezone(UTC)  # type: ignore[no-any-return]
        return EPOCH + int(value) * MICROSECOND


# SQLite gives out row ids only for a column that is exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _centre(**options: Any) -> Column[str]:
    return Column("centre", Text, nullable=False, **options)


centres = Table(
    "centres",
    metadata,
    Column("key", Text, primary_key=True),
    Column("names", Json, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("config_digest", Text, nullable=False),
    Column("applied_at", UtcDateTime, nullable=False),
)

# What the configuration names, kept after it is gone from there, so that history stays readable.
catalogue = Table(
    "catalogue",
    metadata,
    _centre(primary_key=True),
    Column("kind", Text, primary_key=True),  # zone, agency, service, counter, category, printer, display
    Column("key", Text, primary_key=True),
    Column("names", Json, nullable=False),
    Column("retired_at", UtcDateTime),
)

counters = Table(
    "counters",
    metadata,
    _centre(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False, server_default="closed"),
    Column("reason", Text),
    Column("official", Id, ForeignKey("users.id")),
    Column("shift", Id),
    Column("since_at", UtcDateTime),
    Column("calls_since_quota", Integer, nullable=False, server_default="0"),
    Column("retired_at", UtcDateTime),
    # An official is at one counter at a time.
    Index(
        "uq_counters_official",
        "centre",
        "official",
        unique=True,
        sqlite_where=text("official IS NOT NULL"),
        postgresql_where=text("official IS NOT NULL"),
    ),
)

users = Table(
    "users",
    metadata,
    _key(),
    _centre(),
    Column("username", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("agencies", Json),  # None: those of every agency
    Column("services", Json),  # None: every service of the agencies
    Column("must_change", Boolean, nullable=False, server_default=text("false")),
    Column("totp_key", LargeBinary),
    Column("totp_step", BigInteger),  # of the last code taken: none is taken twice
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    UniqueConstraint("centre", "username"),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    _key(),
    _centre(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("csrf", Text, nullable=False),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("kind", Text, nullable=False),  # cookie, bearer
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("seen_at", UtcDateTime),
    Column("browser", Text),
    Index("ix_staff_sessions_user_id", "user_id"),
)

devices = Table(
    "devices",
    metadata,
    _key(),
    _centre(),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # kiosk, display, printer, tablet
    Column("zone", Text),
    Column("printer", Text),
    Column("counter", Integer),
    Column("display", Text),
    Column("version", Text),  # of the program that it runs, as it says
    Column("left_at", UtcDateTime),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    UniqueConstraint("centre", "name"),
)

shifts = Table(
    "shifts",
    metadata,
    _key(),
    _centre(),
    Column("counter", Integer, nullable=False),
    Column("official", Id, ForeignKey("users.id"), nullable=False),
    Column("services", Json, nullable=False),  # what both may, when it began
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Index("ix_shifts_centre_closed_at", "centre", "closed_at"),
)

# The day's last number of each series; its row is incremented in the ticket's transaction, never counted.
sequences = Table(
    "sequences",
    metadata,
    _centre(primary_key=True),
    Column("day", Date, primary_key=True),
    Column("series", Text, primary_key=True),
    Column("last", Integer, nullable=False),
)

WAITING = "state = 'waiting' AND bound IS NULL"
WAITING_BOUND = "state = 'waiting' AND bound IS NOT NULL"
IN_HAND = "state IN ('called', 'serving')"
LIVE = "state IN ('waiting', 'called', 'serving', 'held')"

tickets = Table(
    "tickets",
    metadata,
    _key(),
    _centre(),
    Column("day", Date, nullable=False),
    Column("series", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("code", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("category", Text),
    Column("origin", Text, nullable=False),  # walk_in, phone, remote, appointment, collect, outreach
    Column("state", Text, nullable=False),
    Column("service", Text, nullable=False),  # of the request that runs or comes next
    Column("lane", SmallInteger, nullable=False),
    Column("bound", Text),  # "counter:5" or "official:12": waits for that one only
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("start_at", UtcDateTime, nullable=False),
    # due_at = start_at + target_s - credit_s + penalty_s; the figures are kept because they are the explanation.
    Column("due_at", UtcDateTime, nullable=False),
    Column("target_s", Integer, nullable=False),
    Column("credit_s", Integer, nullable=False),
    Column("penalty_s", Integer, nullable=False, server_default="0"),
    Column("returns", Integer, nullable=False, server_default="0"),  # after a missed call
    Column("held_until", UtcDateTime),  # set aside by the visitor; None: by a counter
    Column("counter", Integer),
    Column("official", Id),
    Column("called_at", UtcDateTime),
    Column("call_count", Integer, nullable=False, server_default="0"),
    # For the published figures: of the first service, when it was first called, and why out of turn.
    Column("first_service", Text, nullable=False),
    Column("first_target_at", UtcDateTime, nullable=False),
    Column("first_called_at", UtcDateTime),
    Column("out_of_turn", Text),
    Column("ended_at", UtcDateTime),
    Column("device", Id),
    Column("policy", Text, nullable=False),
    UniqueConstraint("centre", "day", "series", "number"),
    UniqueConstraint("centre", "day", "code"),
    # The rule seeks the first of each service and lane here; the index holds waiting tickets only.
    Index(
        "ix_tickets_waiting",
        "centre",
        "service",
        "lane",
        "due_at",
        "id",
        sqlite_where=text(WAITING),
        postgresql_where=text(WAITING),
    ),
    Index(
        "ix_tickets_waiting_bound",
        "centre",
        "bound",
        "lane",
        "due_at",
        "id",
        sqlite_where=text(WAITING_BOUND),
        postgresql_where=text(WAITING_BOUND),
    ),
    # One ticket in hand for each counter.
    Index(
        "uq_tickets_in_hand",
        "centre",
        "counter",
        unique=True,
        sqlite_where=text(IN_HAND),
        postgresql_where=text(IN_HAND),
    ),
    Index("ix_tickets_live", "centre", "state", sqlite_where=text(LIVE), postgresql_where=text(LIVE)),
    Index(
        "ix_tickets_called",
        "centre",
        "called_at",
        sqlite_where=text("called_at IS NOT NULL"),
        postgresql_where=text("called_at IS NOT NULL"),
    ),
)

requests = Table(
    "requests",
    metadata,
    _key(),
    _centre(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("service", Text, nullable=False),
    Column("state", Text, nullable=False),  # waiting, serving, served, transferred, dropped
    Column("counter", Integer),
    Column("official", Id),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("rating_token", Text, unique=True),
    Column("outcome", Text),  # None: done
    UniqueConstraint("ticket_id", "position"),
    Index(
        "ix_requests_finished",
        "centre",
        "finished_at",
        sqlite_where=text("finished_at IS NOT NULL"),
        postgresql_where=text("finished_at IS NOT NULL"),
    ),
)

appointments = Table(
    "appointments",
    metadata,
    _key(),
    _centre(),
    Column("code", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("slot_at", UtcDateTime, nullable=False),
    Column("language", Text, nullable=False),
    Column("category", Text),
    Column("state", Text, nullable=False),  # booked, checked_in, cancelled, missed
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("centre", "code"),
    Index("ix_appointments_code", "code"),
    Index(
        "ix_appointments_booked",
        "centre",
        "slot_at",
        sqlite_where=text("state = 'booked'"),
        postgresql_where=text("state = 'booked'"),
    ),
    Index("ix_appointments_centre_slot_at", "centre", "slot_at"),
)

# Applications whose result is ready to be collected.
results = Table(
    "results",
    metadata,
    _key(),
    _centre(),
    Column("code", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),  # ready, checked_in, withdrawn, expired
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("ready_at", UtcDateTime, nullable=False),
    UniqueConstraint("centre", "code"),
    Index("ix_results_code", "code"),
    Index(
        "ix_results_ready",
        "centre",
        "id",
        sqlite_where=text("state = 'ready'"),
        postgresql_where=text("state = 'ready'"),
    ),
)

ratings = Table(
    "ratings",
    metadata,
    Column("request_id", Id, ForeignKey("requests.id"), primary_key=True, autoincrement=False),
    _centre(),
    Column("score", SmallInteger, nullable=False),
    Column("aspects", Json),
    Column("comment", Text),
    Column("rated_at", UtcDateTime, nullable=False),
    Index("ix_ratings_centre_rated_at", "centre", "rated_at"),
)

events = Table(
    "events",
    metadata,
    _key(),
    _centre(),
    Column("day", Date, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ticket", Id),
    Column("number", Text),
    Column("service", Text),
    Column("counter", Integer),
    Column("official", Id),
    Column("data", Json, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Index("ix_events_centre_id", "centre", "id"),
    Index(
        "ix_events_alarms",
        "centre",
        "id",
        sqlite_where=text("kind = 'alarm.overtaken'"),
        postgresql_where=text("kind = 'alarm.overtaken'"),
    ),
    Index(
        "ix_events_ticket",
        "ticket",
        sqlite_where=text("ticket IS NOT NULL"),
        postgresql_where=text("ticket IS NOT NULL"),
    ),
)

PENDING = "state IN ('queued', 'sending', 'held')"

print_jobs = Table(
    "print_jobs",
    metadata,
    _key(),
    _centre(),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("request_id", Id, nullable=False, server_default="0"),  # 0: of the whole ticket
    Column("kind", Text, nullable=False),  # ticket, rating, test
    Column("copy_no", Integer, nullable=False, server_default="0"),
    Column("printer", Text, nullable=False),
    Column("document", Json, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("process_id", Text),
    Column("bytes_sent", Integer),
    Column("confirmed", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Index("uq_print_jobs_copy", "ticket_id", "request_id", "kind", "copy_no", unique=True),
    Index(
        "ix_print_jobs_pending",
        "centre",
        "printer",
        "state",
        "next_try_at",
        sqlite_where=text(PENDING),
        postgresql_where=text(PENDING),
    ),
)

print_events = Table(
    "print_events",
    metadata,
    _key(),
    _centre(),
    Column("job_id", Id, ForeignKey("print_jobs.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("state_before", Text),
    Column("state_after", Text, nullable=False),
    Column("reason", Text),
    Column("official", Id),  # None: the spooler's own doing
    Index("ix_print_events_job_id", "job_id"),
)

# How each printer is, for screens of every process; and how it was found to confirm, so that it is asked once.
printer_states = Table(
    "printer_states",
    metadata,
    _centre(primary_key=True),
    Column("printer", Text, primary_key=True),
    Column("uri", Text, nullable=False),  # what was proved holds at this address
    Column("confirmation", Text),
    Column("problem", Text),
    Column("warning", Text),
    Column("since_at", UtcDateTime, nullable=False),
)

# The first answer to an unsafe request, given again to its repetition.
answers = Table(
    "answers",
    metadata,
    _centre(primary_key=True),
    Column("caller", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("answer", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_answers_created_at", "created_at"),
)

# Who does a centre's work by the clock; another worker takes over when it dies.
leases = Table(
    "leases",
    metadata,
    _centre(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

# What the estimate learned from the log, up to an entry: a few sums, so that a start reads one row and no history.
learned = Table(
    "learned",
    metadata,
    _centre(primary_key=True),
    Column("until_event", Id, nullable=False),
    Column("document", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# The waits told at issue: how many visitors of a day and service were to be called by then, and how many were.
promises = Table(
    "promises",
    metadata,
    _centre(primary_key=True),
    Column("day", Date, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("promised", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
)
