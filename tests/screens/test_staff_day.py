"""
A whole day in which each role of the staff does its work on the real pages, one real server behind them all.

Zone A is full of simulated visitors and officials; at the registry's counters in zone B, at reception, in the room, in
the administration and beside them all stand five people at browsers. The clock jumps from one happening to the next.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from server.app import create_app
from server.db.models import tickets
from server.errors import QueueError
from server.simulating import SimulatedClock, Simulation
from tests.api.test_callers import ROUTES
from tests.api.test_page_callers import PAGES
from tests.builders import BIRTH, create_official, entries_of
from tests.crowds import Crowd
from tests.screens.roles import (
    AdministratorsDay,
    OfficialsDay,
    Person,
    ReceptionsDay,
    SupervisorsDay,
    visible_text,
)
from tests.servers import run_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page

    from server.config import Config
    from server.operations import Queue
    from tests.screens.conftest import Screens

pytestmark = pytest.mark.slow

YESTERDAY, TODAY = date(2026, 11, 23), date(2026, 11, 24)
PASSWORD = "battery staple"
SERVICE = "Registration of birth"
OTHER = "Repeat civil status certificate"
CROWDED = range(6, 13)  # the counters of the simulated agency
ROOM = "/supervisor?language=en"


class Day(Simulation):
    """A simulated day of zone A, in which people do something else at given times."""

    def _open(self, number: int) -> None:
        if number in CROWDED:
            super()._open(number)

    def then(self, hour: int, minute: int, happen: Callable[[], None]) -> None:
        """Have something done at a time of the day; what is refused there is a fault of the test."""

        def do() -> None:
            try:
                happen()
            except QueueError as error:
                raise AssertionError(f"{hour}:{minute:02d}: {error!r}") from error
            self._queue.ledger.seal()

        zone = self._queue.config.centre.zone_info
        self._at(datetime.combine(TODAY, time(hour, minute), zone), do)


class Centre:
    """The server, its clock, and those who work there."""

    def __init__(self, url: str, queue: Queue, clock: SimulatedClock, screens: Screens, folder: Path) -> None:
        self.url, self.queue, self.clock, self.screens, self.folder = url, queue, clock, screens, folder
        queue.staff.add("rena", role="admin", password=PASSWORD, name="Rəna Quliyeva")
        self.rashad = create_official(queue, "rashad", name="Rəşad Əliyev")
        self.admin = self.come(AdministratorsDay, "rena")

    def come(self, role: type[Any], username: str) -> Any:
        return role(self.url, self.queue, self.screens, username)

    def wait(self, **length: float) -> None:
        """Let time pass."""
        self.clock.now += timedelta(**length)


@pytest.fixture
def app(config: Config, tmp_path: Path) -> Iterator[tuple[Flask, SimulatedClock]]:
    """The evening after a simulated day."""
    clock = SimulatedClock(datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    # Nobody touches a mouse while hours pass.
    patient = config.sign_in.model_copy(update={"idle_minutes": 720})
    changed = config.model_copy(update={"sign_in": patient})
    app = create_app(changed, data_dir=tmp_path / "data", clock=clock, limits=False)
    queue: Queue = app.extensions["queue"]
    Day(queue, clock, Crowd(config, 5), visitors_per_day=80).run(YESTERDAY)
    queue.days.expire_earlier()
    queue.ledger.seal()
    clock.now = datetime(2026, 11, 24, 4, 40, tzinfo=UTC)
    yield app, clock
    queue.context.database.close()


@pytest.fixture
def centre(app: tuple[Flask, SimulatedClock], screens: Screens, tmp_path: Path) -> Iterator[Centre]:
    flask, clock = app
    server = make_server("127.0.0.1", 0, flask, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    flask.extensions["hall"].sockets.start()
    queue: Queue = flask.extensions["queue"]
    yield Centre(f"http://127.0.0.1:{server.port}", queue, clock, screens, tmp_path)
    screens.close()
    flask.extensions["hall"].sockets.stop()
    server.shutdown()


class Roles:
    """The five, and what they do in the order of the day."""

    def __init__(self, centre: Centre) -> None:
        self.centre, self.queue = centre, centre.queue
        self.missed_by_rashad = 0

    # Before the opening.

    def administrator_prepares(self) -> None:
        centre, admin = self.centre, self.centre.admin
        admin.sign_in(PASSWORD, to="/admin/users")
        given = {"leyla": admin.make("leyla", "Leyla H.", "official")}
        given |= admin.take_in(
            "username,name,role\n"
            "aysel,Aysel Məmmədova,reception\nnigar,Nigar Abbasova,supervisor\n"
            "sevda,Sevda Nəbiyeva,auditor\ntural,Tural Kərimov,official\n"
        )
        admin.rename("leyla", "Leyla Həsənova")
        admin.disable("tural")
        text = visible_text(admin.page, f"{centre.url}/admin/centre")
        assert "config.yaml" in text
        assert self.queue.config.policy.version in visible_text(
            admin.page, f"{centre.url}/admin/centre/policy"
        )

        self.board: Page = centre.screens.open(f"{centre.url}/enrol", 960, 540, reduced_motion="reduce")
        self.board.wait_for_selector("#qr:not([hidden])")
        admin.enrol(self.board.inner_text("#code"), "Hall B", "b")
        self.board.wait_for_url("**/display")

        self.official: OfficialsDay = centre.come(OfficialsDay, "leyla")
        self.reception: ReceptionsDay = centre.come(ReceptionsDay, "aysel")
        self.supervisor: SupervisorsDay = centre.come(SupervisorsDay, "nigar")
        self.auditor: Person = centre.come(Person, "sevda")
        for person, to in (
            (self.official, "/counter/18"),
            (self.reception, "/reception"),
            (self.supervisor, "/supervisor"),
            (self.auditor, "/supervisor"),
        ):
            person.sign_in(given[person.username], PASSWORD, to=to)
            person.did["account.changed"] += 1  # the password that they chose

    # The morning.

    def reception_receives(self) -> None:
        desk, queue = self.reception, self.queue
        code = queue.check_ins.book(service=BIRTH, slot_at=self.centre.clock())["code"]
        first = desk.issue(SERVICE)
        second = desk.issue(SERVICE, "age_70")
        assert queue.reception.find(second)["credit_s"] > 0
        desk.give_priority(first, "disability")
        desk.change_language(first, "ru")
        desk.print_again(first)
        booked = desk.check_in(code)
        assert queue.reception.find(booked)["origin"] == "appointment"
        for _ in range(6):
            desk.issue(SERVICE)
        self.last = desk.issue(SERVICE)

    def supervisor_sees_that_nobody_serves(self) -> None:
        self.supervisor.acknowledge("unserved")
        self.queue.counters.open(21, self.centre.rashad)

    def official_serves(self) -> None:
        leyla, queue = self.official, self.queue
        leyla.open()
        number = leyla.call()
        self.board.wait_for_selector(f"text={number}")
        self.centre.wait(seconds=queue.config.policy.recall_after_s + 1)
        leyla.page.reload()  # its own clock has not jumped
        leyla.recall()
        leyla.serve()
        leyla.note("needs large print")
        leyla.pick("add_service", OTHER, "ticket.service_added")
        self.centre.wait(minutes=4)
        leyla.finish()
        assert queue.reception.find(number)["ticket"]["state"] == "waiting", "there is a second service"

        number = leyla.call()
        leyla.serve()
        leyla.hold_and_resume()
        leyla.serve()
        self.centre.wait(minutes=5)
        leyla.finish()
        self.served = number

    # Towards noon.

    def supervisor_takes_an_advice(self) -> None:
        nigar = self.supervisor
        advised = nigar.advised()
        assert set(advised) <= {19, 20}, advised
        nigar.move(21, advised[0])
        self.second = advised[0]
        official = queue_official(self.queue, self.second)
        assert official == self.centre.rashad.id
        assert not nigar.page.locator(".room__refused").count()

    def official_sends_on(self) -> None:
        leyla = self.official
        sent = leyla.call()
        leyla.transfer(self.second, "speaks Russian only")
        leyla.call()
        leyla.miss()
        leyla.call_out_of_turn(self.last)
        leyla.serve()
        self.centre.wait(minutes=3)
        leyla.finish()
        leyla.pause()
        came = self.queue.counters.next(self.second, self.centre.rashad)
        assert came is not None
        while came["number"] != sent:
            self.queue.visits.no_show(self.second, self.centre.rashad)
            self.missed_by_rashad += 1
            came = self.queue.counters.next(self.second, self.centre.rashad)
            assert came is not None
        view = self.queue.counters.view(self.second)
        assert [note["text"] for note in view["notes"]] == ["speaks Russian only"]

    def supervisor_mends(self) -> None:
        nigar, centre = self.supervisor, self.centre
        page = nigar.page
        rating = self.queue.tickets.view(self._token(self.served))["services"][0]["rating_token"]
        self.queue.ratings.rate(rating, score=1)
        centre.wait(minutes=11)
        nigar.sees("abandoned")
        nigar.acknowledge("rating")
        nigar.end(self.second)
        nigar.close_service(BIRTH)
        nigar.open_service()
        page.wait_for_selector(".seat[data-state=paused]:has-text('18')")

    def supervisor_tells_the_hall(self) -> None:
        nigar, board = self.supervisor, self.board
        nigar.show_message("message:", az="Lift işləmir", en="The lift is out of order")
        board.wait_for_selector("text=Lift işləmir")
        nigar.show_emergency()
        board.wait_for_selector(".emergency")
        nigar.end_messages()
        board.wait_for_selector(".emergency", state="detached")

    def supervisor_looks_at_figures(self) -> None:
        page = self.supervisor.page
        page.goto(f"{self.centre.url}{ROOM}")
        page.wait_for_selector(".flow figure canvas")
        page.click("summary:has-text('table')")
        page.wait_for_selector(".room__card details[open] tbody tr")
        page.goto(f"{self.centre.url}/supervisor/lab")
        page.fill("#credit_10", "60")
        self.supervisor.send_form("form .button--primary")
        assert page.locator("#table-whole tbody tr").count() == 3
        assert "credit_minutes: 60" in page.inner_text(".lab__lines")

    # The evening.

    def official_closes(self) -> None:
        self.official.open()
        served = self.official.page.inner_text(".today dd >> nth=0")
        assert int(served) == self.official.did["ticket.finished"]
        self.official.close()

    def auditor_reads_all_and_changes_nothing(self) -> None:
        sevda, url = self.auditor, self.centre.url
        page = sevda.page
        page.goto(f"{url}{ROOM}")
        page.wait_for_selector(".today")
        assert page.locator("button.seat, .alert__seen, .close-one").count() == 0
        csrf = page.get_attribute('meta[name="csrf-token"]', "content")
        for path, said in (
            ("/admin/users", "Leyla Həsənova"),
            (f"/admin/users/{self.official.id}", "Leyla Həsənova"),
            ("/admin/centre", "config.yaml"),
            ("/admin/centre/policy", self.queue.config.policy.version),
            (f"/supervisor/lab?day={YESTERDAY}", "Policy laboratory"),
            ("/documents", "Report"),
        ):
            assert said in visible_text(page, f"{url}{path}"), path
            assert page.locator("main form[method=post]").count() == 0, path
        report = page.request.get(f"{url}/documents/report?day={TODAY}&format=csv")
        assert report.ok

        before = unchanging(self.queue)
        for method, path, body, allowed in ROUTES:
            if method == "POST" and "auditor" not in allowed:
                answer = page.request.post(
                    f"{url}/api/v1{path}", data=body or {}, headers={"X-CSRF-Token": str(csrf)}
                )
                assert answer.status == 403, f"{path}: {answer.status}"
        for method, path, form, allowed in PAGES:
            if method == "POST" and "auditor" not in allowed:
                answer = page.request.post(f"{url}{path}", form={"csrf_token": str(csrf), **form})
                assert answer.status == 403, f"{path}: {answer.status}"
        assert unchanging(self.queue) == before

    def _token(self, number: str) -> str:
        with self.queue.context.database.read() as connection:
            found = self.queue.reception.find(number)["ticket"]["id"]
            return str(connection.execute(select(tickets.c.token).where(tickets.c.id == found)).scalar_one())


def queue_official(queue: Queue, counter: int) -> int | None:
    official = queue.counters.view(counter)["official"]
    return official["id"] if official else None


def unchanging(queue: Queue) -> int:
    """Count the entries of the log: each change is one."""
    return len(entries_of(queue))


def test_each_role_does_a_whole_days_work_and_the_log_agrees(centre: Centre, config: Config) -> None:
    queue, roles = centre.queue, Roles(centre)
    day = Day(queue, centre.clock, Crowd(config, 7), visitors_per_day=120)

    roles.administrator_prepares()
    day.then(9, 5, roles.reception_receives)
    day.then(9, 12, roles.supervisor_sees_that_nobody_serves)
    day.then(9, 20, roles.official_serves)
    day.then(10, 0, roles.supervisor_takes_an_advice)
    day.then(10, 5, roles.official_sends_on)
    day.then(10, 30, roles.supervisor_mends)
    day.then(11, 30, roles.supervisor_tells_the_hall)
    day.then(14, 0, roles.supervisor_looks_at_figures)
    day.then(17, 0, roles.official_closes)
    day.then(17, 30, roles.auditor_reads_all_and_changes_nothing)
    simulated = day.run(TODAY)
    centre.screens.close()
    centre.clock.now = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
    queue.days.expire_earlier()
    queue.ledger.seal()

    for person in (roles.official, roles.reception, roles.supervisor, centre.admin, roles.auditor):
        assert told_of(queue, person.id) == person.did, person.username
    total = queue.statistics.of_day(TODAY)["total"]
    official, missed = roles.official.did, roles.missed_by_rashad
    assert total["issued"] == simulated.issued + roles.reception.did["ticket.issued"]
    assert total["served"] == simulated.served + official["ticket.finished"]
    today = [entry for entry in entries_of(queue) if entry["at"] >= str(TODAY)]
    ends = {entry["ticket"]: entry["kind"] for entry in today if entry["ticket"]}
    absent = [entry for entry in today if entry["kind"] == "ticket.no_show"]
    assert len(absent) == simulated.missed + official["ticket.no_show"] + missed
    assert total["missed"] == list(ends.values()).count("ticket.no_show"), "who came back was not missed"

    export = centre.folder / "day.jsonl"
    data = ("--data-dir", str(centre.folder / "data"))
    made = run_command("log", "export", "--day", TODAY.isoformat(), "--out", str(export), *data)
    assert made.returncode == 0, made.stderr
    key = run_command("log", "key", *data).stdout.strip()
    verified = run_command("log", "verify", str(export), "--key", key)
    assert verified.returncode == 0, verified.stdout
    calls = [entry for entry in today if entry["kind"] == "ticket.called"]
    assert f"calls: {len(calls)} replayed" in verified.stdout
    assert ", 1 out_of_turn," in verified.stdout
    assert verified.stdout.rstrip().endswith("in order")


def told_of(queue: Queue, person: int) -> Counter[str]:
    """Count what the log tells of somebody, by kind."""
    doers = ((entry["kind"], entry["data"].get("by"), entry.get("official")) for entry in entries_of(queue))
    return Counter(
        kind for kind, by, official in doers if (by if isinstance(by, int) else official) == person
    )
