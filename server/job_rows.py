"""What is done to the row of a print job: every transition writes a row of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from server.db.models import print_events, print_jobs

if TYPE_CHECKING:
    from datetime import datetime

    from server.db.engine import Transaction
    from server.db.models import Record

CARRIED = ("ticket_id", "request_id", "kind", "document", "language")


def move(
    tx: Transaction,
    id: int,
    before: tuple[str, ...],
    after: str,
    reason: str | None,
    values: dict[str, Any],
    *,
    official: int | None = None,
) -> bool:
    """Bring a job from one of some states into another; False, and nothing done, if it is in none of them."""
    was = tx.execute(select(print_jobs.c.state).where(print_jobs.c.id == id).with_for_update()).scalar_one()
    if was not in before:
        return False
    tx.execute(update(print_jobs).where(print_jobs.c.id == id).values(state=after, **values))
    note(tx, id, was, after, reason, official)
    return True


def note(
    tx: Transaction, id: int, before: str | None, after: str, reason: str | None, official: int | None = None
) -> None:
    """Write a transition down."""
    row = {
        "centre": tx.centre,
        "job_id": id,
        "at": tx.now,
        "state_before": before,
        "state_after": after,
        "reason": reason,
        "official": official,
    }
    tx.execute(insert(print_events), row)


def add_copy(
    tx: Transaction,
    job: Record,
    *,
    printer: str,
    expires_at: datetime,
    reason: str,
    official: int | None = None,
) -> int:
    """Queue a job's slip again, marked as a copy; a job that may have been printed ends with that."""
    jobs = print_jobs.c
    last = tx.execute(
        select(func.max(jobs.copy_no)).where(
            jobs.centre == tx.centre,
            jobs.ticket_id == job.ticket_id,
            jobs.request_id == job.request_id,
            jobs.kind == job.kind,
        )
    ).scalar()
    row = {name: getattr(job, name) for name in CARRIED} | {
        "centre": tx.centre,
        "copy_no": max(job.copy_no, last or 0) + 1,
        "printer": printer,
        "state": "queued",
        "created_at": tx.now,
        "expires_at": expires_at,
        "next_try_at": tx.now,
    }
    copy: int = tx.execute(insert(print_jobs).returning(jobs.id), row).scalar_one()
    note(tx, copy, None, "queued", reason, official)
    if job.state == "held":
        move(
            tx,
            job.id,
            ("held",),
            "failed",
            reason,
            {"finished_at": tx.now, "reason": reason},
            official=official,
        )
    return copy
