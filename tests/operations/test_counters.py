"""Calling and serving."""

from __future__ import annotations

import pytest

from server.errors import (
    BadInput,
    CounterNotFound,
    CounterStateError,
    CounterTaken,
    NoTicketInHand,
    RecallLimit,
    RecallTooEarly,
    TicketInHand,
    TicketNotFound,
    TicketStateError,
)
from tests.builders import BIRTH, PASSPORT, create_official, create_ticket, open_counter


def test_the_smallest_due_time_is_called_first(queue, clock):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    clock.advance(minutes=5)
    create_ticket(queue, PASSPORT, category="veteran")  # 10 minutes of credit
    clock.advance(minutes=1)
    create_ticket(queue, "residence_ref")  # a shorter target

    # Due after 15, 5 + 15 - 10 and 6 + 10 minutes.
    assert [_serve_one(queue, 6, official) for _ in range(3)] == ["A002", "A001", "A003"]


def test_equal_due_times_go_by_issue(queue):
    official = open_counter(queue, 6)
    for _ in range(3):
        create_ticket(queue, PASSPORT)

    assert [_serve_one(queue, 6, official) for _ in range(3)] == ["A001", "A002", "A003"]


def test_a_counter_calls_only_what_it_serves(queue):
    official = open_counter(queue, 18)
    create_ticket(queue, PASSPORT)

    assert queue.counters.next(18, official) is None

    create_ticket(queue, BIRTH)
    assert queue.counters.next(18, official)["number"] == "R001"


def test_an_official_serves_only_their_agencies(queue):
    notary = create_official(queue, agencies=["sms"])
    queue.counters.open(15, notary)  # a counter of sms and mfa
    create_ticket(queue, "apostille")

    assert queue.counters.next(15, notary) is None


def test_who_is_first_by_law_is_called_before_all(queue, clock):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    clock.advance(minutes=60)
    create_ticket(queue, PASSPORT, category="war_disability")

    assert _serve_one(queue, 6, official) == "A002"


def test_every_third_call_is_of_the_quota_while_one_waits(queue, clock):
    official = open_counter(queue, 6)
    for _ in range(6):
        create_ticket(queue, PASSPORT)
    clock.advance(minutes=30)
    for _ in range(2):
        create_ticket(queue, PASSPORT, category="disability")

    numbers = [_serve_one(queue, 6, official) for _ in range(8)]

    assert numbers == ["A001", "A002", "A007", "A003", "A004", "A008", "A005", "A006"]


def test_one_visitor_at_a_time(queue):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)

    with pytest.raises(TicketInHand) as refusal:
        queue.counters.next(6, official)

    assert refusal.value.facts["number"] == "A001"


def test_one_official_at_a_counter_and_one_counter_for_an_official(queue):
    first = open_counter(queue, 6)
    second = create_official(queue, "second")

    with pytest.raises(CounterTaken):
        queue.counters.open(6, second)
    with pytest.raises(CounterTaken):
        queue.counters.open(7, first)


def test_a_counter_must_be_open_to_call(queue):
    official = create_official(queue)
    create_ticket(queue, PASSPORT)

    with pytest.raises(CounterStateError):
        queue.counters.next(6, official)


def test_an_unknown_counter_is_named(queue):
    with pytest.raises(CounterNotFound):
        queue.counters.open(999, create_official(queue))


def test_a_counter_pauses_for_a_known_reason_and_comes_back(queue):
    official = open_counter(queue, 6)

    assert queue.counters.pause(6, official, "lunch")["state"] == "paused"
    assert queue.counters.view(6)["can"] == ["open", "close"]
    assert queue.counters.open(6, official)["state"] == "open"

    with pytest.raises(BadInput):
        queue.counters.pause(6, official, "boredom")


def test_nobody_is_left_standing_by_a_pause_or_a_close(queue):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)

    with pytest.raises(TicketInHand):
        queue.counters.pause(6, official, "lunch")
    with pytest.raises(TicketInHand):
        queue.counters.close(6, official)


def test_a_call_is_repeated_after_a_pause_and_not_too_often(queue, clock):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)

    with pytest.raises(RecallTooEarly):
        queue.visits.recall(6, official)
    clock.advance(seconds=queue.config.policy.recall_after_s)
    assert queue.visits.recall(6, official)["call_count"] == 2
    clock.advance(minutes=5)
    with pytest.raises(RecallLimit):
        queue.visits.recall(6, official)
    assert "recall" not in queue.counters.view(6)["can"]


