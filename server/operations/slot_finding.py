"""Which times a service offers to those who book."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from server.db import availability, booking_rows
from server.domain.numbering import day_of
from server.domain.opening import spans_of_day, start_of_day
from server.domain.slots import (
    Day,
    Places,
    Slot,
    Taken,
    expected_counters,
    free_slots,
    hours_of,
    next_release,
    opened_share,
)
from server.errors import NotBookable, ServiceNotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.config import Service
    from server.operations.context import Context

# So far back the shifts tell which counters work when; read anew after so long.
LOOK_BACK = timedelta(weeks=6)
LEARN_EVERY = timedelta(minutes=10)

Expected = dict[tuple[int, int], dict[int, float]]


class SlotFinding:
    """Reads the capacity of days: who works, what is booked, what is opened."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._learned_at: datetime | None = None
        self._expected: Expected = {}

    def bookable(self, key: str) -> Service:
        """
        Find a service that can be booked.

        Raises:
            ServiceNotFound: The centre does not offer it.
            NotBookable: It takes no appointments.
        """
        service = self._context.config.service.get(key)
        if service is None:
            raise ServiceNotFound(service=key)
        if not self.is_bookable(service):
            raise NotBookable(service=key)
        return service

    def is_bookable(self, service: Service) -> bool:
        """Tell whether a service takes appointments here."""
        agencies = self._context.config.booking.agencies
        return "appointment" in service.channels and (not agencies or service.agency in agencies)

    def days(self) -> list[date]:
        """List the days from today to the horizon, those too on which the centre is closed."""
        today = day_of(self._context.clock(), self._context.config.centre.timezone)
        return [
            today + timedelta(days=ahead) for ahead in range(self._context.config.booking.horizon_days + 1)
        ]

    def is_open(self, day: date) -> bool:
        """Tell whether the centre opens on a day."""
        return bool(self._spans(day))

    def opens_at(self, day: date) -> datetime | None:
        """Tell when a day that cannot be booked yet is opened; None where it is."""
        rule = self._context.config.booking
        at = datetime.combine(
            day - timedelta(days=rule.horizon_days),
            _first(rule.release_at),
            self._context.config.centre.zone_info,
        )
        return at if at > self._context.clock() else None

    def next_release(self, now: datetime) -> datetime:
        """Tell when the next batch is opened."""
        times = [time.fromisoformat(each) for each in self._context.config.booking.release_at]
        return next_release(now, zone=self._context.config.centre.zone_info, times=times)

    def free(
        self, connection: Connection, service: str, day: date, now: datetime, *, without: int | None = None
    ) -> list[Slot]:
        """
        List a day's free times for a service.

        Args:
            without: An appointment that would leave its own place.
        """
        config = self._context.config
        spans = self._spans(day)
        if not spans or day not in self.days():
            return []
        if service in availability.closed_on(connection, self._context.centre, day):
            return []
        rule = config.booking
        opened = opened_share(
            day,
            now,
            zone=config.centre.zone_info,
            horizon_days=rule.horizon_days,
            late_share=rule.late_share,
            late_days=rule.late_days,
            first=_first(rule.release_at),
        )
        rows = booking_rows.taken(
            connection, self._context.centre, spans[0][0], spans[-1][1], now=now, without=without
        )
        offered = Day(
            spans=spans,
            places=self._places(connection, day, spans, now),
            taken=[Taken(row.service, row.slot_at, row.minutes) for row in rows],
            share=rule.reserved_share * opened,
            minutes={each.key: each.minutes for each in config.services},
            step=timedelta(minutes=rule.step_minutes),
        )
        return free_slots(offered, service, not_before=now + timedelta(minutes=rule.notice_minutes))

    def _places(
        self, connection: Connection, day: date, spans: list[tuple[datetime, datetime]], now: datetime
    ) -> list[Places]:
        """Tell how many counters of each kind are expected in each hour of a day."""
        expected = self._learn(connection, now)
        zone = self._context.config.centre.zone_info
        hours = [(day.weekday(), opens.astimezone(zone).hour) for opens, _ in hours_of(spans)]
        kinds: dict[frozenset[str], list[float]] = defaultdict(lambda: [0.0] * len(hours))
        for counter in self._context.config.counters:
            works = kinds[frozenset(counter.services)]
            for number, hour in enumerate(hours):
                works[number] += expected.get(hour, {}).get(counter.number, 1.0)
        return [Places(services, works) for services, works in kinds.items()]

    def _learn(self, connection: Connection, now: datetime) -> Expected:
        if self._learned_at is None or not timedelta(0) <= now - self._learned_at < LEARN_EVERY:
            rows = booking_rows.shifts_since(connection, self._context.centre, now - LOOK_BACK)
            self._expected = expected_counters(
                [(row.counter, row.opened_at, row.closed_at) for row in rows],
                self._context.config.counter,
                zone=self._context.config.centre.zone_info,
            )
            self._learned_at = now
        return self._expected

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        centre = self._context.config.centre
        return spans_of_day(
            day,
            timezone=centre.timezone,
            hours=centre.hours,
            holidays={holiday.date for holiday in centre.holidays},
        )

    def bounds(self, day: date) -> tuple[datetime, datetime]:
        """Tell when a calendar day begins and ends."""
        timezone = self._context.config.centre.timezone
        return start_of_day(day, timezone), start_of_day(day + timedelta(days=1), timezone)


def _first(times: tuple[str, ...]) -> time:
    return time.fromisoformat(times[0])
