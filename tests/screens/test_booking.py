"""The booking pages and the page of ready documents in a real browser, against a real server."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from server.app import create_app
from server.config import Booking, Config
from server.config.booking import Messages
from server.db.models import appointments
from tests.conftest import FixedClock
from tests.screens.accessibility import violations
from tests.screens.conftest import Screens
from tests.screens.halls import serving
from tests.screens.looking import LANGUAGES, TOUCHED_PX, faults_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from server.operations import Queue

PHONE = (390, 844)
STAFF = (1366, 768)
PASSWORD = "qəbul masası"
FILE = """service;reference;language
ready_doc;A-118;az
ready_doc;;ru
nothing;=SUM(A1);az
"""


class Hall:
    """A hall that the tests of this module share, and pages of it."""

    def __init__(self, url: str, queue: Queue, screens: Screens) -> None:
        self.url = url
        self.queue = queue
        self.screens = screens

    def open(self, path: str, size: tuple[int, int] = PHONE, **settings: Any) -> Page:
        return self.screens.open(self.url + path, *size, **settings)


@pytest.fixture(scope="module")
def hall(config: Config, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Hall]:
    changes = {
        "booking": Booking(at_once=20, per_day=50),
        "messages": Messages.model_validate(
            {
                "email": {"host": "127.0.0.1", "sender": "hall@example.az"},
                "sms": {"url": "http://127.0.0.1:9/"},
            }
        ),
    }
    config = Config.model_validate(config.model_copy(update=changes))
    app = create_app(config, data_dir=tmp_path_factory.mktemp("data"), clock=FixedClock(), limits=False)
    queue = app.extensions["queue"]
    queue.staff.add("leyla", role="reception", password=PASSWORD)
    screens = Screens(browser)
    with serving(app) as url:
        yield Hall(url, queue, screens)
        screens.close()
    assert screens.faults == []


def widths(page: Page) -> bool:
    """Tell whether the page is as wide as its window, so that nobody has to push it to and fro."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def look(page: Page, name: str, found: dict[str, Any]) -> None:
    """Hold a page to WCAG, and to its width."""
    wrong = violations(page)
    if wrong or not widths(page):
        found[f"{name} {page.url}"] = wrong or "too wide"


@pytest.mark.parametrize("language", ["az", "ru"])
def test_a_visitor_books_moves_and_cancels_without_javascript(hall: Hall, language: str) -> None:
    page = hall.open(f"/book?language={language}", java_script_enabled=False)

    page.fill("#q", {"az": "pasportun verilmesi", "ru": "выдача общегражданского"}[language])
    page.click(".find button")
    page.click(".door >> nth=0")
    page.click("a.day >> nth=2")
    page.click("a.time >> nth=0")
    time = page.inner_text(".place__time")
    page.click("#book")

    assert page.inner_text(".place__time") == time
    assert page.is_visible(".notice--good")
    code = page.inner_text(".code__signs")
    assert len(code) == 6

    page.click("a[href$='/move']")
    page.click("a.day >> nth=3")
    page.click("button.time >> nth=1")
    assert page.inner_text(".place__time") != time
    assert page.inner_text(".code__signs") == code

    page.click("summary")
    page.click(".button--danger")
    assert page.get_attribute(".place__state", "data-appointment") == "cancelled"
    assert not page.is_visible(".code__signs")


def test_every_page_is_for_everyone_in_each_language(hall: Hall) -> None:
    queue, found = hall.queue, {}
    for place, language in enumerate(LANGUAGES):
        page = hall.open(f"/book?language={language}")

        def look(state: str, page: Page = page, language: str = language, colours: bool = place == 0) -> None:
            for details in page.locator("details").all():
                details.evaluate("each => each.open = true")
            if faults := faults_of(page, target=TOUCHED_PX, colours=colours):
                found[f"{state} {language}"] = faults

        look("services")
        page.goto(f"{hall.url}/book?q=zzz")
        look("nothing found")
        page.goto(f"{hall.url}/book/passport")
        look("days")
        page.click("a.day >> nth=4")
        look("times")
        page.click("a.time >> nth=-1")
        look("details")
        with hall.screens.expecting(422):
            page.fill("#email", '"><script>alert(1)</script>@')
            page.click("#book")
            page.wait_for_selector("[data-error-summary]")
        look("refused")
        assert page.get_attribute("#email", "aria-invalid") == "true"
        page.fill("#email", "leyla@example.az")
        page.click("#book")
        page.wait_for_selector(".code__signs")
        look("confirmed, with its code")
        code, own = page.inner_text(".code__signs"), page.url.partition("?")[0]
        page.click("a[href$='/move']")
        look("another day")
        page.click("a.day >> nth=3")
        look("another time")
        with hall.screens.expecting(409), hall.screens.expecting(404):
            page.goto(f"{hall.url}/follow?language={language}")
            page.fill("#code", code)
            page.keyboard.press("Enter")
            page.wait_for_selector(".error-summary")
            look("its code where slips are followed")
            page.goto(f"{hall.url}/b/nothing-of-the-kind?language={language}")
            look("no such appointment")
        page.goto(f"{own}?language={language}")
        page.click(".cancel summary")
        page.click(".cancel .button--danger")
        page.wait_for_selector("[data-appointment='cancelled']")
        look("cancelled")
        page.context.close()
    for state in ("checked_in", "missed"):
        day = next(each for each in queue.appointments.days("passport")["days"] if each["free"])
        at = queue.appointments.slots("passport", date.fromisoformat(day["day"]))["slots"][0]["at"]
        booked = queue.appointments.book(service="passport", slot_at=datetime.fromisoformat(at))
        with queue.context.database.write() as tx:
            of = appointments.c.code == booked["code"]
            tx.execute(update(appointments).where(of).values(state=state))
        page = hall.open(f"/b/{booked['token']}")
        for place, language in enumerate(LANGUAGES):
            page.goto(f"{hall.url}/b/{booked['token']}?language={language}")
            if faults := faults_of(page, target=TOUCHED_PX, colours=place == 0):
                found[f"{state} {language}"] = faults
        page.context.close()

    assert found == {}


