"""Who is let into a queue: closed services, and queues that are full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.db import availability
from server.domain.admission import Crowd, Full, fullness
from server.domain.numbering import day_of
from server.domain.opening import last_closing
from server.errors import ClosingSoon, QueueFull, ServiceClosed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from server.config import Service
    from server.operations.context import Context
    from server.operations.waits import Waits

CLOSED, FULL, SOON = ServiceClosed.key, QueueFull.key, ClosingSoon.key


class Admitting:
    """
    Tells what stands in the way of a walk-in beside the hours; the same for the kiosk that asks and the act that refuses.

    Appointments and finished results were promised before, and are let in all the same.
    """

    def __init__(self, context: Context, waits: Waits) -> None:
        self._context = context
        self._waits = waits
        self._of_agency: dict[str, list[str]] = {}
        for service in context.config.services:
            self._of_agency.setdefault(service.agency, []).append(service.key)

    def check(self, connection: Connection, services: Sequence[Service]) -> None:
        """
        Let a walk-in through, inside the transaction that gives the ticket, so that no two take the last place.

        Raises:
            ServiceClosed: One of the services is closed today.
            QueueFull: As many wait for it as may.
            ClosingSoon: It would likely not be done by closing time.
        """
        closed = self.closed(connection)
        waiting = self._counted(connection, services)
        for service in services:
            found = self.obstacle(service, closed, waiting)
            if found == CLOSED:
                raise ServiceClosed(service=service.key)
            if found == FULL:
                raise QueueFull(service=service.key)
            if found == SOON:
                raise ClosingSoon(service=service.key, closes_at=self._context.local(self._closes_at()))

    def closed(self, connection: Connection) -> frozenset[str]:
        """List the services that are closed today."""
        today = day_of(self._context.clock(), self._context.config.centre.timezone)
        return availability.closed_on(connection, self._context.centre, today)

    def obstacle(self, service: Service, closed: frozenset[str], waiting: Mapping[str, int]) -> str | None:
        """Name what keeps a walk-in out of a service: the key of the error that `check` raises."""
        if service.key in closed:
            return CLOSED
        agency = self._context.config.agency[service.agency]
        crowd = Crowd(
            waiting.get(service.key, 0),
            service.most_waiting,
            sum(waiting.get(key, 0) for key in self._of_agency[agency.key]) if agency.most_waiting else 0,
            agency.most_waiting,
        )
        found = fullness(crowd, done_s=self._done_s(service), closes_s=self._closes_s())
        return {Full.WAITING: FULL, Full.CLOSING: SOON}[found] if found else None

    def _counted(self, connection: Connection, services: Sequence[Service]) -> Mapping[str, int]:
        """Count who waits, where there is a limit to it."""
        asked: set[str] = set()
        for service in services:
            if service.most_waiting is not None:
                asked.add(service.key)
            if self._context.config.agency[service.agency].most_waiting is not None:
                asked.update(self._of_agency[service.agency])
        return availability.count_waiting(connection, self._context.centre, asked) if asked else {}

    def _done_s(self, service: Service) -> float | None:
        if not self._context.config.admission.before_closing:
            return None
        wait = self._waits.for_newcomer(service.key)
        return wait.likely_s + service.minutes * 60.0 if wait else None

    def _closes_s(self) -> float | None:
        closes_at = self._closes_at() if self._context.config.admission.before_closing else None
        return (closes_at - self._context.clock()).total_seconds() if closes_at else None

    def _closes_at(self) -> datetime | None:
        """Tell until when who waits is served: to the day's end, where a pause does not end the tickets."""
        centre = self._context.config.centre
        if self._context.config.policy.closing == "expire":
            return self._context.hours().closes_at
        return last_closing(
            day_of(self._context.clock(), centre.timezone),
            timezone=centre.timezone,
            hours=centre.hours,
            holidays={holiday.date for holiday in centre.holidays},
        )
