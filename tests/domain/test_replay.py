"""The day again, from its log: what the rule did is found right, and what it would not have done is named."""

from __future__ import annotations

import copy

import pytest

from server.db import queries
from server.domain.replay import Replay
from server.operations.ledger import entry_of
from tests.builders import PASSPORT, create_ticket, open_counter


@pytest.fixture
def database_url(tmp_path):
    """What is replayed is the log; one database is enough to write it."""
    return f"sqlite:///{tmp_path / 'hall.sqlite'}"


@pytest.fixture
def day(queue, clock):
    """A day with every kind of call, as entries of the log."""
    six, seven = open_counter(queue, 6), open_counter(queue, 7)
    create_ticket(queue, PASSPORT)  # A001
    clock.advance(minutes=2)
    create_ticket(queue, PASSPORT, also=["residence_ref"])  # A002
    clock.advance(minutes=1)
    create_ticket(queue, PASSPORT, category="veteran")  # A003
    for _ in range(3):
        clock.advance(minutes=1)
        create_ticket(queue, PASSPORT)  # A004 to A006
    serve(queue, 6, six)  # A003: 10 minutes of credit
    serve(queue, 6, six)  # A001
    serve(queue, 6, six)  # A002, and its second service
    queue.counters.call(7, seven, "A006", "unwell")
    queue.visits.hold(7, seven)
    queue.counters.next(7, seven)  # A004 or A002
    queue.visits.no_show(7, seven)
    queue.visits.resume(7, seven, "A006")
    queue.visits.start(7, seven)
    queue.visits.transfer(7, seven, counter=6)
    while serve(queue, 6, six) != "A006":
        pass
    return entries(queue)


def serve(queue, number, official):
    ticket = queue.counters.next(number, official)
    queue.visits.start(number, official)
    queue.visits.finish(number, official)
    return ticket["number"]


def entries(queue):
    with queue.context.database.read() as connection:
        return [entry_of(row) for row in queries.events_after(connection, "asan-1", 0, limit=9999)]


def replay(log):
    going = Replay()
    return [finding for index, entry in enumerate(log) for finding in going.go_on(index, entry)]


def calls(log, rule="due"):
    return [
        index
        for index, entry in enumerate(log)
        if entry["kind"] == "ticket.called" and entry["data"]["rule"] == rule
    ]


def test_a_day_that_followed_the_rule_has_no_finding(day):
    assert replay(day) == []


def test_every_kind_of_call_was_replayed(day):
    going = Replay()
    for index, entry in enumerate(day):
        going.go_on(index, entry)

    assert set(going.rules) == {"due", "out_of_turn", "bound"}
    assert [entry["number"] for _, entry in going.out_of_turn] == ["A006"]


def test_a_call_out_of_the_rule_without_a_reason_names_who_was_passed_over(queue, clock, day):
    """The official calls A006 first, and the log says it was the rule."""
    log = copy.deepcopy(day)
    [index] = calls(log, "out_of_turn")
    log[index]["data"].update(rule="due")

    found = replay(log[: index + 1])

    assert {each.fault for each in found} == {"passed_over"}
    assert all(each.index == index for each in found)
    assert "A004" in {each.facts["passed"] for each in found}
    assert all(each.facts["passed_due"] < each.facts["due"] for each in found)


def test_of_all_who_were_passed_over_the_one_who_was_next_is_marked(day):
    log = copy.deepcopy(day)
    [index] = calls(log, "out_of_turn")
    log[index]["data"].update(rule="due")

    found = replay(log[: index + 1])

    assert [each.facts["is_next"] for each in found].count(True) == 1


def test_a_call_out_of_turn_needs_its_reason(day):
    log = copy.deepcopy(day)
    [index] = calls(log, "out_of_turn")
    del log[index]["data"]["reason"]

    assert [(each.fault, each.index) for each in replay(log)] == [("no_reason", index)]


def change_due(entry, data):
    data.update(due_at="2026-11-24T05:00:00+00:00")


