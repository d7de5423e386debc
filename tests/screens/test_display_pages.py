"""The hall board and the small displays as the server sends them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from display.calendar import calendar_words
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


@pytest.fixture
def app(config: Config, clock: FixedClock, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    yield app
    app.extensions["queue"].context.database.close()


@pytest.fixture
def queue(app: Flask) -> Queue:
    queue: Queue = app.extensions["queue"]
    return queue


@pytest.fixture
def screen(app: Flask) -> FlaskClient:
    return app.test_client()


def state_of(page: str) -> dict[str, Any]:
    """Read the first state that a page brings."""
    found = re.search(r'<script type="application/json" id="state">(.*?)</script>', page, re.S)
    assert found is not None
    state: dict[str, Any] = json.loads(found[1])
    return state


def test_without_a_zone_every_board_of_the_centre_is_listed(screen: FlaskClient, config: Config) -> None:
    page = screen.get("/display").text

    for zone in config.zones:
        assert f'href="/display?zone={zone.key}"' in page
    for counter in config.counters:
        assert f'href="/display/counter/{counter.number}"' in page


def test_a_board_arrives_with_the_calls_of_its_zone(screen: FlaskClient, queue: Queue) -> None:
    ticket = create_ticket(queue, BIRTH)
    queue.counters.next(18, open_counter(queue, 18))

    board = state_of(screen.get("/display?zone=b").text)["board"]

    assert [(call["number"], call["counter"]) for call in board["calls"]] == [(ticket["number"], 18)]
    assert state_of(screen.get("/display?zone=a").text)["board"]["calls"] == []


def test_a_board_speaks_the_state_language_whatever_the_browser_asks_for(screen: FlaskClient) -> None:
    page = screen.get("/display?zone=b", headers={"Accept-Language": "ru"}).text

    assert '<html lang="az"' in page


@pytest.mark.parametrize("path", ["/display?zone=nowhere", "/display/counter/999"])
def test_an_unknown_place_gets_a_page_that_says_so(screen: FlaskClient, path: str) -> None:
    answer = screen.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_the_small_display_knows_its_counter_and_the_public_reasons(screen: FlaskClient) -> None:
    state = state_of(screen.get("/display/counter/18").text)

    assert (state["counter"], state["zone"]) == (18, "b")
    assert all(reason["name"]["az"] for reason in state["pause_reasons"])


@pytest.mark.parametrize(
    ("language", "pattern", "tuesday", "november"),
    [
        ("az", "d MMMM, EEEE", "çərşənbə axşamı", "noyabr"),
        ("uz", "EEEE, d-MMMM", "seshanba", "noyabr"),
        ("ru", "EEEE, d MMMM", "вторник", "ноября"),
        ("en", "EEEE d MMMM", "Tuesday", "November"),
        ("tr", "d MMMM EEEE", "Salı", "Kasım"),
    ],
)
def test_days_are_written_as_each_language_writes_them(
    language: str, pattern: str, tuesday: str, november: str
) -> None:
    words = calendar_words(language)

    assert (words["pattern"], words["weekdays"][2], words["months"][10]) == (pattern, tuesday, november)
