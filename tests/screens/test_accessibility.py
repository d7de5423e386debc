"""The pages that nobody has to take a turn for hold to WCAG, as axe-core reads it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from server.app import create_app
from tests.screens.accessibility import violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from server.config import Config
    from tests.conftest import FixedClock


@pytest.fixture
def url(config: Config, clock: FixedClock, tmp_path: Path) -> Iterator[str]:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    app.extensions["queue"].context.database.close()


PATHS = (
    "/",
    "/sign-in",
    "/enrol",
    "/display",
    "/display?zone=a",
    "/statistics",
    "/follow",
    "/take",
    "/book",
    "/book/passport",
    "/outreach",
)


@pytest.mark.parametrize("language", ["az", "uz", "ru", "en", "tr"])
def test_public_pages_have_nothing_that_axe_finds(url: str, browser: Browser, language: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    found = {}
    for path in PATHS:
        page.goto(f"{url}{path}{'&' if '?' in path else '?'}language={language}")
        found[path] = violations(page)
    page.close()

    assert not any(found.values()), found


def test_axe_is_heard(url: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{url}/sign-in")
    page.evaluate("document.querySelector('label').remove()")

    assert any(line.startswith("label: ") for line in violations(page))
    page.close()
