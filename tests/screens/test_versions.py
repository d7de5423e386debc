"""Versions of the configuration in a real browser: from a supervisor's draft to the way back, without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.app import create_app
from server.config import bundling
from server.config.managed import Managed
from server.config.text_edits import put
from server.operations.config_versions import Change
from tests.builders import create_official, open_session
from tests.conftest import ROOT
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

LANGUAGES = ("az", "uz", "ru", "en", "tr")
VERSIONS = "/admin/centre/versions"
DRAFT = f"{VERSIONS}/draft"
SATURDAY = ("centre", "hours", "sat", 0)


class Office:
    """A hall that is managed on pages, and browsers of those who sign in there."""

    def __init__(self, url: str, queue: Queue, screens: Screens) -> None:
        self.url, self.queue, self.screens = url, queue, screens
        self.admin = create_official(queue, "rena", name="Rəna Quliyeva", role="admin")
        self.supervisor = create_official(queue, "sevda", name="Sevda Nəbiyeva", role="supervisor")
        self.auditor = create_official(queue, "vusal", name="Vüsal Əliyev", role="auditor")

    def open(self, path: str, by: Official) -> Page:
        page = self.screens.open(f"{self.url}/sign-in?language=en", 1366, 768, java_script_enabled=False)
        token, _ = open_session(self.queue, by, "cookie")
        page.context.add_cookies([{"name": "navbat_staff", "value": token, "url": self.url}])
        page.goto(f"{self.url}{path}")
        return page

    def change(self, by: Official, path: tuple[str | int, ...], value: str | int) -> None:
        """Do to the draft what a form does."""
        versions = self.queue.config_versions
        draft = versions.begin(by)
        text = put(draft.files[bundling.CONFIG].decode(), path, value)
        versions.save(
            {**draft.files, bundling.CONFIG: text.encode()},
            revision=draft.revision,
            by=by,
            what=[Change(str(path[0]), str(path[1]))],
        )


@pytest.fixture
def office(config: Config, clock: FixedClock, tmp_path: Path, screens: Screens) -> Iterator[Office]:
    managed = Managed(by="pages", files=bundling.pack(ROOT / "config.yaml"))
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False, managed=managed)
    queue: Queue = app.extensions["queue"]
    with serving(app) as url:
        yield Office(url, queue, screens)
        screens.close()


def test_from_a_supervisors_draft_to_the_way_back(office: Office, clock: FixedClock) -> None:
    screens, versions = office.screens, office.queue.config_versions
    proposes = office.open(VERSIONS, office.supervisor)
    proposes.click("text=Begin a draft")
    office.change(office.supervisor, SATURDAY, "10:00-14:00")
    proposes.reload()
    assert "10:00–14:00" in proposes.inner_text("ins")
    assert "An administrator of the whole centre publishes" in proposes.inner_text("main")
    assert proposes.locator("#note").count() == 0

    page = office.open("/admin/centre", office.admin)
    assert "In force: version 1" in page.inner_text("main")
    page.click("main >> text=Versions of the configuration")
    page.click("text=See and publish")
    assert "Last changed by Sevda Nəbiyeva" in page.inner_text("main")
    with screens.expecting(422):
        page.click("button:has-text('Publish')")
        page.wait_for_selector("#note-error")

    office.change(office.supervisor, ("policy", "grace_minutes"), 44)
    page.fill("#note", "Shorter Saturdays")
    with screens.expecting(409):
        page.click("button:has-text('Publish')")
        page.wait_for_selector("[data-error-summary]")
    assert "While you looked, Sevda Nəbiyeva changed the draft" in page.inner_text("main")
    assert page.input_value("#note") == "Shorter Saturdays", "nothing that was typed is lost"
    assert page.input_value("#policy") == "2026-11-24", "other figures, so a new version of the rule"
    page.check("[name=when][value=later]")
    page.fill("#from", "2020-01-01T08:00")
    with screens.expecting(422):
        page.click("button:has-text('Publish')")
        page.wait_for_selector("#from-error")
    page.fill("#from", "2026-11-25T08:00")
    page.click("button:has-text('Publish')")
    assert "Version 2 is published, and in force from" in page.inner_text(".notice--good")
    assert "Waits for its time" in page.inner_text("[data-version='2']")
    [made] = [each for each in versions.all() if each.number == 2]
    assert (made.from_at.isoformat(), made.policy) == ("2026-11-25T04:00:00+00:00", "2026-11-24")

    page.click("text=Compare")
    assert page.locator("ins").count() == 3
    assert "44" in page.inner_text("#compare-policy ~ div")
    page.goto(f"{office.url}{VERSIONS}/2")
    page.fill("#note", "At once after all")
    page.click("text=Publish this version")
    assert "Version 3 is published, and in force in a moment" in page.inner_text(".notice--good")
    assert "Replaced" in page.inner_text("[data-version='2']")
    with page.expect_download() as download:
        page.goto(f"{office.url}{VERSIONS}/3")
        page.click("text=As a file")
    assert bundling.from_zip(download.value.path().read_bytes()) == versions.get(3).files

    looks = office.open(f"{VERSIONS}/1", office.auditor)
    assert looks.locator("main form").count() == 0
    looks.goto(f"{office.url}{VERSIONS}")
    assert looks.locator("main form[method=post]").count() == 0


def test_the_pages_are_clean_in_every_language_with_faults_and_with_what_was_passed_over(
    office: Office,
) -> None:
    office.change(office.admin, SATURDAY, "10:00-14:00")
    versions = office.queue.config_versions
    draft = versions.draft()
    assert draft is not None
    versions.publish(draft.revision, note="Shorter", from_at=None, by=office.admin)
    office.change(office.admin, ("policy", "grace_minutes"), 44)
    page = office.screens.open(f"{office.url}/sign-in?language=en", 1366, 768)
    token, _ = open_session(office.queue, office.admin, "cookie")
    page.context.add_cookies([{"name": "navbat_staff", "value": token, "url": office.url}])
    for language in LANGUAGES:
        for path in (VERSIONS, DRAFT, f"{VERSIONS}/2", f"{VERSIONS}/compare?a=1&b=2"):
            page.goto(f"{office.url}{path}{'&' if '?' in path else '?'}language={language}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} {language}"
            if language in ("az", "ru"):
                assert violations(page) == [], f"{path} {language}"

    office.change(office.admin, ("policy", "grace_minutes"), 999)
    page.goto(f"{office.url}{DRAFT}?language=en")
    assert "policy.grace_minutes" in page.inner_text("#faults")
    assert page.locator("#faults a").get_attribute("href") == "/admin/centre/edit"
    assert page.locator("#note").count() == 0, "nothing with a fault is published"
    assert violations(page) == []
