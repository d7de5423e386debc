"""Print jobs over HTTP, and what the monitoring reads of printers."""

from __future__ import annotations

from printing.jobs import PrinterState
from tests.builders import BIRTH


def issue(hall):
    hall.post("/tickets", {"service": BIRTH}, by="kiosk")
    [job] = hall.get("/print-jobs", by="reception")["jobs"]
    return job


def test_reception_prints_again_elsewhere_and_cancels(hall):
    job = issue(hall)

    moved = hall.post(f"/print-jobs/{job['id']}/redirect", {"printer": "zone-b"}, by="reception")
    cancelled = hall.post(f"/print-jobs/{job['id']}/cancel", by="reception")
    copy = hall.post(f"/print-jobs/{job['id']}/reprint", by="reception", key="again")
    same = hall.post(f"/print-jobs/{job['id']}/reprint", by="reception", key="again")

    assert (moved["printer"], cancelled["state"], copy["copy_no"]) == ("zone-b", "cancelled", 1)
    assert same["id"] == copy["id"]
    assert len(hall.get("/print-jobs?printer=zone-b", by="supervisor")["jobs"]) == 2


def test_a_job_being_sent_is_left_alone(hall):
    from server.job_store import DatabaseJobStore

    job = issue(hall)
    store = DatabaseJobStore(hall.queue.context.database)
    store.mark_sending(job["id"], process_id="0001", now=hall.queue.clock())

    answer = hall.ask("POST", f"/print-jobs/{job['id']}/cancel", by="reception")

    assert (answer.status_code, answer.json["state"]) == (409, "sending")


def test_a_test_page_is_queued(hall):
    job = hall.post("/printers/zone-a/test", {"language": "ru"}, by="admin")

    assert (job["kind"], job["printer"], job["number"], job["state"]) == ("test", "zone-a", None, "queued")
    assert hall.ask("POST", "/printers/nowhere/test", by="admin").status_code == 404


def test_a_printers_problem_is_shown_to_staff_and_to_the_monitoring(hall):
    now = hall.queue.clock()
    hall.queue.printer_states.keep_state(PrinterState("kiosk-1", "cover_open", now), "virtual:")
    hall.queue.printer_states.keep_state(PrinterState("zone-a", None, now, "paper_near_end"), "virtual:")

    shown = {each["key"]: each for each in hall.get("/printers", by="supervisor")["printers"]}
    metrics = hall.page("/metrics").text

    assert shown["kiosk-1"]["problem"] == "cover_open"
    assert shown["zone-a"]["warning"] == "paper_near_end"
    assert shown["zone-b"]["problem"] is None
    assert 'navbat_printer_problem{printer="kiosk-1",problem="cover_open"} 1.0' in metrics
    assert 'navbat_printer_warning{printer="zone-a",warning="paper_near_end"} 1.0' in metrics
    for state in ("queued", "sending", "held"):
        assert f'navbat_printer_slips{{printer="kiosk-1",state="{state}"}}' in metrics
