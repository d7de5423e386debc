"""The touchscreen in a real browser, against a real server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

from printing.jobs import PrinterState
from server.app import create_app
from tests.builders import BIRTH, create_ticket, open_counter
from tests.skips import require, require_browser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock

PORTRAIT = {"width": 1080, "height": 1920}
LANDSCAPE = {"width": 1920, "height": 1080}
TARGET_MM = 20
CAPITAL_MM = 7.3
# Height of a capital of Noto Sans, in its em.
CAPITAL_EM = 0.714


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        require("the screens in a browser", "no playwright in this Python; start ./test")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=require_browser(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


class Kiosk:
    """A hall with one enrolled kiosk, opened in a browser."""

    def __init__(self, url: str, queue: Queue, token: str, context: BrowserContext) -> None:
        self.queue = queue
        self.page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.set_default_timeout(15_000)
        self.page.goto(f"{url}/kiosk")
        self.page.click(".pairing__token summary")
        self.page.fill("#token", token)
        self.page.click(".pairing__token button")
        self.page.wait_for_selector(".language")

    def begin(self, language: str = "en") -> Page:
        self.page.click(f".language[lang={language}]")
        return self.page

    def find(self, query: str) -> Page:
        self.page.click(".search-door")
        self.page.keyboard.type(query)
        return self.page

    @property
    def numbers(self) -> list[str]:
        """Read every number given out."""
        with self.queue.context.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT label FROM tickets ORDER BY id").fetchall()
        return [row[0] for row in rows]


@pytest.fixture
def open_kiosk(
    config: Config, clock: FixedClock, tmp_path: Path, browser: Browser
) -> Iterator[Callable[..., Kiosk]]:
    """Open a kiosk; keywords change its settings."""
    closing: list[Callable[[], Any]] = []

    def open_it(viewport: dict[str, int] = PORTRAIT, **settings: Any) -> Kiosk:
        changed = config.model_copy(update={"kiosk": config.kiosk.model_copy(update=settings)})
        app = create_app(changed, data_dir=tmp_path, clock=clock, limits=False)
        queue: Queue = app.extensions["queue"]
        open_counter(queue, 18)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context(viewport=viewport, has_touch=True)  # type: ignore[arg-type]
        closing.extend((server.shutdown, context.close, queue.context.database.close))
        _, token = queue.devices.add("kiosk-9", kind="kiosk")
        return Kiosk(f"http://127.0.0.1:{server.port}", queue, token, context)

    yield open_it
    for close in reversed(closing):
        close()


def test_three_taps_lead_from_the_first_screen_to_a_number(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    create_ticket(kiosk.queue, BIRTH)

    page = kiosk.begin("az")
    page.click(".row:has-text('Doğumun qeydə alınması')")
    page.wait_for_selector(".fact:has-text('1 nəfər')")
    page.click(".take")

    assert page.inner_text(".slip__number") == "R002"
    assert kiosk.faults == []


def test_only_waits_are_asked_for_until_the_centre_offers_something_else(
    open_kiosk: Callable[..., Kiosk],
) -> None:
    kiosk = open_kiosk()
    asked: list[str] = []
    kiosk.page.on("request", lambda request: asked.append(request.url.partition("/api/v1")[2]))
    page = kiosk.begin("az")
    page.click(".row:has-text('Doğumun qeydə alınması')")
    page.wait_for_selector(".fact:has-text('0 nəfər')")
    assert "/services/now" in asked
    assert "/services" not in asked

    page.route(
        "**/services/now",
        lambda route: route.fulfill(json=kiosk.queue.services.now() | {"catalogue": "another"}),
    )
    with page.expect_response("**/api/v1/services"):
        page.keyboard.press("Escape")
        page.click(".row >> nth=0")


def test_a_kiosk_whose_printer_has_no_paper_says_so_and_offers_the_telephone(
    open_kiosk: Callable[..., Kiosk], clock: FixedClock
) -> None:
    kiosk = open_kiosk()
    state = PrinterState("kiosk-1", "paper_out", clock())
    kiosk.queue.printer_states.keep_state(state, "virtual:")
    kiosk.queue.printer_states.refresh()

    page = kiosk.begin("en")
    page.click(".row:has-text('Registration of birth')")
    page.click(".take")

    page.wait_for_selector(".printing--not_printed:has-text('out of paper')")
    [number] = kiosk.numbers
    assert number in page.inner_text("main, #app")
    qr = page.locator("img.slip__qr")
    assert qr.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_a_long_word_is_given_its_room(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(LANDSCAPE, screen_mm=(598, 336))
    page = kiosk.begin("ru")
    kiosk.find("общегражданского паспорта").click(".row")
    page.wait_for_selector(".fact--wide:has-text('Государственные документы')")

    over = page.evaluate(
        """() => {
            const range = document.createRange();
            const edge = document.querySelector(".facts").getBoundingClientRect().right;
            return [...document.querySelectorAll(".fact p")].filter((each) => {
                range.selectNodeContents(each);
                return range.getBoundingClientRect().right > edge;
            }).map((each) => each.textContent);
        }"""
    )

    assert over == []


def test_a_double_tap_gives_one_number(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    page = kiosk.begin()
    kiosk.find("birth").click(".row")

    page.wait_for_selector(".take")
    page.evaluate("for (let i = 0; i < 5; i++) document.querySelector('.take').click()")
    page.wait_for_selector(".slip")

    assert kiosk.numbers == ["R001"]


def test_a_reload_while_the_tap_is_on_its_way_gives_one_number(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    page = kiosk.begin()
    kiosk.find("birth").click(".row")
    # The server hears the tap, and its answer is lost.
    page.route("**/api/v1/tickets", lambda route: (route.fetch(), route.abort()))
    page.click(".take")
    page.wait_for_timeout(300)

    page.unroute("**/api/v1/tickets")
    page.reload()
    page.wait_for_selector(".slip")

    assert page.inner_text(".slip__number") == "R001"
    assert kiosk.numbers == ["R001"]


def test_a_reload_on_the_last_screen_shows_the_number_again(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    page = kiosk.begin("ru")
    kiosk.find("рожд").click(".row")
    page.click(".take")
    page.wait_for_selector(".slip")

    page.reload()

    assert page.inner_text(".slip__number") == "R001"
    assert page.get_attribute("html", "lang") == "ru"


@pytest.mark.parametrize(
    ("language", "query", "found"),
    [
        ("az", "sexsiyyet", "Şəxsiyyət vəsiqəsi"),
        ("az", "dogum", "Doğumun qeydə alınması"),
        ("ru", "birth", "Регистрация рождения"),
        ("uz", "tugilish", "Tugʻilishni qayd etish"),
        ("tr", "DOĞUM", "Doğum tescili"),
    ],
)
def test_search_forgives_diacritics_case_and_language(
    open_kiosk: Callable[..., Kiosk], language: str, query: str, found: str
) -> None:
    kiosk = open_kiosk()
    kiosk.begin(language)

    assert found in kiosk.find(query).inner_text(".row >> nth=0")


def test_letters_on_the_glass_write_into_the_search(open_kiosk: Callable[..., Kiosk]) -> None:
    page = open_kiosk().begin("az")
    page.click(".search-door")

    for letter in ("D", "O", "Ğ", "U", "M"):
        page.click(f".key:text-is('{letter}')")

    assert page.input_value("#query") == "doğum"
    assert "Doğumun" in page.inner_text(".row >> nth=0")


def test_what_is_by_appointment_cannot_be_taken_and_says_how(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    kiosk.begin()

    page = kiosk.find("registration of marriage")
    page.click(".row:has-text('By appointment only')")

    assert page.query_selector(".take") is None
    assert "reception" in page.inner_text(".obstacle")


def test_priority_is_asked_before_and_shown_nowhere_after(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    page = kiosk.begin()
    kiosk.find("birth").click(".row")

    page.click(".priority-door")
    page.click(".row:has-text('disability') >> nth=0")
    asked = page.inner_text(".priority-door")
    page.click(".take")
    page.wait_for_selector(".slip")

    assert "disability certificate" in asked
    assert "disab" not in page.inner_text("body").lower()
    assert "disab" not in str(kiosk.queue.tickets.view(page.evaluate(TICKET_TOKEN)))


TICKET_TOKEN = "JSON.parse(sessionStorage.getItem('navbat.kiosk')).state.ticket.token"


def test_a_server_that_is_away_is_said_and_the_kiosk_recovers_by_itself(
    open_kiosk: Callable[..., Kiosk],
) -> None:
    kiosk = open_kiosk()
    page = kiosk.begin()
    kiosk.find("birth").click(".row")
    page.wait_for_selector(".take")
    page.route("**/api/v1/**", lambda route: route.abort())

    page.click(".take")
    page.wait_for_selector("[data-screen=away]")
    page.unroute("**/api/v1/**")
    page.wait_for_timeout(1100)
    page.click(".take")
    page.wait_for_selector(".slip")

    assert kiosk.numbers == ["R001"]


def test_a_closed_centre_says_when_it_opens(open_kiosk: Callable[..., Kiosk], clock: FixedClock) -> None:
    clock.advance(hours=12)
    kiosk = open_kiosk()

    page = kiosk.page
    assert "Opens 25 November at 09:00" in page.inner_text(".language[lang=en]")
    kiosk.begin()
    kiosk.find("birth").click(".row")

    assert page.query_selector(".take") is None
    assert "The centre is closed" in page.inner_text(".obstacle")


def test_who_walks_away_is_warned_and_leaves_nothing(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(idle_s=4, warning_s=3)
    page = kiosk.begin("ru")
    kiosk.find("birth").click(".row")

    page.wait_for_selector("dialog[open]")
    page.click("dialog .take")
    assert page.query_selector("dialog[open]") is None
    page.wait_for_selector(".language")

    assert page.evaluate("sessionStorage.length") == 0
    assert page.get_attribute("html", "lang") == "az"


def test_looks_go_back_with_the_visitor(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    page = kiosk.begin()
    page.click(".foot__looks")
    for sample in ("text-large", "contrast-high", "reach-low"):
        page.click(f"[data-sample={sample}]")
    assert page.evaluate("({...document.documentElement.dataset}).contrast") == "high"

    page.click(".button--large")
    page.click(".button--foot:has-text('Finish')")

    assert (
        page.evaluate(
            "['text', 'contrast', 'reach'].filter((look) => look in document.documentElement.dataset)"
        )
        == []
    )


def test_the_whole_way_is_gone_with_a_keyboard_only(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    page = kiosk.page

    press_until(page, "[lang=en].language")
    press_until(page, ".search-door")
    page.keyboard.type("birth")
    press_until(page, ".row")
    press_until(page, ".take")
    page.wait_for_selector(".slip")

    assert kiosk.numbers == ["R001"]


def press_until(page: Page, selector: str) -> None:
    """Tab to an element and press it."""
    page.wait_for_selector(selector)
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"no Tab leads to {selector}")


MEASURE = """(mm) => {
  const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 2;
  const buttons = [...document.querySelectorAll("button, input")].filter(seen);
  const words = [...document.querySelectorAll("main *, header *, nav *")].filter(
    (element) => seen(element) && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return {
    small: buttons.map((button) => button.getBoundingClientRect())
      .filter((box) => Math.min(box.width, box.height) / mm < %s).length,
    tiny: words.filter((element) => parseFloat(getComputedStyle(element).fontSize) * %s / mm < %s)
      .map((element) => element.className),
    wide: document.documentElement.scrollWidth > innerWidth,
    cut: words.filter((element) => element.scrollWidth > element.clientWidth + 2 && element.clientWidth > 0
      && getComputedStyle(element).display !== "inline").map((element) => element.className),
  };
}""" % (TARGET_MM, CAPITAL_EM, CAPITAL_MM)  # noqa: UP031 - braces are JavaScript's


@pytest.mark.parametrize(
    ("screen_mm", "viewport", "look", "language"),
    [
        pytest.param((336, 597), PORTRAIT, "", "az", id="27 inch, portrait"),
        pytest.param((268, 477), PORTRAIT, "text-large", "ru", id="22 inch, portrait, large text"),
        pytest.param((336, 597), LANDSCAPE, "text-large", "az", id="27 inch, landscape, large text"),
        pytest.param((268, 477), LANDSCAPE, "", "ru", id="22 inch, landscape"),
        pytest.param((268, 477), LANDSCAPE, "text-large", "ru", id="22 inch, landscape, large text"),
    ],
)
def test_targets_and_letters_have_their_true_size_and_nothing_is_cut(
    open_kiosk: Callable[..., Kiosk],
    screen_mm: tuple[int, int],
    viewport: dict[str, int],
    look: str,
    language: str,
) -> None:
    kiosk = open_kiosk(viewport, screen_mm=screen_mm)
    mm = max(viewport.values()) / max(screen_mm)
    page = kiosk.begin(language)
    if look:
        page.click(".foot__looks")
        page.click(f"[data-sample={look}]")
        page.click(".button--large")

    measured = {"home": page.evaluate(MEASURE, mm)}
    page.click(".tab >> nth=1")
    measured["agencies"] = page.evaluate(MEASURE, mm)
    page.click(".search-door")
    measured["search"] = page.evaluate(MEASURE, mm)
    page.keyboard.type("birth")
    page.click(".row")
    page.wait_for_selector(".take")
    measured["detail"] = page.evaluate(MEASURE, mm)
    page.click(".take")
    page.wait_for_selector(".slip")
    measured["result"] = page.evaluate(MEASURE, mm)

    good = {"small": 0, "tiny": [], "wide": False, "cut": []}
    assert {screen: facts for screen, facts in measured.items() if facts != good} == {}


def test_a_waiting_screen_follows_the_queue(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    page = kiosk.begin()
    kiosk.find("birth").click(".row")
    page.wait_for_selector(".facts")
    for _ in range(3):
        create_ticket(kiosk.queue, BIRTH)

    page.wait_for_selector(".fact:has-text('3 people')", timeout=14_000)
    assert kiosk.faults == []
