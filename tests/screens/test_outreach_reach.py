"""Visits at home for everyone: each state of the three pages in five languages, in letters twice as large, and by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.operations.outreach import Wish
from server.operations.teams import Act
from tests.screens.looking import LANGUAGES, TOUCHED_PX, Keys, faults_of
from tests.screens.outreach_centre import PHONE, Centre, make_centre
from tests.screens.waiting import until
from tests.servers import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from server.config import Config

STAFF = {"width": 1366, "height": 768}
TABLET = {"width": 800, "height": 1280}
SAY = "(code) => import('/static/js/wording.js').then((wording) => wording.setLanguage(code))"
RULED_BY = "document.documentElement.lang === code"


@pytest.fixture(scope="module")
def centre(config: Config, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    yield from make_centre(config, browser, tmp_path_factory.mktemp("reach"))


class Asked:
    """Requests of this module, each under a telephone of its own."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.count = 0

    def ask(self, *services: str) -> tuple[str, int]:
        """Ask for a visit: its token, and its key."""
        self.count += 1
        wish = Wish(
            f"form-reach-{self.count}",
            services or ("poa",),
            "bedridden",
            f"Səkinə Vəliyeva {self.count}",
            f"05022244{self.count:02d}",
            "Nizami küçəsi 5, mənzil 12",
            note="Lift işləmir",
        )
        token = self.centre.queue.outreach.ask(wish)["token"]
        return token, self.centre.queue.outreach.requests()[-1]["id"]

    def plan(self, place: int, *services: str) -> str:
        """Ask for a visit and plan it for a place of today."""
        token, _ = self.ask(*services)
        self.centre.plan(place)
        return token


@pytest.fixture(scope="module")
def asked(centre: Centre) -> Asked:
    return Asked(centre)


def in_each_language(page: Page, found: dict[str, list[str]], state: str, **how: int) -> None:
    """Look at a live page in every language; colours once."""
    for place, language in enumerate(LANGUAGES):
        page.evaluate(SAY, language)
        until(page, f"(code) => {RULED_BY}", language)
        if faults := faults_of(page, colours=place == 0, **how):
            found[f"{state} {language}"] = faults


def test_the_visitors_pages_are_for_everyone_in_each_language_and_state(centre: Centre, asked: Asked) -> None:
    queue, found = centre.queue, {}
    page = centre.browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    looked = 0

    def look(path: str, state: str, languages: tuple[str, ...] = LANGUAGES) -> None:
        nonlocal looked
        for place, language in enumerate(languages):
            page.goto(f"{centre.url}{path}?language={language}")
            for details in page.locator("details").all():
                details.evaluate("each => each.open = true")
            if state == "refused":
                page.click(".ask .button--primary")
                page.wait_for_selector(".error-summary")
            looked += 1
            if faults := faults_of(page, target=TOUCHED_PX, colours=place == 0):
                found[f"{state} {language}"] = faults

    look("/outreach", "asking")
    look("/outreach", "refused")
    look("/o/nothing-of-the-kind", "unknown", ("az", "ru"))
    token, id = asked.ask()
    look(f"/o/{token}", "asked")
    queue.outreach.confirm(id)
    look(f"/o/{token}", "confirmed")
    queue.outreach.cancel(token)
    look(f"/o/{token}", "cancelled")
    token, id = asked.ask()
    queue.outreach.decline(id, "out_of_area")
    look(f"/o/{token}", "declined")

    # A visit on its way, and one where nobody is.
    missed, made = asked.plan(4), asked.plan(5)
    look(f"/o/{made}", "planned")
    official = queue.staff.find("rena")
    first, second = (each["ticket"] for each in queue.teams.day("justice", official)["visits"])

    def do(verb: str, ticket: int) -> None:
        acts = [Act(f"reach-{verb}-{ticket}", verb, queue.context.clock(), ticket)]
        assert queue.teams.sync("justice", official, acts)["results"][0]["outcome"] == "done"

    do("open", first)
    do("next", first)
    do("no_show", first)
    look(f"/o/{missed}", "missed")
    for verb, state in (("next", "on the way"), ("start", "serving"), ("finish", "served")):
        do(verb, second)
        look(f"/o/{made}", state)
    rating = queue.outreach.view(made)["services"][0]["rating_token"]
    queue.ratings.rate(rating, score=5)
    look(f"/o/{made}", "rated")
    do("close", second)
    page.context.close()

    assert looked == 13 * 5 + 2 - 5
    assert found == {}


