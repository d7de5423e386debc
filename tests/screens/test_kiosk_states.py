"""Every screen and state of the touchscreen: nothing that axe finds, true sizes, contrast, low reach, either direction."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import BIRTH, PASSPORT, create_ticket
from tests.screens.accessibility import violations
from tests.screens.touchscreen import (
    LANDSCAPE,
    PORTRAIT,
    SCREEN_MM,
    STAFF_CODE,
    Touchscreen,
    make_touchscreen,
)
from tests.screens.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from server.config import Config

LANGUAGES = ("az", "uz", "ru", "en", "tr")
FULL = "fine_info"
MM = max(PORTRAIT.values()) / max(SCREEN_MM)
TARGET_MM, CAPITAL_MM = 20, 7.3
# Height of a capital of Noto Sans, in its em.
CAPITAL_EM = 0.714

# By screen: what leads to it from the first screen, as the touchscreen's own session would be told.
STATES = {
    "attract": "",
    "closed": "s.store.update({catalogue: {...s.store.get().catalogue, open: false,"
    " opens_at: '2026-11-25T09:00:00+04:00'}})",
    "away": "s.store.update({isAway: true})",
    "home": "s.goHome()",
    "home, closed": "s.goHome(); s.store.update({catalogue: {...s.store.get().catalogue, open: false}})",
    "agencies": "s.goHome(); s.store.update({tab: 'agency'})",
    "subjects": "s.goHome(); s.store.update({tab: 'group'})",
    "list": "s.goHome(); s.go('list', {list: {kind: 'agency', key: 'moi'}})",
    "search": "s.goHome(); s.go('search', {query: 'sexsiyet'})",
    "nothing found": "s.goHome(); s.go('search', {query: 'qqqqqq'})",
    "service": f"s.goHome(); s.openService('{BIRTH}')",
    "quieter": f"s.goHome(); s.openService('{PASSPORT}'); s.store.update({{catalogue: {{...s.store.get().catalogue,"
    " quieter: [{from_at: '2026-11-24T15:00:00+04:00', until_at: '2026-11-24T17:00:00+04:00'}]}})",
    "full": f"s.goHome(); s.openService('{FULL}')",
    "by appointment": "s.goHome(); s.openService('marriage')",
    "refused": f"s.goHome(); s.openService('{BIRTH}');"
    " s.store.update({problem: 'refused', refusal: {type: 'conflict'}})",
    "no answer": f"s.goHome(); s.openService('{BIRTH}'); s.store.update({{problem: 'away'}})",
    "priority": f"s.goHome(); s.openService('{BIRTH}'); s.go('priority')",
    "priority chosen": f"s.goHome(); s.openService('{BIRTH}'); s.go('priority'); s.chooseCategory('disability')",
    "code": "s.goHome(); s.askCode('appointment')",
    "collect": "s.goHome(); s.askCode('collect')",
    "wrong code": "s.goHome(); s.askCode('appointment'); s.store.update({code: 'K7QW2M', problem: 'refused',"
    " refusal: {type: 'code_unknown'}})",
    "early": "s.goHome(); s.askCode('appointment'); s.store.update({code: 'K7QW2M', problem: 'refused',"
    " refusal: {type: 'appointment_early', come_at: '2026-11-24T15:00:00+04:00'}})",
    **{
        f"code {name}": f"s.goHome(); s.askCode('{door}'); s.store.update({{code: 'K7QW2M', problem: 'refused',"
        f" refusal: {{type: 'code_{name.split()[0]}', state: '{state}', title: 'x', detail: 'y'}}}})"
        for name, door, state in (
            ("used", "appointment", "checked_in"),
            ("expired", "appointment", "missed"),
            ("expired of a result", "collect", "expired"),
        )
    },
    "several": f"s.goHome(); s.chooseMany(); s.toggle('{BIRTH}'); s.toggle('{PASSPORT}')",
    "plan": f"s.goHome(); s.chooseMany(); s.toggle('{PASSPORT}'); s.toggle('{BIRTH}'); await s.planVisit()",
    "number": "s.store.update({ticket: window.ticket, screen: 'result'})",
    "came late": "s.store.update({ticket: {...window.ticket, came_late: true}, screen: 'result'})",
    "no paper": "s.store.update({screen: 'result',"
    " ticket: {...window.ticket, print: {state: 'held', reason: 'paper_out'}}})",
    "several on a number": "s.store.update({ticket: window.visit, screen: 'result'})",
    "looks": "s.goHome(); s.go('looks')",
    "still there": "s.goHome(); s.store.update({secondsLeft: 17})",
    "staff code": "s.goHome(); s.go('staff', {staff: null})",
    "staff": "s.goHome(); s.go('staff', {staff: window.staff})",
}


@pytest.fixture(scope="module")
def kiosk(
    config: Config, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Touchscreen]:
    for kiosk in make_touchscreen(
        config, browser, tmp_path_factory.mktemp("states"), {FULL: {"most_waiting": 1}}
    ):
        create_ticket(kiosk.queue, FULL)
        for _ in range(3):
            create_ticket(kiosk.queue, PASSPORT)
        kiosk.queue.waits.refresh()
        tickets = {
            "ticket": create_ticket(kiosk.queue, BIRTH, printer=kiosk.queue.config.kiosk.printer),
            "visit": create_ticket(kiosk.queue, BIRTH, also=[PASSPORT, "id_lost"]),
        }
        kiosk.page.evaluate("(given) => Object.assign(window, given)", tickets)
        kiosk.page.evaluate(
            """(code) => fetch("/api/v1/kiosk/staff", {
                method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({code}),
            }).then((answer) => answer.json()).then(({staff}) => { window.staff = staff; })""",
            STAFF_CODE,
        )
        yield kiosk


def show(kiosk: Touchscreen, state: str, language: str = "en", looks: dict[str, str] | None = None) -> None:
    """Show a state, from whatever stood there before."""
    own = "".join(f"s.setLook('{look}', '{value}');" for look, value in (looks or {}).items())
    kiosk.act(
        f"s.reset(); s.store.update({{isAway: false, catalogue: window.offered}}); s.changeLanguage('{language}');"
        f"{own}{STATES[state]}"
    )
    until(
        kiosk.page, "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true))))"
    )


@pytest.fixture
def still(kiosk: Touchscreen) -> Touchscreen:
    """A kiosk whose waits stand as they are, so that no answer changes a state under the eye."""
    kiosk.first()
    kiosk.act("window.offered = s.store.get().catalogue")
    return kiosk


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_screen_in_any_language(still: Touchscreen, language: str) -> None:
    # Colours are the same in every language, and take axe longest.
    rules = {} if language == "en" else {"rules": {"color-contrast": {"enabled": False}}}
    found = {}

    for state in STATES:
        show(still, state, language)
        found[state] = violations(still.page, **rules)

    assert {state: lines for state, lines in found.items() if lines} == {}


def test_axe_finds_nothing_in_high_contrast_with_large_letters(still: Touchscreen) -> None:
    found = {}
    for state in STATES:
        show(still, state, "en", {"contrast": "high", "text": "large"})
        found[state] = violations(still.page, runOnly={"type": "rule", "values": ["color-contrast"]})

    assert {state: lines for state, lines in found.items() if lines} == {}


MEASURE = """([mm, target, em, capital, line]) => {
  const box = (element) => element.getBoundingClientRect();
  const seen = (element) => element.checkVisibility() && box(element).width > 2;
  const dialog = document.querySelector("dialog[open]");
  const within = dialog ?? document;
  const controls = [...within.querySelectorAll("button, input")].filter(seen);
  const words = [...within.querySelectorAll(dialog ? "*" : "main *, header *, nav *, .basket *")].filter(
    (each) => seen(each) && [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const name = (each) => `${each.className || each.localName}: ${each.textContent.trim().slice(0, 30)}`;
  const scrolls = (each) => each.closest(".pages__region");
  // What lies behind the foot is not on the glass either.
  const whole = (each) => each.closest(".screen--code, .screen--told, .detail")?.closest(".kiosk__main");
  const end = (each) => (whole(each) ? box(whole(each)).bottom : innerHeight);
  return {
    small: controls.filter((each) => Math.min(box(each).width, box(each).height) / mm < target).map(name),
    tiny: words.filter((each) => parseFloat(getComputedStyle(each).fontSize) * em / mm < capital).map(name),
    wide: document.documentElement.scrollWidth > innerWidth ? ["page"] : [],
    // In a list that scrolls more may lie below; everything else must be on the glass.
    off: controls.filter((each) => !scrolls(each) && (box(each).bottom > end(each) + 1 || box(each).top < -1
      || box(each).right > innerWidth + 1 || box(each).left < -1)).map(name),
    cut: words.filter((each) => each.scrollWidth > each.clientWidth + 2 && each.clientWidth > 0
      && getComputedStyle(each).display !== "inline").map(name),
    // What a person who sits must touch has at least a finger's target below the line; a field has the keys for it.
    high: controls.filter((each) => each.localName !== "input" && !scrolls(each)
      && (box(each).bottom - line) / mm < target).map(name),
  };
}"""
FITS: dict[str, list[str]] = {"small": [], "tiny": [], "wide": [], "off": [], "cut": [], "high": []}


def measured(kiosk: Touchscreen, line: float = 0) -> dict[str, Any]:
    facts: dict[str, Any] = kiosk.page.evaluate(MEASURE, [MM, TARGET_MM, CAPITAL_EM, CAPITAL_MM, line])
    return {name: each for name, each in facts.items() if each != FITS[name]}


@pytest.mark.parametrize(
    ("size", "language", "looks"),
    [
        pytest.param(PORTRAIT, "az", {}, id="upright, az"),
        pytest.param(PORTRAIT, "en", {}, id="upright, en"),
        pytest.param(PORTRAIT, "ru", {"text": "large"}, id="upright, ru, large letters"),
        pytest.param(LANDSCAPE, "ru", {}, id="lying, ru"),
        pytest.param(LANDSCAPE, "uz", {}, id="lying, uz"),
        pytest.param(LANDSCAPE, "tr", {"text": "large"}, id="lying, tr, large letters"),
    ],
)
def test_targets_and_letters_have_their_true_size_and_all_is_on_the_glass(
    still: Touchscreen, size: dict[str, int], language: str, looks: dict[str, str]
) -> None:
    still.resize(size)
    wrong = {}
    for state in STATES:
        show(still, state, language, looks)
        wrong[state] = measured(still)

    assert {state: facts for state, facts in wrong.items() if facts} == {}


@pytest.mark.parametrize(("size", "offset"), [(PORTRAIT, 0.42), (LANDSCAPE, 0.2)], ids=["upright", "lying"])
@pytest.mark.parametrize("text", ["", "large"])
def test_low_reach_has_everything_to_touch_in_the_lower_part(
    still: Touchscreen, size: dict[str, int], offset: float, text: str
) -> None:
    still.resize(size)
    wrong = {}
    for state in STATES:
        show(still, state, "en", {"reach": "low", "text": text})
        wrong[state] = measured(still, line=offset * size["height"])

    assert {state: facts for state, facts in wrong.items() if facts} == {}


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["upright", "lying"])
def test_from_right_to_left_nothing_is_cut_or_lies_off_the_glass(
    still: Touchscreen, size: dict[str, int]
) -> None:
    still.resize(size)
    wrong = {}
    for state in STATES:
        show(still, state)
        still.page.evaluate("document.documentElement.dir = 'rtl'")
        wrong[state] = measured(still)
        # The text begins where reading begins.
        first = still.page.evaluate("getComputedStyle(document.querySelector('h1')).direction")
        wrong[state] |= {} if first == "rtl" else {"direction": first}
    still.page.evaluate("document.documentElement.dir = 'ltr'")

    assert {state: facts for state, facts in wrong.items() if facts} == {}


MOVING = "document.getAnimations().filter((each) => each.effect.getComputedTiming().duration > 1).length"


def test_nothing_moves_for_whoever_asked_for_rest(still: Touchscreen) -> None:
    moving = {}
    for state in STATES:
        show(still, state)
        moving[state] = still.page.evaluate(MOVING)

    assert {state: count for state, count in moving.items() if count} == {}


def test_the_style_knows_no_left_or_right_and_nothing_flashes() -> None:
    style = (Path(__file__).parents[2] / "kiosk/static/kiosk.css").read_text("utf-8")
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.S)

    sides = "left|right|top|bottom"
    physical = "|".join(
        (
            rf"(?:margin|padding|border|inset)-(?:{sides})",
            rf"(?<![\w-])(?:{sides}|width|height)\s*:",
            r"(?:max|min)-(?:width|height)\s*:",
            r"(?:text-align|float):\s*(?:left|right)",
        )
    )
    assert re.findall(physical, style) == []
    assert re.findall(r"animation|infinite|blink", style) == []
