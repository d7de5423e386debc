"""Bad input: each field is named, nothing is changed, and the answer is a problem that a program can read."""

from __future__ import annotations

import pytest

from tests.builders import BIRTH, PASSPORT

WRONG = [
    ("/tickets", {}, ["service"]),
    ("/tickets", {"service": 7}, ["service"]),
    ("/tickets", {"service": ""}, []),
    ("/tickets", {"service": BIRTH, "also": "passport"}, ["also"]),
    ("/tickets", {"service": BIRTH, "also": [BIRTH] * 5}, ["also"]),
    ("/tickets", {"service": BIRTH, "also": [1]}, ["also.0"]),
    ("/tickets", {"service": BIRTH, "category": "rich"}, ["category"]),
    ("/tickets", {"service": BIRTH, "language": "xx"}, ["language"]),
    ("/tickets", {"service": BIRTH, "print": "yes"}, ["print"]),
    ("/tickets", {"service": BIRTH, "prnt": True}, ["prnt"]),
    ("/tickets", {"service": "x" * 61, "language": 1, "prnt": 1}, ["service", "language", "prnt"]),
    ("/tickets", [BIRTH], ["body"]),
    ("/counters/18/open", {"force": True}, ["force"]),
    ("/counters/18/pause", {}, ["reason"]),
    ("/counters/18/pause", {"reason": "bored"}, ["reason"]),
    ("/counters/18/call", {"ticket": 1.5, "reason": "unwell"}, ["ticket"]),
    ("/counters/18/call", {"ticket": "R001", "reason": "friend"}, ["reason"]),
    ("/counters/18/transfer", {}, ["service"]),
    ("/counters/18/transfer", {"service": BIRTH, "counter": 19}, ["service"]),
    ("/counters/18/transfer", {"counter": "19"}, ["counter"]),
    ("/counters/18/add-service", {"service": None}, ["service"]),
    ("/ratings/unknown", {}, ["score"]),
    ("/ratings/unknown", {"score": 0}, ["score"]),
    ("/ratings/unknown", {"score": 6}, ["score"]),
    ("/ratings/unknown", {"score": "5"}, ["score"]),
    ("/ratings/unknown", {"score": True}, ["score"]),
    ("/ratings/unknown", {"score": 5, "aspects": {"quality": "good"}}, ["aspects.quality"]),
    ("/ratings/unknown", {"score": 5, "comment": "x" * 1001}, ["comment"]),
    ("/auth/token", {"username": "official"}, ["password"]),
    ("/auth/token", {"username": "official", "password": None}, ["password"]),
]


@pytest.mark.parametrize(("path", "body", "fields"), WRONG)
def test_each_wrong_field_is_named(still_hall, path, body, fields):
    before = still_hall.rows()

    answer = still_hall.ask("POST", path, body, by="admin")

    assert answer.status_code == (422 if fields else 404), answer.text
    assert [error["field"] for error in answer.json.get("errors", [])] == fields
    assert all(error["message"] for error in answer.json.get("errors", []))
    assert still_hall.rows() == before


@pytest.mark.parametrize("sent", [b"", b"{", b"null", b"7", b'"{}"', b"\xff\xfe", b"[" * 5000])
def test_a_body_that_is_no_object_is_bad_input(still_hall, sent):
    answer = still_hall.ask("POST", "/tickets", by="kiosk", data=sent, content_type="application/json")

    assert answer.status_code == 422
    assert answer.json["errors"]


def test_a_body_of_another_type_is_bad_input(still_hall):
    answer = still_hall.ask("POST", "/tickets", by="kiosk", data={"service": BIRTH})

    assert answer.status_code in (415, 422)


def test_too_large_a_body_is_refused(still_hall):
    answer = still_hall.ask("POST", "/tickets", {"service": BIRTH, "also": ["x" * 300_000]}, by="kiosk")

    assert (answer.status_code, answer.json["type"]) == (413, "urn:navbat:problem:too_large")


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/counters/six", 404, "not_found"),
        ("DELETE", "/tickets", 405, "method_not_allowed"),
        ("PUT", "/counters/18/open", 405, "method_not_allowed"),
        ("GET", "/counters/99", 404, "counter_not_found"),
        ("POST", "/counters/99/open", 404, "counter_not_found"),
        ("GET", "/counters/99999999999999999999", 404, "counter_not_found"),
        ("GET", "/tickets/" + "x" * 64, 404, "ticket_not_found"),
        ("POST", "/tickets/%00/cancel", 404, "ticket_not_found"),
        ("GET", "/hall?zone=z", 404, "zone_not_found"),
    ],
)
def test_what_is_not_there_is_a_problem_too(still_hall, method, path, status, kind):
    answer = still_hall.ask(method, path, by="admin")

    assert (answer.status_code, answer.json["type"]) == (status, f"urn:navbat:problem:{kind}")


def test_a_ticket_that_cannot_be_is_no_error_of_ours(hall):
    hall.post("/counters/18/open", by="official")

    for key, status in ((10**30, 422), (-1, 422), ("A" * 10_000, 422), (2**53 - 1, 404), ("A999", 404)):
        call = {"ticket": key, "reason": "unwell"}
        assert hall.ask("POST", "/counters/18/call", call, by="official").status_code == status


@pytest.mark.parametrize("language", ["az", "uz", "ru", "en", "tr"])
def test_a_problem_is_told_in_the_callers_language(still_hall, language):
    answer = still_hall.ask("GET", "/counters/99", by="admin", headers={"Accept-Language": language})

    from server.wording import Wording

    assert answer.json["title"] == Wording(language).text("errors.counter_not_found")


# What cannot be now.


def test_a_conflict_names_the_state_that_stands_in_the_way(hall):
    closed = hall.ask("POST", "/counters/18/next", by="official")
    hall.post("/counters/18/open", by="official")
    idle = hall.ask("POST", "/counters/18/start", by="official")
    number = hall.post("/tickets", {"service": BIRTH}, by="kiosk")["number"]
    hall.post("/counters/18/next", by="official")
    called = hall.ask("POST", "/counters/18/finish", by="official")
    busy = hall.ask("POST", "/counters/18/next", by="official")
    early = hall.ask("POST", "/counters/18/recall", by="official")

    for answer in (closed, idle, called, busy, early):
        assert answer.status_code == 409
    assert [answer.json["type"].rpartition(":")[2] for answer in (closed, idle, called, busy, early)] == [
        "counter_state",
        "no_ticket_in_hand",
        "ticket_state",
        "ticket_in_hand",
        "recall_too_early",
    ]
    assert (closed.json["state"], called.json["state"]) == ("closed", "called")
    assert number in busy.json["detail"]


def test_a_closed_centre_says_when_it_opens(hall, clock):
    clock.advance(hours=10)

    answer = hall.ask(
        "POST", "/tickets", {"service": PASSPORT}, by="kiosk", headers={"Accept-Language": "en"}
    )

    assert (answer.status_code, answer.json["type"]) == (409, "urn:navbat:problem:centre_closed")
    assert "09:00" in answer.json["detail"] or "9:00" in answer.json["detail"]
