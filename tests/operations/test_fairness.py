"""The promise: within a service nobody is passed by a walk-in who came more than the greatest credit later."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from server.db.models import tickets
from server.domain.calling import Candidate, Terms, choose_next
from server.domain.fairness import overtaken_by, overtaking_bound
from tests.builders import PASSPORT, create_ticket, open_counter
from tests.conftest import OPENING_TIME

CREDITS = st.integers(0, 60).map(lambda minutes: timedelta(minutes=minutes))


@given(
    visitors=st.lists(st.tuples(st.integers(0, 4 * 3600), CREDITS), min_size=2, max_size=40),
    target=st.integers(1, 60),
)
def test_the_rule_keeps_the_bound(visitors, target):
    waiting = {
        number: Terms(OPENING_TIME + timedelta(seconds=after), timedelta(minutes=target), credit)
        for number, (after, credit) in enumerate(sorted(visitors))
    }
    bound = overtaking_bound(credit for _, credit in visitors)

    while waiting:
        choice = choose_next(Candidate(number, terms.due_at) for number, terms in waiting.items())
        called = waiting.pop(choice.id)
        for terms in waiting.values():
            assert overtaken_by(called.start_at, terms.start_at, bound=bound) is None


def test_a_call_by_the_rule_raises_no_alarm(queue, clock):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    clock.advance(minutes=9)
    create_ticket(queue, PASSPORT, category="veteran")

    assert queue.counters.next(6, official)["number"] == "A002"
    assert queue.counters.alarms() == []


def test_a_due_time_that_was_changed_in_the_database_raises_the_alarm(queue, clock):
    official = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    clock.advance(minutes=45)
    friend = create_ticket(queue, PASSPORT)
    with queue.context.database.write() as tx:
        tx.execute(
            update(tickets)
            .where(tickets.c.id == friend["id"])
            .values(due_at=OPENING_TIME - timedelta(hours=1))
        )

    queue.counters.next(6, official)

    [alarm] = queue.counters.alarms()
    assert (alarm["number"], alarm["by"], alarm["beyond_s"]) == ("A001", "A002", 35 * 60)
