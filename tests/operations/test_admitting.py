"""Closed services and full queues: what the kiosk is told is what the act of issuing holds to."""

from __future__ import annotations

import threading

import pytest

from server.app import open_queue
from server.clock import Randomness
from server.db import queries
from server.domain.replay import Replay
from server.errors import (
    BadInput,
    ClosingSoon,
    NotWalkIn,
    QueueError,
    QueueFull,
    ServiceClosed,
    ServiceNotFound,
)
from server.operations.ledger import entry_of
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter

MARRIAGE = "marriage"  # by appointment only


def changed(config, *, services=None, agencies=None, **sections):
    """Change single services, agencies and whole sections of the shipped centre."""

    def each_with(values, changes):
        return tuple(each.model_copy(update=(changes or {}).get(each.key, {})) for each in values)

    # Made anew and not copied: a copy would keep the dicts by key of the other.
    parts = {name: getattr(config, name) for name in type(config).model_fields}
    parts["services"] = each_with(config.services, services)
    parts["agencies"] = each_with(config.agencies, agencies)
    for name, values in sections.items():
        parts[name] = parts[name].model_copy(update=values)
    return type(config)(**parts)


@pytest.fixture
def make_queue(config, clock, database_url):
    opened = []

    def make(**changes):
        queue = open_queue(
            changed(config, **changes), database_url=database_url, clock=clock, randomness=Randomness()
        )
        opened.append(queue)
        return queue

    yield make
    for queue in opened:
        queue.context.database.close()


def now_of(queue, service):
    return queue.services.now()["services"][service]


def log_of(queue):
    with queue.context.database.read() as connection:
        return [entry_of(row) for row in queries.events_after(connection, queue.context.centre, 0, limit=99)]


def findings(log):
    replay = Replay()
    return [each.fault for index, entry in enumerate(log) for each in replay.go_on(index, entry)]


def test_a_service_closed_for_the_day_takes_no_walk_ins_and_is_open_tomorrow(queue, clock):
    first = create_ticket(queue, BIRTH)
    queue.services.set_availability(BIRTH, is_open=False)

    assert now_of(queue, BIRTH) | {"obstacle": "service_closed", "open": False} == now_of(queue, BIRTH)
    with pytest.raises(ServiceClosed):
        create_ticket(queue, BIRTH)
    with pytest.raises(ServiceClosed):
        create_ticket(queue, PASSPORT, also=[BIRTH])
    official = open_counter(queue, 18)
    assert queue.counters.next(18, official)["number"] == first["number"]

    clock.advance(days=1)
    assert now_of(queue, BIRTH)["obstacle"] is None
    create_ticket(queue, BIRTH)


def test_a_service_is_opened_again_and_the_log_has_both_once(queue):
    official = open_counter(queue, 18)
    for is_open in (False, False, True, True):
        queue.services.set_availability(BIRTH, is_open=is_open, official=official)

    create_ticket(queue, BIRTH)

    entries = [entry for entry in log_of(queue) if entry["kind"].startswith("service.")]
    assert [(each["kind"], each["service"], each["official"]) for each in entries] == [
        ("service.closed", BIRTH, official.id),
        ("service.opened", BIRTH, official.id),
    ]


def test_a_closed_service_still_takes_who_was_promised_to_come_even_late(queue, clock):
    booked = queue.check_ins.book(service=MARRIAGE, slot_at=clock())
    queue.services.set_availability(MARRIAGE, is_open=False)
    clock.advance(minutes=50)  # it waits like a walk-in now

    assert queue.check_ins.check_in(booked["code"])["state"] == "waiting"
    assert findings(log_of(queue)) == []


def test_nobody_closes_what_is_not_offered(queue):
    with pytest.raises(ServiceNotFound):
        queue.services.set_availability("unknown", is_open=False)


def test_the_replay_names_a_walk_in_of_a_closed_service(queue):
    create_ticket(queue, BIRTH)
    queue.services.set_availability(BIRTH, is_open=False)
    log = log_of(queue)
    swapped = [*log[:-2], log[-1], log[-2]]

    assert findings(log) == []
    assert findings(swapped) == ["service_closed"]


