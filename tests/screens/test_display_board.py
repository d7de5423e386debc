"""The hall board in a real browser, against a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from server.app import create_app
from tests.builders import BIRTH, create_ticket, open_counter
from tests.screens.halls import serving
from tests.screens.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Browser, Page

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock

LANDSCAPE = {"width": 1920, "height": 1080}
PORTRAIT = {"width": 1080, "height": 1920}


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
def open_board(url: str, loud_browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a display of the hall."""
    contexts = []

    def open_it(path: str = "/display?zone=b", viewport: dict[str, int] = LANDSCAPE) -> Page:
        context = loud_browser.new_context(viewport=viewport)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(url + path)
        page.wait_for_selector("#screen > *")
        return page

    yield open_it
    for context in contexts:
        context.close()


def call_a_visitor(queue: Queue, counter: int = 18, **kwargs: Any) -> str:
    """Issue a ticket and call it; answers its number."""
    number: str = create_ticket(queue, BIRTH, **kwargs)["number"]
    called = queue.counters.next(counter, open_counter(queue, counter))
    assert called is not None
    assert called["number"] == number
    return number


def test_a_call_appears_on_top_and_only_what_is_new_fades_in(
    queue: Queue, open_board: Callable[..., Page]
) -> None:
    before = call_a_visitor(queue, 18)
    board = open_board()
    assert board.locator(".call__number").all_inner_texts() == [before]
    assert board.locator("[data-new]").count() == 0

    # Without the display's own asking, which comes later.
    board.route("**/api/v1/hall?*", lambda route: route.abort())

    after = call_a_visitor(queue, 19)

    board.wait_for_selector(f".call[data-new]:has-text('{after}')")
    assert board.locator(".call__number").all_inner_texts() == [after, before]
    assert board.locator(".call__counter").first.inner_text() == "19"


def test_an_empty_board_says_what_will_be_seen(open_board: Callable[..., Page]) -> None:
    board = open_board()

    assert board.locator(".calls__none").count() == 1


def test_the_labels_change_to_the_languages_of_those_called(
    queue: Queue, clock: FixedClock, open_board: Callable[..., Page]
) -> None:
    call_a_visitor(queue, language="ru")
    board = open_board()

    label = board.locator(".calls__head span").first
    first = label.inner_text()
    clock.advance(seconds=queue.config.board.language_s)
    until(board, "first => document.querySelector('.calls__head span').textContent !== first", arg=first)

    assert {first, label.inner_text()} == {"Номер", "Nömrə"}


def test_a_board_says_plainly_that_it_is_not_live_and_comes_back_by_itself(
    queue: Queue, open_board: Callable[..., Page]
) -> None:
    board = open_board()

    board.context.set_offline(True)
    board.wait_for_selector('.strip[data-live="no"]')
    number = call_a_visitor(queue)
    board.context.set_offline(False)

    board.wait_for_selector('.strip[data-live="yes"]')
    board.wait_for_selector(f".call:has-text('{number}')")


def test_a_display_whose_browser_allows_sound_asks_for_no_touch(open_board: Callable[..., Page]) -> None:
    board = open_board()

    assert board.locator(".sound").count() == 0


@pytest.mark.parametrize("viewport", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
def test_nothing_runs_over_the_edge_of_the_screen(
    queue: Queue, open_board: Callable[..., Page], viewport: dict[str, int]
) -> None:
    call_a_visitor(queue)
    board = open_board(viewport=viewport)

    outside = board.evaluate(
        """() => [...document.querySelectorAll("#screen *")].filter((element) => {
          const box = element.getBoundingClientRect();
          return box.width > 2 && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1);
        }).map((element) => element.className)"""
    )

    assert outside == []


def test_the_small_display_calls_to_its_counter_only(queue: Queue, open_board: Callable[..., Page]) -> None:
    small = open_board("/display/counter/18")
    other = open_board("/display/counter/19")

    number = call_a_visitor(queue, 18)

    small.wait_for_selector(f".small[data-state=called] .small__number:has-text('{number}')")
    assert other.locator(".small__number").count() == 0