def test_reception_is_for_everyone_in_each_language(centre: Centre, asked: Asked) -> None:
    for _ in range(2):
        asked.ask()
    found: dict[str, list[str]] = {}
    page = centre.sign_in("leyla", "/reception", **STAFF)
    page.click('.parts__one[data-part="outreach"]')
    page.wait_for_selector(".request >> nth=1")
    page.wait_for_selector(".team-column")
    in_each_language(page, found, "requests")
    page.click('.request [data-verb="plan"] >> nth=0')
    page.click(".plan__day >> nth=1")
    page.wait_for_selector('.team-column[data-brings="yes"]')
    in_each_language(page, found, "planning")
    page.click('.team-column[data-team="justice"] .team-column__free:not([aria-disabled]) >> nth=0')
    page.wait_for_selector(".team-column__visit")
    in_each_language(page, found, "planned")
    page.click('.request [data-verb="decline"] >> nth=0')
    page.wait_for_selector("dialog")
    in_each_language(page, found, "declining")
    page.context.close()

    assert found == {}


def test_the_teams_tablet_is_for_everyone_in_each_language_and_adds_a_service_without_network(
    centre: Centre, asked: Asked
) -> None:
    official = centre.queue.staff.find("rena")
    asked.plan(3)
    asked.plan(2)
    found: dict[str, list[str]] = {}
    page = centre.sign_in("rena", "/team/justice", **TABLET)
    how = {"target": TOUCHED_PX}
    page.wait_for_selector('[data-verb="open"]')
    in_each_language(page, found, "closed", **how)
    page.click('[data-verb="open"]')
    page.wait_for_selector('[data-verb="call"]')
    in_each_language(page, found, "open", **how)
    page.click('[data-verb="call"] >> nth=0')
    in_each_language(page, found, "out of turn", **how)
    page.keyboard.press("Escape")
    page.click('[data-verb="next"]')
    page.wait_for_selector('.visit[data-state="called"]')
    in_each_language(page, found, "on the way", **how)
    page.click('[data-verb="no_show"]')
    in_each_language(page, found, "nobody there", **how)
    page.keyboard.press("Escape")
    page.wait_for_selector('.team-bar__net[data-waits="0"]')
    page.context.set_offline(True)
    page.click('[data-verb="start"]')
    page.wait_for_selector('.visit[data-state="serving"]')
    page.click(".visit__bring summary")
    in_each_language(page, found, "serving, without network", **how)
    page.click('[data-verb="add_service"]')
    page.wait_for_selector(".picker__option")
    in_each_language(page, found, "adding a service", **how)
    page.fill(".picker input", "etibarnam" if "etibarnam" in page.inner_text(".picker__list") else "vəsiyyət")
    page.click(".picker__option >> nth=0")
    page.wait_for_selector(".visit[data-current] .visit__services li >> nth=1")
    page.click('[data-verb="finish"]')
    # The next service of the same home waits there, and is begun like the first.
    for verb in ("next", "start", "finish"):
        page.wait_for_timeout(1100)  # a button is deaf for a second after a tap
        page.click(f'[data-verb="{verb}"]')
    page.click('[data-verb="rate"] >> nth=0')
    page.wait_for_selector(".rate-face")
    in_each_language(page, found, "handed over", **how)
    page.keyboard.press("Escape")
    page.context.set_offline(False)
    page.wait_for_selector('.team-bar__net[data-waits="0"][data-live="yes"]')
    visits = centre.queue.teams.day("justice", official)["visits"]
    assert [each["state"] for each in visits[0]["services"]] == ["served", "served"]
    page.click(".team__end .button")
    in_each_language(page, found, "ending the day", **how)
    page.click('[data-verb="really-close"]')
    page.wait_for_selector(".team__closed")
    page.context.close()

    assert found == {}
    added = [entry for entry in centre.log() if entry["kind"] == "ticket.service_added"]
    assert [entry["counter"] for entry in added] == [91]


