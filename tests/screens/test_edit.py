"""The configuration changed in a real browser: from a form with a fault to the kiosk of a server that began anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from server.app import create_app
from server.config import bundling, editing
from server.config.managed import Managed
from tests.builders import create_official, create_ticket, open_session
from tests.centres import open_all_day, write_config
from tests.conftest import ROOT, FixedClock
from tests.screens.accessibility import violations
from tests.screens.halls import answer
from tests.servers import Server, eventually, run_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from server.config import Config
    from server.operations import Queue
    from server.operations.staff import Official
    from tests.screens.conftest import Screens

LANGUAGES = ("az", "uz", "ru", "en", "tr")
EDIT = "/admin/centre/edit"
PASSWORD = "a long enough password"
NAMES = {
    "az": "Yeni pasport məsləhəti",
    "uz": "Yangi pasport maslahati",
    "ru": "Новая консультация по паспорту",
    "en": "New passport advice",
    "tr": "Yeni pasaport danışmanlığı",
}


class Office:
    """A hall that is managed on pages, and browsers of those who sign in there."""

    def __init__(self, url: str, queue: Queue) -> None:
        self.url, self.queue = url, queue
        self.admin = create_official(queue, "rena", name="Rəna Quliyeva", role="admin")
        self.supervisor = create_official(queue, "sevda", name="Sevda Nəbiyeva", role="supervisor")
        self.auditor = create_official(queue, "vusal", name="Vüsal Əliyev", role="auditor")

    def open(self, screens: Screens, path: str, by: Official, width: int = 1366) -> Page:
        page = screens.open(f"{self.url}/sign-in?language=en", width, 768)
        token, _ = open_session(self.queue, by, "cookie")
        page.context.add_cookies([{"name": "navbat_staff", "value": token, "url": self.url}])
        page.goto(f"{self.url}{path}")
        return page

    def change(self, by: Official, name: str, values: dict[str, Any]) -> None:
        """Change a section as its form does."""
        versions = self.queue.config_versions
        draft = versions.begin(by)
        written = editing.open_files(draft.files)
        editing.change(written, name, values)
        versions.save(written.to_files(), revision=draft.revision, by=by, what=[])

    def discard(self) -> None:
        draft = self.queue.config_versions.draft()
        if draft is not None:
            self.queue.config_versions.discard(draft.revision, self.admin)


@pytest.fixture(scope="module")
def hall(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    managed = Managed(by="pages", files=bundling.pack(ROOT / "config.yaml"))
    folder = tmp_path_factory.mktemp("edit")
    app = create_app(config, data_dir=folder, clock=FixedClock(), limits=False, managed=managed)
    queue: Queue = app.extensions["queue"]
    server = answer(app)
    yield Office(f"http://127.0.0.1:{server.port}", queue)
    server.shutdown()
    queue.context.database.close()


@pytest.fixture
def office(hall: Office, screens: Screens) -> Iterator[Office]:
    yield hall
    screens.close()
    hall.discard()


@pytest.mark.timeout(240)
def test_a_new_service_comes_from_a_form_to_the_kiosk(tmp_path: Path, screens: Screens) -> None:
    def on_pages(centre: dict[str, Any]) -> None:
        open_all_day(centre)
        centre["server"] = {"managed": "pages"}

    path, data = write_config(tmp_path / "config.yaml", on_pages), tmp_path / "data"
    where = ("--config", str(path), "--data-dir", str(data))
    server = Server(data, "serve", "--config", str(path))
    run_command("user", "add", "rena", "--role", "admin", "--password-stdin", *where, text=f"{PASSWORD}\n")
    device = run_command("device", "add", "k", "--kind", "kiosk", *where).stdout.strip()
    server.start()
    try:
        page = screens.open(f"{server.url}/sign-in?language=en&next=/admin/centre", 1366, 768)
        page.fill("#username", "rena")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.click("main >> text=Change the configuration")
        add_service(page)
        take_counters(page, screens)
        publish(page)

        eventually(lambda: offers(server, device, "passport_advice"), within_s=90, every_s=0.5)
        page.goto(f"{server.url}/admin/centre?language=en")
        assert "In force: version 2" in page.inner_text("main")
        see_at_kiosk(screens, server, device)
    finally:
        with screens.without_server():
            screens.close()
        server.clear_up()


def add_service(page: Page) -> None:
    page.click(".tile:has-text('services')")
    page.click("main >> text=Add")
    page.fill("#key", "passport_advice")
    for language, name in NAMES.items():
        if language != "tr":
            page.fill(f"#name-{language}", name)
    page.select_option("#agency", "moi")
    page.select_option("#group", "identity documents")
    page.fill("#minutes", "ten")
    page.check("[name=channels][value=walk_in]")
    page.click("text=Add to the draft")

    # It is kept as it was typed, and told beside the fields.
    page.wait_for_selector("#minutes-error")
    assert page.inner_text("#minutes-error") == "A number of minutes from 1 to 480."
    assert page.input_value("#minutes") == "ten"
    assert "It is missing in: Türkçe" in page.inner_text("#name-error")
    page.click(".error-summary a:has-text('minutes')")
    page.fill("#minutes", "10")
    page.fill("#name-tr", NAMES["tr"])
    page.click("text=Save in the draft")
    page.wait_for_selector(".notice--good")
    assert page.locator(".field__error").count() == 0


def take_counters(page: Page, screens: Screens) -> None:
    page.goto(page.url.partition("/services")[0] + "/counters/import?language=en")
    bad = "number,zone,agencies,arrow\n6,a,moi,left\n61,zz,moi,left\n"
    with screens.expecting(422):
        send(page, bad)
        page.wait_for_selector(".error-summary")
    assert "There is no “zz”." in page.inner_text(".error-summary tr:has-text('3')")
    send(page, bad.replace("zz", "a"))
    assert "New: 1, changed: 0, removed: 0" in page.inner_text(".notice--good")
    assert page.locator("th:has-text('Counter 61')").count() == 1


def send(page: Page, text: str) -> None:
    page.set_input_files("#file", {"name": "counters.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.click("text=Take it")


def publish(page: Page) -> None:
    page.click("text=See the differences and publish")
    told = page.inner_text("main")
    assert "passport_advice" in told
    assert "61" in told
    page.fill("#note", "Advice for new passports")
    page.click("button:has-text('Publish')")
    page.wait_for_selector(".notice--good")


def offers(server: Server, device: str, service: str) -> bool:
    try:
        agencies = server.api("GET", "/services", token=device, timeout_s=30)["agencies"]
    except OSError:
        return False
    return any(each["key"] == service for agency in agencies for each in agency["services"])


def see_at_kiosk(screens: Screens, server: Server, device: str) -> None:
    kiosk = screens.open(f"{server.url}/kiosk", 1080, 1920, has_touch=True)
    kiosk.click(".pairing__token summary")
    kiosk.fill("#token", device)
    kiosk.click(".pairing__token button")
    kiosk.tap(".language[lang=tr]")
    kiosk.tap(".search-door")
    kiosk.keyboard.type("danışmanlığı")
    kiosk.wait_for_selector(f".row:has-text('{NAMES['tr']}')")


def test_two_at_once_lose_nothing_that_was_typed(office: Office, screens: Screens) -> None:
    page = office.open(screens, f"{EDIT}/policy", office.admin)
    page.fill("#grace_minutes", "41")
    office.change(office.supervisor, "policy", {"late_minutes": 13})

    with screens.expecting(409):
        page.click("text=Save in the draft")
        page.wait_for_selector("[role=alert]")
    assert "Sevda Nəbiyeva changed the draft meanwhile" in page.inner_text("[role=alert]")
    assert page.input_value("#grace_minutes") == "41"
    page.click("text=Save in the draft")
    page.wait_for_selector(".notice--good")

    draft = office.queue.config_versions.draft()
    assert draft is not None
    policy = editing.read(editing.open_files(draft.files), "policy")
    assert policy["grace_minutes"] == 41
    assert (screens.faults, draft.changed_by) == ([], "Rəna Quliyeva")


def test_a_service_that_people_wait_for_goes_only_when_it_is_said_how_they_are_served(
    office: Office, screens: Screens
) -> None:
    create_ticket(office.queue, "passport")
    page = office.open(screens, f"{EDIT}/services/one?id=passport", office.admin)
    page.click("text=Remove…")
    assert "it is retired, and not deleted" in page.inner_text("main")
    assert "Waiting for it now: 1" in page.inner_text(".notice--warn")
    with screens.expecting(422):
        page.click("text=Take it out of the draft")
        page.wait_for_selector("[role=alert]")
    page.check("[name=sure]")
    page.click("text=Take it out of the draft")
    page.wait_for_selector(".notice--good")
    assert office.queue.config_versions.obstacles() == []


def test_the_pages_are_clean_in_every_language_and_auditors_only_look(
    office: Office, screens: Screens
) -> None:
    office.change(office.admin, "policy", {"late_minutes": 999})
    paths = (
        "",
        "/policy",
        "/messages",
        "/counters",
        "/services/one?id=passport",
        "/counters/one?id=3",
        "/zones/remove?id=a",
        "/holidays/import",
        "/policy/yaml",
        "/names",
        "/upload",
    )
    page = office.open(screens, EDIT, office.admin)
    for language in LANGUAGES:
        for path in paths:
            mark = "&" if "?" in path else "?"
            page.goto(f"{office.url}{EDIT}{path}{mark}language={language}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 1366, f"{path} in {language} is {width} wide"
            # One language of each page is enough: the same parts, and each language has its turn.
            if (
                LANGUAGES[paths.index(path) % len(LANGUAGES)] == language
                or path == "/services/one?id=passport"
            ):
                assert violations(page) == [], path
    narrow = office.open(screens, EDIT, office.admin, 390)
    for path in paths:
        narrow.goto(f"{office.url}{EDIT}{path}")
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 390, path

    looks = office.open(screens, f"{EDIT}/policy?language=en", office.auditor)
    assert looks.locator("main button").count() == 0
    assert looks.locator("#late_minutes").is_disabled()
    assert "This must be at most 240." not in looks.inner_text("h1")
    assert "at most 240" in looks.inner_text("#late_minutes-error")
    assert screens.faults == []
