"""The reception desk in a real browser: one walk through its parts, by keys where there are keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.app import create_app
from server.config.booking import Messages, Sms
from server.operations.outreach import Wish
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter
from tests.screens.accessibility import violations
from tests.screens.halls import serving
from tests.servers import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock
    from tests.screens.conftest import Screens

PASSWORD = "correct horse"


class Desk:
    """A hall, and its desk at which Leyla sits."""

    def __init__(self, url: str, queue: Queue, page: Page) -> None:
        self.queue = queue
        self.page = page
        page.goto(f"{url}/sign-in?language=en&next=/reception")
        page.fill("#username", "leyla")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".parts__one")

    def go(self, key: str, part: str) -> None:
        """Press a part's key, from inside a field too, and look at it with axe."""
        self.page.keyboard.press(f"Alt+{key}")
        self.page.wait_for_selector(f'main[data-part="{part}"]')

    def press(self, verb: str) -> None:
        """Press a verb's button."""
        self.page.click(f'[data-verb="{verb}"]:not([aria-disabled])')

    def is_clean(self) -> bool:
        """Tell whether axe finds nothing; the reason stands in the failure."""
        found = violations(self.page)
        assert found == []
        return True


@pytest.fixture
def desk(config: Config, clock: FixedClock, tmp_path: Path, screens: Screens) -> Iterator[Desk]:
    messages = Messages(sms=Sms(url="http://127.0.0.1:9/sms"))
    told = config.model_copy(update={"messages": messages})
    app = create_app(told, data_dir=tmp_path, clock=clock, limits=False)
    queue: Queue = app.extensions["queue"]
    queue.staff.add("leyla", role="reception", password=PASSWORD, name="Leyla")
    with serving(app) as url:
        yield Desk(url, queue, screens.open("about:blank", 1366, 768, reduced_motion="reduce"))
        screens.close()


def test_the_desk_gives_finds_changes_checks_in_and_plans(
    desk: Desk, clock: FixedClock, screens: Screens
) -> None:
    queue, page = desk.queue, desk.page
    waiting = create_ticket(queue, PASSPORT, printer="kiosk-1")
    code = queue.check_ins.book(service=BIRTH, slot_at=clock())["code"]

    # Give a ticket: typed, chosen by Enter, put forward after the evidence was seen, told by telephone.
    page.wait_for_selector(".picker__list button")
    assert desk.is_clean()
    page.keyboard.type("registration of birth")
    page.keyboard.press("Enter")
    page.wait_for_selector(".issue__chosen li")
    page.get_by_label("Priority").select_option("age_70")
    assert page.get_attribute('[data-verb="issue"]', "aria-disabled") == "true"
    page.check(".seen input >> nth=0")
    page.fill("#telephone", "050 123 45 67")
    desk.press("issue")
    page.wait_for_selector('.result[data-number="R001"]')
    given = queue.reception.find("R001")
    assert (given["credit_s"], given["has_telephone"]) == (600, True)
    assert desk.is_clean()

    # Find one, change what it is for, put it forward, print it again.
    desk.go("2", "find")
    page.fill("#wanted", waiting["code"])
    page.press("#wanted", "Enter")
    page.wait_for_selector(f'.found[data-number="{waiting["number"]}"]')
    assert desk.is_clean()
    desk.press("change_service")
    page.wait_for_selector("dialog .picker__list button")
    page.wait_for_selector("dialog input:focus")
    page.keyboard.type("registration of birth")
    page.keyboard.press("Enter")
    eventually(lambda: queue.reception.find("A001")["ticket"]["service"] == BIRTH)
    page.wait_for_selector("dialog", state="detached")
    desk.press("give_priority")
    page.select_option("dialog select", "disability")
    page.check("dialog .seen input")
    assert desk.is_clean()
    desk.press("go")
    eventually(lambda: queue.reception.find("A001")["lane"] == 1)
    page.wait_for_selector("dialog", state="detached")
    desk.press("print_again")
    page.select_option("dialog select", "zone-b")
    desk.press("go")
    eventually(lambda: len(queue.reception.find("A001")["slips"]) == 2)
    page.wait_for_selector("dialog", state="detached")

    # A refusal is explained where it happened.
    with screens.expecting(404):
        page.fill("#wanted", "A099")
        page.press("#wanted", "Enter")
        assert "No such ticket" in page.inner_text('[role="alert"] .notice--bad')

    # Who comes to an appointment is checked in from the list, or by the code.
    desk.go("5", "appointments")
    page.wait_for_selector("tbody tr")
    assert desk.is_clean()
    desk.go("3", "check_in")
    page.wait_for_selector("#code:focus")
    page.keyboard.type(code.lower())
    assert desk.is_clean()
    page.keyboard.press("Enter")
    page.wait_for_selector('.result[data-number="R002"]')
    assert queue.reception.find("R002")["origin"] == "appointment"