def test_a_service_takes_as_many_as_may_wait_and_one_more_when_one_is_called(make_queue):
    queue = make_queue(services={BIRTH: {"most_waiting": 2}})
    for _ in range(2):
        create_ticket(queue, BIRTH)
    assert now_of(queue, BIRTH)["obstacle"] == "queue_full"
    with pytest.raises(QueueFull):
        create_ticket(queue, BIRTH)
    create_ticket(queue, PASSPORT)

    queue.counters.next(18, open_counter(queue, 18))

    assert now_of(queue, BIRTH)["obstacle"] is None
    create_ticket(queue, BIRTH)


def test_an_agency_counts_all_that_wait_for_it(make_queue):
    queue = make_queue(agencies={"moi": {"most_waiting": 2}})
    create_ticket(queue, PASSPORT)
    create_ticket(queue, "id_lost")

    assert {now_of(queue, key)["obstacle"] for key in (PASSPORT, "id_lost", "id_change")} == {"queue_full"}
    with pytest.raises(QueueFull):
        create_ticket(queue, "id_change")
    create_ticket(queue, BIRTH)


def test_the_last_place_is_given_once(make_queue):
    queue = make_queue(services={BIRTH: {"most_waiting": 3}})
    given, refused = [], []

    def take():
        try:
            given.append(create_ticket(queue, BIRTH)["number"])
        except QueueFull as error:
            refused.append(error)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(given), len(refused)) == (3, 5)


def test_before_closing_no_more_are_let_in_than_can_be_served(make_queue, clock):
    queue = make_queue(admission={"before_closing": True})
    open_counter(queue, 18)
    clock.advance(hours=7, minutes=25)  # 17:25, and the centre closes at 18:00
    queue.waits.refresh()
    assert now_of(queue, BIRTH)["obstacle"] is None
    let_in = 0
    while now_of(queue, BIRTH)["obstacle"] is None:
        create_ticket(queue, BIRTH)
        let_in += 1
        queue.waits.refresh()

    with pytest.raises(ClosingSoon) as refused:
        create_ticket(queue, BIRTH)

    assert 1 <= let_in <= 35 // queue.config.service[BIRTH].minutes + 1
    assert refused.value.facts["closes_at"] == "2026-11-24T18:00:00+04:00"
    assert now_of(queue, BIRTH)["obstacle"] == "closing_soon"


def test_the_order_of_a_visit_goes_where_the_wait_is_shorter_first(queue):
    open_counter(queue, 18)
    open_counter(queue, 6)
    for _ in range(6):
        create_ticket(queue, BIRTH)
    queue.waits.refresh()

    told = queue.services.order([BIRTH, PASSPORT])

    assert told["order"] == [PASSPORT, BIRTH]
    assert told["saves_s"] > 0
    assert 0 < told["ends"]["low_s"] <= told["ends"]["likely_s"] <= told["ends"]["high_s"]
    assert queue.services.order([PASSPORT, BIRTH])["saves_s"] == 0


def test_what_no_counter_is_open_for_comes_last_and_no_end_is_told(queue):
    open_counter(queue, 18)
    queue.waits.refresh()

    told = queue.services.order([PASSPORT, BIRTH])

    assert (told["order"], told["ends"], told["saves_s"]) == ([BIRTH, PASSPORT], None, None)


@pytest.mark.parametrize(
    ("wished", "error"),
    [
        ([BIRTH], BadInput),
        ([BIRTH, BIRTH], BadInput),
        ([BIRTH, "unknown"], ServiceNotFound),
        ([BIRTH, MARRIAGE], NotWalkIn),
        ([BIRTH, PASSPORT, "id_lost", "id_change", "id_first", "fine_info"], BadInput),
    ],
)
def test_a_visit_that_cannot_be_is_refused(queue, wished, error):
    with pytest.raises(QueueError) as refused:
        queue.services.order(wished)

    assert refused.type is error


def test_quieter_hours_are_told_from_the_days_before(queue, clock):
    learned = queue.waits._learning.learned
    learned.usual, learned.days = [0.0] * 18 + [10.0] * 8 + [4.0] * 10 + [0.0] * 12, 20.0

    assert queue.services.now()["quieter"] == [
        {"from_at": "2026-11-24T13:00:00+04:00", "until_at": "2026-11-24T18:00:00+04:00"}
    ]
    learned.days = 1.0
    assert queue.services.now()["quieter"] == []
