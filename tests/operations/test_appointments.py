"""Booking: free times, batches, limits, races, and what becomes of an appointment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from server.app import open_queue
from server.config import Booking, Config
from server.config.booking import Messages
from server.db import booking_rows
from server.db.bookings import bookings, contacts, notices, slot_places
from server.db.models import appointments, events
from server.domain.contacts import Contact
from server.errors import (
    AppointmentNotFound,
    AppointmentStateError,
    BadInput,
    BookingBlocked,
    BookingDayLimit,
    BookingLimit,
    CodeCancelled,
    CodeExpired,
    MoveLimit,
    NotBookable,
    ServiceNotFound,
    SlotTaken,
)
from tests.builders import PASSPORT, open_counter
from tests.conftest import DATABASES, fresh_database
from tests.operations.test_races import at_once

TODAY = date(2026, 11, 24)  # a Tuesday, 10:00
TOMORROW = TODAY + timedelta(days=1)
MAIL = Contact("email", "leyla@example.az")

# What depends on the database runs on both; the rest on SQLite alone, for the sake of time.
both = pytest.mark.parametrize("database_url", DATABASES, indirect=True)


@pytest.fixture
def database_url(request, tmp_path):
    return fresh_database(request, tmp_path, getattr(request, "param", "sqlite"))


@pytest.fixture
def config(config):
    """The shipped centre, which can tell by mail, and reserves one counter of seven for passports."""
    changes = {
        "booking": Booking(reserved_share=0.15, late_share=0.0, scatter_minutes=0),
        "messages": Messages.model_validate({"email": {"host": "127.0.0.1", "sender": "hall@example.az"}}),
    }
    return Config.model_validate(config.model_copy(update=changes))


def times(queue, day=TOMORROW, service=PASSPORT):
    return [datetime.fromisoformat(slot["at"]) for slot in queue.appointments.slots(service, day)["slots"]]


def book(queue, at, **kwargs):
    return queue.appointments.book(**({"service": PASSPORT, "slot_at": at} | kwargs))


def rows(queue, table):
    with queue.context.database.read() as connection:
        return connection.execute(select(table)).fetchall()


@both
def test_a_booked_time_checks_in_as_an_appointment_and_the_log_shows_which(queue, clock):
    at = times(queue)[4]
    booked = book(queue, at, language="ru")

    assert (booked["state"], booked["slot_at"]) == ("booked", at.isoformat())
    assert at not in times(queue)
    clock.now = at - timedelta(minutes=20)
    ticket = queue.check_ins.check_in(booked["code"])

    assert (ticket["language"], ticket["state"]) == ("ru", "waiting")
    seen = queue.appointments.view(booked["token"])
    assert (seen["state"], seen["number"]) == ("checked_in", ticket["number"])
    assert seen["links"]["ticket"].endswith(ticket["token"])
    log = {row.kind: row for row in rows(queue, events)}
    assert datetime.fromisoformat(log["appointment.booked"].data["slot_at"]) == at
    assert log["appointment.booked"].data["appointment"] == booked["id"]
    assert log["ticket.issued"].data["appointment"] == booked["id"]
    assert not any(booked["code"] in str(row) or booked["token"] in str(row) for row in log.values())


@pytest.mark.parametrize(
    ("service", "error"),
    [("unknown", ServiceNotFound), ("criminal_ref", NotBookable), ("ready_doc", NotBookable)],
)
def test_what_cannot_be_booked_is_refused(queue, service, error):
    with pytest.raises(error):
        queue.appointments.days(service)
    with pytest.raises(error):
        book(queue, times(queue)[0], service=service)


def test_only_the_agencies_that_the_centre_opens_for_it_can_be_booked(queue, config):
    keys = {service["key"] for agency in queue.appointments.services() for service in agency["services"]}
    assert PASSPORT in keys
    assert "criminal_ref" not in keys


@pytest.mark.parametrize(
    "moment",
    [
        datetime.fromisoformat("2026-11-24T09:00:00+04:00"),  # past
        datetime.fromisoformat("2026-11-24T10:30:00+04:00"),  # within the notice
        datetime.fromisoformat("2026-11-25T10:07:00+04:00"),  # no slot begins then
        datetime.fromisoformat("2026-11-25T03:00:00+04:00"),  # closed
        datetime.fromisoformat("2026-11-29T10:00:00+04:00"),  # a Sunday
        datetime.fromisoformat("2026-12-31T10:00:00+04:00"),  # beyond the horizon, and a holiday
    ],
)
def test_a_time_that_is_none_is_refused_and_nothing_is_written(queue, moment):
    with pytest.raises(SlotTaken):
        book(queue, moment)

    assert (rows(queue, appointments), rows(queue, slot_places)) == ([], [])


def test_days_tell_which_can_be_booked(queue, clock):
    clock.now = clock.now - timedelta(minutes=1)  # before today's batch
    days = {each["day"]: each for each in queue.appointments.days(PASSPORT)["days"]}

    assert days["2026-11-25"]["state"] == "free"
    assert days["2026-11-29"]["state"] == "closed"
    assert (days["2026-12-08"]["state"], days["2026-12-08"]["free"]) == ("not_opened", 0)
    clock.advance(minutes=1)
    days = {each["day"]: each for each in queue.appointments.days(PASSPORT)["days"]}
    assert days["2026-12-08"]["state"] == "free"


@both
def test_two_who_book_the_last_place_at_once_are_one_who_has_it_and_one_who_is_told(queue):
    at = times(queue)[0]

    def work(_):
        try:
            return book(queue, at)["code"]
        except SlotTaken:
            return None

    codes = [code for code in at_once(8, work) if code]

    assert len(codes) == 1
    assert len(rows(queue, slot_places)) == len(rows(queue, appointments)) == 1


@both
def test_a_place_is_given_once_even_where_nobody_has_looked_before(queue):
    """The key of the places is the last word, whatever a count before it said."""
    first, second = (book(queue, at)["id"] for at in times(queue)[:2])
    at = times(queue)[5]

    def claim(appointment, places):
        with queue.context.database.write() as tx:
            wish = {"service": PASSPORT, "slot_at": at, "minutes": 15, "appointment": appointment}
            return booking_rows.claim(tx, **wish, at_once=places)

    assert [claim(first, 1), claim(second, 1), claim(second, 2)] == [True, False, True]
    assert sorted(row.place for row in rows(queue, slot_places) if row.slot_at == at) == [0, 1]


@both
def test_two_services_of_one_counter_booked_at_once_do_not_overdraw_it(queue, config):
    """Both race for the reserve of the same counters, though not for the same slot."""
    rivals = ["birth", "paternity", "name_change"]
    starts = [times(queue, service=key) for key in rivals]

    def work(number):
        key = rivals[number % len(rivals)]
        try:
            book(queue, starts[number % len(rivals)][0], service=key)
        except SlotTaken:
            return 0
        return config.service[key].minutes

    used = sum(at_once(9, work))

    # Three counters, of which 15 % of an hour may be booked.
    assert 0 < used <= 3 * 60 * 0.15


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_processes_cannot_book_the_same_place(queue, config, clock, database_url):
    other = open_queue(config, database_url=database_url, clock=clock)
    at = times(queue)[0]

    def work(number):
        try:
            return book((queue, other)[number % 2], at)["code"]
        except SlotTaken:
            return None

    assert len([code for code in at_once(8, work) if code]) == 1
    other.context.database.close()


# Moves and cancellations.


@both
def test_a_cancelled_time_is_not_to_be_had_before_the_next_batch(queue, clock):
    at = times(queue)[0]
    booked = book(queue, at, contact=MAIL)

    cancelled = queue.appointments.cancel(booked["token"])

    assert (cancelled["state"], cancelled["sequence"]) == ("cancelled", 1)
    assert at not in times(queue)
    with pytest.raises(SlotTaken):
        book(queue, at)
    clock.now = datetime.fromisoformat("2026-11-24T15:59:59+04:00")
    assert at not in times(queue)
    clock.advance(seconds=1)
    assert at in times(queue)
    book(queue, at)
    # Cancelled twice is cancelled once; and no contact is left of it.
    assert queue.appointments.cancel(booked["token"])["sequence"] == 1
    assert rows(queue, contacts) == []
    assert {row.state for row in rows(queue, notices)} == {"dropped"}
    with pytest.raises(CodeCancelled):
        queue.check_ins.check_in(booked["code"])


def test_nobody_can_tell_the_second_at_which_a_cancelled_time_comes_back(clock, config, database_url):
    scattered = config.booking.model_copy(update={"scatter_minutes": 30})
    queue = open_queue(
        config.model_copy(update={"booking": scattered}), database_url=database_url, clock=clock
    )
    starts = times(queue)[:6]
    for number, at in enumerate(starts):
        queue.appointments.cancel(book(queue, at, phone=f"phone-{number}")["token"])

    frees = sorted(row.frees_at for row in rows(queue, slot_places))
    batch = datetime.fromisoformat("2026-11-24T16:00:00+04:00")
    assert all(batch <= at < batch + timedelta(minutes=30) for at in frees)
    assert len(set(frees)) == len(starts)
    clock.now = batch + timedelta(minutes=30)
    assert set(starts) <= set(times(queue))
    queue.context.database.close()


def test_the_estimate_knows_who_is_still_to_come(queue, clock):
    def expected():
        with queue.context.database.read() as connection:
            bookings = queue.waits.hall(connection, clock()).bookings
        return [each.comer.service for each in bookings]

    first, second, *_ = times(queue, TODAY)
    token = book(queue, first)["token"]
    book(queue, second)
    assert expected() == [PASSPORT, PASSPORT]

    queue.appointments.cancel(token)
    assert expected() == [PASSPORT]


@both
def test_a_moved_appointment_has_its_new_time_only(queue, clock):
    first, second, *_ = times(queue)
    booked = book(queue, first, contact=MAIL)

    moved = queue.appointments.move(booked["token"], second)

    assert (moved["slot_at"], moved["code"], moved["sequence"]) == (second.isoformat(), booked["code"], 1)
    assert not {first, second} & set(times(queue))
    told = [(row.kind, row.sequence) for row in rows(queue, notices) if row.state == "queued"]
    assert told == [("moved", 1), ("reminder", 1)]  # less than a day before, one reminder is left
    for wrong in (second, first, second + timedelta(minutes=1)):
        with pytest.raises(SlotTaken):
            queue.appointments.move(booked["token"], wrong)


def test_an_appointment_is_moved_so_often_and_not_after_its_time(queue, clock):
    first, *others = times(queue)
    token = book(queue, first)["token"]
    for at in others[:3]:
        queue.appointments.move(token, at)

    with pytest.raises(MoveLimit):
        queue.appointments.move(token, others[3])
    # Reception can, whatever the limit.
    queue.appointments.move_by_staff(queue.appointments.view(token)["id"], others[3])
    clock.now = others[3]
    with pytest.raises(AppointmentStateError):
        queue.appointments.move(token, others[5])


def test_one_who_moves_does_not_stand_in_the_own_way(queue):
    """A place that is left counts as free for who leaves it, though for nobody else before the next batch."""
    at = times(queue)[0]
    token = book(queue, at)["token"]

    offered = queue.appointments.slots(PASSPORT, TOMORROW, moving=token)["slots"]

    assert at.isoformat() not in [slot["at"] for slot in offered]
    assert len(offered) >= len(times(queue))


@pytest.mark.parametrize("act", ["view", "cancel"])
def test_an_unknown_token_opens_nothing(queue, act):
    with pytest.raises(AppointmentNotFound):
        getattr(queue.appointments, act)("x" * 22)


def test_staff_who_cancel_have_the_visitor_told_before_the_contact_is_erased(queue):
    booked = book(queue, times(queue)[0], contact=MAIL)

    queue.appointments.cancel_by_staff(booked["id"])

    [told] = [row for row in rows(queue, notices) if row.state == "queued"]
    assert told.kind == "cancelled"
    queue.notices.forget()
    assert len(rows(queue, contacts)) == 1
    [notice] = queue.notices.take()
    assert MAIL.address not in repr(notice)
    queue.notices.end(notice, "sent")
    queue.notices.forget()
    assert rows(queue, contacts) == []


# Limits.


def test_one_phone_and_one_contact_book_so_many_at_a_time_and_in_a_day(queue):
    first, second, third, fourth, *_ = times(queue)
    book(queue, first, phone="cookie")
    token = book(queue, second, phone="cookie")["token"]

    with pytest.raises(BookingLimit) as refused:
        book(queue, third, phone="cookie")
    assert refused.value.facts == {"limit": 2}
    queue.appointments.cancel(token)
    book(queue, third, phone="cookie")
    queue.appointments.cancel(queue.appointments.by_id(1)["token"])
    with pytest.raises(BookingDayLimit):
        book(queue, fourth, phone="cookie")
    # Another phone is another visitor; the same address in capitals is the same contact.
    book(queue, fourth, phone="other", contact=MAIL)
    book(queue, times(queue)[1], contact=MAIL)
    with pytest.raises(BookingLimit):
        book(queue, times(queue)[2], contact=Contact("email", "LEYLA@example.az"))


@both
def test_the_limit_holds_for_many_at_once(queue):
    starts = times(queue)

    def work(number):
        try:
            book(queue, starts[number], phone="cookie")
        except BookingLimit:
            return 0
        return 1

    assert sum(at_once(6, work)) == 2


def miss(queue, clock, **kwargs):
    """Book the next day's first time, and let it pass."""
    day = clock.now.date() + timedelta(days=1)
    while not times(queue, day):
        day += timedelta(days=1)
    booked = book(queue, times(queue, day)[0], **kwargs)
    clock.now = datetime.combine(day, clock.now.timetz()) + timedelta(days=1)
    queue.appointments.end_missed()
    return booked


