"""What a supervisor does in the room; every act is an entry of the log with the person's key."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from server.db import queries, rooms
from server.db.models import users
from server.db.rooms import acknowledgements
from server.domain.states import CounterState
from server.errors import BadInput, CounterNotFound, CounterStateError, CounterTaken
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
# Whoever presses within this after somebody else had not seen yet that it was done.
SAME_MOMENT = timedelta(seconds=10)
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

        Returns:
            Who has seen it, and when: another supervisor who was quicker, where two press at once.

        Raises:
            BadInput: It is no key of an alert.
        """
        if not 3 <= len(alert) <= MAX_KEY or "/" not in alert:
            raise BadInput(field="alert", value=alert[:MAX_KEY])
        with self._context.database.write() as tx:
            values = {"centre": tx.centre, "alert": alert, "user_id": by.id, "at": tx.now}
            insert = DIALECTS[tx.connection.dialect.name].insert(acknowledgements).values(**values)
            done = tx.execute(
                insert.on_conflict_do_update(
                    index_elements=[acknowledgements.c.centre, acknowledgements.c.alert],
                    set_={"user_id": by.id, "at": tx.now},
                    where=acknowledgements.c.at < tx.now - SAME_MOMENT,
                ).returning(acknowledgements.c.at)
            ).first()
            if done is not None:
                tx.record(EventKind.ALERT_ACKNOWLEDGED, official=by.id, alert=alert)
            seen = rooms.acknowledged(tx.connection, tx.centre)[alert]
            who = {"id": seen.user_id, "name": seen.by_name}
            return {"alert": alert, "at": self._context.local(seen.at), "by": who}

    def end_counter(self, number: int, by: Official, *, official_id: int | None = None) -> View:
        """
        Close a counter whose official has gone; a visitor in hand waits on in the old place.

        Args:
            official_id: Who is to be there; None: whoever is.

        Raises:
            CounterNotFound: The centre has no such counter, or none for this supervisor.
            CounterStateError: Nobody is at it.
            CounterTaken: Another official has come to it meanwhile.
        """
        self._check_for(number, by)
        with self._context.database.write() as tx:
            official = self._official_at(tx, number)
            if official_id is not None and official.id != official_id:
                raise CounterTaken(counter=number, official=official.name)
            in_hand = queries.ticket_in_hand(tx.connection, tx.centre, number)
            if in_hand is not None:
                self._visits.send_back(tx, number, in_hand, reason=ENDED)
            self._counters.leave(tx, number, official)
            tx.record(EventKind.SUPERVISED, counter=number, official=official.id, by=by.id, act="end_counter")
        return self._counters.view(number)

    def move(self, official_id: int, to: int, by: Official, *, from_counter: int | None = None) -> View:
        """
        Let an official go on at another counter, under the same sign-in.

        Args:
            from_counter: Where they are to be now; None: wherever they are.

        Returns:
            The counter that they are at now.

        Raises:
            BadInput: They are there already.
            CounterStateError: Nobody has this key, or they are not there (any more).
            CounterNotFound, CounterTaken: Where to is not there or not for this supervisor, or not free.
            TicketInHand: They serve somebody: that comes first.
        """
        with self._context.database.write() as tx:
            row = tx.execute(
                select(users).where(users.c.id == official_id, users.c.centre == tx.centre)
            ).first()
            at = queries.counter_of(tx.connection, tx.centre, official_id)
            if row is None or at is None or from_counter not in (None, at):
                raise CounterStateError(state=str(CounterState.CLOSED), action="move")
            if to == at:
                raise BadInput(field="counter", value=to)
            self._check_for(at, by)
            self._check_for(to, by)
            official = official_of(row)
            self._counters.leave(tx, at, official)
            self._counters.enter(tx, to, official)
            tx.record(
                EventKind.SUPERVISED, counter=to, official=official.id, by=by.id, act="move", from_counter=at
            )
        return self._counters.view(to)

    def _check_for(self, number: int, by: Official) -> None:
        """Raise CounterNotFound for a counter that is not this supervisor's."""
        if not self._counters.is_for(number, by):
            raise CounterNotFound(counter=number)

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
