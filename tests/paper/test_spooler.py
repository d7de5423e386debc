"""A slip is printed once or held with its reason, whatever fails and whenever."""

import threading
import time
from contextlib import contextmanager

import pytest

from printing import bitmap, escpos
from printing.decode import decode
from printing.spooler import Printer, Spooler, Timing
from tests.paper import samples
from tests.paper.emulator import PrinterEmulator
from tests.paper.store import MemoryStore, utc_now

QUICK = Timing(
    connect_s=0.5,
    answer_s=0.15,
    poll_s=0.03,
    stall_s=0.2,
    patience_s=0.4,
    abandon_s=5,
    idle_check_s=60,
    idle_take_s=0.02,
    longest_retry_s=0.1,
    stop_grace_s=0.3,
)
PICTURE = bitmap.render(samples.ticket(), dots=576)
JOB = escpos.encode(PICTURE)
MIDDLE = len(JOB) // 5  # so early that not all of the rest fits into the buffers on its way
REFUSED = "tcp://127.0.0.1:9"


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def emulator():
    made = []

    def make(**faults):
        made.append(PrinterEmulator(**faults))
        return made[-1]

    yield make
    for printer in made:
        printer.close()


@contextmanager
def spooling(
    store, *printers, timing=QUICK, clock=utc_now, render=lambda job: JOB, states=None, confirmations=None
):
    settings = [
        Printer(
            f"kiosk-{index}",
            printer if isinstance(printer, str) else printer.uri,
            confirmation=confirmations[index - 1] if confirmations else None,
        )
        for index, printer in enumerate(printers, start=1)
    ]
    spooler = Spooler(
        store=store,
        printers=settings,
        render=render,
        clock=clock,
        on_state=None if states is None else states.append,
        timing=timing,
    )
    spooler.start()
    try:
        yield spooler
    finally:
        spooler.stop()


def wait_for(condition, *, within_s=30):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def whole_tickets(printer):
    """Count the pieces of paper that show the whole ticket."""
    pictures = [picture for slip in printer.slips for picture in decode(slip, dots=576).pictures]
    return sum(picture.tobytes() == PICTURE.tobytes() for picture in pictures)


def test_a_ticket_is_printed_and_confirmed_by_the_printers_own_word(store, emulator):
    printer, row = emulator(), store.add()

    with spooling(store, printer):
        wait_for(lambda: row.state == "printed")

    assert row.confirmed == "process-id"
    assert row.bytes_sent > len(JOB)
    assert whole_tickets(printer) == 1
    assert printer.garbage == []


def test_twenty_in_a_row_are_twenty_on_paper(store, emulator):
    printer, rows = emulator(bytes_per_s=400_000), [store.add() for _ in range(20)]

    with spooling(store, printer):
        wait_for(lambda: all(row.state == "printed" for row in rows), within_s=20)

    assert whole_tickets(printer) == 20


def test_a_woken_spooler_prints_at_once(store, emulator):
    printer = emulator()
    slow = Timing(**{**QUICK.__dict__, "idle_take_s": 30.0})
    with spooling(store, printer, timing=slow) as spooler:
        time.sleep(0.3)

        row = store.add()
        spooler.wake("kiosk-1")

        wait_for(lambda: row.state == "printed")


def test_a_printer_without_process_ids_confirms_by_the_fence_and_prints_no_rubbish(store, emulator):
    printer, row = emulator(echoes=False), store.add()

    with spooling(store, printer):
        wait_for(lambda: row.state == "printed")

    assert row.confirmed == "processed"
    assert whole_tickets(printer) == 1
    assert printer.garbage == []


def test_a_printer_that_only_tells_its_status_is_taken_at_its_connection(store, emulator):
    printer, row = emulator(echoes=False, fences=False), store.add()

    with spooling(store, printer):
        wait_for(lambda: row.state == "printed")

    assert row.confirmed == "sent"
    wait_for(lambda: whole_tickets(printer) == 1)
    assert printer.garbage == []


def test_a_mute_printer_is_probed_three_times_and_then_trusted(store, emulator):
    printer, row = emulator(speaks=False), store.add()

    with spooling(store, printer):
        wait_for(lambda: row.state == "printed")

    assert [reason for _, _, reason in row.history] == ["not_answering", "not_answering", None, None]
    assert row.confirmed == "sent"
    wait_for(lambda: whole_tickets(printer) == 1)


