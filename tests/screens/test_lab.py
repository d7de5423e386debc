"""The policy laboratory as a supervisor uses it: a day lived through the real operations, then played otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from server.app import create_app
from server.config import bundling
from server.config.managed import Managed
from server.errors import BadInput, LaboratoryBusy
from server.operations.laboratory import Trial, config_lines, next_version
from server.simulating import SimulatedClock, Simulation
from tests.builders import create_official, open_session
from tests.conftest import ROOT
from tests.crowds import Crowd
from tests.screens.accessibility import violations
from tests.screens.halls import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from playwright.sync_api import Browser, Page

    from server.config import Config

DAY = date(2026, 11, 23)
COOKIE = "navbat_staff"


@pytest.fixture(scope="module")
def app(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The morning after a simulated day."""
    clock = SimulatedClock(datetime(2026, 11, 23, 5, 0, tzinfo=UTC))
    app = create_app(config, data_dir=tmp_path_factory.mktemp("lab"), clock=clock, limits=False)
    queue = app.extensions["queue"]
    Simulation(queue, clock, Crowd(config, 7), visitors_per_day=300).run(DAY)
    queue.ledger.seal()
    clock.now = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    yield app
    queue.context.database.close()


@pytest.fixture(scope="module")
def tokens(app: Flask) -> dict[str, str]:
    queue = app.extensions["queue"]
    roles = ("official", "reception", "supervisor", "admin", "auditor")
    return {
        role: open_session(queue, create_official(queue, f"{role}-1", role=role), "cookie")[0]
        for role in roles
    }


def ask(app: Flask, token: str | None, address: str) -> Any:
    client = app.test_client()
    if token is not None:
        client.set_cookie(COOKIE, token)
    return client.get(f"/supervisor/lab{address}", headers={"Accept": "text/html"})


def test_supervisors_administrators_and_auditors_look_and_nobody_else(
    app: Flask, tokens: dict[str, str]
) -> None:
    statuses = {role: ask(app, token, "").status_code for role, token in tokens.items()}

    assert statuses == {"official": 403, "reception": 403, "supervisor": 200, "admin": 200, "auditor": 200}
    assert ask(app, None, "").status_code == 303
    for role in ("supervisor", "auditor"):
        client = app.test_client()
        client.set_cookie(COOKIE, tokens[role])
        doors = client.get("/staff", headers={"Accept": "text/html"}).text
        assert 'href="/supervisor/lab"' in doors


def test_what_cannot_be_is_named(app: Flask, tokens: dict[str, str]) -> None:
    for query, field in (
        ("day=2026-11-24", "Day"),  # not over yet
        ("day=2026-11-20", "Day"),  # nothing in the log
        ("day=soon", "Day"),
        ("day=2026-11-23&walk_in=0", "Walk-in"),
        ("day=2026-11-23&walk_in=many", "Walk-in"),
        ("day=2026-11-23&credit_10=999", "Credit, min"),
        ("day=2026-11-23&quota_every=1", "At least every nth call"),
        ("day=2026-11-23&service=passport", "Its target"),
        ("day=2026-11-23&service=nothing&service_minutes=5", "One service"),
        ("day=2026-11-23&added=999", "One more like counter"),
        ("day=2026-11-23&removed=six", "Without counter"),
    ):
        answer = ask(app, tokens["supervisor"], f"?{query}&language=en")
        assert answer.status_code == 422, query
        assert f"Please check: {field}." in answer.text, query


def test_a_trial_reads_the_log_and_changes_nothing(app: Flask) -> None:
    queue = app.extensions["queue"]
    with queue.context.database.read() as connection:
        before = connection.exec_driver_sql("SELECT count(*), max(id) FROM events").fetchall()

    same = queue.laboratory.try_out(DAY, Trial())
    other = queue.laboratory.try_out(DAY, Trial(credits={10: 60, 5: 60}, removed=(7,)))

    whole = same["all"]["all"]
    published = queue.statistics.of_day(DAY)["total"]
    assert same["same"] >= 0.98
    assert same["visitors"] == published["issued"]
    assert whole["before"] == whole["after"]
    assert whole["before"]["called"] == published["called"]
    assert abs(whole["before"]["wait_p90_s"] - published["wait_p90_s"]) <= 60
    assert other["all"]["all"]["before"] == whole["before"]
    assert other["all"]["all"]["after"] != whole["before"]
    assert sum(row["visitors"] for row in other["services"]) == other["visitors"]
    with queue.context.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*), max(id) FROM events").fetchall() == before


