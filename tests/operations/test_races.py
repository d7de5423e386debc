"""Many at once, on real threads: no number twice, no ticket at two counters."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.config import Config
from server.errors import AlreadyRated
from server.operations.context import Once
from tests.builders import PASSPORT, create_ticket, open_counter

COUNTERS = range(6, 14)


def at_once(count, work):
    """Run `work(0)` to `work(count - 1)`, all let go at the same moment."""
    ready = threading.Barrier(count)

    def run(number):
        ready.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_sixty_issues_at_once_give_sixty_numbers(queue):
    tickets = at_once(60, lambda _: create_ticket(queue, PASSPORT))

    assert sorted(ticket["number"] for ticket in tickets) == [f"A{n:03d}" for n in range(1, 61)]


def test_one_tap_sent_many_times_at_once_gives_one_ticket(queue):
    tap = Once.of("device:1", "tap-1", "POST", "/api/v1/tickets", b"{}")

    tickets = at_once(16, lambda _: create_ticket(queue, PASSPORT, once=tap))

    assert {ticket["number"] for ticket in tickets} == {"A001"}
    assert create_ticket(queue, PASSPORT)["number"] == "A002"


@pytest.fixture
def config(config):
    """The shipped centre, with an eighth counter for passports."""
    extra = config.counter[13].model_copy(update={"services": (PASSPORT,)})
    counters = tuple(extra if each.number == 13 else each for each in config.counters)
    return Config.model_validate(config.model_copy(update={"counters": counters}))


def test_eight_counters_call_two_hundred_tickets_once_each(queue):
    for _ in range(200):
        create_ticket(queue, PASSPORT)
    officials = {number: open_counter(queue, number) for number in COUNTERS}
    called: list[str] = []

    def work(index):
        number = list(officials)[index]
        mine = []
        while (ticket := queue.counters.next(number, officials[number])) is not None:
            queue.visits.start(number, officials[number])
            queue.visits.finish(number, officials[number])
            mine.append(ticket["number"])
        return mine

    for mine in at_once(len(officials), work):
        called += mine

    assert len(officials) == 8
    assert len(called) == 200
    assert Counter(called).most_common(1)[0][1] == 1


def test_one_counter_that_taps_twice_at_once_has_one_visitor(queue):
    for _ in range(5):
        create_ticket(queue, PASSPORT)
    official = open_counter(queue, 6)

    def work(_):
        try:
            return queue.counters.next(6, official)
        except Exception as error:  # every refusal is one of ours
            return type(error).__name__

    outcomes = at_once(8, work)

    assert sum(isinstance(outcome, dict) for outcome in outcomes) == 1
    assert outcomes.count("TicketInHand") == 7


def test_a_ticket_given_back_in_the_moment_of_its_call_is_one_of_both(queue):
    official = open_counter(queue, 6)
    token = create_ticket(queue, PASSPORT)["token"]

    def work(index):
        return queue.counters.next(6, official) if index else queue.tickets.cancel(token)

    at_once(2, work)

    assert queue.tickets.view(token)["state"] == "cancelled"
    called = queue.counters.view(6)["ticket"]
    assert called is None


def test_one_vote_however_often_it_is_sent(queue):
    official = open_counter(queue, 6)
    token = create_ticket(queue, PASSPORT)["token"]
    queue.counters.next(6, official)
    queue.visits.start(6, official)
    queue.visits.finish(6, official)
    rating = queue.tickets.view(token)["services"][0]["rating_token"]

    def work(_):
        try:
            queue.ratings.rate(rating, score=5)
        except AlreadyRated:
            return False
        return True

    assert sum(at_once(8, work)) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_processes_issue_distinct_numbers(queue, config, clock, database_url):
    """Two operations on one database, as two workers have."""
    from server.app import open_queue

    other = open_queue(config, database_url=database_url, clock=clock)

    tickets = at_once(40, lambda n: create_ticket((queue, other)[n % 2], PASSPORT))

    assert len({ticket["number"] for ticket in tickets}) == 40
    other.context.database.close()
