"""How a ticket is shown: to its visitor, to staff, to everyone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from server.db import phones, queries
from server.domain.states import TicketState
from server.operations.serving import rivals
from server.operations.waits import wait_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from server.db.models import Record
    from server.operations.context import Context, View
    from server.operations.waits import Waits

# A visit at home has its planned time; the forecast of the hall has nothing to say of it.
OUTREACH = "outreach"


class TicketViews:
    """
    Builds the `Ticket` of the published interface.

    Staff see neither the token nor a rating token: who serves must not be able to rate, nor to follow a visitor.
    The category is shown to nobody.
    """

    def __init__(self, context: Context, waits: Waits) -> None:
        self._context = context
        self._waits = waits

    def whole(self, connection: Connection, ticket: Record, *, for_staff: bool = False) -> View:
        """Show a ticket with all that is read for it."""
        printed = queries.print_state(connection, ticket.id)
        return self.of(
            ticket,
            requests=queries.requests_of(connection, ticket.id),
            ahead=self.ahead(connection, ticket),
            printed=(printed.state, printed.reason) if printed else None,
            for_staff=for_staff,
            on_the_way=phones.is_on_the_way(connection, ticket),
        )

    def ahead(self, connection: Connection, ticket: Any) -> int | None:
        """Count those who wait at the same counters and are called before; None when it does not wait."""
        if ticket.state != TicketState.WAITING or ticket.origin == OUTREACH:
            return None
        return queries.count_ahead(
            connection,
            self._context.centre,
            services=rivals(self._context.config, ticket.service),
            lane=ticket.lane,
            due_at=ticket.due_at,
            id=ticket.id,
        )

    def promised_at(self, ticket: Any) -> str | None:
        """Tell by when a ticket issued now is promised to be called, in 9 of 10 cases; the log keeps it."""
        if ticket.origin == OUTREACH:
            return None
        return self._context.local(self._waits.promised_at(ticket))

    def of(
        self,
        ticket: Any,
        *,
        requests: Sequence[Any],
        ahead: int | None,
        printed: tuple[str, str | None] | None,
        for_staff: bool = False,
        on_the_way: bool = False,
    ) -> View:
        """Show a ticket from what is at hand; `on_the_way`: it waits for its visitor to check in."""
        context = self._context
        config = context.config
        service = config.service.get(ticket.service)
        agency = config.agency.get(service.agency) if service else None
        zone = config.zone.get(service.zone) if service else None
        counter = config.counter.get(ticket.counter) if ticket.counter is not None else None
        wait = None
        if ticket.state == TicketState.WAITING and ticket.origin != OUTREACH:
            wait = self._waits.of(ticket)
        page = f"{context.public_url}/t/{ticket.token}"
        return {
            "id": ticket.id,
            "token": None if for_staff else ticket.token,
            "code": ticket.code,
            "number": ticket.label,
            "service": ticket.service,
            "service_name": context.service_name(ticket.service),
            "agency": agency.key if agency else None,
            "agency_name": agency.name if agency else None,
            "zone": zone.key if zone else None,
            "zone_name": zone.name if zone else None,
            "where": zone.where if zone else None,
            "language": ticket.language,
            "state": str(ticket.state),
            "arrived_at": context.local(ticket.arrived_at),
            "due_at": context.local(ticket.due_at),
            "ahead": ahead,
            "wait": wait_view(wait),
            "counter": ticket.counter,
            "arrow": counter.arrow if counter else None,
            "held_until": context.local(ticket.held_until),
            "check_in_by": context.local(ticket.held_until) if on_the_way else None,
            "rejoin_by": context.local(self._rejoin_by(ticket)),
            "called_at": context.local(ticket.called_at),
            "call_count": ticket.call_count,
            "services": [self._service(request, for_staff=for_staff) for request in requests],
            "print": {"state": printed[0], "reason": printed[1]} if printed else None,
            "links": {}
            if for_staff
            else {
                "self": f"/api/v1/tickets/{ticket.token}",
                "page": page,
                "why": f"/t/{ticket.token}/why",
                "qr": f"/q/{ticket.token}.svg",
            },
            "at": context.local(context.clock()),
        }

    def _rejoin_by(self, ticket: Any) -> datetime | None:
        """Tell until when a visitor who missed the call may come back."""
        if ticket.state != TicketState.NO_SHOW or ticket.returns:
            return None
        by: datetime = ticket.ended_at + timedelta(minutes=self._context.config.policy.grace_minutes)
        return by if self._context.clock() <= by else None

    def _service(self, request: Any, *, for_staff: bool) -> View:
        context = self._context
        service = context.config.service.get(request.service)
        shown: View = {
            "service": request.service,
            "name": context.service_name(request.service),
            "state": request.state,
            "bring": list(service.to_have) if service else [],
            "started_at": context.local(request.started_at),
            "finished_at": context.local(request.finished_at),
        }
        if not for_staff:
            shown["rating_token"] = request.rating_token
            shown["rated"] = request.rated_at is not None
        return shown
