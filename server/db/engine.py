"""The database: one way to read, one way to write, and events told after the commit."""

from __future__ import annotations

from contextlib import contextmanager
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, create_engine, event, insert, text
from sqlalchemy.engine import make_url

from server.db.models import events as events_table
from server.db.prepared import FastConnection
from server.db.turns import Readers, Writer
from server.domain.numbering import day_of
from server.events import Event, EventKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime

    from server.clock import Clock, Randomness

# Kept, as `json.dumps` would make another for each value.
JSON_ENCODER = JSONEncoder(ensure_ascii=False, separators=(",", ":"))
INSERT_EVENT = insert(events_table).returning(events_table.c.id)
# A centre's writes stand in one order on PostgreSQL too, that of the log's keys: a replay sees what each call saw.
LOCK_CENTRE = text("SELECT pg_advisory_xact_lock(hashtext(:centre))")


class Transaction:
    """
    A write transaction: what it records becomes the log's entries, told to the bus when it is committed.

    Attributes:
        connection: Run statements on this; never yield (emit, Redis, sleep, HTTP) before the end.
        now: One moment for the whole transaction.
        day: The centre's calendar day.
        done_at: When it was done; before `now` where a team had no network then. Each entry says so.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        centre: str,
        now: datetime,
        day: date,
        salt: Callable[[], bytes],
        events: list[Event],
    ) -> None:
        self.connection = connection
        self.execute = connection.execute
        self.centre = centre
        self.now = now
        self.day = day
        self.done_at = now
        self.events = events
        self._salt = salt

    def record(
        self,
        kind: EventKind,
        *,
        ticket: int | None = None,
        number: str | None = None,
        service: str | None = None,
        counter: int | None = None,
        official: int | None = None,
        **data: Any,
    ) -> None:
        """Write an entry of the log; `data` is JSON without personal data."""
        if self.done_at != self.now:
            data["done_at"] = self.done_at.isoformat()
        row = {
            "centre": self.centre,
            "day": self.day,
            "at": self.now,
            "kind": str(kind),
            "ticket": ticket,
            "number": number,
            "service": service,
            "counter": counter,
            "official": official,
            "data": data,
            "salt": self._salt(),
        }
        row_id: int = self.execute(INSERT_EVENT, row).scalar_one()
        self.events.append(Event(row_id, self.centre, kind, self.now, ticket, number, service, counter, data))


class Database:
    """
    SQLite or PostgreSQL behind one face.

    On SQLite one writer at a time holds a lock of this process (`turns.py`): a greenlet that waits for the file's
    own lock would stop all others. So SQLite carries one server process.
    """

    def __init__(
        self,
        url: str,
        *,
        centre: str,
        timezone: str,
        clock: Clock,
        randomness: Randomness,
        publish: Callable[[Sequence[Event]], None],
    ) -> None:
        self.engine = make_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.centre = centre
        self.timezone = timezone
        self._clock = clock
        self._salt = randomness.salt
        self._publish = publish
        self._writer = Writer(self.engine) if self.is_sqlite else None
        self._readers = Readers(self.engine) if self.is_sqlite else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection that sees one consistent state and writes nothing."""
        if self._readers is not None:
            with self._readers.turn() as fast:
                yield cast("Connection", fast)
            return
        with self.engine.connect() as connection, connection.begin():
            yield cast("Connection", FastConnection(connection))

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction; committed at the end, undone by an exception, and its events published after."""
        if self._writer is not None:
            events: list[Event] = []
            with self._writer.turn(lambda: self._publish(events)) as fast:
                yield self._transaction(cast("Connection", fast), events)
            return
        with self.engine.begin() as connection:
            connection.execute(LOCK_CENTRE, {"centre": self.centre})
            transaction = self._transaction(cast("Connection", FastConnection(connection)), [])
            yield transaction
        self._publish(transaction.events)

    def close(self) -> None:
        """Close every connection."""
        for kept in (self._writer, self._readers):
            if kept is not None:
                kept.close()
        self.engine.dispose()

    def _transaction(self, connection: Connection, events: list[Event]) -> Transaction:
        now = self._clock()
        return Transaction(
            connection,
            centre=self.centre,
            now=now,
            day=day_of(now, self.timezone),
            salt=self._salt,
            events=events,
        )


@contextmanager
def one_moment(connection: Connection) -> Iterator[None]:
    """See the database as it is at one moment, and hold up nobody who writes."""
    if connection.dialect.name == "sqlite":
        # Begun here and not by the engine, which would take the lock that writers need.
        raw: Any = connection.connection.dbapi_connection
        raw.execute("BEGIN")
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        yield


def make_engine(url: str) -> Engine:
    """
    Connect to a database.

    Args:
        url: `sqlite:///path` or `postgresql+psycopg://…`.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed,
            pool_size=20,
            max_overflow=20,
            pool_pre_ping=True,
            json_serializer=JSON_ENCODER.encode,
            connect_args={"options": "-c timezone=UTC"},
        )
    engine = create_engine(
        parsed,
        json_serializer=JSON_ENCODER.encode,
        pool_size=20,
        max_overflow=40,
        connect_args={"check_same_thread": False, "timeout": 30, "cached_statements": 512},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver opens no transactions of its own: `_begin_sqlite` says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: a ticket that was printed survives a power cut (NORMAL may lose the last ones, as SQLite documents).
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-20000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    raw: Any = connection.connection.dbapi_connection
    # `turns.py` may have begun already. Otherwise IMMEDIATE takes the write lock first, so that no writer fails in the
    # middle because another came before.
    if not raw.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