def change_credit(entry, data):
    data.update(due_at="2026-11-24T05:37:00+00:00", credit_s=data["credit_s"] + 1740)


def change_start(entry, data):
    data.update(start_at="2026-11-24T05:30:00+00:00", due_at="2026-11-24T05:45:00+00:00")


@pytest.mark.parametrize(
    ("change", "fault"),
    [(change_due, "due_wrong"), (change_credit, "not_by_policy"), (change_start, "backdated")],
)
def test_a_ticket_that_was_favoured_at_its_issue_is_named(day, change, fault):
    log = copy.deepcopy(day)
    index = next(i for i, entry in enumerate(log) if entry["number"] == "A005")
    change(log[index], log[index]["data"])

    assert (fault, index) in [(each.fault, each.index) for each in replay(log)]


def test_a_due_time_that_changed_before_the_call_is_named(day):
    log = copy.deepcopy(day)
    index = calls(log)[1]
    log[index]["data"]["due_at"] = "2026-11-24T06:00:00+00:00"

    assert ("due_changed", index) in [(each.fault, each.index) for each in replay(log)]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"ticket": 999, "number": "A999"}, "not_waiting"),
        ({"counter": 18}, "counter_closed"),
        ({"official": 99}, "other_official"),
    ],
)
def test_a_call_of_someone_or_by_someone_who_was_not_there_is_named(day, changes, fault):
    log = copy.deepcopy(day)
    index = calls(log)[0]
    log[index].update(changes)

    assert (fault, index) in [(each.fault, each.index) for each in replay(log)]


def test_a_ticket_called_at_two_counters_is_named(day):
    log = copy.deepcopy(day)
    index = calls(log)[0]
    again = copy.deepcopy(log[index])
    again.update(counter=7, official=log[[e["counter"] for e in log].index(7)]["official"])

    found = replay([*log[: index + 1], again])

    assert [(each.fault, each.facts["state"]) for each in found] == [("not_waiting", "called")]


def test_a_service_that_nobody_was_called_for_is_named(day):
    log = copy.deepcopy(day)
    index = next(i for i, entry in enumerate(log) if entry["kind"] == "ticket.called")

    found = replay([*log[:index], *log[index + 1 :]])

    assert found[0].fault == "cannot"
    assert found[0].facts == {"state": "waiting", "act": "start"}


def test_a_number_that_was_given_twice_is_named(day):
    log = copy.deepcopy(day)
    index = next(i for i, entry in enumerate(log) if entry["number"] == "A005")
    log[index]["number"] = "A001"

    assert ("twice", index) in [(each.fault, each.index) for each in replay(log)]


def test_the_quota_is_counted_and_not_believed(day):
    log = copy.deepcopy(day)
    index = calls(log)[1]
    log[index]["data"]["since"] = 40

    assert ("quota_count", index) in [(each.fault, each.index) for each in replay(log)]


def test_an_entry_that_makes_no_sense_is_named_and_the_replay_goes_on(day):
    log = copy.deepcopy(day)
    index = calls(log)[0]
    log[index]["data"] = {"rule": "due"}

    found = replay(log)

    assert (found[0].fault, found[0].index) == ("unreadable", index)


def test_what_an_earlier_day_left_is_taken_and_not_judged(queue, day):
    going = Replay()

    found = [going.go_on(index, entry, is_checked=False) for index, entry in enumerate(day[5:])]

    assert not any(found)
    assert not going.rules


def test_a_configuration_that_held_before_the_time_it_was_published_for_is_named(day):
    log = copy.deepcopy(day)
    applied = next(each for each in log if each["kind"] == "config.applied")
    published = {
        **applied,
        "kind": "config.published",
        "data": {"digest": applied["data"]["digest"], "from_at": applied["at"]},
    }
    assert replay([published, *log]) == []

    published["data"]["from_at"] = "2026-11-25T04:00:00+00:00"

    [found] = replay([published, *log])
    assert (found.fault, found.index) == ("too_early", 1 + log.index(applied))
