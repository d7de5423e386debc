"""The official's terminal in a real browser, against a real server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from server.app import create_app
from tests.builders import BIRTH, create_official, create_ticket, open_session
from tests.screens.halls import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock

COUNTER = 18
# A change on the screen keeps the keys deaf for a moment, against double clicks.
GUARD_MS = 1100


class Terminal:
    """A terminal on which Leyla is signed in, whose clock can be set forward."""

    def __init__(self, url: str, queue: Queue, page: Page) -> None:
        self.queue = queue
        self.page = page
        self.faults: list[str] = []
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.clock.install()
        page.goto(f"{url}/counter/{COUNTER}?language=en")
        page.wait_for_selector(".top")

    def press(self, *letters: str) -> None:
        """Press keys as an official does: one after another has shown, and is possible."""
        for letter in letters:
            self.page.wait_for_selector(f".act[aria-keyshortcuts={letter.upper()}]:not([aria-disabled])")
            self.settle()
            self.page.keyboard.press(letter)

    def settle(self) -> None:
        """Let the moment pass in which the terminal hears nothing."""
        self.page.clock.fast_forward(GUARD_MS)

    def shows(self, state: str) -> None:
        """Wait until the visitor in hand is in this state."""
        self.page.wait_for_selector(f'.hand[data-state="{state}"]')

    @property
    def offered(self) -> set[str]:
        """Read what can be done now."""
        buttons = self.page.locator(".act:not([aria-disabled])").all()
        return {str(button.get_attribute("data-verb")) for button in buttons}


@pytest.fixture
def terminal(config: Config, clock: FixedClock, tmp_path: Path, browser: Browser) -> Iterator[Terminal]:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    queue: Queue = app.extensions["queue"]
    token, _ = open_session(queue, create_official(queue, "leyla"), "cookie")
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    with serving(app, live=True) as url:
        context.add_cookies([{"name": "navbat_staff", "value": token, "url": url}])
        yield Terminal(url, queue, context.new_page())
        context.close()


def test_a_visitor_is_called_served_and_finished_by_keys_alone(terminal: Terminal) -> None:
    number = create_ticket(terminal.queue, BIRTH)["number"]

    terminal.press("o", "n")
    terminal.shows("called")
    assert terminal.page.inner_text(".hand__number") == number

    terminal.press("s")
    terminal.shows("serving")

    terminal.press("f")
    terminal.page.wait_for_selector(".hand", state="detached")
    assert terminal.queue.counters.view(COUNTER)["today"]["served"] == 1
    assert terminal.faults == []


def test_keys_work_by_their_place_on_a_cyrillic_layout(terminal: Terminal) -> None:
    terminal.page.wait_for_selector(".act[aria-keyshortcuts=O]:not([aria-disabled])")
    terminal.settle()

    terminal.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'щ', code: 'KeyO', bubbles: true}))"
    )

    terminal.page.wait_for_selector('.top .chip[data-state="open"]')


def test_only_what_is_possible_now_is_offered(terminal: Terminal, clock: FixedClock, config: Config) -> None:
    create_ticket(terminal.queue, BIRTH)
    assert terminal.offered == {"open"}

    terminal.press("o")
    terminal.page.wait_for_selector('[data-verb="next"]')
    assert terminal.offered == {"next", "pause", "close"}

    terminal.press("n")
    terminal.shows("called")
    terminal.page.wait_for_selector('[data-verb="start"]:not([aria-disabled])')
    assert terminal.offered == {"start", "no_show", "hold", "transfer", "add_service"}

    clock.advance(seconds=config.policy.recall_after_s + 1)
    terminal.press("h")
    terminal.page.wait_for_selector(".held__resume")


def test_a_double_click_on_call_next_does_not_start_the_service(terminal: Terminal) -> None:
    create_ticket(terminal.queue, BIRTH)
    terminal.press("o")
    asked: list[str] = []
    terminal.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    terminal.page.wait_for_selector('[data-verb="next"]:not([aria-disabled])')
    terminal.settle()

    # However long this machine takes, on the terminal's clock the second key comes with the first.
    at = terminal.page.evaluate("Date.now()")
    terminal.page.clock.set_fixed_time(at)
    terminal.page.keyboard.press("n")
    terminal.shows("called")
    terminal.page.wait_for_selector('[data-verb="start"]:not([aria-disabled])')
    terminal.page.keyboard.press("s")
    # What the key might have asked for was asked before this.
    terminal.page.evaluate("fetch('/healthz').then((answer) => answer.text())")
    assert asked[-1] == "healthz"
    assert "start" not in asked

    # And this one comes when the official has seen who is called.
    terminal.page.clock.set_fixed_time(at + GUARD_MS)
    terminal.page.keyboard.press("s")
    terminal.shows("serving")
    assert asked.count("next") == 1
    assert asked.count("start") == 1


def test_a_visitor_who_takes_a_number_is_seen_at_once(terminal: Terminal) -> None:
    terminal.press("o")
    terminal.page.wait_for_selector('[data-verb="next"]')

    # Without the terminal's own asking, which comes later.
    terminal.page.route(f"**/api/v1/counters/{COUNTER}", lambda route: route.abort())

    number = create_ticket(terminal.queue, BIRTH)["number"]

    terminal.page.wait_for_selector(f".queue tbody tr:has-text('{number}')")


def test_a_refusal_is_explained_and_the_view_is_right_again(terminal: Terminal) -> None:
    create_ticket(terminal.queue, BIRTH)
    terminal.press("o", "n")
    terminal.shows("called")
    csrf = terminal.page.locator('meta[name="csrf-token"]').get_attribute("content")
    terminal.page.wait_for_selector('[data-verb="start"]:not([aria-disabled])')
    terminal.settle()

    # The same official starts the service elsewhere, and this screen does not hear of it before the tap.
    terminal.page.route(
        "**/start",
        lambda route: (
            terminal.page.context.request.post(
                route.request.url, data={}, headers={"X-CSRF-Token": csrf or ""}
            ),
            route.continue_(),
        )[-1],
    )
    terminal.page.keyboard.press("s")

    terminal.page.wait_for_selector(".told")
    assert re.search(r"state", terminal.page.inner_text(".told"))
    terminal.shows("serving")


def test_without_a_network_the_visitor_stays_and_nothing_is_stored_for_later(terminal: Terminal) -> None:
    create_ticket(terminal.queue, BIRTH)
    terminal.press("o", "n")
    terminal.shows("called")

    terminal.page.context.set_offline(True)
    terminal.page.wait_for_selector(".offline")
    assert terminal.page.locator(".hand").count() == 1
    terminal.page.wait_for_selector(".act:not([aria-disabled])", state="detached")
    terminal.settle()
    terminal.page.keyboard.press("s")

    terminal.page.context.set_offline(False)
    terminal.page.wait_for_selector(".offline", state="detached")
    terminal.page.wait_for_selector('[data-verb="start"]:not([aria-disabled])')
    terminal.settle()
    terminal.shows("called")
    assert terminal.queue.counters.view(COUNTER)["ticket"]["state"] == "called"


def test_a_letter_typed_into_a_search_is_no_command(terminal: Terminal) -> None:
    create_ticket(terminal.queue, BIRTH)
    terminal.press("o", "n")
    terminal.shows("called")
    terminal.press("t")
    terminal.page.wait_for_selector(".picker__option")

    terminal.page.keyboard.type("sx")
    terminal.page.keyboard.press("Escape")

    terminal.page.wait_for_selector("dialog", state="detached")
    terminal.shows("called")


def test_anothers_counter_can_be_seen_but_not_worked_at(terminal: Terminal) -> None:
    other = create_official(terminal.queue, "rashad")
    terminal.queue.counters.open(COUNTER, other)

    terminal.page.reload()

    assert other.name in terminal.page.inner_text(".empty h1")
    assert terminal.offered == set()


def test_a_note_an_outcome_and_the_reason_of_a_transfer_are_at_hand(terminal: Terminal) -> None:
    for _ in range(2):
        create_ticket(terminal.queue, BIRTH)
    page = terminal.page
    terminal.press("o", "n")
    terminal.shows("called")
    page.fill("#new-note", "<b>speaks slowly</b>")
    terminal.settle()
    page.keyboard.press("Enter")
    page.wait_for_selector(".notes li")
    assert page.inner_text(".notes p >> nth=0") == "<b>speaks slowly</b>"

    terminal.press("s")
    terminal.shows("serving")
    page.wait_for_selector("[data-verb=finish_with]:not([aria-disabled])")
    terminal.settle()
    page.click("[data-verb=finish_with]")
    page.wait_for_selector(".choices")
    page.keyboard.press("1")
    page.wait_for_selector(".hand", state="detached")

    terminal.press("n")
    terminal.shows("called")
    page.wait_for_selector("[data-verb=transfer]:not([aria-disabled])")
    terminal.settle()
    page.click("[data-verb=transfer]")
    page.fill(".why .input", "wrong office")
    page.click(".tab:has-text('counter')")
    page.fill(".picker .input", "19")
    page.click(".picker__option:has-text('19')")
    page.wait_for_selector(".hand", state="detached")

    other = create_official(terminal.queue, "rashad")
    terminal.queue.counters.open(19, other)
    terminal.queue.counters.next(19, other)
    assert [each["text"] for each in terminal.queue.counters.view(19)["notes"]] == ["wrong office"]
    assert terminal.faults == []


def test_whoever_wishes_it_has_the_next_visitor_called(terminal: Terminal) -> None:
    terminal.press("o")
    terminal.page.check(".auto input")
    number = create_ticket(terminal.queue, BIRTH)["number"]
    terminal.page.wait_for_selector(".auto__left")

    # The moment begins anew whenever the page was away from the server, as it is when its time runs fast.
    for _ in range(90):
        terminal.page.clock.run_for(1000)
        terminal.page.wait_for_timeout(100)
        if terminal.page.is_visible(".hand__number"):
            break
    assert terminal.page.inner_text(".hand__number") == number
