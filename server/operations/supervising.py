"""What a supervisor does in the room; every act is an entry of the log with the person's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from server.db import queries
from server.db.models import users
from server.db.rooms import acknowledgements
from server.domain.states import CounterState
from server.errors import BadInput, CounterNotFound, CounterStateError
from server.events import EventKind
from server.operations.staff import official_of

if TYPE_CHECKING:
    from typing import Any

    from server.db.engine import Transaction
    from server.operations.context import Context, View
    from server.operations.counters import Counters
    from server.operations.staff import Official
    from server.operations.visits import Visits

DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
MAX_KEY = 120
ENDED = "ended_by_supervisor"


class Supervising:
    """Acts of the supervisor."""

    def __init__(self, context: Context, counters: Counters, visits: Visits) -> None:
        self._context = context
        self._counters = counters
        self._visits = visits

    def acknowledge(self, alert: str, by: Official) -> View:
        """
        Say that somebody has seen an alert; it is silent from then on, a lasting condition for a quarter of an hour.

        Raises:
            BadInput: It is no key of an alert.
        """
        if not 3 <= len(alert) <= MAX_KEY or "/" not in alert:
            raise BadInput(field="alert", value=alert[:MAX_KEY])
        with self._context.database.write() as tx:
            values = {"centre": tx.centre, "alert": alert, "user_id": by.id, "at": tx.now}
            insert = DIALECTS[tx.connection.dialect.name].insert(acknowledgements).values(**values)
            tx.execute(
                insert.on_conflict_do_update(
                    index_elements=[acknowledgements.c.centre, acknowledgements.c.alert],
                    set_={"user_id": by.id, "at": tx.now},
                )
            )
            tx.record(EventKind.ALERT_ACKNOWLEDGED, official=by.id, alert=alert)
            return {"alert": alert, "at": self._context.local(tx.now)}

    def end_counter(self, number: int, by: Official) -> View:
        """
        Close a counter whose official has gone; a visitor in hand waits on in the old place.

        Raises:
            CounterNotFound: The centre has no such counter.
            CounterStateError: Nobody is at it.
        """
        with self._context.database.write() as tx:
            official = self._official_at(tx, number)
            in_hand = queries.ticket_in_hand(tx.connection, tx.centre, number)
            if in_hand is not None:
                self._visits.send_back(tx, number, in_hand, reason=ENDED)
            self._counters.leave(tx, number, official)
            tx.record(EventKind.SUPERVISED, counter=number, official=official.id, by=by.id, act="end_counter")
        return self._counters.view(number)

    def move(self, official_id: int, to: int, by: Official) -> View:
        """
        Let an official go on at another counter, under the same sign-in.

        Returns:
            The counter that they are at now.

        Raises:
            BadInput: They are there already.
            CounterStateError: Nobody has this key, or they are at no counter (any more).
            CounterNotFound, CounterTaken: Where to is not there, or not free.
            TicketInHand: They serve somebody: that comes first.
        """
        with self._context.database.write() as tx:
            row = tx.execute(
                select(users).where(users.c.id == official_id, users.c.centre == tx.centre)
            ).first()
            at = queries.counter_of(tx.connection, tx.centre, official_id)
            if row is None or at is None:
                raise CounterStateError(state=str(CounterState.CLOSED), action="move")
            if to == at:
                raise BadInput(field="counter", value=to)
            official = official_of(row)
            self._counters.leave(tx, at, official)
            self._counters.enter(tx, to, official)
            tx.record(
                EventKind.SUPERVISED, counter=to, official=official.id, by=by.id, act="move", from_counter=at
            )
        return self._counters.view(to)

    def _official_at(self, tx: Transaction, number: int) -> Official:
        if number not in self._context.config.counter:
            raise CounterNotFound(counter=number)
        counter = queries.counter(tx.connection, tx.centre, number, lock=True)
        if counter is None:
            raise CounterNotFound(counter=number)
        row = tx.execute(select(users).where(users.c.id == counter.official)).first()
        if row is None:
            raise CounterStateError(state=counter.state, action="close")
        return official_of(row)
