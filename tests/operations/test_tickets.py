"""Taking a ticket, looking at it, giving it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.errors import (
    BadInput,
    CentreClosed,
    IdempotencyMismatch,
    NotWalkIn,
    ServiceNotFound,
    TicketNotFound,
    TicketStateError,
)
from server.operations.context import Once
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter


def test_numbers_of_a_series_follow_each_other(queue):
    numbers = [create_ticket(queue, service)["number"] for service in (PASSPORT, "id_lost", BIRTH, PASSPORT)]

    assert numbers == ["A001", "A002", "R001", "A003"]


def test_numbers_begin_anew_each_day(queue, clock):
    create_ticket(queue, PASSPORT)

    clock.advance(days=1)

    assert create_ticket(queue, PASSPORT)["number"] == "A001"


def test_a_ticket_is_due_within_its_services_target(queue, clock):
    ticket = create_ticket(queue, PASSPORT)

    target = timedelta(minutes=queue.config.service[PASSPORT].target_minutes)
    assert datetime.fromisoformat(ticket["due_at"]) == clock() + target
    assert ticket["state"] == "waiting"


def test_a_category_takes_its_credit_off_the_due_time_and_is_shown_nowhere(queue):
    plain = create_ticket(queue, PASSPORT)
    veteran = create_ticket(queue, PASSPORT, category="veteran")

    earlier = datetime.fromisoformat(plain["due_at"]) - datetime.fromisoformat(veteran["due_at"])
    assert earlier == timedelta(minutes=queue.config.category["veteran"].credit_minutes)
    assert "veteran" not in str(veteran)


def test_who_is_ahead_counts_those_whom_the_rule_calls_first(queue, clock):
    assert create_ticket(queue, PASSPORT)["ahead"] == 0
    clock.advance(minutes=1)
    assert create_ticket(queue, "id_lost")["ahead"] == 1
    clock.advance(minutes=1)

    assert create_ticket(queue, PASSPORT, category="veteran")["ahead"] == 0
    assert create_ticket(queue, BIRTH)["ahead"] == 0


def test_several_services_stand_under_one_number(queue):
    ticket = create_ticket(queue, PASSPORT, also=[BIRTH])

    assert [each["service"] for each in ticket["services"]] == [PASSPORT, BIRTH]


def test_the_slip_is_a_row_of_the_tickets_transaction(queue):
    with_slip = create_ticket(queue, PASSPORT, printer="kiosk-1")
    without = create_ticket(queue, PASSPORT)

    assert with_slip["print"] == {"state": "queued", "reason": None}
    assert queue.tickets.view(with_slip["token"])["print"]["state"] == "queued"
    assert without["print"] is None


def test_the_same_tap_gives_the_same_ticket(queue):
    tap = Once.of("device:1", "tap-1", "POST", "/api/v1/tickets", b"{}")

    first = create_ticket(queue, PASSPORT, once=tap)
    second = create_ticket(queue, PASSPORT, once=tap)

    assert second == first
    assert create_ticket(queue, PASSPORT)["number"] == "A002"


def test_the_same_key_with_another_body_is_refused(queue):
    create_ticket(queue, PASSPORT, once=Once.of("device:1", "tap-1", "POST", "/api/v1/tickets", b"{}"))

    with pytest.raises(IdempotencyMismatch):
        create_ticket(queue, PASSPORT, once=Once.of("device:1", "tap-1", "POST", "/api/v1/tickets", b"{ }"))


def test_two_kiosks_may_use_the_same_key(queue):
    first = create_ticket(queue, PASSPORT, once=Once.of("device:1", "tap", "POST", "/", b""))
    second = create_ticket(queue, PASSPORT, once=Once.of("device:2", "tap", "POST", "/", b""))

    assert first["number"] != second["number"]


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        ({"service": "nothing"}, ServiceNotFound),
        ({"service": "marriage"}, NotWalkIn),  # by appointment only
        ({"service": PASSPORT, "category": "cousin"}, BadInput),
        ({"service": PASSPORT, "language": "xx"}, BadInput),
        ({"service": PASSPORT, "also": [BIRTH] * 5}, BadInput),
        ({"service": PASSPORT, "also": ["nothing"]}, ServiceNotFound),
    ],
)
def test_what_cannot_be_is_refused_and_takes_no_number(queue, wish, refusal):
    with pytest.raises(refusal):
        queue.tickets.issue(**wish)

    assert create_ticket(queue, PASSPORT)["number"] == "A001"


def test_a_closed_centre_says_when_it_opens(queue, clock):
    clock.now = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 19:00 in Baku

    with pytest.raises(CentreClosed) as refusal:
        create_ticket(queue, PASSPORT)

    assert refusal.value.facts["opens_at"] == "2026-11-25T09:00:00+04:00"


def test_a_visitor_sees_its_own_ticket_only(queue):
    ticket = create_ticket(queue, PASSPORT)

    assert queue.tickets.view(ticket["token"])["number"] == "A001"
    with pytest.raises(TicketNotFound):
        queue.tickets.view("A001")


def test_a_waiting_ticket_can_be_given_back_once(queue):
    token = create_ticket(queue, PASSPORT)["token"]

    assert queue.tickets.cancel(token)["state"] == "cancelled"

    with pytest.raises(TicketStateError):
        queue.tickets.cancel(token)


def test_a_ticket_that_was_given_back_is_not_called(queue):
    token = create_ticket(queue, PASSPORT)["token"]
    official = open_counter(queue, 6)

    queue.tickets.cancel(token)

    assert queue.counters.next(6, official) is None


def test_what_is_left_of_yesterday_expires(queue, clock):
    token = create_ticket(queue, PASSPORT)["token"]
    clock.advance(days=1)

    assert queue.days.expire_earlier() == 1

    assert queue.tickets.view(token)["state"] == "expired"
    assert queue.days.expire_earlier() == 0
