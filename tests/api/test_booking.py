"""Booking and collection over HTTP: what a ministry's own system sends, and what is wrong with it."""

from __future__ import annotations

import io

import pytest

from tests.api.hall import NOBODY
from tests.builders import PASSPORT

SLOT = "2026-11-25T10:00:00+04:00"
WISH = {"service": PASSPORT, "slot_at": SLOT}

WRONG = [
    ("/appointments", {}, ["service", "slot_at"]),
    ("/appointments", WISH | {"slot_at": "tomorrow"}, ["slot_at"]),
    ("/appointments", WISH | {"slot_at": "2026-11-25T10:00:00"}, ["slot_at"]),
    ("/appointments", WISH | {"slot_at": 1764050400}, ["slot_at"]),
    ("/appointments", WISH | {"slot_at": "9" * 50}, ["slot_at"]),
    ("/appointments", WISH | {"language": "xx"}, ["language"]),
    ("/appointments", WISH | {"category": "rich"}, ["category"]),
    ("/appointments", WISH | {"email": "leyla"}, ["email"]),
    ("/appointments", WISH | {"email": "leyla@example.az"}, ["email"]),  # nothing is sent here
    ("/appointments", WISH | {"phone": "0501234567", "email": "leyla@example.az"}, ["phone"]),
    ("/appointments", WISH | {"name": "Leyla"}, ["name"]),
    ("/appointments/unknown/move", {}, ["slot_at"]),
    ("/results", {"service": "ready_doc"}, ["reference"]),
    ("/results", {"service": "ready_doc", "reference": ""}, ["reference"]),
    ("/results", {"service": "ready_doc", "reference": "<script>"}, ["reference"]),
    ("/results", {"service": "ready_doc", "reference": "A-1", "valid_days": 0}, ["valid_days"]),
    ("/results", {"service": "ready_doc", "reference": "A-1", "valid_days": "7"}, ["valid_days"]),
    ("/results/import", {"csv": 7}, ["csv"]),
    ("/results/import", {"csv": ""}, ["csv"]),
    ("/results/import", {"csv": "service;number\nready_doc;1"}, ["1.reference", "1.number"]),
    (
        "/results/import",
        {"csv": "service,reference\nready_doc,A-1\nunknown,A-2\nready_doc,A-1"},
        ["3.service", "4.reference"],
    ),
]


@pytest.mark.parametrize(("path", "body", "fields"), WRONG)
def test_each_wrong_field_is_named_and_nothing_is_written(still_hall, path, body, fields):
    before = still_hall.rows()

    answer = still_hall.ask("POST", path, body, by="admin")

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json["errors"]] == fields
    assert all(error["message"] for error in answer.json["errors"])
    assert still_hall.rows() == before


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("GET", "/slots?service=passport&day=2026-13-01", None, 422, "bad_input"),
        ("GET", "/slots?service=passport", None, 422, "bad_input"),
        ("GET", "/slots?service=unknown&day=2026-11-25", None, 404, "service_not_found"),
        ("GET", "/slots?service=criminal_ref&day=2026-11-25", None, 409, "not_bookable"),
        ("GET", "/appointments?day=yesterday", None, 422, "bad_input"),
        ("GET", "/results?state=lost", None, 422, "bad_input"),
        ("GET", "/appointments/%00", None, 404, "appointment_not_found"),
        ("POST", "/appointments", WISH | {"slot_at": "2026-11-25T10:07:00+04:00"}, 409, "slot_taken"),
        ("POST", "/appointments", WISH | {"slot_at": "2020-01-01T10:00:00+04:00"}, 409, "slot_taken"),
        ("POST", "/appointments", WISH | {"slot_at": "9999-12-31T23:59:00+00:00"}, 409, "slot_taken"),
        ("POST", "/appointments/of-day/999/cancel", {}, 404, "appointment_not_found"),
        ("POST", "/appointments/of-day/999999999999999999999/cancel", {}, 422, "bad_input"),
        ("POST", "/results", {"service": PASSPORT, "reference": "A-1"}, 404, "service_not_found"),
        ("POST", "/results/999/withdraw", {}, 404, "result_not_found"),
    ],
)
def test_what_cannot_be_is_a_problem_of_its_own(still_hall, method, path, body, status, kind):
    answer = still_hall.ask(method, path, body, by="admin")

    assert (answer.status_code, answer.json["type"]) == (status, f"urn:navbat:problem:{kind}")


def test_another_system_books_moves_and_cancels(hall):
    [first, second, *_] = hall.get(f"/slots?service={PASSPORT}&day=2026-11-25")["slots"]
    days = hall.get(f"/slots/days?service={PASSPORT}")["days"]
    assert {day["day"]: day["state"] for day in days}["2026-11-25"] == "free"

    booked = hall.post("/appointments", WISH | {"slot_at": first["at"]}, by="reception", key="k-1")
    again = hall.post("/appointments", WISH | {"slot_at": first["at"]}, by="reception", key="k-1")
    moved = hall.post(f"/appointments/{booked['token']}/move", {"slot_at": second["at"]})
    cancelled = hall.post(f"/appointments/{booked['token']}/cancel")

    assert again == booked
    assert (moved["slot_at"], moved["code"]) == (second["at"], booked["code"])
    assert (cancelled["state"], cancelled["sequence"]) == ("cancelled", 2)
    [listed] = hall.get("/appointments?day=2026-11-25", by="reception")["appointments"]
    assert (listed["code"], listed["state"]) == (booked["code"], "cancelled")
    refused = hall.ask("POST", f"/appointments/{booked['token']}/move", {"slot_at": first["at"]})
    assert (refused.status_code, refused.json["state"]) == (409, "cancelled")