def test_silence_of_a_printer_that_has_spoken_is_a_fault_and_not_a_character(store, emulator):
    printer, first = emulator(), store.add()
    with spooling(store, printer):
        wait_for(lambda: first.state == "printed")

        printer.speaks = False
        second = store.add()
        wait_for(lambda: second.job.attempts > 4)

    assert (second.state, second.reason) == ("queued", "not_answering")
    assert whole_tickets(printer) == 1


def test_a_refused_connection_is_tried_again_without_end_and_without_a_byte(store):
    row, states = store.add(), []

    with spooling(store, REFUSED, states=states):
        wait_for(lambda: row.job.attempts >= 3)

    assert (row.state, row.reason, row.bytes_sent) == ("queued", "unreachable", None)
    assert [state.problem for state in states] == ["unreachable"]


@pytest.mark.parametrize("cause", ["paper_out", "cover_open", "cutter_error"])
def test_a_fault_before_the_first_byte_waits_and_prints_once_it_is_mended(store, emulator, cause):
    printer, row, states = emulator(cause=cause), store.add(), []

    with spooling(store, printer, states=states):
        wait_for(lambda: row.job.attempts >= 2)
        queued = (row.state, row.reason, printer.printed)
        printer.fault("ready")
        wait_for(lambda: row.state == "printed")

    assert queued == ("queued", cause, 0)
    assert whole_tickets(printer) == 1
    assert [state.problem for state in states] == [cause, None]


def test_paper_out_in_the_middle_is_held_and_cleared_by_the_late_echo(store, emulator):
    printer, row, states = emulator(stop_at=MIDDLE, buffer_bytes=4096), store.add(), []

    with spooling(store, printer, states=states):
        wait_for(lambda: row.state == "held")
        held = (row.reason, row.bytes_sent < len(JOB))
        printer.fault("ready")
        wait_for(lambda: row.state == "printed")

    assert held == ("paper_out", True)
    assert row.confirmed == "process-id"
    assert whole_tickets(printer) == 1
    problems = [state.problem for state in states]
    assert "paper_out" in problems
    assert problems[-1] is None


def test_paper_out_with_everything_in_the_buffer_is_named_by_asking(store, emulator):
    printer, row = emulator(stop_at=MIDDLE, buffer_bytes=65536), store.add()

    with spooling(store, printer):
        wait_for(lambda: row.state == "held")
        reason = row.reason
        printer.fault("ready")
        wait_for(lambda: row.state == "printed")

    assert reason == "paper_out"
    assert whole_tickets(printer) == 1


@pytest.mark.parametrize("known", ["process-id", "processed"])
def test_a_word_that_went_astray_holds_its_slip_and_no_other(store, emulator, known):
    """The printer is ready and says so whenever it is asked; that is no progress, and not waited for without end."""
    printer = emulator(loses=1, echoes=known == "process-id")
    first, second = store.add(), store.add()

    with spooling(store, printer, confirmations=[known]):
        wait_for(lambda: second.state == "printed")

    assert (first.state, first.reason) == ("held", "unconfirmed")
    assert whole_tickets(printer) == 2


def test_the_end_of_a_broken_status_report_is_not_taken_for_the_fence(store, emulator):
    """Its bytes look like the answer to GS r. The printer has no paper, and holds all of the slip in its buffer."""
    printer, row = emulator(echoes=False, stop_at=MIDDLE, buffer_bytes=65536), store.add()

    with spooling(store, printer, confirmations=["processed"]):
        wait_for(lambda: row.state == "held")
        printer.say_late(b"\0\0\0")
        time.sleep(0.3)
        before = row.state
        printer.fault("ready")
        wait_for(lambda: row.state == "printed")

    assert before == "held"
    assert row.confirmed == "processed"
    assert whole_tickets(printer) == 1


def test_a_printer_that_knew_better_is_not_taken_for_another_by_one_bad_answer(store, emulator):
    printer, rows = emulator(loses=4), [store.add() for _ in range(2)]  # a slip's, and both of a probe

    with spooling(store, printer, confirmations=["process-id"]):
        wait_for(lambda: rows[1].state == "printed")

    assert [row.state for row in rows] == ["held", "printed"]
    assert rows[1].confirmed == "process-id"


def test_another_printer_in_its_place_is_known_after_three_probes(store, emulator):
    printer, rows = emulator(echoes=False), [store.add() for _ in range(2)]

    with spooling(store, printer, confirmations=["process-id"]):
        wait_for(lambda: rows[1].state == "printed")

    assert rows[1].confirmed == "processed"
    assert [reason for _, _, reason in rows[1].history] == ["not_answering", "not_answering", None, None]


