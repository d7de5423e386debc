"""The process that plays the hall: its answers, its end, and what it costs."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from server.domain.calling import Lane
from server.domain.durations import durations
from server.domain.waiting import (
    Comer,
    Following,
    Habits,
    Hall,
    InHand,
    OpenCounter,
    Stream,
    WaitingTicket,
    forecast,
)
from server.forecasting import ForecastError, ForecastProcess
from server.operations.serving import lane_of, quota_every
from server.visitors import Visitors

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def full_hall(config, *, waiting, counters):
    """The shipped centre at its fullest, with every kind of visitor who may come."""
    chance = random.Random(3)
    visitors = Visitors(config, 3)
    places = config.counters[:counters]
    servable = frozenset().union(*(place.services for place in places))
    tickets = []
    while len(tickets) < waiting:
        wish = visitors.wish()
        if wish.service not in servable:
            continue
        credit = config.category[wish.category].credit_minutes if wish.category else 0
        due = timedelta(minutes=config.service[wish.service].target_minutes - credit)
        tickets.append(
            WaitingTicket(
                len(tickets) + 1,
                wish.service,
                NOW + due - timedelta(seconds=chance.uniform(0, 2400)),
                lane_of(config, wish.category),
                following=tuple(Following(each, NOW) for each in wish.also),
            )
        )
    effects = {(Lane.ORDINARY, 0)} | {
        (lane_of(config, each.key), each.credit_minutes) for each in config.categories
    }
    comers = [
        Comer(service.key, lane, (service.target_minutes - credit) * 60.0)
        for service in config.services
        for lane, credit in effects
    ]
    return (
        Hall(
            NOW,
            tickets,
            [
                OpenCounter(
                    place.number,
                    frozenset(place.services),
                    InHand(chance.choice(place.services), chance.uniform(0, 400)),
                    chance.randint(0, 2),
                )
                for place in places
            ],
            Habits(durations({each.key: each.minutes * 60.0 for each in config.services}, {})),
            [
                Stream(comer, 0.5 if comer.lane is Lane.ORDINARY and comer.lead_s >= 480 else 0.02)
                for comer in comers
            ],
            quota_every=quota_every(config),
        ),
        comers,
    )


@pytest.fixture
def process():
    process = ForecastProcess()
    yield process
    process.close()


def test_the_process_answers_as_the_function_does(config, process):
    hall, comers = full_hall(config, waiting=20, counters=8)

    assert process(hall, comers, seed=4) == forecast(hall, comers, seed=4)


def test_a_hall_without_counters_starts_no_process(process):
    hall = Hall(NOW, [], [], Habits({}))

    assert process(hall, [], seed=1).newcomers == {}
    assert process._process is None


def test_a_process_that_died_is_started_again(config, process):
    hall, comers = full_hall(config, waiting=5, counters=2)
    process(hall, comers, seed=1)
    process._process.kill()
    process._process.wait()

    with pytest.raises(ForecastError):
        process(hall, comers, seed=1)

    assert process(hall, comers, seed=1).tickets


def test_a_mistake_in_the_play_is_told_and_the_process_goes_on(config, process):
    hall, comers = full_hall(config, waiting=5, counters=2)

    with pytest.raises(ForecastError, match="TypeError"):
        process(hall, comers, seed="not a number")

    assert process(hall, comers, seed=1).tickets


def test_the_process_ends_when_its_input_does(config, process):
    hall, comers = full_hall(config, waiting=5, counters=2)
    process(hall, comers, seed=1)
    child = process._process

    child.stdin.close()

    assert child.wait(timeout=10) == 0


def test_a_full_hall_costs_less_than_a_quarter_of_a_second_of_processor(config):
    hall, comers = full_hall(config, waiting=300, counters=40)
    forecast(hall, comers, seed=1, runs=100)

    def cost_s(seed):
        began = time.process_time()
        found = forecast(hall, comers, seed=seed, runs=100)
        assert len(found.tickets) == 300
        return time.process_time() - began

    # The least of several: what else the machine does makes each of them dearer.
    assert min(cost_s(seed) for seed in range(5)) < 0.25
