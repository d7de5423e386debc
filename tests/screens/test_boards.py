"""What the boards of a hall show, with several of them open at once on a real server."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from server.app import create_app
from tests.builders import create_official, create_ticket, open_counter
from tests.conftest import OPENING_TIME
from tests.screens.accessibility import violations
from tests.screens.conftest import Screens
from tests.screens.halls import serving
from tests.screens.waiting import until
from tests.tcp_proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute

    from server.config import Config
    from server.operations import Queue
    from server.operations.staff import Official

LANDSCAPE, PORTRAIT = (1920, 1080), (1080, 1920)
LANGUAGES = ("az", "uz", "ru", "en", "tr")
COUNTERS = range(18, 26)
AN_HOUR_OFF = """
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...parts) { parts.length ? super(...parts) : super(Real.now() + 3600e3); }
  static now() { return Real.now() + 3600e3; }
};
"""
# Every number that was ever on top, in the order in which they came there.
WATCH_THE_TOP = """
() => {
  window.tops = [];
  const look = () => {
    const top = document.querySelector(".call:first-child .call__number")?.textContent;
    if (top && top !== window.tops.at(-1)) window.tops.push(top);
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}
"""


@dataclass
class Moving:
    """A clock that goes on by itself and can be set forward."""

    since: float = field(default_factory=time.monotonic)
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return OPENING_TIME + timedelta(seconds=time.monotonic() - self.since) + self.ahead

    def advance(self, **length: float) -> None:
        self.ahead += timedelta(**length)


@dataclass
class Hall:
    """The hall of this module: one server, whose visitors are called by these tests."""

    queue: Queue
    clock: Moving
    url: str
    folder: Path
    supervisor: Official
    officials: dict[int, Official] = field(default_factory=dict)

    def call(self, counter: int, *, language: str = "az") -> str:
        """Issue a ticket and call it; whom the counter served before has gone."""
        official = self.officials.get(counter) or open_counter(self.queue, counter)
        self.officials[counter] = official
        self.serve_out(counter)
        if self.queue.counters.view(counter)["state"] == "paused":
            self.queue.counters.open(counter, official)
        config = self.queue.config
        service = next(
            each for each in config.counter[counter].services if "walk_in" in config.service[each].channels
        )
        number: str = create_ticket(self.queue, service, language=language)["number"]
        called = self.queue.counters.next(counter, official)
        assert called is not None
        assert called["number"] == number
        return number

    def serve_out(self, counter: int) -> None:
        """Serve whom a counter has called."""
        ticket = self.queue.counters.view(counter)["ticket"]
        if ticket is not None:
            if ticket["state"] == "called":
                self.queue.visits.start(counter, self.officials[counter])
            self.queue.visits.finish(counter, self.officials[counter])

    def close(self, counter: int) -> None:
        self.serve_out(counter)
        self.queue.counters.close(counter, self.officials.pop(counter))

    def pause(self, counter: int, reason: str) -> None:
        self.serve_out(counter)
        self.queue.counters.pause(counter, self.officials[counter], reason)


@pytest.fixture(scope="module")
def hall(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    folder = tmp_path_factory.mktemp("hall")
    clock = Moving()
    board = config.board.model_copy(update={"apart_s": 1.0, "quiet_s": 5, "picture_s": 3})
    app = create_app(config.model_copy(update={"board": board}), data_dir=folder, clock=clock, limits=False)
    queue: Queue = app.extensions["queue"]
    supervisor = create_official(queue, "rana", role="supervisor")
    with serving(app) as url:
        app.extensions["hall"].start()
        yield Hall(queue, clock, url, folder, supervisor)
        app.extensions["hall"].stop()


@pytest.fixture
def screens(browser: Browser, profile: BrowserContext) -> Iterator[Screens]:
    """Boards of one browser, which keep nothing in it."""
    screens = Screens(browser, profile)
    yield screens
    screens.close()
    assert screens.faults == []


def open_board(
    screens: Screens, url: str, path: str = "/display?zone=b", size: tuple[int, int] = LANDSCAPE
) -> Page:
    page = screens.open(url + path, *size)
    page.wait_for_selector("#screen > *")
    return page


def test_an_empty_board_leaves_its_place_to_the_playlist(hall: Hall, screens: Screens) -> None:
    folder = hall.folder / "playlist"
    folder.mkdir()
    Image.new("RGB", (160, 90), "teal").save(folder / "2.png")
    Image.new("RGB", (160, 90), "navy").save(folder / "10.png")
    (folder / "notes.txt").write_text("not to be shown")
    (folder / "drawing.svg").write_text("<svg onload='alert(1)'/>")
    with open_kept(hall) as client:
        listed = client.get("/display/playlist").json["playlist"]
        answer = client.get(listed[0]["url"])
        assert [each["url"].partition("?")[0] for each in listed] == [
            "/display/playlist/2.png",
            "/display/playlist/10.png",
        ]
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert client.get(listed[0]["url"], headers={"Range": "bytes=0-9"}).status_code == 206
        for name in ("notes.txt", "drawing.svg", "..%2flog.key"):
            assert client.get(f"/display/playlist/{name}").status_code == 404

    board = open_board(screens, hall.url)
    board.wait_for_selector(".playlist img")
    assert board.evaluate("document.querySelector('.playlist img').naturalWidth") == 160

    # A call has the place at once, and keeps its row when it is quiet again.
    number = hall.call(18)
    board.wait_for_selector(f".call[data-new]:has-text('{number}')")
    assert board.locator(".playlist").count() == 0
    board.wait_for_selector(".playlist img")
    assert board.locator(".call__number").all_inner_texts() == [number]
    (folder / "2.png").unlink()
    (folder / "10.png").unlink()


def open_kept(hall: Hall) -> Any:
    app = create_app(hall.queue.config, data_dir=hall.folder, clock=hall.clock, limits=False)
    return app.test_client()


def test_eight_calls_of_one_second_are_shown_one_after_another_on_every_board(
    hall: Hall, screens: Screens
) -> None:
    boards = [
        open_board(screens, hall.url),
        open_board(screens, hall.url, "/display?display=hall&columns=2"),
        open_board(screens, hall.url, "/display?zone=b&columns=2&look=contrast", PORTRAIT),
    ]
    before = [board.locator(".call:first-child .call__number").all_inner_texts() for board in boards]
    for board in boards:
        board.evaluate(WATCH_THE_TOP)

    numbers = [hall.call(counter) for counter in COUNTERS]

    for board, first in zip(boards, before, strict=True):
        until(board, "last => window.tops.at(-1) === last", arg=numbers[-1], timeout=30)
        assert [top for top in board.evaluate("window.tops") if [top] != first] == numbers
        on_board = board.locator(":is(.call__number, .earlier__call .number:first-child)").all_inner_texts()
        shown = min(len(on_board), len(numbers))
        assert on_board[:shown] == list(reversed(numbers))[:shown]


def test_numbers_are_as_large_as_their_readers_distance_asks(hall: Hall, screens: Screens) -> None:
    for path, display in (("/display?zone=b", "hall-b"), ("/display?zone=q", "hall-q")):
        shown = hall.queue.config.display[display]
        assert shown.screen_mm is not None
        assert shown.distance_m is not None
        hall.call(1 if display == "hall-q" else 18)
        board = open_board(screens, hall.url, path)
        board.wait_for_selector(".call")
        px = min(
            board.evaluate(
                "[...document.querySelectorAll('.call__number')].map(each => parseFloat(getComputedStyle(each).fontSize))"
            )
        )
        # Capitals of Noto Sans are 0.714 of its size; 0.7 degrees are 122 mm at 10 m.
        capital_mm = 0.714 * px * shown.screen_mm[0] / LANDSCAPE[0]
        assert capital_mm >= 0.995 * 2000 * shown.distance_m * math.tan(math.radians(0.35))
        assert board.locator(".board__small").count() == 0
        cut_off = board.evaluate(
            "[...document.querySelectorAll('.call > span')].filter(each => each.scrollWidth > each.clientWidth + 1).length"
        )
        assert cut_off == 0

    # Two columns on the same screen are too small for that, and the board says so.
    board = open_board(screens, hall.url, "/display?zone=b&columns=2")
    assert "8" in board.wait_for_selector(".board__small").inner_text()


def test_a_message_stands_beside_the_calls_and_an_emergency_over_everything(
    hall: Hall, screens: Screens
) -> None:
    messages = hall.queue.messages
    number = hall.call(18)
    board = open_board(screens, hall.url)
    elsewhere = open_board(screens, hall.url, "/display?zone=c", PORTRAIT)
    small = open_board(screens, hall.url, "/display/counter/18", (1280, 720))

    messages.show(hall.supervisor, kind="message", preset="suspended", text={"az": "Otaq 3"}, zone="b")
    board.wait_for_selector(".message:has-text('Otaq 3')")
    board.wait_for_selector(f".call:has-text('{number}')")
    assert elsewhere.locator(".message").count() == 0

    shown = messages.show(hall.supervisor, kind="emergency", preset="evacuate", text={"az": "Çıxış B"})
    for screen in (board, elsewhere, small):
        screen.wait_for_selector(".emergency:has-text('Çıxış B')")
        texts = screen.locator(".emergency__text")
        assert [texts.nth(at).get_attribute("lang") for at in range(5)] == list(LANGUAGES)
        assert len({*texts.locator("strong").all_inner_texts()}) == 5
        assert screen.evaluate(
            "(box => box.scrollHeight <= box.clientHeight)(document.querySelector('.emergency'))"
        )
        assert violations(screen) == []

    messages.end(hall.supervisor, shown["id"])
    board.wait_for_selector(f".call:has-text('{number}')")
    small.wait_for_selector(f".small__number:has-text('{number}')")
    for each in messages.current():
        messages.end(hall.supervisor, each["id"])
    until(board, "() => !document.querySelector('.message')")
    hall.queue.ledger.seal()
    told = [
        each["entry"]
        for each in hall.queue.ledger.entries()["entries"]
        if each["entry"]["kind"].startswith("message.")
    ]
    assert [each["kind"] for each in told] == [
        "message.shown",
        "message.shown",
        "message.ended",
        "message.ended",
    ]
    assert "Otaq" not in json.dumps(told)


def test_a_counter_that_is_away_says_why_and_until_when(hall: Hall, screens: Screens) -> None:
    hall.call(19)
    board = open_board(screens, hall.url)
    small = open_board(screens, hall.url, "/display/counter/19", (1280, 720))
    lunch = next(each for each in hall.queue.config.policy.pause_reasons if each.key == "lunch")
    until = hall.clock().astimezone(hall.queue.config.centre.zone_info) + timedelta(minutes=60)

    hall.pause(19, "lunch")

    for screen, place in ((board, ".absent"), (small, ".small__body")):
        screen.wait_for_selector(f"{place}:has-text('{lunch.name['az']}')")
        said = screen.locator(place).inner_text()
        assert any(f"{until - timedelta(minutes=off):%H:%M}" in said for off in (0, 1, -1))


def test_the_time_is_the_servers_on_a_machine_whose_clock_is_an_hour_off(
    hall: Hall, browser: Browser
) -> None:
    screens = Screens(browser)
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    context.add_init_script(AN_HOUR_OFF)
    board = context.new_page()
    board.goto(f"{hall.url}/display?zone=b")
    board.wait_for_selector(".clock__time")

    here = hall.clock().astimezone(hall.queue.config.centre.zone_info)
    shown = board.locator(".clock__time").inner_text()

    assert shown in {f"{here - timedelta(minutes=off):%H:%M}" for off in (0, 1, -1)}
    number = hall.call(20)
    board.wait_for_selector(f".call[data-new]:has-text('{number}')")
    assert board.locator('.strip[data-live="yes"]').count() == 1
    context.close()
    assert screens.faults == []


def test_a_board_whose_network_was_cut_says_so_and_then_shows_how_things_stand(
    hall: Hall, screens: Screens
) -> None:
    proxy = Proxy(int(hall.url.rpartition(":")[2]))
    board = open_board(screens, proxy.url)
    board.wait_for_selector(".call")
    with screens.without_server():
        proxy.cut()
        board.wait_for_selector('.strip[data-live="no"]')
        missed = [hall.call(counter) for counter in (22, 23, 24)]
        hall.clock.advance(seconds=60)
        last = hall.call(21)
        board.evaluate(WATCH_THE_TOP)
        proxy.mend()

        board.wait_for_selector('.strip[data-live="yes"]', timeout=30_000)
        board.wait_for_selector(f".call:first-child:has-text('{last}')")
    # What is a minute old is simply there; only the newest comes in.
    assert board.evaluate("window.tops").count(last) == 1
    assert not set(missed) & set(board.evaluate("window.tops"))
    assert board.locator(".call[data-new] .call__number").all_inner_texts() == [last]
    proxy.close()


def test_who_comes_back_after_a_missed_call_is_called_anew_at_the_same_counter(
    hall: Hall, screens: Screens
) -> None:
    number = hall.call(22)
    token = hall.queue.tickets.of_today(number)["token"]
    board = open_board(screens, hall.url)
    board.wait_for_selector(f".call:has-text('{number}'):not([data-new])")

    official = hall.officials[22]
    hall.queue.visits.no_show(22, official)
    hall.queue.tickets.rejoin(token)
    hall.clock.advance(seconds=1)
    called = hall.queue.counters.next(22, official)

    assert called is not None
    assert called["number"] == number
    board.wait_for_selector(f".call[data-new]:first-child:has-text('{number}')")
    assert board.locator(f".call:has-text('{number}')").count() == 1


def test_a_picture_that_never_changes_walks_over_the_screen(hall: Hall, screens: Screens) -> None:
    page = screens.open("about:blank", 1280, 720, locale="az")  # a profile of its own, for a clock of its own
    page.clock.install()
    page.goto(f"{hall.url}/display/counter/18")
    page.wait_for_selector(".small")

    places = set()
    for _ in range(4):
        page.clock.run_for(91_000)
        places.add(page.evaluate("document.getElementById('screen').style.transform"))

    assert len(places) == 4


@pytest.mark.parametrize("look", ["dark", "contrast"])
def test_a_board_can_be_read_by_everyone_in_every_language(hall: Hall, screens: Screens, look: str) -> None:
    for counter, language in zip(COUNTERS, ("az", "uz", "ru", "en", "tr"), strict=False):
        hall.call(counter, language=language)
    board = open_board(screens, hall.url, f"/display?zone=b&look={look}")
    said = set()
    for _ in range(2 * len(LANGUAGES)):
        language = board.locator(".board__head").get_attribute("lang")
        if language not in said:
            assert violations(board) == [], language
            said.add(language)
        if said == set(LANGUAGES):
            break
        hall.clock.advance(seconds=hall.queue.config.board.language_s)
        until(board, "before => document.querySelector('.board__head').lang !== before", arg=language)
    assert said == set(LANGUAGES)


def test_a_day_of_calls_leaves_no_more_in_the_memory_of_a_page(hall: Hall, screens: Screens) -> None:
    """The page's own socket is fed as fast as it reads: 4,000 boards with 2,000 calls, of a day and a half."""
    first = json.loads(json.dumps(hall.queue.boards.view("b")))
    sides: list[WebSocketRoute] = []
    page = screens.open("about:blank", *LANDSCAPE, locale="az")  # in a profile of its own

    def serve(side: WebSocketRoute) -> None:
        side.on_message(lambda message: answer(side, str(message)))
        side.send(
            '0{"sid":"s","upgrades":[],"pingInterval":200000,"pingTimeout":200000,"maxPayload":1000000}'
        )

    def answer(side: WebSocketRoute, message: str) -> None:
        if message.startswith("40/hall"):
            side.send('40/hall,{"sid":"s"}')
            sides.append(side)

    page.route_web_socket("**/socket.io/**", serve)
    page.goto(f"{hall.url}/display?zone=b")
    page.wait_for_selector(".board")
    while not sides:
        page.wait_for_timeout(50)
    devtools = page.context.new_cdp_session(page)

    def live(since: int, end: int) -> float:
        for at in range(since, end):
            calls = [call_no(each) for each in range(at, max(-1, at - 24), -1)]
            board = first | {"version": 10**6 + at, "at": moment(at), "calls": calls}
            side = sides[-1]
            side.send("42/hall," + json.dumps(["board", board | {"version": board["version"] * 2}]))
            side.send("42/hall," + json.dumps(["call", calls[0] | {"version": 0}]))
            side.send("42/hall," + json.dumps(["board", board | {"version": board["version"] * 2 + 1}]))
        until(
            page,
            "last => document.querySelector('.call__number')?.textContent === last",
            arg=number_of(end - 1),
            timeout=60,
        )
        devtools.send("HeapProfiler.collectGarbage")
        heap: float = page.evaluate("performance.memory.usedJSHeapSize") / 2**20
        nodes: int = devtools.send("Memory.getDOMCounters")["nodes"]
        assert nodes < 5000
        return heap

    live(0, 300)
    heaps = [live(at, at + 425) for at in (300, 725, 1150, 1575)]

    assert max(heaps[1:]) - heaps[0] < 1.0, heaps


def number_of(at: int) -> str:
    return f"A{at % 999 + 1:03}"


def moment(at: int) -> str:
    return (OPENING_TIME + timedelta(seconds=65 * at)).isoformat(timespec="seconds")


def call_no(at: int) -> dict[str, Any]:
    return {
        "number": number_of(at),
        "counter": 18 + at % 13,
        "service": "birth",
        "service_name": {"az": "Doğum"},
        "language": LANGUAGES[at % 5],
        "called_at": moment(at),
        "call_count": 1,
        "arrow": "left",
        "state": "serving",
    }


def test_at_night_a_dark_picture_tells_when_the_centre_opens(hall: Hall, screens: Screens) -> None:
    for counter in [*COUNTERS, 1]:
        if hall.queue.counters.view(counter)["state"] != "closed":
            hall.close(counter)
    for each in hall.queue.messages.current():
        hall.queue.messages.end(hall.supervisor, each["id"])
    board = open_board(screens, hall.url)
    hall.clock.advance(hours=10)

    board.wait_for_selector(".night:has-text('09:00')")
    first = board.locator(".night__picture").bounding_box()
    hall.clock.advance(minutes=1)
    until(
        board,
        "left => document.querySelector('.night__picture').getBoundingClientRect().left !== left",
        arg=first["x"] if first else 0,
    )
    assert violations(board) == []
