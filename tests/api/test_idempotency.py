"""The same key and body get the first answer again, byte for byte; another body is refused."""

from __future__ import annotations

import threading

import pytest

from server.app import create_app
from server.db.models import tickets
from tests.api.hall import Caller, Hall
from tests.builders import BIRTH, PASSPORT


def count_tickets(hall):
    return len(hall.rows()[tickets.name])


@pytest.fixture(params=["sqlite", "postgresql"])
def any_hall(request, config, clock, tmp_path):
    """A kiosk's hall on each database."""
    url = request.getfixturevalue("make_postgresql_url")() if request.param == "postgresql" else None
    app = create_app(config, data_dir=tmp_path, database_url=url, clock=clock, limits=False)
    _, token = app.extensions["queue"].devices.add("kiosk-9", kind="kiosk")
    hall = Hall(app, {"kiosk": Caller("kiosk", "kiosk", {"Authorization": f"Bearer {token}"})})
    yield hall
    hall.close()


def test_a_repeated_tap_gives_one_ticket_and_the_same_bytes(any_hall, clock):
    body = {"service": BIRTH, "also": [PASSPORT], "category": "age_70", "language": "ru"}
    first = any_hall.ask("POST", "/tickets", body, by="kiosk", key="tap-1")
    clock.advance(minutes=3)

    again = any_hall.ask("POST", "/tickets", body, by="kiosk", key="tap-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert count_tickets(any_hall) == 1


def test_taps_at_the_same_moment_give_one_ticket(any_hall):
    answers = []

    def tap():
        hall = Hall(any_hall.app, any_hall.callers)
        answers.append(hall.ask("POST", "/tickets", {"service": BIRTH}, by="kiosk", key="tap-1"))

    threads = [threading.Thread(target=tap) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {(answer.status_code, answer.data) for answer in answers} == {(201, answers[0].data)}
    assert len(answers) == 8
    assert count_tickets(any_hall) == 1


def test_another_body_under_the_same_key_is_refused(hall):
    hall.post("/tickets", {"service": BIRTH}, by="kiosk", key="tap-1")
    before = hall.rows()

    answer = hall.ask("POST", "/tickets", {"service": PASSPORT}, by="kiosk", key="tap-1")

    assert (answer.status_code, answer.json["type"]) == (422, "urn:navbat:problem:idempotency_mismatch")
    assert hall.rows() == before


def test_another_caller_and_another_address_have_keys_of_their_own(hall):
    kiosk = hall.post("/tickets", {"service": BIRTH}, by="kiosk", key="same")
    reception = hall.post("/tickets", {"service": BIRTH}, by="reception", key="same")

    assert kiosk["number"] != reception["number"]
    assert hall.ask("POST", "/counters/18/open", by="reception", key="same").status_code == 422


def test_a_refusal_is_not_kept(hall):
    refused = hall.ask("POST", "/counters/18/next", by="official", key="call-1")
    hall.post("/counters/18/open", by="official")
    hall.post("/tickets", {"service": BIRTH}, by="kiosk")

    called = hall.ask("POST", "/counters/18/next", by="official", key="call-1")

    assert (refused.status_code, called.status_code) == (409, 200)


def test_a_repeated_call_calls_once_even_when_nobody_waited(hall):
    hall.post("/counters/18/open", by="official")
    nobody = hall.ask("POST", "/counters/18/next", by="official", key="call-1")
    hall.post("/tickets", {"service": BIRTH}, by="kiosk")

    again = hall.ask("POST", "/counters/18/next", by="official", key="call-1")

    assert (nobody.status_code, again.status_code) == (204, 204)
    assert hall.get("/counters/18", by="official")["waiting"] == 1


@pytest.mark.parametrize("act", ["start", "finish"])
def test_a_repeated_act_at_the_counter_is_done_once(hall, act):
    hall.post("/counters/18/open", by="official")
    for _ in range(2):
        hall.post("/tickets", {"service": BIRTH}, by="kiosk")
    hall.post("/counters/18/next", by="official")
    if act == "finish":
        hall.post("/counters/18/start", by="official")

    first = hall.ask("POST", f"/counters/18/{act}", by="official", key="act-1")
    again = hall.ask("POST", f"/counters/18/{act}", by="official", key="act-1")

    assert (first.status_code, again.status_code, again.data) == (200, 200, first.data)


def test_too_long_a_key_is_refused_rather_than_shortened(hall):
    hall.post("/tickets", {"service": BIRTH}, by="kiosk", key="x" * 200)

    answer = hall.ask("POST", "/tickets", {"service": BIRTH}, by="kiosk", key="x" * 201)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert count_tickets(hall) == 1


def test_two_visitors_may_choose_the_same_key(hall):
    tokens = [hall.post("/tickets", {"service": BIRTH}, by="kiosk")["token"] for _ in range(2)]

    answers = [hall.ask("POST", f"/tickets/{token}/cancel", key="1") for token in tokens]

    assert [answer.status_code for answer in answers] == [200, 200]
