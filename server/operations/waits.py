"""The waits that everyone is told: computed off the request path, read from memory."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from server.db import estimates, queries
from server.db.forecasts import newer_forecast, write_forecast
from server.domain.calling import Lane
from server.domain.learning import SLOT, SLOTS
from server.domain.quiet import quieter
from server.domain.states import CounterState
from server.domain.waiting import (
    Booking,
    Comer,
    Following,
    Forecast,
    Hall,
    InHand,
    OpenCounter,
    Wait,
    WaitingTicket,
    forecast,
)
from server.operations.issuing import terms_of
from server.operations.learning import Learning
from server.operations.serving import lane_of, quota_every, servable
from server.operations.told import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from server.db.models import Record
    from server.events import Event
    from server.operations.context import Context, View

    Forecaster = Callable[..., Forecast]

log = logging.getLogger(__name__)

# Those in service go on, though nothing happens: their remaining times shrink.
STALE_AFTER = timedelta(seconds=15)
# Nobody is told what another process foretold longer ago: it has died, and none has taken over.
TOLD_FOR = timedelta(minutes=2)
# Of those who have an appointment, as one centre published it for one day of 12,458 bookings (FIELD.md).
BOOKED_COME = 0.71
BOOKED_COME_LATE = 0.3
BOOKED_COME_EARLY = timedelta(minutes=5)
BOOKED_AHEAD = timedelta(hours=2)


class Waits:
    """
    Forecasts of the hall, at most one a second.

    `refresh` is called by the clock when something has changed, in one process of the centre, which may `share` it with
    the others; those `follow`. Who reads gets the last forecast at no cost.

    Args:
        forecaster: Plays the hall; `server.forecasting` has one that does it in a process of its own.
    """

    def __init__(self, context: Context, forecaster: Forecaster = forecast) -> None:
        self._context = context
        self._forecaster = forecaster
        self._learning = Learning(context)
        self._lock = threading.Lock()
        self._changed = True
        self._forecast = Forecast(context.clock(), {}, {})
        self._newcomers: dict[tuple[str, Lane], list[tuple[float, Wait]]] = {}
        self._waiting: dict[str, int] = {}
        self._comers = _comers(context)
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
                self._changed = not self._learning.catch_up(connection)
                hall = self.hall(connection, self._context.clock())
                self._waiting = queries.waiting_by_service(connection, self._context.centre)
            try:
                self._take(self._forecaster(hall, self._comers, seed=_seed(hall.at)))
            except Exception:
                # The last forecast stays, and is tried again when the hall has changed.
                log.exception("the waits could not be estimated")
                return False
        return True

    def share(self) -> None:
        """Hand the forecast to the other processes of the centre."""
        packed = pack(self._forecast, self._waiting)
        with self._context.database.write() as tx:
            write_forecast(tx, self._forecast.at, packed)

    def follow(self) -> bool:
        """
        Take over the forecast that the elected process shared, instead of making one.

        Returns:
            Whether there was a newer one.
        """
        now = self._context.clock()
        with self._context.database.read() as connection:
            row = newer_forecast(connection, self._context.centre, max(self._forecast.at, now - TOLD_FOR))
        if row is None:
            return False
        told, self._waiting = unpack(row.at, row.document)
        self._take(told)
        return True

    def keep(self) -> None:
        """Write down what was learned; see `Learning.keep`."""
        with self._lock:
            self._learning.keep()

    def for_newcomer(self, service: str) -> Wait | None:
        """Tell the wait of a walk-in who comes now; None when no counter is open for the service."""
        known = self._context.config.service.get(service)
        if known is None:
            return None
        return self._for_comer(service, Lane.ORDINARY, known.target_minutes * 60.0)

    def for_ticket(self, id: int) -> Wait | None:
        """Tell the wait of a waiting ticket, less what has passed since the forecast."""
        wait = self._forecast.tickets.get(id)
        if wait is None:
            return None
        return wait.less((self._context.clock() - self._forecast.at).total_seconds())

    def of(self, ticket: Any) -> Wait | None:
        """Tell the wait of a ticket that may have been issued a moment ago, by its row."""
        known = self.for_ticket(ticket.id)
        if known is not None:
            return known
        lead_s = (ticket.due_at - self._context.clock()).total_seconds()
        return self._for_comer(ticket.service, Lane(ticket.lane), lead_s)

    def promised_at(self, ticket: Any) -> datetime | None:
        """Tell the "9 in 10 by" that a ticket issued now is shown with; None when no wait can be told."""
        wait = self.of(ticket)
        return wait.promised_at(self._context.clock()) if wait is not None else None

    def hit_rate(self) -> View:
        """Tell how many were called by the time that was promised; see `Learning.hit_rate`."""
        return self._learning.hit_rate()

    def quieter_hours(self, closes_at: datetime | None) -> list[View]:
        """List when later today, until `closes_at`, clearly fewer visitors come than now, as far as that is known."""
        if closes_at is None:
            return []
        now, learned = self._context.clock(), self._learning.learned
        today, slot = self._learning.day_and_slot(now)
        last_day, last_slot = self._learning.day_and_slot(closes_at)
        last_slot = last_slot if last_day == today else SLOTS
        begins = now.astimezone(self._context.config.centre.zone_info)
        midnight = begins.replace(hour=0, minute=0, second=0, microsecond=0)
        return [
            {
                "from_at": self._context.local(midnight + first * SLOT),
                "until_at": self._context.local(midnight + end * SLOT),
            }
            for first, end in quieter(learned.usual, slot=slot, last_slot=last_slot, days=learned.days)
        ]

    def waiting(self, service: str) -> int:
        """Tell how many wait for a service."""
        return self._waiting.get(service, 0)

    def hall(self, connection: Connection, now: datetime) -> Hall:
        """Read the hall as the forecast needs it, piece by piece, so that nobody waits for the whole of it."""
        context, learned = self._context, self._learning.learned
        counters = queries.all_counters(connection, context.centre)
        in_hand = {row.counter: row for row in queries.tickets_in_hand(connection, context.centre)}
        _let_others()
        following = self._following(connection)
        bookings = self._bookings(connection, now)
        _let_others()
        rows = queries.waiting(connection, context.centre)
        _let_others()
        places = {row.official: row.number for row in counters if row.official is not None}
        waiting = [_waiting_ticket(row, places, following[row.id]) for row in rows]
        _let_others()
        habits = learned.habits({each.key: each.minutes * 60.0 for each in context.config.services})
        _let_others()
        day, slot = self._learning.day_and_slot(now)
        return Hall(
            at=now,
            waiting=waiting,
            counters=[
                OpenCounter(
                    row.number,
                    frozenset(
                        servable(context.config, row.number, row.official_agencies, row.official_services)
                    ),
                    _in_hand(in_hand.get(row.number), following, now),
                    row.calls_since_quota,
                )
                for row in counters
                if row.state == CounterState.OPEN
                and row.number in context.config.counter
                and row.number not in context.config.team_at
            ],
            habits=habits,
            streams=learned.streams(now, day=day, slot=slot),
            bookings=bookings,
            quota_every=quota_every(context.config),
            high=learned.level,
        )

    def _take(self, told: Forecast) -> None:
        newcomers: dict[tuple[str, Lane], list[tuple[float, Wait]]] = defaultdict(list)
        for comer, wait in told.newcomers.items():
            newcomers[comer.service, comer.lane].append((comer.lead_s, wait))
        self._newcomers = dict(newcomers)
        self._forecast = told

    def _for_comer(self, service: str, lane: Lane, lead_s: float) -> Wait | None:
        """Take the forecast for the kind of visitor that is nearest by its due time."""
        kinds = self._newcomers.get((service, lane)) or self._newcomers.get((service, Lane.ORDINARY))
        if not kinds:
            return None
        return min(kinds, key=lambda kind: abs(kind[0] - lead_s))[1]

    def _following(self, connection: Connection) -> dict[int, tuple[Following, ...]]:
        config = self._context.config
        following: dict[int, tuple[Following, ...]] = defaultdict(tuple)
        for row in estimates.following_services(connection, self._context.centre):
            if row.service in config.service:
                terms = terms_of(
                    config,
                    row.service,
                    start_at=row.start_at,
                    origin="walk_in",
                    category=row.category,
                    penalty_s=row.penalty_s,
                )
                following[row.id] += (Following(row.service, terms.due_at),)
        return following

    def _bookings(self, connection: Connection, now: datetime) -> list[Booking]:
        config = self._context.config
        late = timedelta(minutes=config.policy.late_minutes)
        bookings = []
        for row in estimates.booked(connection, self._context.centre, now - late, now + BOOKED_AHEAD):
            if row.service not in config.service:
                continue
            terms = terms_of(
                config, row.service, start_at=row.slot_at, origin="appointment", category=row.category
            )
            at = max(row.slot_at - BOOKED_COME_EARLY, now)
            comer = Comer(row.service, lane_of(config, row.category), (terms.due_at - at).total_seconds())
            chance = BOOKED_COME if row.slot_at > now else BOOKED_COME_LATE
            bookings.append(Booking(comer, at, terms.due_at, chance))
        return bookings

    def _notice(self, events: Sequence[Event]) -> None:
        self._changed = True


def _let_others() -> None:
    """Let the requests that have come meanwhile go first; under gevent nobody else would."""
    time.sleep(0)


def _comers(context: Context) -> frozenset[Comer]:
    """List the kinds of visitors who may take a ticket: each service, in the place of each category."""
    config = context.config
    effects = {(Lane.ORDINARY, 0)} | {
        (lane_of(config, category.key), category.credit_minutes) for category in config.categories
    }
    return frozenset(
        Comer(service.key, lane, (service.target_minutes - credit) * 60.0)
        for service in config.services
        for lane, credit in effects
    )


def _seed(at: datetime) -> int:
    """One chance for a whole day: the forecast changes when the hall does, not because it was drawn again."""
    return at.date().toordinal()


def _waiting_ticket(row: Record, places: dict[int, int], following: tuple[Following, ...]) -> WaitingTicket:
    kind, _, name = (row.bound or "").partition(":")
    counter = None
    if kind == "counter":
        counter = int(name)
    elif kind == "official":
        # Where nobody is: who waits for an official who is away is told no time.
        counter = places.get(int(name), 0)
    return WaitingTicket(row.id, row.service, row.due_at, Lane(row.lane), counter, following)


def _in_hand(row: Record | None, following: dict[int, tuple[Following, ...]], now: datetime) -> InHand | None:
    if row is None:
        return None
    since = row.started_at or row.called_at or now
    return InHand(
        row.service,
        (now - since).total_seconds(),
        row.started_at is not None,
        Lane(row.lane),
        following[row.id],
    )


def wait_view(wait: Wait | None) -> View | None:
    """Show a wait as the published interface does."""
    if wait is None:
        return None
    return {"low_s": wait.low_s, "likely_s": wait.likely_s, "high_s": wait.high_s, "rough": wait.rough}