@both
def test_who_does_not_come_again_and_again_cannot_book_for_a_while(queue, clock):
    for _ in range(3):
        missed = miss(queue, clock, contact=MAIL)

    assert queue.appointments.view(missed["token"])["state"] == "missed"
    assert [row.kind for row in rows(queue, events)].count("appointment.missed") == 3
    assert rows(queue, contacts) == []
    day = clock.now.date() + timedelta(days=2)
    with pytest.raises(BookingBlocked) as refused:
        book(queue, times(queue, day)[0], contact=MAIL)
    assert datetime.fromisoformat(refused.value.facts["until_at"]) > clock.now
    book(queue, times(queue, day)[0], contact=Contact("email", "another@example.az"))
    clock.advance(days=31)
    day = clock.now.date() + timedelta(days=1)
    while not times(queue, day):
        day += timedelta(days=1)
    book(queue, times(queue, day)[0], contact=MAIL)


@both
def test_what_limits_nothing_any_more_is_forgotten(queue, clock):
    miss(queue, clock, contact=MAIL, phone="cookie")
    queue.appointments.forget()
    assert rows(queue, bookings)[0].contact_mark is not None

    clock.advance(days=100)
    queue.appointments.forget()

    [kept] = rows(queue, bookings)
    assert (kept.contact_mark, kept.phone_mark) == (None, None)
    assert rows(queue, slot_places) == []


