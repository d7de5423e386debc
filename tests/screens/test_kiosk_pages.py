"""The visitor's pages as a browser without JavaScript gets them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from kiosk.rating_form import read_rating
from server.app import create_app
from server.wording import Wording
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
def phone(app: Flask) -> FlaskClient:
    return app.test_client()


def serve_a_visitor(queue: Queue, **kwargs: Any) -> dict[str, Any]:
    """Take a ticket through the hall; answers it as its visitor sees it."""
    ticket = create_ticket(queue, BIRTH, **kwargs)
    official = open_counter(queue, 18)
    queue.counters.next(18, official)
    queue.visits.start(18, official)
    queue.visits.finish(18, official)
    return queue.tickets.view(ticket["token"])


def text_of(page: bytes) -> str:
    """Strip a page to the words a person reads."""
    body = re.sub(r"<script.*?</script>", "", page.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_the_touchscreen_asks_a_stranger_to_enrol(phone: FlaskClient) -> None:
    answer = phone.get("/kiosk")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/enrol?to=/kiosk"


def test_an_enrolled_kiosk_gets_its_first_state_with_the_page(phone: FlaskClient, queue: Queue) -> None:
    _, token = queue.devices.add("kiosk-9", kind="kiosk")
    phone.post("/enrol", data={"token": token, "to": "/kiosk"})

    page = phone.get("/kiosk").text

    assert BIRTH in page
    assert '"idle_s": 60' in page


def test_a_display_is_no_kiosk(phone: FlaskClient, queue: Queue) -> None:
    _, token = queue.devices.add("display-9", kind="display")
    phone.post("/enrol", data={"token": token})

    assert phone.get("/kiosk").status_code == 302


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("az", ["Gözləyirsiniz", "Doğumun qeydə alınması", "Ədliyyə və əmlak"]),
        ("uz", ["Kutyapsiz", "Tugʻilishni qayd etish"]),
        ("ru", ["Вы в очереди", "Регистрация рождения", "Юстиция и недвижимость"]),
        ("en", ["You are waiting", "Registration of birth"]),
        ("tr", ["Bekliyorsunuz", "Doğum tescili"]),
    ],
)
def test_a_ticket_is_read_without_javascript_in_every_language(
    phone: FlaskClient, queue: Queue, language: str, words: list[str]
) -> None:
    ticket = create_ticket(queue, BIRTH)

    answer = phone.get(f"/t/{ticket['token']}?language={language}")

    text = text_of(answer.data)
    assert f'<html lang="{language}"' in answer.text
    assert ticket["number"] in text
    assert [word for word in words if word not in text] == []


def test_a_ticket_page_speaks_the_language_chosen_at_the_kiosk(phone: FlaskClient, queue: Queue) -> None:
    ticket = create_ticket(queue, BIRTH, language="ru")

    assert '<html lang="ru"' in phone.get(f"/t/{ticket['token']}").text


def test_a_ticket_page_never_shows_the_category(phone: FlaskClient, queue: Queue) -> None:
    ticket = create_ticket(queue, BIRTH, category="disability")

    assert "disability" not in phone.get(f"/t/{ticket['token']}").text


def test_a_called_visitor_reads_counter_and_direction(phone: FlaskClient, queue: Queue) -> None:
    ticket = create_ticket(queue, BIRTH, language="en")
    official = open_counter(queue, 18)
    queue.counters.next(18, official)

    text = text_of(phone.get(f"/t/{ticket['token']}").data)

    assert "You are called" in text
    assert "Counter 18" in text
    assert "to the left" in text


def test_a_visitor_gives_the_place_up_by_a_plain_form(phone: FlaskClient, queue: Queue) -> None:
    ticket = create_ticket(queue, BIRTH)

    answer = phone.post(f"/t/{ticket['token']}/cancel?language=tr")

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/t/{ticket['token']}?language=tr")
    assert queue.tickets.view(ticket["token"])["state"] == "cancelled"


def test_giving_up_what_is_over_leads_back_to_the_page(phone: FlaskClient, queue: Queue) -> None:
    ticket = serve_a_visitor(queue)

    assert phone.post(f"/t/{ticket['token']}/cancel").status_code == 303
    assert queue.tickets.view(ticket["token"])["state"] == "served"


def test_a_served_ticket_leads_to_its_rating(phone: FlaskClient, queue: Queue) -> None:
    ticket = serve_a_visitor(queue)

    [service] = ticket["services"]
    assert f'href="/r/{service["rating_token"]}?' in phone.get(f"/t/{ticket['token']}").text


def test_a_rating_is_given_once(phone: FlaskClient, queue: Queue) -> None:
    address = f"/r/{serve_a_visitor(queue)['services'][0]['rating_token']}?language=en"

    first = phone.post(
        address, data={"score": "4", "aspect-quality": "5", "comment": "<script>alert(1)</script>"}
    )
    second = phone.post(address, data={"score": "1"})

    assert first.status_code == 201
    assert "Thank you" in first.text
    assert second.status_code == 409
    assert "already been rated" in second.text
    assert "already been rated" in phone.get(address).text


@pytest.mark.parametrize("data", [{}, {"score": "0"}, {"score": "6"}, {"score": "good"}])
def test_a_rating_without_a_score_comes_back_with_what_was_written(
    phone: FlaskClient, queue: Queue, data: dict[str, str]
) -> None:
    address = f"/r/{serve_a_visitor(queue)['services'][0]['rating_token']}?language=en"

    answer = phone.post(address, data={**data, "comment": "</textarea><b>kind"})

    assert answer.status_code == 422
    assert "Choose a score from 1 to 5" in answer.text
    assert "&lt;/textarea&gt;&lt;b&gt;kind" in answer.text
    assert phone.post(address, data={"score": "3"}).status_code == 201


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/t/unknown", "No such ticket was found"),
        ("/q/unknown.svg", "No such ticket was found"),
        ("/r/unknown", "This rating link is not known"),
    ],
)
def test_an_unknown_address_gets_a_clear_page(phone: FlaskClient, address: str, words: str) -> None:
    answer = phone.get(f"{address}?language=en")

    assert answer.status_code == 404
    assert words in answer.text


def test_a_rating_ends_with_its_time(phone: FlaskClient, queue: Queue, clock: FixedClock) -> None:
    address = f"/r/{serve_a_visitor(queue)['services'][0]['rating_token']}?language=en"
    clock.advance(days=15)

    answer = phone.get(address)

    assert answer.status_code == 410
    assert "The time for rating is over" in answer.text


def test_a_ticket_has_a_qr_picture(phone: FlaskClient, queue: Queue) -> None:
    answer = phone.get(f"/q/{create_ticket(queue, BIRTH)['token']}.svg")

    assert answer.mimetype == "image/svg+xml"
    assert answer.data.startswith(b"<svg")


def test_a_page_holds_nothing_that_the_policy_refuses(phone: FlaskClient, queue: Queue) -> None:
    token = create_ticket(queue, BIRTH)["token"]

    page = phone.get(f"/t/{token}").text

    assert " style=" not in page
    assert not re.search(r" on\w+=", page)
    assert "<style" not in page


def test_a_line_break_in_a_comment_counts_as_one_sign() -> None:
    given, errors = read_rating({"score": "5", "comment": "a\r\n" * 500}, [], Wording("en"))

    assert errors == []
    assert len(given["comment"]) == 999