def test_the_desk_confirms_plans_moves_and_declines_visits_at_home(desk: Desk, clock: FixedClock) -> None:
    queue, page = desk.queue, desk.page
    tokens = [
        queue.outreach.ask(
            Wish(f"form-{n}-{n}-{n}", ("poa",), "bedridden", f"Visitor {n}", f"05022233{n}0", "Nizami 5")
        )["token"]
        for n in (1, 2)
    ]
    clock.advance(hours=-2)

    desk.go("4", "outreach")
    page.wait_for_selector(".request >> nth=1")
    assert desk.is_clean()
    page.click('.request [data-verb="confirm"] >> nth=0')
    eventually(lambda: queue.outreach.view(tokens[0])["state"] == "confirmed")
    page.click('.request [data-verb="plan"] >> nth=0')
    page.click('.team-column[data-team="justice"] .team-column__free:not([aria-disabled]) >> nth=0')
    eventually(lambda: queue.outreach.view(tokens[0])["state"] == "planned")
    first = queue.outreach.view(tokens[0])["slot_at"]
    page.wait_for_selector(".team-column__visit")
    page.click(".team-column__visit")
    page.click('.team-column[data-team="justice"] .team-column__free:not([aria-disabled]) >> nth=1')
    eventually(lambda: queue.outreach.view(tokens[0])["slot_at"] != first)
    assert desk.is_clean()

    page.click('.request [data-verb="decline"]')
    page.click("dialog .choice >> nth=1")
    eventually(lambda: queue.outreach.view(tokens[1])["state"] == "declined")
    page.wait_for_selector(".request", state="detached")


NO_POLLING = """const real = window.setTimeout;
window.setTimeout = (work, ms, ...rest) => (ms >= 5000 ? 0 : real(work, ms, ...rest));"""


def test_the_desk_follows_the_hall_by_its_socket_and_asks_where_there_is_none(
    config: Config, clock: FixedClock, tmp_path: Path, screens: Screens
) -> None:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    queue: Queue = app.extensions["queue"]
    queue.staff.add("leyla", role="reception", password=PASSWORD, name="Leyla")
    official = open_counter(queue, 18)
    tickets = [create_ticket(queue, BIRTH) for _ in range(2)]
    with serving(app, live=True) as url:
        for ticket, script in zip(tickets, (NO_POLLING, "window.WebSocket = undefined"), strict=True):
            page = screens.open("about:blank", 1366, 768)
            page.context.add_init_script(script)
            desk = Desk(url, queue, page)
            desk.go("2", "find")
            page.fill("#wanted", ticket["number"])
            page.press("#wanted", "Enter")
            page.wait_for_selector(f'.found[data-number="{ticket["number"]}"] .chip[data-state="waiting"]')

            queue.counters.next(18, official)

            page.wait_for_selector('.found .chip[data-state="called"]')
            queue.visits.start(18, official)
            queue.visits.finish(18, official)
        screens.close()
