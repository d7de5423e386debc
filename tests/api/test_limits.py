"""Guessing is slow; a whole hall behind one address is not held up by it."""

from __future__ import annotations

import pytest

from tests.api.hall import PASSWORD
from tests.builders import BIRTH

TRIES = 10


@pytest.fixture
def strict_hall(make_hall):
    return make_hall(limits=True)


def guess(hall, username, password="wrong password"):
    return hall.ask("POST", "/auth/token", {"username": username, "password": password})


def test_repeated_failures_are_stopped_and_told_when_to_come_back(strict_hall):
    answers = [guess(strict_hall, "supervisor") for _ in range(TRIES + 1)]

    assert [answer.status_code for answer in answers] == [401] * TRIES + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json["type"] == "urn:navbat:problem:too_many"
    # Another account of the same address is not held up.
    assert guess(strict_hall, "official", PASSWORD).status_code == 200


def test_one_address_cannot_guess_at_every_account(strict_hall):
    statuses = [
        strict_hall.page("/sign-in", method="POST", data={"username": f"name-{number}"}).status_code
        for number in range(61)
    ]

    assert statuses == [422] * 60 + [429]


def test_the_form_is_limited_like_the_token(strict_hall):
    # Without a password, for the sake of the time that a hash takes; so too below.
    def send():
        return strict_hall.page("/sign-in", method="POST", data={"username": "official"})

    answers = [send() for _ in range(TRIES + 1)]

    assert [answer.status_code for answer in answers] == [422] * TRIES + [429]
    assert answers[-1].mimetype == "text/html"
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_device_tokens_cannot_be_guessed_either(strict_hall):
    answers = [strict_hall.page("/enrol", method="POST", data={"token": "guess"}) for _ in range(TRIES + 1)]

    assert [answer.status_code for answer in answers] == [422] * TRIES + [429]


def test_tickets_are_not_limited(strict_hall):
    for _ in range(70):
        strict_hall.post("/tickets", {"service": BIRTH}, by="kiosk")


def test_unknown_name_and_wrong_password_look_the_same(hall):
    unknown, wrong = guess(hall, "nobody-here"), guess(hall, "official")

    assert (unknown.status_code, unknown.data) == (wrong.status_code, wrong.data)
