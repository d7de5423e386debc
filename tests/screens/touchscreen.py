"""One hall with one kiosk in a browser, used by many tests in turn: each begins with the first screen."""

from __future__ import annotations

import math
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from server.api.callers import DEVICE_COOKIE
from server.app import create_app
from server.operations.touchscreens import hash_code
from tests.builders import open_counter
from tests.conftest import FixedClock
from tests.screens.halls import answer
from tests.screens.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from server.config import Config
    from server.operations import Queue

PORTRAIT = {"width": 1080, "height": 1920}
LANDSCAPE = {"width": 1920, "height": 1080}
STAFF_CODE = "135790"
# A 22-inch glass: the smallest on which everything must have its size.
SCREEN_MM = (268, 477)
TIMEOUT_MS = 20_000
SESSION = "/kiosk/static/session.js"
TELL_REFUSALS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


def kiosk_config(
    config: Config, services: dict[str, dict[str, Any]] | None = None, **settings: Any
) -> Config:
    """Change the kiosk and single services of the shipped centre; made anew, as a copy keeps dicts of the other."""
    parts = {name: getattr(config, name) for name in type(config).model_fields}
    parts["kiosk"] = config.kiosk.model_copy(update=settings)
    parts["services"] = tuple(
        each.model_copy(update=(services or {}).get(each.key, {})) for each in config.services
    )
    return type(config)(**parts)


# The page has heard of the new size too: a millimetre is as long as before.
SETTLED = """([width, height, mm]) => innerWidth === width && innerHeight === height
  && Math.abs(parseFloat(document.documentElement.style.getPropertyValue("--mm")) - mm) < 0.01"""


# Key by key through the browser's protocol a loaded machine is slower than any reader: so all of it within the page,
# and with it what a browser does of its own at each key that nobody has prevented.
READER = """(text) => {
  const press = (key) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  for (const sign of text) {
    if (press(sign) && document.activeElement.matches("input")) document.execCommand("insertText", false, sign);
  }
  if (press("Enter") && document.activeElement.matches("button")) document.activeElement.click();
}"""


class Touchscreen:
    """
    A hall at ten in the morning, its kiosk on the glass, and what the kiosk complains of.

    Attributes:
        faults: Uncaught exceptions, and what the content policy refused.
        said: What the kiosk had spoken, in its order: language and text.
    """

    def __init__(self, config: Config, browser: Browser, folder: Path) -> None:
        self.clock = FixedClock()
        self._config, self._folder = config, folder
        self._app = create_app(config, data_dir=folder, clock=self.clock, limits=False)
        self.queue: Queue = self._app.extensions["queue"]
        for counter in (18, 6, 7):
            open_counter(self.queue, counter)
        self.queue.waits.refresh()
        self._port = 0
        self.start()
        _, token = self.queue.devices.add("kiosk-9", kind="kiosk", printer=config.kiosk.printer)
        self.faults: list[str] = []
        self.said: list[tuple[str, str]] = []
        self._context = browser.new_context(viewport=PORTRAIT, has_touch=True, reduced_motion="reduce")  # type: ignore[arg-type]
        self._context.set_default_timeout(TIMEOUT_MS)
        self._context.add_init_script(TELL_REFUSALS)
        # As the page for enrolling does, whatever that looks like.
        self._context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": self.url}])
        self.page = self.open()

    def open(self) -> Page:
        """Open the kiosk in one more window of the same browser."""
        page = self._context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda each: self.faults.append(each.text) if "policy:" in each.text else None)
        page.on("request", self._hear)
        page.goto(f"{self.url}/kiosk")
        page.wait_for_selector(".language")
        return page

    @property
    def url(self) -> str:
        """Where the server answers."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Let the server answer, at the same address as before."""
        self._server = answer(self._app, port=self._port)
        self._port = self._server.port

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Let nobody answer for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def stop(self) -> None:
        """Let nobody answer any more."""
        self._server.shutdown()
        self._server.server_close()

    def close(self) -> None:
        """End the hall."""
        self._context.close()
        self.stop()
        self.queue.context.database.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def act(self, body: str) -> Any:
        """Run JavaScript with the screen's own session at hand as `s`."""
        return self.page.evaluate(f"import('{SESSION}').then(async (s) => {{ {body} }})")

    def resize(self, size: dict[str, int]) -> None:
        """Hang the glass the other way."""
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        until(self.page, SETTLED, arg=[*size.values(), math.hypot(*size.values()) / math.hypot(*SCREEN_MM)])

    def first(self, size: dict[str, int] = PORTRAIT) -> Page:
        """Go to the first screen, as a visitor finds it."""
        self.resize(size)
        self.act("s.reset(); s.store.update({isAway: false}); await s.refreshCatalogue();")
        self.page.wait_for_selector(".language")
        self.said.clear()
        return self.page

    def begin(self, language: str, size: dict[str, int] = PORTRAIT) -> Page:
        """Choose a language."""
        page = self.first(size)
        page.click(f".language[lang={language}]")
        page.wait_for_selector(".search-door")
        return page

    def scan(self, text: str) -> None:
        """Type as a code reader does: at once, with Enter at the end."""
        self.page.evaluate(READER, text)

    def tickets(self) -> list[Any]:
        """Read every ticket given out, the newest last."""
        with self.queue.context.database.read() as connection:
            return connection.exec_driver_sql("SELECT * FROM tickets ORDER BY id").fetchall()

    def newest(self) -> dict[str, Any]:
        """Show the ticket that was given last, as its visitor sees it."""
        return self.queue.tickets.view(self.tickets()[-1].token)

    def _hear(self, request: Any) -> None:
        if request.url.endswith("/api/v1/voice"):
            body = request.post_data_json
            self.said.append((body["language"], body["text"]))


def press_until(page: Page, selector: str, key: str = "Tab", most: int = 90) -> int:
    """Press a key until it has led to an element; tell how often."""
    page.wait_for_selector(selector)
    for count in range(1, most + 1):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return count
    raise AssertionError(f"no {key} leads to {selector}")


def make_touchscreen(
    config: Config, browser: Browser, folder: Path, services: dict[str, dict[str, Any]] | None = None
) -> Iterator[Touchscreen]:
    """Open a touchscreen for a module, and close it after."""
    settings = {
        "staff_code_hash": hash_code(STAFF_CODE),
        "screen_mm": SCREEN_MM,
        "idle_s": 600,
        "scanner": True,
    }
    touchscreen = Touchscreen(kiosk_config(config, services, **settings), browser, folder)
    yield touchscreen
    touchscreen.close()
    assert touchscreen.faults == []
