"""The tablets of counters: each is told whom to ask, and that nobody is to be asked any more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import request
from flask_socketio import ConnectionRefusedError, SocketIO, join_room

from server.api.callers import DEVICE_COOKIE, device_from_cookie
from server.errors import DeviceNotFound
from server.placing import key_of
from server.sockets import Pusher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.events import Event
    from server.operations import Queue
    from server.ties import Ties

NAMESPACE = "/tablet"
PUSH_EVERY_S = 0.2


class Tablets:
    """A room for each counter whose tablet is connected to this process; what is sent is always the whole state."""

    def __init__(self, io: SocketIO, queue: Queue, ties: Ties) -> None:
        self._io = io
        self._ties = ties
        self._queue = queue
        self._pusher = Pusher(self._send, every_s=PUSH_EVERY_S)
        self._here: dict[str, int] = {}
        io.on_event("connect", self._connect, namespace=NAMESPACE)
        io.on_event("disconnect", self._disconnect, namespace=NAMESPACE)
        queue.context.bus.subscribe(self._hear)

    def start(self) -> None:
        """Begin to send."""
        self._io.start_background_task(self._pusher.run)

    def stop(self) -> None:
        """End the sending."""
        self._pusher.stop()

    def _connect(self, _auth: object = None) -> None:
        device = device_from_cookie()
        if device is None or device.kind != "tablet" or device.counter is None:
            raise ConnectionRefusedError("device_not_found")
        sid: str = request.sid  # type: ignore[attr-defined]
        token = request.cookies[DEVICE_COOKIE]
        key = f"{key_of(device, token)}:{device.counter}"
        self._ties.tie(NAMESPACE, sid, key, partial(self._check, token, device.counter))
        self._here[sid] = device.counter
        join_room(str(device.counter))
        self._io.emit("ask", self._state(device.counter), namespace=NAMESPACE, to=sid)

    def _disconnect(self, _reason: object = None) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]
        self._ties.untie(NAMESPACE, sid)
        self._here.pop(sid, None)

    def _check(self, token: str, counter: int) -> None:
        """Raise DeviceNotFound for a tablet that was revoked, or stands on another counter now."""
        if self._queue.devices.identify(token).counter != counter:
            raise DeviceNotFound

    def _hear(self, events: Sequence[Event]) -> None:
        here = set(self._here.values())
        touched = here.intersection(event.counter for event in events if event.counter is not None)
        # A rating carries no counter, so that nobody can tell from the log who gave it.
        if any(event.counter is None for event in events):
            touched = here
        if touched:
            self._pusher.mark(*touched)

    def _send(self, counter: int) -> None:
        self._io.emit("ask", self._state(counter), namespace=NAMESPACE, to=str(counter))

    def _state(self, counter: int) -> dict[str, object]:
        return {"ask": self._queue.ratings.at_counter(counter)}
