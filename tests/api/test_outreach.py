"""Visits at home over HTTP: forms that programs fill in, tablets that send twice, and who may see an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.db.models import answers, events
from server.db.outreach import outreach_acts, outreach_contacts, outreach_requests
from server.operations.outreach import Wish
from tests.api.test_callers import ASKED

FORM = {
    "services": ["poa"],
    "category": "bedridden",
    "name": "Səkinə Vəliyeva",
    "telephone": "050 222 33 44",
    "address": "Nizami 5",
}


def form_of(hall):
    """Open the form and read the name that it carries."""
    page = hall.page("/outreach?language=az").text
    return page.partition('name="form" value="')[2].partition('"')[0]


def send(hall, **fields):
    return hall.page("/outreach?language=az", method="POST", data={**FORM, **fields})


def count(hall, table):
    with hall.queue.context.database.read() as connection:
        return len(connection.execute(select(table)).fetchall())


def test_a_form_sent_twice_is_one_request_and_leads_to_one_page(hall):
    form = form_of(hall)

    first, second = send(hall, form=form), send(hall, form=form)

    assert (first.status_code, first.location) == (303, second.location)
    assert count(hall, outreach_requests) == 1
    page = hall.page(first.location)
    assert "Müraciət qəbul edildi" in page.text
    assert "Nizami" not in page.text  # who looks over a shoulder learns no address


@pytest.mark.parametrize(
    "fields", [{"form": ""}, {"form": "made-up-by-a-program"}, {"website": "http://x.example"}]
)
def test_a_form_that_no_person_filled_in_is_kept_by_nobody(hall, fields):
    answer = send(hall, **({"form": form_of(hall)} | fields))

    assert answer.status_code in (303, 422)
    assert count(hall, outreach_requests) == 0


def test_every_fault_is_told_at_once_and_what_was_typed_stays(hall):
    answer = send(hall, form=form_of(hall), services=[], category="", telephone="call me")

    assert answer.status_code == 422
    assert answer.text.count('class="field__error"') == 3
    assert 'value="Səkinə Vəliyeva"' in answer.text


def test_an_address_that_asks_too_often_is_slowed_down(make_hall):
    hall = make_hall(limits=True)
    statuses = [
        hall.ask(
            "POST", "/outreach/visits", {**ASKED, "form": f"form-{n:08}", "telephone": f"05022233{n:02}"}
        ).status_code
        for n in range(8)
    ]

    assert statuses == [201] * 6 + [429] * 2


def plan(hall, clock):
    """Have a visit planned for the first free time of today; returns its ticket."""
    team = hall.queue.config.team["justice"]
    zone = hall.queue.config.centre.zone_info
    hall.queue.outreach.ask(Wish("form-of-plan", ("poa",), "bedridden", "Səkinə", "0502223344", "Nizami 5"))
    [request] = hall.ask("GET", "/outreach/requests", by="reception").json["requests"]
    slot_at = next(at for at in team.slots(clock().astimezone(zone).date(), zone) if at >= clock())
    hall.post(
        f"/outreach/requests/{request['id']}/plan",
        {"team": "justice", "slot_at": slot_at.isoformat()},
        by="reception",
    )
    [visit] = hall.post("/teams/justice/day", {}, by="official")["visits"]
    return visit["ticket"]


def test_a_tablet_that_sends_again_is_answered_the_same_and_nothing_happens_twice(hall, clock):
    ticket = plan(hall, clock)
    me = hall.ask("GET", "/me", by="official").json["id"]
    clock.advance(hours=2)
    begin = clock() - timedelta(hours=1)
    acts = [
        {
            "id": f"act-{n}-{verb}",
            "verb": verb,
            "at": (begin + timedelta(minutes=n)).isoformat(),
            "ticket": of,
        }
        for n, (verb, of) in enumerate(
            [("open", None), ("next", ticket), ("start", ticket), ("finish", ticket), ("close", None)]
        )
    ]

    # The answer to the first three never came; the tablet sends all of them.
    hall.post("/teams/justice/acts", {"official": me, "acts": acts[:3]}, by="official")
    whole = hall.post("/teams/justice/acts", {"official": me, "acts": acts}, by="official")
    again = hall.post("/teams/justice/acts", {"official": me, "acts": acts}, by="official")

    assert [each["outcome"] for each in whole["results"]] == ["done"] * 5
    assert again["results"] == whole["results"]
    assert whole["pack"]["visits"][0]["state"] == "served"
    assert count(hall, outreach_acts) == 5
    with hall.queue.context.database.read() as connection:
        kinds = connection.execute(select(events.c.kind).where(events.c.counter == 91)).scalars().all()
        kept = str(connection.execute(select(answers.c.answer)).fetchall())
    assert kinds == ["counter.opened", "ticket.called", "ticket.started", "ticket.finished", "counter.closed"]
    assert "Nizami" not in kept


def test_acts_of_somebody_else_unknown_tickets_and_clocks_that_are_wrong(hall, clock):
    ticket = plan(hall, clock)
    me = hall.ask("GET", "/me", by="official").json["id"]
    act = {"id": "act-00000001", "verb": "open", "at": "2030-01-01T00:00:00+00:00"}

    other = hall.ask("POST", "/teams/justice/acts", {"official": me + 1, "acts": [act]}, by="official")
    assert other.status_code == 409
    assert count(hall, outreach_acts) == 0
    twice = hall.ask("POST", "/teams/justice/acts", {"official": me, "acts": [act, act]}, by="official")
    assert twice.status_code == 422
    naive = act | {"at": "2026-11-24T10:00:00"}
    assert (
        hall.ask("POST", "/teams/justice/acts", {"official": me, "acts": [naive]}, by="official").status_code
        == 422
    )

    acts = [
        act,
        {"id": "act-00000002", "verb": "next", "at": "1990-01-01T00:00:00+00:00", "ticket": 2**40},
        {"id": "act-00000003", "verb": "finish", "at": clock().isoformat(), "ticket": ticket},
        {"id": "act-00000004", "verb": "next", "at": "1990-01-01T00:00:00+00:00", "ticket": ticket},
    ]
    results = hall.post("/teams/justice/acts", {"official": me, "acts": acts}, by="official")["results"]

    outcomes = [(each["outcome"], each["state"]) for each in results]
    assert outcomes == [
        ("done", None),
        ("ticket_not_found", None),
        ("ticket_state", "waiting"),
        ("done", None),
    ]
    with hall.queue.context.database.read() as connection:
        done_at = connection.execute(select(outreach_acts.c.done_at)).scalars().all()
    assert set(done_at) == {clock()}  # never later than told, never before what was done before


def test_addresses_are_shown_to_reception_and_the_team_and_erased_with_the_rest(hall, clock):
    plan(hall, clock)

    assert "Nizami 5" in hall.ask("GET", "/outreach/plan", by="reception").text
    assert "Nizami 5" in hall.post("/teams/justice/day", {}, by="official")["visits"][0]["contact"].values()
    for path in ("/hall", "/log/entries", "/public/statistics", "/services"):
        assert "Nizami" not in hall.ask("GET", path).text
    assert "Nizami" not in hall.ask("GET", "/counters/91", by="supervisor").text
    clock.advance(days=60)
    hall.queue.days.expire_earlier()
    hall.queue.outreach.cancel(_token(hall))
    clock.advance(days=31)
    hall.queue.outreach.forget()
    assert count(hall, outreach_contacts) == 0


def _token(hall):
    with hall.queue.context.database.read() as connection:
        return connection.execute(select(outreach_requests.c.token)).scalar_one()
