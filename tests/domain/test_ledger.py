"""What an entry and a checkpoint of the log are, byte by byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.ledger.checkpoint import Checkpoint
from server.domain.ledger.entries import canonical, entry_hash, make_entry, read_time

AT = datetime(2026, 11, 24, 6, 31, 5, 123456, tzinfo=UTC)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def create_entry(**kwargs):
    values = {"kind": "ticket.issued", "ticket": 7, "number": "A012", "service": "passport"}
    return make_entry(at=AT, **(values | {"counter": None, "official": None, "data": {}} | kwargs))


def test_an_entry_is_hashed_as_the_format_says():
    # Anyone must be able to compute this with sha256sum: a byte 0, the salt, the entry.
    written = (
        b'{"at":"2026-11-24T06:31:05.123456Z","counter":null,"data":{"lane":2},"kind":"ticket.issued",'
        b'"number":"A012","official":null,"service":"passport","ticket":7}'
    )

    hashed = entry_hash(b"s" * 16, create_entry(data={"lane": 2}))

    assert hashed == sha256(b"\x00" + b"s" * 16 + written).digest()


def test_the_same_entry_behind_another_salt_has_another_hash():
    entry = create_entry()

    assert entry_hash(b"a" * 16, entry) != entry_hash(b"b" * 16, entry)


@given(data=st.dictionaries(st.text(), json_values, max_size=5))
def test_an_entry_survives_being_written_and_read(data):
    import json

    entry = create_entry(data=data)

    assert canonical(json.loads(canonical(entry))) == canonical(entry)


def test_times_are_written_alike_whatever_their_offset():
    baku = AT.astimezone(timezone(timedelta(hours=4)))

    assert create_entry() == {**create_entry(), "at": make_entry(at=baku, data={}, **_rest())["at"]}
    assert read_time("2026-11-24T10:31:05.123456+04:00") == AT


def test_a_time_without_an_offset_is_none():
    with pytest.raises(ValueError, match="no offset"):
        read_time("2026-11-24T10:31:05")


def test_a_checkpoint_is_read_as_it_was_written():
    checkpoint = Checkpoint("navbat/asan-1", 812, sha256(b"").digest(), AT, "2026-1")

    assert Checkpoint.parse(checkpoint.text()) == checkpoint
    assert checkpoint.short == "e3b0-c442-98fc"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("812", "0812"),
        lambda text: text.replace("812", "-812"),
        lambda text: text.replace("at 2026", "at  2026"),
        lambda text: text.replace("policy ", ""),
        lambda text: text + "more\n",
        lambda text: text.removesuffix("\n"),
        lambda text: "",
    ],
)
def test_what_is_written_otherwise_is_no_checkpoint(change):
    text = Checkpoint("navbat/asan-1", 812, sha256(b"").digest(), AT, "2026-1").text()

    with pytest.raises(ValueError, match="no checkpoint"):
        Checkpoint.parse(change(text))


def _rest():
    return {
        name: create_entry()[name] for name in ("kind", "ticket", "number", "service", "counter", "official")
    }
