"""A device's life, from the code that it shows to the day it is revoked, in real browsers against a real server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from server.agent_pairing import kept_token, pair
from server.app import create_app
from server.operations.devices import Place
from tests.builders import create_official, open_counter, open_session
from tests.screens.accessibility import violations
from tests.screens.halls import serving
from tests.screens.waiting import until
from tests.servers import eventually
from tests.socket_client import DISCONNECTED, Refused, SocketClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock
    from tests.screens.conftest import Screens

STAFF = (1366, 768)


@pytest.fixture
def app(config: Config, clock: FixedClock, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    yield app
    app.extensions["queue"].context.database.close()


@pytest.fixture
def queue(app: Flask) -> Queue:
    queue: Queue = app.extensions["queue"]
    return queue


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    with serving(app, live=True) as url:
        yield url


@pytest.fixture
def supervisor(queue: Queue, url: str, screens: Screens) -> Page:
    """A supervisor's browser, on the page of the devices."""
    token, _ = open_session(queue, create_official(queue, "rana", role="supervisor"), "cookie")
    page = screens.open(f"{url}/sign-in", *STAFF, locale="en")
    page.context.add_cookies([{"name": "navbat_staff", "value": token, "url": url}])
    page.goto(f"{url}/devices?language=en")
    return page


def code_on(page: Page) -> str:
    page.wait_for_selector("#qr:not([hidden])")
    return page.locator("#code").inner_text()


def change(page: Page, device: str, **fields: str) -> None:
    """Change a device on the supervisor's page."""
    item = page.locator("li", has=page.get_by_role("heading", name=device, exact=True))
    item.locator("summary").click()
    for field, value in fields.items():
        if field == "name":
            item.locator("[name=name]").fill(value)
        else:
            item.locator(f"select[name={field}]").select_option(value)
    with page.expect_navigation():
        item.get_by_role("button", name="Save").click()


def press(page: Page, device: str, button: str) -> None:
    item = page.locator("li", has=page.get_by_role("heading", name=device, exact=True))
    item.locator("summary").click()
    with page.expect_navigation():
        item.get_by_role("button", name=button).click()


def test_a_display_from_its_code_to_its_end(
    queue: Queue, url: str, screens: Screens, supervisor: Page
) -> None:
    display = screens.open(f"{url}/enrol", 1920, 1080, locale="en")
    code = code_on(display)
    assert violations(display) == []

    # Typed as people type: in small letters, without the space.
    supervisor.locator("#code").fill(code.replace(" ", "").lower())
    supervisor.locator("#name").fill("Entrance")
    supervisor.locator("#zone").select_option("b")
    supervisor.get_by_role("button", name="Add the device").click()

    # The device goes on by itself, and shows what it was given.
    display.wait_for_selector(".board__zone")
    assert display.url == f"{url}/display"
    assert display.locator(".board__zone").inner_text() == queue.config.zone["b"].name["az"]
    assert "navbat_device" not in display.evaluate("document.cookie")
    display.evaluate("window.isStill = true")
    device = eventually(lambda: [each for each in queue.devices.all() if each["version"]])[0]
    assert device["online"]
    assert (device["name"], device["version"]) == ("Entrance", "1.0.0")
    supervisor.reload()
    assert supervisor.locator(".online").inner_text() == "Online"
    assert violations(supervisor) == []
    assert display.evaluate("window.isStill")  # what it is told at its connection is what it shows already

    # A page that is left while it connects complains that its websocket was closed.
    with screens.without_server():
        change(supervisor, "Entrance", name="Gate", zone="c")
        until(
            display,
            "name => document.querySelector('.board__zone')?.textContent === name",
            arg=queue.config.zone["c"].name["az"],
        )

        change(supervisor, "Gate", zone="", counter="18")
        display.wait_for_selector(".small__counter:has-text('18')")

        display.evaluate("window.isOld = true")
        press(supervisor, "Gate", "Restart")
        until(display, "!window.isOld && document.querySelector('.small')")

        press(supervisor, "Gate", "Revoke")
        display.wait_for_url(f"{url}/enrol")
    assert code_on(display) != code
    assert queue.devices.all() == []

    kinds = [each["kind"] for each in log_of(queue) if each["kind"].startswith("device.")]
    assert kinds == [
        "device.paired",
        "device.renamed",
        "device.moved",
        "device.moved",
        "device.restarted",
        "device.revoked",
    ]
    assert "Entrance" not in str(log_of(queue))


