"""The supervisor's room in a real browser, against a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.app import create_app
from server.errors import Conflict
from tests.builders import BIRTH, create_official, create_ticket, open_counter, open_session
from tests.screens.accessibility import violations
from tests.screens.halls import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock
    from tests.screens.conftest import Screens

LANGUAGES = ("az", "uz", "ru", "en", "tr")


class Hall:
    """A hall, and browsers in which somebody is signed in."""

    def __init__(self, url: str, queue: Queue, screens: Screens) -> None:
        self.url = url
        self.queue = queue
        self._screens = screens

    def open_as(self, username: str, role: str) -> Page:
        token, _ = open_session(self.queue, create_official(self.queue, username, role=role), "cookie")
        page = self._screens.open("about:blank", 1366, 768)
        page.context.add_cookies([{"name": "navbat_staff", "value": token, "url": self.url}])
        page.goto(f"{self.url}/supervisor?language=en")
        return page


@pytest.fixture
def hall(config: Config, clock: FixedClock, tmp_path: Path, screens: Screens) -> Iterator[Hall]:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    queue: Queue = app.extensions["queue"]
    with serving(app) as url:
        yield Hall(url, queue, screens)
        screens.close()


def test_what_asks_for_attention_is_shown_seen_and_mended(hall: Hall, clock: FixedClock) -> None:
    create_ticket(hall.queue, BIRTH)
    page, other = hall.open_as("nigar", "supervisor"), hall.open_as("elchin", "supervisor")
    page.wait_for_selector(".alert[data-kind=unserved]")

    page.click(".alert .alert__seen")
    page.wait_for_selector(".alerts__none")
    other.wait_for_selector(".alerts__none")
    assert violations(page) == []

    official = open_counter(hall.queue, 18)
    hall.queue.counters.next(18, official)
    clock.advance(minutes=11)
    page.wait_for_selector(".alert[data-kind=abandoned]")
    page.click(".seat:has-text('18')")
    page.wait_for_selector(".acts")
    assert violations(page) == []
    page.click(".acts .button--danger")
    page.wait_for_selector(".acts", state="detached")

    assert hall.queue.counters.view(18)["state"] == "closed"
    page.wait_for_selector(".alert[data-kind=abandoned]", state="detached")


def test_an_official_is_moved_by_one_and_a_second_supervisor_is_told(hall: Hall) -> None:
    official = open_counter(hall.queue, 18)
    page, other = hall.open_as("nigar", "supervisor"), hall.open_as("elchin", "supervisor")
    for each in (page, other):
        each.click(".seat:has-text('18')")
        each.wait_for_selector(".acts")
    page.select_option("#move-to", "19")
    other.select_option("#move-to", "20")

    page.click(".acts__move .button--primary")
    page.wait_for_selector(".acts", state="detached")
    assert hall.queue.counters.view(19)["official"]["id"] == official.id

    # The second one's dialog went with the official, or its act is refused: the room is right again either way.
    other.wait_for_selector(".seat[data-state=open]:has-text('19')")
    assert hall.queue.counters.view(20)["official"] is None


def test_a_service_is_closed_for_the_day_and_opened_again(hall: Hall) -> None:
    page = hall.open_as("nigar", "supervisor")
    page.click("summary:has-text('Close a service')")
    page.select_option("#close-service", BIRTH)
    page.click(".close-one button")
    page.wait_for_selector(".closed-services li")

    with pytest.raises(Conflict):
        create_ticket(hall.queue, BIRTH)
    assert violations(page) == []
    page.click(".closed-services button")
    page.wait_for_selector(".closed-services", state="detached")
    create_ticket(hall.queue, BIRTH)


def test_an_auditor_sees_all_and_can_do_nothing(hall: Hall) -> None:
    create_ticket(hall.queue, BIRTH)
    open_counter(hall.queue, 19)
    page = hall.open_as("ruslan", "auditor")
    page.wait_for_selector(".today")

    assert page.locator("button.seat, .alert__seen").count() == 0
    assert page.locator(".seat").count() == 1
    assert page.locator(".alert").count() == 0, "counter 19 serves whom it would be about"


def test_an_official_has_no_room(hall: Hall) -> None:
    page = hall._screens.open("about:blank", 1366, 768)
    with hall._screens.expecting(403):
        page.close()
        page = hall.open_as("leyla", "official")
        page.wait_for_selector("main")

    assert page.locator("#screen").count() == 0


def test_the_room_reads_well_in_every_language(hall: Hall) -> None:
    create_ticket(hall.queue, BIRTH)
    official = open_counter(hall.queue, 18)
    create_ticket(hall.queue, BIRTH)
    hall.queue.counters.next(18, official)
    page = hall.open_as("nigar", "supervisor")
    page.wait_for_selector(".flow figure canvas")
    found = {}
    for language in LANGUAGES:
        page.select_option(".room-top__language select", language)
        found[language] = violations(page)

    assert not any(found.values()), found
