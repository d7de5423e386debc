"""Enrolment over HTTP: what a new device is given, what staff's forms ask for, and how often one may try."""

from __future__ import annotations

import pytest


def test_a_code_comes_with_a_secret_that_no_script_reads(hall):
    answer = hall.page("/enrol/code", method="POST")

    cookie = answer.headers["Set-Cookie"]
    assert len(answer.json["code"]) == 6
    assert cookie.startswith("navbat_pairing=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert answer.json["code"] not in cookie


def test_the_token_comes_as_a_cookie_and_in_no_body(hall):
    secret = secret_of(hall.page("/enrol/code", method="POST"))
    waiting = collect(hall, secret)
    code = hall.queue.pairings.begin()  # another device's: its code opens nothing here
    hall.post(
        "/devices", {"code": code.code, "name": "gate", "kind": "display", "zone": "b"}, by="supervisor"
    )
    assert (waiting.status_code, waiting.json) == (200, {"to": None})
    assert collect(hall, secret).json == {"to": None}

    collected = collect(hall, code.secret)

    cookies = collected.headers.getlist("Set-Cookie")
    token = next(each for each in cookies if each.startswith("navbat_device="))
    assert collected.json == {"to": "/display"}
    assert "HttpOnly" in token
    assert hall.queue.devices.identify(token.partition("=")[2].partition(";")[0]).name == "gate"


@pytest.mark.parametrize("secret", [None, "guessed"])
def test_nothing_is_given_to_who_was_given_no_code(hall, secret):
    assert collect(hall, secret).status_code == 410


def test_codes_are_limited(make_hall):
    hall = make_hall(limits=True)

    statuses = [hall.page("/enrol/code", method="POST").status_code for _ in range(31)]

    assert statuses == [200] * 30 + [429]


def test_typing_codes_is_limited_too(make_hall):
    hall = make_hall(limits=True)
    body = {"code": "K7QW2M", "name": "gate", "kind": "display"}

    statuses = [hall.ask("POST", "/devices", body, by="admin").status_code for _ in range(11)]

    assert statuses == [404] * 10 + [429]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/devices", {"code": "K7QW2M", "name": "gate", "kind": "display"}),
        ("/devices/1", {"act": "revoke"}),
        ("/messages", {"what": "emergency:evacuate"}),
        ("/messages/1/end", {}),
    ],
)
def test_forms_of_supervisors_need_a_supervisor_and_a_page_of_theirs(hall, path, form):
    csrf = hall.callers["supervisor by cookie"].headers["X-CSRF-Token"]
    before = hall.rows()

    def send(by, **sent):
        return hall.page(path, method="POST", by=by, data=form | sent).status_code

    assert send("nobody") == 303  # to the sign-in
    assert send("official by cookie", csrf_token=csrf) == 403
    assert send("kiosk by cookie", csrf_token=csrf) == 303
    assert send("supervisor by cookie") == 403
    assert send("supervisor by cookie", csrf_token="another") == 403
    assert hall.rows() == before


def collect(hall, secret):
    headers = {"Cookie": f"navbat_pairing={secret}"} if secret else {}
    return hall.page("/enrol/collect", method="POST", headers={"Accept": "application/json", **headers})


def secret_of(answer):
    return answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
