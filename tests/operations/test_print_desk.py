"""What staff do with print jobs, on the real rows: nothing may come out twice unmarked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from printing.jobs import PrinterState
from server.errors import BadInput, PrinterNotFound, PrintJobNotFound, PrintJobStateError
from server.job_store import DatabaseJobStore
from tests.builders import BIRTH, create_official

COPY_FOR = timedelta(seconds=90)


@pytest.fixture
def official(queue):
    return create_official(queue, role="supervisor")


@pytest.fixture
def store(queue):
    return DatabaseJobStore(queue.context.database, copy_for=COPY_FOR)


def issue(queue):
    """Issue a ticket with a slip; returns the job."""
    queue.tickets.issue(service=BIRTH, printer="kiosk-1")
    return queue.print_desk.jobs()[0]


def send(store, clock, job):
    assert store.mark_sending(job["id"], process_id="0001", now=clock())


def hold(store, clock, job, *, reason="paper_out", is_whole=False):
    send(store, clock, job)
    store.mark_held(job["id"], reason=reason, bytes_sent=9000, is_whole=is_whole, now=clock())


def test_a_job_is_listed_with_its_number_and_how_it_stands(queue):
    job = issue(queue)

    assert (job["number"], job["printer"], job["state"], job["copy_no"]) == ("R001", "kiosk-1", "queued", 0)
    assert queue.print_desk.jobs(state="held") == []
    assert [each["id"] for each in queue.print_desk.jobs(printer="kiosk-1")] == [job["id"]]


def test_a_reprint_is_a_copy_that_says_so_and_ends_what_was_held(queue, store, clock, official):
    job = issue(queue)
    hold(store, clock, job)

    copy = queue.print_desk.reprint(job["id"], official)

    assert (copy["state"], copy["copy_no"], copy["number"]) == ("queued", 1, "R001")
    old = queue.print_desk.job(job["id"])
    assert (old["state"], old["reason"]) == ("failed", "reprinted")
    assert [(each["after"], each["official"]) for each in old["events"]] == [
        ("sending", None),
        ("held", None),
        ("failed", official.id),
    ]
    taken = store.take_next("kiosk-1", clock())
    assert (taken.id, taken.copy_no) == (copy["id"], 1)


def test_the_second_reprint_is_the_second_copy(queue, store, clock, official):
    job = issue(queue)
    send(store, clock, job)
    store.mark_printed(job["id"], confirmed="process-id", bytes_sent=100, now=clock())

    first = queue.print_desk.reprint(job["id"], official)
    store.mark_failed(first["id"], reason="expired", now=clock())
    second = queue.print_desk.reprint(job["id"], official)

    assert (first["copy_no"], second["copy_no"]) == (1, 2)
    assert queue.print_desk.job(job["id"])["state"] == "printed"


@pytest.mark.parametrize("act", ["reprint", "redirect"])
def test_what_the_spooler_has_in_hand_is_not_printed_beside_it(queue, store, clock, official, act):
    job = issue(queue)
    send(store, clock, job)

    with pytest.raises(PrintJobStateError):
        _act(queue, act, job, official)

    assert len(queue.print_desk.jobs()) == 1


def _act(queue, act, job, official):
    if act == "redirect":
        return queue.print_desk.redirect(job["id"], official, "zone-a")
    return getattr(queue.print_desk, act)(job["id"], official)


def test_a_queued_slip_goes_to_another_printer_as_it_is(queue, store, clock, official):
    job = issue(queue)

    moved = queue.print_desk.redirect(job["id"], official, "zone-a")

    assert (moved["id"], moved["printer"], moved["copy_no"]) == (job["id"], "zone-a", 0)
    assert store.take_next("kiosk-1", clock()) is None
    assert store.take_next("zone-a", clock()).id == job["id"]


def test_a_held_slip_goes_to_another_printer_as_a_copy(queue, store, clock, official):
    job = issue(queue)
    hold(store, clock, job)

    copy = queue.print_desk.redirect(job["id"], official, "zone-a")

    assert (copy["printer"], copy["copy_no"]) == ("zone-a", 1)
    assert queue.print_desk.job(job["id"])["state"] == "failed"


def test_a_cancelled_slip_is_never_sent(queue, store, clock, official):
    job = issue(queue)

    cancelled = queue.print_desk.cancel(job["id"], official)

    assert cancelled["state"] == "cancelled"
    assert not store.mark_sending(job["id"], process_id="0001", now=clock())
    with pytest.raises(PrintJobStateError):
        queue.print_desk.cancel(job["id"], official)


def test_a_late_word_of_the_printer_does_not_undo_what_a_person_decided(queue, store, clock, official):
    job = issue(queue)
    hold(store, clock, job)
    queue.print_desk.reprint(job["id"], official)

    store.mark_printed(job["id"], confirmed="process-id", bytes_sent=100, now=clock())

    assert queue.print_desk.job(job["id"])["state"] == "failed"


def test_a_ticket_cut_short_by_a_lost_printer_is_copied_once_by_itself(queue, store, clock):
    job = issue(queue)
    hold(store, clock, job, reason="connection_lost")
    [copy, old] = queue.print_desk.jobs()
    hold(store, clock, copy, reason="connection_lost")

    assert (copy["copy_no"], copy["state"]) == (1, "queued")
    assert (old["state"], old["reason"]) == ("failed", "cut_short")
    assert [each["state"] for each in queue.print_desk.jobs()] == ["held", "failed"]


@pytest.mark.parametrize(
    ("reason", "is_whole", "copy_for"),
    [
        ("connection_lost", True, COPY_FOR),  # the cut was sent: it may hang out of the printer, whole
        ("paper_out", False, COPY_FOR),  # the printer goes on by itself
        ("connection_lost", False, None),  # the centre does not want it
    ],
)
def test_no_copy_comes_by_itself_where_the_slip_may_come_out(queue, clock, reason, is_whole, copy_for):
    store = DatabaseJobStore(queue.context.database, copy_for=copy_for)
    job = issue(queue)

    hold(store, clock, job, reason=reason, is_whole=is_whole)

    assert [each["state"] for each in queue.print_desk.jobs()] == ["held"]


def test_what_is_not_there_is_refused(queue, official):
    with pytest.raises(PrintJobNotFound):
        queue.print_desk.reprint(999, official)
    with pytest.raises(PrinterNotFound):
        queue.print_desk.jobs(printer="nowhere")
    with pytest.raises(BadInput):
        queue.print_desk.jobs(state="lost")


def test_a_printers_state_outlives_its_process_and_is_told_with_the_next_ticket(queue, clock):
    out = PrinterState("kiosk-1", "paper_out", clock())
    queue.printer_states.keep_state(out, "virtual:")
    queue.printer_states.refresh()

    ticket = queue.tickets.issue(service=BIRTH, printer="kiosk-1")
    [printer] = [each for each in queue.print_desk.printers() if each["key"] == "kiosk-1"]

    assert ticket["print"] == {"state": "queued", "reason": "paper_out"}
    assert (printer["problem"], printer["jobs"]["queued"]) == ("paper_out", 1)

    queue.printer_states.keep_state(PrinterState("kiosk-1", None, clock(), "paper_near_end"), "virtual:")
    assert queue.tickets.issue(service=BIRTH, printer="kiosk-1")["print"]["reason"] is None
    assert queue.printer_states.all()["kiosk-1"].warning == "paper_near_end"


def test_what_a_printer_proved_holds_at_its_address_only(queue, clock):
    queue.printer_states.keep_proof("kiosk-1", "tcp://10.0.0.21:9100", "process-id")
    queue.printer_states.keep_state(PrinterState("kiosk-1", None, clock()), "tcp://10.0.0.22:9100")

    assert queue.printer_states.proved("kiosk-1", "tcp://10.0.0.21:9100") == "process-id"
    assert queue.printer_states.proved("kiosk-1", "tcp://10.0.0.22:9100") is None


def test_a_visitor_without_paper_gets_no_paper_to_rate_on(queue, official):
    from tests.builders import open_counter

    for printer in (None, "kiosk-1"):
        queue.tickets.issue(service=BIRTH, printer=printer)
    open_counter(queue, 18, official)
    for _ in range(2):
        queue.counters.next(18, official)
        queue.visits.start(18, official)
        queue.visits.finish(18, official)

    ratings = [each["number"] for each in queue.print_desk.jobs() if each["kind"] == "rating"]
    assert ratings == ["R002"]
