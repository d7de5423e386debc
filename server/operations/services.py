"""What the centre offers now: the kiosk's catalogue with its waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.config import config_digest
from server.db import queries
from server.domain.states import CounterState
from server.operations.serving import rivals, servable
from server.operations.waits import wait_view

if TYPE_CHECKING:
    from server.config.models import Agency
    from server.operations.context import Context, View
    from server.operations.waits import Waits

CATALOGUE_LETTERS = 16


class Services:
    """Reads of the catalogue."""

    def __init__(self, context: Context, waits: Waits) -> None:
        self._context = context
        self._waits = waits
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
            staffed: set[str] = set()
            for row in queries.all_counters(connection, context.centre):
                if row.state == CounterState.OPEN and row.number in config.counter:
                    staffed.update(servable(config, row.number, row.official_agencies, row.official_services))
        return {
            "catalogue": self._catalogue,
            "at": context.local(context.clock()),
            "open": hours.is_open,
            "opens_at": context.local(hours.opens_at),
            "closes_at": context.local(hours.closes_at),
            "popular": popular,
            "services": {
                service.key: {
                    "open": hours.is_open and "walk_in" in service.channels,
                    "staffed": service.key in staffed,
                    "waiting": waiting.get(service.key, 0),
                    "ahead": sum(waiting.get(key, 0) for key in rivals(config, service.key)),
                    "wait": wait_view(self._waits.for_newcomer(service.key)),
                }
                for service in config.services
            },
        }

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
                    **changing[service.key],
                }
                for service in self._context.config.services
                if service.agency == agency.key
            ],
        }
