"""Sign-in, the choice of a counter, and the page of the terminal as the server sends them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from server.app import create_app
from tests.builders import BIRTH, create_ticket, open_counter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock

PASSWORD = "correct horse"


@pytest.fixture
def app(config: Config, clock: FixedClock, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    yield app
    app.extensions["queue"].context.database.close()


@pytest.fixture
def queue(app: Flask) -> Queue:
    queue: Queue = app.extensions["queue"]
    queue.staff.add("leyla", name="Leyla Həsənova", role="official", password=PASSWORD)
    return queue


@pytest.fixture
def desk(app: Flask, queue: Queue) -> FlaskClient:
    """A browser in which nobody is signed in yet."""
    return app.test_client()


def sign_in(desk: FlaskClient, username: str = "leyla", password: str = PASSWORD, **form: str) -> Any:
    return desk.post("/sign-in", data={"username": username, "password": password, **form})


def state_of(page: str) -> dict[str, Any]:
    """Read the first state that a page brings."""
    found = re.search(r'<script type="application/json" id="state">(.*?)</script>', page, re.S)
    assert found is not None
    state: dict[str, Any] = json.loads(found[1])
    return state


@pytest.mark.parametrize("path", ["/counter", "/counter/18"])
def test_a_stranger_is_asked_to_sign_in_and_led_back(desk: FlaskClient, path: str) -> None:
    asked = desk.get(path)
    assert asked.status_code == 303
    assert asked.headers["Location"] == f"/sign-in?next={path.replace('/', '%2F')}"

    answer = sign_in(desk, next=path)

    assert answer.status_code == 303
    assert answer.headers["Location"] == path


def test_the_session_is_a_cookie_that_no_script_can_read(desk: FlaskClient) -> None:
    cookie = sign_in(desk).headers["Set-Cookie"]

    assert cookie.startswith("navbat_staff=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    ("username", "password", "status", "sentence"),
    [
        ("leyla", "qwertz-123", 401, "The user name or the password is wrong"),
        ("nobody", PASSWORD, 401, "The user name or the password is wrong"),
        ("", PASSWORD, 422, "Enter your user name"),
        ("leyla", "", 422, "Enter your password"),
    ],
)
def test_a_refused_sign_in_says_why_and_never_which_of_the_two(
    desk: FlaskClient, username: str, password: str, status: int, sentence: str
) -> None:
    desk.set_cookie("navbat_language", "en")

    answer = sign_in(desk, username, password)

    assert answer.status_code == status
    assert sentence in answer.text
    assert "data-error-summary" in answer.text
    assert "qwertz-123" not in answer.text


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""]
)
def test_sign_in_leads_nowhere_outside_this_site(desk: FlaskClient, to: str) -> None:
    assert sign_in(desk, next=to).headers["Location"] == "/staff/start"
    assert desk.get("/staff/start").headers["Location"] == "/counter"


def test_signing_out_ends_the_session_for_a_copied_cookie_too(app: Flask, desk: FlaskClient) -> None:
    sign_in(desk)
    cookie = desk.get_cookie("navbat_staff")
    assert cookie is not None
    csrf = state_of(desk.get("/counter/18").text)["csrf"]

    desk.post("/sign-out", data={"csrf_token": csrf})

    thief = app.test_client()
    thief.set_cookie("navbat_staff", cookie.value)
    assert thief.get("/counter").headers["Location"].startswith("/sign-in")


def test_another_page_cannot_sign_an_official_out(desk: FlaskClient) -> None:
    sign_in(desk)

    assert desk.post("/sign-out", data={"csrf_token": "guessed"}).status_code == 403
    assert desk.get("/counter").status_code == 200


def test_an_official_who_works_at_a_counter_is_led_there(desk: FlaskClient, queue: Queue) -> None:
    sign_in(desk)
    csrf = state_of(desk.get("/counter/18").text)["csrf"]
    desk.post("/api/v1/counters/18/open", json={}, headers={"X-CSRF-Token": csrf})

    assert desk.get("/counter").headers["Location"] == "/counter/18"
    assert desk.get("/counter?choose=1").status_code == 200


def test_a_typed_number_leads_to_its_counter_and_an_unknown_one_is_explained(desk: FlaskClient) -> None:
    sign_in(desk)
    desk.set_cookie("navbat_language", "en")

    assert desk.get("/counter?number=18").headers["Location"] == "/counter/18"
    assert "There is no counter 999" in desk.get("/counter?number=999").text


def test_an_official_of_one_agency_sees_its_counters_only(app: Flask, queue: Queue) -> None:
    queue.staff.add("rashad", role="official", password=PASSWORD, agencies=["moj_reg"])
    desk = app.test_client()
    sign_in(desk, "rashad")

    shown = re.findall(r'data-number="(\d+)"', desk.get("/counter").text)

    assert shown == ["18", "19", "20"]
    assert desk.get("/counter/18").status_code == 200
    assert desk.get("/counter/6").status_code == 404


def test_the_terminal_arrives_with_the_visitor_in_hand(desk: FlaskClient, queue: Queue) -> None:
    ticket = create_ticket(queue, BIRTH)
    official = open_counter(queue, 18)
    queue.counters.next(18, official)
    sign_in(desk)

    state = state_of(desk.get("/counter/18").text)

    assert state["counter"]["ticket"]["number"] == ticket["number"]
    assert state["counter"]["ticket"]["token"] is None
    assert [reason["key"] for reason in state["pause_reasons"]]


def test_the_terminal_can_be_read_in_every_language_of_the_centre(desk: FlaskClient, config: Config) -> None:
    sign_in(desk)
    page = desk.get("/counter/18").text
    found = re.search(r'id="wording">(.*?)</script>', page, re.S)
    assert found is not None

    wording = json.loads(found[1])

    assert set(wording) == set(config.centre.languages)
    assert {frozenset(each) for each in wording.values()} == {frozenset(wording["az"])}
