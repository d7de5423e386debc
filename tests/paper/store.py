"""Print jobs in memory: the same states as the database's rows, and every transition written down."""

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from printing.spooler import Job


def utc_now():
    return datetime.now(UTC)


@dataclass
class Row:
    job: Job
    state: str = "queued"
    reason: str | None = None
    next_try_at: datetime | None = None
    bytes_sent: int | None = None
    confirmed: str | None = None
    is_whole: bool | None = None
    history: list = field(default_factory=list)


class MemoryStore:
    def __init__(self):
        self.rows = {}
        self._lock = threading.Lock()

    def add(self, printer="kiosk-1", *, document=None, expires_in_s=None, now=None):
        now = now or utc_now()
        number = len(self.rows) + 1
        expires_at = None if expires_in_s is None else now + timedelta(seconds=expires_in_s)
        self.rows[number] = Row(
            Job(number, printer, "ticket", document or {"number": number}, "az", 0, now, expires_at)
        )
        return self.rows[number]

    def take_next(self, printer, now):
        with self._lock:
            mine = [row for row in self.rows.values() if row.job.printer == printer and row.state == "queued"]
            gone = [row for row in mine if row.job.expires_at and row.job.expires_at <= now]
            due = [row for row in mine if row.next_try_at is None or row.next_try_at <= now]
            return next((row.job for row in [*gone, *due]), None)

    def mark_sending(self, job_id, *, process_id, now):
        return self._move(job_id, "sending", ("queued",), attempt=True)

    def mark_printed(self, job_id, *, confirmed, bytes_sent, now):
        self._move(job_id, "printed", ("sending", "held"), confirmed=confirmed, bytes_sent=bytes_sent)

    def mark_held(self, job_id, *, reason, bytes_sent, is_whole, now):
        self._move(job_id, "held", ("sending",), reason=reason, bytes_sent=bytes_sent, is_whole=is_whole)

    def mark_retry(self, job_id, *, reason, next_try_at):
        self._move(job_id, "queued", ("queued",), reason=reason, next_try_at=next_try_at, attempt=True)

    def mark_failed(self, job_id, *, reason, now):
        self._move(job_id, "failed", ("queued",), reason=reason)

    def hold_interrupted(self, printer, now):
        mine = [row for row in self.rows.values() if row.job.printer == printer and row.state == "sending"]
        for row in mine:
            self._move(row.job.id, "held", ("sending",), reason="interrupted")
        return len(mine)

    def _move(self, job_id, state, allowed, *, attempt=False, **facts):
        with self._lock:
            row = self.rows[job_id]
            if row.state not in allowed:
                return False
            row.history.append((row.state, state, facts.get("reason")))
            row.state = state
            for name, value in facts.items():
                setattr(row, name, value)
            if attempt:
                row.job = replace(row.job, attempts=row.job.attempts + 1)
            return True
