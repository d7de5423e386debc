"""
No statement of a tap, nor of the clock, reads more for a longer past, on both databases.

Every statement that a living hall runs is written down, and its plan asked for: none may read through a table that
grows with history, nor by an index of the whole centre's past.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import event, text

from server.config import Config
from server.config.booking import Messages
from server.db import queries
from server.db.ledger import last_leaf, waits_since
from server.domain.contacts import Contact
from server.job_store import DatabaseJobStore
from server.operations.context import Once
from server.operations.ledger import Ledger, origin
from server.operations.serving import LANES
from server.signing import SigningKey
from tests.builders import BIRTH, PASSPORT, create_official, create_ticket, open_counter, open_session

GROWING = (
    "tickets",
    "requests",
    "events",
    "print_jobs",
    "print_events",
    "log_leaves",
    "log_heads",
    "appointments",
    "bookings",
    "results",
    "collections",
    "notices",
)
# The tables by the short names that some statements give them.
NAMES = {"w": "tickets", "t": "tickets"}
STATEMENT = re.compile(r"\s*(SELECT|UPDATE|DELETE|INSERT)", re.IGNORECASE)
PRINTER = "kiosk-1"


def test_the_rule_seeks_and_never_scans(queue):
    for _ in range(300):
        create_ticket(queue, PASSPORT)
    services = queue.config.counter[6].services

    plan = _plan(queue, services)

    if queue.context.database.is_sqlite:
        used = [line for line in plan if "tickets" in line or " w " in line or " t " in line]
        assert any("ix_tickets_waiting (centre=? AND service=? AND lane=?)" in line for line in used), plan
        assert any("ix_tickets_waiting_bound (centre=? AND bound=? AND lane=?)" in line for line in used), (
            plan
        )
        assert not any(line.startswith(("SCAN t", "SCAN w")) for line in plan), plan
        assert not any("TEMP B-TREE" in line for line in plan), plan
    else:
        assert any("using ix_tickets_waiting on" in line for line in plan), plan
        assert any("using ix_tickets_waiting_bound on" in line for line in plan), plan
        assert not any("Seq Scan on tickets" in line or "Sort" in line for line in plan), plan


@pytest.fixture
def config(config):
    """The shipped centre, which sends mail."""
    messages = Messages.model_validate({"email": {"host": "127.0.0.1", "sender": "hall@example.az"}})
    return Config.model_validate(config.model_copy(update={"messages": messages}))


def test_a_living_hall_runs_no_statement_that_costs_more_with_a_longer_past(queue, clock):
    statements = _listen(queue)

    _live(queue, clock)

    kinds = {kind for kind, _ in statements}
    assert len(kinds) > 40
    wrong = _slow_on_sqlite(queue, statements) if queue.context.database.is_sqlite else None
    wrong = _slow_on_postgresql(queue, statements) if wrong is None else wrong
    assert not wrong, "\n\n".join(f"{sql}\n  " + "\n  ".join(plan) for sql, plan in wrong.items())


def _live(queue, clock):
    """Do what visitors, officials, boards, printers and the clock do all day."""
    supervisor = create_official(queue, "gulnar", role="supervisor")
    officials = {number: open_counter(queue, number) for number in (6, 7, 18)}
    token, _ = open_session(queue, officials[6], "bearer")
    ledger = Ledger(queue.context)
    ledger._key = SigningKey(origin(queue.context.centre), bytes(32))
    store = DatabaseJobStore(queue.context.database)
    tokens = []
    for turn in range(8):
        once = Once.of("device:1", f"key-{turn}", "POST", "/tickets", b"{}")
        for _ in range(2):
            ticket = queue.tickets.issue(
                service=(PASSPORT, BIRTH)[turn % 2],
                also=("residence_ref",) if turn == 4 else (),
                category="disability" if turn == 5 else None,
                printer=PRINTER,
                once=once,
            )
        tokens.append(ticket["token"])
        clock.advance(seconds=20)
    code = queue.check_ins.book(service=PASSPORT, slot_at=clock())["code"]
    tokens.append(queue.check_ins.check_in(code)["token"])
    queue.tickets.postpone(tokens[6], 5)
    _book(queue, clock)
    _tick(queue, ledger, store)
    for number, official in officials.items():
        queue.sessions.identify(token)
        queue.counters.next(number, official)
        queue.visits.start(number, official)
        clock.advance(minutes=3)
        queue.counters.view(number)
    queue.visits.transfer(7, officials[7], counter=6)
    queue.visits.hold(18, officials[18])
    queue.visits.finish(6, officials[6])
    queue.counters.next(6, officials[6])
    queue.visits.no_show(6, officials[6])
    waiting = queue.counters.view(6)["queue"]
    queue.counters.call(6, officials[6], waiting[-1]["id"], "unwell")
    clock.advance(minutes=1)
    queue.visits.recall(6, officials[6])
    _tick(queue, ledger, store)
    for each in tokens:
        queue.tickets.view(each)
        queue.reasons.why(each)
        ledger.proof(each)
    queue.tickets.of_today("A001")
    queue.tickets.cancel(tokens[7])
    queue.print_desk.printers()
    for zone in (None, "a"):
        queue.boards.view(zone)
    queue.services.now()
    queue.counters.all()
    queue.counters.alarms()
    queue.counters.close(18, officials[18])
    queue.sessions.identify(open_session(queue, supervisor, "bearer")[0])
    clock.advance(minutes=10)
    _tick(queue, ledger, store)
    clock.advance(days=1)
    _tick(queue, ledger, store)


def _book(queue, clock):
    """Book, move and cancel; announce what is ready, and collect it."""
    day = clock().date() + timedelta(days=1)
    first, second, third = (
        datetime.fromisoformat(slot["at"]) for slot in queue.appointments.slots(PASSPORT, day)["slots"][:3]
    )
    contact = Contact("email", "leyla@example.az")
    booked = [
        queue.appointments.book(service=PASSPORT, slot_at=at, contact=contact, phone="cookie")
        for at in (first, second)
    ]
    queue.appointments.move(booked[0]["token"], third)
    queue.appointments.cancel(booked[1]["token"])
    queue.appointments.of_day(day)
    ready = queue.results.announce(service="ready_doc", reference="A-1", contact=contact)
    file = queue.results.import_file(b"service,reference\nready_doc,A-2\nready_doc,A-3\n")
    queue.results.withdraw(file["results"][0]["id"])
    queue.check_ins.check_in(ready["code"])


def _tick(queue, ledger, store):
    """What `server/timers.py`, the spooler and `/metrics` do."""
    queue.waits.refresh()
    queue.waits.share()
    queue.waits.follow()
    queue.waits.keep()
    queue.tickets.end_postponements()
    queue.days.expire_earlier()
    queue.days.close()
    queue.appointments.end_missed()
    queue.results.end_expired()
    for notice in queue.notices.take():
        queue.notices.try_again(notice, "away")
    queue.notices.forget()
    queue.appointments.forget()
    ledger.seal()
    ledger.look()
    ledger.is_late()
    store.hold_interrupted(PRINTER, queue.clock())
    job = store.take_next(PRINTER, queue.clock())
    store.offered(PRINTER)
    if job:
        store.mark_sending(job.id, process_id="1", now=queue.clock())
    with queue.context.database.read() as connection:
        queries.print_jobs_by_state(connection, queue.context.centre)
        queries.count_alarms(connection, queue.context.centre)
        queries.waiting_by_service(connection, queue.context.centre)
        last = last_leaf(connection, queue.context.centre)
        waits_since(connection, queue.context.centre, last.event_id)
        queries.events_after(connection, queue.context.centre, 5, limit=100)


def _listen(queue):
    """Have every statement written down, by its shape and as it was run."""
    database = queue.context.database
    database.close()  # connections from now on are listened to
    statements = {}

    def on_sqlite(sql):
        if STATEMENT.match(sql):
            statements[_shape(sql), ""] = sql, None

    class Listening(psycopg.Cursor):
        def execute(self, query, params=None, **options):
            sql = query.decode() if isinstance(query, bytes) else str(query)
            if STATEMENT.match(sql):
                statements[_shape(sql), ""] = sql, params
            return super().execute(query, params, **options)

    def connected(raw, _record):
        if database.is_sqlite:
            raw.set_trace_callback(on_sqlite)
        else:
            raw.cursor_factory = Listening

    event.listen(database.engine, "connect", connected)
    return statements


def _shape(sql):
    return re.sub(r"'(?:[^']|'')*'|\b\d+\b|x'[0-9a-f]*'", "?", sql)


def _slow_on_sqlite(queue, statements):
    wrong = {}
    with queue.context.database.engine.connect() as connection:
        for (shape, _), (sql, _params) in statements.items():
            rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql.replace("%", "%%")).fetchall()
            plan = [str(row[-1]) for row in rows]
            # An insert names the scans that it makes only while a constraint is broken.
            if not sql.startswith("INSERT") and any(_is_slow(line, sql, plan) for line in plan):
                wrong[shape] = plan
    return wrong


def _is_slow(line, sql, plan):
    found = re.match(r"(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?INDEX (\w+)(?: \((.*)\))?)?$", line)
    if not found or NAMES.get(found[2], found[2]) not in GROWING or found[3] in PARTIAL:
        return False
    # The newest few in the order of the index, or the newest of all.
    ends_soon = ("LIMIT" in sql and not any("TEMP B-TREE" in each for each in plan)) or "SELECT max(" in sql
    ends_soon = ends_soon or "ORDER BY requests.id DESC" in sql  # the newest 2,000, then counted
    if found[1] == "SCAN" or found[4] == "centre=?":
        return not ends_soon
    return found[4] in OF_THE_PAST


PARTIAL = {
    "ix_tickets_waiting",
    "ix_tickets_waiting_bound",
    "uq_tickets_in_hand",
    "ix_tickets_live",
    "ix_events_alarms",
    "ix_print_jobs_pending",
    "ix_appointments_booked",
    "ix_results_ready",
    "ix_notices_unsent",
    "ix_bookings_marked",
}
OF_THE_PAST = {"centre=? AND day<?"}


def _slow_on_postgresql(queue, statements):
    wrong = {}
    with queue.context.database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("SET enable_seqscan = off")  # a few rows are read whole faster; ask for the plan of many
        raw.execute("SET enable_bitmapscan = off")
        raw.execute("ANALYZE")
        for (shape, _), (sql, params) in statements.items():
            plan = [row[0] for row in raw.execute("EXPLAIN " + sql, params).fetchall()]
            if any(re.search(rf"Seq Scan on ({'|'.join(GROWING)})\b", line) for line in plan):
                wrong[shape] = plan
    return wrong


def _plan(queue, services):
    database = queue.context.database
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            # A few hundred rows are read whole faster than by an index; ask for the plan of many.
            connection.execute(text("SET enable_seqscan = off"))
            connection.execute(text("ANALYZE tickets"))
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        statement = text(explain + queries.HEADS[connection.dialect.name])
        rows = connection.execute(
            statement,
            {
                "centre": queue.context.centre,
                "services": queries._json(services),
                "lanes": queries._json(LANES),
                "bounds": queries._json(("counter:6",)),
            },
        ).fetchall()
    return [str(row[-1]) for row in rows]
