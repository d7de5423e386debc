"""The touchscreen in a real browser, against a real server."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from printing.jobs import PrinterState
from server.api.callers import DEVICE_COOKIE
from server.app import create_app
from tests.builders import BIRTH, create_ticket, open_counter
from tests.conftest import FixedClock
from tests.screens.halls import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from server.config import Config
    from server.operations import Queue

PORTRAIT = {"width": 1080, "height": 1920}
LANDSCAPE = {"width": 1920, "height": 1080}
TARGET_MM = 20
CAPITAL_MM = 7.3
# Height of a capital of Noto Sans, in its em.
CAPITAL_EM = 0.714


@dataclass
class Hall:
    """A hall whose kiosk is set in one way."""

    url: str
    queue: Queue
    clock: FixedClock
    context: BrowserContext

    def empty(self) -> None:
        """Send home whoever waits."""
        for each in self.tickets():
            if each.state == "waiting":
                self.queue.tickets.cancel(each.token)
        self.queue.waits.refresh()

    def tickets(self) -> list[Any]:
        """Read every ticket given out."""
        with self.queue.context.database.read() as connection:
            return list(connection.exec_driver_sql("SELECT * FROM tickets ORDER BY id").fetchall())


class Kiosk:
    """An enrolled kiosk, opened in a browser before a hall in which nobody waits."""

    def __init__(self, hall: Hall, page: Page) -> None:
        hall.empty()
        self.queue = hall.queue
        self._hall, self._before = hall, len(hall.tickets())
        self.page = page
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.set_default_timeout(20_000)
        self.page.goto(f"{hall.url}/kiosk")
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
        """Read every number given out since the kiosk was opened."""
        return [each.label for each in self._hall.tickets()[self._before :]]


@pytest.fixture(scope="module")
def hall_of(
    config: Config, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Hall]]:
    """
    Find or make the hall with these settings of its kiosk.

    `alone` names one that a test has for itself; of one that `is_timed`, the browser's clock can be set forward.
    """
    with ExitStack() as closing:

        @cache
        def find(alone: str = "", *, is_timed: bool = False, **settings: Any) -> Hall:
            changed = config.model_copy(update={"kiosk": config.kiosk.model_copy(update=settings)})
            clock = FixedClock()
            app = create_app(changed, data_dir=tmp_path_factory.mktemp("hall"), clock=clock, limits=False)
            queue: Queue = app.extensions["queue"]
            open_counter(queue, 18)
            url = closing.enter_context(serving(app))
            # A browser of its own, which knows the kiosk's files already when the next page is opened; enrolled as
            # the page for enrolling does.
            context = closing.enter_context(browser.new_context(has_touch=True))
            if is_timed:
                context.clock.install()
            _, token = queue.devices.add("kiosk-9", kind="kiosk")
            context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": url}])
            return Hall(url, queue, clock, context)

        yield find


@pytest.fixture
def open_kiosk(hall_of: Callable[..., Hall]) -> Iterator[Callable[..., Kiosk]]:
    """Open a kiosk; keywords change its settings."""
    pages = []

    def open_it(viewport: dict[str, int] = PORTRAIT, **settings: Any) -> Kiosk:
        hall = hall_of(**settings)
        pages.append(hall.context.new_page())
        pages[-1].set_viewport_size(viewport)  # type: ignore[arg-type]
        return Kiosk(hall, pages[-1])

    yield open_it
    for page in pages:
        page.close()


def test_three_taps_lead_from_the_first_screen_to_a_number(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    create_ticket(kiosk.queue, BIRTH)

    page = kiosk.begin("az")
    page.click(".row:has-text('Doğumun qeydə alınması')")
    page.wait_for_selector(".fact:has-text('1 nəfər')")
    page.click(".take")
    page.wait_for_selector(".slip")

    [first, mine] = kiosk.numbers
    assert page.inner_text(".slip__number") == mine
    assert int(mine[1:]) == int(first[1:]) + 1
    assert kiosk.faults == []


def test_only_waits_are_asked_for_until_the_centre_offers_something_else(
    open_kiosk: Callable[..., Kiosk],
) -> None:
    kiosk = open_kiosk()
    asked: list[str] = []
    kiosk.page.on("request", lambda request: asked.append(request.url.partition("/api/v1")[2]))
    page = kiosk.begin("az")
    with page.expect_response("**/services/now"):
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
    open_kiosk: Callable[..., Kiosk],
) -> None:
    kiosk = open_kiosk(alone="without paper")
    state = PrinterState("kiosk-1", "paper_out", kiosk.queue.context.clock())
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

    assert kiosk.numbers == [page.inner_text(".slip__number")]


def test_a_reload_while_the_tap_is_on_its_way_gives_one_number(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    page = kiosk.begin()
    kiosk.find("birth").click(".row")
    # The server hears the tap, and its answer is lost.
    page.route("**/api/v1/tickets?*", lambda route: (route.fetch(), route.abort()))
    with page.expect_event("requestfailed", lambda request: "/api/v1/tickets?" in request.url):
        page.click(".take")

    page.unroute("**/api/v1/tickets?*")
    page.reload()
    page.wait_for_selector(".slip")

    assert kiosk.numbers == [page.inner_text(".slip__number")]


def test_a_reload_on_the_last_screen_shows_the_number_again(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    page = kiosk.begin("ru")
    kiosk.find("рожд").click(".row")
    page.click(".take")
    page.wait_for_selector(".slip")

    page.reload()

    assert [page.inner_text(".slip__number")] == kiosk.numbers
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


def test_a_closed_centre_says_when_it_opens(
    open_kiosk: Callable[..., Kiosk], hall_of: Callable[..., Hall]
) -> None:
    hall_of(alone="closed").clock.advance(hours=12)
    kiosk = open_kiosk(alone="closed")

    page = kiosk.page
    assert "Opens 25 November at 09:00" in page.inner_text(".language[lang=en]")
    kiosk.begin()
    kiosk.find("birth").click(".row")

    assert page.query_selector(".take") is None
    assert "The centre is closed" in page.inner_text(".obstacle")


def test_who_walks_away_is_warned_and_leaves_nothing(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(is_timed=True)
    settings = kiosk.queue.config.kiosk
    page = kiosk.begin("ru")
    kiosk.find("birth").click(".row")
    page.wait_for_selector(".take")

    page.clock.run_for(1000 * (settings.idle_s - settings.warning_s) + 500)
    page.wait_for_selector("dialog[open]")
    page.click("dialog .take")
    page.wait_for_selector("dialog[open]", state="detached")
    page.clock.run_for(1000 * settings.idle_s + 500)
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
    kiosk = open_kiosk(is_timed=True)
    page = kiosk.begin()
    kiosk.find("birth").click(".row")
    page.wait_for_selector(".fact:has-text('0 people')")
    for _ in range(3):
        create_ticket(kiosk.queue, BIRTH)

    page.clock.fast_forward(12_000)
    page.wait_for_selector(".fact:has-text('3 people')")
    assert kiosk.faults == []
