"""
Takes the pictures of README.md anew, from a running demonstration with a lively hall:

    ./run --visitors-per-hour 420                   # in another terminal, a few minutes before
    .venv/bin/python docs/take_pictures.py http://127.0.0.1:8000

Walks the ways of a visitor and of an official through the real screens, so a picture that cannot be taken is a fault.
Needs the Chromium and the zbar that ./test installs.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

from server.wording import Wording
from tests.skips import require_browser, require_program

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = Path(__file__).parent / "pictures"
LANGUAGES = ("az", "ru")
SERVICE, AGENCY, ZONE, COUNTER = "passport", "moi", "a", 6
FIRST_BY_LAW = "war_disability"
PHONE = {"width": 390, "height": 844}
TERMINAL = {"width": 1366, "height": 768}
UPRIGHT, LYING = {"width": 1080, "height": 1920}, {"width": 1920, "height": 1080}
# Flat colours: a palette says them in a quarter of the bytes.
COLORS = 128
# A button of the terminal stays deaf for a moment after a change, against double clicks.
GUARD_S = 1.3
TIMEOUT_MS = 60_000

ISSUE = """(body) => fetch("/api/v1/tickets", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
}).then((answer) => answer.json())"""
CALL = """([counter, body]) => fetch(`/api/v1/counters/${counter}/call`, {
    method: "POST", body: JSON.stringify(body), headers: {
        "Content-Type": "application/json",
        "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content,
    },
}).then((answer) => answer.status)"""


@dataclass
class Camera:
    """Opens pages of one demonstration and keeps what they look like."""

    browser: Browser
    url: str

    def open(self, path: str, size: dict[str, int], **settings: Any) -> Page:
        """Open a page in a browser profile of its own."""
        context = self.browser.new_context(viewport=size, **settings)  # type: ignore[arg-type]
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        page.goto(self.url + path)
        return page

    def phone(self, path: str) -> Page:
        """Open a page on a telephone."""
        return self.open(path, PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)

    def take(self, name: str, page: Page, *, width: int, whole: bool = False) -> None:
        """Keep what a page shows, `width` pixels wide."""
        page.wait_for_timeout(400)  # until nothing moves
        self.keep(name, page.screenshot(full_page=whole, animations="disabled"), width=width)

    def keep(self, name: str, png: bytes, *, width: int, colors: int = COLORS) -> None:
        """Keep a picture, small."""
        image = Image.open(io.BytesIO(png)).convert("RGB")
        if image.width > width:
            height = round(image.height * width / image.width)
            image = image.resize((width, height), Image.Resampling.LANCZOS)
        palette = image.quantize(colors, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        path = PICTURES / f"{name}.png"
        palette.save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size // 1024} kB")


def take_all(camera: Camera) -> None:
    """Take every picture."""
    index = camera.open("/?language=az", {"width": 1280, "height": 860})
    camera.take("index", index, width=960)
    kiosk = enrol(camera, UPRIGHT)
    lying = enrol(camera, LYING)
    waits = {language: issue(kiosk, language) for language in LANGUAGES}
    called = {language: issue(kiosk, language) for language in LANGUAGES}
    for language in LANGUAGES:
        issue(kiosk, language, category=FIRST_BY_LAW)  # so that `next` has something to explain
    kiosk_pictures(camera, kiosk, "az", width=540)
    kiosk_pictures(camera, lying, "ru", width=960)
    visit_pictures(camera, enrol(camera, UPRIGHT), "az", width=540)
    looks_picture(camera, enrol(camera, UPRIGHT), "en", width=540)
    for language, ticket in waits.items():
        page = camera.phone(f"/t/{ticket['token']}?language={language}")
        page.wait_for_selector("html[data-drawn]")
        camera.take(f"phone-waiting-{language}", page, width=585)
    phone_pictures(camera, waits)
    room_picture(camera, index)
    terminal = sign_in(camera, index)
    for language in LANGUAGES:
        terminal_picture(camera, terminal, language)
    for language, ticket in called.items():
        visit(camera, terminal, ticket, language)
    board_pictures(camera)
    for language, ticket in waits.items():
        page = camera.phone(f"/t/{ticket['token']}/why?language={language}")
        camera.take(f"why-{language}", page, width=585)
    camera.take(
        "statistics-az", camera.open("/statistics?language=az", {"width": 1280, "height": 900}), width=960
    )
    slip_pictures(camera, called)
    act(terminal, "close")


def phone_pictures(camera: Camera, waits: dict[str, dict[str, Any]]) -> None:
    """Take what a visitor does on the phone: what a pause costs, a number from afar, and no connection."""
    page = camera.phone(f"/t/{waits['az']['token']}/later?language=az")
    camera.take("phone-later-az", page, width=585)
    page = camera.phone("/take/birth?language=ru")
    camera.take("phone-service-ru", page, width=585)
    page.tap("#go")
    page.wait_for_selector("html[data-drawn]")
    camera.take("phone-from-afar-ru", page, width=585)
    page = camera.phone(f"/t/{waits['az']['token']}?language=az")
    page.wait_for_selector("html[data-drawn]")
    page.context.set_offline(True)
    page.wait_for_selector("p.offline")
    camera.take("phone-offline-az", page, width=585)


def enrol(camera: Camera, size: dict[str, int]) -> Page:
    """Make a browser the demonstration's kiosk, as its index page does."""
    page = camera.open("/", size, has_touch=True)
    page.click("form[action='/enrol'] button")
    page.wait_for_selector(".language")
    return page


