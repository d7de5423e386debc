"""Messages to visitors, over a real mail server and a real gateway of this machine."""

from __future__ import annotations

import email
import email.policy
import json
import threading
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from icalendar import Calendar
from sqlalchemy import select

from server.config import Config
from server.config.booking import Messages
from server.db.bookings import contacts, notices
from server.domain.contacts import Contact
from server.notice_texts import Message
from server.sending import NotSent, Sender, make_providers
from tests.builders import PASSPORT
from tests.conftest import DATABASES, fresh_database
from tests.servers import eventually, free_port
from tests.skips import require

MAIL, PHONE = Contact("email", "leyla@example.az"), Contact("sms", "+994501234567")
TOMORROW = date(2026, 11, 25)

# What depends on the database runs on both; the rest on SQLite alone, for the sake of time.
both = pytest.mark.parametrize("database_url", DATABASES, indirect=True)


@pytest.fixture
def database_url(request, tmp_path):
    return fresh_database(request, tmp_path, getattr(request, "param", "sqlite"))


class Mailbox:
    """What a mail server took; `says` is what it answers to an address."""

    def __init__(self):
        self.mails = []
        self.says = "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.says.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


class Gateway:
    """What a gateway for short messages was sent; `status` is what it answers."""

    def __init__(self):
        self.sent = []
        self.status = 200
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                gateway.sent.append((dict(self.headers), body))
                self.send_response(gateway.status)
                if gateway.status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()
                self.wfile.write(b"the number +994501234567 is bad")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def post():
    try:
        from aiosmtpd.controller import Controller
    except ImportError:
        require("mail", "no aiosmtpd in this Python; start ./test")
    mailbox, port = Mailbox(), free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    gateway = Gateway()
    yield mailbox, port, gateway
    controller.stop()
    gateway.server.shutdown()
    gateway.server.server_close()


@pytest.fixture
def mailbox(post):
    post[0].mails.clear()
    post[0].says = "250 OK"
    return post[0]


@pytest.fixture
def gateway(post):
    post[2].sent.clear()
    post[2].status = 200
    return post[2]


def settings(post, **sms):
    url = f"http://127.0.0.1:{post[2].server.server_port}/send"
    return Messages.model_validate(
        {
            "email": {
                "host": "127.0.0.1",
                "port": post[1],
                "security": "none",
                "sender": "novbe@asan.example",
            },
            "sms": {"url": url, **sms},
        }
    )


@pytest.fixture
def config(config, post):
    return Config.model_validate(config.model_copy(update={"messages": settings(post)}))


@pytest.fixture
def sender(queue):
    return Sender(
        queue, make_providers(queue.config.messages, "1 saylı ASAN xidmət mərkəzi"), leads=lambda: True
    )


def book(queue, contact, language="az", number=0):
    slots = queue.appointments.slots(PASSPORT, TOMORROW)["slots"]
    return queue.appointments.book(
        service=PASSPORT,
        slot_at=datetime.fromisoformat(slots[number]["at"]),
        contact=contact,
        language=language,
    )


def states(queue):
    with queue.context.database.read() as connection:
        return [(row.kind, row.state, row.reason) for row in connection.execute(select(notices)).fetchall()]


def calendar_of(mail):
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return Calendar.from_ical(part.get_content()).walk("VEVENT")[0]


