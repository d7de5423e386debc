"""The phone without a connection, on a slow one, on the home screen, and locked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from server.app import create_app
from server.db.phones import push_subscriptions
from server.wording import Wording, available_languages
from tests.builders import BIRTH, create_ticket
from tests.conftest import FixedClock
from tests.screens.halls import serving
from tests.screens.waiting import until
from tests.servers import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import CDPSession, Page

    from server.config import Config
    from server.operations import Queue
    from tests.screens.conftest import Screens

FIRST_VIEW_BYTES = 46_000
# With the live connection, what keeps the page, the offer to be told, and what is asked for twice.
ALL_BYTES = 60_000
HEADERS_BYTES = 2_000
# The page is drawn without these.
AFTER_THE_FIRST_VIEW = ("socket", "phone-keeping.js")
WORDS = Wording("en")
PUSH_TEXT = {
    "title": "R001: counter 18",
    "body": "You are called.",
    "kind": "called",
    "language": "en",
    "url": "/t/x",
}
# The worker is in charge, and has the page and all that it is made of.
IS_KEPT = """async () => {
    if (!navigator.serviceWorker.controller) return false;
    const kept = await caches.open("navbat-phone");
    const names = (await kept.keys()).map(({ url }) => url);
    return names.includes(location.href) && names.some((name) => name.includes("socket.io"));
}"""

SHOWN = """async () => {
    const worker = await navigator.serviceWorker.getRegistration("/t/");
    const [shown] = await worker.getNotifications();
    return shown && { title: shown.title, body: shown.body, lang: shown.lang, url: shown.data.url };
}"""


class Hall:
    """A hall, and a visitor's phone that looks at it."""

    def __init__(self, url: str, queue: Queue, screens: Screens) -> None:
        self.url = url
        self.queue = queue
        self.screens = screens

    def open(self, token: str) -> Page:
        """Open a ticket's page, and wait until it is drawn and kept."""
        page = self.screens.open(f"{self.url}/t/{token}?language=en", 390, 844)
        page.wait_for_selector("html[data-drawn]")
        eventually(lambda: page.evaluate(IS_KEPT), within_s=20)
        return page

    def subscriptions(self) -> list[Any]:
        with self.queue.context.database.read() as connection:
            return list(connection.execute(select(push_subscriptions)).fetchall())


@pytest.fixture
def hall(config: Config, tmp_path: Path, screens: Screens) -> Iterator[Hall]:
    push = config.push.model_copy(update={"contact": "mailto:hall@example.az"})
    config = config.model_copy(update={"push": push})
    app = create_app(config, data_dir=tmp_path, clock=FixedClock(), limits=False)
    with serving(app, live=True) as url:
        yield Hall(url, app.extensions["queue"], screens)
        screens.close()


def test_without_a_connection_the_last_view_stays_with_its_age_and_goes_live_again(hall: Hall) -> None:
    token = create_ticket(hall.queue, BIRTH)["token"]
    page = hall.open(token)
    page.clock.install()

    with hall.screens.without_server():
        page.context.set_offline(True)
        page.reload()
        page.wait_for_selector("html[data-drawn][data-kept-at]")
        assert page.inner_text(".place__state") == WORDS.text("phone.state_waiting")
        assert page.inner_text(".offline").startswith("No connection")
        page.clock.fast_forward("05:00")
        until(page, "document.querySelector('.offline').textContent.includes('5 minutes')")
        page.clock.fast_forward("02:00:00")
        until(page, "document.querySelector('.offline').textContent.includes('125 minutes')")

        # Another page of the ticket cannot be had now: it leads back to what there is.
        page.goto(f"{hall.url}/t/{token}/why?language=en")
        page.wait_for_selector("html[data-drawn][data-kept-at]")

        hall.queue.tickets.postpone(token, 20)
        page.context.set_offline(False)
        page.clock.fast_forward("00:30")
        page.wait_for_selector(".place[data-state='held']")
        page.wait_for_selector(".offline", state="detached")

        # What came last is what is shown the next time, not what the page was drawn with.
        page.context.set_offline(True)
        page.reload()
        page.wait_for_selector("html[data-drawn][data-kept-at]")
        assert page.locator(".place[data-state='held']").count() == 1
        page.context.set_offline(False)


def test_the_first_view_is_light_and_needs_one_round_trip_after_the_page(hall: Hall) -> None:
    token = create_ticket(hall.queue, BIRTH, also=["info_desk"])["token"]
    for language in available_languages():
        page = hall.screens.open("about:blank", 390, 844)
        network = Network(page.context.new_cdp_session(page))

        page.goto(f"{hall.url}/t/{token}?language={language}")
        page.wait_for_selector("html[data-drawn]")
        drawn = network.all_asked()
        page.wait_for_selector(f"button:has-text('{Wording(language).text('phone.push_on')}')")
        eventually(lambda page=page: page.evaluate(IS_KEPT), within_s=20)

        first, again = network.sizes()
        view = {url: size for url, size in first.items() if not is_later(url)}
        assert len(view) > 15
        assert sum(view.values()) < FIRST_VIEW_BYTES, (language, view)
        # What the worker keeps is taken from the browser's own cache, and the page from where it is drawn.
        assert 0 < sum(again.values()) < HEADERS_BYTES, (language, again)
        assert sum(first.values()) + sum(again.values()) < ALL_BYTES, (language, first, again)
        # How a phone is told comes with the tap that asks for it.
        assert not any("phone-push.js" in url for url in first)
        # What is needed to draw is named by the page itself: nothing waits for another file to come first.
        waits = {url: kind for url, kind in drawn.items() if kind == "script" and not is_later(url)}
        assert waits == {}
        page.context.close()


