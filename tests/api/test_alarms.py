"""The bound that is promised to visitors is watched: who breaks it is told of at once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from server.db.models import tickets
from tests.builders import PASSPORT, create_ticket, open_counter


def test_a_violation_is_told_to_the_supervisor_and_to_the_monitoring(hall, clock):
    """Somebody gives a friend an early due time, past the program, in the database."""
    queue = hall.queue
    official = open_counter(queue, 6)
    overtaken = create_ticket(queue, PASSPORT)
    clock.advance(minutes=45)
    friend = create_ticket(queue, PASSPORT)
    assert "navbat_overtaken_total 0.0" in hall.page("/metrics").text
    with queue.context.database.write() as tx:
        early = clock() - timedelta(hours=2)
        tx.execute(update(tickets).where(tickets.c.id == friend["id"]).values(due_at=early))

    assert queue.counters.next(6, official)["id"] == friend["id"]

    assert "navbat_overtaken_total 1.0" in hall.page("/metrics").text
    [alarm] = hall.get("/alarms", by="supervisor")["alarms"]
    assert (alarm["number"], alarm["by"], alarm["counter"]) == (overtaken["number"], friend["number"], 6)
    assert alarm["beyond_s"] == 35 * 60
    assert hall.ask("GET", "/alarms", by="official").status_code == 403
