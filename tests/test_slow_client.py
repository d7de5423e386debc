"""A display that stops reading: nobody waits for it, it costs little, and it gets the whole state when it comes back."""

from __future__ import annotations

import os
import socket
import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.builders import BIRTH
from tests.servers import Server, running
from tests.socket_client import SocketClient

if TYPE_CHECKING:
    from collections.abc import Iterator

HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
)
LONGEST_S = 60.0
# Ten times what is usual between two boards here, for machines with other work.
PAUSE_S = 5.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("slow")
    with running(folder / "data", "demo", "--visitors-per-hour", "0") as server:
        # A busy hall: the board is as large as it gets.
        services = server.api("GET", "/services/now")["services"]
        for service in [key for key, now in services.items() if now["open"]][:60]:
            take_ticket(server, service)
        yield server


def take_ticket(server: Server, service: str) -> None:
    body = {"service": service, "print": False}
    server.api("POST", "/tickets", body, token=server.note("device:kiosk-1"))


def connect_and_read_nothing(port: int) -> socket.socket:
    """Be a display whose browser has hung: its small buffer fills, and no ping is answered."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.sendall(HANDSHAKE.format(port=port).encode())
    # Sent sooner, the next packet would end up with the handshake.
    assert b" 101 " in client.recv(300)
    mask = os.urandom(4)
    text = b"40/hall,"
    client.sendall(
        bytes((0x81, 0x80 | len(text))) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(text))
    )
    return client


def is_cut_off(client: socket.socket) -> bool:
    """Tell, without reading, whether the server has ended the connection."""
    try:
        client.send(b"\x8a\x80\x00\x00\x00\x00")  # an empty pong
    except OSError:
        return True
    return False


def make_boards(server: Server, until: threading.Event) -> None:
    while not until.is_set():
        take_ticket(server, BIRTH)


def versions(client: SocketClient) -> list[int]:
    return [board["version"] for board in client.events("board")]


def test_a_display_that_reads_nothing_delays_no_other_and_is_dropped_and_comes_back(server: Server) -> None:
    port = int(server.url.rpartition(":")[2])
    done = threading.Event()
    with (
        SocketClient(server.url, "/hall") as one,
        SocketClient(server.url, "/hall") as other,
    ):
        one.wait_for("board")
        slow = connect_and_read_nothing(port)
        tapping = [threading.Thread(target=make_boards, args=(server, done)) for _ in range(2)]
        for each in tapping:
            each.start()
        began = time.monotonic()
        while not is_cut_off(slow) and time.monotonic() - began < LONGEST_S:
            time.sleep(0.2)
        took_s = time.monotonic() - began
        done.set()
        for each in tapping:
            each.join()
        last = server.api("GET", "/hall")["version"]
        for display in (one, other):
            display.wait_for("board", lambda board: board["version"] >= last, within_s=15)

        assert took_s < LONGEST_S, "it was kept"
        seen, others = versions(one), versions(other)
        boards = [each for each in one.received if each.event == "board"]
    # The first comes on connect, and who came first may have one more of those that followed.
    assert seen[-len(others) + 1 :] == others[1:], "both get every board"
    pauses = [after.at - before.at for before, after in pairwise(boards)]
    assert max(pauses) < PAUSE_S, "the slow one was waited for"
    with SocketClient(server.url, "/hall") as back:
        assert back.wait_for("board")["version"] >= last
    assert "Traceback" not in server.log
