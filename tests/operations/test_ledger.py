"""Sealing the log: every event a leaf, in the order of writing, under a signed head."""

from __future__ import annotations

import dataclasses
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from server.db import ledger as rows
from server.db.models import events
from server.domain.ledger.checkpoint import Checkpoint, decode
from server.domain.ledger.entries import entry_hash
from server.domain.ledger.tree import Frontier, is_consistent, is_included
from server.errors import BadInput, NotFound, StartError, TicketNotFound
from server.operations.ledger import Ledger, origin
from server.signing import SigningKey
from tests.builders import PASSPORT, create_ticket, open_counter

KEY = SigningKey(origin("asan-1"), b"k" * 32)


def create_ledger(queue, key=KEY):
    return Ledger(dataclasses.replace(queue.context, log_key=key))


@pytest.fixture
def ledger(queue):
    return create_ledger(queue)


def open_head(view):
    return Checkpoint.parse(KEY.public.open(view["note"]))


def test_every_event_becomes_a_leaf_in_the_order_of_writing(queue, ledger):
    for _ in range(5):
        create_ticket(queue, PASSPORT)

    ledger.seal()

    with queue.context.database.read() as connection:
        written = connection.execute(select(events.c.id, events.c.number).order_by(events.c.id)).fetchall()
        sealed = rows.entries_between(connection, "asan-1", (0, 100))
    assert [row.leaf for row in sealed] == list(range(len(written)))
    assert [(row.id, row.number) for row in sealed] == [tuple(row) for row in written]


def test_a_head_says_how_far_the_log_has_grown_and_is_signed(queue, ledger, clock):
    create_ticket(queue, PASSPORT)
    ledger.seal()

    head = open_head(ledger.checkpoint())

    assert (head.origin, head.at, head.policy) == (
        "navbat/asan-1",
        clock.now,
        queue.config.policy.version,
    )
    assert head.size == ledger.entries(0, 100)["size"] == len(ledger.entries(0, 100)["entries"])


def test_nothing_new_makes_no_new_head(queue, ledger):
    assert ledger.seal() > 0
    before = ledger.checkpoint()

    assert ledger.seal() == 0
    assert ledger.checkpoint() == before


def test_a_log_that_nothing_was_sealed_in_has_no_head(ledger):
    with pytest.raises(NotFound):
        ledger.checkpoint()


def test_sealing_goes_on_after_a_restart_as_if_nothing_had_happened(queue, ledger):
    sizes = [1, 4, 2, 7]
    for size in sizes:
        for _ in range(size):
            create_ticket(queue, PASSPORT)
        create_ledger(queue).seal()  # each time a new process

    first = ledger.checkpoint()
    leaves = [decode(each["leaf"]) for each in ledger.entries(0, 500)["entries"]]
    assert decode(first["root"]) == _root(leaves)


def test_the_log_grows_out_of_every_earlier_head(queue, ledger):
    heads = []
    for _ in range(6):
        create_ticket(queue, PASSPORT)
        ledger.seal()
        heads.append(open_head(ledger.checkpoint()))

    for first in heads:
        for second in heads[heads.index(first) :]:
            proof = ledger.consistency(first.size, second.size)["proof"]
            assert is_consistent(
                first.size, first.root, second.size, second.root, [decode(each) for each in proof]
            )


def test_a_visitor_can_prove_that_every_entry_of_its_ticket_is_in(queue, ledger):
    official = open_counter(queue, 6)
    ticket = create_ticket(queue, PASSPORT)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, official)
    queue.visits.start(6, official)
    ledger.seal()

    proof = ledger.proof(ticket["token"])

    head = open_head(proof["checkpoint"])
    kinds = [each["entry"]["kind"] for each in proof["entries"]]
    assert kinds == ["ticket.issued", "ticket.called", "ticket.started"]
    assert proof["pending"] == 0
    for each in proof["entries"]:
        assert each["entry"]["number"] == ticket["number"]
        leaf = entry_hash(decode(each["salt"]), each["entry"])
        path = [decode(sibling) for sibling in each["path"]]
        assert is_included(leaf, each["index"], head.size, path, head.root)


def test_a_proof_says_what_is_not_sealed_yet(queue, ledger):
    ticket = create_ticket(queue, PASSPORT)
    ledger.seal()
    queue.tickets.cancel(ticket["token"])

    proof = ledger.proof(ticket["token"])

    assert (len(proof["entries"]), proof["pending"]) == (1, 1)


def test_a_proof_needs_the_tickets_token(ledger):
    with pytest.raises(TicketNotFound):
        ledger.proof("x" * 22)


