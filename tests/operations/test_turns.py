"""Many writers on SQLite: one after another, behind one commit, and each undone by itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from server.db.engine import make_engine
from server.db.models import leases, metadata
from server.db.prepared import FastConnection
from server.db.turns import Readers, Writer

INSERT = insert(leases)
NAMES = select(leases.c.name, leases.c.expires_at).where(leases.c.holder == bindparam("holder"))


@pytest.fixture
def engine(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'turns.sqlite'}")
    metadata.create_all(engine, [leases])
    yield engine
    engine.dispose()


@pytest.fixture
def writer(engine):
    writer = Writer(engine)
    yield writer
    writer.close()


def row(name, clock, holder="me"):
    return {"centre": "c", "name": name, "holder": holder, "expires_at": clock()}


def names(engine):
    with engine.connect() as connection:
        return sorted(connection.execute(select(leases.c.name)).scalars())


def test_what_a_turn_wrote_is_there_when_it_has_ended(writer, engine, clock):
    told = []

    with writer.turn(lambda: told.append(names(engine))) as connection:
        connection.execute(INSERT, row("a", clock))

    assert told == [["a"]]


def test_those_who_come_meanwhile_share_a_commit_and_a_failed_one_undoes_itself_only(writer, engine, clock):
    begun = []
    writer._begin = lambda begin=writer._begin: begun.append(1) or begin()
    inside, others = threading.Event(), 12

    def write(number):
        inside.wait()
        with writer.turn(lambda: None) as connection:
            connection.execute(INSERT, row(f"{number:02d}", clock))
            if number % 3 == 0:
                raise ValueError(number)

    with ThreadPoolExecutor(others) as pool:
        with writer.turn(lambda: None) as connection:
            connection.execute(INSERT, row("first", clock))
            waiting = [pool.submit(write, number) for number in range(others)]
            inside.set()
        failed = [number for number, each in enumerate(waiting) if each.exception()]

    assert failed == [0, 3, 6, 9]
    assert names(engine) == [f"{n:02d}" for n in range(others) if n % 3] + ["first"]
    assert len(begun) <= others


def test_an_error_of_the_database_comes_as_sqlalchemys(writer, engine, clock):
    def write_twice():
        with writer.turn(lambda: None) as connection:
            connection.execute(INSERT, row("a", clock))
            connection.execute(INSERT, row("a", clock))

    for _ in range(3):  # not prepared yet, prepared now, prepared before
        with pytest.raises(IntegrityError):
            write_twice()

    assert names(engine) == []


def test_when_the_whole_transaction_is_lost_nobody_is_told_that_it_was_kept(writer, engine, clock):
    told = []

    def lose():
        with writer.turn(lambda: told.append(1)) as connection:
            connection.execute(INSERT, row("a", clock))
            connection.raw.rollback()  # as SQLite does by itself when the disk is full
            raise ValueError("lost")

    with pytest.raises(ValueError, match="lost"):
        lose()

    assert not told
    assert names(engine) == []


def test_a_reader_sees_one_state_until_its_end(writer, engine, clock):
    readers = Readers(engine)

    with readers.turn() as connection:
        before = connection.execute(NAMES, {"holder": "me"}).fetchall()
        with writer.turn(lambda: None) as other:
            other.execute(INSERT, row("a", clock))
        after = connection.execute(NAMES, {"holder": "me"}).fetchall()
    with readers.turn() as connection:
        later = connection.execute(NAMES, {"holder": "me"}).fetchall()
    readers.close()

    assert (before, after) == ([], [])
    assert [(found.name, found.expires_at) for found in later] == [("a", clock())]


def test_a_statement_reads_the_same_before_and_after_it_is_prepared(writer, engine, clock):
    query = select(leases).where(leases.c.centre == "c", leases.c.name == bindparam("name"))
    with writer.turn(lambda: None) as connection:
        connection.execute(INSERT, row("a", clock))

        first, second, third = (connection.execute(query, {"name": "a"}).one() for _ in range(3))

    assert tuple(first) == tuple(second) == tuple(third)
    assert (third.name, third.expires_at, third.holder) == ("a", clock(), "me")


def test_a_parameter_that_is_not_given_is_an_error(engine):
    query = select(leases).where(leases.c.name == bindparam("name"))
    with engine.connect() as connection:
        fast = FastConnection(connection)
        fast.execute(query, {"name": "a"})

        with pytest.raises(KeyError):
            fast.execute(query, {})
