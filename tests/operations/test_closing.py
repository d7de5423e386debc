"""At closing the log's head leaves the operator's hands on paper, once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from server.app import open_queue
from server.config import load
from server.db.models import print_jobs
from server.domain.opening import last_closing
from server.operations.ledger import origin
from server.signing import SigningKey
from tests.builders import PASSPORT, create_ticket
from tests.conftest import ROOT

AFTER_CLOSING = datetime(2026, 11, 24, 14, 1, tzinfo=UTC)  # 18:01 in Baku


@pytest.fixture
def hall(config, clock, database_url):
    queue = open_queue(
        config,
        database_url=database_url,
        clock=clock,
        log_key=SigningKey(origin(config.centre.key), bytes(32)),
    )
    create_ticket(queue, PASSPORT)
    queue.ledger.seal()
    yield queue
    queue.context.database.close()


def checkpoints(queue):
    with queue.context.database.read() as connection:
        return connection.execute(select(print_jobs).where(print_jobs.c.kind == "checkpoint")).fetchall()


def test_nothing_is_printed_while_the_centre_is_open(hall):
    assert not hall.closing.print_checkpoint()
    assert checkpoints(hall) == []


def test_the_head_is_printed_once_after_closing(hall, clock):
    clock.now = AFTER_CLOSING

    assert hall.closing.print_checkpoint()
    assert not hall.closing.print_checkpoint()

    [job] = checkpoints(hall)
    head = hall.ledger.checkpoint()
    assert job.document["size"] == head["size"]
    assert job.document["note"] == head["note"]
    assert len(job.document["root"]) == 64


def test_another_process_prints_no_second_one(hall, clock, config, database_url):
    clock.now = AFTER_CLOSING
    hall.closing.print_checkpoint()
    other = open_queue(config, database_url=database_url, clock=clock)

    assert not other.closing.print_checkpoint()

    assert len(checkpoints(hall)) == 1
    other.context.database.close()


def test_the_next_day_has_its_own(hall, clock):
    clock.now = AFTER_CLOSING
    hall.closing.print_checkpoint()

    clock.advance(days=1)

    assert hall.closing.print_checkpoint()
    assert len(checkpoints(hall)) == 2


def test_a_day_without_hours_has_no_closing():
    centre = load(ROOT / "config.yaml").centre
    sunday, holiday = date(2026, 11, 29), date(2026, 11, 9)

    for day in (sunday, holiday):
        assert (
            last_closing(
                day,
                timezone=centre.timezone,
                hours=centre.hours,
                holidays={each.date for each in centre.holidays},
            )
            is None
        )
