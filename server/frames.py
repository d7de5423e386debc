"""
Websockets for many displays: a message is framed once and written to all who get it; one greenlet reads each.

What Flask-SocketIO uses as it comes frames, and compresses, every message anew for every client, wakes a greenlet of
each to write it, and drops what a slow client's buffer does not take at once.
"""

from __future__ import annotations

import logging
import socket
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import simple_websocket  # type: ignore[import-untyped]
from engineio.packet import MESSAGE, Packet
from socketio.packet import EVENT
from wsproto.utilities import LocalProtocolError

if TYPE_CHECKING:
    from flask_socketio import SocketIO

log = logging.getLogger(__name__)

FINAL_TEXT, FINAL_BINARY = 0x81, 0x82
# As many different messages as are on their way at the same time: a board for each zone, and some terminals'.
FRAMES_KEPT = 64
# A client that reads too slowly costs this much and no more, and then its connection: each board is the whole state, and
# who comes back gets it anew. So many boards are two seconds of the busiest hall.
QUEUED_AT_MOST = 20
BUFFER_BYTES = 128 * 1024
# Longer than from one of Engine.IO's pings to the answer that is too late: a cable was pulled.
PATIENCE_S = 35.0


@lru_cache(maxsize=FRAMES_KEPT)
def frame(message: str | bytes) -> bytes:
    """
    Write a message as an unmasked frame (RFC 6455, section 5.2).

    >>> frame("2")
    b'\\x81\\x012'
    >>> frame("x" * 200)[:4]
    b'\\x81~\\x00\\xc8'
    """
    data = message if isinstance(message, bytes) else message.encode()
    kind = FINAL_BINARY if isinstance(message, bytes) else FINAL_TEXT
    if len(data) < 126:
        head = struct.pack("!BB", kind, len(data))
    elif len(data) < 65_536:
        head = struct.pack("!BBH", kind, 126, len(data))
    else:
        head = struct.pack("!BBQ", kind, 127, len(data))
    return head + data


class Rest(Packet):  # type: ignore[misc]
    """The rest of a frame, queued as Engine.IO's packets are."""

    def __init__(self, data: bytes) -> None:
        super().__init__(MESSAGE, "")
        self.data = data

    def encode(self, b64: bool = False) -> Rest:
        """Return what `Framed.send` writes as it is."""
        return self


class NoThread:
    """Stands where a websocket would start a thread to read: `Framed.receive` reads by itself."""

    name = "(_thread)"

    def __init__(self, target: Any) -> None: ...

    def start(self) -> None:
        """Start nothing."""


class ShakenHands:
    """Stands where a websocket would keep for good what it needed for the handshake: 3 KiB of each display's 50."""

    def events(self) -> tuple[()]:
        """Tell that nothing more comes of it."""
        return ()


class Framed(simple_websocket.Server):  # type: ignore[misc]
    """The server's end of a websocket."""

    connected: bool
    is_writing = False

    def __init__(self, environ: dict[str, Any], **options: Any) -> None:
        # Compressing a board for each display would cost four times what sending it does.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        super().__init__(environ, **options | {"thread_class": NoThread})
        if self.ws.connection is not None:
            self.ws.handshake = ShakenHands()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        # Also for writing: a client that stopped reading would keep its writer for good.
        self.sock.settimeout(PATIENCE_S)

    def send(self, data: str | bytes | Rest) -> None:
        """Send a message whole; raises ConnectionClosed."""
        if not self.connected:
            raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)
        self.is_writing = True
        try:
            self.sock.sendall(data.data if isinstance(data, Rest) else frame(data))
        finally:
            self.is_writing = False

    def write_now(self, data: bytes) -> bytes:
        """
        Write what the client's buffer takes at once.

        Returns:
            The rest; all of it where somebody writes already or this is no socket of gevent's.
        """
        raw = getattr(self.sock, "_sock", None)
        if raw is None or self.is_writing or not self.connected:
            return data
        try:
            return data[raw.send(data) :]
        except OSError:  # the buffer is full, or the client gone: the writer will find out
            return data

    def drop(self) -> None:
        """End the connection at once, and with it all that is on its way; reader and writer find out by themselves."""
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            log.debug("the client was gone already", exc_info=True)

    def receive(self, timeout: float | None = None) -> Any:
        """Wait for a message; raises ConnectionClosed."""
        while self.connected and not self.input_buffer:
            try:
                data = self.sock.recv(self.receive_bytes)
                if data:
                    self.ws.receive_data(data)
                self.connected = bool(data) and self._handle_events()
            except (OSError, LocalProtocolError):
                self.connected = False
            if not self.connected:
                self.sock.close()
        if self.input_buffer:
            return self.input_buffer.pop(0)
        raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)


def install(io: SocketIO) -> None:
    """Have a server's websockets made here."""
    driver = io.server.eio._async
    as_it_comes: Any = driver["websocket"]

    class FramedWebSocket(as_it_comes):  # type: ignore[misc]
        """Engine.IO's websocket on `Framed`."""

        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            self.ws = Framed(environ, **self.server_args)
            # The handler is a method of Engine.IO's socket, from which `broadcast` finds this end.
            self.app.__self__.framed = self.ws
            ended = self.app(self)
            # How each server is told that there is no answer to write any more.
            if self.ws.mode == "gunicorn":
                raise StopIteration
            if self.ws.mode == "werkzeug":
                raise ConnectionError
            return ended

    io.server.eio._async = {**driver, "websocket": FramedWebSocket}


def broadcast(io: SocketIO, event: str, message: Any, *, namespace: str, room: str) -> None:
    """
    Send a message to everyone in a room.

    It is written straight to whoever is up to date; for whoever is behind it is queued, as Socket.IO would. Whoever is too
    far behind is dropped: nobody waits for him, and the whole state awaits him when he comes back.
    """
    server = io.server
    packet = server.packet_class(EVENT, namespace=namespace, data=[event, message])
    whole = Packet(MESSAGE, packet.encode())
    data = frame(whole.encode())
    for _, sid in list(server.manager.get_participants(namespace, room)):
        end = server.eio.sockets.get(sid)
        if end is None or end.closed or not end.check_ping_timeout():
            continue
        framed = getattr(end, "framed", None)
        rest = framed.write_now(data) if framed is not None and end.queue.empty() else data
        if not rest:
            continue
        if end.queue.qsize() < QUEUED_AT_MOST:
            end.queue.put(whole if len(rest) == len(data) else Rest(rest))
        elif framed is not None:
            log.info("a client of %s reads too slowly and is dropped", namespace)
            framed.drop()