def test_reception_moves_and_cancels_by_the_list(hall):
    [first, second, *_] = hall.get(f"/slots?service={PASSPORT}&day=2026-11-24")["slots"]
    hall.post("/appointments", WISH | {"slot_at": first["at"]}, by="kiosk")
    [listed] = hall.get("/appointments", by="reception")["appointments"]

    path = f"/appointments/of-day/{listed['id']}"
    assert hall.post(f"{path}/move", {"slot_at": second["at"]}, by="reception")["slot_at"] == second["at"]
    assert hall.post(f"{path}/cancel", by="reception")["state"] == "cancelled"


def test_a_table_of_results_is_taken_whole_and_once(hall):
    table = {"csv": "service,reference\nready_doc,A-1\nready_doc,A-2"}
    taken = hall.post("/results/import", table, by="official")

    again = hall.ask("POST", "/results/import", table, by="reception")

    assert (again.status_code, len(again.json["errors"])) == (409, 2)
    listed = hall.get(f"/results?batch={taken['batch']}", by="reception")["results"]
    assert [each["reference"] for each in listed] == ["A-2", "A-1"]
    withdrawn = hall.post(f"/results/{listed[0]['id']}/withdraw", by="reception")
    assert withdrawn["state"] == "withdrawn"
    assert hall.get("/results?state=ready", by="reception")["results"] == listed[1:]


@pytest.mark.parametrize("language", ["az", "uz", "ru", "en", "tr"])
def test_the_kiosk_is_told_why_a_code_is_refused(hall, clock, language):
    [first, *_] = hall.get(f"/slots?service={PASSPORT}&day=2026-11-24")["slots"]
    early = hall.post("/appointments", WISH | {"slot_at": first["at"]}, by="kiosk")
    cancelled = hall.post("/appointments", WISH, by="kiosk")
    hall.post(f"/appointments/{cancelled['token']}/cancel")
    over = hall.post(
        "/results", {"service": "ready_doc", "reference": "A-1", "valid_days": 1}, by="reception"
    )

    def refusal(code):
        answer = hall.ask(
            "POST", "/check-ins", {"code": code}, by="kiosk", headers={"Accept-Language": language}
        )
        return answer.status_code, answer.json["type"].rpartition(":")[2], answer.json["detail"]

    status, kind, detail = refusal(early["code"])
    assert (status, kind) == (409, "appointment_early")
    assert early["from_at"][11:16].lstrip("0") in detail
    assert refusal(cancelled["code"])[:2] == (409, "code_cancelled")
    assert refusal("CCCCCC")[:2] == (404, "code_unknown")
    clock.advance(days=1)
    assert refusal(over["code"])[:2] == (410, "code_expired")
    assert refusal(early["code"])[:2] == (410, "code_expired")


def test_codes_cannot_be_guessed_but_right_ones_are_not_held_up(make_hall):
    hall = make_hall(limits=True)
    tried = [
        hall.ask("POST", "/check-ins", {"code": f"CCCC{n:02d}"}, by="kiosk").status_code for n in range(21)
    ]
    assert tried == [404] * 20 + [429]

    other = make_hall(limits=True, name="other")
    for number in range(25):
        code = other.post("/results", {"service": "ready_doc", "reference": f"A-{number}"}, by="reception")[
            "code"
        ]
        assert other.ask("POST", "/check-ins", {"code": code}, by="kiosk").status_code == 201


# The pages, as a browser without JavaScript sees them.

SCRIPT = '"><script>alert(1)</script>'


def form(hall, path, data, **kwargs):
    return hall.page(path, method="POST", data=data, by=NOBODY, **kwargs)


@pytest.fixture
def slot(hall):
    at = hall.get(f"/slots?service={PASSPORT}&day=2026-11-25")["slots"][0]["at"]
    hour = int(at[11:13]) - 4
    return f"/book/{PASSPORT}/at/20261125T{hour:02d}{at[14:16]}Z"


def test_a_form_that_is_sent_twice_books_once_and_then_leads_to_the_same_page(hall, slot):
    cookie = {"Cookie": "navbat_phone=p-1"}

    first, second = (form(hall, slot, {"key": "k-1"}, headers=cookie) for _ in range(2))
    other = form(hall, slot, {"key": "k-2"}, headers={"Cookie": "navbat_phone=p-2"})

    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert other.status_code == 303
    assert other.headers["Location"] != first.headers["Location"]
    assert len(hall.queue.appointments.of_day(hall.queue.clock().date().replace(day=25))) == 2