def is_later(url: str) -> bool:
    return any(later in url for later in AFTER_THE_FIRST_VIEW)


class Network:
    """What a page asked for, as the browser's own protocol tells it: bytes as they came over the wire."""

    def __init__(self, session: CDPSession) -> None:
        self._asked: dict[str, dict[str, Any]] = {}
        session.on("Network.requestWillBeSent", self._ask)
        session.on("Network.responseReceived", self._receive)
        session.on("Network.loadingFinished", self._finish)
        session.send("Network.enable")

    def _ask(self, event: dict[str, Any]) -> None:
        self._asked[event["requestId"]] = {
            "url": event["request"]["url"],
            "kind": event["initiator"]["type"],
        }

    def _receive(self, event: dict[str, Any]) -> None:
        # Of an answer without a body, this is all that is ever told.
        if event["requestId"] in self._asked:
            self._asked[event["requestId"]]["bytes"] = event["response"]["encodedDataLength"]

    def _finish(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._asked:
            each = self._asked[event["requestId"]]
            each["bytes"] = max(event["encodedDataLength"], each.get("bytes", 0))

    def all_asked(self) -> dict[str, str]:
        """Tell who asked for each address first: the page itself or a script."""
        asked: dict[str, str] = {}
        for each in self._asked.values():
            asked.setdefault(each["url"], each["kind"])
        return asked

    def sizes(self) -> tuple[dict[str, int], dict[str, int]]:
        """Tell what each address weighed the first time, and what came again afterwards."""
        first: dict[str, int] = {}
        again: dict[str, int] = {}
        for each in self._asked.values():
            (again if each["url"] in first else first)[each["url"]] = int(each.get("bytes", 0))
        return first, again


def test_the_page_can_be_put_on_the_home_screen(hall: Hall) -> None:
    page = hall.open(create_ticket(hall.queue, BIRTH)["token"])
    session = page.context.new_cdp_session(page)

    # Playwright's profiles are private ones, which have no home screen; nothing else stands in the way.
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors] == ["in-incognito"]
    manifest = json.loads(session.send("Page.getAppManifest")["data"])
    assert manifest["start_url"] == "/follow?language=en"
    assert manifest["name"].startswith("Navbat")
    for icon in manifest["icons"]:
        answer = page.request.get(hall.url + icon["src"])
        assert answer.headers["content-type"] == "image/png"


def test_what_a_locked_phone_is_told_is_shown_by_its_worker(hall: Hall) -> None:
    token = create_ticket(hall.queue, BIRTH)["token"]
    page = hall.open(token)
    page.context.grant_permissions(["notifications"], origin=hall.url)
    session = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"])
    )
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    [registration] = {each["registrationId"] for each in registrations if each["scopeURL"].endswith("/t/")}

    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": hall.url,
            "registrationId": registration,
            "data": json.dumps(PUSH_TEXT | {"url": f"/t/{token}"}),
        },
    )

    shown = eventually(lambda: page.evaluate(SHOWN), within_s=20)
    assert shown == {
        "title": PUSH_TEXT["title"],
        "body": PUSH_TEXT["body"],
        "lang": "en",
        "url": f"/t/{token}",
    }


# The browser's maker is not on this machine; what it would give is given here.
SUBSCRIBE = """(keys) => {
    PushManager.prototype.subscribe = async ({ applicationServerKey: key }) => ({
        toJSON: () => ({ endpoint: `https://fcm.googleapis.com/${key.length}`, keys }),
    });
}"""


def test_a_tap_lets_the_phone_be_told_and_another_ends_it(hall: Hall) -> None:
    token = create_ticket(hall.queue, BIRTH)["token"]
    page = hall.open(token)
    page.context.grant_permissions(["notifications"], origin=hall.url)
    button = f"button:has-text('{WORDS.text('phone.push_on')}')"

    # Where no push service can be reached the page says so, and goes on without.
    page.click(button)
    page.wait_for_selector(f"text={WORDS.text('phone.push_failed')}")
    eventually(lambda: any("Push API" in fault for fault in hall.screens.faults))
    hall.screens.faults.clear()  # that of the browser itself, which has no push service in a private profile

    keys = {"p256dh": "BA" + 85 * "A", "auth": 22 * "A"}
    page.evaluate(SUBSCRIBE, keys)
    page.wait_for_selector(f"{button}:not([aria-disabled])")
    page.click(button)
    page.wait_for_selector(".push")
    assert page.inner_text(".push span") == WORDS.text("phone.push_is_on")
    [row] = hall.subscriptions()
    assert (row.endpoint, row.language) == ("https://fcm.googleapis.com/87", "en")
    page.reload()
    page.wait_for_selector(".push")
    page.click(".push button")
    page.wait_for_selector(button)
    assert hall.subscriptions() == []
