"""
Many displays in one thread: Socket.IO over websockets, with compression offered as browsers do.

Frames are kept as they come, each with its time, and read only afterwards: with a thousand displays the client's own
work would otherwise be what is measured.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
)
QUIET_S = 0.15
GIVE_UP_S = 20.0


@dataclass(slots=True)
class Watcher:
    """One display: its socket, and what came."""

    connection: socket.socket
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    rest: bytes = b""
    inflate: Any = None
    parts: bytes = b""

    def messages(self) -> list[tuple[float, bytes]]:
        """Take the messages that have come whole; pings are answered."""
        found = []
        for at, data in self.chunks:
            self.rest += data
            while (message := self._next_frame()) is not None:
                if message == b"2":
                    self.send(b"3")
                elif message:
                    found.append((at, message))
        self.chunks.clear()
        return found

    def send(self, text: bytes) -> None:
        """Send a short text frame, masked as clients must."""
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(text))
        self.connection.sendall(bytes((0x81, 0x80 | len(text))) + mask + masked)

    def _next_frame(self) -> bytes | None:
        """Take a frame off what has come; b"" for one that ends no message, None when it is not whole."""
        data = self.rest
        if len(data) < 2:
            return None
        length, start = data[1] & 0x7F, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(data) < start:
                return None
            length = struct.unpack("!H" if start == 4 else "!Q", data[2:start])[0]
        if len(data) < start + length:
            return None
        self.rest = data[start + length :]
        payload = data[start : start + length]
        if data[0] & 0x08:
            return b""
        if data[0] & 0x40 or (self.parts and self.inflate and not data[0] & 0x0F):
            payload = self.inflate.decompress(payload + (b"\x00\x00\xff\xff" if data[0] & 0x80 else b""))
        self.parts += payload
        if not data[0] & 0x80:
            return b""
        whole, self.parts = self.parts, b""
        return whole


class Watchers:
    """All displays of one server."""

    def __init__(self, port: int, count: int, query: str) -> None:
        self._poll = select.epoll()
        self.all: dict[int, Watcher] = {}
        for number in range(count):
            if number % 50 == 49:
                self._answer_pings()
            watcher = _connect(port, query)
            self.all[watcher.connection.fileno()] = watcher
            self._poll.register(watcher.connection.fileno(), select.EPOLLIN)

    def _answer_pings(self) -> None:
        """Two thousand take longer to connect than a server waits for a pong."""
        while self.receive(0.0):
            for watcher in self.all.values():
                if watcher.chunks:
                    watcher.messages()

    def receive(self, timeout_s: float) -> bool:
        """Take in what has come; False when nothing came within the time."""
        ready = self._poll.poll(timeout_s)
        clock = time.perf_counter
        for number, _ in ready:
            watcher = self.all[number]
            data = watcher.connection.recv(1_048_576)
            if not data:
                raise ConnectionError("a display was cut off")
            watcher.chunks.append((clock(), data))
        return bool(ready)

    def settle(self) -> list[list[tuple[float, bytes]]]:
        """Wait until nothing has come for a moment, and take the messages of each display."""
        give_up_at = time.perf_counter() + GIVE_UP_S
        while self.receive(QUIET_S) and time.perf_counter() < give_up_at:
            pass
        return [watcher.messages() for watcher in self.all.values()]

    @property
    def compressed(self) -> bool:
        """Tell whether the server agreed to compress."""
        return any(watcher.inflate is not None for watcher in self.all.values())


def _connect(port: int, query: str) -> Watcher:
    connection = socket.create_connection(("127.0.0.1", port), timeout=GIVE_UP_S)
    connection.sendall(HANDSHAKE.format(query=query, port=port).encode())
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            break
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    if b" 101 " not in head.split(b"\r\n")[0]:
        raise ConnectionError(head.decode(errors="replace"))
    watcher = Watcher(connection, rest=rest)
    if b"permessage-deflate" in head:
        watcher.inflate = zlib.decompressobj(-15)
    watcher.send(b"40/hall,")
    return watcher
