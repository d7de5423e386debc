"""
What this machine cannot test: said loudly at the end of a run, and a failure where CI is set.

Loaded as a pytest plugin by conftest.py. A test or fixture that needs something of the machine asks
for it by one of the functions here, never by a bare `pytest.skip`.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

TITLE = "NOT TESTED HERE"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def require(what: str, reason: str) -> NoReturn:
    """
    Leave the running test out, because the machine lacks `what`; with CI=true, fail it.

    Args:
        what: What goes untested, as a person would say it: "PostgreSQL", "the screens in a browser".
        reason: What is missing, and how it could be had.
    """
    text = f"{TITLE}: {what}: {reason}"
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(text, pytrace=False)
    pytest.skip(text, allow_module_level=True)


def require_program(name: str, *, what: str, package: str) -> str:
    """Return the path of a program; where it is missing, leave the test out and name its package."""
    path = shutil.which(name)
    if path is None:
        require(what, f"no program {name}; on Debian: apt-get install {package}")
    return path


def require_browser() -> str:
    """Return the path of the Chromium to test with: what ./test found, or the system's own."""
    path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        require("the screens in a browser", "no Chromium; start ./test, or set BROWSER_PATH")
    return path


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    untested: dict[str, list[str]] = defaultdict(list)
    for outcome in ("skipped", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            if found := _find_reason(str(report.longrepr)):
                untested[found].append(report.nodeid)
    if not untested:
        return
    terminalreporter.section(TITLE, sep="!", red=True, bold=True)
    for reason, tests in sorted(untested.items()):
        terminalreporter.line(f"{reason} ({len(tests)} left out)", red=True)


def _find_reason(text: str) -> str | None:
    """
    Return what follows the title in a report's text, up to the end of its line.

    >>> _find_reason("('tests/test_screens.py', 3, 'Skipped: NOT TESTED HERE: paper: no zbarimg')")
    'paper: no zbarimg'
    >>> _find_reason("AssertionError") is None
    True
    """
    _, title, rest = text.partition(f"{TITLE}: ")
    return rest.splitlines()[0].removesuffix(")").rstrip("'\"") if title else None
