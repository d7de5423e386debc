"""Why another was called first: each rule in a sentence, and nothing of the other visitor beyond the rule's figures."""

from __future__ import annotations

import pytest

from server.errors import TicketNotFound
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter


def reasons(queue, ticket, language="en"):
    return [
        (each["number"], each["rule"], each["sentence"])
        for each in queue.reasons.why(ticket["token"], language)["passed"]
    ]


def serve(queue, counter, official):
    ticket = queue.counters.next(counter, official)
    queue.visits.start(counter, official)
    queue.visits.finish(counter, official)
    return ticket["number"]


def test_nobody_passed_is_an_empty_list(queue, clock):
    official = open_counter(queue, 6)
    mine = create_ticket(queue, PASSPORT)
    clock.advance(minutes=1)
    create_ticket(queue, PASSPORT)
    serve(queue, 6, official)
    serve(queue, 6, official)

    assert reasons(queue, mine) == []


def test_a_credit_is_told_by_its_minutes_and_by_law(queue, clock):
    official = open_counter(queue, 6)
    mine = create_ticket(queue, PASSPORT)
    clock.advance(minutes=5)
    create_ticket(queue, PASSPORT, category="veteran")
    serve(queue, 6, official)

    [(number, rule, sentence)] = reasons(queue, mine)

    assert (number, rule) == ("A002", "due")
    assert sentence == (
        "A002 (from 10:05, 15-minute target, 10 minutes credited by law) was due at 10:10; yours (from 10:00, "
        "15-minute target) at 10:15. The earlier due time is called first."
    )


def test_a_shorter_target_is_told(queue, clock):
    official = open_counter(queue, 6)
    mine = create_ticket(queue, PASSPORT)
    clock.advance(minutes=1)
    create_ticket(queue, "residence_ref")
    serve(queue, 6, official)

    assert [each[:2] for each in reasons(queue, mine)] == [("A002", "due")]


def test_first_by_law_discloses_nothing_else(queue, clock):
    official = open_counter(queue, 6)
    mine = create_ticket(queue, PASSPORT)
    clock.advance(minutes=30)
    create_ticket(queue, PASSPORT, category="war_disability")
    serve(queue, 6, official)

    [(_, rule, sentence)] = reasons(queue, mine)

    assert rule == "first"
    assert sentence == "A002 is called before all others by law."


def test_a_quota_is_told(queue, clock):
    official = open_counter(queue, 6)
    for _ in range(2):
        create_ticket(queue, PASSPORT)
    mine = create_ticket(queue, PASSPORT)
    clock.advance(minutes=30)
    create_ticket(queue, PASSPORT, category="disability")
    assert [serve(queue, 6, official) for _ in range(3)] == ["A001", "A002", "A004"]

    assert [each[:2] for each in reasons(queue, mine)] == [("A004", "quota")]


def test_a_call_out_of_turn_names_its_recorded_reason(queue, clock):
    official = open_counter(queue, 6)
    mine = create_ticket(queue, PASSPORT)
    create_ticket(queue, PASSPORT)
    queue.counters.call(6, official, "A002", "unwell")

    [(_, rule, sentence)] = reasons(queue, mine)

    unwell = next(each for each in queue.config.policy.out_of_turn_reasons if each.key == "unwell")
    assert rule == "out_of_turn"
    assert unwell.name["en"] in sentence


def test_another_service_is_no_overtaking(queue, clock):
    official = open_counter(queue, 18)
    mine = create_ticket(queue, PASSPORT)
    create_ticket(queue, BIRTH)
    serve(queue, 18, official)

    assert [each[:2] for each in reasons(queue, mine)] == [("R001", "other_service")]


def test_who_was_set_aside_is_told_so(queue, clock):
    official = open_counter(queue, 6)
    mine = create_ticket(queue, PASSPORT)
    queue.tickets.postpone(mine["token"], 20)
    create_ticket(queue, PASSPORT)
    serve(queue, 6, official)

    assert [each[:2] for each in reasons(queue, mine)] == [("A002", "set_aside")]


def test_a_bound_ticket_is_told(queue, clock):
    first, second = open_counter(queue, 6), open_counter(queue, 7)
    old = create_ticket(queue, PASSPORT)
    mine = create_ticket(queue, PASSPORT)
    late = create_ticket(queue, PASSPORT)
    queue.tickets.postpone(mine["token"], 5)
    queue.counters.next(6, first)
    queue.visits.no_show(6, first)
    queue.counters.next(6, first)
    queue.visits.transfer(6, first, counter=7)
    queue.tickets.rejoin(mine["token"])

    assert queue.counters.next(7, second)["number"] == mine["number"]
    assert reasons(queue, old) == []
    assert late["number"] == "A003"


