"""What each role of the staff does on its pages, as they do it: one browser each, signed in with their own password."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.screens.waiting import until
from tests.servers import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from server.operations import Queue
    from tests.screens.conftest import Screens

STAFF = (1366, 768)
# A change on the terminal keeps it deaf for a moment, against double clicks.
GUARD_MS = 800
NOW = ":not([aria-disabled])"


class Person:
    """
    Somebody at a screen.

    Attributes:
        did: What the log must tell of them, by the kind of its entry.
    """

    def __init__(self, url: str, queue: Queue, screens: Screens, username: str) -> None:
        self.url, self.queue, self.username = url, queue, username
        self.did: Counter[str] = Counter()
        self.page: Page = screens.open(f"{url}/sign-in?language=en", *STAFF, reduced_motion="reduce")

    @property
    def id(self) -> int:
        """The key that the log names them by."""
        found = self.queue.staff.find(self.username)
        assert found is not None
        return found.id

    def sign_in(self, password: str, new: str | None = None, *, to: str) -> None:
        """Sign in; whoever was given a password chooses another first."""
        page = self.page
        page.goto(f"{self.url}/sign-in?language=en&next={to}")
        page.fill("#username", self.username)
        page.fill("#password", password)
        page.press("#password", "Enter")
        if new is not None:
            page.fill("#old", password)
            page.fill("#new", new)
            page.fill("#again", new)
            page.press("#again", "Enter")
        page.wait_for_url(f"**{to}")

    def send_form(self, selector: str) -> None:
        """Press a button of a form, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.click(selector)


class OfficialsDay(Person):
    """An official at a terminal."""

    def act(self, verb: str, kind: str | None = None) -> None:
        """Press a button as soon as it is offered and heard."""
        self.page.wait_for_selector(f'.act[data-verb="{verb}"]{NOW}')
        self.page.wait_for_timeout(GUARD_MS)
        self.page.click(f'.act[data-verb="{verb}"]{NOW}')
        if kind is not None:
            self.did[kind] += 1

    def open(self) -> None:
        self.act("open", "counter.opened")
        self.page.wait_for_selector('.top .chip[data-state="open"]')

    def has(self, state: str) -> str:
        """Wait for the visitor in hand to be in a state; returns the number."""
        self.page.wait_for_selector(f'.hand[data-state="{state}"]')
        return self.page.inner_text(".hand__number")

    def is_free(self) -> None:
        self.page.wait_for_selector(".hand", state="detached")

    def call(self) -> str:
        self.act("next", "ticket.called")
        return self.has("called")

    def serve(self) -> None:
        self.act("start", "ticket.started")
        self.has("serving")

    def finish(self) -> None:
        self.act("finish", "ticket.finished")
        self.is_free()

    def recall(self) -> None:
        self.act("recall", "ticket.recalled")
        until(self.page, "() => document.querySelector('.facts div:last-child dd').textContent === '2'")

    def pick(self, verb: str, text: str, kind: str) -> None:
        """Choose a service in the dialog of an act."""
        self.act(verb, kind)
        self.page.fill(".picker .input", text)
        self.page.click(f'.picker__option:has-text("{text}")')

    def note(self, text: str) -> None:
        self.page.wait_for_timeout(GUARD_MS)
        self.page.fill("#new-note", text)
        self.page.press("#new-note", "Enter")
        self.page.wait_for_selector(f'.notes li:has-text("{text}")')
        self.did["ticket.noted"] += 1

    def hold_and_resume(self) -> None:
        self.act("hold", "ticket.held")
        self.is_free()
        self.page.wait_for_timeout(GUARD_MS)
        self.page.click(f".held__resume{NOW}")
        self.has("called")
        self.did["ticket.resumed"] += 1

    def transfer(self, counter: int, reason: str) -> None:
        self.act("transfer", "ticket.transferred")
        self.page.fill(".why .input", reason)
        self.page.click(".tab:has-text('counter')")
        self.page.fill(".picker .input", str(counter))
        self.page.click(f".picker__option:has-text('{counter}')")
        self.is_free()

    def miss(self) -> None:
        self.act("no_show", "ticket.no_show")
        self.page.click(".modal__acts .button--primary")
        self.is_free()

    def call_out_of_turn(self, number: str) -> None:
        self.page.wait_for_timeout(GUARD_MS)
        self.page.click(f'.queue__call:text-is("{number}")')
        self.page.click(".choices .choice >> nth=0")
        assert self.has("called") == number
        self.did["ticket.called"] += 1

    def pause(self) -> None:
        self.act("pause", "counter.paused")
        self.page.click(".choices .choice >> nth=0")
        self.page.wait_for_selector(".empty--paused")

    def close(self) -> None:
        self.act("close", "counter.closed")
        self.page.click(".modal__acts .button--primary")
        self.page.wait_for_selector('.act[data-verb="open"]')


