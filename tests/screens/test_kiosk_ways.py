"""A visitor's ways at the touchscreen, by touch, by a code reader and by keys: one hall and one kiosk for all of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, update

from printing.jobs import PrinterState
from server.db.bookings import collections
from server.db.models import appointments, centres, results
from server.qr import svg
from server.wording import Wording
from tests.builders import BIRTH, PASSPORT, create_ticket
from tests.screens.touchscreen import (
    LANDSCAPE,
    PORTRAIT,
    STAFF_CODE,
    Touchscreen,
    make_touchscreen,
    press_until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from server.config import Config

MARRIAGE = "marriage"  # by appointment only
COLLECT = "ready_doc"
LANGUAGES = ("az", "uz", "ru", "en", "tr")
FULL = "fine_info"  # at most one may wait for it here
SERVED = {"az": "Doğumun qeydə alınması", "ru": "Регистрация рождения"}


@pytest.fixture(scope="module")
def kiosk(
    config: Config, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Touchscreen]:
    yield from make_touchscreen(
        config, browser, tmp_path_factory.mktemp("kiosk"), {FULL: {"most_waiting": 1}}
    )


def book(kiosk: Touchscreen, language: str = "az", **ahead: float) -> str:
    slot_at = kiosk.clock() + timedelta(**ahead)
    return str(kiosk.queue.check_ins.book(service=MARRIAGE, slot_at=slot_at, language=language)["code"])


def test_each_of_the_twenty_most_used_services_is_three_taps_away(kiosk: Touchscreen) -> None:
    page = kiosk.begin("az")
    assert page.locator(".row").count() == 20

    for place in range(20):
        page.locator(".row").nth(place).dispatch_event("click")
        page.wait_for_selector(".take")
        page.keyboard.press("Escape")
        page.wait_for_selector(".search-door")

    page.tap(f".row:has-text('{SERVED['az']}')") if page.locator(
        f".row:has-text('{SERVED['az']}')"
    ).count() else page.tap(".row >> nth=0")
    page.tap(".take")
    page.wait_for_selector(".slip")
    assert page.inner_text(".slip__number") == kiosk.newest()["number"]


@pytest.mark.parametrize(("language", "size"), [("az", PORTRAIT), ("ru", LANDSCAPE)])
def test_an_appointment_is_checked_in_by_a_code_typed_on_the_glass(
    kiosk: Touchscreen, language: str, size: dict[str, int]
) -> None:
    code = book(kiosk, "en")
    page = kiosk.begin(language, size)
    page.tap(".door--appointment")

    for sign in code:
        page.tap(f".key:text-is('{sign}')")
    page.tap(".code-go")
    page.wait_for_selector(".slip")

    ticket = kiosk.newest()
    assert page.inner_text(".slip__number") == ticket["number"]
    assert (ticket["service"], ticket["language"]) == (MARRIAGE, language)


def test_a_ready_document_is_collected_by_keys_alone(kiosk: Touchscreen) -> None:
    code = kiosk.queue.check_ins.announce_result(service=COLLECT)["code"]
    page = kiosk.begin("ru")

    press_until(page, ".door--collect", "ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#code:focus")
    page.keyboard.type(code.lower(), delay=90)  # a person's pace, which is no reader's
    page.keyboard.press("Enter")
    page.wait_for_selector(".slip")

    assert kiosk.newest()["service"] == COLLECT


def test_a_code_is_read_on_the_first_screen_and_answers_in_its_own_language(kiosk: Touchscreen) -> None:
    page = kiosk.first()

    kiosk.scan(book(kiosk, "ru"))
    page.wait_for_selector(".slip")

    assert page.get_attribute("html", "lang") == "ru"
    assert kiosk.newest()["language"] == "ru"


def test_a_code_is_read_inside_the_search_and_leaves_nothing_in_it(kiosk: Touchscreen) -> None:
    page = kiosk.begin("az")
    page.tap(".search-door")
    page.keyboard.type("pas", delay=90)

    kiosk.scan("K7QW2M")
    page.wait_for_selector(".code-problem .notice")
    assert page.input_value("#code") == "K7QW2M"
    page.keyboard.press("Escape")

    assert page.input_value("#query") == "pas"


def test_the_code_of_a_slip_shows_its_place_again_and_prints_nothing(kiosk: Touchscreen) -> None:
    ticket = create_ticket(kiosk.queue, BIRTH, language="tr")
    page = kiosk.first()

    kiosk.scan(ticket["links"]["page"])
    page.wait_for_selector(".slip")

    assert page.inner_text(".slip__number") == ticket["number"]
    assert page.locator(".printing").count() == 0
    assert page.get_attribute("html", "lang") == "tr"


@pytest.fixture(scope="module")
def codes(kiosk: Touchscreen) -> dict[str, tuple[str, str]]:
    """Codes that give no number, of appointments and of documents: the door they are typed behind, and the code."""
    queue = kiosk.queue
    used, early, other_day, cancelled = (
        book(kiosk),
        book(kiosk, hours=3),
        book(kiosk, days=2),
        book(kiosk, minutes=30),
    )
    over = book(kiosk, hours=-30)
    queue.check_ins.check_in(used)
    documents = [queue.results.announce(service=COLLECT, reference=f"A-{n}") for n in range(3)]
    queue.check_ins.check_in(documents[0]["code"])
    queue.results.withdraw(documents[1]["id"])
    with queue.context.database.write() as tx:
        code = appointments.c.code == cancelled
        tx.execute(update(appointments).where(code).values(state="cancelled"))
        of = collections.c.result_id == documents[2]["id"]
        tx.execute(update(collections).where(of).values(expires_at=kiosk.clock() - timedelta(hours=1)))
        other = {"key": "asan-2", "names": {each: f"{each} 2" for each in LANGUAGES}, "timezone": "Asia/Baku"}
        tx.execute(insert(centres), {**other, "config_digest": "", "applied_at": tx.now})
        foreign = {"centre": "asan-2", "service": "x", "language": "az"}
        tx.execute(
            insert(appointments),
            {**foreign, "code": "FRGN22", "slot_at": tx.now, "state": "booked", "created_at": tx.now},
        )
        tx.execute(insert(results), {**foreign, "code": "FRGN33", "state": "ready", "ready_at": tx.now})
    by_code = {
        "misspelt": "K7QW2M",
        "used": used,
        "cancelled": cancelled,
        "expired": over,
        "early": early,
        "other day": other_day,
        "foreign": "FRGN22",
    }
    kept = {"used": documents[0], "cancelled": documents[1], "expired": documents[2]}
    return {
        **{name: ("appointment", code) for name, code in by_code.items()},
        **{f"{name} document": ("collect", each["code"]) for name, each in kept.items()},
        "misspelt document": ("collect", "M2WQ7K"),
        "foreign document": ("collect", "FRGN33"),
    }


def advice(name: str, language: str) -> tuple[str, str]:
    """What stands on the screen for a code: what is the matter, and what to do."""
    words = Wording(language)
    day = {"az": "26 noyabr", "uz": "26-noyabr", "ru": "26 ноября", "en": "26 November", "tr": "26 Kasım"}
    kind, _, of = name.partition(" document")
    of = "result" if name != kind else "appointment"
    if kind in ("early", "other day"):
        return words.text("kiosk.early"), "12:30" if kind == "early" else day[language]
    if kind == "foreign":
        return words.text("errors.code_of_another"), f"{language} 2"
    if kind in ("cancelled", "expired"):
        title = words.text(f"kiosk.refused_code_{kind}_{of}")
        return title, words.text(
            "kiosk.refused_result_help" if of == "result" else "kiosk.refused_again_help"
        )
    key = "unknown" if kind == "misspelt" else kind
    return words.text(f"kiosk.refused_code_{key}"), words.text(
        "kiosk.refused_code_help" if kind == "misspelt" else f"kiosk.refused_code_{key}_help"
    )


@pytest.mark.parametrize("place", range(len(LANGUAGES)))
def test_a_code_that_cannot_be_says_why_and_what_to_do(
    kiosk: Touchscreen, codes: dict[str, tuple[str, str]], place: int
) -> None:
    language = LANGUAGES[place]
    page = kiosk.begin(language, LANDSCAPE if place % 2 else PORTRAIT)
    before = len(kiosk.tickets())
    wrong = {}

    for count, (name, (door, code)) in enumerate(codes.items()):
        # By turns typed on the glass and read by the reader, so that each code comes both ways.
        if (count + place) % 2:
            page.tap(f".door--{door}")
            for sign in code:
                page.locator(f".key:text-is('{sign}')").dispatch_event("click")
            page.tap(".code-go")
        else:
            kiosk.scan(code)
        page.wait_for_selector(".code-problem .notice")
        told, (title, help) = page.inner_text(".code-problem"), advice(name, language)
        if title not in told or help not in told:
            wrong[name] = told
        # Nothing is lost: the code is there to be mended, the language is the visitor's own.
        assert page.input_value("#code") == code
        assert page.get_attribute("html", "lang") == language
        # Who must come another day is shown where to choose it.
        is_over = name in ("cancelled", "expired")
        assert page.locator(".book-ahead img").count() == (1 if is_over else 0), name
        kiosk.act("s.goHome()")
        page.wait_for_selector(".search-door")

    assert wrong == {}
    assert len(kiosk.tickets()) == before


def test_who_comes_late_to_an_appointment_is_told_that_the_number_is_an_ordinary_one(
    kiosk: Touchscreen,
) -> None:
    page = kiosk.begin("uz")

    kiosk.scan(book(kiosk, hours=-1))
    page.wait_for_selector(".slip")

    assert kiosk.tickets()[-1].origin == "walk_in"
    assert page.inner_text(".came-late") == Wording("uz").text("kiosk.came_late")
    kiosk.act("await s.refreshTicket()")
    assert page.locator(".came-late").count() == 1


def test_a_service_by_appointment_only_leads_to_the_booking_pages_on_the_phone(kiosk: Touchscreen) -> None:
    page = kiosk.begin("en")

    kiosk.act(f"s.openService('{MARRIAGE}')")
    page.wait_for_selector(".book-ahead img")

    assert f"{kiosk.queue.context.public_url}/book".endswith(page.inner_text(".book-ahead__url"))
    image = page.get_attribute(".book-ahead img", "src")
    drawn = page.request.get(f"{kiosk.url}{image}").body()
    assert drawn == svg(f"{kiosk.queue.context.public_url}/book/{MARRIAGE}?language=en")


def test_script_typed_into_the_search_is_only_text(kiosk: Touchscreen) -> None:
    page = kiosk.begin("en")
    page.tap(".search-door")

    page.keyboard.insert_text("<img src=x onerror=alert(1)>${7*7}{{7*7}}'\"--")
    page.wait_for_selector(".search-hint")

    assert page.locator("main img").count() == 0
    assert "49" not in page.inner_text("main .search-hint")


@pytest.mark.parametrize(
    ("language", "query", "found"),
    [
        ("az", "sexsiyyet", "Şəxsiyyət vəsiqəsi"),
        ("az", "шехсиййет", "Şəxsiyyət vəsiqəsi"),
        ("az", "şexsiyət vesiqesi", "Şəxsiyyət vəsiqəsi"),
        ("ru", "pasport", "паспорта"),
        ("ru", "паспрт", "паспорта"),
        ("uz", "тугилиш", "Tugʻilishni"),
        ("tr", "dogum", "Doğum tescili"),
        ("en", "pasport", "passport"),
        ("en", "bitrh", "birth"),
    ],
)
def test_the_search_forgives_the_other_script_and_slips(
    kiosk: Touchscreen, language: str, query: str, found: str
) -> None:
    kiosk.act(f"s.reset(); s.begin('{language}'); s.go('search')")
    kiosk.page.wait_for_selector("#query")

    kiosk.page.keyboard.insert_text(query)

    names = kiosk.page.locator(".row__name")
    names.first.wait_for()
    assert any(found.casefold() in name.casefold() for name in names.all_inner_texts()[:3])


@pytest.mark.parametrize(("language", "size"), [("az", PORTRAIT), ("ru", LANDSCAPE)])
def test_several_services_get_one_number_in_the_shortest_order(
    kiosk: Touchscreen, language: str, size: dict[str, int]
) -> None:
    for _ in range(4):
        create_ticket(kiosk.queue, PASSPORT)
    kiosk.queue.waits.refresh()
    best = kiosk.queue.services.order([PASSPORT, BIRTH])["order"]
    names = [kiosk.queue.config.service[key].name[language] for key in best]
    page = kiosk.begin(language, size)
    page.tap(".door--several")
    for name in reversed(names):
        page.tap(".search-door")
        page.keyboard.insert_text(name)
        page.tap(f".row:has-text('{name}')")
        page.keyboard.press("Escape")
    page.tap(".basket__go")

    page.wait_for_selector(".detail__act [aria-pressed=false]")
    proposed = page.locator(".stop .row__name").all_inner_texts()
    page.tap(".detail__act [aria-pressed=false]")
    own = page.locator(".stop .row__name").all_inner_texts()
    page.tap(".detail__act [aria-pressed=true]")
    page.tap(".take")
    page.wait_for_selector(".slip__services")

    assert (proposed, own) == (names, names[::-1])
    assert [each["service"] for each in kiosk.newest()["services"]] == best


def test_a_full_queue_a_closed_service_and_a_late_hour_have_their_words_and_the_kiosk_recovers(
    kiosk: Touchscreen,
) -> None:
    ticket = create_ticket(kiosk.queue, FULL)
    page = kiosk.begin("en")
    kiosk.act(f"s.openService('{FULL}')")
    page.wait_for_selector(".obstacle:has-text('Queue full')")
    assert page.locator(".take").count() == 0

    kiosk.queue.tickets.cancel(ticket["token"])
    kiosk.act("await s.refreshCatalogue()")
    page.wait_for_selector(".take")
    kiosk.queue.services.set_availability(FULL, is_open=False)
    page.tap(".take")  # it was closed in this moment
    page.wait_for_selector(".obstacle:has-text('not given any more today')")
    kiosk.queue.services.set_availability(FULL, is_open=True)
    kiosk.act("await s.refreshCatalogue()")
    page.wait_for_selector(".take")

    kiosk.clock.advance(hours=9)  # closed at six
    page.tap(".take")
    page.wait_for_selector(".obstacle:has-text('opens on 25 November at 09:00')")
    kiosk.clock.advance(hours=-9)
    kiosk.first()


def test_without_paper_the_number_is_given_and_the_phone_offered(kiosk: Touchscreen) -> None:
    printer = kiosk.queue.config.kiosk.printer
    assert printer is not None
    state = PrinterState(printer, problem="paper_out", warning=None, since=kiosk.clock())
    kiosk.queue.printer_states.keep_state(state, "virtual:")
    page = kiosk.begin("ru")
    kiosk.act(f"s.openService('{BIRTH}')")
    page.tap(".take")

    page.wait_for_selector(".result--paperless .printing:has-text('В принтере кончилась бумага')")
    boxes = page.evaluate(
        """() => [".slip__qr", ".slip__number", ".printing", ".result .take"].map((each) => {
            const box = document.querySelector(each).getBoundingClientRect();
            return box.top >= 0 && box.bottom <= innerHeight && box.width > 0;
        })"""
    )
    assert boxes == [True] * 4
    kiosk.queue.printer_states.keep_state(
        PrinterState(printer, problem=None, warning=None, since=kiosk.clock()), "virtual:"
    )


def test_staff_close_a_service_and_test_the_printer_behind_the_code(kiosk: Touchscreen) -> None:
    page = kiosk.begin("az")
    page.hover(".band__clock")
    page.mouse.down()
    page.wait_for_selector("#staff-code")
    page.mouse.up()
    for code, wanted in (("000000", ".notice--bad"), (STAFF_CODE, ".staff__acts")):
        for digit in code:
            page.tap(f".key:text-is('{digit}')")
        page.tap(".code-go")
        page.wait_for_selector(wanted)
        page.wait_for_timeout(1000)  # the button pauses after each tap

    row = f".staff .row:has-text('{SERVED['az']}')"
    page.locator(row).dispatch_event("click")
    page.wait_for_selector(f"{row}.row--shut")
    page.tap(".staff__acts .button >> nth=0")
    page.wait_for_selector("[role=status]:has-text('printerə göndərildi')")
    page.tap(".staff__volume .button >> nth=1")
    kiosk.act("s.goHome(); s.openService('birth')")

    assert page.inner_text(".obstacle h2") == "İndi bağlıdır"
    assert kiosk.queue.services.now()["services"][BIRTH]["obstacle"] == "service_closed"
    assert kiosk.queue.print_desk.jobs()[0]["kind"] == "test"
    assert page.evaluate("localStorage.getItem('navbat.kiosk.volume')") == "45"
    page.reload()
    assert page.locator(".staff").count() == 0
    page.evaluate("localStorage.clear()")
    kiosk.queue.services.set_availability(BIRTH, is_open=True)


def test_with_the_server_gone_it_says_so_and_goes_on_by_itself_with_one_number(kiosk: Touchscreen) -> None:
    page = kiosk.begin("ru")
    kiosk.act(f"s.openService('{BIRTH}')")
    page.wait_for_selector(".take")
    before = len(kiosk.tickets())

    with kiosk.gone():
        page.tap(".take")
        page.wait_for_selector(".away:has-text('Номер ещё не подтверждён')", timeout=40_000)
    page.tap(".away .take")
    page.wait_for_selector(".slip")
    assert len(kiosk.tickets()) == before + 1

    kiosk.first()
    with kiosk.gone():
        page.wait_for_selector(".away__all", timeout=40_000)  # in every language, as nobody has chosen one
        assert page.locator(".away__all li").count() == 5
    page.wait_for_selector(".language", timeout=40_000)


FOCUS = """() => {
  const here = document.activeElement, style = getComputedStyle(here);
  return here.matches(":focus-visible") && (style.outlineStyle !== "none" || style.boxShadow !== "none");
}"""


@pytest.mark.parametrize(("language", "key"), [("az", "ArrowDown"), ("ru", "Tab")])
def test_the_whole_way_is_gone_with_keys_and_the_focus_is_always_seen(
    kiosk: Touchscreen, language: str, key: str
) -> None:
    page = kiosk.first()
    before = len(kiosk.tickets())

    for selector in (f"[lang={language}].language", ".door--several", ".search-door"):
        press_until(page, selector, key)
        assert page.evaluate(FOCUS), selector
        if selector != ".door--several":
            page.keyboard.press("Enter")
    page.wait_for_selector("#query:focus")
    page.keyboard.type(SERVED[language][:6], delay=90)
    press_until(page, ".row", key)
    assert page.evaluate(FOCUS)
    page.keyboard.press("Enter")
    page.wait_for_selector(".detail h1:focus")  # a new screen begins at its heading
    press_until(page, ".priority-door", key)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:focus")
    page.keyboard.press("Escape")
    press_until(page, ".take", key)
    assert page.evaluate(FOCUS)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1.slip__number:focus")
    press_until(page, ".result .take", key)
    page.keyboard.press("Enter")
    page.wait_for_selector(".attract h1:focus")

    assert len(kiosk.tickets()) == before + 1


def test_everything_is_spoken_on_request_and_the_ticket_too(kiosk: Touchscreen) -> None:
    page = kiosk.begin("ru")
    assert kiosk.said == []

    page.keyboard.press("F1")
    press_until(page, ".search-door", "ArrowDown")
    kiosk.act(f"s.openService('{BIRTH}')")
    page.wait_for_selector(".detail")
    page.tap(".take")
    page.wait_for_selector(".slip")
    page.wait_for_timeout(300)
    ticket = kiosk.newest()
    spoken = " | ".join(text for _, text in kiosk.said)

    assert {language for language, _ in kiosk.said} == {"ru"}
    zone = kiosk.queue.config.zone[ticket["zone"]]
    for words in (
        "Зачем вы пришли?",
        "Найти услугу по названию",
        SERVED["ru"],
        "Имейте при себе",
        "Взять номер",
    ):
        assert words in spoken
    slip = kiosk.said[-1][1]
    for words in (ticket["number"], zone.name["ru"], zone.where["ru"], ticket["code"], "Готово"):
        assert words in slip, slip
    page.tap(".result .take")
    page.wait_for_selector(".language")
    assert kiosk.act("return s.store.get().isListening") is False


def test_who_walks_away_is_warned_twenty_seconds_before_and_can_stay_as_often_as_wanted(
    kiosk: Touchscreen,
) -> None:
    kiosk.first()
    page = kiosk._context.new_page()
    page.on("request", kiosk._hear)
    page.clock.install()
    page.goto(f"{kiosk.url}/kiosk")
    page.click(".language[lang=az]")
    page.keyboard.press("F1")
    page.wait_for_selector(".foot__listen[aria-pressed=true]")

    for _ in range(10):
        page.clock.run_for(580_500)
        page.wait_for_selector("dialog[open]")
        assert "20" in (page.text_content("#idle-words") or "")  # as it was announced
        page.tap("dialog .take")
        page.wait_for_selector("dialog", state="detached")
    assert any("Buradasınız?" in text for _, text in kiosk.said)
    page.clock.run_for(601_000)
    page.wait_for_selector(".attract")
    page.close()


def test_nothing_of_a_visitor_is_left_for_the_next(kiosk: Touchscreen) -> None:
    page = kiosk.begin("ru")
    for look, value in (("text", "large"), ("contrast", "high"), ("reach", "low"), ("sound", "loudest")):
        kiosk.act(f"s.setLook('{look}', '{value}')")
    kiosk.act("s.toggle('passport'); s.go('search', {query: 'pasport'})")
    kiosk.act(f"s.goHome(); s.openService('{BIRTH}')")
    kiosk.act("s.go('priority')")
    page.tap(".row >> nth=0")
    page.wait_for_selector(".priority-door .icon--check")
    page.tap(".take")
    page.wait_for_selector(".slip")
    category = kiosk.queue.config.categories[0]
    assert category.name["ru"] not in page.inner_text("body")
    assert category.evidence["ru"] not in page.inner_text("body")
    number = page.inner_text(".slip__number")

    page.tap(".result .take")
    page.wait_for_selector(".language")
    page.go_back()
    page.wait_for_selector(".language")

    state = kiosk.act("const {catalogue, ...rest} = s.store.get(); return rest")
    assert page.url == f"{kiosk.url}/kiosk"
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    assert (
        page.evaluate(
            "['text', 'contrast', 'reach', 'sound'].filter((each) => each in document.documentElement.dataset)"
        )
        == []
    )
    assert page.get_attribute("html", "lang") == "az"
    assert number not in page.content()
    assert {name: value for name, value in state.items() if value} == {
        "screen": "attract",
        "tab": "used",
        "codeFor": "appointment",
        "looks": {"text": "", "contrast": "", "reach": "", "sound": ""},
    }
