"""The tablet on a counter: it asks the visitor just served, for a while, and takes one vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from server.app import create_app
from server.db.models import print_jobs, ratings
from server.errors import BadInput
from tests.builders import BIRTH, create_ticket, open_counter
from tests.screens.accessibility import violations
from tests.screens.halls import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Browser, Page

    from server.config import Config
    from server.operations import Queue
    from server.operations.staff import Official
    from tests.conftest import FixedClock

COUNTER = 18


def asking(config: Config, prompt: str, **settings: object) -> Config:
    """The shipped centre, which asks in this way."""
    return config.model_copy(
        update={"rating": config.rating.model_copy(update={"prompt": prompt, **settings})}
    )


@pytest.fixture
def app(config: Config, clock: FixedClock, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(asking(config, "tablet"), data_dir=tmp_path, clock=clock, limits=False)
    yield app
    app.extensions["queue"].context.database.close()


@pytest.fixture
def queue(app: Flask) -> Queue:
    queue: Queue = app.extensions["queue"]
    return queue


@pytest.fixture
def tablet(app: Flask, queue: Queue, browser: Browser) -> Iterator[Page]:
    _, token = queue.devices.add("tablet-18", kind="tablet", counter=COUNTER)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    with serving(app, live=True) as url:
        page.goto(f"{url}/tablet")
        page.click(".pairing__token summary")
        page.fill("#token", token)
        page.keyboard.press("Enter")
        page.wait_for_selector('[data-view="rest"]')
        yield page
        page.close()


def serve(queue: Queue, official: Official, *, language: str = "ru", number: int = COUNTER) -> None:
    """Serve a visitor to the end."""
    create_ticket(queue, BIRTH, language=language)
    queue.counters.next(number, official)
    queue.visits.start(number, official)
    queue.visits.finish(number, official)


def votes(queue: Queue) -> list[int]:
    with queue.context.database.read() as connection:
        return [row.score for row in connection.execute(select(ratings).order_by(ratings.c.request_id))]


def test_the_visitor_just_served_is_asked_in_their_language_and_votes_once(
    queue: Queue, tablet: Page
) -> None:
    official = open_counter(queue, COUNTER)
    assert violations(tablet) == []

    # Asked live, in the visitor's language, without the number; nothing is sent by the first touch.
    serve(queue, official)
    tablet.wait_for_selector('[data-view="ask"]')
    assert tablet.evaluate("document.documentElement.lang") == "ru"
    assert "Как вас обслужили?" in tablet.inner_text("h1")
    assert "R001" not in tablet.inner_text("main")
    assert violations(tablet) == []
    tablet.click('.face[data-score="5"]')
    assert votes(queue) == []
    box = tablet.locator('.face[data-score="1"]').bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 96

    # Thanked, and at rest again; the same visit is not asked for again, not even after a reload.
    tablet.get_by_text("Отправить").click()
    tablet.wait_for_selector('[data-view="thanks"]')
    assert votes(queue) == [5]
    tablet.wait_for_selector('[data-view="rest"]', timeout=15_000)
    assert tablet.evaluate("document.documentElement.lang") == "az"
    tablet.reload()
    tablet.wait_for_selector('[data-view="rest"]')

    # The next one is asked anew, until the one after is being served; whoever does not want to says so.
    serve(queue, official, language="en")
    tablet.wait_for_selector('[data-view="ask"]')
    create_ticket(queue, BIRTH)
    queue.counters.next(COUNTER, official)
    tablet.wait_for_timeout(500)
    assert tablet.locator('[data-view="ask"]').count() == 1
    queue.visits.start(COUNTER, official)
    tablet.wait_for_selector('[data-view="rest"]')
    queue.visits.finish(COUNTER, official)
    tablet.wait_for_selector('[data-view="ask"]')
    tablet.locator(".ask__acts button").first.click()
    tablet.wait_for_selector('[data-view="rest"]')
    assert votes(queue) == [5]


def test_a_tablet_asks_for_its_own_counter_only_and_for_a_while(queue: Queue, clock: FixedClock) -> None:
    official = open_counter(queue, COUNTER)
    serve(queue, official)

    assert queue.ratings.at_counter(COUNTER + 1) is None
    asked = queue.ratings.at_counter(COUNTER)
    assert asked is not None
    assert asked["left_s"] == 60
    assert set(asked) == {"rating_token", "service", "language", "left_s"}
    clock.advance(seconds=61)
    assert queue.ratings.at_counter(COUNTER) is None


def test_the_page_and_the_tablet_itself_are_for_enrolled_tablets(app: Flask, queue: Queue) -> None:
    _, display = queue.devices.add("board", kind="display")
    client = app.test_client()
    assert client.get("/tablet").location == "/enrol?to=/tablet"
    client.set_cookie("navbat_device", display)
    assert client.get("/tablet").location == "/enrol?to=/tablet"

    with pytest.raises(BadInput):
        queue.devices.add("nowhere", kind="tablet")
    with pytest.raises(BadInput):
        queue.devices.add("far", kind="tablet", counter=9999)


@pytest.mark.parametrize(
    ("prompt", "paperless", "opens_page", "slips"),
    [
        ("print", True, False, 1),
        ("print", True, True, 0),  # followed on the telephone, which asks for the rating
        ("print", False, True, 1),
        ("none", True, False, 0),
        ("tablet", True, False, 0),
    ],
)
def test_a_rating_slip_is_printed_as_configured_and_as_the_visitor_chose(
    config: Config,
    clock: FixedClock,
    tmp_path: Path,
    prompt: str,
    paperless: bool,
    opens_page: bool,
    slips: int,
) -> None:
    app = create_app(
        asking(config, prompt, paperless=paperless), data_dir=tmp_path, clock=clock, limits=False
    )
    queue: Queue = app.extensions["queue"]
    official = open_counter(queue, COUNTER)
    ticket = create_ticket(queue, BIRTH, printer="kiosk-1")
    if opens_page:
        assert app.test_client().get(f"/t/{ticket['token']}").status_code == 200

    queue.counters.next(COUNTER, official)
    queue.visits.start(COUNTER, official)
    queue.visits.finish(COUNTER, official)

    with queue.context.database.read() as connection:
        printed = connection.execute(select(print_jobs.c.id).where(print_jobs.c.kind == "rating")).fetchall()
    page = app.test_client().get(f"/t/{ticket['token']}").get_data(as_text=True)
    queue.context.database.close()
    assert len(printed) == slips
    assert "/r/" in page
