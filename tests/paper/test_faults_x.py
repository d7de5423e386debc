"""
Every fault at every stage, and five hundred slips through faults at random: one whole original on paper, or a held
job that says why; never two unmarked.
"""

from __future__ import annotations

import random
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from sqlalchemy import insert, select

from printing import escpos
from printing.decode import decode
from printing.spooler import Printer, Spooler, Timing
from server.clock import Randomness
from server.db.engine import Database
from server.db.models import print_events, print_jobs
from server.job_store import DatabaseJobStore
from tests.paper.emulator import PrinterEmulator
from tests.paper.store import MemoryStore, utc_now
from tests.paper.test_spooler import JOB, QUICK, spooling, wait_for, whole_tickets

# Where in the life of a slip of `JOB`'s length, in bytes that were printed: before it, in its head, and so on.
STAGES = {
    "before": 0,
    "head": 25,
    "first band": 300,
    "middle": len(JOB) // 2,
    "last band": len(JOB) - 300,
    "cut": len(JOB) + 2,
    "word": len(JOB) + 12,
}
AT = {
    "paper out": lambda at: {"stop_at": at},
    "cover open": lambda at: {"stop_at": at, "stop_cause": "cover_open"},
    "cutter error": lambda at: {"stop_at": at, "stop_cause": "cutter_error"},
    "reset": lambda at: {"reset_at": at},
    "network": lambda at: {"cut_off_at": at + 20},
    "refused": lambda at: {"refuse_at": at},
    "silence": lambda at: {"mute_at": at},
    "frozen": lambda at: {"freeze_at": at},
}
MANNERS = {
    "slow drip": {"drip_s": 0.02},
    "slow intake": {"intake_bytes_per_s": 60_000},
    "late status": {"babbles": True},
    "slow print": {"bytes_per_s": 100_000},
}
WORDS = {
    "process id": {},
    "fence": {"echoes": False},
}


@pytest.fixture
def emulators():
    made = []

    def make(**faults):
        made.append(PrinterEmulator(**faults))
        return made[-1]

    yield make
    for printer in made:
        printer.close()


def fail_before(printer, fault):
    """Bring a fault about before anything was sent."""
    {
        "paper out": lambda: printer.fault("paper_out"),
        "cover open": lambda: printer.fault("cover_open"),
        "cutter error": lambda: printer.fault("cutter_error"),
        "reset": printer.reset,
        "network": printer.cut_off,
        "refused": printer.refuse,
        "silence": lambda: setattr(printer, "speaks", False),
        "frozen": lambda: setattr(printer, "frozen", True),
    }[fault]()


@pytest.mark.parametrize("fault", AT)
def test_each_fault_at_each_stage_leaves_one_original_or_a_held_job_that_says_why(emulators, fault):
    """A printer for each stage and word; when all have met their fault, they are mended, and get another slip."""
    store = MemoryStore()
    cases = [(stage, word) for stage in STAGES for word in WORDS]
    printers = [
        emulators(buffer_bytes=4096, **(AT[fault](STAGES[stage]) if STAGES[stage] else {}), **WORDS[word])
        for stage, word in cases
    ]
    for (stage, _), printer in zip(cases, printers, strict=True):
        if not STAGES[stage]:
            fail_before(printer, fault)
    first = [store.add(f"kiosk-{index}") for index in range(1, len(printers) + 1)]
    known = [{"process id": "process-id", "fence": "processed"}[word] for _, word in cases]
    resolute = Timing(**{**QUICK.__dict__, "patience_s": 0.25, "abandon_s": 1.0})

    with spooling(store, *printers, confirmations=known, timing=resolute):
        wait_for(lambda: all(row.state != "queued" or row.job.attempts for row in first), within_s=15)
        wait_for(lambda: all(row.state != "sending" for row in first), within_s=15)
        met = [(row.state, row.reason) for row in first]
        for printer in printers:
            printer.mend()
        second = [store.add(row.job.printer) for row in first]
        wait_for(lambda: all(row.state == "printed" for row in second), within_s=20)

    for case, row, printer, (state, reason) in zip(cases, first, printers, met, strict=True):
        originals = whole_tickets(printer) - 1
        told = (fault, case, state, reason, row.history)
        assert state in ("queued", "held", "printed"), told
        assert state == "printed" or reason, told
        assert originals == 1 if row.state == "printed" else originals in (0, 1), told
        assert row.state in ("printed", "held"), told
        assert row.state != "held" or row.reason, told
        assert printer.garbage == [], told


