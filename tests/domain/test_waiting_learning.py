"""What a hall learns from what happens in it."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from server.domain.calling import Lane
from server.domain.durations import LONGEST_S, PRIOR_VISITS, Observed, durations
from server.domain.learning import ABSENCE, Kept, Learned
from server.domain.waiting import Comer

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
DAY = "2026-11-24"
PASSPORT = Comer("passport", Lane.ORDINARY, 900.0)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def seen(*seconds: float) -> Observed:
    observed = Observed()
    for each in seconds:
        observed = observed.add(each)
    return observed


def issue(
    learned: Learned, ticket: int, minute: float = 0, *, promised: float | None = None, **kwargs: object
) -> None:
    learned.issued(
        ticket,
        at(minute),
        PASSPORT,
        promised_at=at(promised) if promised is not None else None,
        **({"day": DAY, "slot": 22} | kwargs),
    )


def serve(learned: Learned, ticket: int, minute: float, *, lasts: float = 10.0) -> None:
    """Call, walk for half a minute, serve."""
    learned.called(ticket, at(minute), 1)
    learned.started(at(minute + 0.5), 1, "passport")
    learned.freed(at(minute + 0.5 + lasts), 1, "passport")


def test_the_catalogue_counts_as_twelve_visits_on_the_log_scale():
    prior = durations({"passport": 600.0}, {})["passport"]

    learned = durations({"passport": 600.0, "rest": 600.0}, {"passport": seen(*[1200.0] * PRIOR_VISITS)})

    unseen = learned["rest"].mu
    assert learned["passport"].mu == pytest.approx((unseen + seen(1200.0).total) / 2)
    assert learned["passport"].doubt < prior.doubt


def test_many_visits_outweigh_a_wrong_catalogue():
    chance = random.Random(1)
    observed = seen(*(chance.lognormvariate(6.5, 0.5) for _ in range(400)))

    learned = durations({"passport": 300.0}, {"passport": observed})["passport"]

    assert learned.mu == pytest.approx(6.5, abs=0.08)
    assert learned.sigma == pytest.approx(0.5, abs=0.05)
    assert not learned.is_rough


def test_a_service_never_seen_profits_from_a_catalogue_found_wrong_everywhere():
    observed = {f"s{number}": seen(*[900.0] * 20) for number in range(12)}
    expected_s = dict.fromkeys([*observed, "rare"], 300.0)

    learned = durations(expected_s, observed)

    assert learned["rare"].mean_s > 1.5 * 300.0
    assert learned["rare"].is_rough


@pytest.mark.parametrize("seconds", [0.0, 3.0, LONGEST_S + 1])
def test_a_tap_by_mistake_or_a_forgotten_end_is_not_learned(seconds):
    assert seen(seconds) == Observed()


def test_a_service_that_changed_is_learned_anew():
    observed = seen(*[600.0] * 5000, *[1200.0] * 800)

    assert durations({"passport": 600.0}, {"passport": observed})["passport"].mean_s > 1000


def test_a_day_at_a_counter_is_learned():
    learned = Learned()
    for ticket in range(40):
        issue(learned, ticket)
    for ticket in range(40):
        serve(learned, ticket, ticket * 11)

    habits = learned.habits({"passport": 300.0})
    assert habits.durations["passport"].seen == 40
    assert 480 < habits.durations["passport"].mean_s < 620
    assert habits.walk_s == pytest.approx(30.0)
    # From the end at 10.5 minutes to the next call at 11.
    assert habits.turnaround_s == pytest.approx((20 * 15 + 39 * 30) / 59)


def test_a_counter_that_waited_for_a_visitor_had_no_turnaround():
    learned = Learned()
    issue(learned, 1)
    serve(learned, 1, 0)
    issue(learned, 2, 14)

    learned.called(2, at(14.1), 1)

    assert learned.turnaround.weight == 0


def test_who_does_not_come_is_learned_by_service_and_for_the_hall():
    learned = Learned()
    for ticket in range(30):
        learned.called(ticket, at(ticket * 3), 1)
        learned.absented(at(ticket * 3 + 2), 1, "passport")

    habits = learned.habits({"passport": 600.0})

    assert ABSENCE < habits.usual_absence < habits.absence["passport"] < 1
    assert 100 < habits.absent_s < 130


def test_visitors_of_the_last_hour_are_expected_on_the_first_day():
    learned = Learned()
    for ticket in range(20):
        issue(learned, ticket, ticket * 6)

    assert learned.per_hour(at(114), day=DAY, slot=25) == 10


def test_the_usual_day_is_expected_at_the_level_of_today():
    learned = Learned()
    for day in range(1, 6):
        for ticket in range(80):
            issue(learned, ticket, day=f"2026-11-0{day}", slot=18 + ticket // 40)
    for ticket in range(80):
        issue(learned, ticket, day=DAY, slot=18)

    # Forty come usually in either half hour; twice as many have come today.
    assert learned.per_hour(at(0), day=DAY, slot=19) == pytest.approx(2 * 40 * (10 + 80) / (10 + 40))
    [stream] = learned.streams(at(0), day=DAY, slot=19)
    assert stream.comer == PASSPORT


def test_an_appointment_is_not_expected_at_any_time():
    learned = Learned()
    issue(learned, 1, is_expected=False)

    assert learned.streams(at(1), day=DAY, slot=22) == []


@pytest.mark.parametrize(("called", "kept"), [(19.9, Kept(1, 1)), (20.1, Kept(1, 0))])
def test_a_promise_is_kept_or_not_at_the_first_call(called, kept):
    learned = Learned()
    issue(learned, 1, promised=20)

    learned.called(1, at(called), 1)
    learned.called(1, at(60), 1)  # for the second service of the visit

    assert learned.take_promises() == {(DAY, "passport"): kept}
    assert learned.take_promises() == {}


def test_leaving_before_the_promise_says_nothing_and_after_it_says_no():
    learned = Learned()
    for ticket in (1, 2, 3):
        issue(learned, ticket, promised=20)

    learned.ended(1, at(19))
    learned.ended(2, at(21))
    learned.put_off(3)
    learned.called(3, at(50), 1)

    assert learned.take_promises() == {(DAY, "passport"): Kept(1, 0)}


def test_promises_missed_raise_the_level_and_promises_kept_lower_it():
    learned = Learned()
    before = learned.level
    issue(learned, 1, promised=20)
    learned.called(1, at(30), 1)
    raised = learned.level
    issue(learned, 2, promised=20)
    learned.called(2, at(10), 1)

    assert before < raised
    assert before - 0.01 < learned.level < raised


def test_who_is_called_at_once_says_nothing_of_the_level():
    learned = Learned()
    before = learned.level
    issue(learned, 1, promised=5)
    learned.called(1, at(0), 1)

    assert learned.level == before


def test_what_was_learned_is_the_same_after_it_was_written_down():
    learned = Learned()
    issue(learned, 1, promised=20, day="2026-11-23")
    for ticket in range(2, 30):
        issue(learned, ticket, ticket / 10, promised=20)
    for ticket in range(2, 10):
        serve(learned, ticket, ticket * 11)
    learned.called(10, at(120), 2)
    learned.absented(at(122), 2, "passport")
    learned.called(11, at(123), 2)
    learned.take_promises()

    read = Learned.from_document(json.loads(json.dumps(learned.to_document())))

    for each in (learned, read):
        each.started(at(124), 2, "passport")
        each.freed(at(130), 2, "passport")
        each.called(12, at(131), 2)
    assert read.to_document() == learned.to_document()
    assert read.habits({"passport": 600.0}) == learned.habits({"passport": 600.0})


def test_what_another_version_wrote_is_learned_anew():
    assert Learned.from_document({"version": 0}).to_document() == Learned().to_document()