def test_yesterdays_code_is_over(queue, clock):
    booked = book(queue, times(queue)[0])
    clock.advance(days=2)

    with pytest.raises(CodeExpired):
        queue.check_ins.check_in(booked["code"])
    queue.appointments.end_missed()
    with pytest.raises(CodeExpired):
        queue.check_ins.check_in(booked["code"])


def test_an_appointment_of_today_is_missed_at_closing_only(queue, clock):
    booked = book(queue, times(queue, TODAY)[0])
    clock.now = datetime.fromisoformat("2026-11-24T17:59:00+04:00")
    assert queue.appointments.end_missed() == 0

    clock.advance(minutes=1)

    assert queue.appointments.end_missed() == 1
    assert queue.appointments.view(booked["token"])["state"] == "missed"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"language": "xx"}, "language"),
        ({"category": "rich"}, "category"),
        ({"contact": Contact("sms", "+994501234567")}, "phone"),  # no gateway here
    ],
)
def test_a_wish_that_cannot_be_is_named(queue, wish, field):
    with pytest.raises(BadInput) as refused:
        book(queue, times(queue)[0], **wish)

    assert refused.value.facts["field"] == field
    assert rows(queue, appointments) == []


def test_the_list_of_a_day_tells_of_nobody(queue, clock):
    first, second, *_ = times(queue)
    booked = book(queue, second, contact=MAIL)
    book(queue, first)

    listed = queue.appointments.of_day(TOMORROW)

    assert [each["slot_at"] for each in listed] == [first.isoformat(), second.isoformat()]
    assert listed[1]["code"] == booked["code"]
    assert MAIL.address not in str(listed)
    assert queue.appointments.of_day(TODAY) == []


