"""The visitor's phone in a real browser, against a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.app import create_app
from server.wording import Wording, available_languages
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter
from tests.screens.halls import serving
from tests.screens.looking import faults_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock
    from tests.screens.conftest import Screens

WIDTH, HEIGHT = 390, 844


class Phone:
    """A hall, and a visitor's phone that looks at a ticket of it."""

    def __init__(self, url: str, queue: Queue, screens: Screens) -> None:
        self.url = url
        self.queue = queue
        self._screens = screens

    def open(self, ticket: dict[str, str], path: str = "", language: str = "az") -> Page:
        """Open a page of a ticket in a browser whose own interface is Russian."""
        address = f"{self.url}/t/{ticket['token']}{path}?language={language}"
        return self._screens.open(address, WIDTH, HEIGHT, locale="ru-RU")


@pytest.fixture
def phone(config: Config, clock: FixedClock, tmp_path: Path, screens: Screens) -> Iterator[Phone]:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    with serving(app) as url:
        yield Phone(url, app.extensions["queue"], screens)
        screens.close()


def test_a_ticket_leads_to_why_others_went_first_and_back(phone: Phone) -> None:
    ticket = create_ticket(phone.queue, BIRTH)
    page = phone.open(ticket)
    page.wait_for_selector("html[data-drawn]")

    page.click('.door[href*="/why"]')
    assert page.url == f"{phone.url}/t/{ticket['token']}/why?language=az"

    page.click(".door--back")
    assert page.url == f"{phone.url}/t/{ticket['token']}?language=az"


def test_each_call_of_a_later_ticket_is_told_and_those_elsewhere_are_folded(
    phone: Phone, clock: FixedClock
) -> None:
    official, other = open_counter(phone.queue, 6), open_counter(phone.queue, 18)
    mine = create_ticket(phone.queue, PASSPORT)
    clock.advance(minutes=5)
    create_ticket(phone.queue, PASSPORT, category="veteran")
    create_ticket(phone.queue, BIRTH)
    phone.queue.counters.next(6, official)
    phone.queue.counters.next(18, other)

    page = phone.open(mine, "/why", "en")

    assert page.inner_text(".reasons >> nth=0").split("\n")[0] == "A002"
    assert "10 minutes credited by law" in page.inner_text(".reasons >> nth=0")
    assert not page.is_visible("text=R001")
    page.click("summary")
    assert page.is_visible("text=R001 came for another")


def test_a_browser_counts_and_tells_the_time_as_the_page_speaks_not_as_its_own_interface(
    phone: Phone,
) -> None:
    page = phone.open(create_ticket(phone.queue, BIRTH))

    said = page.evaluate(
        """async () => {
            document.getElementById("wording").textContent =
                JSON.stringify({ az: { n: { one: "one", few: "few", other: "other" } } });
            const { t, time } = await import("/static/js/wording.js?anew");
            return [...[1, 2, 5, 21].map((n) => t("n", { n })), time("2026-11-24T14:05:00+04:00")];
        }"""
    )

    assert said == ["one", "other", "other", "other", "14:05"]


def test_a_document_that_is_collected_first_is_explained_in_each_language(
    phone: Phone, clock: FixedClock
) -> None:
    queue, collect = phone.queue, "ready_doc"
    counter = next(each for each in queue.config.counters if {collect, "info_desk"} <= set(each.services))
    official = open_counter(queue, counter.number)
    mine = create_ticket(queue, "info_desk")
    clock.advance(minutes=2)
    # Came later, and is due earlier: the target of collection is short.
    theirs = queue.check_ins.check_in(queue.results.announce(service=collect, reference="A-1")["code"])
    clock.advance(minutes=1)
    # And one that collects is itself passed over by whom the law puts first.
    by_law = create_ticket(queue, "info_desk", category="disability")
    for _ in range(3):
        queue.counters.next(counter.number, official)
        queue.visits.start(counter.number, official)
        queue.visits.finish(counter.number, official)
    found = {}

    for language in available_languages():
        for ticket, other in ((mine, theirs), (theirs, by_law)):
            page = phone.open(ticket, "/why", language)
            said = page.inner_text(".reasons >> nth=0")
            words = Wording(language)
            assert other["number"] in said
            assert "{" not in said
            if ticket is mine:
                target = queue.config.policy.target_minutes.collect
                assert words.text("why.terms", start="10:02", target=target) in said, said
            if faults := faults_of(page, target=44):
                found[f"{language} {ticket['number']}"] = faults
            page.context.close()

    assert found == {}