class ReceptionsDay(Person):
    """Reception at its desk."""

    def go(self, key: str, part: str) -> None:
        self.page.keyboard.press(f"Alt+{key}")
        self.page.wait_for_selector(f'main[data-part="{part}"]')

    def issue(self, service: str, category: str | None = None) -> str:
        """Give a ticket, and say its number."""
        page = self.page
        self.go("1", "issue")
        page.fill(".picker .input", service)
        page.click(f'.picker__option:has-text("{service}") >> nth=0')
        page.wait_for_selector(".issue__chosen li")
        if category is not None:
            page.get_by_label("Priority").select_option(category)
            page.check(".seen input >> nth=0")
        page.click(f'[data-verb="issue"]{NOW}')
        self.did["ticket.issued"] += 1
        return self._given()

    def check_in(self, code: str) -> str:
        self.go("3", "check_in")
        self.page.fill("#code", code.lower())
        self.page.press("#code", "Enter")
        self.did["ticket.issued"] += 1
        return self._given()

    def _given(self) -> str:
        number = str(self.page.wait_for_selector(".result[data-number]").get_attribute("data-number"))
        self.page.click(".result .button--primary")
        self.page.wait_for_selector(".result", state="detached")
        return number

    def find(self, number: str) -> None:
        self.go("2", "find")
        self.page.fill("#wanted", number)
        self.page.press("#wanted", "Enter")
        self.page.wait_for_selector(f'.found[data-number="{number}"]')

    def change_language(self, number: str, language: str) -> None:
        self.find(number)
        self._ask("change_language", select=language)
        eventually(lambda: self.queue.reception.find(number)["ticket"]["language"] == language)
        self.did["ticket.changed"] += 1

    def give_priority(self, number: str, category: str) -> None:
        self.find(number)
        self._ask("give_priority", select=category, tick=True)
        eventually(lambda: self.queue.reception.find(number)["credit_s"] > 0)
        self.did["ticket.priority_given"] += 1

    def print_again(self, number: str) -> None:
        self.find(number)
        before = len(self.queue.reception.find(number)["slips"])
        self._ask("print_again", select="zone-b")
        eventually(lambda: len(self.queue.reception.find(number)["slips"]) == before + 1)

    def _ask(self, dialog: str, *, select: str | None = None, tick: bool = False) -> None:
        page = self.page
        page.click(f'.found [data-verb="{dialog}"]')
        page.wait_for_selector("dialog[open]")
        if select is not None:
            page.select_option("dialog select", select)
        if tick:
            page.check("dialog .seen input")
        page.click(f'dialog [data-verb="go"]{NOW}')
        page.wait_for_selector("dialog", state="detached")


