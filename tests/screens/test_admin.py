"""The administration in a real browser against a real server: accounts from the first password to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.app import create_app
from tests.builders import create_official, open_session
from tests.screens.accessibility import violations
from tests.screens.halls import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from server.config import Config
    from server.operations import Queue
    from server.operations.staff import Official
    from tests.conftest import FixedClock
    from tests.screens.conftest import Screens

STAFF = (1366, 768)
LANGUAGES = ("az", "uz", "ru", "en", "tr")


class Office:
    """A hall, and browsers of those who sign in there."""

    def __init__(self, url: str, queue: Queue, screens: Screens) -> None:
        self.url, self.queue, self.screens = url, queue, screens

    def open(self, path: str, by: Official | None = None, **settings: object) -> Page:
        page = self.screens.open(f"{self.url}/sign-in?language=en", *STAFF, **settings)
        if by is not None:
            token, _ = open_session(self.queue, by, "cookie")
            page.context.add_cookies([{"name": "navbat_staff", "value": token, "url": self.url}])
        page.goto(f"{self.url}{path}")
        return page


@pytest.fixture
def office(config: Config, clock: FixedClock, tmp_path: Path, screens: Screens) -> Iterator[Office]:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    queue: Queue = app.extensions["queue"]
    with serving(app) as url:
        yield Office(url, queue, screens)
        screens.close()


def test_an_account_from_its_first_password_to_its_end_without_a_script(office: Office) -> None:
    admin = create_official(office.queue, "rena", name="Rəna Quliyeva", role="admin")
    page = office.open("/admin/users", admin, java_script_enabled=False)
    page.click("text=New account")
    with office.screens.expecting(422):
        page.click("text=Make the account")
        page.wait_for_selector("#username-error")
    page.fill("#username", "leyla")
    page.fill("#name", "Leyla Həsənova")
    page.check("[name=agencies_are][value=these]")
    page.check("[name=agencies][value=moi]")
    page.click("text=Make the account")
    password = page.inner_text(".admin__secret")

    desk = office.open("/sign-in?language=en&next=/counter")
    desk.fill("#username", "leyla")
    desk.fill("#password", password)
    desk.press("#password", "Enter")
    desk.wait_for_url("**/account?next=%2Fcounter")
    desk.fill("#old", password)
    desk.fill("#new", "battery staple")
    desk.fill("#again", "battery staple")
    desk.click("text=Change the password")
    desk.wait_for_url("**/counter")

    page.goto(f"{office.url}/admin/users?find=leyla")
    assert "Shown: 1, in all: 2" in page.inner_text("main")
    page.click("text=Leyla Həsənova")
    page.check("[name=services_are][value=these]")
    page.locator("details", has=page.locator("[value=passport]")).locator("summary").click()
    page.check("[name=services][value=passport]")
    page.select_option("#role", "reception")
    page.click("text=Save")
    assert "is saved and in force" in page.inner_text(".notice--good")
    leyla = office.queue.staff.find("leyla")
    assert leyla is not None
    assert (leyla.role, leyla.agencies, leyla.services) == ("reception", ("moi",), ("passport",))

    page.click("text=Disable the account")
    assert "disabled since" in page.inner_text("main")
    desk.goto(f"{office.url}/counter")
    assert desk.url.startswith(f"{office.url}/sign-in")
    assert office.queue.accounts.sessions(admin, leyla.id) == []

    page.goto(f"{office.url}/admin/users/{admin.id}")
    with office.screens.expecting(409):
        page.select_option("#role", "official")
        page.click("text=Save")
        page.wait_for_selector(".error-summary")
    assert "last account that administers" in page.inner_text(".error-summary")
    assert page.locator("text=Disable the account").count() == 0


def test_the_pages_are_clean_in_every_language_and_let_auditors_only_look(office: Office) -> None:
    queue = office.queue
    admin = create_official(queue, "rena", name="Rəna Quliyeva", role="admin")
    auditor = create_official(queue, "sevda", name="Sevda Nəbiyeva", role="auditor")
    leyla = create_official(queue, "leyla", name="Leyla Həsənova", agencies=["moi"], services=["passport"])
    open_session(queue, leyla, "bearer")
    page = office.open("/admin/users", admin)
    for language in LANGUAGES:
        for path in ("/admin/users", "/admin/users/new", f"/admin/users/{leyla.id}", "/admin/centre"):
            page.goto(f"{office.url}{path}?language={language}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= STAFF[0], f"{path} in {language} is {width} wide"
            if language in ("az", "ru"):
                assert violations(page) == []

    page.goto(f"{office.url}/admin/users/import?language=en")
    file = {"name": "staff.csv", "mimeType": "text/csv", "buffer": b"username,role\nnigar,king\n"}
    with office.screens.expecting(422):
        page.set_input_files("#file", file)
        page.click("text=Take it")
        page.wait_for_selector(".error-summary")
    assert "Choose a role from the list." in page.inner_text(".error-summary")
    assert violations(page) == []
    page.set_input_files("#file", {**file, "buffer": b"username,role\nnigar,official\n"})
    page.click("text=Take it")
    assert "New accounts: 1, changed: 0." in page.inner_text(".notice--good")
    assert violations(page) == []
    assert queue.staff.find("nigar") is not None

    looks = office.open("/admin/users?language=en", auditor)
    assert "Leyla Həsənova" in looks.inner_text("table")
    assert "New account" not in looks.inner_text("main")
    looks.click("text=Leyla Həsənova")
    assert looks.locator("main button").count() == 0
    assert violations(looks) == []
