"""Telling a locked phone: a push service on this machine takes what the hall sends, and the phone alone can read it."""

from __future__ import annotations

import base64
import json
import os
import stat
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from sqlalchemy import select

from server.app import create_app, open_queue
from server.db.models import events
from server.db.phones import push_subscriptions
from server.errors import BadInput, NotFound, StartError, TicketStateError
from server.push_key import load_push_key
from tests.builders import BIRTH, create_ticket, open_counter
from tests.conftest import FixedClock
from tests.servers import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from server.config import Config

COUNTER = 18
CONTACT = "mailto:hall@example.az"


def letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


class PushService:
    """What a browser's maker runs: it takes messages, and answers as it is told to."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: dict[str, int] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.received.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status = service.answers.get(self.path, 201)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/redirected")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def to(self, phone: Phone) -> list[dict[str, Any]]:
        """Read what came for a phone, with its own key."""
        return [phone.read(body) for path, _, body in self.received if path == phone.path]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Phone:
    """A browser's subscription: an address at the push service, and the keys that only it has."""

    def __init__(self, service: PushService, name: str) -> None:
        self.path = f"/{name}"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        self.subscription = {
            "endpoint": service.url + self.path,
            "p256dh": letters(point(self._key)),
            "auth": letters(self._auth),
        }

    def read(self, body: bytes) -> dict[str, Any]:
        text = http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        read: dict[str, Any] = json.loads(text)
        return read


class Hall:
    def __init__(self, config: Config, folder: Path) -> None:
        self.clock = FixedClock()
        self.app = create_app(config, data_dir=folder, clock=self.clock, limits=False)
        self.queue = self.app.extensions["queue"]
        self.pushing = self.app.extensions["hall"].pushing

    def subscriptions(self) -> list[Any]:
        with self.queue.context.database.read() as connection:
            return connection.execute(select(push_subscriptions)).fetchall()


@pytest.fixture(scope="module")
def service():
    service = PushService()
    yield service
    service.close()


@pytest.fixture(scope="module")
def hall(config, service, tmp_path_factory):
    """A hall that leads from the start, so that it tells phones without its clock."""
    push = config.push.model_copy(update={"contact": CONTACT, "services": (service.url,)})
    hall = Hall(config.model_copy(update={"push": push}), tmp_path_factory.mktemp("push") / "data")
    hall.app.extensions["hall"].timers.leads = True
    task = threading.Thread(target=hall.pushing.run, daemon=True)
    task.start()
    yield hall
    hall.pushing.stop()
    task.join(10)
    hall.queue.context.database.close()


def test_a_locked_phone_is_told_of_its_call_in_its_own_language_and_nobody_else_can_read_it(hall, service):
    official = open_counter(hall.queue, COUNTER)
    ticket = create_ticket(hall.queue, BIRTH, language="az")
    phone = Phone(service, "first")
    kept = hall.queue.pushes.subscribe(ticket["token"], **phone.subscription, language="ru")
    assert kept["language"] == "ru"

    hall.queue.counters.next(COUNTER, official)

    [message] = eventually(lambda: service.to(phone))
    assert message == {
        "title": f"{ticket['number']}: окно {COUNTER}",
        "body": "Вас вызывают.",
        "kind": "called",
        "language": "ru",
        "url": f"/t/{ticket['token']}",
    }
    [(_, headers, body)] = [each for each in service.received if each[0] == phone.path]
    assert ticket["number"].encode() not in body
    assert (headers["content-encoding"], headers["ttl"], headers["urgency"]) == ("aes128gcm", "180", "high")
    check_signature(hall, service, headers["authorization"])

    # Told once; a recall is another call. And then the visit ends, and with it what was kept.
    hall.clock.advance(minutes=2)
    hall.queue.visits.recall(COUNTER, official)
    eventually(lambda: len(service.to(phone)) == 2)
    hall.queue.visits.start(COUNTER, official)
    hall.queue.visits.finish(COUNTER, official)
    eventually(lambda: hall.subscriptions() == [])
    assert len(service.to(phone)) == 2
    hall.queue.counters.close(COUNTER, official)


def check_signature(hall, service, authorization):
    """The push service knows who sent it: the key that the phone subscribed with, and until when it holds."""
    scheme, _, rest = authorization.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", hall.queue.context.push_key)
    signed, _, signature = parts["t"].rpartition(".")
    claims = json.loads(bytes_of(signed.partition(".")[2]))
    assert (claims["aud"], claims["sub"]) == (service.url, CONTACT)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(parts["k"]))
    raw = bytes_of(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))


def test_who_missed_the_call_is_told_and_kept_for_as_long_as_coming_back_is_possible(hall, service):
    official = open_counter(hall.queue, 5)
    ticket = create_ticket(hall.queue, "photo_doc", language="en")
    phone = Phone(service, "missed")
    hall.queue.pushes.subscribe(ticket["token"], **phone.subscription, language=None)

    hall.queue.counters.next(5, official)
    hall.queue.visits.no_show(5, official)

    eventually(lambda: [each["kind"] for each in service.to(phone)][-1:] == ["missed"])
    assert len(hall.subscriptions()) == 1
    hall.clock.advance(minutes=hall.queue.config.policy.grace_minutes + 1)
    eventually(lambda: hall.subscriptions() == [])


