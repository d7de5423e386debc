"""
Websockets for many displays: a message is framed once for all who get it, and one greenlet reads each.

What Flask-SocketIO uses as it comes frames, and compresses, every message anew for every client, and drops what a
slow client's buffer does not take at once.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import simple_websocket  # type: ignore[import-untyped]
from wsproto.utilities import LocalProtocolError

if TYPE_CHECKING:
    from flask_socketio import SocketIO

FINAL_TEXT, FINAL_BINARY = 0x81, 0x82
# As many different messages as are on their way at the same time: a board for each zone, and some terminals'.
FRAMES_KEPT = 64


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


class NoThread:
    """Stands where a websocket would start a thread to read: `Framed.receive` reads by itself."""

    name = "(_thread)"

    def __init__(self, target: Any) -> None: ...

    def start(self) -> None:
        """Start nothing."""


class Framed(simple_websocket.Server):  # type: ignore[misc]
    """The server's end of a websocket."""

    connected: bool

    def __init__(self, environ: dict[str, Any], **options: Any) -> None:
        # Compressing a board for each display would cost four times what sending it does.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        super().__init__(environ, **options | {"thread_class": NoThread})

    def send(self, data: str | bytes) -> None:
        """Send a message whole; raises ConnectionClosed."""
        if not self.connected:
            raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)
        self.sock.sendall(frame(data))

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
            ended = self.app(self)
            # How each server is told that there is no answer to write any more.
            if self.ws.mode == "gunicorn":
                raise StopIteration
            if self.ws.mode == "werkzeug":
                raise ConnectionError
            return ended

    io.server.eio._async = {**driver, "websocket": FramedWebSocket}