class SupervisorsDay(Person):
    """A supervisor in the room."""

    def sees(self, kind: str) -> None:
        self.page.wait_for_selector(f".alert[data-kind={kind}]")

    def acknowledge(self, kind: str) -> None:
        """Say that an alert was seen: it goes from the list."""
        alerts = self.page.locator(f".alerts > div .alert[data-kind={kind}]")
        alerts.first.wait_for()
        before = alerts.count()
        alerts.first.locator(".alert__seen").click()
        eventually(lambda: alerts.count() < before)
        self.did["alert.acknowledged"] += 1

    def advised(self) -> list[int]:
        """Read which counters the room advises to open, asking anew."""
        self.page.reload()
        text = self.page.inner_text(".advice__one >> nth=0")
        return [int(each) for each in re.findall(r"\d+", text.splitlines()[0])]

    def move(self, from_: int, to: int) -> None:
        page = self.page
        page.click(f'.seat:has(.seat__number:text-is("{from_}"))')
        page.select_option("#move-to", str(to))
        page.click(".acts__move .button--primary")
        page.wait_for_selector(".acts", state="detached")
        page.wait_for_selector(f'.seat:has(.seat__number:text-is("{to}"))')
        self.did["counter.supervised"] += 1

    def end(self, counter: int) -> None:
        page = self.page
        page.click(f'.seat:has(.seat__number:text-is("{counter}"))')
        page.click(".acts .button--danger")
        page.wait_for_selector(".acts", state="detached")
        page.wait_for_selector(f'.seat:has(.seat__number:text-is("{counter}"))', state="detached")
        self.did["counter.supervised"] += 1

    def close_service(self, service: str) -> None:
        page = self.page
        page.click("summary:has-text('Close a service')")
        page.select_option("#close-service", service)
        page.click(".close-one button")
        page.wait_for_selector(".closed-services li")
        self.did["service.closed"] += 1

    def open_service(self) -> None:
        self.page.click(".closed-services button")
        self.page.wait_for_selector(".closed-services", state="detached")
        self.did["service.opened"] += 1

    def show_message(self, what: str, **texts: str) -> None:
        page = self.page
        page.goto(f"{self.url}/messages")
        page.select_option("#what", what)
        for language, text in texts.items():
            page.fill(f"#text-{language}", text)
        self.send_form("form:has(#what) .button--primary")
        self.did["message.shown"] += 1

    def show_emergency(self) -> None:
        self.page.goto(f"{self.url}/messages")
        self.page.click(".desk__emergency summary >> nth=0")
        self.send_form(".desk__emergency[open] .button--danger")
        self.did["message.shown"] += 1

    def end_messages(self) -> None:
        self.page.goto(f"{self.url}/messages")
        while self.page.locator('form[action$="/end"]').count():
            self.send_form('form[action$="/end"] >> nth=0 >> button')
            self.did["message.ended"] += 1


class AdministratorsDay(Person):
    """The administration."""

    def make(self, username: str, name: str, role: str) -> str:
        """Make an account by its form; returns the password that opens it once."""
        page = self.page
        page.goto(f"{self.url}/admin/users/new")
        page.fill("#username", username)
        page.fill("#name", name)
        page.select_option("#role", role)
        self.send_form("main form .button--primary")
        self.did["account.changed"] += 1
        return page.inner_text(".admin__secret")

    def take_in(self, csv: str) -> dict[str, str]:
        """Take accounts from a file; returns the new ones' passwords."""
        page = self.page
        page.goto(f"{self.url}/admin/users/import")
        file = {"name": "staff.csv", "mimeType": "text/csv", "buffer": csv.encode()}
        page.set_input_files("#file", file)  # type: ignore[arg-type]
        self.send_form("main form .button--primary")
        rows = [row.locator("td").all_inner_texts() for row in page.locator(".notice--warn tbody tr").all()]
        self.did["account.changed"] += len(rows)
        return dict(rows)

    def see(self, username: str) -> None:
        self.page.goto(f"{self.url}/admin/users?find={username}")
        self.send_form("tbody th a")

    def rename(self, username: str, name: str) -> None:
        self.see(username)
        self.page.fill("#name", name)
        self.send_form("text=Save")
        assert "is saved and in force" in self.page.inner_text(".notice--good")
        self.did["account.changed"] += 1

    def disable(self, username: str) -> None:
        self.see(username)
        self.send_form("text=Disable the account")
        assert "disabled since" in self.page.inner_text("main")
        self.did["account.changed"] += 1

    def enrol(self, code: str, name: str, zone: str) -> None:
        page = self.page
        page.goto(f"{self.url}/devices")
        page.fill("#code", code.replace(" ", "").lower())
        page.fill("#name", name)
        page.select_option("#zone", zone)
        self.send_form("form:has(#code) .button--primary")
        self.did["device.paired"] += 1


def visible_text(page: Page, url: str) -> str:
    """Open a page that must be there, and read it."""
    answer: Any = page.goto(url)
    assert answer.status == 200, f"{url}: {answer.status}"
    return page.inner_text("main")
