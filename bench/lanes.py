"""Requests over kept connections, each lane one after another, all lanes at once, in one thread."""

from __future__ import annotations

import json
import select
import socket
import time
from dataclasses import dataclass
from typing import Any

Request = dict[str, Any]
"""`method`, `path`, `headers` and `body`; the body is JSON already."""

Answer = list[Any]
"""Status, milliseconds, and the wanted facts of the body."""

GIVE_UP_S = 60.0
IDLE_S = 0.5


@dataclass(slots=True)
class Lane:
    """A connection and where it is in its requests."""

    connection: socket.socket
    waiting: list[bytes]
    answers: list[Answer]
    sent_at: float = 0.0
    received: bytes = b""


class Lanes:
    """A client of one server; more lanes are opened when asked for."""

    def __init__(self, port: int, wanted: list[str]) -> None:
        self._port = port
        self._wanted = wanted
        self._connections: list[socket.socket] = []
        self._ended_at = 0.0

    def run(self, requests: list[list[Request]]) -> dict[str, Any]:
        """
        Send the requests of each lane.

        Returns:
            `seconds` from the first request to the last answer, and `lanes`: the answers of each.
        """
        self._open(len(requests))
        lanes = {
            connection.fileno(): Lane(connection, [encode(each) for each in reversed(lane)], [])
            for connection, lane in zip(self._connections, requests, strict=False)
        }
        poll = select.epoll()
        for number in lanes:
            poll.register(number, select.EPOLLIN)
        started_at = time.perf_counter()
        open_lanes = sum(_send_next(lane) for lane in lanes.values())
        while open_lanes:
            ready = poll.poll(GIVE_UP_S)
            if not ready:
                raise TimeoutError(f"no answer within {GIVE_UP_S:.0f} s")
            for number, _ in ready:
                lane = lanes[number]
                if self._receive(lane) and not _send_next(lane):
                    open_lanes -= 1
        self._ended_at = time.perf_counter()
        seconds = self._ended_at - started_at
        poll.close()
        return {"seconds": seconds, "lanes": [lane.answers for lane in lanes.values()]}

    def one(self, request: Request) -> Answer:
        """Send a single request."""
        answers: list[list[Answer]] = self.run([[request]])["lanes"]
        return answers[0][0]

    def _open(self, count: int) -> None:
        # Gunicorn closes a connection that was idle for two seconds.
        if time.perf_counter() - self._ended_at > IDLE_S:
            while self._connections:
                self._connections.pop().close()
        while len(self._connections) < count:
            connection = socket.create_connection(("127.0.0.1", self._port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)

    def _receive(self, lane: Lane) -> bool:
        data = lane.connection.recv(262_144)
        if not data:
            raise ConnectionError("the server closed the connection")
        lane.received += data
        head, mark, body = lane.received.partition(b"\r\n\r\n")
        if not mark or len(body) < _length(head):
            return False
        elapsed_ms = (time.perf_counter() - lane.sent_at) * 1000
        status = int(head[9:12])
        lane.answers.append([status, elapsed_ms, self._facts(status, body)])
        lane.received = b""
        return True

    def _facts(self, status: int, body: bytes) -> list[Any]:
        if not self._wanted or not body:
            return []
        value = json.loads(body)
        return [value.get(each) for each in self._wanted] if status < 300 else [value]


def encode(request: Request) -> bytes:
    """Write a request as it is sent."""
    body = str(request.get("body", "")).encode()
    lines = [f"{request['method']} {request['path']} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in request.get("headers", {}).items()]
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def _send_next(lane: Lane) -> bool:
    if not lane.waiting:
        return False
    data = lane.waiting.pop()
    lane.sent_at = time.perf_counter()
    lane.connection.sendall(data)
    return True


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
