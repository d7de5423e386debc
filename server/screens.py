"""Enrolled browsers: each keeps a line on which it is told where it belongs, to load its page anew, or to go."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from flask import request
from flask_socketio import ConnectionRefusedError, join_room

from server.api.callers import DEVICE_COOKIE
from server.errors import DeviceNotFound
from server.events import EventKind
from server.placing import key_of, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask_socketio import SocketIO

    from server.events import Event
    from server.operations import Queue
    from server.ties import Ties

log = logging.getLogger(__name__)

NAMESPACE = "/screen"
PLACED = (EventKind.DEVICE_RENAMED, EventKind.DEVICE_MOVED)


class Screens:
    """
    The screens that are connected to this process.

    Print agents have a line of their own (`agents.py`), as they have no page.
    """

    def __init__(self, io: SocketIO, queue: Queue, ties: Ties) -> None:
        self._io = io
        self._queue = queue
        self._ties = ties
        io.on_event("connect", self._connect, namespace=NAMESPACE)
        io.on_event("disconnect", self._disconnect, namespace=NAMESPACE)
        queue.context.bus.subscribe(self._hear)

    def _connect(self, _auth: Any = None) -> None:
        token = request.cookies.get(DEVICE_COOKIE, "")
        try:
            device = self._queue.devices.identify(token)
        except DeviceNotFound as error:
            raise ConnectionRefusedError(error.key) from error
        sid: str = request.sid  # type: ignore[attr-defined]
        self._queue.devices.seen(device.id, request.args.get("version"))
        self._ties.tie(NAMESPACE, sid, key_of(device, token), lambda: self._queue.devices.identify(token))
        join_room(_room(device.id))
        self._io.emit("settings", settings_of(device), namespace=NAMESPACE, to=sid)

    def _disconnect(self, _reason: Any = None) -> None:
        key = self._ties.untie(NAMESPACE, request.sid)  # type: ignore[attr-defined]
        if key is not None:
            self._queue.devices.left(int(key.split(":")[1]))

    def _hear(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.kind in PLACED:
                self._place(event.data["device"])
            elif event.kind == EventKind.DEVICE_RESTARTED:
                self._io.emit("restart", {}, namespace=NAMESPACE, to=_room(event.data["device"]))
            elif event.kind == EventKind.DEVICE_REVOKED:
                self._io.emit("revoked", {}, namespace=NAMESPACE, to=_room(event.data["device"]))

    def _place(self, id: int) -> None:
        try:
            device = self._queue.device_desk.get(id)
        except DeviceNotFound:
            return
        self._io.emit("settings", settings_of(device), namespace=NAMESPACE, to=_room(id))


def _room(id: int) -> str:
    return f"device:{id}"
