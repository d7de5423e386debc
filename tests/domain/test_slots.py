"""Free times: what is booked leaves the walk-ins their share, whatever the services have in common."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.opening import spans_of_day
from server.domain.reserve import Reserve
from server.domain.slots import (
    Day,
    Places,
    Taken,
    expected_counters,
    free_slots,
    hours_of,
    next_release,
    opened_share,
    slot_length,
)

OPENS = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
BAKU = ZoneInfo("Asia/Baku")


def day(*, counters=None, hours=3, share=0.5, taken=(), minutes=None):
    counters = {"deed": 4} if counters is None else counters
    return Day(
        spans=[(OPENS, OPENS + timedelta(hours=hours))],
        places=[Places(frozenset(kind.split()), [number] * hours) for kind, number in counters.items()],
        taken=taken,
        share=share,
        minutes=minutes or {"deed": 30, "copy": 15, "will": 60},
        step=timedelta(minutes=15),
    )


def at(minutes):
    return OPENS + timedelta(minutes=minutes)


def free(day, service="deed", not_before=LONG_AGO):
    return {
        (slot.at - OPENS) // timedelta(minutes=1): slot.left
        for slot in free_slots(day, service, not_before=not_before)
    }


def test_slots_are_as_long_as_the_service_and_as_many_as_the_reserved_counters():
    # Of four counters two may be booked: four appointments of half an hour in each hour.
    assert free(day()) == {0: 2, 30: 2, 60: 2, 90: 2, 120: 2, 150: 2}


def test_what_is_booked_is_no_longer_free():
    taken = [Taken("deed", at(0), 30), Taken("deed", at(0), 30), Taken("deed", at(60), 30)]

    assert free(day(taken=taken)) == {30: 2, 60: 1, 90: 2, 120: 2, 150: 2}


def test_an_hour_gives_no_more_than_its_reserve_however_the_slots_lie():
    taken = [Taken("deed", at(30), 30)] * 2 + [Taken("copy", at(15), 15)] * 4

    assert free(day(counters={"deed copy": 4}, taken=taken)).keys() == {60, 90, 120, 150}


def test_one_services_appointments_leave_less_for_the_others_of_the_same_counters():
    busy = [Taken("copy", at(0), 15)] * 6

    assert free(day(counters={"deed copy": 4}, taken=busy))[0] == 1
    # Where another counter serves the copies, they leave this service its own.
    assert free(day(counters={"deed": 4, "copy": 4}, taken=busy))[0] == 2


def test_a_long_service_at_one_counter_uses_up_the_next_hours_too():
    one = {"will": 1}

    assert free(day(counters=one, share=0.25, hours=4), "will") == {0: 1}
    taken = [Taken("will", at(0), 60)]
    # An hour of a counter of which a quarter may be booked is four hours' reserve: the morning is full.
    assert free(day(counters=one, share=0.25, hours=4, taken=taken), "will") == {}


def test_nothing_is_free_where_nobody_works_nothing_is_reserved_or_nothing_opened():
    assert free(day(share=0)) == {}
    assert free(day(counters={"deed": 0})) == {}
    assert free(day(counters={"copy": 4})) == {}
    assert free(day(), "unknown") == {}


def test_past_times_and_those_after_closing_are_not_offered():
    assert free(day(), not_before=at(61)).keys() == {90, 120, 150}
    assert free(day(hours=1, minutes={"deed": 45})).keys() == {0}


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["deed", "copy", "deed copy", "copy will", "deed copy will"]), st.integers(1, 4)
    ),
    st.sampled_from([0.2, 0.3, 0.5, 0.75]),
    st.lists(st.tuples(st.sampled_from(["deed", "copy", "will"]), st.integers(0, 200)), max_size=60),
)
def test_however_people_book_the_reserve_is_never_overdrawn(counters, share, wishes):
    """Whoever books whatever is free, all appointments together fit into the reserved part of the counters."""
    minutes = {"deed": 30, "copy": 15, "will": 60}
    taken: list[Taken] = []
    for service, pick in wishes:
        offered = free_slots(day(counters=counters, share=share, taken=taken), service, not_before=LONG_AGO)
        if offered:
            taken.append(Taken(service, offered[pick % len(offered)].at, minutes[service]))

    booked = sum(each.minutes for each in taken)
    assert booked <= sum(counters.values()) * share * 3 * 60 + 1e-6


def test_a_flow_moves_earlier_appointments_to_other_counters_before_it_refuses():
    only, both = frozenset({"deed"}), frozenset({"deed", "copy"})
    reserve = Reserve({(only, 0): 30.0, (both, 0): 30.0})

    assert reserve.draw("deed", 0, 30) == 30
    assert reserve.draw("copy", 0, 30) == 30
    assert reserve.draw("deed", 0, 30) == 0


def test_a_day_opens_in_batches():
    rule = {"zone": BAKU, "horizon_days": 14, "late_share": 0.3, "late_days": 1, "first": time(10)}
    wanted = date(2026, 12, 8)

    def share(moment):
        return opened_share(wanted, datetime.fromisoformat(moment), **rule)

    assert share("2026-11-24T09:59:59+04:00") == 0
    assert share("2026-11-24T10:00:00+04:00") == pytest.approx(0.7)
    assert share("2026-12-07T09:59:59+04:00") == pytest.approx(0.7)
    assert share("2026-12-07T10:00:00+04:00") == 1


def test_batches_keep_the_clock_on_the_wall_across_a_change_of_it():
    berlin = ZoneInfo("Europe/Berlin")  # goes back an hour on 25 October 2026

    at = next_release(datetime(2026, 10, 24, 20, 0, tzinfo=UTC), zone=berlin, times=[time(10)])

    assert at == datetime(2026, 10, 25, 9, 0, tzinfo=UTC)


def test_hours_and_slots_of_a_day_with_a_change_of_the_clock():
    spans = spans_of_day(date(2026, 10, 25), timezone="Europe/Berlin", hours={"sun": [("00:00", "24:00")]})

    assert len(hours_of(spans)) == 25
    assert slot_length(1, timedelta(minutes=15)) == timedelta(minutes=15)


def test_counters_that_were_empty_at_noon_are_not_counted_at_noon():
    tuesday = datetime(2026, 11, 17, 9, 0, tzinfo=BAKU)
    shifts = [
        (1, tuesday, tuesday + timedelta(hours=9)),
        (2, tuesday, tuesday + timedelta(hours=3, minutes=30)),
    ]

    expected = expected_counters(shifts, [1, 2, 3], zone=BAKU)

    # The mean of that Tuesday and of one on which everyone works.
    assert [expected[1, 10][number] for number in (1, 2, 3)] == [1, 1, 0.5]
    assert [expected[1, 12][number] for number in (1, 2, 3)] == [1, 0.75, 0.5]
    assert (2, 10) not in expected
