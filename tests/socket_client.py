"""A small Socket.IO client over a plain websocket: what a display made by someone else would speak."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import simple_websocket

if TYPE_CHECKING:
    from collections.abc import Callable

# Engine.IO's and Socket.IO's packet types, as their protocols number them.
OPEN, PING, PONG, MESSAGE = "0", "2", "3", "4"
CONNECT, DISCONNECT, EVENT, CONNECT_ERROR = "0", "1", "2", "4"
DISCONNECTED = "(disconnected)"


class Refused(Exception):
    """The server did not let this client in."""


@dataclass(frozen=True)
class Received:
    """A message, and when it came."""

    event: str
    data: Any
    at: float


class _Websocket(simple_websocket.Client):
    """Names the port in its Host header too, as browsers do: an Origin is compared with it."""

    def handshake(self) -> None:
        self.host = f"{self.host}:{self.port}"
        super().handshake()


class SocketClient:
    """
    One namespace over one connection; everything that comes is kept in order.

    Args:
        url: The server's, with http.
        headers: Of the handshake: a cookie, an origin.

    Raises:
        Refused: The handshake or the namespace was refused.
    """

    def __init__(
        self,
        url: str,
        namespace: str,
        *,
        query: str = "",
        auth: Any = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        address = f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket&{query}"
        try:
            self._socket = _Websocket.connect(address, headers=headers or {})
        except Exception as error:
            raise Refused(str(error)) from error
        self.namespace = namespace
        self.received: list[Received] = []
        self._changed = threading.Condition()
        self._answer: tuple[str, Any] | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._socket.send(f"{MESSAGE}{CONNECT}{namespace},{json.dumps(auth) if auth is not None else ''}")
        with self._changed:
            self._changed.wait_for(lambda: self._answer is not None, 10)
        kind, told = self._answer or (CONNECT_ERROR, "no answer")
        if kind == CONNECT_ERROR:
            self.close()
            raise Refused(told.get("message") if isinstance(told, dict) else told)

    @property
    def local_port(self) -> int:
        """This end of the connection."""
        port: int = self._socket.sock.getsockname()[1]
        return port

    def events(self, event: str) -> list[Any]:
        """List what came under this name."""
        with self._changed:
            return [each.data for each in self.received if each.event == event]

    def wait_for(
        self, event: str, check: Callable[[Any], Any] = lambda data: True, *, within_s: float = 20.0
    ) -> Any:
        """Wait for a message, also among those that came already."""

        def find() -> Received | None:
            return next((each for each in self.received if each.event == event and check(each.data)), None)

        with self._changed:
            self._changed.wait_for(find, within_s)
            found = find()
            assert found is not None, f"no {event} of that kind among {len(self.received)} messages"
            return found.data

    def send(self, packet: str) -> None:
        """Send a packet as it is."""
        self._socket.send(packet)

    def close(self) -> None:
        """Leave."""
        with contextlib.suppress(simple_websocket.ConnectionClosed, OSError):
            self._socket.close()
        self._reader.join(5)

    def __enter__(self) -> SocketClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> None:
        with contextlib.suppress(simple_websocket.ConnectionClosed, OSError):
            while True:
                packet = self._socket.receive()
                if packet == PING:
                    self._socket.send(PONG)
                elif isinstance(packet, str) and packet.startswith(MESSAGE):
                    self._take(packet[1], packet[2:])
        self._keep(DISCONNECTED, None)

    def _take(self, kind: str, rest: str) -> None:
        text = rest.partition(",")[2]
        data = json.loads(text) if text else None
        if kind == EVENT:
            self._keep(data[0], data[1])
        elif kind == DISCONNECT:
            self._keep(DISCONNECTED, None)
        elif kind in (CONNECT, CONNECT_ERROR):
            with self._changed:
                self._answer = (kind, data)
                self._changed.notify_all()

    def _keep(self, event: str, data: Any) -> None:
        with self._changed:
            self.received.append(Received(event, data, time.monotonic()))
            if event == DISCONNECTED and self._answer is None:
                self._answer = (CONNECT_ERROR, "closed")
            self._changed.notify_all()