@both
def test_a_booking_is_told_changed_and_reminded_by_mail(queue, clock, sender, mailbox, caplog):
    booked = book(queue, MAIL)
    sender.send_due()
    queue.appointments.move(booked["token"], datetime.fromisoformat("2026-11-25T15:00:00+04:00"))
    sender.send_due()
    clock.now = datetime.fromisoformat("2026-11-25T13:00:00+04:00")
    sender.send_due()
    queue.appointments.cancel_by_staff(booked["id"])
    sender.send_due()
    queue.notices.forget()

    first, moved, reminder, cancelled = mailbox.mails
    text = first.get_body(("plain",)).get_content()
    assert first["to"] == MAIL.address
    assert "ASAN" in first["from"]
    assert "novbe@asan.example" in first["from"]
    assert first["auto-submitted"] == "auto-generated"
    for said in (
        booked["code"],
        booked["links"]["page"],
        "Ümumvətəndaş pasportunun verilməsi",
        "25 noyabr 2026",
    ):
        assert said in text
    event = calendar_of(first)
    assert event["dtstart"].dt.isoformat() == booked["slot_at"]
    assert (event["sequence"], event["status"]) == (0, "CONFIRMED")
    assert (calendar_of(moved)["sequence"], calendar_of(moved)["uid"]) == (1, event["uid"])
    assert "15:00" in reminder["subject"]
    assert (calendar_of(cancelled)["status"], calendar_of(cancelled)["sequence"]) == ("CANCELLED", 2)
    assert {state for _, state, _ in states(queue)} == {"sent", "dropped"}
    with queue.context.database.read() as connection:
        assert connection.execute(select(contacts)).fetchall() == []
    assert MAIL.address not in caplog.text


@pytest.mark.parametrize("language", ["az", "uz", "ru", "en", "tr"])
def test_short_messages_speak_the_visitors_language_and_are_escaped(queue, sender, gateway, language):
    booked = book(queue, PHONE, language)

    sender.send_due()

    [(headers, body)] = gateway.sent
    sent = json.loads(body)
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert sent["to"] == PHONE.address
    assert booked["code"] in sent["text"]
    assert booked["links"]["page"] in sent["text"]


def test_a_ready_result_is_told(queue, sender, mailbox, gateway):
    by_mail = queue.results.announce(service="ready_doc", reference="A-12", contact=MAIL, language="ru")
    by_phone = queue.results.announce(service="ready_doc", reference="A-13", contact=PHONE)
    withdrawn = queue.results.announce(service="ready_doc", reference="A-14", contact=MAIL)
    queue.results.withdraw(withdrawn["id"])

    sender.send_due()

    [mail] = mailbox.mails
    text = mail.get_body(("plain",)).get_content()
    assert by_mail["code"] in text
    assert "A-12" in text
    assert "24 декабря 2026" in text
    assert by_phone["code"] in json.loads(gateway.sent[0][1])["text"]
    assert "sms" not in str(states(queue))


def test_a_gateway_that_is_away_is_tried_again_within_bounds(queue, clock, sender, gateway, caplog):
    gateway.status = 503
    book(queue, PHONE)
    for minutes in (0, 1, 5, 15, 60, 600):
        clock.advance(minutes=minutes)
        sender.send_due()

    told = [each for each in states(queue) if each[0] == "booked"]
    assert told == [("booked", "failed", "HTTP 503")]
    assert len([body for _, body in gateway.sent if "11-25" not in body]) >= 5
    assert PHONE.address not in caplog.text
    assert PHONE.address not in str(states(queue))


def test_what_is_refused_for_good_is_not_tried_again(queue, clock, sender, mailbox, gateway):
    mailbox.says, gateway.status = "550 no such leyla@example.az", 400
    book(queue, MAIL)
    book(queue, PHONE, number=5)

    sender.send_due()
    clock.advance(minutes=5)
    sender.send_due()

    told = {each for each in states(queue) if each[0] == "booked"}
    assert told == {("booked", "failed", "recipient refused"), ("booked", "failed", "HTTP 400")}
    assert len(gateway.sent) == 1


@both
def test_a_message_that_a_worker_left_behind_is_taken_up_by_the_next(queue, clock, sender, mailbox):
    book(queue, MAIL)
    assert len(queue.notices.take()) == 1  # and this worker dies
    assert sender.send_due() == 0

    clock.advance(minutes=11)
    sender.send_due()

    assert len(mailbox.mails) == 1


def test_a_reminder_of_what_was_cancelled_or_moved_is_not_sent(queue, clock, sender, mailbox):
    booked = book(queue, MAIL)
    sender.send_due()
    [reminder] = [each for each in states(queue) if each[:2] == ("reminder", "queued")][:1]
    assert reminder
    clock.advance(hours=22)
    taken = queue.notices.take()
    queue.appointments.cancel(booked["token"])

    for notice in taken:
        sender._send(notice)

    assert len(mailbox.mails) == 1


