"""Visits at home, from the request to the rating: with network and without it, once each, and the log replays."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from server.db import queries
from server.db.models import events, tickets
from server.db.outreach import outreach_contacts
from server.domain.replay import Replay
from server.errors import (
    BadInput,
    CounterTaken,
    NotAllowed,
    NotServedHere,
    NotThen,
    OfOutreach,
    OutreachNotFound,
    OutreachStateError,
    TooManyRequests,
    VisitPlanned,
)
from server.operations.context import dumps
from server.operations.ledger import Ledger, entry_of, origin
from server.operations.log_export import export_day
from server.operations.outreach import Wish
from server.operations.teams import Act
from server.signing import SigningKey
from server.verifying import verify
from tests.builders import create_official, create_ticket, open_counter

TEAM, NUMBER = "justice", 91
PRIVATE = ("Səkinə Vəliyeva", "+994502223344", "Nizami 5", "domofon 7", "bedridden")


def wish(form="form-0001", **kwargs):
    return Wish(
        **{
            "form": form,
            "services": ("poa",),
            "category": "bedridden",
            "name": "Səkinə Vəliyeva",
            "telephone": "+994 50 222 33 44",
            "address": "Nizami 5",
            "note": "domofon 7",
            "language": "az",
        }
        | kwargs
    )


@pytest.fixture
def official(queue):
    return create_official(queue, "rena", agencies=["moj_notary", "moj_reg"])


def slot(queue, place, day=24):
    team = queue.config.team[TEAM]
    zone = queue.config.centre.zone_info
    return team.slots(datetime(2026, 11, day, tzinfo=zone).date(), zone)[place]


def ask_and_plan(queue, place, day=24, **kwargs):
    """Ask, confirm and plan a visit for a slot; returns the visitor's token and the request's key."""
    token = queue.outreach.ask(wish(form=f"form-{day}-{place}-{kwargs}"[:60], **kwargs))["token"]
    id = queue.outreach.requests()[-1]["id"]
    queue.outreach.confirm(id)
    queue.outreach.plan(id, team=TEAM, slot_at=slot(queue, place, day))
    return token, id


def entries(queue):
    with queue.context.database.read() as connection:
        return [entry_of(row) for row in queries.events_after(connection, "asan-1", 0, limit=9999)]


def findings(queue):
    going = Replay()
    return [found for index, entry in enumerate(entries(queue)) for found in going.go_on(index, entry)]


def verified(queue):
    """Seal the log, export the day and verify it with the public key alone, as `navbat log verify` does."""
    key = SigningKey(origin("asan-1"), b"k" * 32)
    ledger = Ledger(dataclasses.replace(queue.context, log_key=key))
    ledger.seal()
    day = queue.context.day_of(queue.context.clock())
    exported = [dumps(line) for line in export_day(queue.context, day)]
    return verify(exported, key.public)


def acts(clock, ticket, *verbs, begin=0, prefix="act"):
    """Let a team do things five minutes apart, from `begin` minutes after now."""
    return [
        Act(f"{prefix}-{ticket}-{verb}-{begin}", verb, clock() + timedelta(minutes=begin + 5 * place), ticket)
        for place, verb in enumerate(verbs)
    ]


def test_a_visit_goes_from_the_request_to_the_rating_and_nobody_is_named_in_the_log(queue, clock, official):
    token, _ = ask_and_plan(queue, 0, services=("poa", "birth"))
    assert queue.outreach.view(token)["state"] == "planned"
    pack = queue.teams.day(TEAM, official)
    [visit] = pack["visits"]
    assert (visit["contact"]["address"], visit["state"]) == ("Nizami 5", "waiting")
    # Nobody in the hall is offered it, and no board counts it.
    hall = open_counter(queue, 21)
    assert queue.counters.next(21, hall) is None
    assert queue.boards.view(None)["waiting"] == []

    number = visit["ticket"]
    queue.teams.sync(TEAM, official, acts(clock, None, "open", prefix="a"))
    queue.teams.sync(TEAM, official, acts(clock, number, "next", prefix="b"))
    assert queue.outreach.view(token)["state"] == "on_the_way"
    queue.teams.sync(TEAM, official, acts(clock, number, "start", "finish", prefix="c"))
    # Its second service is waited for at home too.
    assert queue.counters.next(21, hall) is None
    done = queue.teams.sync(TEAM, official, acts(clock, number, "next", "start", "finish", prefix="d"))

    assert [each["outcome"] for each in done["results"]] == ["done"] * 3
    own = queue.outreach.view(token)
    assert own["state"] == "served"
    for each in own["services"]:
        queue.ratings.rate(each["rating_token"], score=5)
    assert findings(queue) == []
    said = str([entry for entry in entries(queue) if entry["kind"] != "config.applied"])
    assert not [each for each in PRIVATE if each in said]


def test_what_was_done_without_network_is_told_once_in_order_and_with_its_own_times(queue, clock, official):
    tokens = [ask_and_plan(queue, place, telephone=f"+99450222334{place}")[0] for place in (0, 1)]
    first, second = (visit["ticket"] for visit in queue.teams.day(TEAM, official)["visits"])
    done = [
        *acts(clock, None, "open"),
        *acts(clock, first, "next", "start", "finish", begin=5),
        *acts(clock, second, "next", "start", "finish", begin=60),
        *acts(clock, None, "close", begin=90),
    ]
    clock.advance(hours=4)

    answer = queue.teams.sync(TEAM, official, done)
    again = queue.teams.sync(TEAM, official, done)

    assert {each["outcome"] for each in answer["results"]} == {"done"}
    assert again["results"] == answer["results"]
    assert [queue.outreach.view(token)["state"] for token in tokens] == ["served", "served"]
    log = [entry for entry in entries(queue) if entry["counter"] == NUMBER]
    assert [entry["kind"] for entry in log] == [
        "counter.opened",
        *["ticket.called", "ticket.started", "ticket.finished"] * 2,
        "counter.closed",
    ]
    assert [entry["data"]["done_at"] for entry in log] == [act.at.isoformat() for act in done]
    with queue.context.database.read() as connection:
        row = queries.requests_of(connection, first)[0]
    assert row.finished_at - row.started_at == timedelta(minutes=5)
    assert findings(queue) == []
    assert verified(queue).is_good


def test_the_tablet_handed_over_takes_one_vote_for_each_service_the_newest_first(queue, clock, official):
    token, _ = ask_and_plan(queue, 0, services=("poa", "birth"))
    [visit] = queue.teams.day(TEAM, official)["visits"]
    ticket = visit["ticket"]

    def rate(id, score):
        return queue.teams.sync(TEAM, official, [Act(id, "rate", clock(), ticket, score=score)])["results"][0]

    assert rate("rate-too-early", 5)["outcome"] == "rating_not_found"
    queue.teams.sync(
        TEAM, official, [*acts(clock, None, "open"), *acts(clock, ticket, "next", "start", "finish")]
    )
    assert queue.teams.day(TEAM, official)["visits"][0]["unrated"] is True
    assert rate("rate-first", 4)["outcome"] == "done"
    assert rate("rate-again", 1)["outcome"] == "already_rated"
    assert queue.teams.day(TEAM, official)["visits"][0]["unrated"] is False
    own = {each["key"]: each["rating_token"] for each in queue.outreach.view(token)["services"]}
    assert queue.ratings.form(own["poa"]).rated is True
    queue.teams.sync(TEAM, official, acts(clock, ticket, "next", "start", "finish", prefix="second"))
    assert rate("rate-second", 5)["outcome"] == "done"
    given = [entry for entry in entries(queue) if entry["kind"] == "rating.given"]
    assert [(entry["service"], entry["data"]["score"]) for entry in given] == [("poa", 4), ("birth", 5)]
    assert findings(queue) == []


def test_a_moment_after_the_entry_is_found_by_the_replay(queue, clock, official):
    ask_and_plan(queue, 0)
    [visit] = queue.teams.day(TEAM, official)["visits"]
    clock.advance(hours=1)
    queue.teams.sync(TEAM, official, [Act("a-1", "open", clock() - timedelta(minutes=30))])
    log = entries(queue)
    log[-1]["data"]["done_at"] = (clock() + timedelta(minutes=1)).isoformat()

    going = Replay()
    found = [each.fault for index, entry in enumerate(log) for each in going.go_on(index, entry)]

    assert found == ["done_ahead"]
    assert visit["state"] == "waiting"


def test_a_visit_that_was_cancelled_meanwhile_is_told_and_stays_cancelled_and_what_was_done_is_kept(
    queue, clock, official
):
    gone, _ = ask_and_plan(queue, 0, telephone="+994502220000")
    stays, _ = ask_and_plan(queue, 1, telephone="+994502220001")
    first, second = (visit["ticket"] for visit in queue.teams.day(TEAM, official)["visits"])
    done = [
        *acts(clock, None, "open"),
        *acts(clock, first, "next", "start", "finish", begin=5),
        *acts(clock, second, "next", "start", "finish", begin=60),
    ]
    clock.advance(minutes=2)
    queue.outreach.cancel(gone)
    clock.advance(hours=4)

    answer = queue.teams.sync(TEAM, official, done)

    outcomes = [(each["outcome"], each["state"]) for each in answer["results"]]
    assert outcomes == [("done", None), *[("ticket_state", "cancelled")] * 3, *[("done", None)] * 3]
    assert queue.outreach.view(gone)["state"] == "cancelled"
    assert queue.outreach.view(stays)["state"] == "served"
    refused = [entry["data"] for entry in entries(queue) if entry["kind"] == "outreach.act_refused"]
    assert [(each["of"], each["verb"]) for each in refused] == [
        (first, "next"),
        (first, "start"),
        (first, "finish"),
    ]
    assert len(queue.outreach.plan_of()["refused"]) == 3
    assert queue.teams.sync(TEAM, official, done)["results"] == answer["results"]
    assert findings(queue) == []


def test_an_act_of_one_visit_never_falls_on_another(queue, clock, official):
    ask_and_plan(queue, 0, telephone="+994502220000")
    ask_and_plan(queue, 1, telephone="+994502220001")
    first, second = (visit["ticket"] for visit in queue.teams.day(TEAM, official)["visits"])
    queue.teams.sync(TEAM, official, [*acts(clock, None, "open"), *acts(clock, first, "next", "start")])

    answer = queue.teams.sync(TEAM, official, acts(clock, second, "finish", "hold", "no_show", prefix="b"))

    assert [(each["outcome"], each["state"]) for each in answer["results"]] == [
        ("ticket_state", "waiting")
    ] * 3
    states = [visit["state"] for visit in queue.teams.day(TEAM, official)["visits"]]
    assert states == ["serving", "waiting"]


def test_a_list_that_was_changed_meanwhile_makes_the_call_one_out_of_turn_that_says_why(
    queue, clock, official
):
    ask_and_plan(queue, 1, telephone="+994502220001")
    [known] = (visit["ticket"] for visit in queue.teams.day(TEAM, official)["visits"])
    later, _ = ask_and_plan(queue, 0, telephone="+994502220000")
    queue.teams.day(TEAM, official)  # another tablet of the team has the new list

    answer = queue.teams.sync(
        TEAM, official, [*acts(clock, None, "open"), *acts(clock, known, "next", "start")]
    )

    assert {each["outcome"] for each in answer["results"]} == {"done"}
    [call] = [entry for entry in entries(queue) if entry["kind"] == "ticket.called"]
    assert (call["data"]["rule"], call["data"]["reason"]) == ("out_of_turn", "without_network")
    [counted] = queue.statistics.of_day()["out_of_turn"]
    assert counted["name"]["en"] == "The list changed while the team had no network"
    assert findings(queue) == []
    assert queue.outreach.view(later)["state"] == "planned"


def test_a_team_out_over_midnight_loses_nothing_and_what_it_left_is_planned_again(queue, clock, official):
    token, _ = ask_and_plan(queue, 0, telephone="+994502220000")
    left, left_id = ask_and_plan(queue, 1, telephone="+994502220001")
    first, _second = (visit["ticket"] for visit in queue.teams.day(TEAM, official)["visits"])
    done = [
        *acts(clock, None, "open"),
        *acts(clock, first, "next", "hold", "resume", "start", "finish", begin=5),
        *acts(clock, None, "close", begin=90),
    ]
    clock.advance(days=1)
    queue.days.expire_earlier()

    answer = queue.teams.sync(TEAM, official, done)

    assert {each["outcome"] for each in answer["results"]} == {"done"}
    assert queue.outreach.view(token)["state"] == "served"
    assert queue.outreach.view(left)["state"] == "confirmed"
    assert [each["id"] for each in queue.outreach.requests()] == [left_id]
    queue.outreach.plan(left_id, team=TEAM, slot_at=slot(queue, 2, 26))
    assert queue.outreach.view(left)["state"] == "planned"
    assert findings(queue) == []


def test_a_visit_never_told_of_ends_after_the_days_of_the_configuration(queue, clock, official):
    token, _ = ask_and_plan(queue, 0)
    queue.teams.day(TEAM, official)

    clock.advance(days=2)
    assert queue.days.expire_earlier() == 0
    clock.advance(days=1)
    assert queue.days.expire_earlier() == 1
    assert queue.outreach.view(token)["state"] == "confirmed"


def test_a_day_is_full_and_a_team_goes_where_it_can(queue, clock):
    ask_and_plan(queue, 0, telephone="+994502220000")
    queue.outreach.ask(wish("form-other", telephone="+994502220001"))
    id = queue.outreach.requests()[-1]["id"]
    at = slot(queue, 0)

    with pytest.raises(VisitPlanned):
        queue.outreach.plan(id, team=TEAM, slot_at=at)
    for wrong in (
        at + timedelta(minutes=3),
        at - timedelta(days=1),
        at + timedelta(days=4),
        at.replace(year=2027),
    ):
        with pytest.raises(NotThen):
            queue.outreach.plan(id, team=TEAM, slot_at=wrong)
    with pytest.raises(NotServedHere):
        queue.outreach.plan(
            id, team="social", slot_at=queue.config.team["social"].slots(at.date(), at.tzinfo)[0]
        )
    with pytest.raises(OutreachNotFound):
        queue.outreach.plan(id, team="nobody", slot_at=at)
    with pytest.raises(BadInput):
        queue.outreach.decline(id, "because")
    queue.outreach.decline(id, "out_of_area")
    with pytest.raises(OutreachStateError):
        queue.outreach.confirm(id)
    clock.advance(hours=1)
    [board, _] = queue.outreach.plan_of()["teams"]
    assert [bool(each["request"]) for each in board["slots"]] == [True, *[False] * 5]


@pytest.mark.parametrize(
    "wrong",
    [
        {"services": ()},
        {"services": ("poa", "id_change")},  # no one team brings both
        {"services": ("passport",)},
        {"category": "vip"},
        {"name": " "},
        {"address": "x" * 301},
        {"telephone": "call me"},
        {"days": ("someday",)},
        {"language": "xx"},
        {"form": ""},
    ],
    ids=str,
)
def test_a_wish_that_cannot_be_is_refused(queue, wrong):
    with pytest.raises(BadInput):
        queue.outreach.ask(wish(**wrong))


def test_one_form_is_one_request_and_one_telephone_only_so_many(queue):
    first = queue.outreach.ask(wish())
    assert queue.outreach.ask(wish()) == first
    for place in range(2):
        queue.outreach.ask(wish(f"form-more-{place}"))
    with pytest.raises(TooManyRequests):
        queue.outreach.ask(wish("form-too-many", telephone="+994 (50) 222-33-44"))
    queue.outreach.cancel(first["token"])
    queue.outreach.ask(wish("form-after"))


def test_names_and_addresses_are_erased_so_many_days_after(queue, clock, official):
    served, _ = ask_and_plan(queue, 0, telephone="+994502220000")
    cancelled = queue.outreach.ask(wish("form-cancelled", telephone="+994502220001"))["token"]
    open_one = queue.outreach.ask(wish("form-open", telephone="+994502220002"))["token"]
    queue.outreach.cancel(cancelled)
    [visit] = queue.teams.day(TEAM, official)["visits"]
    done = [*acts(clock, None, "open"), *acts(clock, visit["ticket"], "next", "start", "finish")]
    queue.teams.sync(TEAM, official, done)

    clock.advance(days=29)
    assert queue.outreach.forget() == 0
    clock.advance(days=2)
    assert queue.outreach.forget() == 2

    with queue.context.database.read() as connection:
        kept = connection.execute(select(outreach_contacts.c.telephone)).scalars().all()
    assert kept == ["+994502220002"]
    assert queue.outreach.view(served)["state"] == "served"
    assert queue.outreach.view(open_one)["state"] == "asked"


def test_only_its_own_members_see_a_teams_addresses_and_one_at_a_time(queue, clock, official):
    ask_and_plan(queue, 0)
    stranger = create_official(queue, "other", agencies=["bank"])
    colleague = create_official(queue, "colleague", agencies=["moj_reg"])
    with pytest.raises(NotAllowed):
        queue.teams.day(TEAM, stranger)
    assert [team.key for team in queue.teams.of(stranger)] == []
    [visit] = queue.teams.day(TEAM, official)["visits"]
    queue.teams.sync(TEAM, official, acts(clock, None, "open"))

    assert queue.teams.day(TEAM, colleague)["visits"] == []
    with pytest.raises(CounterTaken):
        queue.teams.sync(TEAM, colleague, acts(clock, visit["ticket"], "next", prefix="x"))
    assert queue.teams.day(TEAM, official)["visits"][0]["state"] == "waiting"


def test_the_hall_neither_sends_to_a_team_nor_gets_visitors_from_it(queue, clock, official):
    ask_and_plan(queue, 0)
    [visit] = queue.teams.day(TEAM, official)["visits"]
    create_ticket(queue, "poa")
    hall = open_counter(queue, 21)
    queue.counters.next(21, hall)
    with pytest.raises(Exception, match="counter_not_found"):
        queue.visits.transfer(21, hall, counter=NUMBER)
    queue.teams.sync(TEAM, official, [*acts(clock, None, "open"), *acts(clock, visit["ticket"], "next")])
    with pytest.raises(OfOutreach):
        queue.visits.transfer(NUMBER, official, service="will")
    with pytest.raises(OfOutreach):
        queue.reception.change(visit["ticket"], official, language="ru")
    assert NUMBER not in {each["counter"] for each in queue.counters.all()}
    assert NUMBER not in {each["counter"] for each in queue.boards.view(None)["counters"]}


def test_a_team_closed_by_the_hall_goes_on_where_it_was(queue, clock, official):
    ask_and_plan(queue, 0)
    [visit] = queue.teams.day(TEAM, official)["visits"]
    queue.teams.sync(TEAM, official, acts(clock, None, "open"))
    with queue.context.database.write() as tx:  # a hall that lost its counters' states
        tx.execute(
            insert(events),
            {
                "centre": tx.centre,
                "day": tx.day,
                "at": tx.now,
                "kind": "counter.paused",
                "counter": NUMBER,
                "official": official.id,
                "data": {"reason": "meeting"},
                "salt": b"0" * 16,
            },
        )
        tx.connection.exec_driver_sql(f"UPDATE counters SET state = 'paused' WHERE number = {NUMBER}")

    answer = queue.teams.sync(TEAM, official, acts(clock, visit["ticket"], "next", "start", "finish"))

    assert {each["outcome"] for each in answer["results"]} == {"done"}
    assert findings(queue) == []
    with queue.context.database.read() as connection:
        assert connection.execute(select(tickets.c.state)).scalars().all() == ["served"]