def test_one_trial_is_played_at_a_time(app: Flask, tokens: dict[str, str]) -> None:
    lab = app.extensions["queue"].laboratory
    lab._is_busy = True
    try:
        with pytest.raises(LaboratoryBusy):
            lab.try_out(DAY, Trial())
        assert "Another trial" in ask(app, tokens["admin"], "?day=2026-11-23&language=en").text
    finally:
        lab._is_busy = False
    with pytest.raises(BadInput):
        lab.try_out(DAY, Trial(walk_in=999))
    assert lab.try_out(DAY, Trial())["visitors"] > 0  # what failed keeps nobody out


def test_the_lines_for_the_configuration_are_a_new_dated_version(config: Config) -> None:
    trial = Trial(walk_in=12, services={"passport": 9}, credits={10: 15}, quota_every=2, removed=(7,))

    lines = yaml.safe_load(config_lines(config, trial, next_version(config, DAY)))

    assert lines["policy"] == {
        "version": "2026-11-23",
        "target_minutes": {"walk_in": 12, "appointment": 5, "collect": 5},
    }
    assert lines["services"] == {"passport": {"target_minutes": 9}}
    by_key = {each.pop("key"): each for each in lines["categories"]}
    assert set(by_key) == {each.key for each in config.categories if each.credit_minutes == 10}
    assert by_key["disability"] == {"credit_minutes": 15, "quota_every": 2}
    assert by_key["veteran"] == {"credit_minutes": 15}
    dated = config.model_copy(update={"policy": config.policy.model_copy(update={"version": "2026-11-23"})})
    assert next_version(dated, DAY) == "2026-11-23b"


def test_a_supervisor_tries_a_rule_in_a_browser(app: Flask, tokens: dict[str, str], browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    with serving(app) as address:
        context.add_cookies([{"name": COOKIE, "value": tokens["supervisor"], "url": address}])
        page.goto(f"{address}/supervisor/lab?language=az")
        assert page.input_value("#day") == str(DAY)
        assert page.input_value("#walk_in") == "15"
        assert violations(page) == []

        page.fill("#credit_10", "60")
        page.fill("#removed", "7")
        page.click("form .button--primary")
        page.wait_for_selector("#table-whole")

        assert page.input_value("#credit_10") == "60"
        rows = page.locator("#table-whole tbody tr")
        assert rows.count() == 3
        # A difference is marked by its sign and its word, and not by colour alone.
        changes = page.locator('.lab__change:not([data-kind="same"])')
        assert changes.count() > 0
        for text in changes.all_inner_texts():
            assert text[0] in "+\N{MINUS SIGN}"
            assert text.split()[1] in ("yaxşı", "pis")
        assert "credit_minutes: 60" in page.inner_text(".lab__lines")
        assert "config.yaml" in page.inner_text(".lab__apply")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(page) == []

        for language in ("ru", "uz", "tr", "en"):
            page.goto(f"{page.url.split('&language')[0]}&language={language}")
            assert page.locator("#table-whole tbody tr").count() == 3
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), language
        # The same trial in another language: the address holds all of it.
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(page) == []
        context.close()


def test_where_pages_manage_the_rule_a_trial_becomes_a_draft_or_a_version(
    config: Config, app: Flask, tokens: dict[str, str], browser: Browser
) -> None:
    managed = Managed(by="pages", files=bundling.pack(ROOT / "config.yaml"))
    clock = app.extensions["queue"].clock
    pages = create_app(config, data_dir=app.config["DATA_DIR"], clock=clock, limits=False, managed=managed)
    versions = pages.extensions["queue"].config_versions
    with serving(pages) as address:

        def look(role: str) -> Page:
            context = browser.new_context(viewport={"width": 1366, "height": 768})
            context.add_cookies([{"name": COOKIE, "value": tokens[role], "url": address}])
            page = context.new_page()
            page.goto(f"{address}/supervisor/lab?day={DAY}&credit_10=60&removed=7&language=en")
            return page

        assert look("auditor").locator(".lab__apply form").count() == 0
        page = look("admin")
        assert "published as the new version 2026-11-24" in page.inner_text(".lab__apply")
        assert violations(page) == []
        page.fill("#note", "x")
        page.evaluate("document.querySelector('#note').value = '   '")
        page.click("text=Publish as the rule")
        page.wait_for_selector("#adopt-error")
        assert page.input_value("#credit_10") == "60", "the trial is still there"
        page.fill("#note", "Credits as the law of 2027 has them")
        page.click("text=Publish as the rule")
        page.wait_for_selector(".notice--good")
        made = versions.all()[0]
        assert (made.source, made.policy, made.state) == ("laboratory", "2026-11-24", "due")

        page = look("supervisor")
        page.click("button:has-text('Put into the draft')")
        page.wait_for_selector("#draft-categories")
        draft = versions.draft()
        assert draft is not None
        assert draft.changed_by == "supervisor-1"
