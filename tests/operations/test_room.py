"""The supervisor's room: what stands there, what asks for attention, and what is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from server.db.models import events
from server.domain.replay import Replay
from server.errors import BadInput, CounterNotFound, CounterStateError, CounterTaken, TicketInHand
from server.operations.ledger import entry_of
from tests.builders import BIRTH, PASSPORT, create_official, create_ticket, open_counter

if TYPE_CHECKING:
    from server.operations import Queue
    from server.operations.staff import Official
    from tests.conftest import FixedClock


@pytest.fixture
def nigar(queue: Queue) -> Official:
    return create_official(queue, "nigar", role="supervisor")


def kinds(room: dict[str, Any]) -> list[str]:
    return [alert["kind"] for alert in room["alerts"] if not alert["is_acknowledged"]]


def test_a_service_that_nobody_serves_asks_for_a_counter(queue: Queue, nigar: Official) -> None:
    create_ticket(queue, BIRTH)

    [alert] = queue.room.view(nigar)["alerts"]

    assert (alert["kind"], alert["facts"]["services"], alert["facts"]["n"]) == ("unserved", [BIRTH], 1)

    open_counter(queue, 18)
    assert queue.room.view(nigar)["alerts"] == []


def test_a_target_is_told_before_it_is_missed_and_when_it_is(
    queue: Queue, nigar: Official, clock: FixedClock
) -> None:
    open_counter(queue, 18)
    create_ticket(queue, BIRTH)
    target_s = queue.config.service[BIRTH].target_minutes * 60

    clock.advance(seconds=target_s - 181)
    assert queue.room.view(nigar)["alerts"] == []
    clock.advance(seconds=2)
    [soon] = queue.room.view(nigar)["alerts"]
    clock.advance(seconds=180)
    [late] = queue.room.view(nigar)["alerts"]

    assert (soon["kind"], soon["is_bad"], soon["facts"]["late"]) == ("late", False, 0)
    assert (late["kind"], late["is_bad"], late["facts"]["late"]) == ("late", True, 1)
    assert soon["key"] == late["key"]


def test_what_was_seen_is_silent_for_a_quarter_of_an_hour(
    queue: Queue, nigar: Official, clock: FixedClock
) -> None:
    create_ticket(queue, BIRTH)
    [alert] = queue.room.view(nigar)["alerts"]

    queue.supervising.acknowledge(alert["key"], nigar)
    assert kinds(queue.room.view(nigar)) == []
    clock.advance(minutes=16)

    assert kinds(queue.room.view(nigar)) == ["unserved"]


def test_of_two_who_acknowledge_at_once_the_first_has_seen_it(
    queue: Queue, nigar: Official, clock: FixedClock
) -> None:
    create_ticket(queue, BIRTH)
    [alert] = queue.room.view(nigar)["alerts"]
    elchin = create_official(queue, "elchin", role="supervisor")

    first = queue.supervising.acknowledge(alert["key"], nigar)
    clock.advance(seconds=3)
    second = queue.supervising.acknowledge(alert["key"], elchin)

    assert second == first
    assert first["by"]["id"] == nigar.id
    [seen] = queue.room.view(elchin)["alerts"]
    assert (seen["seen_by"], seen["seen_at"]) == (nigar.name, first["at"])
    clock.advance(minutes=16)
    assert queue.supervising.acknowledge(alert["key"], elchin)["by"]["id"] == elchin.id


def test_a_supervisor_of_other_agencies_moves_and_ends_nobody_here(queue: Queue) -> None:
    official = open_counter(queue, 18)
    other = create_official(queue, "other", role="supervisor", agencies=["moi"])

    with pytest.raises(CounterNotFound):
        queue.supervising.end_counter(18, other)
    with pytest.raises(CounterNotFound):
        queue.supervising.move(official.id, 6, other)
    assert queue.counters.view(18)["official"]["id"] == official.id


def test_a_low_rating_and_an_abandoned_counter_are_told(
    queue: Queue, nigar: Official, clock: FixedClock
) -> None:
    official = open_counter(queue, 18)
    first, _ = create_ticket(queue, BIRTH), create_ticket(queue, BIRTH)
    queue.counters.next(18, official)
    queue.visits.start(18, official)
    queue.visits.finish(18, official)
    token = queue.tickets.view(first["token"])["services"][0]["rating_token"]
    queue.ratings.rate(token, score=1)
    queue.counters.next(18, official)
    clock.advance(minutes=11)

    assert kinds(queue.room.view(nigar)) == ["abandoned", "rating"]


def test_a_supervisor_of_one_agency_sees_what_concerns_it(queue: Queue) -> None:
    create_ticket(queue, BIRTH)
    create_ticket(queue, PASSPORT)
    of_registry = create_official(queue, "sevda", role="supervisor", agencies=["moj_reg"])

    room = queue.room.view(of_registry)

    assert [each["service"] for each in room["services"]] == [BIRTH]
    assert [alert["facts"]["services"] for alert in room["alerts"]] == [[BIRTH]]
    assert {each["zone"] for each in room["counters"]} == {"b"}


def test_an_abandoned_counter_is_ended_and_its_visitor_keeps_the_place(
    queue: Queue, nigar: Official, clock: FixedClock
) -> None:
    official = open_counter(queue, 18)
    first, second = create_ticket(queue, BIRTH), create_ticket(queue, BIRTH)
    queue.counters.next(18, official)
    queue.visits.start(18, official)
    clock.advance(minutes=90)

    counter = queue.supervising.end_counter(18, nigar)

    assert (counter["state"], counter["official"]) == ("closed", None)
    other = open_counter(queue, 19)
    called = queue.counters.next(19, other)
    assert called is not None
    assert called["number"] == first["number"]
    assert queue.tickets.view(second["token"])["state"] == "waiting"
    assert findings(queue) == []
    with pytest.raises(CounterStateError):
        queue.supervising.end_counter(18, nigar)


def test_an_official_is_moved_and_goes_on_there(queue: Queue, nigar: Official) -> None:
    official = open_counter(queue, 18)
    busy = open_counter(queue, 20)
    create_ticket(queue, BIRTH)
    queue.counters.next(20, busy)

    counter = queue.supervising.move(official.id, 19, nigar)

    assert (counter["state"], counter["official"]["id"]) == ("open", official.id)
    assert queue.counters.view(18)["state"] == "closed"
    with pytest.raises(TicketInHand):
        queue.supervising.move(busy.id, 18, nigar)
    with pytest.raises(CounterTaken):
        queue.supervising.move(official.id, 20, nigar)
    with pytest.raises(CounterStateError):
        queue.supervising.move(nigar.id, 18, nigar)
    with pytest.raises(BadInput):
        queue.supervising.move(official.id, 19, nigar)
    assert queue.counters.view(19)["official"]["id"] == official.id, "a refused move changes nothing"
    assert findings(queue) == []


def test_one_more_counter_is_advised_where_it_helps(queue: Queue) -> None:
    open_counter(queue, 18)
    for _ in range(12):
        create_ticket(queue, BIRTH)

    [best, *_] = queue.advice.view()["advice"]

    assert best["agency"] == "moj_reg"
    assert set(best["counters"]) <= {19, 20}
    assert best["after_s"] < best["before_s"] - 240


def test_no_counter_is_advised_when_nobody_waits(queue: Queue) -> None:
    open_counter(queue, 18)

    assert queue.advice.view()["advice"] == []


def test_today_stands_beside_the_usual_day(queue: Queue, clock: FixedClock) -> None:
    official = open_counter(queue, 18)
    for _ in range(3):
        create_ticket(queue, BIRTH)
    clock.advance(days=7)
    queue.days.expire_earlier()
    create_ticket(queue, BIRTH)
    clock.advance(minutes=6)
    queue.counters.next(18, official)

    flow = queue.room.flow()

    ten = flow["at"].index("10:00")
    assert flow["days"] == 1
    assert (flow["came"]["today"][ten], flow["came"]["usual"][ten]) == (1, 3.0)
    assert flow["waited_s"]["today"][ten] == 360


def findings(queue: Queue) -> list[Any]:
    """Replay the log so far."""
    going = Replay()
    with queue.context.database.read() as connection:
        entries = [entry_of(row) for row in connection.execute(select(events).order_by(events.c.id))]
    return [finding for index, entry in enumerate(entries) for finding in going.go_on(index, entry)]