@both
def test_the_contact_goes_when_the_visit_ends(queue, clock):
    at = times(queue)[0]
    booked = book(queue, at, contact=MAIL)
    clock.now = at
    official = open_counter(queue, 6)
    queue.check_ins.check_in(booked["code"])
    queue.notices.forget()
    assert len(rows(queue, contacts)) == 1

    queue.counters.next(6, official)
    queue.visits.start(6, official)
    queue.visits.finish(6, official)
    queue.notices.forget()

    assert rows(queue, contacts) == []
    assert not any(row.state == "queued" for row in rows(queue, notices))


def test_few_counters_at_work_leave_few_times(queue, clock):
    """Three weeks in which one counter of three worked: what is offered follows, and not the plan of the hall."""
    many = len(times(queue, TODAY + timedelta(days=7), "birth"))
    official = open_counter(queue, 18)
    for _ in range(3):
        clock.advance(days=7)
    queue.counters.close(18, official)

    few = times(queue, clock.now.date() + timedelta(days=7), "birth")

    assert 0 < len(few) < many


def test_the_day_with_appointments_is_verified(queue, clock):
    """The replay knows the new entries, and sees a ticket that claims another slot than its appointment had."""
    from server.domain.replay import Replay
    from server.operations.ledger import entry_of

    at = times(queue, TODAY)[0]
    booked = book(queue, at)
    clock.now = at
    queue.check_ins.check_in(booked["code"])
    entries = [entry_of(row) for row in rows(queue, events)]

    def findings(entries):
        replay = Replay()
        return [each.fault for index, entry in enumerate(entries) for each in replay.go_on(index, entry)]

    assert findings(entries) == []
    moved = [
        {**entry, "data": {**entry["data"], "slot_at": (at + timedelta(hours=1)).isoformat()}}
        if entry["kind"] == "appointment.booked"
        else entry
        for entry in entries
    ]
    assert findings(moved) == ["backdated"]
