"""The supervisor's room in a real browser, against a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from server.app import create_app
from server.errors import Conflict
from tests.builders import BIRTH, create_official, create_ticket, entries_of, open_counter, open_session
from tests.screens.accessibility import violations
from tests.screens.halls import serving
from tests.screens.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock
    from tests.screens.conftest import Screens

TABLETS = ((1024, 768), (820, 1180))
LANGUAGES = ("az", "uz", "ru", "en", "tr")


class Hall:
    """A hall, and browsers in which somebody is signed in."""

    def __init__(self, url: str, queue: Queue, screens: Screens) -> None:
        self.url = url
        self.queue = queue
        self.screens = screens

    def open_as(self, username: str, role: str, **kwargs: Any) -> Page:
        official = create_official(self.queue, username, role=role, **kwargs)
        token, _ = open_session(self.queue, official, "cookie")
        page = self.screens.open("about:blank", 1366, 768)
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

    page.wait_for_selector(".alert[data-kind=abandoned]", state="detached")
    assert hall.queue.counters.view(18)["state"] == "closed"


class Together:
    """Two supervisors whose rooms both show the hall as it was; neither hears of the other before the second tap."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.first, self.second = (
            hall.open_as("nigar", "supervisor", name="Nigar"),
            hall.open_as("elchin", "supervisor", name="Elçin"),
        )
        self._holds = False
        self.second.route("**/api/v1/room", lambda route: None if self._holds else route.continue_())

    def prepare(self, counter: int, *to: int) -> None:
        """Let both open the counter's dialog, and choose where to; then the second sees nothing new."""
        for place, page in enumerate((self.first, self.second)):
            page.click(f".seat:has(.seat__number:text-is('{counter}'))")
            page.wait_for_selector(".acts")
            if to:
                page.select_option("#move-to", str(to[place]))
        self._holds = True

    def press(self, button: str) -> None:
        """Press the same in both rooms, the first one's act being done when the second's comes."""
        with self.first.expect_response(lambda answer: answer.request.method == "POST"):
            self.first.click(button)
        with self.hall.screens.expecting(409):
            self._holds = False
            self.second.click(button)
            self.second.wait_for_selector(".room__refused")

    def told(self) -> str:
        """Read what the second was told, who must have nothing else open; the first was told nothing."""
        assert self.first.locator(".room__refused, dialog").count() == 0
        assert self.second.locator("dialog").count() == 0
        return self.second.inner_text(".room__refused")


def test_two_supervisors_move_the_same_official_and_one_is_told_where_they_went(hall: Hall) -> None:
    official = open_counter(hall.queue, 18)
    two = Together(hall)
    two.prepare(18, 19, 20)

    two.press(".acts__move .button--primary")

    assert two.told() == f"{official.name} is at counter 19 now: a colleague was quicker."
    assert hall.queue.counters.view(19)["official"]["id"] == official.id
    assert hall.queue.counters.view(20)["official"] is None
    acts = [each for each in entries_of(hall.queue) if each["kind"] == "counter.supervised"]
    assert len(acts) == 1


def test_two_supervisors_end_the_same_counter_and_no_other_official_is_sent_away(hall: Hall) -> None:
    open_counter(hall.queue, 18)
    two = Together(hall)
    two.prepare(18)
    two.press(".acts .button--danger")
    assert two.told() == "Counter 18 is closed already: a colleague was quicker."

    # Somebody else has come to the counter before the second one's tap.
    open_counter(hall.queue, 20)
    for page in (two.first, two.second):
        page.wait_for_selector(".seat:has(.seat__number:text-is('20'))")
    two.prepare(20)
    with two.first.expect_response(lambda answer: answer.request.method == "POST"):
        two.first.click(".acts .button--danger")
    other = open_counter(hall.queue, 20, create_official(hall.queue, "other", name="Other"))
    with hall.screens.expecting(409):
        two._holds = False
        two.second.click(".acts .button--danger")
        two.second.wait_for_selector(
            ".room__refused:text-is('Other works at counter 20 now. Nothing was changed.')"
        )

    assert hall.queue.counters.view(20)["official"]["id"] == other.id
    assert violations(two.second) == []


def test_two_supervisors_acknowledge_the_same_alert_and_one_is_told_who_had(hall: Hall) -> None:
    create_ticket(hall.queue, BIRTH)
    two = Together(hall)
    for page in (two.first, two.second):
        page.wait_for_selector(".alert__seen")
    two._holds = True

    two.first.click(".alert__seen")
    two.first.wait_for_selector(".alerts__none")
    two._holds = False
    two.second.click(".alert__seen")
    two.second.wait_for_selector(".room__refused")

    assert two.second.inner_text(".room__refused").startswith("Nigar had seen this already, at ")
    two.second.click(".alerts summary")
    assert "Seen by Nigar" in two.second.inner_text(".alerts details")
    assert two.first.locator(".room__refused").count() == 0
    acts = [each for each in entries_of(hall.queue) if each["kind"] == "alert.acknowledged"]
    assert len(acts) == 1


def test_a_dialog_closes_when_a_colleague_took_away_what_it_was_opened_for(hall: Hall) -> None:
    official = open_counter(hall.queue, 18)
    page = hall.open_as("nigar", "supervisor")
    page.click(".seat:has-text('18')")
    page.wait_for_selector(".acts")

    hall.queue.supervising.move(official.id, 20, create_official(hall.queue, "elchin", role="supervisor"))

    page.wait_for_selector(".acts", state="detached")
    assert "is at counter 20 now" in page.inner_text(".room__refused")


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
    page = hall.screens.open("about:blank", 1366, 768)
    with hall.screens.expecting(403):
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
        for width, height in TABLETS:
            page.set_viewport_size({"width": width, "height": height})
            until(page, "document.documentElement.scrollWidth <= innerWidth")
        page.set_viewport_size({"width": 1366, "height": 768})

    assert not any(found.values()), found
