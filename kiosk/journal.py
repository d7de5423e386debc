"""An agent's own record of its jobs: what it was given, and what it has to tell."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from printing.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from printing.jobs import JobId, Reason
    from printing.link import Confirmation

KEPT = timedelta(days=3)
TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, job INTEGER NOT NULL, printer TEXT NOT NULL, data BLOB, state TEXT NOT NULL, reason TEXT,
    attempts INTEGER NOT NULL DEFAULT 0, process_id TEXT, bytes_sent INTEGER,
    is_whole INTEGER NOT NULL DEFAULT 1, confirmed TEXT, copy_no INTEGER NOT NULL,
    created_at TEXT NOT NULL, expires_at TEXT, next_try_at TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1,
    told INTEGER NOT NULL DEFAULT 0
)
"""


class Journal:
    """
    Fulfils `printing.jobs.JobStore` on a SQLite file of the agent's own.

    Every commit is on the disk before it returns: what was begun is known after a power cut.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._lock = threading.Lock()
        self.changed = threading.Event()
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", TABLE):
            self._connection.execute(statement)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def accept(
        self,
        key: str,
        job: int,
        printer: str,
        data: bytes,
        *,
        copy_no: int,
        expires_in_s: float | None,
        now: datetime,
    ) -> bool:
        """
        Write a job down; False for one that was had before, whose end is told again.

        Args:
            key: The job's own for ever; its number may come again after the server's database was replaced.
        """
        expires_at = None if expires_in_s is None else (now + timedelta(seconds=expires_in_s)).isoformat()
        with self._transaction() as run:
            run("DELETE FROM jobs WHERE told = version AND created_at < ?", ((now - KEPT).isoformat(),))
            found = run(
                "INSERT INTO jobs (id, job, printer, data, state, copy_no, created_at, expires_at, next_try_at)"
                " VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (key, job, printer, data, copy_no, now.isoformat(), expires_at, now.isoformat()),
            )
            if found.rowcount == 0:
                run("UPDATE jobs SET told = 0 WHERE id = ?", (key,))
                self.changed.set()
            return bool(found.rowcount)

    def printers(self) -> list[str]:
        """List the printers that jobs came for."""
        with self._transaction() as run:
            return [row["printer"] for row in run("SELECT DISTINCT printer FROM jobs").fetchall()]

    def data(self, job_id: JobId) -> bytes:
        """Read a job's bytes."""
        with self._transaction() as run:
            return bytes(run("SELECT data FROM jobs WHERE id = ?", (job_id,)).fetchone()["data"])

    def untold(self) -> list[dict[str, Any]]:
        """List what the server has not heard, the oldest first."""
        with self._transaction() as run:
            rows = run(
                "SELECT id, job, printer, state, reason, bytes_sent, is_whole, confirmed, version FROM jobs"
                " WHERE told < version AND state != 'sending' ORDER BY rowid"
            ).fetchall()
        return [dict(row) for row in rows]

    def mark_told(self, job_id: JobId, version: int) -> None:
        """Note that the server has heard how a job stood."""
        with self._transaction() as run:
            run("UPDATE jobs SET told = ? WHERE id = ? AND version >= ?", (version, job_id, version))

    def take_next(self, printer: str, now: datetime) -> Job | None:
        """Read the oldest queued job that is due, expired ones first."""
        with self._transaction() as run:
            row = run(
                "SELECT * FROM jobs WHERE printer = ? AND state = 'queued'"
                " AND (next_try_at <= ? OR expires_at <= ?) ORDER BY (expires_at <= ?) DESC, rowid LIMIT 1",
                (printer, now.isoformat(), now.isoformat(), now.isoformat()),
            ).fetchone()
        if row is None:
            return None
        return Job(
            id=row["id"],
            printer=row["printer"],
            kind="bytes",
            document={},
            language="",
            copy_no=row["copy_no"],
            created_at=datetime.fromisoformat(row["created_at"]),
            expires_at=datetime.fromisoformat(row["expires_at"]) if row["expires_at"] else None,
            attempts=row["attempts"],
        )

    def mark_sending(self, job_id: JobId, *, process_id: str, now: datetime) -> bool:
        """Commit queued -> sending."""
        return self._move(
            job_id, ("queued",), state="sending", process_id=process_id, reason=None, _attempt=True
        )

    def mark_printed(self, job_id: JobId, *, confirmed: Confirmation, bytes_sent: int, now: datetime) -> None:
        """Commit sending | held -> printed."""
        self._move(
            job_id,
            ("sending", "held"),
            state="printed",
            confirmed=str(confirmed),
            bytes_sent=bytes_sent,
            reason=None,
        )

    def mark_held(
        self, job_id: JobId, *, reason: Reason, bytes_sent: int, is_whole: bool, now: datetime
    ) -> None:
        """Commit sending -> held."""
        self._move(
            job_id,
            ("sending",),
            state="held",
            reason=str(reason),
            bytes_sent=bytes_sent,
            is_whole=int(is_whole),
        )

    def mark_retry(self, job_id: JobId, *, reason: Reason, next_try_at: datetime) -> None:
        """Commit queued -> queued with one more attempt."""
        self._move(
            job_id, ("queued",), reason=str(reason), next_try_at=next_try_at.isoformat(), _attempt=True
        )

    def mark_failed(self, job_id: JobId, *, reason: Reason, now: datetime) -> None:
        """Commit queued -> failed."""
        self._move(job_id, ("queued",), state="failed", reason=str(reason))

    def hold_interrupted(self, printer: str, now: datetime) -> int:
        """Commit sending -> held for the jobs in whose middle this agent ended."""
        with self._transaction() as run:
            rows = run("SELECT id FROM jobs WHERE printer = ? AND state = 'sending'", (printer,)).fetchall()
        return sum(
            self._move(row["id"], ("sending",), state="held", reason="interrupted", bytes_sent=0)
            for row in rows
        )

    def _move(self, job_id: JobId, before: tuple[str, ...], *, _attempt: bool = False, **values: Any) -> bool:
        names = ", ".join(f"{name} = ?" for name in values)
        marks = ", ".join("?" for _ in before)
        with self._transaction() as run:
            found = run(
                f"UPDATE jobs SET {names}, version = version + 1, attempts = attempts + ?"
                f" WHERE id = ? AND state IN ({marks})",
                (*values.values(), int(_attempt), job_id, *before),
            )
        self.changed.set()
        return bool(found.rowcount)

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.execute
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
