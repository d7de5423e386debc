"""A power cut in the middle of a busy minute: nothing is lost, numbered twice, or printed twice."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from printing.decode import decode
from tests.builders import BIRTH
from tests.centres import open_all_day, write_config
from tests.paper.emulator import PrinterEmulator
from tests.servers import eventually, run_command, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KIOSKS = 4
TAPS = 12
DOTS = 576
# So slow that the power goes in the middle of a slip.
SLOW = 40_000


@pytest.fixture
def printer() -> Iterator[PrinterEmulator]:
    """A printer of its own, which a power cut at the server leaves running."""
    printer = PrinterEmulator(bytes_per_s=SLOW)
    yield printer
    printer.close()


def query(data: Path, statement: str) -> list[Any]:
    with sqlite3.connect(f"file:{data / 'navbat.sqlite'}?mode=ro", uri=True) as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.timeout(180)
def test_a_killed_server_has_lost_nothing_when_it_is_back(tmp_path: Path, printer: PrinterEmulator) -> None:
    def change(centre: dict[str, Any]) -> None:
        open_all_day(centre)
        centre["printers"][0]["uri"] = printer.uri

    data = tmp_path / "data"
    config = str(write_config(tmp_path / "config.yaml", change))
    added = run_command("device", "add", "k", "--kind", "kiosk", "--config", config, "--data-dir", str(data))
    token = added.stdout.strip()
    given: list[dict[str, Any]] = []

    with running(data, "serve", "--config", config) as server:
        stop = threading.Event()

        def tap(kiosk: int) -> None:
            for count in range(TAPS):
                if stop.is_set():
                    return
                try:
                    key = {"Idempotency-Key": f"{kiosk}-{count}"}
                    ticket = server.api("POST", "/tickets", {"service": BIRTH}, token=token, headers=key)
                    given.append({**ticket, "key": key})
                except OSError:
                    return  # the power is gone

        kiosks = [threading.Thread(target=tap, args=(kiosk,)) for kiosk in range(KIOSKS)]
        for kiosk in kiosks:
            kiosk.start()
        sending = "SELECT id FROM print_jobs WHERE state = 'sending'"
        eventually(lambda: len(given) >= 15 and len(printer.slips) >= 1 and query(data, sending), within_s=30)
        server.kill()
        printer.bytes_per_s = None
        stop.set()
        for kiosk in kiosks:
            kiosk.join()
        half_sent = query(data, sending)

        server.start()
        shown = [server.api("GET", f"/tickets/{ticket['token']}") for ticket in given]
        again = server.api("POST", "/tickets", {"service": BIRTH}, token=token, headers=given[0]["key"])
        after = server.api("POST", "/tickets", {"service": BIRTH}, token=token)
        eventually(
            lambda: not query(data, "SELECT 1 FROM print_jobs WHERE state IN ('queued', 'sending')"),
            within_s=60,
        )
        states = Counter(state for (state,) in query(data, "SELECT state FROM print_jobs"))
        time.sleep(1)
        assert server.stop() < 5

    # Every ticket that was told is there, with its number; a tap whose answer was lost finds its ticket again.
    assert again["token"] == given[0]["token"]
    assert [(ticket["number"], ticket["state"]) for ticket in shown] == [
        (ticket["number"], "waiting") for ticket in given
    ]
    numbers = [number for (number,) in query(data, "SELECT number FROM tickets ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert int(after["number"][1:]) == len(numbers)
    # What was half sent when the power went is held for a person to decide: it may be on paper already.
    assert states["printed"] + states["held"] == len(numbers)
    assert states["held"] == len(half_sent) <= 1
    pictures = [each.tobytes() for slip in printer.slips for each in decode(slip, dots=DOTS).pictures]
    assert len(set(pictures)) == len(pictures), "a slip came out twice"
    torn = 1  # what was on paper when the power went is cut off before the next slip
    assert states["printed"] <= len(pictures) <= len(numbers) + torn