def test_a_wrong_address_is_said_first_and_leads_to_its_field(hall: Hall) -> None:
    page = hall.open("/book/passport?language=en")
    page.click("a.day >> nth=5")
    page.click("a.time >> nth=-2")
    with hall.screens.expecting(422):
        page.fill("#phone", "12")
        page.click("#book")
        page.wait_for_selector("[data-error-summary]")

    assert page.evaluate("document.activeElement.dataset.errorSummary") == ""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "phone"
    assert page.input_value("#phone") == "12"


def test_the_keyboard_alone_books(hall: Hall) -> None:
    page = hall.open("/book/birth?language=tr")

    def go_to(selector: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                with page.expect_navigation():
                    page.keyboard.press("Enter")
                return
        raise AssertionError(f"no way to {selector} by the keyboard")

    go_to("a.day")
    go_to("a.time")
    go_to("#book")

    assert page.is_visible(".code__signs")


def test_a_time_that_somebody_else_took_meanwhile_is_told_with_the_others(hall: Hall) -> None:
    page = hall.open("/book/birth?language=en")
    page.click("a.day >> nth=-1")
    page.click("a.time >> nth=0")
    from datetime import UTC, datetime

    moment = datetime.strptime(page.url.rpartition("/")[2], "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    while True:
        try:
            hall.queue.appointments.book(service="birth", slot_at=moment)
        except Exception:  # until nothing of it is left
            break

    with hall.screens.expecting(409):
        page.click("#book")
        page.wait_for_selector("[data-error-summary]")

    assert "not free any more" in page.inner_text("[data-error-summary]")
    assert page.is_visible(".time")


def test_staff_see_each_rows_fault_and_then_the_codes(hall: Hall) -> None:
    found: dict[str, Any] = {}
    page = hall.open("/sign-in?next=/collection&language=ru", STAFF)
    page.fill("#username", "leyla")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#file")
    look(page, "empty", found)

    def send(data: bytes) -> None:
        page.set_input_files("#file", {"name": "a.csv", "mimeType": "text/csv", "buffer": data})
        page.click("form[enctype] button")

    with hall.screens.expecting(422):
        send(FILE.encode("cp1251"))
        page.wait_for_selector(".faults")
    look(page, "faults", found)
    rows = [row.inner_text().split("\t") for row in page.query_selector_all(".faults tbody tr")]
    assert [row[:2] for row in rows] == [["3", "reference"], ["4", "service"], ["4", "reference"]]
    assert rows[0][2] == "Не может быть пустым."
    assert hall.queue.results.list() == []

    send("service;reference\nready_doc;A-118\nready_doc;A-119\n".encode("utf-16"))
    page.wait_for_selector(".collection__done")
    look(page, "taken", found)
    with page.expect_download() as download:
        page.click(".collection__done a")
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    codes = {each["reference"]: each["code"] for each in hall.queue.results.list()}
    assert lines[0] == "service,reference,code,valid_until"
    assert [line.split(",")[1:3] for line in lines[1:]] == [[key, codes[key]] for key in ("A-118", "A-119")]

    page.click(".collection__acts .button--outline >> nth=0")
    page.wait_for_selector("text=A-119")
    assert {each["reference"]: each["state"] for each in hall.queue.results.list()} == {
        "A-118": "withdrawn",
        "A-119": "ready",
    }
    assert found == {}
