"""The rule beyond the walk-in: appointments, results, returns, bound tickets, closing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.config import Config
from server.errors import (
    AppointmentEarly,
    BadInput,
    CodeUsed,
    NotServedHere,
    RejoinTooLate,
    ServiceNotFound,
    TicketStateError,
    UnknownCode,
)
from tests.builders import BIRTH, PASSPORT, create_official, create_ticket, open_counter


def due(ticket):
    return datetime.fromisoformat(ticket["due_at"])


def miss_call(queue, counter, official):
    ticket = queue.counters.next(counter, official)
    queue.visits.no_show(counter, official)
    return ticket


@pytest.mark.parametrize(("minutes", "origin_target"), [(-30, 5), (0, 5), (10, 5)])
def test_an_appointment_in_its_window_is_due_by_its_slot(queue, clock, minutes, origin_target):
    slot = clock() - timedelta(minutes=minutes)
    code = queue.check_ins.book(service=PASSPORT, slot_at=slot)["code"]

    ticket = queue.check_ins.check_in(code)

    assert due(ticket) == slot + timedelta(minutes=origin_target)


def test_an_appointment_that_comes_too_early_is_told_when_to_come_back(queue, clock):
    slot = clock() + timedelta(minutes=31)
    code = queue.check_ins.book(service=PASSPORT, slot_at=slot)["code"]

    with pytest.raises(AppointmentEarly) as refusal:
        queue.check_ins.check_in(code)

    assert datetime.fromisoformat(refusal.value.facts["come_at"]) == slot - timedelta(minutes=30)
    clock.advance(minutes=1)
    assert queue.check_ins.check_in(code)["state"] == "waiting"


def test_an_appointment_that_comes_too_late_waits_like_a_walk_in(queue, clock):
    code = queue.check_ins.book(service=PASSPORT, slot_at=clock() - timedelta(minutes=11))["code"]

    ticket = queue.check_ins.check_in(code)

    assert due(ticket) == clock() + timedelta(minutes=queue.config.service[PASSPORT].target_minutes)


def test_a_finished_result_is_called_by_its_own_target(queue, clock):
    code = queue.check_ins.announce_result(service="ready_doc")["code"]

    ticket = queue.check_ins.check_in(code.lower())

    assert due(ticket) == clock() + timedelta(minutes=queue.config.policy.target_minutes.collect)


def test_a_code_is_used_once(queue, clock):
    code = queue.check_ins.announce_result(service="ready_doc")["code"]
    queue.check_ins.check_in(code)

    with pytest.raises(CodeUsed):
        queue.check_ins.check_in(code)
    with pytest.raises(UnknownCode):
        queue.check_ins.check_in("AAAAAA")


def test_only_what_is_offered_so_can_be_booked_or_announced(queue, clock):
    with pytest.raises(ServiceNotFound):
        queue.check_ins.book(service="criminal_ref", slot_at=clock())  # walk-in only
    with pytest.raises(ServiceNotFound):
        queue.check_ins.announce_result(service=PASSPORT)


def test_a_missed_call_comes_back_once_with_the_published_penalty(queue, clock):
    official = open_counter(queue, 6)
    ticket = create_ticket(queue, PASSPORT)
    miss_call(queue, 6, official)
    clock.advance(minutes=30)

    back = queue.tickets.rejoin(ticket["token"])

    penalty = timedelta(minutes=queue.config.policy.missed_penalty_minutes)
    assert (back["state"], due(back)) == ("waiting", due(ticket) + penalty)
    miss_call(queue, 6, official)
    with pytest.raises(RejoinTooLate):
        queue.tickets.rejoin(ticket["token"])


def test_after_the_grace_period_a_missed_call_is_over(queue, clock):
    official = open_counter(queue, 6)
    ticket = create_ticket(queue, PASSPORT)
    miss_call(queue, 6, official)
    clock.advance(minutes=31)

    with pytest.raises(RejoinTooLate):
        queue.tickets.rejoin(ticket["token"])


def test_a_postponed_ticket_is_not_called_and_comes_back_by_itself(queue, clock):
    official = open_counter(queue, 6)
    token = create_ticket(queue, PASSPORT)["token"]

    assert queue.tickets.postpone(token, 20)["state"] == "held"

    assert queue.counters.next(6, official) is None
    assert queue.tickets.end_postponements() == 0
    clock.advance(minutes=20)
    assert queue.tickets.end_postponements() == 1
    back = queue.tickets.view(token)
    assert (back["state"], due(back)) == ("waiting", clock())  # due at 15 minutes, but away until 20


def test_who_comes_back_before_the_due_time_keeps_it(queue, clock):
    ticket = create_ticket(queue, PASSPORT)
    queue.tickets.postpone(ticket["token"], 10)
    clock.advance(minutes=5)

    assert due(queue.tickets.rejoin(ticket["token"])) == due(ticket)


@pytest.mark.parametrize("minutes", [0, 4, 121, -5])
def test_a_ticket_is_postponed_for_a_sensible_time(queue, minutes):
    token = create_ticket(queue, PASSPORT)["token"]

    with pytest.raises(BadInput):
        queue.tickets.postpone(token, minutes)


def test_whom_a_counter_holds_the_visitor_cannot_put_back(queue):
    official = open_counter(queue, 6)
    token = create_ticket(queue, PASSPORT)["token"]
    queue.counters.next(6, official)
    queue.visits.hold(6, official)

    with pytest.raises(TicketStateError):
        queue.tickets.rejoin(token)


def test_a_ticket_sent_to_an_official_is_called_by_them_wherever_they_sit(queue):
    first, second = open_counter(queue, 6), open_counter(queue, 7)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, first)

    queue.visits.transfer(6, first, to_official=second.id)

    assert queue.counters.next(6, first) is None
    assert queue.counters.next(7, second)["number"] == "A001"


def test_the_law_comes_first_among_those_who_wait_for_one_counter_too(queue):
    officials = {number: open_counter(queue, number) for number in (6, 7, 18)}
    for service, category, counter in ((PASSPORT, "veteran", 7), (BIRTH, "war_disability", 18)):
        create_ticket(queue, service, category=category)
        queue.counters.next(counter, officials[counter])
        queue.visits.transfer(counter, officials[counter], counter=6)

    # The veteran's due time is the earlier one.
    assert queue.counters.next(6, officials[6])["number"] == "R001"


def test_a_ticket_is_not_sent_to_an_official_who_is_not_there(queue):
    official, away = open_counter(queue, 6), create_official(queue, "away")
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)

    with pytest.raises(BadInput):
        queue.visits.transfer(6, official, to_official=away.id)


def test_who_waits_for_a_counter_that_closes_is_called_by_any(queue):
    first, second = open_counter(queue, 6), open_counter(queue, 7)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, first)
    queue.visits.transfer(6, first, counter=7)

    queue.counters.close(7, second)

    assert queue.counters.next(6, first)["number"] == "A001"


@pytest.mark.parametrize("goes_home", [True, False])
def test_who_was_away_waits_for_a_counter_only_while_it_is_there(queue, clock, goes_home):
    first, second = open_counter(queue, 6), open_counter(queue, 7)
    token = create_ticket(queue, PASSPORT)["token"]
    queue.counters.next(6, first)
    queue.visits.transfer(6, first, counter=7)
    queue.tickets.postpone(token, 10)
    if goes_home:
        queue.counters.close(7, second)

    queue.tickets.rejoin(token)

    called = queue.counters.next(6, first)
    assert (called is not None) == goes_home


def test_an_official_calls_only_what_they_have_learned(queue):
    learner = create_official(queue, services=["fine_info"])
    queue.counters.open(6, learner)
    create_ticket(queue, PASSPORT)
    create_ticket(queue, "fine_info")

    assert queue.counters.next(6, learner)["service"] == "fine_info"


def test_out_of_turn_is_no_way_round_what_a_counter_serves(queue):
    official = open_counter(queue, 6)
    create_ticket(queue, BIRTH)

    with pytest.raises(NotServedHere):
        queue.counters.call(6, official, "R001", "unwell")


def test_at_closing_the_waiting_expire_where_the_policy_says_so(config, clock, tmp_path):
    from server.app import open_queue

    policy = config.policy.model_copy(update={"closing": "expire"})
    strict = Config.model_validate(config.model_copy(update={"policy": policy}))
    queue = open_queue(strict, database_url=f"sqlite:///{tmp_path / 'hall.sqlite'}", clock=clock)
    token = create_ticket(queue, PASSPORT)["token"]

    assert queue.days.close() == 0
    clock.now = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # 18:00 in Baku

    assert queue.days.close() == 1
    assert queue.tickets.view(token)["state"] == "expired"


def test_at_closing_the_waiting_are_served_out_where_the_policy_says_so(queue, clock):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    clock.now = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)

    assert queue.days.close() == 0
    assert queue.counters.next(6, official)["number"] == "A001"


def test_every_call_records_its_rule_and_the_policys_version(queue):
    from server.db import queries

    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)

    with queue.context.database.read() as connection:
        calls = [
            row
            for row in queries.events_after(connection, queue.context.centre, 0, limit=100)
            if row.kind == "ticket.called"
        ]
    assert [(row.data["rule"], row.data["policy"]) for row in calls] == [("due", queue.config.policy.version)]