@pytest.mark.parametrize("word", WORDS)
def test_a_printer_of_slow_or_strange_manners_prints_each_slip_once(emulators, word):
    store = MemoryStore()
    printers = [emulators(**manner, **WORDS[word]) for manner in MANNERS.values()]
    rows = [store.add(f"kiosk-{index}") for _ in range(2) for index in range(1, len(printers) + 1)]
    patient = Timing(**{**QUICK.__dict__, "answer_s": 1.0, "patience_s": 5.0})

    with spooling(store, *printers, timing=patient):
        wait_for(lambda: all(row.state == "printed" for row in rows), within_s=20)

    assert [whole_tickets(printer) for printer in printers] == [2] * len(printers)
    assert {row.confirmed for row in rows} == {"process-id" if word == "process id" else "processed"}


PRINTERS, EACH, SEED = 10, 50, 5
DOTS = 576
ROWS = 100
BRISK = Timing(
    connect_s=0.4,
    answer_s=0.2,
    poll_s=0.02,
    stall_s=0.1,
    patience_s=0.2,
    abandon_s=3,
    idle_check_s=60,
    idle_take_s=0.02,
    longest_retry_s=0.05,
    stop_grace_s=0.3,
)


def slip(number, copy_no):
    """Draw a slip like no other: noise that its number seeds, under a black bar where it is a copy."""
    noise = (
        random.Random(number).randbytes(DOTS // 8 * ROWS).replace(b"\xef", b"\xff")
    )  # nothing to be mended
    bar = bytes(DOTS // 8 * 8) if copy_no else b""
    return Image.frombytes("1", (DOTS, len(bar + noise) * 8 // DOTS), bar + noise)


class Mischief:
    """Does to one printer what halls do to theirs, as a seed says, until it is told to stop."""

    def __init__(self, printer, seed):
        self.printer, self.met = printer, []
        self._random, self._stop = random.Random(seed), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._thread.join()
        self.printer.mend()

    def _run(self):
        pick, printer = self._random, self.printer
        acts = {
            **{f"{cause} now": lambda cause=cause: printer.fault(cause) for cause in CAUSES},
            **{f"{cause} soon": lambda cause=cause: self._soon("stop_at", cause) for cause in CAUSES},
            "near end": lambda: printer.fault("near_end"),
            "reset now": printer.reset,
            "reset soon": lambda: self._soon("reset_at"),
            "network now": printer.cut_off,
            "network soon": lambda: setattr(
                printer, "cut_off_at", printer.received + pick.randrange(1, 4000)
            ),
            "refused": printer.refuse,
            "silence": lambda: self._soon("mute_at"),
            "frozen": lambda: self._soon("freeze_at"),
            "slow drip": lambda: setattr(printer, "drip_s", 0.01),
            "slow intake": lambda: setattr(printer, "intake_bytes_per_s", 40_000),
            "late status": lambda: setattr(printer, "babbles", True),
            "noise": lambda: printer.say_late(bytes(pick.choices(NOISE, k=5))),
        }
        while not self._stop.wait(pick.uniform(0.02, 0.25)):
            name = pick.choice(list(acts))
            acts[name]()
            self.met.append(name)
            self._stop.wait(pick.uniform(0.02, 0.4))
            printer.mend()

    def _soon(self, what, cause=None):
        if cause is not None:
            self.printer.stop_cause = cause
        # Where the printer has gone past the place meanwhile, nothing happens: that is a fault's luck.
        setattr(self.printer, what, self.printer.printed + self._random.randrange(1, 4000))


# Of a disturbed line; what a printer itself would never send, as a byte of its own kind is its word.
NOISE = (0x80, 0x91, 0xC3, 0xFF, 0x11, 0x13)
CAUSES = ("paper_out", "cover_open", "cutter_error")


@pytest.fixture
def database(sqlite_template, tmp_path):
    shutil.copy(sqlite_template, tmp_path / "hall.sqlite")
    made = Database(
        f"sqlite:///{tmp_path / 'hall.sqlite'}",
        centre="asan-1",
        timezone="Asia/Baku",
        clock=utc_now,
        randomness=Randomness(),
        publish=lambda events: None,
    )
    yield made
    made.close()


def write_jobs(database):
    now = datetime.now(UTC)
    rows = [
        {
            "centre": "asan-1",
            "request_id": number,
            "kind": "ticket",
            "printer": f"kiosk-{number % PRINTERS}",
            "document": {"number": number},
            "language": "az",
            "state": "queued",
            "created_at": now,
            "expires_at": now + timedelta(hours=1),
            "next_try_at": now,
        }
        for number in range(1, PRINTERS * EACH + 1)
    ]
    with database.write() as tx:
        tx.execute(insert(print_jobs), rows)


def read(database, table):
    with database.read() as connection:
        return connection.execute(select(table).order_by(table.c.id)).fetchall()


def test_five_hundred_slips_through_faults_at_random_come_out_once_or_are_held(emulators, database):
    """The jobs are rows of a real database; a printer lost before the cut is given one copy, which says so."""
    write_jobs(database)
    printers = [
        emulators(buffer_bytes=(2048, 16384)[index % 2], echoes=index % 3 != 0, bytes_per_s=300_000)
        for index in range(PRINTERS)
    ]
    spooler = Spooler(
        store=DatabaseJobStore(database, copy_for=timedelta(hours=1)),
        printers=[
            Printer(
                f"kiosk-{index}",
                printer.uri,
                confirmation="process-id" if printer.echoes else "processed",
            )
            for index, printer in enumerate(printers)
        ],
        render=lambda job: escpos.encode(slip(job.document["number"], job.copy_no)),
        clock=utc_now,
        timing=BRISK,
    )
    mischief = [Mischief(printer, SEED + index) for index, printer in enumerate(printers)]

    def are_done():
        return all(job.state not in ("queued", "sending") for job in read(database, print_jobs))

    spooler.start()
    wait_for(lambda: sum(job.state != "queued" for job in read(database, print_jobs)) > 450, within_s=90)
    for each in mischief:
        each.stop()
    wait_for(are_done, within_s=60)
    time.sleep(0.2)  # what is in a buffer comes out
    spooler.stop()

    jobs, paper = read(database, print_jobs), on_paper(printers)
    check(jobs, paper)
    steps = read(database, print_events)
    assert {job.id for job in jobs} == {step.job_id for step in steps}
    # The mischief was real: most kinds were met, and slips were held, copied and printed through it.
    assert len({name for each in mischief for name in each.met}) >= 14
    states = [job.state for job in jobs]
    assert states.count("printed") >= 400
    assert states.count("held") + states.count("failed") >= 10


def on_paper(printers):
    """Count for each slip how often it came out whole, unmarked and as a copy, by its place in the noise."""
    papers = [
        picture.tobytes()
        for printer in printers
        for paper in printer.slips
        for picture in decode(paper, dots=DOTS).pictures
    ]
    counts = {}
    for number in range(1, PRINTERS * EACH + 1):
        whole, marked = slip(number, 0).tobytes(), slip(number, 1).tobytes()
        copies = sum(paper.count(marked) for paper in papers)
        counts[number] = (sum(paper.count(whole) for paper in papers) - copies, copies)
    return counts


def check(jobs, paper):
    """Hold the paper against the rows."""
    originals = [job for job in jobs if job.copy_no == 0]
    assert len(originals) == PRINTERS * EACH
    for job in originals:
        unmarked, _ = paper[job.document["number"]]
        told = (job.document["number"], job.state, job.reason, job.confirmed, paper[job.document["number"]])
        assert unmarked <= 1, told
        if job.state == "printed":
            assert unmarked == 1, told
            assert job.confirmed in ("process-id", "processed"), told
        else:
            assert job.state in ("held", "failed"), told
            assert job.reason, told
    for job in jobs:
        if job.copy_no:
            marked = paper[job.document["number"]][1]
            assert marked <= sum(each.copy_no > 0 and each.document == job.document for each in jobs)
            assert marked == 1 if job.state == "printed" else marked <= 1
