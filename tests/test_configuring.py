"""A changed config.yaml meets yesterday's data: nothing is lost, and what comes back is known again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from server.app import open_queue
from server.clock import Randomness
from server.config import ConfigErrors, load
from server.db.models import catalogue, counters, events
from server.events import EventKind
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter
from tests.centres import write_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.operations import Queue

GONE = BIRTH


@pytest.fixture
def start(tmp_path, clock, database_url):
    """Start the centre with a changed configuration, on the same database each time."""
    queues: list[Queue] = []

    def start(change: Callable[[dict[str, Any]], None] = lambda centre: None) -> Queue:
        config = load(write_config(tmp_path / "config.yaml", change))
        queues.append(open_queue(config, database_url=database_url, clock=clock, randomness=Randomness()))
        return queues[-1]

    yield start
    for queue in queues:
        queue.context.database.close()


def without_birth(centre):
    centre["services"] = {**centre.get("services", {}), GONE: {"offered": False}}


def without_counter(centre):
    centre["counters"] = [each for each in centre["counters"] if each["number"] != 20]


def retired(queue, kind, key):
    with queue.context.database.read() as connection:
        if kind == "counter":
            query = select(counters.c.retired_at).where(counters.c.number == key)
        else:
            query = select(catalogue.c.retired_at).where(catalogue.c.kind == kind, catalogue.c.key == key)
        return connection.execute(query).scalar_one()


def count_applied(queue):
    with queue.context.database.read() as connection:
        query = select(events.c.kind).where(events.c.kind == EventKind.CONFIG_APPLIED)
        return len(connection.execute(query).fetchall())


def test_a_service_that_is_gone_is_retired_and_its_tickets_stay_readable(start, clock):
    queue = start()
    open_counter(queue, 18)
    ticket = create_ticket(queue, BIRTH)
    name = ticket["service_name"]
    served = create_ticket(queue, BIRTH, also=[PASSPORT])

    changed = start(without_birth)

    assert retired(changed, "service", GONE) == clock.now
    shown = changed.tickets.view(ticket["token"])
    assert (shown["number"], shown["state"], shown["service_name"]) == ("R001", "waiting", name)
    assert changed.tickets.view(served["token"])["services"][0]["name"] == name
    offered = {
        service["key"] for agency in changed.services.overview()["agencies"] for service in agency["services"]
    }
    assert GONE not in offered
    assert changed.boards.view("b")["zone"] == "b"
    assert changed.counters.view(18)["state"] == "open"
    assert changed.tickets.cancel(ticket["token"])["state"] == "cancelled"


def test_a_service_that_comes_back_is_the_same(start):
    start()
    start(without_birth)

    queue = start()

    assert retired(queue, "service", GONE) is None
    assert create_ticket(queue, BIRTH)["number"] == "R001"


def test_a_counter_that_is_gone_is_retired_with_its_history(start, clock):
    queue = start()
    official = open_counter(queue, 20)
    ticket = create_ticket(queue, BIRTH)
    queue.counters.next(20, official)
    queue.visits.start(20, official)
    queue.visits.finish(20, official)

    changed = start(without_counter)

    assert retired(changed, "counter", 20) == clock.now
    assert 20 not in [each["counter"] for each in changed.counters.all()]
    shown = changed.tickets.view(ticket["token"])
    assert (shown["state"], shown["counter"]) == ("served", 20)
    assert changed.boards.view("b")["calls"] == []
    assert changed.boards.view(None)["zone"] is None

    assert retired(start(), "counter", 20) is None


def test_numbers_go_on_where_they_stopped(start):
    create_ticket(start(), BIRTH)

    assert create_ticket(start(without_counter), BIRTH)["number"] == "R002"


def test_the_same_file_changes_nothing(start):
    start()
    start()

    assert count_applied(start()) == 1


def test_each_change_is_an_entry_of_the_log(start):
    start()
    queue = start(without_birth)

    with queue.context.database.read() as connection:
        [_, entry] = connection.execute(
            select(events.c.data).where(events.c.kind == EventKind.CONFIG_APPLIED).order_by(events.c.id)
        ).scalars()
    assert entry["retired"] == [f"service.{GONE}"]
    assert entry["policy"] == "2026-11"


def test_a_bad_file_is_refused_before_the_database_is_touched(tmp_path):
    def spoil(centre):
        centre["zones"][0]["nmae"] = centre["zones"][0].pop("name")

    with pytest.raises(ConfigErrors) as refused:
        load(write_config(tmp_path / "config.yaml", spoil))

    assert "nmae" in str(refused.value)


def test_an_act_beside_a_running_server_applies_no_changed_file(start, tmp_path, clock, database_url):
    running = start()
    config = load(write_config(tmp_path / "changed.yaml", without_birth))

    act = open_queue(config, database_url=database_url, clock=clock, is_start=False)
    act.devices.add("kiosk-2", kind="kiosk")

    assert retired(running, "service", GONE) is None
    assert count_applied(running) == 1
    act.context.database.close()
