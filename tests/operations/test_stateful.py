"""
The hall lived through at random: every verb, many counters, time going on and standing still, days that change and
clocks that are put forward and back.

After each step: no ticket in two hands, none lost, the totals agree, the bound holds; at the end the
log verifies and every call replays. `make soak` takes more steps
(NAVBAT_STEPS); the suite takes enough to notice a rule that was broken.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select, text

from server.app import open_queue
from server.config import load
from server.db import queries
from server.db.engine import make_engine
from server.db.migrating import migrate
from server.db.models import events, requests, tickets
from server.domain.numbering import day_of
from server.errors import QueueError
from server.operations.context import dumps
from server.operations.ledger import origin
from server.operations.log_export import export_day
from server.signing import SigningKey
from server.verifying import verify
from tests.builders import create_official
from tests.conftest import OPENING_TIME, ROOT, FixedClock

STEPS = int(os.environ.get("NAVBAT_STEPS", "5000"))
STEPS_OF_AN_EXAMPLE = 100
COUNTERS = (6, 7, 8, 9, 10, 13, 15, 18, 19, 20, 21, 25)
SERVICES = ("passport", "id_lost", "residence_ref", "birth", "death", "copy_cert", "sign_cert", "apostille")
BOOKED = ("passport", "id_lost", "birth")
COLLECTED = ("apostille", "legalise")
CATEGORIES = (None, None, None, "veteran", "disability", "war_disability")
FINAL = {"served", "no_show", "cancelled", "expired"}

# Its clocks change twice a year, an hour after midnight UTC.
ZONE = "Europe/Chisinau"
BEFORE_AUTUMN = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)
BEFORE_SPRING = datetime(2027, 3, 28, 0, 40, tzinfo=UTC)

LOG_KEY = SigningKey(origin("asan-1"), bytes(32))
CONFIG = load(ROOT / "config.yaml")
_folder = tempfile.TemporaryDirectory(prefix="stateful-")
_template = Path(_folder.name) / "template.sqlite"


def _fresh_database() -> str:
    if not _template.exists():
        engine = make_engine(f"sqlite:///{_template}")
        migrate(engine)
        engine.dispose()
    path = Path(_folder.name) / "hall.sqlite"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.copy(_template, path)
    return f"sqlite:///{path}"


def before_next_change(now: datetime, zone: ZoneInfo) -> datetime:
    """Find the last quarter of an hour before the clocks change next."""
    at = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while at.astimezone(zone).utcoffset() == (at + timedelta(hours=1)).astimezone(zone).utcoffset():
        at += timedelta(hours=1)
    return at + timedelta(minutes=45)


class LivingHall(RuleBasedStateMachine):
    """Does at random what people do; a refusal is fine, a wrong state is not."""

    @initialize(
        start=st.sampled_from((OPENING_TIME, BEFORE_AUTUMN, BEFORE_SPRING)),
        closing=st.sampled_from(("serve_out", "expire")),
    )
    def open_the_hall(self, start, closing):
        self.clock = FixedClock(start)
        config = CONFIG.model_copy(
            update={
                "centre": CONFIG.centre.model_copy(
                    update={
                        "timezone": ZONE,
                        "hours": dict.fromkeys(CONFIG.centre.hours, (("00:00", "23:30"),)),
                        "holidays": (),
                    }
                ),
                "policy": CONFIG.policy.model_copy(update={"closing": closing}),
            }
        )
        self.queue = open_queue(config, database_url=_fresh_database(), clock=self.clock, log_key=LOG_KEY)
        self.officials = {number: create_official(self.queue, f"o{number}") for number in COUNTERS}
        self.tokens: list[str] = []
        self.issued = 0
        for number in COUNTERS[:8]:
            self.queue.counters.open(number, self.officials[number])

    def teardown(self):
        """Seal what happened, and let the offline verifier replay every call of every day."""
        if not hasattr(self, "queue"):
            return
        self.queue.ledger.seal()
        with self.queue.context.database.read() as connection:
            days = connection.execute(select(events.c.day).distinct().order_by(events.c.day)).scalars()
        for day in days:
            report = verify([dumps(line) for line in export_day(self.queue.context, day)], LOG_KEY.public)
            assert report.is_good, "\n".join(report.lines())
        self.queue.context.database.close()

    def attempt(self, work):
        try:
            return work()
        except QueueError:
            return None

    @rule(minutes=st.integers(0, 25))
    def time_goes_on(self, minutes):
        self.clock.advance(minutes=minutes)
        self.queue.tickets.end_postponements()
        self.queue.days.close()

    @rule()
    def the_day_ends(self):
        self.clock.advance(hours=24)
        self.queue.days.expire_earlier()

    @rule(waiting=st.integers(0, 3))
    def the_clocks_change(self, waiting):
        """Some wait from before the change until after it; to come twice in a run takes it over both."""
        self.clock.now = before_next_change(self.clock(), ZoneInfo(ZONE))
        self.queue.days.expire_earlier()
        for service in SERVICES[:waiting]:
            self.a_walk_in(service)
        self.clock.advance(minutes=20)
        self.queue.tickets.end_postponements()

    @rule(
        service=st.sampled_from(SERVICES),
        also=st.sampled_from(((), SERVICES[2:3], SERVICES[3:5])),
        category=st.sampled_from(CATEGORIES),
    )
    def a_visitor_comes(self, service, also, category):
        self.a_walk_in(service, also=also, category=category)

    def a_walk_in(self, service, **wishes):
        self.takes(self.attempt(lambda: self.queue.tickets.issue(service=service, **wishes)))

    def takes(self, ticket):
        if ticket:
            self.tokens.append(ticket["token"])
            self.issued += 1

    @rule(
        services=st.lists(st.sampled_from(SERVICES[:3]), min_size=3, max_size=8),
        categories=st.lists(st.sampled_from(CATEGORIES), min_size=8, max_size=8),
    )
    def a_bus_comes(self, services, categories):
        """Many for the same counters, each a little after the other: a queue in which the rule has to choose."""
        for service, category in zip(services, categories, strict=False):
            self.clock.advance(seconds=40)
            self.a_walk_in(service, category=category)

    @rule(service=st.sampled_from(BOOKED), minutes=st.integers(-15, 35))
    def an_appointment_comes(self, service, minutes):
        slot = self.clock() + timedelta(minutes=minutes)
        code = self.queue.check_ins.book(service=service, slot_at=slot)["code"]
        self.takes(self.attempt(lambda: self.queue.check_ins.check_in(code)))

    @rule(service=st.sampled_from(COLLECTED))
    def a_result_is_collected(self, service):
        code = self.queue.check_ins.announce_result(service=service)["code"]
        self.takes(self.attempt(lambda: self.queue.check_ins.check_in(code)))

    @rule(number=st.sampled_from(COUNTERS))
    def a_counter_calls(self, number):
        self.attempt(lambda: self.queue.counters.next(number, self.officials[number]))

    @rule(number=st.sampled_from(COUNTERS))
    def a_visitor_is_served(self, number):
        official = self.officials[number]
        self.attempt(lambda: self.queue.visits.start(number, official))
        self.clock.advance(minutes=3)
        self.attempt(lambda: self.queue.visits.finish(number, official))

    @rule(
        number=st.sampled_from(COUNTERS),
        act=st.sampled_from(("recall", "start", "finish", "no_show", "hold")),
    )
    def an_official_acts(self, number, act):
        self.attempt(lambda: getattr(self.queue.visits, act)(number, self.officials[number]))

    @rule(number=st.sampled_from(COUNTERS), where=st.sampled_from(("birth", "residence_ref", 7, 19)))
    def a_visitor_is_sent_on(self, number, where):
        to = {"counter": where} if isinstance(where, int) else {"service": where}
        self.attempt(lambda: self.queue.visits.transfer(number, self.officials[number], **to))

    @rule(number=st.sampled_from(COUNTERS), other=st.sampled_from(COUNTERS))
    def a_visitor_is_sent_to_an_official(self, number, other):
        to = self.officials[other].id
        self.attempt(lambda: self.queue.visits.transfer(number, self.officials[number], to_official=to))

    @rule(number=st.sampled_from(COUNTERS))
    def a_service_is_added(self, number):
        self.attempt(lambda: self.queue.visits.add_service(number, self.officials[number], "residence_ref"))

    @rule(number=st.sampled_from(COUNTERS))
    def a_held_visitor_is_called_back(self, number):
        held = self.queue.counters.view(number)["held"]
        if held:
            self.attempt(lambda: self.queue.visits.resume(number, self.officials[number], held[0]["id"]))

    @rule(number=st.sampled_from(COUNTERS))
    def a_call_out_of_turn(self, number):
        queued = self.queue.counters.view(number)["queue"]
        if queued:
            self.attempt(
                lambda: self.queue.counters.call(number, self.officials[number], queued[-1]["id"], "unwell")
            )

    @rule(number=st.sampled_from(COUNTERS), act=st.sampled_from(("open", "close", "pause")))
    def a_counter_opens_or_closes(self, number, act):
        arguments = ("lunch",) if act == "pause" else ()
        self.attempt(lambda: getattr(self.queue.counters, act)(number, self.officials[number], *arguments))

    @precondition(lambda self: getattr(self, "tokens", None))
    @rule(data=st.data(), act=st.sampled_from(("cancel", "rejoin", "postpone")))
    def a_visitor_decides(self, data, act):
        token = data.draw(st.sampled_from(self.tokens[-20:]))
        arguments = (10,) if act == "postpone" else ()
        self.attempt(lambda: getattr(self.queue.tickets, act)(token, *arguments))

    @invariant()
    def no_ticket_is_lost_or_in_two_hands(self):
        if not hasattr(self, "queue"):
            return
        with self.queue.context.database.read() as connection:
            rows = connection.execute(select(tickets)).fetchall()
        assert len(rows) == self.issued
        assert len({(row.day, row.label) for row in rows}) == self.issued
        in_hand = [row.counter for row in rows if row.state in ("called", "serving")]
        assert len(in_hand) == len(set(in_hand))
        for row in rows:
            # `bound` and a counter in hand exclude each other, and an ended ticket waits for nobody.
            assert row.bound is None or row.state in ("waiting", "held")
            assert row.state not in FINAL or row.ended_at is not None
            assert row.day == day_of(row.arrived_at, ZONE)
            due = row.start_at + timedelta(seconds=row.target_s - row.credit_s + row.penalty_s)
            assert row.due_at == due

    @invariant()
    def the_services_of_a_visit_agree_with_its_ticket(self):
        if not hasattr(self, "queue"):
            return
        with self.queue.context.database.read() as connection:
            wrong = connection.execute(
                select(tickets.c.label, tickets.c.state, requests.c.state)
                .join(requests, requests.c.ticket_id == tickets.c.id)
                .where(
                    ((tickets.c.state == "served") & (requests.c.state != "served"))
                    | ((requests.c.state == "serving") & tickets.c.state.in_(("waiting", "called")))
                )
            ).fetchall()
        assert wrong == []

    @invariant()
    def nobody_is_passed_beyond_the_bound(self):
        if not hasattr(self, "queue"):
            return
        with self.queue.context.database.read() as connection:
            alarms = connection.execute(
                select(events.c.number).where(text("kind = 'alarm.overtaken'"))
            ).fetchall()
        assert alarms == []

    @invariant()
    def the_log_and_what_is_counted_agree_with_the_tickets(self):
        if not hasattr(self, "queue"):
            return
        with self.queue.context.database.read() as connection:
            entries = connection.execute(
                select(func.count()).select_from(events).where(events.c.kind == "ticket.issued")
            ).scalar_one()
            waiting = connection.execute(
                select(func.count()).select_from(tickets).where(tickets.c.state == "waiting")
            ).scalar_one()
            counted = queries.waiting_by_service(connection, self.queue.context.centre)
        assert entries == self.issued
        assert sum(counted.values()) == waiting


LivingHall.TestCase.settings = settings(
    max_examples=max(1, STEPS // STEPS_OF_AN_EXAMPLE),
    stateful_step_count=STEPS_OF_AN_EXAMPLE,
    deadline=None,
    derandomize="NAVBAT_STEPS" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
TestLivingHall = pytest.mark.timeout(1200)(LivingHall.TestCase)