def test_a_reset_in_the_middle_is_held_and_never_sent_again(store, emulator):
    printer, row = emulator(reset_at=MIDDLE, buffer_bytes=4096), store.add()

    with spooling(store, printer):
        wait_for(lambda: row.state == "held")
        time.sleep(0.5)

    assert (row.state, row.reason) == ("held", "connection_lost")
    assert 0 < row.bytes_sent < len(JOB)
    assert row.job.attempts == 1
    assert whole_tickets(printer) == 0


@pytest.mark.parametrize(
    "fault", [{"reset_at": MIDDLE}, {"cut_off_at": MIDDLE}, {"cut_off_at": 3000, "echoes": False}], ids=str
)
def test_the_ticket_after_a_broken_one_comes_out_whole(store, emulator, fault):
    printer, broken = emulator(**fault, buffer_bytes=4096), store.add()

    with spooling(store, printer):
        wait_for(lambda: broken.state == "held")
        following = store.add()
        wait_for(lambda: following.state == "printed")

    assert whole_tickets(printer) == 1
    assert printer.garbage == []


def test_a_job_found_in_sending_at_the_start_is_held(store, emulator):
    printer, row = emulator(), store.add()
    store.mark_sending(row.job.id, process_id="0000", now=utc_now())

    with spooling(store, printer):
        wait_for(lambda: row.state == "held")
        time.sleep(0.2)

    assert (row.state, row.reason) == ("held", "interrupted")
    assert printer.printed == 0


def test_stopping_in_the_middle_of_a_slip_holds_it_within_two_seconds(store, emulator):
    printer, row = emulator(stop_at=MIDDLE, buffer_bytes=4096), store.add()
    patient = Timing(**{**QUICK.__dict__, "patience_s": 60.0})
    with spooling(store, printer, timing=patient) as spooler:
        wait_for(lambda: row.state == "sending" and printer.printed >= MIDDLE)

        began = time.monotonic()
        spooler.stop()

        assert time.monotonic() - began < 2
    assert (row.state, row.reason) == ("held", "interrupted")


def test_stopping_waits_for_the_slip_in_hand(store, emulator):
    printer, row = emulator(bytes_per_s=120_000), store.add()
    kind = Timing(**{**QUICK.__dict__, "stop_grace_s": 1.2})

    with spooling(store, printer, timing=kind) as spooler:
        wait_for(lambda: row.state == "sending")
        spooler.stop()

    assert row.state == "printed"


def test_stop_returns_in_time_while_a_connection_hangs(store):
    store.add()
    slow = Timing(**{**QUICK.__dict__, "connect_s": 30.0})
    with spooling(store, "tcp://192.0.2.1:9100", timing=slow) as spooler:
        time.sleep(0.1)

        began = time.monotonic()
        spooler.stop()

        assert time.monotonic() - began < 2


def test_a_stuck_printer_blocks_no_other(store, emulator):
    stuck, fine = emulator(stop_at=MIDDLE, buffer_bytes=4096), emulator()
    first, others = store.add("kiosk-1"), [store.add("kiosk-2") for _ in range(5)]

    with spooling(store, stuck, fine):
        wait_for(lambda: all(row.state == "printed" for row in others))

        assert first.state in ("sending", "held")
    assert whole_tickets(fine) == 5


def test_an_expired_ticket_fails_though_the_printer_is_dead(store):
    row = store.add(expires_in_s=0.3)

    with spooling(store, REFUSED):
        wait_for(lambda: row.state == "failed")

    assert row.reason == "expired"


def test_a_ticket_expires_while_the_one_before_it_is_stuck(store, emulator):
    printer = emulator(stop_at=MIDDLE, buffer_bytes=4096)
    stuck, waiting = store.add(), store.add(expires_in_s=0.8)

    with spooling(store, printer):
        wait_for(lambda: waiting.state == "failed")

    assert waiting.reason == "expired"
    assert stuck.state == "held"


def test_a_slip_that_cannot_be_drawn_fails_and_the_next_is_printed(store, emulator):
    printer, bad, good = emulator(), store.add(document={"bad": True}), store.add()

    def render(job):
        if job.document.get("bad"):
            raise ValueError("no such slip")
        return JOB

    with spooling(store, printer, render=render):
        wait_for(lambda: good.state == "printed")

    assert (bad.state, bad.reason) == ("failed", "unrenderable")


