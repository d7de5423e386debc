"""The published figures of a day."""

from __future__ import annotations

from datetime import date

import pytest

from server.errors import BadInput
from server.operations.statistics import parse_day
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter


def serve(queue, clock, counter, official, minutes):
    queue.counters.next(counter, official)
    queue.visits.start(counter, official)
    clock.advance(minutes=minutes)
    queue.visits.finish(counter, official)


def test_waits_targets_and_ratings_are_published_by_service_and_agency(queue, clock):
    official = open_counter(queue, 6)
    first = create_ticket(queue, PASSPORT)
    create_ticket(queue, PASSPORT)
    serve(queue, clock, 6, official, 20)  # called at once
    serve(queue, clock, 6, official, 5)  # after 20 minutes, 5 beyond the target
    rating = queue.tickets.view(first["token"])["services"][0]["rating_token"]
    queue.ratings.rate(rating, score=4)

    figures = queue.statistics.of_day()

    [passports] = figures["services"]
    assert passports["key"] == PASSPORT
    assert (passports["called"], passports["wait_p50_s"], passports["wait_p90_s"]) == (2, 1200, 1200)
    assert (passports["in_target"], passports["served"]) == (0.5, 2)
    assert (passports["rating"], passports["ratings"], passports["response_rate"]) == (4.0, 1, 0.5)
    [agency] = figures["agencies"]
    assert (agency["key"], agency["called"]) == ("moi", 2)
    assert figures["total"]["issued"] == 2


def test_a_credit_makes_no_target_shorter(queue, clock):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT, category="veteran")
    clock.advance(minutes=14)  # beyond the due time, which the credit put at 5 minutes, within the target
    queue.counters.next(6, official)

    assert queue.statistics.of_day()["total"]["in_target"] == 1.0


def test_calls_out_of_turn_are_published_by_reason(queue):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    create_ticket(queue, PASSPORT)
    queue.counters.call(6, official, "A002", "unwell")

    [published] = queue.statistics.of_day()["out_of_turn"]

    assert (published["reason"], published["calls"]) == ("unwell", 1)


def test_the_first_call_counts_though_the_visit_goes_on(queue, clock):
    official, registrar = open_counter(queue, 6), open_counter(queue, 18)
    create_ticket(queue, PASSPORT, also=[BIRTH])
    clock.advance(minutes=3)
    serve(queue, clock, 6, official, 10)
    serve(queue, clock, 18, registrar, 10)

    figures = queue.statistics.of_day()

    assert figures["total"]["called"] == 1
    assert figures["total"]["wait_p50_s"] == 180
    assert figures["total"]["served"] == 2


def test_a_day_without_visitors_has_no_figures(queue):
    figures = queue.statistics.of_day(date(2026, 1, 5))

    assert figures["services"] == []
    assert figures["total"]["wait_p50_s"] is None


def test_a_day_must_be_a_day():
    assert parse_day("2026-11-24") == date(2026, 11, 24)
    with pytest.raises(BadInput):
        parse_day("yesterday")
