"""Events to Socket.IO rooms: the whole state each time, built once for all who look at it."""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import request
from flask_socketio import ConnectionRefusedError, SocketIO, join_room

from server import frames
from server.api.callers import DEVICE_COOKIE, STAFF_COOKIE, device_from_cookie
from server.errors import CounterNotFound, QueueError, SignInIncomplete, TicketNotFound
from server.events import Event, EventKind
from server.operations.context import dumps
from server.placing import key_of
from server.screens import Screens
from server.ties import Ties

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

    from server.operations import Queue

log = logging.getLogger(__name__)

# Left to themselves the libraries write each line to standard error a second time.
library_log = logging.getLogger("server.sockets.io")
library_log.setLevel(logging.ERROR)

# A board is sent at once, and then at most ten times a second.
PUSH_EVERY_S = 0.1
SAID = (EventKind.MESSAGE_SHOWN, EventKind.MESSAGE_ENDED)
CALLS = (EventKind.TICKET_CALLED, EventKind.TICKET_RECALLED, EventKind.TICKET_RESUMED)


class Json:
    """JSON as the interface writes it, for Socket.IO's messages."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """Write compact JSON."""
        return dumps(value)

    @staticmethod
    def loads(text: str, **_: Any) -> Any:
        """Read JSON."""
        import json

        return json.loads(text)


class Pusher:
    """
    Sends what was marked: at once when nothing was sent for a while, else at the end of the pause.

    Who marks never waits: the sending is done by a task of its own.
    """

    def __init__(self, send: Callable[[Any], None], *, every_s: float = PUSH_EVERY_S) -> None:
        self._send = send
        self._every_s = every_s
        self._marked: dict[Any, None] = {}
        self._wake = threading.Event()
        self._stop = threading.Event()

    def mark(self, *keys: Any) -> None:
        """Have these sent soon."""
        self._marked.update(dict.fromkeys(keys))
        self._wake.set()

    def run(self) -> None:
        """Send until `stop`."""
        while not self._stop.is_set():
            self._wake.wait()
            self._wake.clear()
            marked, self._marked = self._marked, {}
            for key in marked:
                try:
                    self._send(key)
                except Exception:
                    log.exception("could not send %r", key)
            self._stop.wait(self._every_s)

    def stop(self) -> None:
        """End `run` soon."""
        self._stop.set()
        self._wake.set()


class Sockets:
    """
    The live side of the interface.

    Every process serves its own clients from the events that it hears, its own and those of the others
    (`relay.py`): a message is built once in each process and for each room, not once for each client.
    """

    def __init__(self, app: Flask, queue: Queue, *, async_mode: str) -> None:
        self._queue = queue
        self.io = SocketIO(
            app,
            async_mode=async_mode,
            json=Json,
            transports=["websocket"],
            cookie=None,
            ping_interval=20,
            ping_timeout=10,
            max_http_buffer_size=100_000,
            logger=library_log,
            engineio_logger=library_log,
        )
        frames.install(self.io)
        self._zones: set[str | None] = {None, *queue.context.config.zone}
        self._counters_serving: dict[str, list[int]] = {}
        for counter in queue.context.config.counters:
            for service in counter.services:
                self._counters_serving.setdefault(service, []).append(counter.number)
        self._followed: dict[str, tuple[int, int]] = {}
        self._sids: dict[str, str] = {}
        self.ties = Ties(self.io)
        self.screens = Screens(self.io, queue, self.ties)
        self._calls = Pusher(self._send_call, every_s=0.0)
        self._boards = Pusher(self._send_board)
        self._counters = Pusher(self._send_counter, every_s=0.25)
        self._tickets = Pusher(self._send_ticket, every_s=1.0)
        self._pushers = (self._calls, self._boards, self._counters, self._tickets)
        self._listen()
        queue.context.bus.subscribe(self._hear)
        queue.context.bus.subscribe(self.ties.hear)

    def start(self) -> None:
        """Begin to send."""
        for pusher in self._pushers:
            self.io.start_background_task(pusher.run)
        self.io.start_background_task(self.ties.run)

    def stop(self) -> None:
        """End the sending."""
        for pusher in self._pushers:
            pusher.stop()
        self.ties.stop()

    def waits_changed(self) -> None:
        """Send boards again because the forecast has changed."""
        self._boards.mark(*self._zones)

    # What clients do.

    def _listen(self) -> None:
        self.io.on_event("connect", self._connect_hall, namespace="/hall")
        self.io.on_event("connect", self._connect_counter, namespace="/counter")
        for namespace in ("/hall", "/counter"):
            self.io.on_event("disconnect", self._untie, namespace=namespace)
        self.io.on_event("connect", self._connect_ticket, namespace="/ticket")
        self.io.on_event("disconnect", self._disconnect_ticket, namespace="/ticket")

    def _connect_hall(self, _auth: Any = None) -> None:
        zone = request.args.get("zone") or None
        if zone not in self._zones:
            raise ConnectionRefusedError("zone_not_found")
        device = device_from_cookie()
        if device is not None:
            token = request.cookies[DEVICE_COOKIE]
            self._tie(key_of(device, token), partial(self._queue.devices.identify, token))
        join_room(_zone_room(zone))
        self._emit("board", self._queue.boards.view(zone), "/hall", request.sid)  # type: ignore[attr-defined]

    def _connect_counter(self, auth: Any = None) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        kind = None if token else "cookie"
        token = str(token or request.cookies.get(STAFF_COOKIE, ""))
        try:
            session = self._queue.sessions.identify(token, kind=kind)
            if session.lacks:
                raise SignInIncomplete
            number = int(request.args.get("counter", ""))
            view = self._queue.counters.view(number, session.user)
        except (QueueError, ValueError) as error:
            raise ConnectionRefusedError(getattr(error, "key", "bad_input")) from error
        self._tie(f"session:{session.id}:{number}", partial(self._check_counter, token, kind, number))
        join_room(_counter_room(number))
        self._emit("counter", view, "/counter", request.sid)  # type: ignore[attr-defined]

    def _check_counter(self, token: str, kind: str | None, number: int) -> None:
        """Raise what `identify` does, or CounterNotFound for whom it is no more."""
        session = self._queue.sessions.identify(token, kind=kind, is_used=False)
        if not self._queue.counters.is_for(number, session.user):
            raise CounterNotFound(counter=number)

    def _tie(self, key: str, check: Callable[[], object]) -> None:
        self.ties.tie(request.namespace, request.sid, key, check)  # type: ignore[attr-defined]

    def _untie(self, _reason: Any = None) -> None:
        self.ties.untie(request.namespace, request.sid)  # type: ignore[attr-defined]

    def _connect_ticket(self, auth: Any = None) -> None:
        token = str(auth.get("token", "")) if isinstance(auth, dict) else ""
        try:
            view = self._queue.tickets.view(token)
        except TicketNotFound as error:
            raise ConnectionRefusedError(error.key) from error
        join_room(_ticket_room(token))
        sid: str = request.sid  # type: ignore[attr-defined]
        self._sids[sid] = token
        id, followers = self._followed.get(token, (view["id"], 0))
        self._followed[token] = (id, followers + 1)
        self._emit("ticket", view, "/ticket", sid)

    def _disconnect_ticket(self, _reason: Any = None) -> None:
        token = self._sids.pop(request.sid, None)  # type: ignore[attr-defined]
        if token is None or token not in self._followed:
            return
        id, followers = self._followed[token]
        if followers > 1:
            self._followed[token] = (id, followers - 1)
        else:
            del self._followed[token]

    # What happens in the hall.

    def _hear(self, events: Sequence[Event]) -> None:
        for event in events:
            # A team on its way to a home is nobody's call in the hall.
            if event.kind in CALLS and event.counter not in self._queue.config.team_at:
                self._announce(event)
        self._boards.mark(*self._zones_of(events))
        self._counters.mark(*self._counters_of(events))
        touched = {event.ticket for event in events if event.ticket is not None}
        if touched:
            self._tickets.mark(*self._followed)

    def _announce(self, event: Event) -> None:
        """Have the chime and the voice sounded: once for each call, and not in the time of the one who calls."""
        call = {
            "number": event.number,
            "counter": event.counter,
            "language": event.data.get("language"),
            "call_count": event.data.get("call_count", 1),
            "version": event.id,
            "called_at": self._queue.context.local(event.at),
        }
        zone = self._queue.boards.zone_of(event.counter)
        self._calls.mark(*((_zone_room(each), tuple(call.items())) for each in (zone, None)))

    def _zones_of(self, events: Sequence[Event]) -> set[str | None]:
        zones: set[str | None] = {None}
        config = self._queue.context.config
        for event in events:
            zones.add(self._queue.boards.zone_of(event.counter))
            if event.service in config.service:
                zones.add(config.service[event.service].zone)
            if event.kind in SAID:
                zones |= self._zones if event.data["zone"] is None else {event.data["zone"]}
        return zones

    def _counters_of(self, events: Sequence[Event]) -> set[int]:
        numbers = {event.counter for event in events if event.counter is not None}
        services = {event.service for event in events if event.service is not None}
        services |= {event.data["to_service"] for event in events if event.data.get("to_service")}
        bounds = {event.data["bound"] for event in events if event.data.get("bound")}
        if any(bound.startswith("official:") for bound in bounds):
            numbers.update(self._queue.config.counter)
        numbers |= {int(bound.partition(":")[2]) for bound in bounds if bound.startswith("counter:")}
        return numbers.union(*(self._counters_serving.get(service, ()) for service in services))

    # What is sent.

    def _send_board(self, zone: str | None) -> None:
        if self._is_watched("/hall", _zone_room(zone)):
            self._broadcast("board", self._queue.boards.view(zone), "/hall", _zone_room(zone))

    def _send_call(self, call: tuple[str, tuple[tuple[str, Any], ...]]) -> None:
        room, items = call
        self._broadcast("call", dict(items), "/hall", room)

    def _send_counter(self, number: int) -> None:
        if self._is_watched("/counter", _counter_room(number)):
            self._broadcast("counter", self._queue.counters.view(number), "/counter", _counter_room(number))

    def _send_ticket(self, token: str) -> None:
        if token in self._followed:
            self._broadcast("ticket", self._queue.tickets.view(token), "/ticket", _ticket_room(token))

    def _is_watched(self, namespace: str, room: str) -> bool:
        rooms = self.io.server.manager.rooms.get(namespace, {})
        return bool(rooms.get(room))

    def _broadcast(self, event: str, message: Any, namespace: str, room: str) -> None:
        frames.broadcast(self.io, event, message, namespace=namespace, room=room)

    def _emit(self, event: str, message: Any, namespace: str, room: str) -> None:
        self.io.emit(event, message, namespace=namespace, to=room)


def _zone_room(zone: str | None) -> str:
    return f"zone:{zone or ''}"


def _counter_room(number: int) -> str:
    return f"counter:{number}"


def _ticket_room(token: str) -> str:
    return f"ticket:{token}"
