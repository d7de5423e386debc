"""Whom to tell on a locked phone, and of what: rows first, so that nothing is lost and nobody waits for a push service."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, update

from server.db import phones, queries
from server.db.phones import push_subscriptions
from server.domain.states import TicketState
from server.errors import BadInput, NotFound, TicketNotFound, TicketStateError
from server.operations.context import Once, View, once_only

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.context import Context
    from server.operations.waits import Waits

PHONES_OF_A_TICKET = 5
LONGEST_ENDPOINT = 1000
POINT_BYTES, SECRET_BYTES = 65, 16
LIVE = (TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.HELD)
# Half of those who wait as this one are called sooner than so.
NEAR_S = 300
TRIES = 4
FIRST_PAUSE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Message:
    """
    What one phone is to be told.

    Attributes:
        kind: "near", "called" or "missed".
        told: Written down when it is done, so that it is told once.
        language: As the phone's page spoke it.
    """

    subscription: int
    endpoint: str
    p256dh: str
    auth: str
    kind: str
    told: str
    language: str
    token: str
    number: str
    counter: int | None
    tries: int


class Pushes:
    """
    Operations on the phones that asked to be told.

    What is to be told follows from the ticket's row alone: a process that dies in the middle leaves it to the next.
    """

    def __init__(self, context: Context, waits: Waits) -> None:
        self._context = context
        self._waits = waits

    def subscribe(
        self,
        token: str,
        *,
        endpoint: str,
        p256dh: str,
        auth: str,
        language: str | None,
        once: Once | None = None,
    ) -> View:
        """
        Keep where a phone is told of its ticket, until the visit ends.

        Args:
            endpoint: Of one of the push services that the configuration names; nothing else is ever sent to.
            p256dh, auth: What the browser gave, in base64url.

        Raises:
            NotFound: This centre tells nobody.
            TicketNotFound, TicketStateError: No ticket has this token, or it has ended.
            BadInput: Another address, no keys, or too many phones for one ticket.
        """
        context = self._context
        if context.push_key is None:
            raise NotFound
        self._check(endpoint, p256dh, auth)
        wanted = language if language in context.config.centre.languages else None

        def keep(tx: Transaction) -> View:
            ticket = self._live(tx.connection, token)
            self._keep(tx, ticket, endpoint, p256dh, auth, wanted or ticket.language)
            return {"endpoint": endpoint, "language": wanted or ticket.language}

        return once_only(context, once, keep)

    def unsubscribe(self, token: str, endpoint: str) -> None:
        """
        Tell a phone nothing more.

        Raises:
            TicketNotFound: No ticket has this token.
        """
        with self._context.database.write() as tx:
            ticket = queries.ticket_by_token(tx.connection, tx.centre, token)
            if ticket is None:
                raise TicketNotFound
            tx.execute(
                delete(push_subscriptions).where(
                    push_subscriptions.c.ticket_id == ticket.id, push_subscriptions.c.endpoint == endpoint
                )
            )

    def due(self) -> list[Message]:
        """List what phones are to be told now."""
        context = self._context
        with context.database.read() as connection:
            rows = phones.subscribed(connection, context.centre, context.clock())
        messages = (self._message(row) for row in rows)
        return [message for message in messages if message is not None]

    def told(self, message: Message) -> None:
        """Write down that a phone was told, or that it was tried often enough."""
        self._set(message, told=message.told, tries=0)

    def failed(self, message: Message) -> None:
        """Try again later, each time after a longer pause; then let it be."""
        if message.tries + 1 >= TRIES:
            self.told(message)
            return
        pause = FIRST_PAUSE * 2**message.tries
        self._set(message, tries=message.tries + 1, next_try_at=self._context.clock() + pause)

    def gone(self, message: Message) -> None:
        """Forget a phone that its push service no longer knows."""
        with self._context.database.write() as tx:
            tx.execute(delete(push_subscriptions).where(push_subscriptions.c.id == message.subscription))

    def forget(self) -> None:
        """Erase the addresses of visitors who are gone; who missed the call has the time to come back first."""
        context = self._context
        missed_before = context.clock() - timedelta(minutes=context.config.policy.grace_minutes)
        with context.database.read() as connection:
            over = phones.subscriptions_over(connection, context.centre, missed_before)
        if over:
            with context.database.write() as tx:
                tx.execute(delete(push_subscriptions).where(push_subscriptions.c.id.in_(over)))

    def _keep(
        self, tx: Transaction, ticket: Record, endpoint: str, p256dh: str, auth: str, language: str
    ) -> None:
        others = phones.endpoints_of(tx.connection, ticket.id)
        if endpoint in others:
            tx.execute(
                delete(push_subscriptions).where(
                    push_subscriptions.c.ticket_id == ticket.id, push_subscriptions.c.endpoint == endpoint
                )
            )
        elif len(others) >= PHONES_OF_A_TICKET:
            raise BadInput(field="endpoint", at_most=PHONES_OF_A_TICKET)
        tx.execute(
            insert(push_subscriptions),
            {
                "centre": tx.centre,
                "ticket_id": ticket.id,
                "endpoint": endpoint,
                "p256dh": p256dh,
                "auth": auth,
                "language": language,
                "created_at": tx.now,
                "next_try_at": tx.now,
            },
        )

    def _check(self, endpoint: str, p256dh: str, auth: str) -> None:
        if len(endpoint) > LONGEST_ENDPOINT or not any(
            is_of(endpoint, service) for service in self._context.config.push.services
        ):
            raise BadInput(field="endpoint")
        if not (point := _bytes(p256dh)) or len(point) != POINT_BYTES or point[0] != 4:
            raise BadInput(field="p256dh")
        if len(_bytes(auth)) != SECRET_BYTES:
            raise BadInput(field="auth")

    def _live(self, connection: Connection, token: str) -> Record:
        ticket = queries.ticket_by_token(connection, self._context.centre, token)
        if ticket is None:
            raise TicketNotFound
        if ticket.state not in LIVE:
            raise TicketStateError(state=ticket.state, action="subscribe")
        return ticket

    def _message(self, row: Record) -> Message | None:
        """Tell what a phone should know by now and does not."""
        if row.state == TicketState.CALLED:
            kind, told = "called", f"called:{row.counter}:{row.call_count}:{row.called_at.isoformat()}"
        elif row.state == TicketState.NO_SHOW:
            kind, told = "missed", f"missed:{row.called_at.isoformat()}"
        elif row.state == TicketState.WAITING and row.told is None and self._is_near(row):
            kind, told = "near", "near"
        else:
            return None
        if row.told == told:
            return None
        return Message(
            row.subscription,
            row.endpoint,
            row.p256dh,
            row.auth,
            kind,
            told,
            row.phone_language,
            row.token,
            row.label,
            row.counter,
            row.tries,
        )

    def _is_near(self, ticket: Record) -> bool:
        wait = self._waits.of(ticket)
        return wait is not None and wait.likely_s <= NEAR_S

    def _set(self, message: Message, **values: Any) -> None:
        with self._context.database.write() as tx:
            tx.execute(
                update(push_subscriptions)
                .where(push_subscriptions.c.id == message.subscription)
                .values(**values)
            )


def is_of(endpoint: str, service: str) -> bool:
    """
    Tell whether an address is one of a push service's; a phone must not be able to send the server anywhere else.

    >>> is_of("https://web.push.apple.com/QGx", "https://*.push.apple.com")
    True
    >>> is_of("https://push.apple.com.example.org/", "https://*.push.apple.com")
    False
    >>> is_of("https://fcm.googleapis.com@10.0.0.1/", "https://fcm.googleapis.com")
    False
    """
    try:
        given, wanted = urlsplit(endpoint), urlsplit(service.replace("*.", "", 1))
        if given.username is not None or (given.scheme, given.port) != (wanted.scheme, wanted.port):
            return False
    except ValueError:
        return False
    host, name = given.hostname or "", wanted.hostname or ""
    return host.endswith(f".{name}") if "*." in service else host == name


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