def test_a_kiosk_has_a_line_of_its_own_and_goes_when_it_is_revoked(
    queue: Queue, url: str, screens: Screens, supervisor: Page
) -> None:
    kiosk = screens.open(f"{url}/enrol", 1080, 1920, locale="en", has_touch=True)
    supervisor.locator("#code").fill(code_on(kiosk))
    supervisor.locator("#name").fill("Left glass")
    supervisor.locator("#kind").select_option("kiosk")
    supervisor.locator("#printer").select_option("kiosk-1")
    supervisor.get_by_role("button", name="Add the device").click()
    kiosk.wait_for_selector(".language")
    assert kiosk.url == f"{url}/kiosk"
    [device] = eventually(lambda: [each for each in queue.devices.all() if each["online"]])
    assert (device["name"], device["kind"], device["version"]) == ("Left glass", "kiosk", "1.0.0")

    # A page that is left while it connects complains that its websocket was closed.
    with screens.without_server():
        kiosk.evaluate("window.isOld = true")
        press(supervisor, "Left glass", "Restart")
        until(kiosk, "!window.isOld && document.querySelector('.language')")
        eventually(lambda: queue.devices.all()[0]["online"])

        # Wherever its visitor is: a machine that was taken away gives no more numbers.
        kiosk.tap(".language[lang=en]")
        kiosk.wait_for_selector(".language", state="detached")
        press(supervisor, "Left glass", "Revoke")
        kiosk.wait_for_url(f"{url}/enrol")
    answer = kiosk.request.post(f"{url}/api/v1/tickets", data={"service": "birth"})
    assert answer.status == 401
    assert queue.devices.all() == []


def log_of(queue: Queue) -> list[dict[str, Any]]:
    queue.ledger.seal()
    return [each["entry"] for each in queue.ledger.entries()["entries"]]


def test_a_code_that_nobody_shows_and_a_name_that_is_taken_are_told(
    queue: Queue, url: str, screens: Screens, supervisor: Page
) -> None:
    queue.devices.add("Entrance", kind="display")
    code = queue.pairings.begin().code

    with screens.expecting(422):
        supervisor.locator("#code").fill("ZZZZZZ")
        supervisor.locator("#name").fill("Gate")
        supervisor.get_by_role("button", name="Add the device").click()
        supervisor.wait_for_selector("[data-error-summary] a[href='#code']")
        supervisor.locator("#code").fill(code)
        supervisor.locator("#name").fill("Entrance")
        supervisor.get_by_role("button", name="Add the device").click()
        supervisor.wait_for_selector("[data-error-summary] a[href='#name']")

    assert supervisor.locator("#code").input_value() == code


def test_what_hangs_on_a_device_or_a_session_ends_with_it(queue: Queue, url: str) -> None:
    device, token = queue.devices.add("Entrance", kind="display", zone="b")
    cookie = {"Cookie": f"navbat_device={token}"}
    official = open_counter(queue, 18)
    staff, _ = open_session(queue, official, "cookie")
    screen = SocketClient(url, "/screen", query="version=1", headers=cookie)
    hall = SocketClient(url, "/hall", query="zone=b", headers=cookie)
    other = SocketClient(url, "/hall", query="zone=b")
    counter = SocketClient(url, "/counter", query="counter=18", headers={"Cookie": f"navbat_staff={staff}"})
    assert screen.wait_for("settings")["place"] == {"zone": "b", "display": None, "counter": None}

    queue.device_desk.revoke(official, device.id)
    screen.wait_for("revoked")
    screen.wait_for(DISCONNECTED)
    hall.wait_for(DISCONNECTED)
    with pytest.raises(Refused, match="device_not_found"):
        SocketClient(url, "/screen", headers=cookie)

    assert counter.events(DISCONNECTED) == []
    queue.sessions.sign_out(staff)
    counter.wait_for(DISCONNECTED)

    assert other.events(DISCONNECTED) == []
    for client in (screen, hall, other, counter):
        client.close()


@pytest.mark.parametrize("language", ["az", "uz", "ru", "en", "tr"])
def test_the_pages_of_supervisors_can_be_read_by_everyone(
    queue: Queue, url: str, supervisor: Page, language: str
) -> None:
    official = queue.staff.find("rana")
    assert official is not None
    queue.devices.add("Entrance", kind="display", zone="b")
    queue.messages.show(official, kind="message", preset="suspended", text={"az": "Zona B"})

    for path in ("/devices", "/messages"):
        supervisor.goto(f"{url}{path}?language={language}")
        assert violations(supervisor) == []


def test_a_print_agent_says_its_code_where_it_is_started(queue: Queue, url: str, tmp_path: Path) -> None:
    said: list[str] = []
    got: list[str] = []
    folder = tmp_path / "agent"
    agent = threading.Thread(
        target=lambda: got.append(pair(url, folder, said.append, every_s=0.1)), daemon=True
    )
    agent.start()
    code = eventually(lambda: said)[0].split(" at ")[0].removeprefix("type ")

    official = create_official(queue, "rana", role="supervisor")
    device = queue.pairings.complete(official, code, "agent-2", Place("printer", printer="zone-a"))

    agent.join(10)
    assert queue.devices.identify(got[0]) == device
    assert kept_token(folder) == got[0]
    assert (folder / "token").stat().st_mode & 0o077 == 0
