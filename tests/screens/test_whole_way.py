"""One visitor's whole way in real browsers on the running demonstration: kiosk, terminal, board and phone at once."""

from __future__ import annotations

import re
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from server.config import load
from server.wording import Wording
from tests.builders import BIRTH
from tests.centres import ROOT
from tests.screens.conftest import Screens
from tests.screens.touchscreen import SESSION
from tests.servers import Server, eventually, running
from tests.skips import require_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

COUNTER = 18
ZONE = "b"
# A change on the terminal keeps it deaf for a moment, against double clicks.
GUARD_MS = 1200
PHONE = {"device_scale_factor": 2, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("way") / "data") as server:
        yield server


class Hall:
    """
    The four screens, and the paper.

    Attributes:
        phones: Where a test opens its own; board, kiosk and terminal stay as they are for the next.
    """

    phones: Screens

    def __init__(self, server: Server, screens: Screens, language: str) -> None:
        self.server = server
        self.screens = screens
        self.language = language
        self.words = Wording(language)
        config = load(ROOT / "config.yaml")
        self.service = config.service[BIRTH].name[language]
        self.agency = config.agency[config.service[BIRTH].agency].name[language]
        self.board = screens.open(f"{server.url}/display?zone={ZONE}", 1920, 1080)
        self.kiosk = self._open_kiosk()
        self.terminal = self._open_terminal()

    def _open_kiosk(self) -> Page:
        page = self.screens.open(f"{self.server.url}/kiosk", 1080, 1920, has_touch=True)
        page.click(".pairing__token summary")
        page.fill("#token", self.server.note("device:kiosk-1"))
        page.click(".pairing__token button")
        page.wait_for_selector(".language")
        return page

    def _open_terminal(self) -> Page:
        url = f"{self.server.url}/sign-in?language={self.language}&next=/counter/{COUNTER}"
        page = self.screens.open("about:blank", 1366, 768)
        page.clock.install()
        page.goto(url)
        page.fill("#username", "official")
        page.fill("#password", self.server.note("password:official"))
        page.click("main button[type=submit], main form button:not([type])")
        page.wait_for_selector(".top")
        return page

    def open_phone(self, url: str) -> Page:
        return self.phones.open(url, 390, 844, **PHONE)

    def begin(self) -> None:
        """Have the kiosk on its first screen, and the counter open."""
        self.kiosk.evaluate(f"import('{SESSION}').then((session) => session.reset())")
        self.kiosk.wait_for_selector(".language")
        if self.terminal.locator('.act[data-verb="open"]:not([aria-disabled])').count():
            self.act("open")
        self.terminal.wait_for_selector('.top .chip[data-state="open"]')

    def choose_service(self) -> Page:
        """Tap language, institution and service; ends where the ticket can be taken."""
        kiosk = self.kiosk
        kiosk.tap(f".language[lang={self.language}]")
        kiosk.tap(f".tab:has-text('{self.words.text('kiosk.tab_agency')}')")
        kiosk.tap(f".tile:has-text('{self.agency}')")
        kiosk.tap(f".row:has-text('{self.service}')")
        kiosk.wait_for_selector(".take")
        return kiosk

    def take(self) -> str:
        """Take a ticket; ends on the first screen again."""
        kiosk = self.choose_service()
        kiosk.tap(".take")
        number = kiosk.inner_text(".slip__number")
        kiosk.tap(".result .take")
        kiosk.wait_for_selector(".language")
        return number

    def act(self, verb: str) -> None:
        """Press a button of the terminal, when it is offered."""
        button = f'.act[data-verb="{verb}"]:not([aria-disabled])'
        self.terminal.wait_for_selector(button)
        self.terminal.clock.fast_forward(GUARD_MS)
        self.terminal.click(button)

    def hand(self, state: str) -> str:
        """Wait until the visitor in hand is in a state; returns the number."""
        self.terminal.wait_for_selector(f'.hand[data-state="{state}"]')
        return self.terminal.inner_text(".hand__number")

    def slips(self, printer: str) -> list[Path]:
        return sorted((self.server.data_dir / "slips" / printer).glob("slip-*.png"))

    def next_slip(self, printer: str, before: list[Path]) -> Path:
        """Wait for one more slip; there must not come two."""
        eventually(lambda: len(self.slips(printer)) > len(before), within_s=15)
        [slip] = [each for each in self.slips(printer) if each not in before]
        return slip


@pytest.fixture(scope="module")
def open_hall(server: Server, browser: Browser) -> Iterator[Callable[[str], Hall]]:
    """Find the screens as they are in one language, or open them and close those of the other."""
    halls: dict[str, Hall] = {}

    def open_it(language: str) -> Hall:
        if language not in halls:
            for hall in halls.values():
                hall.screens.close()
            halls.clear()
            halls[language] = Hall(server, Screens(browser), language)
        return halls[language]

    yield open_it
    for hall in halls.values():
        hall.screens.close()


@pytest.fixture
def hall(
    open_hall: Callable[[str], Hall], screens: Screens, request: pytest.FixtureRequest
) -> Iterator[Hall]:
    hall = open_hall(getattr(request, "param", "az"))
    hall.phones = screens
    hall.begin()
    yield hall
    assert hall.screens.faults == []


