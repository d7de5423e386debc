"""Tells locked phones: encrypts for each (RFC 8291), signs as this hall (RFC 8292), and brings it to the push service."""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from server.events import EventKind
from server.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from server.events import Event
    from server.operations import Queue
    from server.operations.pushes import Message
    from server.push_key import PushKey

log = logging.getLogger(__name__)

TICK_S = 1.0
TIMEOUT_S = 5.0
AT_ONCE = 8
# A call that did not reach the phone by then helps nobody.
KEPT_S = {"called": 180, "near": 300, "missed": 900}
TELLING = (
    EventKind.TICKET_CALLED,
    EventKind.TICKET_RECALLED,
    EventKind.TICKET_RESUMED,
    EventKind.TICKET_NO_SHOW,
)
GONE = (404, 410)


class Pushing:
    """
    Tells phones in the one process that holds the lease, beside the requests.

    Args:
        leads: Tells whether this process is the one.
        contact: Where a push service can complain.
    """

    def __init__(self, queue: Queue, key: PushKey, *, contact: str, leads: Callable[[], bool]) -> None:
        self._queue = queue
        self._key = key
        self._contact = contact
        self._leads = leads
        self._wake = threading.Event()
        self._stop = threading.Event()
        queue.context.bus.subscribe(self._hear)

    def run(self) -> None:
        """Tell phones until `stop`: at once after a call, and each second what else has become due."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="push") as pool:
            while not self._stop.is_set():
                self._wake.wait(TICK_S)
                self._wake.clear()
                if not self._leads():
                    continue
                try:
                    list(pool.map(self._tell, self._queue.pushes.due()))
                    self._queue.pushes.forget()
                except Exception:
                    log.exception("phones could not be told; it is tried again")

    def stop(self) -> None:
        """End `run` soon."""
        self._stop.set()
        self._wake.set()

    def _hear(self, events: Sequence[Event]) -> None:
        if any(event.kind in TELLING for event in events):
            self._wake.set()

    def _tell(self, message: Message) -> None:
        try:
            status = self._send(message)
        except Exception as error:  # whatever the network or the other side does
            log.warning("a push service could not be reached: %s", type(error).__name__)
            self._queue.pushes.failed(message)
            return
        if status in GONE:
            self._queue.pushes.gone(message)
        elif 200 <= status < 300:
            self._queue.pushes.told(message)
        else:
            log.warning("a push service answered %s", status)
            self._queue.pushes.failed(message)

    def _send(self, message: Message) -> int:
        import requests
        from py_vapid import Vapid02
        from pywebpush import WebPusher

        service = urlsplit(message.endpoint)
        phone = {"endpoint": message.endpoint, "keys": {"p256dh": message.p256dh, "auth": message.auth}}
        body = WebPusher(phone).encode(self._words(message), content_encoding="aes128gcm")["body"]
        claims = {"aud": f"{service.scheme}://{service.netloc}", "sub": self._contact}
        headers = Vapid02.from_pem(self._key.pem).sign(claims)
        answer = requests.post(
            message.endpoint,
            data=body,
            headers={
                **headers,
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(KEPT_S[message.kind]),
                "Urgency": "high",
            },
            timeout=TIMEOUT_S,
            allow_redirects=False,
        )
        return answer.status_code

    def _words(self, message: Message) -> bytes:
        words = Wording(message.language, fallback=self._queue.config.centre.state_language)
        facts = {"number": message.number, "counter": message.counter}
        text = {
            "title": words.text(f"phone.push_{message.kind}_title", **facts),
            "body": words.text(f"phone.push_{message.kind}_body"),
            "kind": message.kind,
            "language": message.language,
            "url": f"/t/{message.token}",
        }
        return json.dumps(text, ensure_ascii=False).encode()
