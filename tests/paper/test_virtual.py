"""The printer that is not there prints what a real one would."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from printing import bitmap, escpos
from printing.spooler import Printer, Spooler
from printing.virtual import EDGE_DOTS, VirtualPrinter
from tests.paper import samples
from tests.paper.store import MemoryStore, utc_now


@pytest.fixture
def printer(tmp_path):
    printers = []

    def make(**settings):
        printers.append(VirtualPrinter(tmp_path / "slips", **settings))
        printers[-1].start()
        return printers[-1]

    yield make
    for made in printers:
        made.stop()


def print_through_spooler(printer, count=1):
    store = MemoryStore()
    rows = [store.add() for _ in range(count)]
    spooler = Spooler(
        store=store,
        printers=[Printer("kiosk-1", printer.uri)],
        render=lambda job: escpos.encode(bitmap.render(samples.ticket(), dots=576)),
        clock=utc_now,
    )
    spooler.start()
    deadline = time.monotonic() + 10
    while not all(row.state == "printed" for row in rows):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    spooler.stop()
    return rows


def test_a_slip_is_kept_as_the_very_pixels_with_papers_white_edge(printer):
    seen = []

    [row] = print_through_spooler(printer(on_slip=seen.append))

    drawn = bitmap.render(samples.ticket(), dots=576)
    side, top = EDGE_DOTS
    with Image.open(seen[0]) as kept:
        assert kept.crop((side, top, side + 576, top + drawn.height)).tobytes() == drawn.tobytes()
    assert row.confirmed == "process-id"


def test_only_the_newest_slips_are_kept_and_their_names_go_on_after_a_restart(printer):
    first = printer(keep=3)
    print_through_spooler(first, count=4)
    first.stop()

    second = printer(keep=3)
    print_through_spooler(second)

    assert [int(path.name.split("-")[1]) for path in second.slips()] == [3, 4, 5]


def test_the_picture_is_written_where_the_caller_wants_the_work_done(printer):
    with ThreadPoolExecutor(1) as pool:
        made = printer(offload=lambda work, arguments: pool.submit(work, *arguments).result())

        print_through_spooler(made)

    assert len(made.slips()) == 1
