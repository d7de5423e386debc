"""Frames that a slow client takes in parts arrive whole and in order."""

from __future__ import annotations

import socket
import threading
from types import SimpleNamespace

import pytest

from server.frames import Framed, Rest, frame


@pytest.fixture
def ends():
    """A websocket's end on a buffer that is soon full, as gevent's sockets are seen, and the client's socket."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    ours.setblocking(False)
    framed = object.__new__(Framed)
    framed.connected = True
    framed.sock = SimpleNamespace(
        _sock=ours, sendall=lambda data: (ours.setblocking(True), ours.sendall(data))
    )
    yield framed, theirs
    ours.close()
    theirs.close()


def read(client, size):
    data = b""
    while len(data) < size:
        data += client.recv(65_536)
    return data


def test_a_small_message_is_written_at_once(ends):
    framed, client = ends

    assert framed.write_now(frame("hello")) == b""
    assert client.recv(100) == b"\x81\x05hello"


def test_what_a_full_buffer_does_not_take_is_sent_after(ends):
    framed, client = ends
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    whole = frame("x" * 60_000)

    rest = framed.write_now(whole)
    assert 0 < len(rest) < len(whole)
    client_has = read(client, len(whole) - len(rest))
    writer = threading.Thread(target=framed.send, args=(Rest(rest).encode(),))
    writer.start()
    client_has += read(client, len(rest))
    writer.join()

    assert client_has == whole


def test_nothing_is_written_between_the_parts_of_another_message(ends):
    framed, _ = ends
    framed.is_writing = True

    assert framed.write_now(frame("hello")) == frame("hello")


@pytest.mark.parametrize(("length", "head"), [(125, 2), (126, 4), (65_535, 4), (65_536, 10)])
def test_a_frame_tells_its_length(length, head):
    data = frame("x" * length)

    assert len(data) == head + length
    told = data[1] if head == 2 else int.from_bytes(data[2:head], "big")
    assert told == length
