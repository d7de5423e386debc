"""A board and an enrolled display outlive the server that is killed under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.screens.waiting import until
from tests.servers import Server, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.screens.conftest import Screens


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path / "data") as server:
        yield server


def test_a_killed_server_is_told_and_forgiven(server: Server, screens: Screens) -> None:
    supervisor = server.sign_in("supervisor", server.note("password:supervisor"))
    display = screens.open(f"{server.url}/enrol", 1920, 1080, locale="en")
    display.wait_for_selector("#qr:not([hidden])")
    code = display.locator("#code").inner_text()
    device = server.api(
        "POST",
        "/devices",
        {"code": code, "name": "Entrance", "kind": "display", "zone": "b"},
        token=supervisor,
    )
    board = screens.open(f"{server.url}/display?zone=c", 1080, 1920)
    for page in (display, board):
        page.wait_for_selector('.strip[data-live="yes"]')

    with screens.without_server():
        server.kill()
        for page in (display, board):
            page.wait_for_selector('.strip[data-live="no"]')
        server.start()
        for page in (display, board):
            page.wait_for_selector('.strip[data-live="yes"]', timeout=40_000)

        shown = {"kind": "message", "text": {"az": "Buradayıq"}}
        server.api("POST", "/messages", shown, token=supervisor)
        for page in (display, board):
            page.wait_for_selector(".message:has-text('Buradayıq')")
        server.api("POST", f"/devices/{device['id']}/move", {"zone": "c"}, token=supervisor)
        until(
            display,
            "name => document.querySelector('.board__zone')?.textContent === name",
            arg=board.locator(".board__zone").inner_text(),
        )