def test_an_entry_that_was_erased_keeps_every_proof(queue, ledger):
    ticket = create_ticket(queue, PASSPORT)
    other = create_ticket(queue, PASSPORT)
    ledger.seal()
    with queue.context.database.write() as tx:
        tx.execute(text("DELETE FROM events WHERE ticket = :id"), {"id": ticket["id"]})

    [erased] = [each for each in ledger.entries(0, 100)["entries"] if each["entry"] is None]
    [proven] = ledger.proof(other["token"])["entries"]

    assert erased["salt"] is None
    head = open_head(ledger.checkpoint())
    path = [decode(each) for each in proven["path"]]
    assert is_included(decode(proven["leaf"]), proven["index"], head.size, path, head.root)
    create_ticket(queue, PASSPORT)
    assert create_ledger(queue).seal() == 1


def test_no_head_holds_entries_of_two_days(queue, ledger, clock):
    create_ticket(queue, PASSPORT)
    clock.advance(days=1)
    create_ticket(queue, PASSPORT)
    ledger.seal()

    with queue.context.database.read() as connection:
        days = [
            rows.heads_of_day(connection, "asan-1", (clock.now - timedelta(days=ago)).date())
            for ago in (1, 0)
        ]
        entries = rows.entries_between(connection, "asan-1", (0, 100))
    [first], [second] = days
    assert {row.day for row in entries[: first.size]} == {first.day}
    assert {row.day for row in entries[first.size : second.size]} == {second.day}


def test_more_than_a_batch_is_sealed_at_once(queue, ledger, monkeypatch):
    monkeypatch.setattr("server.operations.ledger.BATCH", 3)
    for _ in range(8):
        create_ticket(queue, PASSPORT)

    assert ledger.seal() == len(ledger.entries(0, 100)["entries"])
    assert ledger.seal() == 0


def test_two_processes_that_seal_at_once_make_one_log(queue):
    ledgers = [create_ledger(queue) for _ in range(4)]
    start = threading.Barrier(5)

    def work(ledger):
        start.wait()
        for _ in range(30):
            try:
                ledger.seal()
            except Exception:  # the slower one; it reads again
                continue

    threads = [threading.Thread(target=work, args=(each,)) for each in ledgers]
    for thread in threads:
        thread.start()
    start.wait()
    for _ in range(30):
        create_ticket(queue, PASSPORT)
    for thread in threads:
        thread.join()

    last = create_ledger(queue)
    last.seal()
    with queue.context.database.read() as connection:
        written = connection.execute(select(events.c.id).order_by(events.c.id)).scalars().all()
        sealed = rows.entries_between(connection, "asan-1", (0, 1000))
    assert [row.id for row in sealed] == written
    assert decode(last.checkpoint()["root"]) == _root([bytes(row.hashes[:32]) for row in sealed])


def test_a_process_with_another_key_seals_nothing(queue, ledger):
    ledger.seal()
    create_ticket(queue, PASSPORT)

    with pytest.raises(StartError, match=r"copy log\.key"):
        create_ledger(queue, SigningKey(origin("asan-1"), b"x" * 32)).seal()
    with pytest.raises(StartError, match="no key"):
        create_ledger(queue, None).seal()


def test_a_log_whose_leaves_were_changed_is_not_sealed_on(queue, ledger):
    ledger.seal()
    with queue.context.database.write() as tx:
        tx.execute(text("UPDATE log_leaves SET hashes = :other"), {"other": bytes(32 * 8)})
    create_ticket(queue, PASSPORT)

    with pytest.raises(StartError, match="do not fit"):
        create_ledger(queue).seal()


def test_a_log_that_nobody_seals_is_late(queue, ledger, clock):
    ledger.seal()
    create_ticket(queue, PASSPORT)
    assert not ledger.is_late()

    clock.advance(seconds=11)
    assert ledger.is_late()

    ledger.seal()
    assert not ledger.is_late()


def test_another_process_learns_the_head_by_looking(queue, ledger):
    other = create_ledger(queue)
    assert other.brief() is None

    ledger.seal()
    other.look()

    assert other.brief() == ledger.brief()
    assert set(other.brief()) == {"size", "short", "at"}


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (5, 1), (99, 100)])
def test_entries_that_cannot_be_are_refused(queue, ledger, start, end):
    ledger.seal()

    with pytest.raises(BadInput):
        ledger.entries(start, end)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (2, 1), (1, 99)])
def test_growth_that_was_not_is_refused(queue, ledger, first, second):
    create_ticket(queue, PASSPORT)
    ledger.seal()

    with pytest.raises(BadInput):
        ledger.consistency(first, second)


def _root(leaves):
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()