def test_a_phone_books_so_many_and_is_told_why_not_more(hall):
    slots = hall.get(f"/slots?service={PASSPORT}&day=2026-11-25")["slots"]
    cookie = {"Cookie": "navbat_phone=p-1; navbat_language=en"}
    paths = [f"/book/{PASSPORT}/at/20261125T{int(s['at'][11:13]) - 4:02d}{s['at'][14:16]}Z" for s in slots]

    answers = [
        form(hall, path, {"key": f"k{number}"}, headers=cookie) for number, path in enumerate(paths[:3])
    ]

    assert [answer.status_code for answer in answers] == [303, 303, 409]
    assert "At most 2 at a time" in answers[2].text


@pytest.mark.parametrize(
    "path",
    [
        f"/book/{PASSPORT}/2026-11-24T",
        f"/book/{PASSPORT}/at/now",
        f"/book/{PASSPORT}/at/20261301T0600Z",
        "/book/unknown",
        "/book/unknown/2026-11-25",
        "/book/unknown/at/20261125T0600Z",
        f"/b/{'x' * 22}",
        f"/b/{'x' * 22}/calendar.ics",
        f"/b/{'x' * 22}/move",
    ],
)
def test_addresses_that_are_none_are_told_so(still_hall, path):
    answer = still_hall.page(path)

    assert answer.status_code == 404
    assert "<html" in answer.text


@pytest.mark.parametrize("moment", ["20200101T0600Z", "20261124T0615Z", "20261125T0007Z", "20261231T0600Z"])
def test_a_time_that_is_over_or_none_is_not_offered_and_not_kept(hall, moment):
    path = f"/book/{PASSPORT}/at/{moment}"

    assert hall.page(path).status_code == 409
    assert form(hall, path, {"key": "k"}).status_code == 409
    assert hall.rows()["appointments"] == []


@pytest.mark.parametrize("path", ["/book?q=", f"/book/{PASSPORT}?language=", "/book?language="])
def test_script_in_an_address_stays_text(still_hall, path):
    page = still_hall.page(path + SCRIPT)

    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_keys_that_no_row_can_have_are_not_there(hall):
    staff = hall.callers["reception by cookie"]
    data = {"csrf_token": staff.headers["X-CSRF-Token"]}

    assert hall.page(f"/collection/{10**30}/withdraw", method="POST", data=data, by=staff).status_code == 404


def test_script_in_each_field_of_a_form_stays_text(hall, slot):
    page = form(hall, slot, {"key": SCRIPT, "email": SCRIPT, "phone": SCRIPT})
    staff = hall.callers["reception by cookie"]
    csrf = staff.headers["X-CSRF-Token"]
    data = {"csrf_token": csrf, "service": SCRIPT, "reference": SCRIPT, "email": SCRIPT}
    one = hall.page("/collection/one", method="POST", data=data, by=staff)
    file = {
        "csrf_token": csrf,
        "file": (io.BytesIO(f"service,reference\n{SCRIPT},{SCRIPT}\n".encode()), SCRIPT),
    }
    many = hall.page("/collection", method="POST", data=file, by=staff, content_type="multipart/form-data")

    # This hall sends no messages, so what stands in the fields of the form is not even read.
    assert [answer.status_code for answer in (page, one, many)] == [303, 422, 422]
    for answer in (page, one, many):
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/collection", {}),
        ("/collection/one", {}),
        ("/collection/1/withdraw", {}),
        ("/collection/1/print", {}),
    ],
)
def test_no_form_of_staff_can_be_sent_without_the_pages_own_token(still_hall, path, data):
    before = still_hall.rows()

    answers = [
        still_hall.page(path, method="POST", data={"csrf_token": "wrong"}, by=by)
        for by in (NOBODY, "reception by cookie", "auditor by cookie")
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert still_hall.rows() == before


def test_only_staff_see_what_was_announced(still_hall):
    assert still_hall.page("/collection").status_code == 303
    assert still_hall.page("/collection/codes.csv").status_code == 303
    assert still_hall.page("/collection", by="auditor by cookie").status_code == 403
    assert still_hall.page("/collection", by="official by cookie").status_code == 200


def test_a_page_of_another_site_cannot_book_move_or_cancel(hall, slot):
    token = hall.post("/appointments", WISH, by="kiosk")["token"]
    before = hall.rows()
    elsewhere = {"Origin": "https://elsewhere.example"}

    answers = [
        form(hall, path, data, headers=elsewhere)
        for path, data in (
            (slot, {"key": "k"}),
            (f"/b/{token}/move", {"slot": "x"}),
            (f"/b/{token}/cancel", {}),
        )
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert hall.rows() == before


def test_many_bookings_from_one_address_are_slowed_down(make_hall):
    hall = make_hall(limits=True)
    path = f"/book/{PASSPORT}/at/20200101T0600Z"

    statuses = [form(hall, path, {"key": "k"}).status_code for _ in range(31)]

    assert statuses == [409] * 30 + [429]
