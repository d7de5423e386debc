"""Waiting for what a page is still doing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAUSE_MS = 50
NAVIGATED = ("context was destroyed", "Cannot find context", "navigat")


def until(page: Page, expression: str, arg: Any = None, *, timeout: float = 30) -> None:
    """
    Wait until an expression of the page is true.

    Playwright's own `wait_for_function` compiles the expression again inside the page each time, long after the
    browser let it: the page's policy refuses that now and then, and counts it as a fault of the page.

    Args:
        timeout: In seconds.

    Raises:
        AssertionError: It never was.
    """
    from playwright.sync_api import Error

    ends = time.monotonic() + timeout
    while True:
        try:
            if page.evaluate(expression, arg):
                return
        except Error as error:  # another document came between
            if not any(each in str(error) for each in NAVIGATED):
                raise
        assert time.monotonic() < ends, f"never true within {timeout:g} s: {expression}"
        page.wait_for_timeout(PAUSE_MS)
