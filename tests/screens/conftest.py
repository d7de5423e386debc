"""A browser, and an eye on what its pages complain of."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.skips import require, require_browser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
TIMEOUT_MS = 20_000
TELL_REFUSALS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


# For all screens and no longer: Playwright's loop would be in the way of other tests.
@pytest.fixture(scope="package")
def launch() -> Iterator[Callable[..., Browser]]:
    """Start a browser with arguments of its own beside those of all, once for all who ask for the same."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        require("the screens in a browser", "no playwright in this Python; start ./test")
    with sync_playwright() as playwright:
        started: dict[tuple[str, ...], Browser] = {}

        def launch_it(*own: str) -> Browser:
            if own not in started or not started[own].is_connected():
                started[own] = playwright.chromium.launch(
                    executable_path=require_browser(), args=[*ARGUMENTS, *own]
                )
            return started[own]

        yield launch_it
        for browser in started.values():
            browser.close()


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """The browser of all screens; what a module has left open in it is closed."""
    browser = launch()
    yield browser
    for context in browser.contexts:
        context.close()


@pytest.fixture(scope="module")
def loud_browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """A browser that lets displays speak before anyone has touched them, as theirs do."""
    browser = launch("--autoplay-policy=no-user-gesture-required")
    yield browser
    for context in browser.contexts:
        context.close()


class Screens:
    """
    Pages open at once, each in a browser profile of its own.

    Args:
        profile: All are opened in this one instead, which has the files of the last page already; for pages that keep
            nothing in their browser.

    Attributes:
        faults: Errors on the consoles, uncaught exceptions, refusals of the policy, answers from 400 on.
    """

    def __init__(self, browser: Browser, profile: BrowserContext | None = None) -> None:
        self._browser = browser
        self._profile = profile
        self._opened: list[BrowserContext | Page] = []
        self._is_away = False
        self.faults: list[str] = []

    def open(self, url: str, width: int, height: int, **settings: Any) -> Page:
        """Open a page; in a new profile where there is none for all, or where it has settings of its own."""
        size: Any = {"width": width, "height": height}
        if self._profile is None or settings:
            context = self._browser.new_context(viewport=size, **settings)
            context.set_default_timeout(TIMEOUT_MS)
            context.add_init_script(TELL_REFUSALS)
            context.on("page", self._watch)
            self._opened.append(context)
            page = context.new_page()
        else:
            page = self._profile.new_page()
            page.set_viewport_size(size)
            page.set_default_timeout(TIMEOUT_MS)
            page.add_init_script(TELL_REFUSALS)
            self._watch(page)
            self._opened.append(page)
        page.goto(url)
        return page

    @contextmanager
    def without_server(self) -> Iterator[None]:
        """Let pages complain that the server is away, and of nothing else."""
        self._is_away = True
        yield
        self._is_away = False

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """Let the pages get answers of one status, which browsers also complain of from 400 on."""
        before = len(self.faults)
        yield
        expected = (f"{status} ", f"status of {status} ")
        self.faults[before:] = [
            fault
            for fault in self.faults[before:]
            if not fault.startswith(expected[0]) and expected[1] not in fault
        ]

    def close(self) -> None:
        """Close every page."""
        for each in self._opened:
            each.close()
        self._opened.clear()

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))
        page.on(
            "response",
            lambda response: (
                self.faults.append(f"{response.status} {response.url}") if response.status >= 400 else None
            ),
        )

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        is_of_absence = "net::ERR_" in message.text or "WebSocket" in message.text
        if not (self._is_away and is_of_absence):
            self.faults.append(f"{page.url}: {message.text}")


@pytest.fixture
def screens(browser: Browser) -> Iterator[Screens]:
    """Screens that must have nothing to complain of."""
    screens = Screens(browser)
    yield screens
    screens.close()
    assert screens.faults == []


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile for all pages of a module."""
    profile = browser.new_context()
    yield profile
    profile.close()
