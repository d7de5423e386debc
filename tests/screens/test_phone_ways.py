"""What a visitor does on the phone, in a real browser against a real server: every way through its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from server.app import create_app
from server.wording import Wording, available_languages
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter
from tests.conftest import FixedClock
from tests.screens.accessibility import violations
from tests.screens.halls import serving
from tests.screens.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from server.config import Config
    from server.operations import Queue
    from tests.screens.conftest import Screens

PHONE = {"device_scale_factor": 1, "is_mobile": True, "has_touch": True}
SCRIPT = "<script>document.title='taken'</script>\"'><img src=x onerror=\"document.title='taken'\">"

LISTEN = """Object.defineProperty(navigator, "vibrate", { value: (pattern) => (window.shaken = pattern) })"""


class Hall:
    """A hall, and visitors' phones that look at it."""

    def __init__(self, url: str, queue: Queue, clock: FixedClock) -> None:
        self.url = url
        self.queue = queue
        self.clock = clock
        self.screens: Screens

    def open(self, path: str, language: str = "az", **settings: Any) -> Page:
        """Open a page on a new phone."""
        return self.screens.open(f"{self.url}{path}?language={language}", 390, 844, **(PHONE | settings))

    def ticket(self, token: str) -> dict[str, Any]:
        return self.queue.tickets.view(token)


