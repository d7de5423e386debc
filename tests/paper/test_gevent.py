"""The server's process is monkey-patched: spooler and virtual printer must be green there, and yield."""

import subprocess
import sys

SCRIPT = """
from gevent import monkey; monkey.patch_all()
import gevent, pathlib, sys, time
from printing import bitmap, escpos
from printing.spooler import Printer, Spooler
from printing.virtual import VirtualPrinter
from tests.paper import samples
from tests.paper.store import MemoryStore, utc_now

def render(job):
    return pool.apply(lambda: escpos.encode(bitmap.render(samples.ticket(), dots=576)))

pool = gevent.get_hub().threadpool
printer = VirtualPrinter(pathlib.Path(sys.argv[1]), offload=pool.apply)
printer.start()
store = MemoryStore()
rows = [store.add(f"kiosk-{n % 3}") for n in range(9)]
dead = store.add("kiosk-dead")
printers = [Printer(f"kiosk-{n}", printer.uri) for n in range(3)] + [Printer("kiosk-dead", "tcp://192.0.2.1:9100")]
spooler = Spooler(store=store, printers=printers, render=render, clock=utc_now)
spooler.start()
deadline, longest, last = time.monotonic() + 20, 0.0, time.monotonic()
while any(row.state != "printed" for row in rows) and time.monotonic() < deadline:
    gevent.sleep(0.005)
    longest, last = max(longest, time.monotonic() - last), time.monotonic()
began = time.monotonic()
spooler.stop()
stopped = time.monotonic() - began
printer.stop()
print([row.state for row in rows].count("printed"), len(printer.slips()), longest < 0.5, stopped < 2)
"""


def test_slips_are_printed_under_gevent_without_holding_up_the_loop(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "slips")], capture_output=True, text=True, timeout=60
    )

    assert run.stdout.split() == ["9", "9", "True", "True"], run.stderr
