"""The pages that nobody has to take a turn for hold to WCAG, as axe-core reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.app import create_app
from tests.conftest import FixedClock
from tests.screens.accessibility import violations
from tests.screens.halls import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from server.config import Config


@pytest.fixture(scope="module")
def url(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = create_app(config, data_dir=tmp_path_factory.mktemp("hall"), clock=FixedClock(), limits=False)
    with serving(app) as url:
        yield url


PATHS = (
    "/",
    "/sign-in",
    "/enrol",
    "/display",
    "/display?zone=a",
    "/statistics",
    "/policies",
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
