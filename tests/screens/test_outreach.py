"""A visit at home in a real browser: asked for on a phone, carried out on a tablet without network, told once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from server.domain.replay import Replay
from tests.screens.accessibility import violations
from tests.screens.outreach_centre import PHONE, Centre, ask, make_centre
from tests.servers import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from server.config import Config

NUMBER = 91


@pytest.fixture(scope="module")
def centre(config: Config, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    yield from make_centre(config, browser, tmp_path_factory.mktemp("outreach"))


def test_who_cannot_come_asks_without_javascript_and_a_team_serves_two_without_network(
    centre: Centre,
) -> None:
    phone = centre.browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()  # type: ignore[arg-type]
    phone.goto(f"{centre.url}/outreach?language=en")
    phone.click(".ask .button--primary")
    assert phone.locator(".error-summary li").count() == 5
    ask(phone, "Səkinə Vəliyeva", "+994 50 222 33 44")
    assert phone.inner_text('[aria-current="step"] .way__state') == "Received"
    first = phone.url.partition("?")[0]
    centre.plan(0)
    phone.goto(f"{centre.url}/outreach?language=en")
    ask(phone, "Əli Quliyev", "+994 50 222 33 55")
    second = phone.url.partition("?")[0]
    centre.plan(1)

    # In the morning, with network, the tablet takes the day along.
    tablet = centre.sign_in("rena", "/team/justice")
    tablet.click('[data-verb="open"]')
    tablet.wait_for_selector(".visit")
    tablet.wait_for_selector('.team-bar__ready[data-ready="yes"]')
    tablet.wait_for_selector('.team-bar__net[data-waits="0"]')
    assert violations(tablet) == []

    # On the road there is none: two are served, and the tablet is even closed in between.
    context = tablet.context
    with centre.away(context):
        tablet.click('[data-verb="next"]')
        tablet.click('[data-verb="start"]')
        tablet.close()
        tablet = context.new_page()
        tablet.goto(f"{centre.url}/team/justice")
        tablet.wait_for_selector('.visit[data-current][data-state="serving"]')
        assert tablet.locator(".unsent__queue li").count() == 2
        assert violations(tablet) == []
        tablet.click('[data-verb="finish"]')
        tablet.click('[data-verb="rate"]')
        assert violations(tablet) == []
        tablet.click('.rate-face[data-score="4"]')
        tablet.wait_for_selector("dialog", state="detached")
        for verb in ("next", "start", "finish"):
            tablet.wait_for_timeout(1100)  # a button is deaf for a second after a tap
            tablet.click(f'[data-verb="{verb}"]')
        assert tablet.locator('.visit[data-state="served"]').count() == 2
        assert tablet.get_attribute(".team-bar__net", "data-waits") == "7"
        on_server = [entry["kind"] for entry in centre.log() if entry["counter"] == NUMBER]
        assert on_server == ["counter.opened"]

    # Back in the centre everything is told, once and in order.
    tablet.wait_for_selector('.team-bar__net[data-waits="0"][data-live="yes"]')
    tablet.reload()
    tablet.wait_for_selector('.visit[data-state="served"]')
    entries = [entry for entry in centre.log() if entry["counter"] == NUMBER]
    assert [entry["kind"] for entry in entries] == [
        "counter.opened",
        *["ticket.called", "ticket.started", "ticket.finished"] * 2,
    ]
    told = [datetime.fromisoformat(entry["data"]["done_at"]) for entry in entries[1:]]
    assert told == sorted(told)
    assert told[-1] - told[0] > timedelta(seconds=3)
    going = Replay()
    assert [found for index, entry in enumerate(centre.log()) for found in going.go_on(index, entry)] == []

    # One has rated on the tablet that was handed over; the other does on the own page, as everyone.
    phone.goto(f"{first}?language=en")
    phone.wait_for_selector(".rate-thanks")
    assert phone.locator(".rate").count() == 0
    phone.goto(f"{second}?language=en")
    phone.click(".rate")
    phone.click("label.face[data-score='5'] >> nth=0")
    phone.click(".rating .button--primary")
    phone.wait_for_selector(".rated")
    assert sum(entry["kind"] == "rating.given" for entry in centre.log()) == 2


def test_a_visit_cancelled_meanwhile_is_told_plainly_and_nothing_of_it_is_lost(centre: Centre) -> None:
    phone = centre.browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    phone.goto(f"{centre.url}/outreach?language=en")
    assert violations(phone) == []
    ask(phone, "Zeynəb Məmmədova", "+994 50 222 33 66")
    centre.plan(2)
    phone.reload()
    assert violations(phone) == []
    tablet = centre.sign_in("rena", "/team/justice", width=1280, height=800)
    tablet.wait_for_selector('[data-verb="next"]')
    tablet.wait_for_selector('.team-bar__net[data-waits="0"]')
    tablet.context.set_offline(True)
    tablet.click('[data-verb="next"]')
    tablet.click('[data-verb="start"]')

    phone.click(".cancel summary")
    phone.click(".cancel .button")
    phone.wait_for_selector('.way[data-state="cancelled"]')
    tablet.context.set_offline(False)

    tablet.wait_for_selector(".refused li >> nth=1")
    assert "the visit was cancelled meanwhile" in tablet.inner_text(".refused")
    assert violations(tablet) == []
    assert tablet.locator('.visit:not([data-state="served"])').count() == 0
    tablet.click(".refused .button")
    tablet.wait_for_selector(".refused", state="detached")
    refused = [entry for entry in centre.log() if entry["kind"] == "outreach.act_refused"]
    assert [entry["data"]["verb"] for entry in refused] == ["next", "start"]
    eventually(lambda: len(centre.queue.outreach.plan_of()["refused"]) == 2)
    tablet.click(".team__end .button")
    tablet.click('[data-verb="really-close"]')
    tablet.wait_for_selector(".team__closed")
    eventually(lambda: centre.log()[-1]["kind"] == "counter.closed")