@both
def test_each_message_goes_out_once_however_many_workers_look(queue, sender, mailbox):
    from tests.operations.test_races import at_once

    book(queue, MAIL)

    at_once(4, lambda _: sender.send_due())

    assert len(mailbox.mails) == 1


# The gateway's template.


def send(post, secret, text, **sms):
    providers = make_providers(settings(post, **sms), "x", {"NAVBAT_SMS_SECRET": secret})
    providers["sms"].send(PHONE.address, Message("", text))


def test_a_form_gateway_gets_its_own_escaping_and_its_secret(post, gateway):
    body = "key={secret}&to={to}&text={text}"
    send(post, "s&t", 'a&b="ə"', content_type="application/x-www-form-urlencoded", body=body)

    [(_, sent)] = gateway.sent
    assert parse_qs(sent) == {"key": ["s&t"], "to": [PHONE.address], "text": ['a&b="ə"']}


def test_json_stays_json_whatever_is_said(post, gateway):
    send(post, "t", '"}\n{', headers={"Authorization": "Bearer {secret}"})

    headers, sent = gateway.sent[0]
    assert json.loads(sent) == {"to": PHONE.address, "text": '"}\n{'}
    assert headers["Authorization"] == "Bearer t"


@pytest.mark.parametrize(
    ("status", "is_final"), [(302, False), (400, True), (401, False), (429, False), (500, False)]
)
def test_what_a_gateway_answers_is_told_by_its_kind(post, gateway, status, is_final):
    gateway.status = status

    with pytest.raises(NotSent) as error:
        send(post, "t", "x")

    assert (error.value.reason, error.value.is_final) == (f"HTTP {status}", is_final)


def test_a_provider_that_nobody_runs_is_not_sent(post):
    nobody = Messages.model_validate({"sms": {"url": f"http://127.0.0.1:{free_port()}/"}})

    with pytest.raises(NotSent, match="URLError"):
        make_providers(nobody, "x", {})["sms"].send(PHONE.address, Message("", "x"))


def test_the_worker_sends_by_itself_while_it_leads_and_not_otherwise(queue, mailbox):
    leads = [False]
    sender = Sender(queue, make_providers(queue.config.messages, "x"), leads=lambda: leads[0])
    thread = threading.Thread(target=sender.run)
    thread.start()
    book(queue, MAIL)
    leads[0] = True

    eventually(lambda: mailbox.mails, within_s=30)
    sender.stop()
    thread.join(30)

    assert not thread.is_alive()


def test_calendar_files_are_in_the_centres_zone(queue, clock):
    from server.operations.calendars import calendar_file
    from server.wording import Wording

    data = calendar_file(queue.context, queue.appointments.view(book(queue, None)["token"]), Wording("az"))
    calendar = Calendar.from_ical(data)

    assert b"DTSTART;TZID=Asia/Baku:20261125T090000" in data
    assert calendar["method"] == "PUBLISH"
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["tzid"] == "Asia/Baku"
    assert zone.to_tz().utcoffset(datetime(2026, 11, 25)) == timedelta(hours=4)
    assert len(data) < 3000


def test_an_hour_that_the_clock_repeats_is_not_moved(queue, clock):
    """On 25 October 2026 the clocks of Berlin go back at night; the appointment stays at eleven on the wall."""
    from dataclasses import replace

    from server.operations.calendars import calendar_file
    from server.wording import Wording

    centre = queue.config.centre.model_copy(update={"timezone": "Europe/Berlin"})
    context = replace(queue.context, config=queue.config.model_copy(update={"centre": centre}))
    booked = queue.appointments.view(book(queue, None)["token"])
    booked |= {"slot_at": "2026-10-25T11:00:00+01:00", "ends_at": "2026-10-25T11:15:00+01:00"}

    data = calendar_file(context, booked, Wording("en"))
    [zone] = Calendar.from_ical(data).walk("VTIMEZONE")

    assert b"DTSTART;TZID=Europe/Berlin:20261025T110000" in data
    hours = [zone.to_tz().utcoffset(datetime(2026, 10, day, 11)) // timedelta(hours=1) for day in (24, 25)]
    assert hours == [2, 1]
