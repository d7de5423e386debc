"""Tickets taken on phones: nobody is called who is not there, nobody hoards, and the log tells the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from server.db.models import centres, events, tickets
from server.db.phones import phone_tickets
from server.domain.replay import Replay
from server.errors import (
    BadInput,
    CodeOfAppointment,
    CodeOfOtherCentre,
    CodeOfResult,
    CodeOld,
    CodeUsed,
    NotWalkIn,
    PhoneHasTicket,
    PresenceNeeded,
    RemoteFull,
    RemoteMissed,
    TicketStateError,
    UnknownCode,
)
from server.operations.ledger import entry_of
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter

COUNTER = 6


def take(queue, phone="one", *, service=PASSPORT, address="10.0.0.1", is_here=False, **kwargs):
    return queue.phone_tickets.take(service=service, phone=phone, address=address, is_here=is_here, **kwargs)


def time(text):
    return datetime.fromisoformat(text)


def faults(queue):
    """Replay the whole log, as its verifier does."""
    going = Replay()
    with queue.context.database.read() as connection:
        rows = connection.execute(select(events).order_by(events.c.id)).fetchall()
    return [found for index, row in enumerate(rows) for found in going.go_on(index, entry_of(row))]


def test_who_is_in_the_hall_waits_at_once_like_at_the_kiosk(queue):
    at_kiosk = create_ticket(queue, PASSPORT)

    on_phone = take(queue, is_here=True, category="veteran", language="ru")

    assert (on_phone["number"], on_phone["state"], on_phone["language"]) == ("A002", "waiting", "ru")
    assert time(at_kiosk["due_at"]) - time(on_phone["due_at"]) == timedelta(minutes=10)
    assert on_phone["check_in_by"] is None
    assert faults(queue) == []


def test_from_afar_a_ticket_has_its_due_time_but_is_not_called_before_its_visitor_is_there(queue, clock):
    official = open_counter(queue, COUNTER)
    far = take(queue)
    clock.advance(minutes=1)
    near = create_ticket(queue, PASSPORT)

    assert (far["state"], time(far["check_in_by"]) - clock()) == ("held", timedelta(minutes=44))
    assert queue.counters.next(COUNTER, official)["number"] == near["number"]
    queue.visits.start(COUNTER, official)
    queue.visits.finish(COUNTER, official)
    assert queue.counters.next(COUNTER, official) is None
    with pytest.raises(PresenceNeeded):
        queue.tickets.rejoin(far["token"])
    with pytest.raises(PresenceNeeded):
        queue.phone_tickets.check_in(far["token"], is_here=False)
    clock.advance(minutes=9)

    there = queue.phone_tickets.check_in(far["token"], is_here=True)

    assert (there["state"], there["due_at"], there["check_in_by"]) == ("waiting", far["due_at"], None)
    assert queue.counters.next(COUNTER, official)["number"] == far["number"]
    assert faults(queue) == []


def test_who_comes_after_the_due_time_passes_nobody_who_is_due_by_then(queue, clock):
    far = take(queue)
    clock.advance(minutes=10)
    waiting = create_ticket(queue, PASSPORT)
    clock.advance(minutes=20)

    there = queue.phone_tickets.check_in(far["token"], is_here=True)

    assert time(there["due_at"]) == clock()
    assert time(waiting["due_at"]) < time(there["due_at"])
    assert faults(queue) == []


def test_who_does_not_come_loses_the_place_and_after_the_second_takes_the_next_one_in_the_hall(queue, clock):
    for _ in range(2):
        far = take(queue)
        clock.advance(minutes=44)
        assert queue.phone_tickets.expire_absent() == 0
        clock.advance(minutes=1)
        assert queue.tickets.end_postponements() == 0
        assert queue.phone_tickets.expire_absent() == 1
        assert queue.tickets.view(far["token"])["state"] == "expired"

    with pytest.raises(RemoteMissed):
        take(queue)
    assert take(queue, is_here=True)["state"] == "waiting"
    assert take(queue, "another")["state"] == "held"
    assert faults(queue) == []


def test_a_phone_has_one_ticket_at_a_time(queue):
    first = take(queue, is_here=True)

    for is_here in (True, False):
        with pytest.raises(PhoneHasTicket, match=first["number"]):
            take(queue, service=BIRTH, is_here=is_here)
    assert queue.phone_tickets.offer("one")["number"] == first["number"]
    assert queue.phone_tickets.offer("two")["token"] is None

    queue.tickets.cancel(first["token"])
    assert take(queue, service=BIRTH)["state"] == "held"
    assert queue.phone_tickets.offer("one")["on_the_way"]


def test_no_more_are_on_their_way_than_the_centre_lets(queue):
    allowed = queue.config.phone_tickets
    for place in range(allowed.remote_per_service):
        take(queue, f"phone {place}", address=f"10.0.1.{place}")

    with pytest.raises(RemoteFull):
        take(queue, "one more", address="10.0.2.1")
    assert take(queue, "in the hall", is_here=True)["state"] == "waiting"

    for place in range(allowed.remote_per_address):
        service = ("birth", "id_lost", "info_desk")[place % 3]
        take(queue, f"flat {place}", address="10.0.3.1", service=service)
    with pytest.raises(RemoteFull):
        take(queue, "one more", address="10.0.3.1", service="photo_doc")
    assert take(queue, "one more", address="10.0.3.2", service="photo_doc")["state"] == "held"


def test_of_a_phone_nothing_is_kept_that_names_it_and_that_no_longer_than_its_day(queue, clock):
    take(queue, "a phone")

    with queue.context.database.read() as connection:
        [row] = connection.execute(select(phone_tickets)).fetchall()
        logged = connection.execute(select(events.c.data)).scalars()
    assert len(row.phone) == len(row.address) == 16
    assert not {"phone", "address"} & {key for data in logged for key in data}

    clock.advance(days=1)
    queue.phone_tickets.forget()
    with queue.context.database.read() as connection:
        assert connection.execute(select(phone_tickets)).fetchall() == []


def test_the_log_tells_how_a_ticket_was_taken(queue):
    take(queue, "one", is_here=True)
    take(queue, "two")

    with queue.context.database.read() as connection:
        rows = connection.execute(select(events.c.data).where(events.c.kind == "ticket.issued")).scalars()
        assert [data["origin"] for data in rows] == ["phone", "remote"]


# The code on the slip.


def test_the_six_signs_on_a_slip_find_its_ticket_on_its_day_only(queue, clock):
    ticket = create_ticket(queue, PASSPORT)
    typed = f" {ticket['code'][:3].lower()} {ticket['code'][3:]} "

    assert queue.on_phone.find(typed) == ticket["token"]
    clock.advance(days=1)
    with pytest.raises(CodeOld):
        queue.on_phone.find(ticket["code"])
    clock.advance(days=40)
    with pytest.raises(UnknownCode):
        queue.on_phone.find(ticket["code"])


def test_what_is_no_code_finds_nothing(queue):
    create_ticket(queue, PASSPORT)

    for code in ("", "AAAAAA", "' OR 1=1 --", "<script>", "ə" * 300):
        with pytest.raises(UnknownCode):
            queue.on_phone.find(code)


def test_the_code_of_an_appointment_or_a_result_says_what_it_is(queue, clock):
    services = queue.config.services
    bookable = next(each.key for each in services if "appointment" in each.channels)
    collectable = next(each.key for each in services if "collect" in each.channels)
    booked = queue.check_ins.book(service=bookable, slot_at=clock() + timedelta(minutes=10))["code"]
    ready = queue.check_ins.announce_result(service=collectable)["code"]

    with pytest.raises(CodeOfAppointment):
        queue.on_phone.find(booked)
    with pytest.raises(CodeOfResult):
        queue.on_phone.find(ready)

    ticket = queue.check_ins.check_in(booked)
    assert queue.on_phone.find(booked) == ticket["token"]
    clock.advance(days=1)
    with pytest.raises(CodeUsed):
        queue.on_phone.find(booked)


def test_the_code_of_another_centre_in_the_same_database_says_so(queue):
    mine = create_ticket(queue, PASSPORT)
    with queue.context.database.write() as tx:
        tx.execute(
            insert(centres),
            {
                "key": "asan-2",
                "names": {"az": "2 saylı", "en": "No. 2"},
                "timezone": "Asia/Baku",
                "config_digest": "",
                "applied_at": tx.now,
            },
        )
        row = dict(
            tx.execute(select(tickets).where(tickets.c.token == mine["token"])).one()._asdict(),
            centre="asan-2",
            token="elsewhere",
            code="Q3WXY7",
        )
        del row["id"]
        tx.execute(insert(tickets), row)

    with pytest.raises(CodeOfOtherCentre, match=r"No\. 2"):
        queue.on_phone.find("Q3WXY7")


# Setting aside, and adding.


def test_what_a_pause_is_said_to_cost_is_what_it_costs(queue, clock):
    mine = create_ticket(queue, PASSPORT)
    for _ in range(3):
        clock.advance(minutes=1)
        create_ticket(queue, PASSPORT)

    said = {each["minutes"]: each for each in queue.on_phone.pauses(mine["token"])}

    # Due in 12 minutes: ten cost nothing, twenty let those pass who are due by then.
    assert [each["is_later"] for each in said.values()] == [False, True, True, True, True]
    assert (said[10]["passed"], said[20]["passed"]) == (0, 3)
    queue.tickets.postpone(mine["token"], 20)
    clock.advance(minutes=20)
    queue.tickets.end_postponements()
    back = queue.tickets.view(mine["token"])
    assert time(back["due_at"]) == time(said[20]["due_at"])
    assert back["ahead"] == said[20]["passed"]
    assert faults(queue) == []


def test_a_pause_is_offered_to_who_waits_only(queue):
    official = open_counter(queue, COUNTER)
    ticket = create_ticket(queue, PASSPORT)
    queue.counters.next(COUNTER, official)

    with pytest.raises(TicketStateError):
        queue.on_phone.pauses(ticket["token"])


def test_a_waiting_visitor_adds_a_service_under_the_same_number(queue):
    official = open_counter(queue, COUNTER)
    ticket = create_ticket(queue, PASSPORT)

    more = queue.on_phone.add_service(ticket["token"], BIRTH)

    assert (more["number"], more["due_at"]) == (ticket["number"], ticket["due_at"])
    assert [each["service"] for each in more["services"]] == [PASSPORT, BIRTH]
    queue.counters.next(COUNTER, official)
    queue.visits.start(COUNTER, official)
    with pytest.raises(TicketStateError):
        queue.on_phone.add_service(ticket["token"], "info_desk")
    queue.visits.finish(COUNTER, official)
    on = queue.tickets.view(ticket["token"])
    assert (on["state"], on["service"]) == ("waiting", BIRTH)
    assert faults(queue) == []


def test_a_visit_has_so_many_services_and_none_twice(queue):
    token = create_ticket(queue, PASSPORT)["token"]
    with pytest.raises(BadInput):
        queue.on_phone.add_service(token, PASSPORT)
    with pytest.raises(NotWalkIn):
        queue.on_phone.add_service(
            token, next(each.key for each in queue.config.services if "walk_in" not in each.channels)
        )
    for service in (BIRTH, "id_lost", "info_desk", "photo_doc"):
        queue.on_phone.add_service(token, service)

    with pytest.raises(BadInput):
        queue.on_phone.add_service(token, "residence_ref")


def test_a_missed_call_tells_until_when_its_visitor_may_come_back(queue, clock):
    official = open_counter(queue, COUNTER)
    token = create_ticket(queue, PASSPORT)["token"]
    queue.counters.next(COUNTER, official)
    queue.visits.no_show(COUNTER, official)

    missed = queue.tickets.view(token)
    assert time(missed["rejoin_by"]) - clock() == timedelta(minutes=queue.config.policy.grace_minutes)
    clock.advance(minutes=queue.config.policy.grace_minutes + 1)
    assert queue.tickets.view(token)["rejoin_by"] is None