def test_the_whole_way_of_a_ticket(queue, clock):
    official = open_counter(queue, 6)
    token = create_ticket(queue, PASSPORT)["token"]

    called = queue.counters.next(6, official)
    assert (called["state"], called["counter"], called["arrow"]) == ("called", 6, "left")
    assert queue.visits.start(6, official)["state"] == "serving"
    clock.advance(minutes=7)
    assert queue.visits.finish(6, official)["state"] == "served"

    seen = queue.tickets.view(token)
    assert seen["services"][0]["rating_token"]
    assert queue.counters.view(6)["today"] == {"served": 1, "mean_s": 420}


def test_who_serves_sees_no_token(queue):
    official = open_counter(queue, 6)
    ticket = create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)
    queue.visits.start(6, official)

    done = queue.visits.finish(6, official)

    secret = queue.tickets.view(ticket["token"])["services"][0]["rating_token"]
    assert done["token"] is None
    assert ticket["token"] not in str(done)
    assert secret not in str(done)


def test_a_visitor_who_does_not_come_is_let_go(queue):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)

    assert queue.visits.no_show(6, official)["state"] == "no_show"
    assert queue.counters.view(6)["ticket"] is None


def test_finish_comes_after_start(queue):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)

    with pytest.raises(NoTicketInHand):
        queue.visits.finish(6, official)
    queue.counters.next(6, official)
    with pytest.raises(TicketStateError):
        queue.visits.finish(6, official)


def test_the_next_service_of_a_visit_waits_with_the_visits_start(queue, clock):
    official, registrar = open_counter(queue, 6), open_counter(queue, 18)
    ticket = create_ticket(queue, PASSPORT, also=[BIRTH])
    clock.advance(minutes=20)
    create_ticket(queue, BIRTH)
    queue.counters.next(6, official)
    queue.visits.start(6, official)

    assert queue.visits.finish(6, official)["state"] == "waiting"

    assert queue.counters.next(18, registrar)["number"] == ticket["number"]


def test_a_transfer_keeps_number_and_place(queue, clock):
    official, registrar = open_counter(queue, 6), open_counter(queue, 18)
    ticket = create_ticket(queue, PASSPORT)
    clock.advance(minutes=10)
    create_ticket(queue, BIRTH)
    queue.counters.next(6, official)

    sent = queue.visits.transfer(6, official, service=BIRTH, reason="wrong desk")

    assert (sent["state"], sent["service"]) == ("waiting", BIRTH)
    assert queue.counters.next(18, registrar)["number"] == ticket["number"]


def test_a_ticket_sent_to_a_counter_waits_for_that_one(queue):
    first, second = open_counter(queue, 6), open_counter(queue, 7)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, first)
    queue.visits.start(6, first)

    queue.visits.transfer(6, first, counter=7)

    assert queue.counters.next(6, first) is None
    assert queue.counters.next(7, second)["number"] == "A001"


def test_a_transfer_needs_one_destination(queue):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)

    with pytest.raises(BadInput):
        queue.visits.transfer(6, official)
    with pytest.raises(BadInput):
        queue.visits.transfer(6, official, service=BIRTH, counter=7)
    with pytest.raises(CounterNotFound):
        queue.visits.transfer(6, official, counter=999)


def test_a_held_visitor_frees_the_counter_and_comes_back(queue):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)

    assert queue.visits.hold(6, official)["state"] == "held"
    assert queue.counters.next(6, official)["number"] == "A002"
    with pytest.raises(TicketInHand):
        queue.visits.resume(6, official, "A001")
    queue.visits.no_show(6, official)

    assert queue.visits.resume(6, official, "A001")["state"] == "called"


def test_another_counter_cannot_resume_what_it_does_not_hold(queue):
    first, second = open_counter(queue, 6), open_counter(queue, 7)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, first)
    queue.visits.hold(6, first)

    with pytest.raises(TicketNotFound):
        queue.visits.resume(7, second, "A001")


def test_a_call_out_of_turn_needs_a_reason_of_the_policy(queue):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    create_ticket(queue, PASSPORT)

    with pytest.raises(BadInput):
        queue.counters.call(6, official, "A002", "friend")
    assert queue.counters.call(6, official, "A002", "unwell")["number"] == "A002"


def test_a_service_added_at_the_counter_follows(queue):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)
    queue.visits.start(6, official)

    queue.visits.add_service(6, official, "residence_ref")
    queue.visits.finish(6, official)

    assert queue.counters.next(6, official)["service"] == "residence_ref"


def _serve_one(queue, counter, official):
    ticket = queue.counters.next(counter, official)
    queue.visits.start(counter, official)
    queue.visits.finish(counter, official)
    return ticket["number"]
