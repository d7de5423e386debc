"""The sealed log over HTTP: a visitor with the answers and the public key needs nobody's word."""

from __future__ import annotations

import json

import pytest

from server.domain.ledger.checkpoint import Checkpoint, decode
from server.domain.ledger.entries import entry_hash
from server.domain.ledger.tree import is_consistent, is_included
from server.signing import VerifyKey
from tests.builders import BIRTH


@pytest.fixture
def sealed(hall):
    """A hall with three tickets, whose entries are sealed."""
    for _ in range(3):
        hall.post("/tickets", {"service": BIRTH}, by="kiosk")
    hall.queue.ledger.seal()
    return hall


def read_head(hall, note=None):
    key = VerifyKey.parse(hall.get("/log/key")["key"])
    return Checkpoint.parse(key.open(note or hall.get("/log/checkpoint")["note"]))


def test_the_head_is_signed_by_the_published_key(sealed):
    view = sealed.get("/log/checkpoint")

    head = read_head(sealed, view["note"])

    assert (view["origin"], view["size"], decode(view["root"])) == (head.origin, head.size, head.root)
    assert view["short"] == head.short


def test_every_entry_can_be_hashed_again(sealed):
    page = sealed.get("/log/entries?from=0")

    assert page["to"] == page["size"] == len(page["entries"])
    for each in page["entries"]:
        assert entry_hash(decode(each["salt"]), each["entry"]) == decode(each["leaf"])


def test_entries_come_in_pages(sealed):
    page = sealed.get("/log/entries?from=1&to=3")

    assert (page["from"], page["to"]) == (1, 3)
    assert [each["index"] for each in page["entries"]] == [1, 2]


def test_two_heads_are_proven_to_be_of_one_log(sealed):
    first = read_head(sealed)
    sealed.post("/tickets", {"service": BIRTH}, by="kiosk")
    sealed.queue.ledger.seal()
    second = read_head(sealed)

    proof = sealed.get(f"/log/consistency?from={first.size}&to={second.size}")["proof"]

    assert is_consistent(first.size, first.root, second.size, second.root, [decode(each) for each in proof])


def test_a_visitor_proves_its_own_entries(sealed):
    ticket = sealed.post("/tickets", {"service": BIRTH}, by="kiosk")
    sealed.queue.ledger.seal()

    proof = sealed.get(f"/tickets/{ticket['token']}/proof")

    head = read_head(sealed, proof["checkpoint"]["note"])
    [entry] = proof["entries"]
    leaf = entry_hash(decode(entry["salt"]), entry["entry"])
    assert is_included(leaf, entry["index"], head.size, [decode(each) for each in entry["path"]], head.root)
    assert entry["entry"]["number"] == ticket["number"]


def test_nothing_in_the_log_says_who_a_visitor_is(sealed):
    ticket = sealed.post("/tickets", {"service": BIRTH, "category": "veteran", "language": "ru"}, by="kiosk")
    sealed.queue.ledger.seal()

    *_, entry = sealed.get("/log/entries")["entries"]
    text = json.dumps(entry)

    assert entry["entry"]["number"] == ticket["number"]
    for secret in ("veteran", ticket["token"], ticket["code"]):
        assert secret not in text


@pytest.mark.parametrize(
    "query",
    ["entries?from=-1", "entries?from=9999", "entries?from=x", "consistency?from=0", "consistency?to=9999"],
)
def test_what_the_log_never_had_is_refused(sealed, query):
    assert sealed.ask("GET", f"/log/{query}").status_code == 422


def test_a_log_that_nothing_was_sealed_in_is_not_there(hall):
    assert hall.ask("GET", "/log/checkpoint").status_code == 404


def test_the_process_is_not_ready_while_nobody_seals(hall, clock):
    hall.post("/tickets", {"service": BIRTH}, by="kiosk")
    clock.advance(seconds=30)

    assert hall.app.extensions["hall"].readiness()["log"] == {"ok": False}

    hall.queue.ledger.seal()
    assert hall.app.extensions["hall"].readiness()["log"] == {"ok": True}


def test_the_board_shows_how_far_the_log_is_sealed(sealed):
    head = sealed.get("/log/checkpoint")

    assert sealed.get("/hall")["checkpoint"] == {name: head[name] for name in ("size", "short", "at")}


def test_a_board_before_the_first_head_shows_none(hall):
    assert hall.get("/hall")["checkpoint"] is None
