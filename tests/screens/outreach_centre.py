"""A hall with teams that visit at home, a server that can be away, and a browser: for the tests of several modules."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from server.app import create_app
from server.db import queries
from server.operations.ledger import entry_of
from tests.screens.halls import answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Browser, BrowserContext, Page

    from server.config import Config
    from server.operations import Queue

PASSWORD = "correct horse"
PHONE = {"width": 390, "height": 844}


class WalkingClock:
    """Begins at ten on a Tuesday and goes on as fast as the world does: a tablet measures it against its own."""

    def __init__(self) -> None:
        self._ahead = datetime(2026, 11, 24, 5, 30, tzinfo=UTC) - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead


class Centre:
    """A hall whose server can be away, and a browser."""

    def __init__(self, app: Flask, browser: Browser) -> None:
        self.queue: Queue = app.extensions["queue"]
        self.browser = browser
        self._app = app
        self._server = answer(app)
        self.url = f"http://127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def away(self, context: BrowserContext) -> Iterator[None]:
        """Let there be no network, and nobody who answers if there were."""
        context.set_offline(True)
        self.stop()
        yield
        self._server = answer(self._app, port=self._server.port)
        context.set_offline(False)

    def sign_in(self, username: str, path: str, **size: int) -> Page:
        """Sign somebody in, in a profile of their own."""
        page = self.browser.new_context(viewport=size or PHONE).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(20_000)
        page.goto(f"{self.url}/sign-in?language=en&next={path}")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{path}")
        return page

    def log(self) -> list[Any]:
        """Read the log."""
        with self.queue.context.database.read() as connection:
            return [entry_of(row) for row in queries.events_after(connection, "asan-1", 0, limit=9999)]

    def plan(self, place: int) -> None:
        """Confirm the newest request and plan it for a place of today."""
        zone = self.queue.config.centre.zone_info
        day = self.queue.context.clock().astimezone(zone).date()
        id = self.queue.outreach.requests()[-1]["id"]
        self.queue.outreach.confirm(id)
        slot_at = self.queue.config.team["justice"].slots(day, zone)[place]
        self.queue.outreach.plan(id, team="justice", slot_at=slot_at)


def make_centre(config: Config, browser: Browser, folder: Path) -> Iterator[Centre]:
    """Open a centre for a module, with an official of the justice team and a receptionist, and close it after."""
    app = create_app(config, data_dir=folder, clock=WalkingClock(), limits=False)
    queue: Queue = app.extensions["queue"]
    queue.staff.add(
        "rena", role="official", password=PASSWORD, name="Rəna", agencies=["moj_notary", "moj_reg"]
    )
    queue.staff.add("leyla", role="reception", password=PASSWORD, name="Leyla")
    sockets = app.extensions["hall"].sockets
    sockets.start()
    centre = Centre(app, browser)
    yield centre
    centre.stop()
    sockets.stop()
    queue.context.database.close()


def ask(page: Page, name: str, telephone: str) -> None:
    """Fill the form in as a relative does."""
    page.click(".group summary")
    page.check('input[value="poa"]')
    page.check('input[value="bedridden"]')
    page.fill("#name", name)
    page.fill("#telephone", telephone)
    page.fill("#address", "Nizami küçəsi 5, mənzil 12")
    page.check('input[value="tue"]')
    page.click(".ask .button--primary")
