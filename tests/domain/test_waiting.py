"""What the forecast says of halls that one can think through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.domain.calling import Lane
from server.domain.durations import Duration, prior_mu
from server.domain.waiting import (
    Booking,
    Comer,
    Following,
    Habits,
    Hall,
    InHand,
    OpenCounter,
    Stream,
    Wait,
    WaitingTicket,
    forecast,
)

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
TEN_MINUTES_S = 600.0
# Every visit takes ten minutes sharp, everyone comes at once, and nobody pauses.
SHARP = Habits(
    {
        service: Duration(mu=prior_mu(TEN_MINUTES_S) + 0.1994, sigma=1e-6, seen=100)
        for service in ("passport", "birth", "tax")
    },
    walk_s=0.0,
    turnaround_s=0.0,
    usual_absence=0.0,
)
LOOSE = Habits({"passport": Duration(mu=prior_mu(TEN_MINUTES_S), sigma=0.63, seen=100)})


def ticket(id: int, service: str = "passport", *, due: float = 0, **kwargs: object) -> WaitingTicket:
    return WaitingTicket(id, service, NOW + timedelta(minutes=due), **kwargs)  # type: ignore[arg-type]


def counter(number: int = 1, *services: str, **kwargs: object) -> OpenCounter:
    return OpenCounter(number, frozenset(services or ("passport",)), **kwargs)  # type: ignore[arg-type]


def hall(*counters: OpenCounter, waiting: tuple[WaitingTicket, ...] = (), **kwargs: object) -> Hall:
    return Hall(NOW, waiting, counters, **({"habits": SHARP} | kwargs))  # type: ignore[arg-type]


def minutes(wait: Wait) -> float:
    return round(wait.likely_s / 60, 1)


def test_each_waits_for_those_before():
    found = forecast(hall(counter(), waiting=(ticket(1), ticket(2, due=1), ticket(3, due=2))), [], seed=1)

    assert [minutes(found.tickets[id]) for id in (1, 2, 3)] == [0, 10, 20]


def test_a_newcomer_stands_where_its_due_time_stands():
    soon, late = Comer("passport", Lane.ORDINARY, 300.0), Comer("passport", Lane.ORDINARY, 900.0)
    waiting = (ticket(1, due=-5), ticket(2, due=10))

    found = forecast(hall(counter(), waiting=waiting), [soon, late], seed=1)

    assert {comer.lead_s: minutes(wait) for comer, wait in found.newcomers.items()} == {300.0: 10, 900.0: 20}


def test_who_is_first_by_law_is_told_so():
    comer = Comer("passport", Lane.FIRST, 900.0)
    busy = counter(in_hand=InHand("passport", 120.0))

    found = forecast(hall(busy, waiting=(ticket(1, due=-30), ticket(2, due=-20))), [comer], seed=1)

    assert minutes(found.newcomers[comer]) == 8


def test_a_quota_takes_its_turn_among_the_ordinary():
    waiting = (ticket(1, due=-5), ticket(2, due=-4), ticket(3, due=0, lane=Lane.QUOTA))

    found = forecast(hall(counter(calls_since_quota=1), waiting=waiting, quota_every=3), [], seed=1)

    assert [minutes(found.tickets[id]) for id in (1, 3, 2)] == [0, 10, 20]


def test_no_wait_is_told_where_no_counter_serves():
    comer = Comer("tax", Lane.ORDINARY, 900.0)

    found = forecast(hall(counter(), waiting=(ticket(1, "birth"),)), [comer], seed=1)

    assert found.tickets == {}
    assert found.newcomers == {}


def test_no_wait_is_told_while_every_counter_is_closed():
    assert forecast(hall(waiting=(ticket(1),)), [], seed=1).tickets == {}


def test_a_ticket_for_one_counter_waits_for_that_one():
    counters = (counter(1), counter(2, in_hand=InHand("passport", 0.0)))

    found = forecast(hall(*counters, waiting=(ticket(1, counter=2), ticket(2, counter=9))), [], seed=1)

    assert {id: minutes(wait) for id, wait in found.tickets.items()} == {1: 10}


def test_the_second_service_of_a_visit_comes_before_those_who_came_later():
    visit = InHand("birth", 300.0, following=(Following("passport", NOW),))
    counters = (counter(1, "birth", in_hand=visit), counter(2, in_hand=InHand("passport", 0.0)))

    found = forecast(hall(*counters, waiting=(ticket(2, due=5), ticket(3, due=6))), [], seed=1)

    # After five minutes the first visitor waits again, and is called when counter 2 is free.
    assert [minutes(found.tickets[id]) for id in (2, 3)] == [20, 30]


def test_a_second_service_wakes_a_counter_that_had_nobody():
    comer = Comer("passport", Lane.ORDINARY, 900.0)
    visit = InHand("birth", 0.0, following=(Following("passport", NOW), Following("birth", NOW)))
    counters = (counter(1, "birth", in_hand=visit), counter(2, "passport"))

    found = forecast(hall(*counters, waiting=(ticket(1, "birth", due=1),)), [comer], seed=1)

    assert minutes(found.newcomers[comer]) == 0
    assert minutes(found.tickets[1]) == 10


def test_those_who_come_later_with_a_credit_are_reckoned_with():
    waiting = tuple(ticket(id, due=15) for id in range(1, 7))
    often = Stream(Comer("passport", Lane.ORDINARY, 60.0), per_hour=12.0)

    alone = forecast(hall(counter(), waiting=waiting), [], seed=1)
    passed = forecast(hall(counter(), waiting=waiting, streams=[often]), [], seed=1)

    assert passed.tickets[6].likely_s > alone.tickets[6].likely_s + 600


def test_those_who_come_later_and_pass_nobody_change_nothing():
    waiting = (ticket(1, due=5), ticket(2, due=6))
    many = Stream(Comer("passport", Lane.ORDINARY, 900.0), per_hour=60.0)

    alone = forecast(hall(counter(), waiting=waiting), [], seed=1)
    among = forecast(hall(counter(), waiting=waiting, streams=[many]), [], seed=1)

    assert among.tickets == alone.tickets


def test_a_day_in_which_the_others_never_end_tells_no_time():
    comer = Comer("passport", Lane.ORDINARY, 900.0)
    flood = Stream(Comer("passport", Lane.FIRST, 900.0), per_hour=60.0)

    found = forecast(hall(counter(in_hand=InHand("passport", 0.0)), streams=[flood]), [comer], seed=1)

    assert found.newcomers == {}


def test_who_has_an_appointment_passes_at_the_slot():
    booking = Booking(
        Comer("passport", Lane.ORDINARY, 300.0), NOW + timedelta(minutes=5), NOW + timedelta(minutes=10)
    )
    waiting = (ticket(1, due=0), ticket(2, due=12))

    found = forecast(hall(counter(), waiting=waiting, bookings=[booking]), [], seed=1)

    assert minutes(found.tickets[2]) == 20


def test_a_visitor_who_may_not_come_takes_less_of_the_counter():
    absent = Habits(SHARP.durations, absence={"passport": 1.0}, absent_s=60.0, walk_s=0, turnaround_s=0)

    found = forecast(hall(counter(), waiting=(ticket(1), ticket(2, due=1)), habits=absent), [], seed=1)

    assert minutes(found.tickets[2]) == 1


@pytest.mark.parametrize(
    ("elapsed_s", "least_s", "most_s"), [(0, 350, 800), (1800, 200, 900), (86_400, 600, 90_000)]
)
def test_a_service_that_outlasts_itself_is_not_about_to_end(elapsed_s, least_s, most_s):
    comer = Comer("passport", Lane.ORDINARY, 900.0)
    busy = counter(in_hand=InHand("passport", elapsed_s))

    wait = forecast(hall(busy, habits=LOOSE), [comer], seed=1).newcomers[comer]

    assert least_s < wait.likely_s < most_s
    assert wait.low_s < wait.likely_s < wait.high_s


def test_the_interval_holds_what_it_says():
    comer = Comer("passport", Lane.ORDINARY, 900.0)
    full = hall(
        counter(in_hand=InHand("passport", 100.0)), waiting=tuple(map(ticket, range(4))), habits=LOOSE
    )
    told = forecast(full, [comer], seed=1, runs=200).newcomers[comer]

    others = [forecast(full, [comer], seed=seed, runs=1).newcomers[comer].likely_s for seed in range(2, 202)]

    assert 0.82 <= sum(each <= told.high_s for each in others) / len(others) <= 0.97
    assert 0.03 <= sum(each < told.low_s for each in others) / len(others) <= 0.18


def test_the_same_seed_tells_the_same():
    comers = [Comer("passport", Lane.ORDINARY, 900.0)]
    full = hall(counter(in_hand=InHand("passport", 100.0)), waiting=(ticket(1), ticket(2)), habits=LOOSE)

    assert forecast(full, comers, seed=5) == forecast(full, comers, seed=5)
    assert forecast(full, comers, seed=5) != forecast(full, comers, seed=6)


@pytest.mark.parametrize(("seen", "rough"), [(0, True), (29, True), (30, False)])
def test_few_visits_make_a_wait_rough(seen, rough):
    habits = Habits({"passport": Duration(prior_mu(600), 0.6, seen=seen)})

    assert (
        forecast(hall(counter(), waiting=(ticket(1),), habits=habits), [], seed=1).tickets[1].rough is rough
    )


@pytest.mark.parametrize(
    ("now", "high_s", "promised"),
    [("10:31:00", 240, "10:35"), ("10:31:00", 241, "10:40"), ("10:55:00", 0, "10:55")],
)
def test_a_promise_is_rounded_to_the_later_five_minutes(now, high_s, promised):
    at = datetime.fromisoformat(f"2026-11-24T{now}+00:00")

    assert f"{Wait(0, 0, high_s).promised_at(at):%H:%M}" == promised


def test_a_wait_shrinks_as_time_passes_and_ends_at_nothing():
    assert Wait(60, 300, 420, rough=False).less(100.4) == Wait(0, 200, 320, rough=False)
