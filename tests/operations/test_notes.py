"""Notes about a visitor, the outcome of a service, and what the log tells of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from server.app import open_queue
from server.config import Terminal
from server.db.models import events
from server.db.notes import notes
from server.errors import BadInput, NoTicketInHand
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter

if TYPE_CHECKING:
    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock

NOTE = "Səkinə xanım eşitmir, yazı ilə danışın"


def logged(queue: Queue) -> list[Any]:
    with queue.context.database.read() as connection:
        return list(connection.execute(select(events).order_by(events.c.id)))


def test_a_note_goes_with_the_visitor_and_not_into_the_log(queue: Queue) -> None:
    official, other = open_counter(queue, 18), open_counter(queue, 6)
    create_ticket(queue, BIRTH)
    with pytest.raises(NoTicketInHand):
        queue.notes.add(18, official, NOTE)
    queue.counters.next(18, official)
    queue.visits.start(18, official)

    [own] = queue.notes.add(18, official, f" {NOTE} ")["notes"]
    queue.visits.transfer(18, official, service=PASSPORT, reason="needs a new card first")
    queue.counters.next(6, other)
    there = queue.counters.view(6)["notes"]

    assert (own["text"], own["kind"], own["counter"]) == (NOTE, "note", 18)
    assert [(each["kind"], each["text"]) for each in there] == [
        ("note", NOTE),
        ("sent", "needs a new card first"),
    ]
    assert "ticket.noted" in [row.kind for row in logged(queue)]
    assert not [row for row in logged(queue) if NOTE in str(row.data) or "new card" in str(row.data)]


def test_notes_are_erased_after_the_visit(queue: Queue, clock: FixedClock) -> None:
    official = open_counter(queue, 18)
    create_ticket(queue, BIRTH)
    queue.counters.next(18, official)
    queue.visits.start(18, official)
    queue.notes.add(18, official, NOTE)
    queue.visits.finish(18, official)

    clock.advance(hours=11)
    queue.notes.forget()
    kept = _count(queue)
    clock.advance(hours=2)
    queue.notes.forget()

    assert (kept, _count(queue)) == (1, 0)


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_a_note_that_cannot_be_is_refused(queue: Queue, text: str) -> None:
    official = open_counter(queue, 18)
    create_ticket(queue, BIRTH)
    queue.counters.next(18, official)

    with pytest.raises(BadInput):
        queue.notes.add(18, official, text)
    assert _count(queue) == 0


def test_an_outcome_and_a_further_service_end_one_service_and_begin_the_next(queue: Queue) -> None:
    official = open_counter(queue, 18)
    first = create_ticket(queue, BIRTH)
    queue.counters.next(18, official)
    queue.visits.start(18, official)
    with pytest.raises(BadInput):
        queue.visits.finish(18, official, outcome="lost")

    queue.visits.finish(18, official, outcome="documents_missing", service=PASSPORT)

    ticket = queue.tickets.view(first["token"])
    assert (ticket["state"], ticket["service"], ticket["number"]) == ("waiting", PASSPORT, first["number"])
    [finished] = [row for row in logged(queue) if row.kind == "ticket.finished"]
    assert finished.data["outcome"] == "documents_missing"


def test_a_service_may_begin_with_the_call(config: Config, clock: FixedClock, database_url: str) -> None:
    at_once = config.model_copy(update={"terminal": Terminal(start_at_call=True)})
    queue = open_queue(at_once, database_url=database_url, clock=clock)
    official = open_counter(queue, 18)
    create_ticket(queue, BIRTH)

    called = queue.visits.next(18, official)

    assert called is not None
    assert called["state"] == "serving"
    assert [row.kind for row in logged(queue)][-2:] == ["ticket.called", "ticket.started"]
    queue.context.database.close()


def _count(queue: Queue) -> int:
    with queue.context.database.read() as connection:
        return len(connection.execute(select(notes.c.id)).fetchall())
