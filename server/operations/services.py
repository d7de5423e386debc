"""What the centre offers now: the kiosk's catalogue with its waits, what is closed, and visits of several services."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from server.config import config_digest
from server.db import availability, queries
from server.domain.numbering import day_of
from server.domain.opening import start_of_day
from server.domain.states import CounterState
from server.domain.visit_order import MOST, Stop, finish_s, shortest
from server.errors import BadInput, NotAllowed, NotWalkIn, ServiceNotFound
from server.events import EventKind
from server.operations.context import Once, once_only
from server.operations.serving import rivals, servable
from server.operations.waits import wait_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from server.config.models import Agency, Service
    from server.db.engine import Transaction
    from server.domain.waiting import Wait
    from server.operations.admitting import Admitting
    from server.operations.context import Context, View
    from server.operations.staff import Official
    from server.operations.waits import Waits

CATALOGUE_LETTERS = 16


class Services:
    """Reads of the catalogue, and what of it is closed for a day."""

    def __init__(self, context: Context, waits: Waits, admitting: Admitting) -> None:
        self._context = context
        self._waits = waits
        self._admitting = admitting
        # It changes with a start only, and then what screens hold is not what the centre offers.
        self._catalogue = config_digest(context.config)[:CATALOGUE_LETTERS]

    def overview(self) -> View:
        """List agencies and their services with what waits and how long it takes."""
        config = self._context.config
        now = self.now()
        changing = now.pop("services")
        return {
            **now,
            "centre": config.centre.key,
            "name": config.centre.name,
            "languages": list(config.centre.languages),
            "groups": [{"key": group.key, "name": group.name} for group in config.groups],
            "zones": [{"key": zone.key, "name": zone.name, "where": zone.where} for zone in config.zones],
            "categories": [
                {
                    "key": category.key,
                    "name": category.name,
                    "evidence": category.evidence,
                    "legal_reference": category.legal_reference,
                }
                for category in config.categories
            ],
            "agencies": [self._agency(agency, changing) for agency in config.agencies],
        }

    def now(self) -> View:
        """Tell what of it changes through the day: a tenth of the whole, for screens that ask every few seconds."""
        context = self._context
        config = context.config
        hours = context.hours()
        with context.database.read() as connection:
            waiting = queries.waiting_by_service(connection, context.centre)
            popular = queries.popular_services(connection, context.centre)
            staffed = self._staffed(connection)
            closed = self._admitting.closed(connection)
        obstacles = {
            service.key: self._admitting.obstacle(service, closed, waiting) for service in config.services
        }
        return {
            "catalogue": self._catalogue,
            "at": context.local(context.clock()),
            "open": hours.is_open,
            "opens_at": context.local(hours.opens_at),
            "closes_at": context.local(hours.closes_at),
            "popular": popular,
            "quieter": self._waits.quieter_hours(hours.closes_at),
            "services": {
                service.key: {
                    "open": hours.is_open
                    and "walk_in" in service.channels
                    and obstacles[service.key] is None,
                    "obstacle": obstacles[service.key],
                    "staffed": service.key in staffed,
                    "waiting": waiting.get(service.key, 0),
                    "ahead": sum(waiting.get(key, 0) for key in rivals(config, service.key)),
                    "wait": wait_view(self._waits.for_newcomer(service.key)),
                }
                for service in config.services
            },
        }

    def set_availability(
        self, service: str, *, is_open: bool, official: Official | None = None, once: Once | None = None
    ) -> View:
        """
        Close a service to walk-ins for the rest of the day, or open it again; who waits already is served.

        Args:
            official: Who did it; None: somebody with the code of the kiosk's staff menu.

        Raises:
            NotAllowed: The service is of an agency that they do not answer for.
            ServiceNotFound: A service that this centre does not offer.
        """
        context = self._context
        if service not in context.config.service:
            raise ServiceNotFound(service=service)
        agencies = official.agencies if official else None
        if agencies is not None and context.config.service[service].agency not in agencies:
            raise NotAllowed(service=service)

        def run(tx: Transaction) -> View:
            if is_open == (service in availability.closed_on(tx.connection, tx.centre, tx.day)):
                self._change(tx, service, is_open, official.id if official else None)
            return {"service": service, "open": is_open}

        return once_only(context, once, run)

    def order(self, wished: Sequence[str]) -> View:
        """
        Propose the order of a visit's services in which it is over soonest, by the waits and counters of now.

        Returns:
            `{order, at, ends: {low_s, likely_s, high_s} | None, saves_s, services: [{service, wait, minutes}]}`; `ends`
            is None where no counter is open for one of them, `saves_s` compares with the order that was asked.

        Raises:
            BadInput: Not 2 to 5 different services.
            ServiceNotFound, NotWalkIn: A service that cannot be had that way.
        """
        config = self._context.config
        if not 2 <= len(wished) <= MOST or len(set(wished)) < len(wished):
            raise BadInput(field="services", at_most=MOST)
        for key in wished:
            if key not in config.service:
                raise ServiceNotFound(service=key)
            if "walk_in" not in config.service[key].channels:
                raise NotWalkIn(service=key)
        with self._context.database.read() as connection:
            staffed = self._staffed(connection)
        waits = {key: self._waits.for_newcomer(key) for key in wished}
        stops = [
            _stop(config.service[key], waits[key], staffed.get(key, frozenset()), "likely_s")
            for key in wished
        ]
        best = [stop.service for stop in shortest(stops)]
        is_known = None not in waits.values()
        return {
            "order": best,
            "at": self._context.local(self._context.clock()),
            "ends": self._ends(best, waits) if is_known else None,
            "saves_s": round(finish_s(stops) - finish_s(shortest(stops))) if is_known else None,
            "services": [
                {"service": key, "wait": wait_view(waits[key]), "minutes": config.service[key].minutes}
                for key in best
            ],
        }

    def _ends(self, order: Sequence[str], waits: dict[str, Wait | None]) -> View:
        services = self._context.config.service
        return {
            level: round(finish_s(_stop(services[key], waits[key], frozenset(), level) for key in order))
            for level in ("low_s", "likely_s", "high_s")
        }

    def _staffed(self, connection: Connection) -> dict[str, frozenset[int]]:
        """Tell at which open counters each service can be had now."""
        config = self._context.config
        staffed: dict[str, frozenset[int]] = {}
        for row in queries.all_counters(connection, self._context.centre):
            if row.state == CounterState.OPEN and row.number in config.counter:
                for key in servable(config, row.number, row.official_agencies, row.official_services):
                    staffed[key] = staffed.get(key, frozenset()) | {row.number}
        return staffed

    def _change(self, tx: Transaction, service: str, is_open: bool, official: int | None) -> None:
        by = "kiosk" if official is None else "staff"
        if is_open:
            availability.reopen(tx, service)
            tx.record(EventKind.SERVICE_OPENED, service=service, official=official, by=by)
            return
        availability.close(tx, service)
        zone = self._context.config.centre.timezone
        ends_at = start_of_day(day_of(tx.now, zone) + timedelta(days=1), zone)
        tx.record(
            EventKind.SERVICE_CLOSED,
            service=service,
            official=official,
            by=by,
            until_at=ends_at.isoformat(),
        )

    def _agency(self, agency: Agency, changing: dict[str, View]) -> View:
        return {
            "key": agency.key,
            "kind": agency.kind,
            "name": agency.name,
            "zone": agency.zone,
            "services": [
                {
                    "key": service.key,
                    "group": service.group,
                    "name": service.name,
                    "zone": service.zone,
                    "channels": sorted(service.channels),
                    "minutes": service.minutes,
                    "bring": list(service.bring),
                    "cost": service.cost,
                    **changing[service.key],
                }
                for service in self._context.config.services
                if service.agency == agency.key
            ],
        }


def _stop(service: Service, wait: Wait | None, counters: frozenset[int], level: str) -> Stop:
    ready_s = getattr(wait, level) if wait is not None else None
    return Stop(service.key, ready_s, service.minutes * 60.0, counters)
