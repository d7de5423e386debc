"""What the hall has learned, kept in step with the log."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from server.db import estimates, queries
from server.domain.admission import WALK_INS
from server.domain.calling import Lane
from server.domain.learning import Learned
from server.domain.numbering import day_of
from server.domain.waiting import Comer
from server.events import EventKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.db.models import Record
    from server.operations.context import Context, View

# The first time, or after a year without the estimate, so much of the log is enough to know the hall.
LOOK_BACK = 20_000
# In one go, so that a long way is gone in steps.
LOOK_AT_MOST = 2000
# Who comes without a slot, and so at any time.
WITHOUT_A_SLOT = (*WALK_INS, "collect")
HIT_RATE_DAYS = 30


class Learning:
    """
    Follows the log and takes every entry in.

    The log and not the bus: what is learned must be the same in every process and after every start, and an entry
    that was heard twice or never would be a promise counted twice or never.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._zone = context.config.centre.zone_info
        self.learned = Learned()
        self._until: int | None = None
        self._kept_until = 0
        self._takes = {
            EventKind.TICKET_ISSUED: self._issued,
            EventKind.TICKET_CALLED: self._called,
            EventKind.TICKET_STARTED: self._started,
            EventKind.TICKET_FINISHED: self._freed,
            EventKind.TICKET_HELD: self._freed,
            EventKind.TICKET_TRANSFERRED: self._freed,
            EventKind.TICKET_NO_SHOW: self._absented,
            EventKind.TICKET_RESUMED: self._resumed,
            EventKind.TICKET_POSTPONED: self._forgotten,
            EventKind.TICKET_CHANGED: self._forgotten,
            EventKind.TICKET_CANCELLED: self._ended,
            EventKind.TICKET_EXPIRED: self._ended,
            EventKind.COUNTER_PAUSED: self._stopped,
            EventKind.COUNTER_CLOSED: self._stopped,
        }

    def catch_up(self, connection: Connection) -> bool:
        """Take in what the log has anew; False when there is more than one look takes."""
        if self._until is None:
            self._read(connection)
        assert self._until is not None
        rows = queries.events_after(connection, self._context.centre, self._until, limit=LOOK_AT_MOST)
        teams = self._context.config.team_at
        for row in rows:
            take = self._takes.get(row.kind)
            # What is done in people's homes says nothing of the hall.
            away = row.counter in teams or row.data.get("origin") == "outreach"
            if take is not None and not away:
                take(row)
            self._until = row.id
        return len(rows) < LOOK_AT_MOST

    def keep(self) -> bool:
        """
        Write down what was learned; by the one process that does the centre's work by the clock.

        Returns:
            False when another process had written meanwhile: this one then goes on from there.
        """
        if self._until is None or self._until == self._kept_until:
            return True
        with self._context.database.write() as tx:
            row = estimates.read_learned(tx.connection, tx.centre, lock=True)
            if row is not None and row.until_event != self._kept_until:
                self._take(row)
                return False
            counts = [
                (date.fromisoformat(day), service, kept.promised, kept.kept)
                for (day, service), kept in sorted(self.learned.take_promises().items())
            ]
            estimates.write_learned(tx, self._until, self.learned.to_document())
            estimates.add_promises(tx, counts)
        self._kept_until = self._until
        return True

    def day_and_slot(self, at: datetime) -> tuple[str, int]:
        """Tell the centre's day and the half hour of it."""
        local = at.astimezone(self._zone)
        return local.date().isoformat(), local.hour * 2 + local.minute // 30

    def hit_rate(self, *, days: int = HIT_RATE_DAYS) -> View:
        """
        Tell how many visitors were called by the time that was promised to them, a minute behind at most.

        Returns:
            `{since, promised, kept, share, services: [{service, name, promised, kept, share}]}`; `share` is None
            where nothing was promised.
        """
        context = self._context
        since = day_of(context.clock(), context.config.centre.timezone) - timedelta(days=days - 1)
        with context.database.read() as connection:
            rows = estimates.promises_since(connection, context.centre, since)
        return {
            "since": since.isoformat(),
            **shown_promises(sum(int(row.promised) for row in rows), sum(int(row.kept) for row in rows)),
            "services": [
                {
                    "service": row.service,
                    "name": context.service_name(row.service),
                    **shown_promises(int(row.promised), int(row.kept)),
                }
                for row in rows
            ],
        }

    def _read(self, connection: Connection) -> None:
        row = estimates.read_learned(connection, self._context.centre)
        if row is not None:
            self._take(row)
            return
        self._until = max(queries.last_event_id(connection, self._context.centre) - LOOK_BACK, 0)

    def _take(self, row: Record) -> None:
        self.learned = Learned.from_document(row.document)
        self._until = self._kept_until = row.until_event

    # What each kind of entry says.

    def _issued(self, row: Record) -> None:
        data = row.data
        day, slot = self.day_and_slot(row.at)
        promised_at = data.get("promised_at")
        self.learned.issued(
            row.ticket,
            row.at,
            Comer(row.service, Lane(data["lane"]), float(data["target_s"] - data["credit_s"])),
            day=day,
            slot=slot,
            promised_at=datetime.fromisoformat(promised_at) if promised_at else None,
            is_expected=data["origin"] in WITHOUT_A_SLOT,
        )

    def _called(self, row: Record) -> None:
        self.learned.called(row.ticket, row.at, row.counter)

    def _started(self, row: Record) -> None:
        self.learned.started(row.at, row.counter, row.service)

    def _freed(self, row: Record) -> None:
        self.learned.freed(row.at, row.counter, row.service)

    def _absented(self, row: Record) -> None:
        self.learned.absented(row.at, row.counter, row.service)

    def _resumed(self, row: Record) -> None:
        self.learned.stopped(row.counter)

    def _forgotten(self, row: Record) -> None:
        self.learned.put_off(row.ticket)

    def _ended(self, row: Record) -> None:
        self.learned.ended(row.ticket, row.at)

    def _stopped(self, row: Record) -> None:
        self.learned.stopped(row.counter)


def shown_promises(promised: int, kept: int) -> dict[str, Any]:
    """Tell promises and how many were kept; the share is None where nothing was promised."""
    return {"promised": promised, "kept": kept, "share": round(kept / promised, 4) if promised else None}
