"""
A copy of everything a centre has, taken while it runs, and its return: the rows of every table, and the log's key.

Rows and not a file of the database's own: a copy of SQLite goes into PostgreSQL too, and the other way round.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, func, insert, inspect, select, text

from server.db.engine import make_engine, one_moment
from server.db.migrating import HEAD, known_versions, migrate_to, version_of
from server.db.models import events, leases
from server.db.tables import metadata
from server.errors import StartError
from server.signing import KEY_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Table

FORMAT = "navbat-backup-1"
ROWS_AT_ONCE = 1000
VERSIONS = "alembic_version"


def backup(database_url: str, data_dir: Path, file: Path, *, centre: str) -> int:
    """
    Copy every row as it is at one moment, while the server runs.

    Args:
        file: Readable by its owner only: it holds the key that signs the log.

    Returns:
        How many rows were copied.

    Raises:
        StartError: The database is not of this program's version.
    """
    engine = make_engine(database_url)
    try:
        with engine.connect() as connection, one_moment(connection):
            version = version_of(connection)
            if version != HEAD:
                raise StartError(
                    f"the database is of version {version}, this program's is {HEAD}: start it once"
                )
            _check_tables(connection)
            key = data_dir / KEY_FILE
            head = {
                "format": FORMAT,
                "version": version,
                "centre": centre,
                "at": datetime.now(UTC).isoformat(),
                "log_key": base64.b64encode(key.read_bytes()).decode("ascii") if key.exists() else None,
            }
            return _write(connection, file, head)
    finally:
        engine.dispose()


def restore(database_url: str, data_dir: Path, file: Path, *, centre: str, replace: bool = False) -> int:
    """
    Bring a copy back.

    Args:
        replace: Do so where there are rows or another key already; they are gone then.

    Returns:
        How many rows came back.

    Raises:
        StartError: A server is running on the database; there are rows in it, or another key signs the log here; the
            copy is broken, of another centre, or of a newer version than this program.
    """
    head, _ = _check_copy(file, centre)
    key = base64.b64decode(head["log_key"]) if head["log_key"] else None
    path = data_dir / KEY_FILE
    if key is not None and path.exists() and path.read_bytes() != key and not replace:
        raise StartError(f"{path}: another key signs the log here: --replace puts the copy's in its place")
    engine = make_engine(database_url)
    try:
        _check_target(engine, replace=replace)
        with engine.begin() as connection:
            there = MetaData()
            there.reflect(connection)
            there.drop_all(connection)
        migrate_to(engine, head["version"])
        with engine.begin() as connection, _lines(file) as lines:
            next(lines)
            count = _read(connection, lines)
        if head["version"] != HEAD:
            migrate_to(engine, "head")
    finally:
        engine.dispose()
    if key is not None:
        data_dir.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(key)
    return count


def _check_tables(connection: Connection) -> None:
    """Refuse to leave out a table that this module does not know of."""
    unknown = set(inspect(connection).get_table_names()) - metadata.tables.keys() - {VERSIONS}
    if unknown:
        raise StartError(f"these tables would be missing in the copy: {', '.join(sorted(unknown))}")


def _write(connection: Connection, file: Path, head: dict[str, Any]) -> int:
    part = file.with_name(file.name + ".part")
    count = 0
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            with gzip.open(raw, "wt", encoding="utf-8", compresslevel=6) as out:
                out.write(json.dumps(head) + "\n")
                for table in metadata.sorted_tables:
                    out.write(json.dumps({"table": table.name, "columns": table.columns.keys()}) + "\n")
                    rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table))
                    for row in rows:
                        out.write(json.dumps([_plain(value) for value in row], ensure_ascii=False) + "\n")
                        count += 1
                out.write(json.dumps({"end": count}) + "\n")
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(file)  # a copy that broke off never has the name of a whole one
    finally:
        part.unlink(missing_ok=True)
    return count


def _read(connection: Connection, lines: Iterable[Any]) -> int:
    count = 0
    table: Table | None = None
    names: list[str] = []
    rows: list[dict[str, Any]] = []

    def flush() -> None:
        if table is not None and rows:
            connection.execute(insert(table), rows)
            rows.clear()

    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    for line in lines:
        if isinstance(line, dict):
            flush()
            if "end" in line:
                break
            table, names = metadata.tables[line["table"]], line["columns"]
            # What a migration wrote into the empty database comes back with the copy.
            connection.execute(table.delete())
            continue
        rows.append(dict(zip(names, map(_value, line), strict=True)))
        count += 1
        if len(rows) >= ROWS_AT_ONCE:
            flush()
    if connection.dialect.name == "postgresql":
        _count_on(connection)
    return count


def _count_on(connection: Connection) -> None:
    """Have PostgreSQL give out keys behind those that came back."""
    for table in metadata.sorted_tables:
        for column in table.primary_key.columns:
            sequence = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": table.name, "column": column.name},
            ).scalar()
            last = connection.execute(select(func.max(column))).scalar() if sequence else None
            if last is not None:
                connection.execute(
                    text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last}
                )


def _plain(value: Any) -> Any:
    """
    Write a value as JSON that says what it was.

    >>> _plain(b"a"), _plain(date(2026, 11, 24)), _plain({"n": 1})
    ({'bytes': 'YQ=='}, {'date': '2026-11-24'}, {'json': {'n': 1}})
    """
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, (dict, list)):
        return {"json": value}
    return value


def _value(plain: Any) -> Any:
    """
    Read what `_plain` wrote.

    >>> _value(_plain(b"a")), _value(_plain([1])), _value(_plain(None))
    (b'a', [1], None)
    """
    if not isinstance(plain, dict):
        return plain
    [(kind, value)] = plain.items()
    if kind == "bytes":
        return base64.b64decode(value)
    if kind == "time":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kind == "date" else value


@contextmanager
def _lines(file: Path) -> Iterator[Iterator[Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield map(json.loads, lines)


def _check_copy(file: Path, centre: str) -> tuple[dict[str, Any], int]:
    """Read a copy to its end before anything is touched."""
    last: Any = None
    try:
        with _lines(file) as lines:
            head: dict[str, Any] = next(lines)
            for line in lines:
                last = line
    except FileNotFoundError:
        raise
    except (OSError, EOFError, ValueError, StopIteration) as error:
        raise StartError(f"{file}: no whole copy made by `navbat backup`") from error
    if (
        not isinstance(head, dict)
        or head.get("format") != FORMAT
        or not isinstance(last, dict)
        or "end" not in last
    ):
        raise StartError(f"{file}: no whole copy made by `navbat backup`")
    if head["centre"] != centre:
        raise StartError(f"{file}: a copy of the centre {head['centre']}; the configuration is of {centre}")
    if head["version"] not in known_versions():
        raise StartError(f"{file}: of version {head['version']}, newer than this program's {HEAD}")
    return head, last["end"]


def _check_target(engine: Engine, *, replace: bool) -> None:
    with engine.connect() as connection, connection.begin():
        there = inspect(connection).get_table_names()
        if leases.name in there:
            until = connection.execute(select(func.max(leases.c.expires_at))).scalar()
            if until is not None and until > datetime.now(UTC):
                raise StartError("a server is running on this database: stop it first")
        if (
            not replace
            and events.name in there
            and connection.execute(select(func.count(events.c.id))).scalar()
        ):
            raise StartError("the database is not empty: --replace brings the copy back in its place")
