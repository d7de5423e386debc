"""What every operation works with, and the one way to run a verb once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from server.config.managed import Managed
from server.db.models import answers
from server.domain.numbering import day_of
from server.domain.opening import Opening, opening
from server.errors import IdempotencyMismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from server.clock import Clock, Randomness
    from server.config import Config
    from server.db.engine import Database, Transaction
    from server.events import EventBus
    from server.signing import SigningKey

FROM_FILE = Managed()
View = dict[str, Any]
"""What an operation answers: plain JSON values, as the published interface names them."""


@dataclass(frozen=True, slots=True)
class Context:
    """
    The parts that operations share.

    Attributes:
        retired_names: Names of what the configuration no longer has, by kind and key.
        log_key: Signs the log; None where a process only does one act, and the server seals it.
        secret: Signs what phones are given; empty in a process that serves none.
        push_key: What phones ask their push service with to be told; None where nobody is told.
        managed: Where the configuration comes from.
    """

    config: Config
    database: Database
    clock: Clock
    randomness: Randomness
    bus: EventBus
    public_url: str
    retired_names: Mapping[tuple[str, str], dict[str, str]]
    offload: Callable[[Callable[[], Any]], Any]
    log_key: SigningKey | None = None
    secret: bytes = b""
    push_key: str | None = None
    managed: Managed = FROM_FILE

    @property
    def centre(self) -> str:
        """The centre's key, in every row."""
        return self.config.centre.key

    def local(self, at: datetime | None) -> str | None:
        """Write a time as RFC 3339 with the centre's offset."""
        if at is None:
            return None
        return at.astimezone(ZoneInfo(self.config.centre.timezone)).isoformat(timespec="seconds")

    def day_of(self, at: datetime) -> date:
        """Tell the centre's calendar day of a moment."""
        return day_of(at, self.config.centre.timezone)

    def hours(self) -> Opening:
        """Tell whether tickets are issued now, and what comes next."""
        centre = self.config.centre
        return opening(
            self.clock(),
            timezone=centre.timezone,
            hours=centre.hours,
            holidays={holiday.date for holiday in centre.holidays},
        )

    def service_name(self, key: str) -> dict[str, str]:
        """Name a service in every language, a retired one too."""
        service = self.config.service.get(key)
        return service.name if service else self.retired_names.get(("service", key), {"en": key})


@dataclass(frozen=True, slots=True)
class Once:
    """
    An unsafe request that may come again: same caller, key and body get the first answer.

    Attributes:
        caller: Who asks, such as "device:3".
        digest: SHA-256 of method, path and body.
        done_at: When it was done, if before it is asked for.
        also: Written in the same transaction, the first time only.
    """

    caller: str
    key: str
    digest: bytes
    done_at: datetime | None = None
    also: Callable[[Transaction], None] | None = None

    @classmethod
    def of(cls, caller: str, key: str, method: str, path: str, body: bytes) -> Once:
        """Identify a request."""
        return cls(caller, key, hashlib.sha256(f"{method} {path}\n".encode() + body).digest())


_ANSWER = select(answers.c.digest, answers.c.answer).where(
    answers.c.centre == bindparam("centre"),
    answers.c.caller == bindparam("caller"),
    answers.c.key == bindparam("key"),
)
_INSERT_ANSWER = insert(answers)
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def once_only(context: Context, once: Once | None, work: Callable[[Transaction], View]) -> View:
    """
    Run a verb in one transaction; a repetition gets the first answer and changes nothing.

    Raises:
        IdempotencyMismatch: The key was used with another body.
    """
    if once is None:
        with context.database.write() as tx:
            return work(tx)
    try:
        return _run_once(context, once, work)
    except IntegrityError:
        # The same request at the same moment through another worker: that one has answered by now.
        with context.database.read() as connection:
            row = connection.execute(_ANSWER, _named(context, once)).first()
        if row is None:
            raise
        return _first_answer(row, once)


def _run_once(context: Context, once: Once, work: Callable[[Transaction], View]) -> View:
    with context.database.write() as tx:
        row = tx.execute(_ANSWER, _named(context, once)).first()
        if row is not None:
            return _first_answer(row, once)
        tx.done_at = once.done_at or tx.now
        answer = work(tx)
        if once.also is not None:
            once.also(tx)
        tx.execute(
            _INSERT_ANSWER,
            {
                **_named(context, once),
                "digest": once.digest,
                "answer": answer,
                "created_at": tx.now,
            },
        )
        return answer


def _named(context: Context, once: Once) -> dict[str, Any]:
    return {"centre": context.centre, "caller": once.caller, "key": once.key}


def _first_answer(row: Any, once: Once) -> View:
    if bytes(row.digest) != once.digest:
        raise IdempotencyMismatch(key=once.key)
    answer: View = row.answer
    return answer


def dumps(value: Any) -> str:
    """Write JSON as it is sent and stored: compact, letters as they are."""
    return _JSON.encode(value)
