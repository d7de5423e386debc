"""Signing in with more than a password, and one's own account, in a real browser against a real server."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from server.app import create_app
from server.operations.second_factor import STEP_S, code_at
from tests.builders import BIRTH, create_ticket
from tests.screens.accessibility import violations
from tests.screens.halls import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock
    from tests.screens.conftest import Screens

PASSWORD, OWN = "given by the admin", "correct horse"
GUARD_MS = 1100  # so long a terminal takes no second click
LANGUAGES = ("az", "uz", "ru", "en", "tr")


class Desk:
    """A hall with an account for Leyla, and a browser at her desk."""

    def __init__(self, url: str, queue: Queue, clock: FixedClock, screens: Screens) -> None:
        self.url = url
        self.queue = queue
        self.clock = clock
        self._screens = screens

    def open(self, path: str = "/sign-in?language=en") -> Page:
        return self._screens.open(self.url + path, 1366, 768)

    def sign_in(self, page: Page, password: str = OWN) -> None:
        page.fill("#username", "leyla")
        page.fill("#password", password)
        page.keyboard.press("Enter")

    def code(self, key: bytes) -> str:
        return code_at(key, int(self.clock().timestamp()) // STEP_S)


@pytest.fixture
def desk(config: Config, clock: FixedClock, tmp_path: Path, screens: Screens) -> Iterator[Desk]:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    queue: Queue = app.extensions["queue"]
    queue.staff.add("leyla", name="Leyla Həsənova", role="official", password=OWN)
    # Passkeys are made for names of sites, and an address has none.
    with serving(app, host="localhost", live=True) as url:
        yield Desk(url, queue, clock, screens)
        screens.close()


def test_a_given_password_is_changed_before_anything_else(desk: Desk) -> None:
    desk.queue.staff.set_password("leyla", PASSWORD, must_change=True)
    page = desk.open("/sign-in?language=en&next=/counter/18")
    desk.sign_in(page, PASSWORD)
    page.wait_for_url("**/account?next=%2Fcounter%2F18")
    assert "Choose a password of your own first" in page.inner_text("main")
    assert violations(page) == []

    with desk._screens.expecting(422):
        page.fill("#old", PASSWORD)
        page.fill("#new", PASSWORD)
        page.fill("#again", PASSWORD)
        page.click("text=Change the password")
        page.wait_for_selector("#new-error")
    page.fill("#old", PASSWORD)
    page.fill("#new", "battery staple")
    page.fill("#again", "battery staple")
    page.click("text=Change the password")

    page.wait_for_url("**/counter/18")
    page.wait_for_selector(".top")


def test_a_code_is_set_up_asked_for_and_taken_once(desk: Desk) -> None:
    page = desk.open("/sign-in?language=en&next=/account")
    desk.sign_in(page)
    page.click("text=Set up the code")
    key = _key(page.inner_text(".account__key"))
    assert violations(page) == []
    page.fill("#code", desk.code(key))
    page.click("text=Ask for codes from now on")
    page.wait_for_selector(".notice--good")
    page.click("text=Sign out")

    desk.sign_in(page)
    page.wait_for_url("**/sign-in/code")
    assert violations(page) == []
    with desk._screens.expecting(401):
        page.fill("#code", desk.code(key))  # the one that set it up
        page.keyboard.press("Enter")
        page.wait_for_selector("#code-error")
    desk.clock.advance(seconds=STEP_S)
    page.fill("#code", desk.code(key))
    page.keyboard.press("Enter")

    page.wait_for_url("**/counter")


def test_a_passkey_is_made_used_and_removed(desk: Desk) -> None:
    page = desk.open("/sign-in?language=en&next=/account")
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    made = authenticator.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    desk.sign_in(page)
    page.fill("#name", "my telephone")
    page.click("text=Add a passkey")
    page.wait_for_selector(".notice--good")
    page.click("text=Sign out")

    page.click("text=Sign in with a passkey")
    page.wait_for_url("**/counter")

    # The same key, with a count that stands still: somebody has copied it.
    [credential] = authenticator.send(
        "WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]}
    )["credentials"]
    copied = {**credential, "signCount": 0}
    authenticator.send(
        "WebAuthn.removeCredential",
        {"authenticatorId": made["authenticatorId"], "credentialId": credential["credentialId"]},
    )
    authenticator.send(
        "WebAuthn.addCredential", {"authenticatorId": made["authenticatorId"], "credential": copied}
    )
    page.click("text=Sign out")
    with desk._screens.expecting(401):
        page.click("text=Sign in with a passkey")
        page.wait_for_selector("#passkey-fault:visible")

    desk.sign_in(page)
    page.wait_for_url("**/counter")
    page.goto(f"{desk.url}/account")
    page.click("[aria-label='Remove my telephone']")
    page.wait_for_selector("text=The passkey is removed.")
    assert desk.queue.passkeys.all_of(_id(desk)) == []


def test_sessions_are_listed_and_ended_elsewhere(desk: Desk) -> None:
    here, there = desk.open("/sign-in?language=en&next=/account"), desk.open()
    desk.sign_in(there)
    there.wait_for_url("**/counter")
    desk.sign_in(here)
    here.wait_for_selector("text=Where you are signed in")
    assert here.locator(".rows__row").count() == 2
    assert violations(here) == []

    here.click("text=Sign out there")
    here.wait_for_selector(".notice--good")

    there.goto(f"{desk.url}/counter")
    assert "/sign-in" in there.url
    here.goto(f"{desk.url}/account")
    assert here.locator(".rows__row").count() == 1


def test_a_terminal_left_alone_signs_out_and_keeps_the_visitor(desk: Desk) -> None:
    number = create_ticket(desk.queue, BIRTH)["number"]
    page = desk.open()
    page.clock.install()
    page.goto(f"{desk.url}/sign-in?language=en&next=/counter/18")
    desk.sign_in(page)
    page.click("text=Open the counter")
    page.wait_for_timeout(GUARD_MS)
    page.click("[data-verb=next]")
    page.wait_for_selector(".hand")

    page.clock.fast_forward("31:00")
    page.wait_for_url("**/sign-in?next=%2Fcounter%2F18&idle=1")
    desk.clock.advance(minutes=31)
    assert "the visitor stays with you" in page.inner_text("main")

    desk.sign_in(page)
    page.wait_for_selector(".hand__number")
    assert page.inner_text(".hand__number") == number


def test_ones_account_reads_well_to_every_reader(desk: Desk) -> None:
    page = desk.open("/sign-in?language=en&next=/account")
    desk.sign_in(page)
    page.wait_for_selector(".account")
    found = {}
    for language in LANGUAGES:
        page.goto(f"{desk.url}/account?language={language}")
        found[language] = violations(page)

    assert not any(found.values()), found


def _key(spelled: str) -> bytes:
    return base64.b32decode(spelled.replace(" ", ""))


def _id(desk: Desk) -> int:
    found = desk.queue.staff.find("leyla")
    assert found is not None
    return found.id