def issue(kiosk: Page, language: str, category: str | None = None) -> dict[str, Any]:
    """Give a ticket of which only the number matters."""
    body = {"service": SERVICE, "language": language} | ({"category": category} if category else {})
    ticket: dict[str, Any] = kiosk.evaluate(ISSUE, body)
    return ticket


def kiosk_pictures(camera: Camera, kiosk: Page, language: str, *, width: int) -> None:
    """Take the way from the first screen to the number."""
    words = Wording(language)
    camera.take(f"kiosk-start-{language}", kiosk, width=width)
    kiosk.tap(f".language[lang={language}]")
    kiosk.tap(f".tab:has-text('{words.text('kiosk.tab_agency')}')")
    kiosk.wait_for_selector(".tile")
    camera.take(f"kiosk-agencies-{language}", kiosk, width=width)
    services = kiosk.evaluate("() => fetch('/api/v1/services').then((answer) => answer.json())")
    agency = next(each for each in services["agencies"] if each["key"] == AGENCY)
    service = next(each for each in agency["services"] if each["key"] == SERVICE)
    kiosk.tap(f".tile:has-text('{agency['name'][language]}')")
    kiosk.tap(f".row:has-text('{service['name'][language]}')")
    kiosk.wait_for_selector(".take")
    camera.take(f"kiosk-service-{language}", kiosk, width=width)
    kiosk.tap(".take")
    kiosk.wait_for_selector(".printing--printed")
    camera.take(f"kiosk-number-{language}", kiosk, width=width)


def visit_pictures(camera: Camera, kiosk: Page, language: str, *, width: int) -> None:
    """Take the kiosk's home, and the order of several services."""
    kiosk.tap(f".language[lang={language}]")
    kiosk.wait_for_selector(".door--several")
    camera.take(f"kiosk-home-{language}", kiosk, width=width)
    kiosk.tap(".door--several")
    for place in (0, 2, 4):
        kiosk.tap(f".row >> nth={place}")
    kiosk.tap(".basket__go")
    kiosk.wait_for_selector(".stop")
    camera.take(f"kiosk-several-{language}", kiosk, width=width)


def looks_picture(camera: Camera, kiosk: Page, language: str, *, width: int) -> None:
    """Take the kiosk with large letters, high contrast and everything to touch in the lower part."""
    kiosk.tap(f".language[lang={language}]")
    kiosk.tap(".foot__looks")
    for sample in ("text-large", "contrast-high", "reach-low"):
        kiosk.tap(f"[data-sample={sample}]")
    kiosk.tap(".looks > .button")
    kiosk.wait_for_selector(".door--several")
    camera.take(f"kiosk-low-reach-{language}", kiosk, width=width)


def sign_in(camera: Camera, index: Page) -> Page:
    """Sign in as the sample official and open the counter that the simulated ones leave free."""
    page = enter(camera, index, "official", f"/counter/{COUNTER}", TERMINAL)
    page.wait_for_selector(".top")
    if page.locator('.act[data-verb="open"]:not([aria-disabled])').count():
        act(page, "open")
    return page


def enter(camera: Camera, index: Page, username: str, path: str, size: dict[str, int]) -> Page:
    """Sign in with one of the sample accounts, whose passwords stand on the first page."""
    row = index.locator("tr", has=index.locator(f"input[name=username][value={username}]"))
    page = camera.open(f"/sign-in?language=az&next={path}", size)
    page.fill("#username", username)
    page.fill("#password", row.locator("input[name=password]").get_attribute("value") or "")
    page.click("main form button:not([type=button])")
    return page


