"""The waits as the hall tells them: from the database, learned from the log, with their hit-rate."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from server.app import open_queue
from server.clock import Randomness
from server.db.models import events
from server.db.models import learned as learned_table
from tests.builders import BIRTH, create_official, create_ticket, open_counter

COUNTER = 18


def promise_of(queue, ticket):
    query = select(events).where(events.c.ticket == ticket["id"], events.c.kind == "ticket.issued")
    with queue.context.database.read() as connection:
        promised_at = connection.execute(query).one().data["promised_at"]
    return datetime.fromisoformat(promised_at) if promised_at else None


def serve(queue, clock, official, number=COUNTER, *, minutes=10):
    ticket = queue.counters.next(number, official)
    clock.advance(seconds=30)
    queue.visits.start(number, official)
    clock.advance(minutes=minutes)
    queue.visits.finish(number, official)
    return ticket


def keep(queue):
    queue.waits.refresh()
    queue.waits.keep()


@pytest.fixture
def official(queue):
    official = open_counter(queue, COUNTER)
    queue.waits.refresh()
    return official


@pytest.fixture
def reopen(queue, config, clock, database_url):
    """Another process on the same database."""
    opened = []

    def reopen():
        other = open_queue(config, database_url=database_url, clock=clock, randomness=Randomness())
        opened.append(other)
        return other

    yield reopen
    for other in opened:
        other.context.database.close()


def test_what_is_told_at_issue_is_in_the_log(queue, clock, official):
    create_ticket(queue, BIRTH)
    create_ticket(queue, BIRTH)
    queue.waits.refresh()

    ticket = create_ticket(queue, BIRTH)

    shown = clock() + timedelta(seconds=ticket["wait"]["high_s"])
    assert shown <= promise_of(queue, ticket) < shown + timedelta(minutes=5)


def test_nothing_is_promised_where_no_counter_is_open(queue):
    ticket = create_ticket(queue, BIRTH)

    assert ticket["wait"] is None
    assert promise_of(queue, ticket) is None


def test_a_visitor_with_a_credit_is_told_the_wait_of_its_own_place(queue, official):
    queue.counters.next(COUNTER, official)
    for _ in range(6):
        create_ticket(queue, BIRTH)
    queue.waits.refresh()

    ordinary = create_ticket(queue, BIRTH)
    first = create_ticket(queue, BIRTH, category="war_disability")

    assert first["wait"]["high_s"] < ordinary["wait"]["low_s"]


def test_the_hit_rate_counts_promises_kept_and_missed(queue, clock, official):
    for _ in range(2):
        create_ticket(queue, BIRTH)
        queue.waits.refresh()
    serve(queue, clock, official)
    clock.advance(hours=1)
    serve(queue, clock, official)
    keep(queue)

    rate = queue.waits.hit_rate()

    assert (rate["promised"], rate["kept"], rate["share"]) == (2, 1, 0.5)
    assert [(each["service"], each["promised"], each["kept"]) for each in rate["services"]] == [(BIRTH, 2, 1)]


def test_before_the_first_promise_there_is_no_hit_rate(queue):
    assert queue.waits.hit_rate()["share"] is None


def test_thirty_visits_make_a_wait_more_than_rough(queue, clock, official):
    for _ in range(30):
        create_ticket(queue, BIRTH)
        assert queue.waits.for_newcomer(BIRTH).rough
        serve(queue, clock, official, minutes=4)
    queue.waits.refresh()

    assert not queue.waits.for_newcomer(BIRTH).rough


def test_what_was_learned_outlives_a_restart_and_is_counted_once(queue, clock, official, reopen):
    for _ in range(3):
        create_ticket(queue, BIRTH)
        queue.waits.refresh()
        serve(queue, clock, official)
    keep(queue)
    create_ticket(queue, BIRTH)
    serve(queue, clock, official)

    other = reopen()
    keep(other)

    assert other.waits.hit_rate()["promised"] == 4
    with other.context.database.read() as connection:
        document = connection.execute(select(learned_table)).one().document
    assert document["services"][BIRTH][0] == 4


def test_the_process_that_takes_over_counts_no_promise_again(queue, clock, official, reopen):
    other = reopen()
    create_ticket(queue, BIRTH)
    create_ticket(queue, BIRTH)
    serve(queue, clock, official)
    for each in (queue, other):
        each.waits.refresh()

    queue.waits.keep()
    serve(queue, clock, official)
    keep(other)  # finds that the first one has written, and goes on from there
    keep(other)

    assert other.waits.hit_rate()["promised"] == 2


def test_what_one_process_foretold_every_other_tells(queue, clock, official, reopen):
    other = reopen()
    waiting = [create_ticket(queue, BIRTH) for _ in range(3)]
    clock.advance(seconds=2)
    queue.waits.refresh()
    queue.waits.share()

    assert other.waits.follow()

    for ticket in waiting:
        assert other.waits.for_ticket(ticket["id"]) == queue.waits.for_ticket(ticket["id"]) is not None
    assert other.waits.for_newcomer(BIRTH) == queue.waits.for_newcomer(BIRTH)
    assert other.waits.waiting(BIRTH) == 3
    assert not other.waits.follow()


def test_what_a_process_foretold_that_has_died_is_told_no_more(queue, clock, official, reopen):
    other = reopen()
    queue.waits.refresh()
    queue.waits.share()
    clock.advance(minutes=3)

    assert not other.waits.follow()


def test_a_forecast_that_fails_leaves_the_last_one(config, clock, tmp_path, caplog):
    calls = []

    def forecaster(hall, newcomers, *, seed):
        from server.domain.waiting import forecast

        calls.append(seed)
        if len(calls) > 1:
            raise RuntimeError("no processor")
        return forecast(hall, newcomers, seed=seed)

    queue = open_queue(
        config, database_url=f"sqlite:///{tmp_path / 'hall.sqlite'}", clock=clock, forecaster=forecaster
    )
    open_counter(queue, COUNTER)
    assert queue.waits.refresh()
    before = queue.waits.for_newcomer(BIRTH)

    assert not queue.waits.refresh()

    assert queue.waits.for_newcomer(BIRTH) == before
    assert "could not be estimated" in caplog.text


def test_who_is_sent_to_a_counter_waits_for_that_one_and_keeps_another_busy_no_more(queue, clock, official):
    other = open_counter(queue, 19, create_official(queue, "other"))
    sent = create_ticket(queue, BIRTH)
    queue.counters.next(COUNTER, official)
    create_ticket(queue, BIRTH)
    queue.counters.next(19, other)
    queue.visits.start(19, other)
    clock.advance(minutes=2)
    queue.visits.transfer(COUNTER, official, counter=19)

    with queue.context.database.read() as connection:
        hall = queue.waits.hall(connection, clock())

    assert [(ticket.id, ticket.counter) for ticket in hall.waiting] == [(sent["id"], 19)]
    assert {each.number: each.in_hand and each.in_hand.elapsed_s for each in hall.counters} == {
        COUNTER: None,
        19: 120.0,
    }


def test_later_services_of_a_visit_are_reckoned_with(queue, clock, official):
    create_ticket(queue, BIRTH, also=["marriage_apply"])
    create_ticket(queue, BIRTH, also=["marriage_apply"])
    queue.counters.next(COUNTER, official)

    with queue.context.database.read() as connection:
        hall = queue.waits.hall(connection, clock())

    assert [each.service for ticket in hall.waiting for each in ticket.following] == ["marriage_apply"]
    [in_hand] = [each.in_hand for each in hall.counters]
    assert [each.service for each in in_hand.following] == ["marriage_apply"]
