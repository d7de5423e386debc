"""The waits that everyone is told: computed off the request path, read from memory."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from server.db import queries
from server.domain.calling import Lane
from server.domain.durations import durations
from server.domain.states import CounterState
from server.domain.waiting import (
    Comer,
    Forecast,
    Habits,
    Hall,
    InHand,
    OpenCounter,
    Wait,
    WaitingTicket,
    forecast,
)
from server.operations.serving import quota_every, servable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from server.db.models import Record
    from server.events import Event
    from server.operations.context import Context, View

# Those in service go on, though nothing happens: their remaining times shrink.
STALE_AFTER = timedelta(seconds=15)


class Waits:
    """
    Forecasts of the hall, at most one a second.

    `refresh` is called by the clock when something has changed; who reads gets the last forecast at no cost.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._changed = True
        self._forecast = Forecast(context.clock(), {}, {})
        self._waiting: dict[str, int] = {}
        self._newcomers: dict[str, Wait] = {}
        context.bus.subscribe(self._notice)

    def refresh(self, *, if_changed: bool = False) -> bool:
        """
        Compute the forecast anew.

        Args:
            if_changed: Only when the hall has changed, or the forecast is older than `STALE_AFTER`.

        Returns:
            Whether it was computed.
        """
        is_stale = self._context.clock() - self._forecast.at > STALE_AFTER
        if if_changed and not (self._changed or is_stale):
            return False
        with self._lock:
            self._changed = False
            with self._context.database.read() as connection:
                hall = self.hall(connection, self._context.clock())
                self._waiting = queries.waiting_by_service(connection, self._context.centre)
            config = self._context.config
            newcomers = {
                Comer(service.key, Lane.ORDINARY, service.target_minutes * 60.0)
                for service in config.services
            }
            self._forecast = forecast(hall, newcomers, seed=1)
            self._newcomers = {comer.service: wait for comer, wait in self._forecast.newcomers.items()}
        return True

    def for_newcomer(self, service: str) -> Wait | None:
        """Tell the wait of a walk-in who comes now; None when no counter is open for the service."""
        return self._newcomers.get(service)

    def for_ticket(self, id: int) -> Wait | None:
        """Tell the wait of a waiting ticket, less what has passed since the forecast."""
        wait = self._forecast.tickets.get(id)
        if wait is None:
            return None
        passed_s = round((self._context.clock() - self._forecast.at).total_seconds())
        return Wait(
            max(wait.low_s - passed_s, 0),
            max(wait.likely_s - passed_s, 0),
            max(wait.high_s - passed_s, 0),
            wait.rough,
        )

    def waiting(self, service: str) -> int:
        """Tell how many wait for a service."""
        return self._waiting.get(service, 0)

    def hall(self, connection: Connection, now: datetime) -> Hall:
        """Read the hall as the forecast needs it."""
        context = self._context
        in_hand = {row.counter: row for row in queries.tickets_in_hand(connection, context.centre)}
        return Hall(
            at=now,
            waiting=[self._waiting_ticket(row) for row in queries.waiting(connection, context.centre)],
            counters=[
                OpenCounter(
                    row.number,
                    frozenset(
                        servable(context.config, row.number, row.official_agencies, row.official_services)
                    ),
                    self._in_hand(in_hand.get(row.number), now),
                    row.calls_since_quota,
                )
                for row in queries.all_counters(connection, context.centre)
                if row.state == CounterState.OPEN and row.number in context.config.counter
            ],
            habits=Habits(
                durations({service.key: service.minutes * 60.0 for service in context.config.services}, {})
            ),
            quota_every=quota_every(context.config),
        )

    def _waiting_ticket(self, row: Record) -> WaitingTicket:
        kind, _, name = (row.bound or "").partition(":")
        return WaitingTicket(
            row.id, row.service, row.due_at, Lane(row.lane), int(name) if kind == "counter" else None
        )

    def _in_hand(self, row: Record | None, now: datetime) -> InHand | None:
        if row is None:
            return None
        since = row.started_at or row.called_at or now
        return InHand(row.service, (now - since).total_seconds(), row.started_at is not None, Lane(row.lane))

    def _notice(self, events: Sequence[Event]) -> None:
        self._changed = True


def wait_view(wait: Wait | None) -> View | None:
    """Show a wait as the published interface does."""
    if wait is None:
        return None
    return {"low_s": wait.low_s, "likely_s": wait.likely_s, "high_s": wait.high_s, "rough": wait.rough}
