"""How a counter is shown to the official who works there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from server.db import notes, queries
from server.domain.numbering import day_of
from server.domain.opening import start_of_day
from server.domain.states import TicketState, possible_acts
from server.operations.serving import servable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.db.models import Record
    from server.operations.context import Context, View
    from server.operations.ticket_views import TicketViews

QUEUE_SHOWN = 30


class CounterViews:
    """Builds the `Counter` of the published interface, whole each time."""

    def __init__(self, context: Context, tickets: TicketViews) -> None:
        self._context = context
        self._tickets = tickets

    def ticket(self, connection: Connection, ticket: Record) -> View:
        """Show a ticket to staff."""
        return self._tickets.whole(connection, ticket, for_staff=True)

    def all(self, connection: Connection) -> list[View]:
        """Show every counter of the hall in brief."""
        return [
            self._brief(row)
            for row in queries.all_counters(connection, self._context.centre)
            if row.number in self._context.config.counter and row.number not in self._context.config.team_at
        ]

    def whole(self, connection: Connection, counter: Record) -> View:
        """Show a counter with the ticket in hand, who waits for it and what can be done now."""
        context = self._context
        services = servable(
            context.config, counter.number, counter.official_agencies, counter.official_services
        )
        bounds = {f"counter:{counter.number}", f"official:{counter.official}"}
        queue = [
            row
            for row in queries.waiting(connection, context.centre)
            if row.bound in bounds or (row.bound is None and row.service in services)
        ]
        in_hand = queries.ticket_in_hand(connection, context.centre, counter.number)
        held = queries.held(connection, context.centre, counter.number)
        waiting = {key: sum(row.service == key for row in queue) for key in services}
        return {
            **self._brief(counter),
            "ticket": self.ticket(connection, in_hand) if in_hand else None,
            "waiting": len(queue),
            "next_due_at": context.local(queue[0].due_at) if queue else None,
            "queue": [self._queued(row) for row in queue[:QUEUE_SHOWN]],
            "held": [self.ticket(connection, row) for row in held],
            "notes": self._notes(connection, in_hand),
            "services": [
                {"key": key, "name": context.service_name(key), "waiting": waiting[key]} for key in services
            ],
            "can": possible_acts(
                counter.state,
                in_hand.state if in_hand else None,
                has_held=bool(held),
                may_recall=in_hand is not None and in_hand.call_count <= context.config.policy.recall_limit,
            ),
            "recall_at": self._recall_at(in_hand),
            "today": self._today(connection, counter),
            "version": queries.last_event_id(connection, context.centre),
            "at": context.local(context.clock()),
        }

    def _brief(self, counter: Record) -> View:
        config = self._context.config
        place = config.counter[counter.number]
        return {
            "counter": counter.number,
            "zone": place.zone,
            "zone_name": config.zone[place.zone].name,
            "agencies": [{"key": key, "name": config.agency[key].name} for key in place.agencies],
            "state": counter.state,
            "reason": counter.reason,
            "official": {"id": counter.official, "name": counter.official_name} if counter.official else None,
            "since_at": self._context.local(counter.since_at),
        }

    def _notes(self, connection: Connection, in_hand: Record | None) -> list[View]:
        """Show what others wrote of the visitor in hand, and why they sent the visitor here."""
        if in_hand is None:
            return []
        return [
            {
                "kind": row.kind,
                "text": row.text,
                "counter": row.counter,
                "by": row.name,
                "at": self._context.local(row.at),
            }
            for row in notes.of(connection, in_hand.id)
        ]

    def _queued(self, row: Record) -> View:
        return {
            "id": row.id,
            "number": row.label,
            "service": row.service,
            "service_name": self._context.service_name(row.service),
            "arrived_at": self._context.local(row.arrived_at),
            "due_at": self._context.local(row.due_at),
            "state": row.state,
        }

    def _recall_at(self, in_hand: Record | None) -> str | None:
        policy = self._context.config.policy
        if in_hand is None or in_hand.state != TicketState.CALLED or in_hand.call_count > policy.recall_limit:
            return None
        return self._context.local(in_hand.called_at + timedelta(seconds=policy.recall_after_s))

    def _today(self, connection: Connection, counter: Record) -> View:
        if counter.official is None:
            return {"served": 0, "mean_s": None}
        timezone = self._context.config.centre.timezone
        since = start_of_day(day_of(self._context.clock(), timezone), timezone)
        served, mean_s = queries.served_since(connection, self._context.centre, counter.official, since)
        return {"served": served, "mean_s": round(mean_s) if mean_s is not None else None}