def test_a_job_cancelled_in_the_last_moment_is_not_sent(store, emulator):
    printer, row = emulator(), store.add()

    def cancel(job):
        row.state = "cancelled"
        return JOB

    with spooling(store, printer, render=cancel):
        wait_for(lambda: row.state == "cancelled")
        time.sleep(0.3)

    assert row.state == "cancelled"
    assert whole_tickets(printer) == 0


def test_late_and_unasked_bytes_are_not_taken_for_answers(store, emulator):
    """A status sent for something else says ready; the printer, when asked, says that it has no paper."""
    printer, row = emulator(cause="paper_out"), store.add()
    noise = threading.Event()

    def babble():
        while not noise.wait(0.02):
            printer.say_late(bytes.fromhex("10000000"))

    thread = threading.Thread(target=babble, daemon=True)
    thread.start()
    with spooling(store, printer):
        wait_for(lambda: row.job.attempts >= 3)
    noise.set()
    thread.join()

    assert (row.state, row.reason) == ("queued", "paper_out")
    assert printer.printed == 0


def test_a_store_that_fails_for_a_while_leaves_no_job_in_sending(store, emulator):
    printer, row = emulator(), store.add()
    broken = threading.Event()
    broken.set()
    mark_printed = store.mark_printed

    def fail(*arguments, **facts):
        if broken.is_set():
            broken.clear()
            raise OSError("database is locked")
        mark_printed(*arguments, **facts)

    store.mark_printed = fail
    with spooling(store, printer):
        wait_for(lambda: row.state == "held")
        following = store.add()
        wait_for(lambda: following.state == "printed")

    assert row.reason == "interrupted"
    assert (
        whole_tickets(printer) == 2
    )  # one held, though it is on paper: that is what "may have printed" says


@pytest.mark.parametrize("fault", ["stop_at", "reset_at", "cut_off_at"])
@pytest.mark.parametrize("buffer_bytes", [4096, 65536])
def test_wherever_a_slip_breaks_it_is_on_paper_once_or_held_with_its_reason(
    store, emulator, fault, buffer_bytes
):
    """One printer for each place in the job: the probe before it, its head, every part, the cut, the echo behind."""
    places = [30, 45, 300, 3000, MIDDLE, 3 * MIDDLE, len(JOB) - 300, len(JOB) + 15, len(JOB) + 22]
    printers = [emulator(**{fault: place, "buffer_bytes": buffer_bytes}) for place in places]
    rows = [store.add(f"kiosk-{index}") for index in range(1, len(places) + 1)]

    with spooling(store, *printers):
        wait_for(lambda: all(row.state in ("printed", "held") for row in rows), within_s=15)
        for printer in printers:
            printer.fault("ready")
        following = [store.add(row.job.printer) for row in rows]
        wait_for(lambda: all(row.state == "printed" for row in following), within_s=15)

    for row, printer in zip(rows, printers, strict=True):
        on_paper = whole_tickets(printer) - 1
        assert on_paper == 1 if row.state == "printed" else (on_paper in (0, 1) and row.reason)
    assert {row.job.attempts for row in rows} <= {1, 2}


def test_a_roll_near_its_end_is_told_once_and_not_with_every_ticket(store, emulator):
    printer, states = emulator(cause="near_end"), []
    rows = [store.add() for _ in range(3)]

    with spooling(store, printer, states=states):
        wait_for(lambda: all(row.state == "printed" for row in rows))

    assert [(state.problem, state.warning) for state in states] == [(None, "paper_near_end")]


def test_a_printer_is_asked_only_once_how_it_confirms(store, emulator):
    printer, rows = emulator(echoes=False, fences=False), [store.add() for _ in range(4)]

    with spooling(store, printer):
        wait_for(lambda: all(row.state == "printed" for row in rows))
        wait_for(lambda: whole_tickets(printer) == 4)

    assert printer.echo_requests == 1


def test_an_idle_printers_empty_roll_is_known_before_anybody_wants_paper(store, emulator):
    printer, states = emulator(), []
    curious = Timing(**{**QUICK.__dict__, "idle_check_s": 0.05})

    with spooling(store, printer, timing=curious, states=states):
        wait_for(lambda: printer.connections >= 2)
        printer.fault("near_end")
        wait_for(lambda: states and states[-1].warning == "paper_near_end")
        printer.fault("paper_out")
        wait_for(lambda: states[-1].problem == "paper_out")
        printer.fault("ready")
        wait_for(lambda: states[-1].problem is None)