def test_what_nothing_explains_is_said(queue, clock):
    """A call that an intruder wrote into the log past the rule."""
    from server.events import EventKind

    official = open_counter(queue, 6)
    mine = create_ticket(queue, PASSPORT)
    clock.advance(minutes=10)
    create_ticket(queue, PASSPORT)
    with queue.context.database.write() as tx:
        row = _first_call_like(queue, tx, "A002")
        tx.record(EventKind.TICKET_CALLED, counter=6, official=official.id, **row)

    assert [each[:2] for each in reasons(queue, mine)] == [("A002", "unexplained")]


@pytest.mark.parametrize("language", ["az", "uz", "ru", "en", "tr"])
def test_every_language_has_its_sentence(queue, clock, language):
    official = open_counter(queue, 6)
    mine = create_ticket(queue, PASSPORT)
    clock.advance(minutes=5)
    create_ticket(queue, PASSPORT, category="veteran")
    serve(queue, 6, official)

    [(_, _, sentence)] = reasons(queue, mine, language)

    assert "A002" in sentence
    assert "10:10" in sentence


def test_only_the_visitor_may_ask(queue):
    with pytest.raises(TicketNotFound):
        queue.reasons.why("A001")


def _first_call_like(queue, tx, number):
    from server.db import queries
    from server.operations.issuing import terms_data, terms_in

    ticket = queries.find_ticket(tx.connection, tx.centre, tx.day, number)
    return {
        "ticket": ticket.id,
        "number": ticket.label,
        "service": ticket.service,
        **terms_data(terms_in(ticket)),
        "rule": "due",
        "lane": ticket.lane,
        "since": 0,
    }


def a_hall_of_every_reason(queue, clock):
    """Let a passport be passed for every reason there is; returns its ticket."""
    officials = {number: open_counter(queue, number) for number in (6, 7, 18)}
    mine = create_ticket(queue, PASSPORT)
    clock.advance(minutes=1)
    for category in ("war_disability", "veteran", "disability"):
        create_ticket(queue, PASSPORT, category=category)
    queue.check_ins.check_in(queue.check_ins.book(service=PASSPORT, slot_at=clock())["code"])
    unwell, returned, sent = (create_ticket(queue, PASSPORT, category="veteran") for _ in range(3))
    other = create_ticket(queue, BIRTH, category="veteran")
    queue.check_ins.check_in(queue.check_ins.announce_result(service="apostille")["code"])

    def act(number, *acts, **to):
        for each in acts:
            getattr(queue.visits, each)(number, officials[number], **to)

    queue.counters.call(7, officials[7], returned["id"], "returned")
    act(7, "start", "hold")
    queue.counters.call(7, officials[7], sent["id"], "returned")
    act(7, "transfer", counter=6)
    assert queue.counters.next(18, officials[18])["id"] == other["id"]
    act(18, "transfer", service=PASSPORT)
    queue.visits.resume(7, officials[7], returned["id"])
    act(7, "start", "finish")
    queue.counters.call(7, officials[7], unwell["id"], "unwell")
    act(7, "start", "finish")
    while (called := queue.counters.next(6, officials[6]))["id"] != mine["id"]:
        act(6, "start", "finish")
        assert called
    return mine


def test_in_no_language_does_a_reason_tell_whom_the_law_puts_forward_and_why(queue, clock):
    mine = a_hall_of_every_reason(queue, clock)
    config = queue.config
    secret = {category.key for category in config.categories}
    secret |= {name for category in config.categories for name in category.name.values()}

    for language in config.centre.languages:
        passed = queue.reasons.why(mine["token"], language)["passed"]

        assert {each["rule"] for each in passed} >= {
            "due",
            "quota",
            "first",
            "bound",
            "out_of_turn",
            "resumed",
            "other_service",
        }
        for each in passed:
            assert set(each) == {
                "number",
                "counter",
                "called_at",
                "arrived_at",
                "due_at",
                "rule",
                "sentence",
            }
            assert each["number"] in each["sentence"]
            assert "{" not in each["sentence"]
            assert not [word for word in secret if word.lower() in each["sentence"].lower()]
