"""The supervisor's room: how everything stands this moment, and what asks for attention."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from server.db import availability, queries, rooms
from server.domain import alerts
from server.domain.alerts import Alert, AlertKind
from server.domain.numbering import day_of
from server.domain.opening import start_of_day
from server.domain.states import CounterState
from server.operations.serving import servable
from server.operations.waits import wait_view

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from server.db.models import Record
    from server.operations.context import Context, View
    from server.operations.staff import Official
    from server.operations.waits import Waits
    from server.printer_states import PrinterStates

SLOT_MINUTES = 30
SLOTS = 24 * 60 // SLOT_MINUTES


class Room:
    """Reads for who answers for the whole hall."""

    def __init__(self, context: Context, waits: Waits, printer_states: PrinterStates) -> None:
        self._context = context
        self._waits = waits
        self._printer_states = printer_states

    def view(self, official: Official) -> View:
        """
        Show the room, as far as it concerns somebody's agencies.

        Returns:
            `services` that somebody waits for or that a counter serves, `counters`, and `alerts`, the most pressing first;
            an alert has its `key`, `kind`, `since_at`, the figures of its sentence, and who has seen it.
        """
        context = self._context
        now = context.clock()
        today = day_of(now, context.config.centre.timezone)
        since = start_of_day(today, context.config.centre.timezone)
        with context.database.read() as connection:
            counters = [
                row
                for row in queries.all_counters(connection, context.centre)
                if row.number in context.config.counter
            ]
            in_hand = {row.counter: row for row in queries.tickets_in_hand(connection, context.centre)}
            waits = self._by_service(rooms.waiting_now(connection, context.centre), now)
            found = self._alerts(connection, counters, in_hand.values(), waits, since=since, now=now)
            seen = rooms.acknowledged(connection, context.centre)
            counted = rooms.counted(connection, context.centre, today)
            closed = availability.closed_on(connection, context.centre, today)
            version = queries.last_event_id(connection, context.centre)
        concerns = self._services_of(official)
        return {
            "at": context.local(now),
            "version": version,
            "is_open": context.hours().is_open,
            "today": {
                "issued": sum(counted.values()),
                "waiting": counted.get("waiting", 0),
                "serving": counted.get("called", 0) + counted.get("serving", 0),
                "served": counted.get("served", 0),
                "missed": counted.get("no_show", 0),
            },
            "services": self._services(waits, counters, concerns, closed),
            "counters": [
                self._counter(row, in_hand.get(row.number))
                for row in counters
                if concerns.intersection(context.config.counter[row.number].services)
            ],
            "alerts": [
                self._alert(each, seen.get(each.key), now)
                for each in alerts.in_order(found)
                if self._concerns(each, concerns)
            ],
        }

    def flow(self, weeks: int = 4) -> View:
        """
        Tell how many came and how long they waited in each half hour: today, and on the average of the same weekday.

        Returns:
            `at` as clock times; `came` and `waited_s` (the mean) by half hour, None where nobody came yet.
        """
        context = self._context
        timezone = context.config.centre.zone_info
        today = day_of(context.clock(), context.config.centre.timezone)
        usual = [today - timedelta(weeks=back) for back in range(1, weeks + 1)]
        with context.database.read() as connection:
            rows = rooms.flow_of(connection, context.centre, [today, *usual])
        days = {row.day for row in rows} - {today}
        slot_now = _slot(context.clock().astimezone(timezone))
        came: dict[str, list[int]] = {"today": [0] * SLOTS, "usual": [0] * SLOTS}
        waited: dict[str, list[list[float]]] = {name: [[] for _ in range(SLOTS)] for name in came}
        for row in rows:
            local = row.arrived_at.astimezone(timezone)
            slot, name = _slot(local), "today" if row.day == today else "usual"
            came[name][slot] += 1
            if row.first_called_at is not None:
                begins = max(row.start_at, row.arrived_at)
                waited[name][slot].append(max((row.first_called_at - begins).total_seconds(), 0.0))
        return {
            "at": [f"{slot // 2:02d}:{slot % 2 * SLOT_MINUTES:02d}" for slot in range(SLOTS)],
            "days": len(days),
            "came": {
                # What is to come is not "nobody came".
                "today": [count if slot <= slot_now else None for slot, count in enumerate(came["today"])],
                "usual": [round(count / len(days), 1) if days else None for count in came["usual"]],
            },
            "waited_s": {name: [_mean(slot) for slot in slots] for name, slots in waited.items()},
        }

    # What stands in the room.

    def _services(
        self,
        waits: dict[str, alerts.Waits],
        counters: Sequence[Record],
        concerns: frozenset[str],
        closed: Collection[str],
    ) -> list[View]:
        config = self._context.config
        at_work: dict[str, int] = defaultdict(int)
        for row in counters:
            if row.state == CounterState.OPEN:
                for key in self._served_at(row):
                    at_work[key] += 1
        shown = [
            each
            for each in config.services
            if each.key in concerns and (each.key in waits or at_work[each.key] or each.key in closed)
        ]
        views = [
            {
                "service": each.key,
                "name": each.name,
                "agency": each.agency,
                "agency_name": config.agency[each.agency].name,
                "zone": each.zone,
                "is_closed": each.key in closed,
                "target_s": each.target_minutes * 60,
                "counters": at_work[each.key],
                "waiting": waits[each.key].count if each.key in waits else 0,
                "late": waits[each.key].late if each.key in waits else 0,
                "oldest_at": self._context.local(waits[each.key].oldest_at) if each.key in waits else None,
                "wait": wait_view(self._waits.for_newcomer(each.key)),
            }
            for each in shown
        ]
        return sorted(views, key=lambda view: (-view["late"], -view["waiting"]))

    def _counter(self, row: Record, in_hand: Record | None) -> View:
        config, local = self._context.config, self._context.local
        place = config.counter[row.number]
        since = row.since_at
        if in_hand is not None:
            since = in_hand.started_at or in_hand.called_at
        return {
            "counter": row.number,
            "zone": place.zone,
            "zone_name": config.zone[place.zone].name,
            "state": row.state,
            "reason": row.reason,
            "official": {"id": row.official, "name": row.official_name} if row.official else None,
            "agencies": list(place.agencies),
            "number": in_hand.label if in_hand is not None else None,
            "ticket_state": in_hand.state if in_hand is not None else None,
            "service_name": self._context.service_name(in_hand.service) if in_hand is not None else None,
            "since_at": local(since),
        }

    def _by_service(self, rows: Sequence[Record], now: datetime) -> dict[str, alerts.Waits]:
        found: dict[str, alerts.Waits] = {}
        for row in rows:
            service = self._context.config.service.get(row.service)
            if service is None:  # retired while somebody waited for it
                continue
            target_at = row.start_at + timedelta(seconds=row.target_s)
            before = found.get(row.service)
            found[row.service] = alerts.Waits(
                row.service,
                service.agency,
                count=before.count + 1 if before else 1,
                oldest_at=before.oldest_at if before else row.arrived_at,
                target_at=min(before.target_at, target_at) if before else target_at,
                late=(before.late if before else 0) + (target_at <= now),
            )
        return found

    # What asks for attention.

    def _alerts(
        self,
        connection: Connection,
        counters: Sequence[Record],
        in_hand: Iterable[Record],
        waits: dict[str, alerts.Waits],
        *,
        since: datetime,
        now: datetime,
    ) -> list[Alert]:
        config = self._context.config
        served = {key for row in counters if row.state == CounterState.OPEN for key in self._served_at(row)}
        minutes = {each.key: each.minutes for each in config.services}
        hands = [
            alerts.InHand(
                row.counter,
                row.label,
                row.called_at,
                row.started_at,
                timedelta(minutes=minutes.get(row.service, 10)),
            )
            for row in in_hand
        ]
        return [
            *alerts.of_waits(waits.values(), served, now),
            *alerts.of_counters(hands, now),
            *self._of_printers(),
            *self._of_devices(connection, now, since),
            *self._of_today(connection, since),
        ]

    def _of_printers(self) -> list[Alert]:
        return [
            Alert(
                AlertKind.PRINTER,
                f"printer/{key}",
                row.since_at,
                row.problem is not None,
                {"printer": key, "problem": row.problem or row.warning},
            )
            for key, row in self._printer_states.all().items()
            if (row.problem or row.warning) and key in self._context.config.printer
        ]

    def _of_devices(self, connection: Connection, now: datetime, since: datetime) -> list[Alert]:
        """A device that was there today and has not been heard of for a while; one that never came is just not on."""
        found = []
        for row in rooms.devices_seen_since(connection, self._context.centre, since):
            if now - row.last_seen_at > alerts.UNSEEN_FOR:
                facts = {"device": row.name, "last_seen_at": row.last_seen_at}
                found.append(
                    Alert(AlertKind.DEVICE, f"device/{row.id}", row.last_seen_at, is_bad=False, facts=facts)
                )
        return found

    def _of_today(self, connection: Connection, since: datetime) -> list[Alert]:
        centre = self._context.centre
        overtaken = [
            Alert(
                AlertKind.OVERTAKEN,
                f"overtaken/{row.id}",
                row.at,
                facts={"number": row.number, "by": row.data["by"], "counter": row.counter},
            )
            for row in rooms.alarms_since(connection, centre, since)
        ]
        rated = [
            Alert(
                AlertKind.RATING,
                f"rating/{row.request_id}",
                row.rated_at,
                is_bad=False,
                facts={"score": row.score, "service": row.service, "counter": row.counter},
            )
            for row in rooms.low_ratings(connection, centre, since, at_most=alerts.LOW_SCORE)
        ]
        return overtaken + rated

    def _alert(self, alert: Alert, seen: Record | None, now: datetime) -> View:
        context, facts = self._context, dict(alert.facts)
        for name in [name for name in facts if name.endswith("_at")]:
            facts[name] = context.local(facts[name])
        if "agency" in facts:
            facts["agency_name"] = context.config.agency[facts["agency"]].name
            facts["service_names"] = [context.service_name(key) for key in facts["services"]]
        if "service" in facts:
            facts["service_name"] = context.service_name(facts["service"])
        if "printer" in facts:
            facts["printer_name"] = context.config.printer[facts["printer"]].name
        is_seen = seen is not None and alerts.is_acknowledged(alert, seen.at, now)
        return {
            "key": alert.key,
            "kind": str(alert.kind),
            "is_bad": alert.is_bad,
            "since_at": context.local(alert.since),
            "is_acknowledged": is_seen,
            "seen_by": seen.by_name if seen is not None and is_seen else None,
            "seen_at": context.local(seen.at) if seen is not None and is_seen else None,
            "facts": facts,
        }

    # Whom it concerns.

    def _services_of(self, official: Official) -> frozenset[str]:
        return frozenset(
            each.key
            for each in self._context.config.services
            if official.agencies is None or each.agency in official.agencies
        )

    def _concerns(self, alert: Alert, services: frozenset[str]) -> bool:
        """Printers and devices are everybody's; the rest is whose service or counter it is."""
        if "services" in alert.facts:
            return not services.isdisjoint(alert.facts["services"])
        if "service" in alert.facts:
            return alert.facts["service"] in services
        place = self._context.config.counter.get(alert.facts.get("counter", 0))
        return place is None or bool(services.intersection(place.services))

    def _served_at(self, row: Record) -> Iterable[str]:
        return servable(self._context.config, row.number, row.official_agencies, row.official_services)


def _slot(local: datetime) -> int:
    return (local.hour * 60 + local.minute) // SLOT_MINUTES


def _mean(values: Sequence[float]) -> int | None:
    return round(sum(values) / len(values)) if values else None