def room_picture(camera: Camera, index: Page) -> None:
    """Take the supervisor's room, as soon as the forecast has something to advise."""
    page = enter(camera, index, "supervisor", "/supervisor", LYING)
    page.wait_for_selector(".flow canvas")
    page.wait_for_selector(".advice__one")
    page.wait_for_timeout(400)
    # What is late is written in red, which fewer colours would lose.
    camera.keep("room-az", page.screenshot(animations="disabled"), width=1280, colors=256)


def act(terminal: Page, verb: str) -> None:
    """Press a button of the terminal when it is offered."""
    time.sleep(GUARD_S)
    terminal.click(f'.act[data-verb="{verb}"]:not([aria-disabled])')


def serve(terminal: Page) -> None:
    """Begin and end the service of the visitor in hand."""
    terminal.wait_for_selector('.hand[data-state="called"]')
    act(terminal, "start")
    terminal.wait_for_selector('.hand[data-state="serving"]')
    act(terminal, "finish")
    terminal.wait_for_selector(".hand", state="detached")


def terminal_picture(camera: Camera, terminal: Page, language: str) -> None:
    """Take the terminal with a visitor in hand."""
    terminal.goto(f"{camera.url}/counter/{COUNTER}?language={language}")
    act(terminal, "next")
    terminal.wait_for_selector('.hand[data-state="called"]')
    act(terminal, "start")
    terminal.wait_for_selector('.hand[data-state="serving"]')
    time.sleep(GUARD_S)
    camera.take(f"counter-{language}", terminal, width=1100)
    act(terminal, "finish")
    terminal.wait_for_selector(".hand", state="detached")


def visit(camera: Camera, terminal: Page, ticket: dict[str, Any], language: str) -> None:
    """Call a ticket out of turn, so that nobody has to be served before it; take its phone on the way."""
    phone = camera.phone(f"/t/{ticket['token']}?language={language}")
    status = terminal.evaluate(CALL, [COUNTER, {"ticket": ticket["number"], "reason": "unwell"}])
    if status != 200:
        raise SystemExit(f"{ticket['number']} cannot be called: {status}")
    phone.wait_for_selector('.place[data-state="called"]')
    camera.take(f"phone-called-{language}", phone, width=585)
    serve(terminal)
    phone.wait_for_selector(".rate")
    phone.click(".rate")
    phone.tap('[name="score"][value="5"] + svg')
    camera.take(f"phone-rating-{language}", phone, width=585)


def board_pictures(camera: Camera) -> None:
    """Take the hall board in the languages that it speaks by turns."""
    for name, size, language, width in (
        ("board-az", LYING, "az", 960),
        ("board-upright-az", UPRIGHT, "az", 540),
        ("board-ru", LYING, "ru", 960),
    ):
        page = camera.open(f"/display?zone={ZONE}", size)
        page.wait_for_selector('.strip[data-live="yes"]')
        page.wait_for_selector(f".board__head[lang={language}]")
        camera.take(name, page, width=width)


def slip_pictures(camera: Camera, tickets: dict[str, dict[str, Any]]) -> None:
    """Find the slips of these visits among all that were printed, by the QR codes on them."""
    page = camera.open("/slips?language=az", {"width": 1280, "height": 900})
    camera.take("slips", page, width=960)
    wanted = {}
    for language, ticket in tickets.items():
        seen = page.evaluate(
            "(token) => fetch(`/api/v1/tickets/${token}`).then((answer) => answer.json())", ticket["token"]
        )
        wanted[f"/t/{ticket['token']}"] = f"slip-ticket-{language}"
        wanted[f"/r/{seen['services'][0]['rating_token']}"] = f"slip-rating-{language}"
    addresses = page.locator("[data-url]").evaluate_all("(all) => all.map((each) => each.dataset.url)")
    for address in addresses:
        png = page.request.get(camera.url + address).body()
        read = read_qr(png)
        name = next((name for path, name in wanted.items() if path in read), None)
        if name is not None:
            camera.keep(name, png, width=400, colors=16)
            wanted = {path: each for path, each in wanted.items() if each != name}
    if wanted:
        raise SystemExit(f"not among the printed slips: {', '.join(wanted.values())}")


def read_qr(png: bytes) -> str:
    """Read the code on a slip; empty where there is none."""
    zbarimg = require_program("zbarimg", what="QR codes", package="zbar-tools")
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(png)
        file.flush()
        return subprocess.run(
            [zbarimg, "--quiet", "--raw", file.name], capture_output=True, text=True, check=False
        ).stdout


def main() -> None:
    """Take the pictures of the demonstration at the address given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
    url = parser.parse_args().url.rstrip("/")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=require_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        take_all(Camera(browser, url))
        browser.close()


if __name__ == "__main__":
    main()