@pytest.fixture(scope="module")
def one_hall(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    clock = FixedClock()
    folder: Path = tmp_path_factory.mktemp("phones")
    app = create_app(config, data_dir=folder, clock=clock, limits=False)
    with serving(app, live=True) as url:
        yield Hall(url, app.extensions["queue"], clock)


@pytest.fixture
def hall(one_hall: Hall, screens: Screens) -> Hall:
    one_hall.screens = screens
    return one_hall


def go(page: Page, selector: str) -> Page:
    """Tap what leads to another page."""
    with page.expect_navigation():
        page.tap(selector)
    return page


def drawn(page: Page) -> Page:
    page.wait_for_selector("html[data-drawn]")
    return page


def test_the_slips_code_opens_its_ticket_and_every_other_code_is_told_what_it_is(hall: Hall) -> None:
    ticket = create_ticket(hall.queue, PASSPORT)
    page = hall.open("/f", "en")

    with hall.screens.expecting(404):
        for wrong in ("ABCDEF", SCRIPT):
            page.fill("#code", wrong)
            go(page, "form button")
            page.wait_for_selector(".error-summary:focus")
            assert Wording("en").text("take.follow_unknown") in page.inner_text(".error-summary")
            assert page.input_value("#code") == wrong[:12]
            assert page.title() != "taken"
    page.fill("#code", ticket["code"].lower())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/t/{ticket['token']}?language=en")
    assert drawn(page).inner_text(".place__number") == ticket["number"]


def test_a_pause_tells_what_it_costs_and_a_tap_brings_the_visitor_back(hall: Hall) -> None:
    mine = create_ticket(hall.queue, BIRTH)
    page = drawn(hall.open(f"/t/{mine['token']}", "en"))

    go(page, ".door[href*='/later']")
    costs = page.locator(".pause")
    assert costs.count() == 5
    assert costs.first.get_attribute("data-later") == "no"
    assert costs.nth(1).get_attribute("data-later") == "yes"
    go(page, ".pause[value='20']")

    drawn(page).wait_for_selector(".place[data-state='held']")
    assert hall.ticket(mine["token"])["held_until"][11:16] in page.inner_text(".panel__figure")
    page.tap(".act button")
    page.wait_for_selector(".place[data-state='waiting']")
    assert hall.ticket(mine["token"])["due_at"] == mine["due_at"]


def test_a_service_is_found_in_another_language_and_added_under_the_same_number(hall: Hall) -> None:
    mine = create_ticket(hall.queue, BIRTH)
    page = drawn(hall.open(f"/t/{mine['token']}", "ru"))

    go(page, ".door[href*='/add']")
    page.fill("#q", SCRIPT)
    go(page, ".search button")
    assert page.title() != "taken"
    page.fill("#q", "sexsiyyet vesiqe")
    go(page, ".search button")
    go(page, ".offer")
    go(page, "#go")

    drawn(page)
    assert page.locator(".visit li").count() == 2
    [_, added] = hall.ticket(mine["token"])["services"]
    page.goto(f"{hall.url}/t/{mine['token']}/add/{added['service']}?language=ru")
    with hall.screens.expecting(422):
        go(page, "#go").wait_for_selector(".error-summary")
    assert len(hall.ticket(mine["token"])["services"]) == 2


def test_in_the_hall_the_code_on_the_board_gives_one_number_to_a_phone(hall: Hall) -> None:
    code = hall.queue.presence.code()["code"]
    page = hall.open(f"/p/{code}", "ru")
    assert page.url == f"{hall.url}/take?language=ru"
    assert page.inner_text(".notice--good") == Wording("ru").text("take.lead_here")

    page.fill("#q", "pasport")
    go(page, ".search button")
    go(page, f".offer[href*='/{PASSPORT}?']")
    assert page.locator(".panel__figure, .panel p").count() > 1, "the wait, before the number is taken"
    page.tap(".priority summary")
    page.check("input[value='veteran']")
    go(page, "#go")

    page.wait_for_url("**/t/*")
    assert drawn(page).inner_text(".place__state") == Wording("ru").text("phone.state_waiting")
    token = page.url.partition("/t/")[2].partition("?")[0]
    assert "veteran" not in page.content()
    ticket = hall.ticket(token)
    assert (ticket["state"], ticket["language"]) == ("waiting", "ru")

    # The phone has one number: the list leads to it, and so does a second form.
    page.goto(f"{hall.url}/take?language=ru")
    assert ticket["number"] in page.inner_text(".notice")
    assert page.locator(".offer").count() == 0
    page.goto(f"{hall.url}/take/{BIRTH}?language=ru")
    assert token in go(page, "#go").url


def test_from_afar_a_number_waits_until_its_visitor_scans_the_board(hall: Hall) -> None:
    page = hall.open("/take/birth", "en")
    go(page, "#go")
    page.wait_for_url("**/t/*")
    token = page.url.partition("/t/")[2].partition("?")[0]
    drawn(page)
    by = hall.ticket(token)["check_in_by"][11:16]
    assert page.inner_text(".panel__figure") == Wording("en").text("phone.come_by", time=by)
    assert page.locator(".act").count() == 0

    # An old code, a made-up one, and then the one that the board shows now, typed.
    old = hall.queue.presence.code()["code"]
    hall.clock.advance(minutes=5)
    go(page, ".panel a[href^='/p']")
    with hall.screens.expecting(404), hall.screens.expecting(410):
        for wrong, key in ((old, "presence_late"), (SCRIPT, "presence_unknown")):
            page.fill("#code", wrong)
            go(page, "form button")
            page.wait_for_selector(".error-summary:focus")
            assert Wording("en").text(f"errors.{key}") in page.inner_text(".error-summary")
            assert page.title() != "taken"
    page.fill("#code", hall.queue.presence.code()["code"])
    go(page, "form button")
    page.wait_for_url(f"**/t/{token}*")
    drawn(page).tap(".act button")
    page.wait_for_selector(".place[data-state='waiting']")
    assert hall.ticket(token)["state"] == "waiting"


def test_another_browser_than_the_one_that_took_the_number_may_check_it_in(hall: Hall) -> None:
    far = hall.queue.phone_tickets.take(service=PASSPORT, phone="app", address="app", is_here=False)
    page = drawn(hall.open(f"/t/{far['token']}", "tr"))

    go(page, ".panel a[href^='/p']")
    page.fill("#code", hall.queue.presence.code()["code"])
    go(page, "form button")
    drawn(page).tap(".act button")

    page.wait_for_selector(".place[data-state='waiting']")


def test_who_is_not_in_the_hall_cannot_say_so(hall: Hall) -> None:
    far = hall.queue.phone_tickets.take(service=PASSPORT, phone="far", address="far", is_here=False)

    for path in ("here", "back"):
        page = hall.open(f"/t/{far['token']}", "en")
        page.request.post(f"{hall.url}/t/{far['token']}/{path}")
        page.request.post(f"{hall.url}/api/v1/tickets/{far['token']}/rejoin", data={})

    assert hall.ticket(far["token"])["state"] == "held"


def test_two_phones_and_a_kiosk_agree_whoever_acts(hall: Hall) -> None:
    official = open_counter(hall.queue, 5)
    mine = create_ticket(hall.queue, "photo_doc")
    one, two = (drawn(hall.open(f"/t/{mine['token']}", language)) for language in ("az", "en"))
    kiosk = hall.screens.open(f"{hall.url}/t/{mine['token']}?language=ru", 1080, 1920)
    pages = (one, two, drawn(kiosk))

    def agree(state: str) -> None:
        for page in pages:
            page.wait_for_selector(f".place[data-state='{state}']")
        assert hall.ticket(mine["token"])["state"] == state

    agree("waiting")
    hall.queue.tickets.postpone(mine["token"], 10)
    agree("held")
    two.tap(".act button")
    agree("waiting")
    one.evaluate(LISTEN)
    assert hall.queue.counters.next(5, official)["number"] == mine["number"]
    agree("called")
    until(one, "window.shaken?.length === 5")
    assert "5" in one.title()
    assert {page.inner_text(".counter__number") for page in pages} == {"5"}
    one.tap(".cancel summary")
    one.tap(".cancel button")
    agree("cancelled")


@pytest.mark.timeout(240)
def test_axe_finds_nothing_in_any_state_and_language(hall: Hall) -> None:
    hall.clock.advance(days=1)
    queue = hall.queue
    official = open_counter(queue, 21)
    notary = next(each.key for each in queue.config.services if each.agency == "moj_notary")
    served, missed, serving, called = (create_ticket(queue, notary)["token"] for _ in range(4))
    for token in (served, missed, serving):
        queue.counters.next(21, official)
        if token == missed:
            queue.visits.no_show(21, official)
            continue
        queue.visits.start(21, official)
        if token == served:
            queue.visits.finish(21, official)
    other = open_counter(queue, 22)
    queue.counters.next(22, other)
    waiting = create_ticket(queue, notary, also=[BIRTH])["token"]
    postponed, cancelled = create_ticket(queue, notary)["token"], create_ticket(queue, notary)["token"]
    queue.tickets.postpone(postponed, 30)
    queue.tickets.cancel(cancelled)
    far = queue.phone_tickets.take(service=notary, phone="axe", address="axe", is_here=False)["token"]
    queue.waits.refresh()
    tokens = (waiting, called, serving, served, missed, postponed, cancelled, far)
    paths = [
        *(f"/t/{token}" for token in tokens),
        f"/t/{waiting}/later",
        f"/t/{waiting}/add/birth",
        f"/t/{waiting}/why",
        "/follow",
        "/p",
        "/take",
        f"/take/{PASSPORT}",
    ]
    page = hall.open("/follow")
    found = {}
    for path in paths:
        # Every language says it in other words; what is drawn is the same, so each state is read in one, in turn,
        # and the first of all in each.
        languages = (
            available_languages() if path in (paths[0], "/take") else [available_languages()[len(found) % 5]]
        )
        for language in languages:
            page.goto(f"{hall.url}{path}?language={language}")
            if path.count("/") == 2 and path.startswith("/t/"):
                drawn(page)
            for details in page.locator("details").all()[:2]:
                details.evaluate("each => each.open = true")
            found[f"{path} {language}"] = violations(page)

    assert not any(found.values()), found


def test_who_has_rated_is_thanked_and_asked_no_more(hall: Hall) -> None:
    official = open_counter(hall.queue, 2)
    token = create_ticket(hall.queue, "info_desk")["token"]
    hall.queue.counters.next(2, official)
    hall.queue.visits.start(2, official)
    hall.queue.visits.finish(2, official)
    page = drawn(hall.open(f"/t/{token}", "ru"))

    go(page, ".rate")
    page.tap(".face[data-score='5'] >> nth=0")
    with page.expect_navigation():
        page.tap(".rating .button--primary")
    page.goto(f"{hall.url}/t/{token}?language=ru")

    assert Wording("ru").text("phone.rated") in drawn(page).inner_text(".rate-thanks")
    assert page.locator(".rate").count() == 0
    assert violations(page) == []


def test_letters_twice_as_large_fit_a_narrow_phone(hall: Hall) -> None:
    official = open_counter(hall.queue, 1)
    ticket = create_ticket(hall.queue, "info_desk")
    hall.queue.counters.next(1, official)
    hall.queue.visits.start(1, official)
    hall.queue.visits.finish(1, official)
    waiting = create_ticket(hall.queue, BIRTH)["token"]
    rating = hall.ticket(ticket["token"])["services"][0]["rating_token"]
    page = hall.open("/follow", "ru")
    page.set_viewport_size({"width": 320, "height": 640})

    wide = {}
    for path in (
        f"/t/{waiting}",
        f"/t/{waiting}/later",
        f"/r/{rating}",
        "/follow",
        "/take",
        f"/take/{BIRTH}",
    ):
        page.goto(f"{hall.url}{path}?language=ru")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide[path] = width

    assert wide == {}


def test_the_whole_way_needs_no_touch_and_no_mouse(hall: Hall) -> None:
    mine = create_ticket(hall.queue, BIRTH)
    page = drawn(hall.open(f"/t/{mine['token']}", "en"))

    def reach(selector: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("each => document.activeElement.matches(each)", selector):
                return
        raise AssertionError(f"{selector} is not reached by the Tab key")

    reach(".door[href*='/later']")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pauses")
    reach(".pause[value='10']")
    page.keyboard.press("Enter")
    page.wait_for_selector(".place[data-state='held']")
    drawn(page)
    reach(".act button")
    page.keyboard.press("Space")
    page.wait_for_selector(".place[data-state='waiting']")
    reach(".cancel summary")
    page.keyboard.press("Enter")
    reach(".cancel button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".place[data-state='cancelled']")


def test_all_of_it_works_without_javascript(hall: Hall) -> None:
    mine = create_ticket(hall.queue, BIRTH)
    page = hall.open(f"/t/{mine['token']}", "tr", java_script_enabled=False)

    go(page, ".door[href*='/later']")
    go(page, ".pause[value='10']")
    assert hall.ticket(mine["token"])["state"] == "held"
    go(page, ".act button")
    assert hall.ticket(mine["token"])["state"] == "waiting"
    page.tap(".cancel summary")
    go(page, ".cancel button")
    assert hall.ticket(mine["token"])["state"] == "cancelled"
