"""
Several server processes: each tells the others what it committed.

The bus on Redis is a hint that is fast; the log in the database is the truth. A process looks into the log each
second and hears there what no hint told it, so that a bus that is down costs a second and loses nothing.
"""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import threading
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from server.db import queries
from server.events import Event, EventKind
from server.operations.context import Context, dumps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.db.models import Record

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
# A transaction that got its number early may commit late: what is younger than this is looked at again.
SETTLED_AFTER = timedelta(seconds=20)
LOOK_AT_MOST = 5000
RETRY_AFTER_S = 2.0
OUTGOING_AT_MOST = 1000


class Relay:
    """Carries events between the processes of one centre."""

    def __init__(self, context: Context, redis_url: str | None) -> None:
        self._context = context
        self._process = uuid.uuid4().hex
        self._channel = f"navbat:{context.centre}"
        self._redis: Any = _connect(redis_url) if redis_url else None
        self._outgoing: queue.Queue[str] = queue.Queue(maxsize=OUTGOING_AT_MOST)
        self._stop = threading.Event()
        with context.database.read() as connection:
            self._settled = queries.last_event_id(connection, context.centre)
        self._heard: dict[int, datetime] = {}
        self._lock = threading.Lock()
        context.bus.forward(self._tell)

    def tasks(self) -> list[Any]:
        """List what must run in the background until `stop`."""
        return [self._look, *([self._send, self._listen] if self._redis is not None else [])]

    def stop(self) -> None:
        """End the tasks soon."""
        self._stop.set()

    def is_connected(self) -> bool:
        """Tell whether the bus answers."""
        try:
            return bool(self._redis is None or self._redis.ping())
        except Exception:  # its errors are no OSErrors, whatever goes wrong the bus is away
            return False

    def _tell(self, events: Sequence[Event]) -> None:
        """Remember what this process did, and have the others told; who calls never waits for the bus."""
        self._remember(events)
        if self._redis is None:
            return
        message = {"from": self._process, "events": [_pack(event) for event in events]}
        # Full while the bus is away: the others read the log.
        with contextlib.suppress(queue.Full):
            self._outgoing.put_nowait(dumps(message))

    def _send(self) -> None:
        while not self._stop.is_set():
            try:
                self._redis.publish(self._channel, self._outgoing.get(timeout=1.0))
            except queue.Empty:
                continue
            except Exception:
                log.warning("the bus does not answer; the others read the log", exc_info=True)
                self._stop.wait(RETRY_AFTER_S)
                self._forget_outgoing()

    def _forget_outgoing(self) -> None:
        """Drop what the others have read in the log by now."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._outgoing.get_nowait()

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    pubsub.subscribe(self._channel)
                    while not self._stop.is_set():
                        message = pubsub.get_message(timeout=1.0)
                        if message is not None:
                            self._receive(json.loads(message["data"]))
            except Exception:
                log.warning("the bus is away; trying again", exc_info=True)
                self._stop.wait(RETRY_AFTER_S)

    def _receive(self, message: dict[str, Any]) -> None:
        if message["from"] == self._process:
            return
        self._hear([_unpack(each, self._context.centre) for each in message["events"]])

    def _look(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            try:
                self._look_once()
            except Exception:
                log.exception("could not read the log")

    def _look_once(self) -> None:
        with self._context.database.read() as connection:
            rows = queries.events_after(connection, self._context.centre, self._settled, limit=LOOK_AT_MOST)
        self._hear([_from_row(row) for row in rows])
        settled_before = self._context.clock() - SETTLED_AFTER
        for row in rows:
            if row.at >= settled_before:
                break
            self._settled = row.id
        with self._lock:
            self._heard = {id: at for id, at in self._heard.items() if id > self._settled}

    def _hear(self, events: Sequence[Event]) -> None:
        self._context.bus.hear(self._remember(events))

    def _remember(self, events: Sequence[Event]) -> list[Event]:
        """Keep those that were not heard before."""
        with self._lock:
            new = [event for event in events if event.id not in self._heard and event.id > self._settled]
            self._heard.update((event.id, event.at) for event in new)
        return new


def _connect(url: str) -> Any:
    import redis  # 190 ms, needed with several processes only
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return redis.Redis.from_url(
        url.replace("valkey", "redis", 1),
        socket_timeout=2,
        socket_connect_timeout=1,
        # A hint that is late is of no use, and the log tells it anyway.
        retry=Retry(NoBackoff(), 0),
        health_check_interval=15,
    )


def _pack(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": str(event.kind),
        "at": event.at.isoformat(),
        "ticket": event.ticket,
        "number": event.number,
        "service": event.service,
        "counter": event.counter,
        "data": dict(event.data),
    }


def _unpack(packed: dict[str, Any], centre: str) -> Event:
    return Event(
        packed["id"],
        centre,
        EventKind(packed["kind"]),
        datetime.fromisoformat(packed["at"]),
        packed["ticket"],
        packed["number"],
        packed["service"],
        packed["counter"],
        packed["data"],
    )


def _from_row(row: Record) -> Event:
    return Event(
        row.id,
        row.centre,
        EventKind(row.kind),
        row.at,
        row.ticket,
        row.number,
        row.service,
        row.counter,
        row.data,
    )
