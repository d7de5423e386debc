"""What the hall displays show: the whole board of a zone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from server.db import queries
from server.domain.numbering import day_of
from server.domain.opening import start_of_day
from server.domain.states import CounterState
from server.errors import ZoneNotFound
from server.operations.waits import wait_view

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from server.db.models import Record
    from server.domain.opening import Opening
    from server.operations.context import Context, View
    from server.operations.ledger import Ledger
    from server.operations.messages import Messages
    from server.operations.waits import Waits

# More than any board has rows: of many calls in one moment each must be among them.
CALLS_SHOWN = 24


class Boards:
    """Reads for displays."""

    def __init__(self, context: Context, waits: Waits, ledger: Ledger, messages: Messages) -> None:
        self._context = context
        self._waits = waits
        self._ledger = ledger
        self._messages = messages

    def view(self, zone: str | None) -> View:
        """
        Show the board of a zone, or of the whole hall.

        Raises:
            ZoneNotFound: The centre has no such zone.
        """
        config = self._context.config
        if zone is not None and zone not in config.zone:
            raise ZoneNotFound(zone=zone)
        with self._context.database.read() as connection:
            return self._board(connection, zone)

    def zone_of(self, counter: int | None) -> str | None:
        """Tell the zone of a counter."""
        place = self._context.config.counter.get(counter) if counter is not None else None
        return place.zone if place else None

    def _board(self, connection: Connection, zone: str | None) -> View:
        context = self._context
        config = context.config
        now = context.clock()
        timezone = config.centre.timezone
        numbers = [each.number for each in config.counters if zone in (None, each.zone)]
        calls = queries.last_calls(
            connection,
            context.centre,
            counters=numbers,
            since=start_of_day(day_of(now, timezone), timezone),
            limit=CALLS_SHOWN,
        )
        in_hand = {row.counter: row for row in queries.tickets_in_hand(connection, context.centre)}
        waiting = queries.waiting_by_service(connection, context.centre)
        hours = context.hours()
        return {
            "centre": context.centre,
            "centre_name": config.centre.name,
            "zone": zone,
            "zone_name": config.zone[zone].name if zone else None,
            "languages": list(config.centre.languages),
            "version": queries.last_event_id(connection, context.centre),
            "at": context.local(now),
            "hours": {
                "is_open": hours.is_open,
                "opens_at": context.local(hours.opens_at),
                "closes_at": context.local(hours.closes_at),
            },
            "calls": [self._call(row) for row in calls],
            "counters": [
                {
                    "counter": row.number,
                    "state": row.state,
                    "number": in_hand[row.number].label if row.number in in_hand else None,
                    "ticket_state": in_hand[row.number].state if row.number in in_hand else None,
                    "reason": row.reason if row.state == CounterState.PAUSED else None,
                    "until": context.local(self._until(row, now, hours)),
                    "arrow": config.counter[row.number].arrow,
                }
                for row in queries.all_counters(connection, context.centre)
                if row.number in numbers
            ],
            "waiting": [
                {
                    "service": key,
                    "name": context.service_name(key),
                    "group": config.service[key].group,
                    "agency": config.service[key].agency,
                    "agency_name": config.agency[config.service[key].agency].name,
                    "waiting": count,
                    "wait": wait_view(self._waits.for_newcomer(key)),
                }
                for key, count in sorted(waiting.items(), key=lambda item: -item[1])
                if key in config.service and zone in (None, config.service[key].zone)
            ],
            "sound": self._sound(zone, now),
            "messages": self._messages.on_boards(connection, zone),
            "checkpoint": self._ledger.brief(),
        }

    def _sound(self, zone: str | None, now: datetime) -> View:
        config = self._context.config
        clock = now.astimezone(config.centre.zone_info).strftime("%H:%M")
        is_quiet = config.voice.is_quiet(zone, clock)
        return {
            "quiet": is_quiet,
            "volume": 0.0 if is_quiet else config.voice.volume_in(zone) / 100,
            "chime": config.voice.chime,
            "repeat": config.voice.repeat_in(zone),
        }

    def _until(self, row: Record, now: datetime, hours: Opening) -> datetime | None:
        """Tell until when a counter is not there, where that can be known; a pause that lasts longer says nothing."""
        if row.state == CounterState.CLOSED:
            return hours.opens_at
        if row.state != CounterState.PAUSED or row.since_at is None:
            return None
        reasons = self._context.config.policy.pause_reasons
        minutes = next((each.minutes for each in reasons if each.key == row.reason), None)
        ends_at = row.since_at + timedelta(minutes=minutes) if minutes else None
        return ends_at if ends_at is not None and ends_at > now else None

    def _call(self, row: Record) -> View:
        context = self._context
        return {
            "number": row.label,
            "counter": row.counter,
            "service": row.service,
            "service_name": context.service_name(row.service),
            "language": row.language,
            "called_at": context.local(row.called_at),
            "call_count": row.call_count,
            "arrow": context.config.counter[row.counter].arrow,
            "state": row.state,
        }
