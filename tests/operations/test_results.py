"""Results: announced one by one or by a file that is taken whole, collected, withdrawn, expired."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from server.config import Config
from server.config.booking import Messages
from server.db.bookings import collections, contacts, notices
from server.db.models import print_jobs, results
from server.domain.contacts import Contact
from server.errors import (
    BadInput,
    CodeCancelled,
    CodeExpired,
    CodeOfAnother,
    CodeUsed,
    NotAllowed,
    ResultKnown,
    ResultStateError,
    ServiceNotFound,
    UnknownCode,
)
from server.operations.staff import Official
from tests.builders import PASSPORT
from tests.conftest import DATABASES, fresh_database
from tests.operations.test_races import at_once

READY = "ready_doc"  # of the agency asan
MAIL = Contact("email", "leyla@example.az")
OF_ASAN = Official(1, "a", "A", "official", agencies=("asan",))
OF_ANOTHER = Official(2, "b", "B", "official", agencies=("moi",))

# What depends on the database runs on both; the rest on SQLite alone, for the sake of time.
both = pytest.mark.parametrize("database_url", DATABASES, indirect=True)


@pytest.fixture
def database_url(request, tmp_path):
    return fresh_database(request, tmp_path, getattr(request, "param", "sqlite"))


@pytest.fixture
def config(config):
    messages = Messages.model_validate({"email": {"host": "127.0.0.1", "sender": "hall@example.az"}})
    return Config.model_validate(config.model_copy(update={"messages": messages}))


def rows(queue, table):
    with queue.context.database.read() as connection:
        return connection.execute(select(table)).fetchall()


@both
def test_a_result_is_collected_by_its_code_at_the_target_of_collection(queue):
    ready = queue.results.announce(service=READY, reference="A-1", language="ru", contact=MAIL)

    ticket = queue.check_ins.check_in(ready["code"])

    [row] = rows(queue, results)
    assert (ticket["language"], row.state) == ("ru", "checked_in")
    due, arrived = (datetime.fromisoformat(ticket[each]) for each in ("due_at", "arrived_at"))
    assert due - arrived == timedelta(minutes=queue.config.policy.target_minutes.collect)
    with pytest.raises(CodeUsed):
        queue.check_ins.check_in(ready["code"])
    with pytest.raises(ResultStateError):
        queue.results.withdraw(ready["id"])
    queue.tickets.cancel(ticket["token"])
    queue.notices.forget()
    assert rows(queue, contacts) == []


def test_the_visitor_is_told_once(queue):
    queue.results.announce(service=READY, reference="A-1", contact=MAIL)

    [notice] = queue.notices.take()

    assert (notice.kind, notice.contact) == ("ready", MAIL)
    assert queue.notices.take() == []


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"service": "unknown"}, ServiceNotFound),
        ({"service": PASSPORT}, ServiceNotFound),
        ({"reference": " "}, BadInput),
        ({"reference": "=1+1"}, BadInput),
        ({"reference": "x" * 61}, BadInput),
        ({"language": "xx"}, BadInput),
        ({"contact": Contact("sms", "+994501234567")}, BadInput),
        ({"official": OF_ANOTHER}, NotAllowed),
    ],
)
def test_what_cannot_be_announced_is_refused(queue, wish, error):
    with pytest.raises(error):
        queue.results.announce(**({"service": READY, "reference": "A-1"} | wish))

    assert rows(queue, results) == []


def test_an_official_sees_the_own_agencys_results_only(queue):
    ready = queue.results.announce(service=READY, reference="A-1", official=OF_ASAN)

    assert len(queue.results.list(official=OF_ASAN)) == 1
    assert queue.results.list(official=OF_ANOTHER) == []
    with pytest.raises(NotAllowed):
        queue.results.withdraw(ready["id"], official=OF_ANOTHER)


@both
def test_one_reference_is_ready_once_at_a_time_however_many_say_so(queue):
    def work(_):
        try:
            return queue.results.announce(service=READY, reference="A-1")["code"]
        except ResultKnown:
            return None

    codes = [code for code in at_once(6, work) if code]

    assert len(codes) == 1
    queue.results.withdraw(queue.results.list()[0]["id"])
    with pytest.raises(CodeCancelled):
        queue.check_ins.check_in(codes[0])
    queue.results.announce(service=READY, reference="A-1")


@both
def test_a_result_expires(queue, clock):
    ready = queue.results.announce(service=READY, reference="A-1", valid_days=2, contact=MAIL)
    clock.advance(days=2)

    # Whether the clock has noticed already or not.
    with pytest.raises(CodeExpired):
        queue.check_ins.check_in(ready["code"])
    assert queue.results.by_id(ready["id"])["state"] == "expired"
    assert (queue.results.end_expired(), queue.results.end_expired()) == (1, 0)
    with pytest.raises(CodeExpired):
        queue.check_ins.check_in(ready["code"])
    assert rows(queue, contacts) == []
    assert {row.state for row in rows(queue, notices)} == {"dropped"}


FILE = "service,reference,email\nready_doc,A-1,leyla@example.az\nready_doc,A-2,\n"


@both
def test_a_file_is_taken_whole(queue):
    taken = queue.results.import_file(FILE.encode(), official=OF_ASAN)

    assert (taken["faults"], taken["encoding"]) == ([], "utf-8")
    assert [each["reference"] for each in taken["results"]] == ["A-1", "A-2"]
    listed = queue.results.list(batch=taken["batch"])
    assert {each["code"] for each in listed} == {each["code"] for each in taken["results"]}
    assert len(rows(queue, contacts)) == 1


@pytest.mark.parametrize(
    ("file", "key"),
    [
        (FILE + "unknown,A-3,\n", "service"),
        (FILE + "ready_doc,A-2,\n", "double"),
        (FILE + "ready_doc,KNOWN,\n", "known"),
        (FILE.replace("leyla@", "leyla"), "email"),
    ],
)
def test_nothing_of_a_file_with_a_fault_is_taken(queue, file, key):
    queue.results.announce(service=READY, reference="KNOWN")
    before = [rows(queue, table) for table in (results, collections, contacts, notices)]

    taken = queue.results.import_file(file.encode())

    assert [fault["key"] for fault in taken["faults"]] == [key]
    assert [rows(queue, table) for table in (results, collections, contacts, notices)] == before


def test_an_official_cannot_announce_another_agencys_by_a_file(queue):
    taken = queue.results.import_file(FILE.encode(), official=OF_ANOTHER)

    assert {fault["key"] for fault in taken["faults"]} == {"service"}


@both
def test_the_same_file_sent_by_two_at_once_is_taken_once(queue):
    taken = at_once(4, lambda _: queue.results.import_file(FILE.encode()))

    assert sorted(len(each["results"]) for each in taken) == [0, 0, 0, 2]
    assert len(rows(queue, results)) == 2


def test_a_slip_with_the_code_can_be_printed(queue):
    ready = queue.results.announce(service=READY, reference="A-1")

    queue.results.print_slip(ready["id"])

    [job] = rows(queue, print_jobs)
    assert (job.kind, job.document["code"]) == ("collection", ready["code"])
    assert "A-1" not in str(job.document)


def test_a_code_of_another_centre_says_whose_it_is(queue):
    from server.db.models import centres

    row = {"code": "CDFGHJ", "service": "x", "language": "az", "state": "ready", "ready_at": queue.clock()}
    with queue.context.database.write() as tx:
        other = {"key": "asan-2", "names": {"az": "2 saylı"}, "timezone": "Asia/Baku", "config_digest": ""}
        tx.execute(insert(centres), {**other, "applied_at": tx.now})
        tx.execute(insert(results), {**row, "centre": "asan-2"})

    with pytest.raises(CodeOfAnother) as refused:
        queue.check_ins.check_in("cdfghj")
    assert refused.value.facts["names"] == {"az": "2 saylı"}
    with pytest.raises(UnknownCode):
        queue.check_ins.check_in("CDFGHK")
