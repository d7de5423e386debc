"""What axe-core finds wrong on a page that is open in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.skips import require

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The rules of WCAG 2.2, level AA, and what axe-core counts as good practice beside them.
ALL_AT_REST = """() => Promise.all(document.getAnimations()
  .filter((each) => each.playState === "running" && each.effect?.getComputedTiming().endTime !== Infinity)
  .map((each) => each.finished.catch(() => {})))"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, **options: Any) -> list[str]:
    """
    List what axe-core finds, a line for each element: rule, element, what is wrong; empty when all is well.

    Args:
        options: On top of axe's own, such as `rules={"region": {"enabled": False}}`; give the reason beside it.
    """
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        require("accessibility by axe", "no axe-playwright-python in this Python; start ./test")
    asked = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], **options}
    # Once for a page: it is half a megabyte to read.
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(Axe().axe_script)
    # A button on its way from one colour to another has neither's contrast.
    page.evaluate(ALL_AT_REST)
    found = page.evaluate("(asked) => axe.run(asked).then((results) => results.violations)", asked)
    return [
        f"{rule['id']}: {' '.join(node['target'])}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