def test_a_service_that_fails_is_tried_again_and_a_phone_that_is_gone_is_forgotten(hall, service):
    official = open_counter(hall.queue, 6)
    ticket = create_ticket(hall.queue, "passport")
    shaky, gone, led_astray = (Phone(service, name) for name in ("shaky", "gone", "astray"))
    service.answers |= {shaky.path: 503, gone.path: 410, led_astray.path: 302}
    for phone in (shaky, gone, led_astray):
        hall.queue.pushes.subscribe(ticket["token"], **phone.subscription, language=None)

    hall.queue.counters.next(6, official)
    eventually(lambda: service.to(shaky) and len(hall.subscriptions()) == 2)
    service.answers.clear()
    for _ in range(2):
        hall.clock.advance(seconds=10)
    eventually(lambda: len(service.to(shaky)) == 2 and len(service.to(led_astray)) == 2)

    assert "/redirected" not in {path for path, _, _ in service.received}
    assert len(service.to(gone)) == 1
    hall.queue.tickets.cancel(ticket["token"])
    eventually(lambda: hall.subscriptions() == [])


def test_the_hall_sends_nowhere_but_to_push_services(hall, service):
    ticket = create_ticket(hall.queue, BIRTH)
    good = Phone(service, "good").subscription
    port = urlsplit(service.url).port
    wrong = [
        {"endpoint": "http://169.254.169.254/latest/meta-data"},
        {"endpoint": f"http://127.0.0.1:{port}@10.0.0.1/"},
        {"endpoint": f"https://127.0.0.1:{port}/x"},
        {"endpoint": "http://127.0.0.1:1/x"},
        {"endpoint": "http://127.0.0.1:99999/"},
        {"endpoint": "<script>"},
        {"p256dh": letters(b"\4" + bytes(63))},
        {"p256dh": "не ключ"},
        {"auth": letters(bytes(15))},
    ]
    for change in wrong:
        with pytest.raises(BadInput):
            hall.queue.pushes.subscribe(ticket["token"], **(good | change), language=None)
    assert hall.subscriptions() == []


def test_a_ticket_tells_a_few_phones_each_once_and_none_after_its_end(hall, service):
    ticket = create_ticket(hall.queue, BIRTH)
    phones = [Phone(service, f"phone-{place}") for place in range(6)]
    for phone in (*phones[:5], phones[0]):
        hall.queue.pushes.subscribe(ticket["token"], **phone.subscription, language="tr")
    with pytest.raises(BadInput):
        hall.queue.pushes.subscribe(ticket["token"], **phones[5].subscription, language="tr")
    hall.queue.pushes.unsubscribe(ticket["token"], phones[0].subscription["endpoint"])
    assert len(hall.subscriptions()) == 4

    hall.queue.tickets.cancel(ticket["token"])
    with pytest.raises(TicketStateError):
        hall.queue.pushes.subscribe(ticket["token"], **phones[5].subscription, language="tr")
    eventually(lambda: hall.subscriptions() == [])


def test_nothing_of_it_is_in_the_log(hall):
    with hall.queue.context.database.read() as connection:
        logged = [str(data) for data in connection.execute(select(events.c.data)).scalars()]

    assert not any("127.0.0.1" in data or "p256dh" in data for data in logged)


def test_the_key_is_made_once_and_its_owner_alone_reads_it(tmp_path):
    first = load_push_key(tmp_path)

    assert stat.S_IMODE((tmp_path / "push.key").stat().st_mode) == 0o600
    assert load_push_key(tmp_path) == first
    assert len(bytes_of(first.public)) == 65
    (tmp_path / "push.key").chmod(0o644)
    with pytest.raises(StartError, match="chmod 600"):
        load_push_key(tmp_path)
    (tmp_path / "push.key").chmod(0o600)
    (tmp_path / "push.key").write_text("no key")
    with pytest.raises(StartError, match="delete it"):
        load_push_key(tmp_path)


def test_without_a_contact_nobody_is_told_and_no_key_is_made(config, tmp_path):
    hall = Hall(config, tmp_path)
    ticket = create_ticket(hall.queue, BIRTH)

    assert (hall.pushing, hall.queue.context.push_key) == (None, None)
    assert not (tmp_path / "push.key").exists()
    with pytest.raises(NotFound):
        hall.queue.pushes.subscribe(ticket["token"], endpoint="", p256dh="", auth="", language=None)
    hall.queue.context.database.close()


def test_the_rows_are_the_same_on_every_database(config, clock, database_url, service):
    push = config.push.model_copy(update={"contact": CONTACT, "services": (service.url,)})
    queue = open_queue(
        config.model_copy(update={"push": push}), database_url=database_url, clock=clock, push_key="a key"
    )
    official = open_counter(queue, COUNTER)
    ticket = create_ticket(queue, BIRTH, language="uz")
    phone = Phone(service, "rows")
    queue.pushes.subscribe(ticket["token"], **phone.subscription, language=None)
    assert queue.pushes.due() == []
    queue.counters.next(COUNTER, official)

    [message] = queue.pushes.due()
    assert (message.kind, message.language, message.counter) == ("called", "uz", COUNTER)
    queue.pushes.failed(message)
    assert queue.pushes.due() == []
    clock.advance(seconds=3)
    [again] = queue.pushes.due()
    assert again.tries == 1
    queue.pushes.told(again)
    assert queue.pushes.due() == []
    queue.visits.start(COUNTER, official)
    queue.pushes.forget()
    clock.advance(minutes=1)
    queue.visits.finish(COUNTER, official)
    queue.pushes.forget()
    with queue.context.database.read() as connection:
        assert connection.execute(select(push_subscriptions)).fetchall() == []
    queue.context.database.close()
