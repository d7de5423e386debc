"""What reception does with waiting tickets: the place in the queue follows from the rule, and the log from the acts."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.config.booking import Messages, Sms
from server.db import queries
from server.db.models import events
from server.db.outreach import telephones
from server.domain.replay import Replay
from server.errors import (
    BadInput,
    EvidenceNotSeen,
    NotWalkIn,
    PrinterNotFound,
    PrintJobStateError,
    PriorityGiven,
    ServiceClosed,
    TicketNotFound,
    TicketStateError,
)
from server.job_store import DatabaseJobStore
from server.operations import make_queue
from server.operations.ledger import entry_of
from server.sending.providers import NotSent
from server.sending.worker import Sender
from tests.builders import BIRTH, PASSPORT, create_official, create_ticket, open_counter


@pytest.fixture
def config(config):
    """The shipped centre, with a gateway for short messages that nobody asks."""
    return config.model_copy(update={"messages": Messages(sms=Sms(url="http://127.0.0.1:9/sms"))})


@pytest.fixture
def desk(queue):
    return create_official(queue, "desk", role="reception")


def log(queue):
    with queue.context.database.read() as connection:
        return [entry_of(row) for row in queries.events_after(connection, "asan-1", 0, limit=9999)]


def findings(queue):
    going = Replay()
    return [finding for index, entry in enumerate(log(queue)) for finding in going.go_on(index, entry)]


def test_a_changed_service_keeps_the_start_and_the_number(queue, clock, desk):
    wrong = create_ticket(queue, PASSPORT)
    clock.advance(minutes=7)
    later = create_ticket(queue, BIRTH)

    found = queue.reception.change(wrong["id"], desk, service=BIRTH, language="ru")

    ticket = found["ticket"]
    assert (ticket["number"], ticket["service"], ticket["language"]) == (wrong["number"], BIRTH, "ru")
    assert (found["start_at"], ticket["due_at"]) == (wrong["arrived_at"], wrong["due_at"])
    assert [each["service"] for each in ticket["services"]] == [BIRTH]
    official = open_counter(queue, 18)
    assert queue.counters.next(18, official)["number"] == wrong["number"]
    queue.visits.start(18, official)
    queue.visits.finish(18, official)
    assert queue.counters.next(18, official)["number"] == later["number"]
    assert findings(queue) == []


def test_priority_moves_the_due_time_by_its_credit_and_the_log_does_not_say_why(queue, clock, desk):
    ordinary = create_ticket(queue, BIRTH)
    clock.advance(minutes=4)
    elderly = create_ticket(queue, BIRTH)

    found = queue.reception.give_priority(elderly["id"], desk, category="age_70", evidence=True)

    assert found["credit_s"] == 600
    [entry] = [each for each in log(queue) if each["kind"] == "ticket.priority_given"]
    assert (entry["data"]["credit_s"], entry["data"]["evidence"]) == (600, True)
    assert "age_70" not in str([each for each in log(queue) if each["kind"] != "config.applied"])
    official = open_counter(queue, 18)
    assert queue.counters.next(18, official)["number"] == elderly["number"]
    assert findings(queue) == []
    why = queue.reasons.why(ordinary["token"], "en")["passed"]
    assert [(each["number"], each["rule"]) for each in why] == [(elderly["number"], "due")]
    assert "by law" in why[0]["sentence"]


def test_priority_by_lane_is_replayed_too(queue, desk):
    create_ticket(queue, BIRTH)
    disabled = create_ticket(queue, BIRTH)

    queue.reception.give_priority(disabled["id"], desk, category="war_disability", evidence=True)

    assert queue.counters.next(18, open_counter(queue, 18))["number"] == disabled["number"]
    assert findings(queue) == []


def test_a_forged_credit_is_found(queue, desk):
    ticket = create_ticket(queue, BIRTH)
    queue.reception.give_priority(ticket["id"], desk, category="age_70", evidence=True)
    entries = log(queue)
    due = entries[-1]["data"]
    start = due["start_at"]

    due["credit_s"], due["due_at"] = 6000, start  # 100 minutes of credit, which no category gives
    going = Replay()
    found = {each.fault for index, entry in enumerate(entries) for each in going.go_on(index, entry)}

    assert {"not_by_policy", "due_wrong"} & found


def test_what_cannot_be_done_is_refused_and_changes_nothing(queue, desk):
    ticket = create_ticket(queue, BIRTH)

    with pytest.raises(EvidenceNotSeen):
        queue.reception.give_priority(ticket["id"], desk, category="age_70", evidence=False)
    with pytest.raises(BadInput):
        queue.reception.give_priority(ticket["id"], desk, category="vip", evidence=True)
    with pytest.raises(NotWalkIn):
        queue.reception.change(ticket["id"], desk, service="ready_doc")
    with pytest.raises(BadInput):
        queue.reception.change(ticket["id"], desk, language="xx")
    queue.services.set_availability(PASSPORT, is_open=False)
    with pytest.raises(ServiceClosed):
        queue.reception.change(ticket["id"], desk, service=PASSPORT)
    queue.services.set_availability(PASSPORT, is_open=True)
    with pytest.raises(TicketNotFound):
        queue.reception.change(999, desk, language="ru")
    assert len([each for each in log(queue) if each["kind"].startswith("ticket.")]) == 1

    queue.reception.give_priority(ticket["id"], desk, category="age_70", evidence=True)
    with pytest.raises(PriorityGiven):
        queue.reception.give_priority(ticket["id"], desk, category="age_70", evidence=True)
    queue.counters.next(18, open_counter(queue, 18))
    with pytest.raises(TicketStateError):
        queue.reception.change(ticket["id"], desk, service=PASSPORT)


def test_a_ticket_is_found_by_number_and_by_code_today_only(queue, clock):
    ticket = create_ticket(queue, BIRTH)

    by_number = queue.reception.find(" r 001 ")
    by_code = queue.reception.find(ticket["code"].lower())

    assert by_number["ticket"]["id"] == by_code["ticket"]["id"] == ticket["id"]
    assert by_number["ticket"]["token"] is None
    clock.advance(days=1)
    with pytest.raises(TicketNotFound):
        queue.reception.find("R001")


def test_it_is_printed_again_as_a_marked_copy_of_what_it_is_now(queue, clock, desk):
    ticket = create_ticket(queue, PASSPORT, printer="kiosk-1")
    job = queue.print_desk.jobs()[0]
    with pytest.raises(PrintJobStateError):
        queue.reception.print_again(ticket["id"], desk)
    store = DatabaseJobStore(queue.context.database, copy_for=timedelta(seconds=90))
    store.mark_sending(job["id"], process_id="0001", now=clock())
    store.mark_printed(job["id"], confirmed="process_id", bytes_sent=900, now=clock())
    queue.reception.change(ticket["id"], desk, service=BIRTH)

    slips = queue.reception.print_again(ticket["id"], desk)["slips"]

    assert [(slip["copy_no"], slip["state"]) for slip in slips] == [(0, "printed"), (1, "queued")]
    with queue.context.database.read() as connection:
        document = connection.exec_driver_sql(
            "SELECT document FROM print_jobs WHERE copy_no = 1"
        ).scalar_one()
    assert BIRTH in str(document)
    # Sent elsewhere, the one that waits is not printed beside it.
    slips = queue.reception.print_again(ticket["id"], desk, printer="zone-b")["slips"]
    assert [(slip["copy_no"], slip["state"]) for slip in slips[1:]] == [(1, "cancelled"), (2, "queued")]
    with pytest.raises(PrinterNotFound):
        queue.reception.print_again(ticket["id"], desk, printer="nowhere")


def test_a_telephone_stands_beside_the_log_and_is_gone_when_the_visit_ends(queue, clock, desk):
    ticket = queue.reception.issue(desk, service=BIRTH, telephone="+994 50 123 45 67")
    assert queue.reception.telephone_of(ticket["id"]) == "+994501234567"
    assert ticket["token"] is None
    assert log(queue)[-1]["official"] == desk.id, "who gives a priority says so with the ticket"
    official = open_counter(queue, 18)
    queue.counters.next(18, official)
    queue.visits.start(18, official)
    queue.reception.forget_telephones()
    assert queue.reception.telephone_of(ticket["id"]) is not None

    queue.visits.finish(18, official)
    queue.reception.forget_telephones()

    assert queue.reception.telephone_of(ticket["id"]) is None
    with queue.context.database.read() as connection:
        assert connection.execute(select(telephones)).fetchall() == []
        assert "501234567" not in str(connection.execute(select(events)).fetchall())
    with pytest.raises(BadInput):
        queue.reception.issue(desk, service=BIRTH, telephone="call me")


class Gateway:
    """Takes short messages, or does not."""

    def __init__(self):
        self.taken = []
        self.refuses = None

    def send(self, address, message):
        if self.refuses is not None:
            raise self.refuses
        self.taken.append((address, message.text))


def test_each_call_is_told_once_with_number_and_counter_and_given_up_after_a_few_tries(queue, clock, desk):
    gateway = Gateway()
    sender = Sender(queue, {"sms": gateway}, leads=lambda: True)
    queue.reception.issue(desk, service=BIRTH, telephone="0501234567", language="en")
    official = open_counter(queue, 18)
    assert sender.tell_calls() == 0
    queue.counters.next(18, official)

    assert [sender.tell_calls(), sender.tell_calls()] == [1, 0]
    clock.advance(minutes=1)
    queue.visits.recall(18, official)
    gateway.refuses = NotSent("timeout")
    assert [sender.tell_calls() for _ in range(4)] == [0, 0, 0, 0]
    gateway.refuses = None
    assert sender.tell_calls() == 0
    assert gateway.taken == [
        ("0501234567", "ASAN Service Centre No. 1: number R001 is called to counter 18.")
    ]


def test_a_centre_without_short_messages_keeps_no_telephone(queue, config, desk):
    silent = dataclasses.replace(queue.context, config=config.model_copy(update={"messages": Messages()}))
    with pytest.raises(BadInput):
        make_queue(silent).reception.issue(desk, service=BIRTH, telephone="0501234567")


def test_who_missed_the_call_keeps_the_telephone_for_the_grace_period(queue, clock, desk):
    ticket = queue.reception.issue(desk, service=BIRTH, telephone="0501234567")
    official = open_counter(queue, 18)
    queue.counters.next(18, official)
    queue.visits.no_show(18, official)

    queue.reception.forget_telephones()
    assert queue.reception.telephone_of(ticket["id"]) == "0501234567"
    clock.advance(minutes=31)
    queue.reception.forget_telephones()
    assert queue.reception.telephone_of(ticket["id"]) is None
