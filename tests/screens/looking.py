"""What an eye, a finger and a key find on a page: letters twice as large, targets, and where the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.screens.accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

LANGUAGES = ("az", "uz", "ru", "en", "tr")
# WCAG 2.2: 24 pixels at level AA (2.5.8), 44 for what is touched on phones and tablets (2.5.5).
LEAST_PX, TOUCHED_PX = 24, 44

MEASURE = """([target, zoom]) => {
  const root = document.documentElement;
  root.style.fontSize = zoom === 1 ? "" : `${100 * zoom}%`;
  const dialog = document.querySelector("dialog[open]");
  const within = dialog ?? document.body;
  const box = (each) => each.getBoundingClientRect();
  const seen = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && box(each).width > 2
    && !each.closest(".visually-hidden, [aria-hidden=true]");
  const name = (each) => `${each.className || each.localName}: ${(each.textContent || each.id).trim().slice(0, 40)}`;
  // A box to tick is as large as its label; a link in the midst of a sentence as its line.
  const touched = (each) => each.closest("label") ?? each;
  const isInText = (each) => each.localName === "a" && getComputedStyle(each).display === "inline"
    && each.parentElement.textContent.trim().length > each.textContent.trim().length + 3;
  const controls = [...within.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((each) => seen(each) && !isInText(each)).map(touched);
  const words = [...within.querySelectorAll("*")].filter((each) => seen(each)
    && [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const faults = {
    small: controls.filter((each) => Math.min(box(each).width, box(each).height) < target - 0.5)
      .map((each) => `${name(each)} ${Math.round(box(each).width)}×${Math.round(box(each).height)}`),
    cut: words.filter((each) => each.clientWidth > 0 && getComputedStyle(each).display !== "inline"
      && getComputedStyle(each).overflowX !== "visible" && each.scrollWidth > each.clientWidth + 2).map(name),
    wide: root.scrollWidth > root.clientWidth
      ? [...within.querySelectorAll("*")].filter((each) => seen(each) && (box(each).right > root.clientWidth + 1
        || (each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0))).map(name).slice(-3).concat("page") : [],
  };
  root.style.fontSize = "";
  return faults;
}"""

FOCUS = """() => {
  const here = document.activeElement;
  if (here === document.body || here === null) return { name: "nothing", faults: ["nothing has the focus"] };
  const around = [here, here.closest("label"), here.nextElementSibling].filter(Boolean);
  const isMarked = around.some((each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  });
  here.scrollIntoView({ block: "nearest" });
  const { left, top, right, bottom } = here.getBoundingClientRect();
  const isOnScreen = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  const over = document.elementFromPoint((Math.max(left, 0) + Math.min(right, innerWidth)) / 2,
    (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2);
  const isCovered = over !== null && !here.contains(over) && !over.contains(here);
  const faults = [
    here.matches(":focus-visible") && isMarked ? null : "it is not marked",
    isOnScreen ? null : "it is off the screen",
    isCovered ? `${over.className || over.localName} lies over it` : null,
  ].filter(Boolean);
  return { name: `${here.className || here.localName}: ${here.textContent.trim().slice(0, 40)}`, faults };
}"""


def faults_of(page: Page, *, target: int = LEAST_PX, colours: bool = True) -> list[str]:
    """
    List what is wrong for whoever reads, touches or enlarges a page; empty when all is well.

    Args:
        target: What is touched is at least so many CSS pixels wide and high.
        colours: Colours are the same in every language, and take axe longest: once for a state is enough.
    """
    rules = {} if colours else {"rules": {"color-contrast": {"enabled": False}}}
    found = [f"axe: {line}" for line in violations(page, **rules)]
    for zoom in (1, 2):
        measured: dict[str, list[str]] = page.evaluate(MEASURE, [target, zoom])
        found += [
            f"{kind} at {zoom * 100} %: {each}"
            for kind, all_of_it in measured.items()
            for each in all_of_it
            if kind != "small" or zoom == 1
        ]
    return found


class Keys:
    """
    Somebody who has keys only, and looks at each step where the focus is.

    Attributes:
        faults: Where it was not seen.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    def press(self, key: str) -> None:
        """Press a key and see where the focus is then."""
        self.page.keyboard.press(key)
        # Behind the last control of a page the way leads through the browser's own, and begins anew.
        if not (key.endswith("Tab") and self.page.evaluate("document.activeElement === document.body")):
            self.look(key)

    def look(self, after: str) -> None:
        """See where the focus is."""
        seen: dict[str, Any] = self.page.evaluate(FOCUS)
        self.faults += [f"{after} → {seen['name']}: {fault}" for fault in seen["faults"]]

    def go(self, selector: str, key: str = "Tab", most: int = 60) -> int:
        """Press a key until it has led to an element; tell how often."""
        self.page.wait_for_selector(selector, state="attached")
        for count in range(1, most + 1):
            self.press(key)
            if self.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return count
        raise AssertionError(f"no {key} leads to {selector}")