def read_qr(slip: Path) -> str:
    """Read the code on a slip with a reader that is not ours."""
    zbarimg = require_program("zbarimg", what="QR codes read by an independent reader", package="zbar-tools")
    read = subprocess.run(
        [zbarimg, "--quiet", "--raw", str(slip)], capture_output=True, text=True, check=True, timeout=30
    )
    [url] = read.stdout.split()
    return url


@pytest.mark.parametrize("hall", ["ru", "az"], indirect=True)
def test_from_the_tap_to_the_rating(hall: Hall) -> None:
    server, words = hall.server, hall.words
    tickets, prompts = hall.slips("kiosk-1"), hall.slips("zone-b")

    # The kiosk tells who is ahead and the wait before the ticket is taken; the slip's code opens the phone page.
    kiosk = hall.choose_service()
    assert kiosk.locator(".fact").count() >= 3
    kiosk.tap(".take")
    number = kiosk.inner_text(".slip__number")
    assert re.fullmatch(r"R\d{3}", number)
    kiosk.wait_for_selector(".printing--printed")
    url = read_qr(hall.next_slip("kiosk-1", tickets))
    assert url.startswith(f"{server.url}/t/")
    with kiosk.expect_response(lambda response: "/q/" in response.url) as shown:
        kiosk.evaluate("document.querySelector('.slip__qr').src += '?again'")
    assert shown.value.status == 200
    phone = hall.open_phone(url)
    assert phone.inner_text(".place__number") == number
    assert phone.locator("html").get_attribute("lang") == hall.language

    # One call changes terminal, board and phone.
    hall.act("next")
    assert hall.hand("called") == number
    hall.board.wait_for_selector(f".call:first-child:has-text('{number}')")
    assert hall.board.locator(".call__counter").first.inner_text() == str(COUNTER)
    phone.wait_for_selector('.place[data-state="called"]')
    assert phone.inner_text(".counter__number") == str(COUNTER)
    kiosk.wait_for_selector(".slip__called")

    hall.act("start")
    assert hall.hand("serving") == number
    hall.board.wait_for_selector(f'.call[data-state="serving"]:has-text("{number}")')
    hall.act("finish")
    hall.terminal.wait_for_selector(".hand", state="detached")

    # Who follows on the phone is asked there at once, and no paper is printed; one vote, away from the official's eyes.
    phone.wait_for_selector(".rate")
    rating_url = f"{server.url}{phone.get_attribute('.rate', 'href')}"
    assert rating_url.startswith(f"{server.url}/r/")
    assert hall.slips("zone-b") == prompts
    rating = hall.open_phone(rating_url)
    rating.tap('[name="score"][value="5"] + svg')
    rating.fill("#comment", "Çox sağ olun! Спасибо, ə")
    rating.tap("form button")
    rating.wait_for_selector('.rated[data-outcome="thanks"]')
    assert rating.inner_text("h1") == words.text("phone.thanks_title")
    used = hall.open_phone(rating_url)
    assert used.locator('.rated[data-outcome="already"]').count() == 1
    assert used.inner_text("h1") == words.text("phone.already_title")


def test_a_double_tap_gives_one_ticket_and_one_slip(hall: Hall) -> None:
    slips = hall.slips("kiosk-1")
    kiosk = hall.choose_service()
    before = waiting(hall.server)

    kiosk.locator(".take").dblclick()
    kiosk.wait_for_selector(".slip__number")

    hall.next_slip("kiosk-1", slips)
    time.sleep(1)
    assert waiting(hall.server) == before + 1
    assert len(hall.slips("kiosk-1")) == len(slips) + 1


def test_every_screen_comes_back_by_itself_when_the_server_does(hall: Hall) -> None:
    first = hall.take()
    while True:  # serve out whoever an earlier test left
        hall.act("next")
        if hall.hand("called") == first:
            break
        hall.act("start")
        hall.hand("serving")
        hall.act("finish")
        hall.terminal.wait_for_selector(".hand", state="detached")
    hall.board.wait_for_selector(f".call:has-text('{first}')")

    with hall.screens.without_server():
        assert hall.server.stop() < 5
        hall.board.wait_for_selector('.strip[data-live="no"]')
        hall.terminal.wait_for_selector(".act:not([aria-disabled])", state="detached")
        assert hall.hand("called") == first, "the visitor in hand stays on the screen"
        hall.server.start()
        hall.board.wait_for_selector('.strip[data-live="yes"]')
        hall.terminal.wait_for_selector('.act[data-verb="start"]:not([aria-disabled])')

    # And they are alive: what happens next is seen everywhere, and numbers go on.
    hall.act("start")
    hall.board.wait_for_selector(f'.call[data-state="serving"]:has-text("{first}")')
    hall.act("finish")
    hall.terminal.wait_for_selector(".hand", state="detached")
    second = hall.take()
    assert int(second[1:]) == int(first[1:]) + 1
    hall.act("next")
    hall.board.wait_for_selector(f".call:first-child:has-text('{second}')")


def test_an_address_that_opens_nothing_gets_a_clear_page(hall: Hall) -> None:
    with hall.phones.expecting(404):
        for path, key in (("/r/unknown", "rating_not_found"), ("/t/unknown", "ticket_not_found")):
            page = hall.open_phone(f"{hall.server.url}{path}?language=ru")
            assert page.inner_text("h1") == Wording("ru").text(f"phone.gone_{key}")


def waiting(server: Server) -> int:
    """Count who waits in the zone."""
    board: Any = server.api("GET", f"/hall?zone={ZONE}")
    return sum(row["waiting"] for row in board["waiting"])
