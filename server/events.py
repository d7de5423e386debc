"""What happened, as facts without personal data, and the bus that tells the rest of the process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger(__name__)


class EventKind(StrEnum):
    """Every kind of entry of the log."""

    TICKET_ISSUED = "ticket.issued"
    TICKET_CALLED = "ticket.called"
    TICKET_RECALLED = "ticket.recalled"
    TICKET_STARTED = "ticket.started"
    TICKET_FINISHED = "ticket.finished"
    TICKET_NOTED = "ticket.noted"
    TICKET_NO_SHOW = "ticket.no_show"
    TICKET_TRANSFERRED = "ticket.transferred"
    TICKET_FREED = "ticket.freed"
    TICKET_HELD = "ticket.held"
    TICKET_RESUMED = "ticket.resumed"
    TICKET_CANCELLED = "ticket.cancelled"
    TICKET_POSTPONED = "ticket.postponed"
    TICKET_REJOINED = "ticket.rejoined"
    TICKET_EXPIRED = "ticket.expired"
    TICKET_CHANGED = "ticket.changed"
    PRIORITY_GIVEN = "ticket.priority_given"
    ACT_REFUSED = "outreach.act_refused"
    SERVICE_ADDED = "ticket.service_added"
    COUNTER_OPENED = "counter.opened"
    COUNTER_CHANGED = "counter.changed"
    COUNTER_PAUSED = "counter.paused"
    COUNTER_CLOSED = "counter.closed"
    SERVICE_CLOSED = "service.closed"
    SERVICE_OPENED = "service.opened"
    OVERTAKEN = "alarm.overtaken"
    RATING_GIVEN = "rating.given"
    DEVICE_PAIRED = "device.paired"
    DEVICE_RENAMED = "device.renamed"
    DEVICE_MOVED = "device.moved"
    DEVICE_RESTARTED = "device.restarted"
    DEVICE_REVOKED = "device.revoked"
    MESSAGE_SHOWN = "message.shown"
    MESSAGE_ENDED = "message.ended"
    APPOINTMENT_BOOKED = "appointment.booked"
    APPOINTMENT_MOVED = "appointment.moved"
    APPOINTMENT_CANCELLED = "appointment.cancelled"
    APPOINTMENT_MISSED = "appointment.missed"
    CONFIG_APPLIED = "config.applied"
    CONFIG_PUBLISHED = "config.published"
    ACCOUNT_CHANGED = "account.changed"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    SUPERVISED = "counter.supervised"


@dataclass(frozen=True, slots=True)
class Event:
    """
    One entry of the log.

    Attributes:
        id: Key of its row; grows in the order of writing.
        ticket: Key of the ticket's row, or None for what concerns no ticket.
        data: Figures that decided, by name: rule, policy version, due times in RFC 3339.
    """

    id: int
    centre: str
    kind: EventKind
    at: datetime
    ticket: int | None = None
    number: str | None = None
    service: str | None = None
    counter: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


Handler = Callable[[Sequence[Event]], None]


class EventBus:
    """
    Tells subscribers what one transaction wrote, after it was committed.

    A handler that fails is logged and never undoes the operation, nor keeps the others from hearing.
    """

    def __init__(self) -> None:
        self._handlers: list[Handler] = []
        self._forwarders: list[Handler] = []

    def subscribe(self, handler: Handler) -> None:
        """Call `handler` with the events of every transaction from now on."""
        self._handlers.append(handler)

    def forward(self, handler: Handler) -> None:
        """Call `handler` with the events of this process only, to carry them to the others."""
        self._forwarders.append(handler)

    def publish(self, events: Sequence[Event]) -> None:
        """Tell every subscriber here and every other process, in the order in which they subscribed."""
        if events:
            self._tell([*self._forwarders, *self._handlers], events)

    def hear(self, events: Sequence[Event]) -> None:
        """Tell the subscribers here what another process committed."""
        if events:
            self._tell(self._handlers, events)

    def _tell(self, handlers: Sequence[Handler], events: Sequence[Event]) -> None:
        for handler in handlers:
            try:
                handler(events)
            except Exception:
                log.exception("a subscriber failed on %s", [str(event.kind) for event in events])
