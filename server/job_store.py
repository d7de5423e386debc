"""The spooler's rows: each method one short transaction, each transition a row of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from printing.jobs import Job, JobId, Reason
from server.db.models import PENDING, print_jobs
from server.job_rows import add_copy, move

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from printing.link import Confirmation
    from server.db.engine import Database
    from server.db.models import Record


# Word by word the condition of the partial index: without it every job that was ever printed is looked at.
_PENDING = text(PENDING)


class DatabaseJobStore:
    """
    Fulfils `printing.jobs.JobStore`.

    Args:
        copy_for: How long a copy is worth printing that is made by itself, when a printer was lost before the cut;
            None makes none.
    """

    def __init__(self, database: Database, *, copy_for: timedelta | None = None) -> None:
        self._database = database
        self._copy_for = copy_for

    def take_next(self, printer: str, now: datetime) -> Job | None:
        """Read the oldest queued job that is due, expired ones first."""
        jobs = print_jobs.c
        with self._database.read() as connection:
            row = connection.execute(
                select(print_jobs)
                .where(jobs.centre == self._database.centre, jobs.printer == printer)
                .where(_PENDING, jobs.state == "queued", (jobs.next_try_at <= now) | (jobs.expires_at <= now))
                .order_by((jobs.expires_at <= now).desc(), jobs.id)
                .limit(1)
            ).first()
        return None if row is None else _job(row)

    def mark_sending(self, job_id: JobId, *, process_id: str, now: datetime) -> bool:
        """Commit queued -> sending; False if the job is no longer queued."""
        return self._move(
            job_id,
            ("queued",),
            "sending",
            None,
            process_id=process_id,
            started_at=now,
            attempts=print_jobs.c.attempts + 1,
            reason=None,
        )

    def mark_printed(self, job_id: JobId, *, confirmed: Confirmation, bytes_sent: int, now: datetime) -> None:
        """Commit sending | held -> printed."""
        self._move(
            job_id,
            ("sending", "held"),
            "printed",
            None,
            confirmed=str(confirmed),
            bytes_sent=bytes_sent,
            finished_at=now,
            reason=None,
        )

    def mark_held(
        self, job_id: JobId, *, reason: Reason, bytes_sent: int, is_whole: bool, now: datetime
    ) -> None:
        """Commit sending -> held, and queue one copy of a ticket that cannot have come out whole."""
        with self._database.write() as tx:
            values = {"bytes_sent": bytes_sent, "reason": str(reason)}
            if not move(tx, int(job_id), ("sending",), "held", str(reason), values):
                return
            # A printer that only stopped goes on by itself; one that was lost has forgotten what it held.
            if self._copy_for is None or is_whole or reason != "connection_lost":
                return
            job = tx.execute(select(print_jobs).where(print_jobs.c.id == job_id)).one()
            if job.kind == "ticket" and job.copy_no == 0 and job.expires_at > now:
                add_copy(tx, job, printer=job.printer, expires_at=now + self._copy_for, reason="cut_short")

    def mark_retry(self, job_id: JobId, *, reason: Reason, next_try_at: datetime) -> None:
        """Commit queued -> queued with one more attempt."""
        self._move(
            job_id,
            ("queued",),
            "queued",
            str(reason),
            attempts=print_jobs.c.attempts + 1,
            next_try_at=next_try_at,
            reason=str(reason),
        )

    def mark_failed(self, job_id: JobId, *, reason: Reason, now: datetime) -> None:
        """Commit queued -> failed."""
        self._move(job_id, ("queued",), "failed", str(reason), finished_at=now, reason=str(reason))

    def hold_interrupted(self, printer: str, now: datetime) -> int:
        """Commit sending -> held for all of a printer's jobs, whose spooler died."""
        jobs = print_jobs.c
        with self._database.write() as tx:
            found = tx.execute(
                select(jobs.id).where(
                    jobs.centre == tx.centre, jobs.printer == printer, jobs.state == "sending", _PENDING
                )
            ).scalars()
            ids = list(found)
            for id in ids:
                move(tx, id, ("sending",), "held", "interrupted", {"reason": "interrupted"})
        return len(ids)

    def offered(self, printer: str) -> list[Job]:
        """Read the jobs that an agent was given and has not told the end of."""
        jobs = print_jobs.c
        with self._database.read() as connection:
            rows = connection.execute(
                select(print_jobs)
                .where(jobs.centre == self._database.centre, jobs.printer == printer, jobs.state == "sending")
                .where(_PENDING)
                .order_by(jobs.id)
            ).fetchall()
        return [_job(row) for row in rows]

    def belongs(self, job_id: JobId, printer: str) -> bool:
        """Tell whether a job is a printer's."""
        jobs = print_jobs.c
        with self._database.read() as connection:
            found = connection.execute(
                select(jobs.id).where(
                    jobs.id == job_id, jobs.centre == self._database.centre, jobs.printer == printer
                )
            ).first()
        return found is not None

    def mark_waiting(self, job_id: JobId, *, reason: str | None) -> None:
        """Note why an agent has not begun with a job that it has."""
        self._move(job_id, ("sending",), "sending", reason, reason=reason)

    def mark_given_up(self, job_id: JobId, *, reason: str, now: datetime) -> None:
        """Commit sending -> failed: an agent had it and did not begin."""
        self._move(job_id, ("sending",), "failed", reason, finished_at=now, reason=reason)

    def _move(
        self, job_id: JobId, before: tuple[str, ...], after: str, why: str | None, **values: Any
    ) -> bool:
        with self._database.write() as tx:
            return move(tx, int(job_id), before, after, why, values)


def _job(row: Record) -> Job:
    return Job(
        id=row.id,
        printer=row.printer,
        kind=row.kind,
        document=row.document,
        language=row.language,
        copy_no=row.copy_no,
        created_at=row.created_at,
        expires_at=row.expires_at,
        attempts=row.attempts,
    )