def test_a_visit_is_asked_for_by_keys_alone_and_the_focus_is_always_seen(centre: Centre) -> None:
    page = centre.browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.goto(f"{centre.url}/outreach?language=ru")
    keys = Keys(page)

    keys.go(".ask .button--primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary:focus")
    keys.go(".error-summary a[href='#name']")
    keys.press("Enter")
    assert page.evaluate("document.activeElement.id") == "name"
    page.keyboard.type("Əli Quliyev")
    for field, text in (("telephone", "050 333 44 55"), ("address", "Nizami 5")):
        keys.go(f"#{field}")
        page.keyboard.type(text)
    keys.go(".group summary", "Shift+Tab")
    keys.press("Enter")
    keys.go('input[name="services"]')
    keys.press("Space")
    keys.go('input[name="category"]')
    keys.press("Space")
    keys.press("ArrowDown")
    keys.go('input[name="days"]')
    keys.press("Space")
    keys.go(".ask .button--primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector('.way[data-state="asked"]')
    keys.go(".cancel summary")
    keys.press("Enter")
    keys.go(".cancel .button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector('.way[data-state="cancelled"]')
    page.context.close()

    assert keys.faults == []


def test_reception_plans_and_the_team_goes_by_keys_alone(centre: Centre, asked: Asked) -> None:
    token, id = asked.ask()
    page = centre.sign_in("leyla", "/reception", **STAFF)
    page.wait_for_selector(".parts__one")
    keys = Keys(page)
    page.keyboard.press("Alt+4")
    card = f'.request[data-id="{id}"]'
    keys.go(f'{card} [data-verb="confirm"]')
    page.keyboard.press("Enter")
    page.wait_for_selector(f'{card} [data-verb="confirm"]', state="detached")
    keys.look("confirmed")
    keys.go(f'{card} [data-verb="plan"]')
    keys.press("Enter")
    keys.go('.team-column[data-team="justice"] .team-column__free:not([aria-disabled])', most=120)
    page.keyboard.press("Enter")
    eventually(lambda: centre.queue.outreach.view(token)["state"] == "planned")
    page.wait_for_selector(card, state="detached")
    keys.look("planned")
    assert keys.faults == []
    page.context.close()

    page = centre.sign_in("rena", "/team/justice", **TABLET)
    keys = Keys(page)
    keys.go('[data-verb="open"]')
    for verb, then in (
        ("open", '[data-verb="next"]'),
        ("next", '.visit[data-state="called"]'),
        ("start", '.visit[data-state="serving"]'),
        ("finish", '.visit[data-state="served"]'),
    ):
        if verb != "open":
            keys.go(f'[data-verb="{verb}"]')
        page.keyboard.press("Enter")
        page.wait_for_selector(then)
        keys.look(verb)
        # A key that is still held down presses nothing else.
        page.keyboard.press("Enter")
    keys.go('[data-verb="rate"]')
    page.keyboard.press("Enter")
    keys.go('.rate-face[data-score="4"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog", state="detached")
    keys.look("rated")
    keys.go(".team__end .button")
    page.keyboard.press("Enter")
    keys.go('[data-verb="really-close"]')
    page.keyboard.press("Enter")
    page.wait_for_selector(".team__closed")
    keys.look("closed")
    page.context.close()

    assert keys.faults == []
