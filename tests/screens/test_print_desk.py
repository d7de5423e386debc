"""The print desk as reception and supervisors use it, in a real browser and in every language."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from printing.jobs import PrinterState
from server.app import create_app
from server.job_store import DatabaseJobStore
from tests.builders import BIRTH
from tests.conftest import FixedClock
from tests.screens.accessibility import violations
from tests.screens.halls import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Browser, Page

    from server.config import Config

PASSWORD = "correct horse"


@contextmanager
def desk(config: Config, clock: FixedClock, folder: Path) -> Iterator[Flask]:
    app = create_app(config, data_dir=folder, clock=clock, limits=False)
    staff = app.extensions["queue"].staff
    staff.add("rena", name="Rəna Quliyeva", role="reception", password=PASSWORD)
    staff.add("leyla", name="Leyla Həsənova", role="official", password=PASSWORD)
    yield app
    app.extensions["queue"].context.database.close()


@pytest.fixture
def app(config: Config, clock: FixedClock, tmp_path: Path) -> Iterator[Flask]:
    with desk(config, clock, tmp_path) as app:
        yield app


@pytest.fixture
def jobs(app: Flask, clock: FixedClock) -> dict[str, int]:
    return make_jobs(app, clock)


def make_jobs(app: Flask, clock: FixedClock) -> dict[str, int]:
    """One held, one queued behind a printer without paper, one printed; a roll that is nearly used up."""
    queue = app.extensions["queue"]
    made = {}
    for state in ("held", "queued", "printed"):
        queue.tickets.issue(service=BIRTH, printer="kiosk-1")
        made[state] = queue.print_desk.jobs()[0]["id"]
    store = DatabaseJobStore(queue.context.database, copy_for=timedelta(seconds=90))
    store.mark_sending(made["held"], process_id="0001", now=clock())
    store.mark_held(made["held"], reason="unconfirmed", bytes_sent=9000, is_whole=True, now=clock())
    store.mark_sending(made["printed"], process_id="0002", now=clock())
    store.mark_printed(made["printed"], confirmed="process-id", bytes_sent=9000, now=clock())
    store.mark_retry(made["queued"], reason="paper_out", next_try_at=clock() + timedelta(seconds=5))
    first, second = [each.key for each in queue.config.printers][:2]
    assert first == "kiosk-1"
    states = queue.printer_states
    states.keep_state(PrinterState(first, "paper_out", clock()), "virtual:")
    states.keep_state(PrinterState(second, None, clock(), "paper_near_end"), "virtual:")
    return made


@pytest.fixture
def page(app: Flask, jobs: dict[str, int], browser: Browser) -> Iterator[Page]:
    with opened(app, browser) as page:
        yield page


@pytest.fixture(scope="module")
def still_page(config: Config, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page of a desk in which nothing is changed."""
    clock = FixedClock()
    with desk(config, clock, tmp_path_factory.mktemp("desk")) as app:
        make_jobs(app, clock)
        with opened(app, browser) as page:
            yield page


@contextmanager
def opened(app: Flask, browser: Browser) -> Iterator[Page]:
    """Rəna's page."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="az-AZ")
    with serving(app) as url:
        page.goto(f"{url}/print-desk")
        page.fill("#username", "rena")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_selector(".printers")
        yield page
        page.close()


def row(page: Page, job: int) -> Any:
    return page.locator(f'[data-job="{job}"]')


def test_reception_sees_every_printer_and_decides_on_every_slip(
    app: Flask, jobs: dict[str, int], page: Page, clock: FixedClock
) -> None:
    desk = app.extensions["queue"].print_desk

    # Printers by name, with what they suffer from; the slips that wait for a person first.
    printers = page.locator(".printer")
    assert printers.nth(0).get_attribute("data-state") == "bad"
    assert "kağız bitib" in printers.nth(0).inner_text()
    assert printers.nth(1).get_attribute("data-state") == "warn"
    ids = [
        int(each) for each in page.locator("[data-job]").evaluate_all("all => all.map(e => e.dataset.job)")
    ]
    assert ids == [jobs["held"], jobs["queued"], jobs["printed"]]
    assert "təsdiqləmədi" in row(page, jobs["held"]).inner_text()
    assert "kağız bitib" in row(page, jobs["queued"]).inner_text()

    # A copy of what may be on paper; the queued one goes elsewhere as it is; another is dropped.
    row(page, jobs["held"]).get_by_text("Surətini çap et").click()
    page.wait_for_selector(".notice--good")
    assert desk.job(jobs["held"])["state"] == "failed"
    copy = desk.jobs()[0]
    assert (copy["copy_no"], copy["state"]) == (1, "queued")
    assert "surət 1" in row(page, copy["id"]).inner_text()
    row(page, jobs["queued"]).locator("select").select_option(index=0)
    row(page, jobs["queued"]).get_by_text("Orada çap et").click()
    page.wait_for_url("**/print-desk?done=redirect")
    assert desk.job(jobs["queued"])["printer"] != "kiosk-1"
    row(page, copy["id"]).get_by_text("Çap etmə", exact=True).click()
    page.wait_for_url("**/print-desk?done=cancel")
    assert desk.job(copy["id"])["state"] == "cancelled"

    # A test page; and an act on what has gone on meanwhile changes nothing and says so.
    page.locator(".printer button").nth(1).click()
    page.wait_for_url("**/print-desk?done=test")
    assert desk.jobs()[0]["kind"] == "test"
    store = DatabaseJobStore(app.extensions["queue"].context.database)
    store.mark_failed(jobs["queued"], reason="expired", now=clock())
    row(page, jobs["queued"]).get_by_text("Çap etmə", exact=True).click()
    page.wait_for_selector(".notice--warn")


@pytest.mark.parametrize("language", ["az", "uz", "ru", "en", "tr"])
def test_the_desk_is_whole_and_accessible_in_every_language(still_page: Page, language: str) -> None:
    page = still_page
    page.goto(f"{page.url.partition('?')[0]}?language={language}")

    assert page.evaluate("document.documentElement.lang") == language
    assert "{" not in page.inner_text("main")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_only_those_who_mind_the_printers_may_open_the_desk_and_only_from_its_own_page(
    app: Flask, jobs: dict[str, int]
) -> None:
    stranger, leyla, rena = app.test_client(), app.test_client(), app.test_client()
    for client, name in ((leyla, "leyla"), (rena, "rena")):
        client.post("/sign-in", data={"username": name, "password": PASSWORD})

    assert stranger.get("/print-desk").status_code == 303
    assert leyla.get("/print-desk").status_code == 403
    assert rena.get("/print-desk").status_code == 200
    act = f"/print-desk/jobs/{jobs['printed']}/reprint"
    assert rena.post(act, data={"csrf_token": "guessed"}).status_code == 403
    assert len(app.extensions["queue"].print_desk.jobs()) == 3
