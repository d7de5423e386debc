"""Reads: functions of a connection that return rows."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, func, select, text

from server.db.models import (
    Record,
    UtcDateTime,
    counters,
    events,
    print_jobs,
    ratings,
    requests,
    shifts,
    tickets,
    users,
)
from server.domain.states import IN_HAND

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

TICKET_BY_ID = select(tickets).where(tickets.c.id == bindparam("id"))
TICKET_BY_TOKEN = select(tickets).where(
    tickets.c.token == bindparam("token"), tickets.c.centre == bindparam("centre")
)
OFFICIAL = (
    users.c.name.label("official_name"),
    users.c.agencies.label("official_agencies"),
    users.c.services.label("official_services"),
)
_LOCKED = {query: query.with_for_update() for query in (TICKET_BY_ID, TICKET_BY_TOKEN)}
# The conditions repeat those of the partial indexes word by word: that is how both databases come to use them.
IN_HAND_AT = (
    select(tickets)
    .where(tickets.c.centre == bindparam("centre"), tickets.c.counter == bindparam("counter"))
    .where(text("state IN ('called', 'serving')"))
)
REQUESTS_OF = (
    select(requests, ratings.c.rated_at)
    .select_from(requests.outerjoin(ratings, ratings.c.request_id == requests.c.id))
    .where(requests.c.ticket_id == bindparam("ticket"))
    .order_by(requests.c.position)
)
COUNTER = (
    select(counters, *OFFICIAL)
    .select_from(counters.outerjoin(users, counters.c.official == users.c.id))
    .where(counters.c.centre == bindparam("centre"), counters.c.number == bindparam("counter"))
)
COUNTER_FOR_UPDATE = COUNTER.with_for_update(of=counters)

# One seek for each service and lane on the index of waiting tickets, whatever the history.
_HEADS_SQLITE = """
SELECT t.id, t.due_at, t.lane, t.service, 0 AS is_bound
FROM json_each(:services) AS s CROSS JOIN json_each(:lanes) AS l
JOIN tickets AS t ON t.id = (
    SELECT w.id FROM tickets AS w
    WHERE w.centre = :centre AND w.service = s.value AND w.lane = l.value AND w.state = 'waiting' AND w.bound IS NULL
    ORDER BY w.due_at, w.id LIMIT 1)
UNION ALL
SELECT t.id, t.due_at, t.lane, t.service, 1
FROM json_each(:bounds) AS b CROSS JOIN json_each(:lanes) AS l
JOIN tickets AS t ON t.id = (
    SELECT w.id FROM tickets AS w
    WHERE w.centre = :centre AND w.bound = b.value AND w.lane = l.value AND w.state = 'waiting' AND w.bound IS NOT NULL
    ORDER BY w.due_at, w.id LIMIT 1)
"""
_HEADS_POSTGRESQL = """
SELECT t.id, t.due_at, t.lane, t.service, 0 AS is_bound
FROM json_array_elements_text(CAST(:services AS json)) AS s(key)
CROSS JOIN json_array_elements_text(CAST(:lanes AS json)) AS l(key)
CROSS JOIN LATERAL (
    SELECT w.id, w.due_at, w.lane, w.service FROM tickets AS w
    WHERE w.centre = :centre AND w.service = s.key AND w.lane = CAST(l.key AS smallint)
      AND w.state = 'waiting' AND w.bound IS NULL
    ORDER BY w.due_at, w.id LIMIT 1) AS t
UNION ALL
SELECT t.id, t.due_at, t.lane, t.service, 1
FROM json_array_elements_text(CAST(:bounds AS json)) AS b(key)
CROSS JOIN json_array_elements_text(CAST(:lanes AS json)) AS l(key)
CROSS JOIN LATERAL (
    SELECT w.id, w.due_at, w.lane, w.service FROM tickets AS w
    WHERE w.centre = :centre AND w.bound = b.key AND w.lane = CAST(l.key AS smallint)
      AND w.state = 'waiting' AND w.bound IS NOT NULL
    ORDER BY w.due_at, w.id LIMIT 1) AS t
"""
_AHEAD_SQLITE = """
SELECT count(*) FROM json_each(:services) AS s CROSS JOIN tickets AS w
WHERE w.centre = :centre AND w.service = s.value AND w.state = 'waiting' AND w.bound IS NULL
  AND (w.lane < :lane OR w.due_at < :due_at OR (w.due_at = :due_at AND w.id < :id))
"""
_AHEAD_POSTGRESQL = _AHEAD_SQLITE.replace(
    "json_each(:services) AS s", "json_array_elements_text(CAST(:services AS json)) AS s(value)"
)


HEADS = {"sqlite": _HEADS_SQLITE, "postgresql": _HEADS_POSTGRESQL}
"""The rule's seeks, by dialect."""


@cache
def _heads(dialect: str) -> Any:
    return text(HEADS[dialect]).columns(due_at=UtcDateTime())


@cache
def _ahead(dialect: str) -> Any:
    return text(_AHEAD_SQLITE if dialect == "sqlite" else _AHEAD_POSTGRESQL).bindparams(
        bindparam("due_at", type_=UtcDateTime())
    )


@cache
def _json(values: tuple[Any, ...]) -> str:
    return json.dumps(values, ensure_ascii=False)


def first_waiting(
    connection: Connection,
    centre: str,
    *,
    services: tuple[str, ...],
    lanes: tuple[int, ...],
    bounds: tuple[str, ...],
) -> Sequence[Record]:
    """
    Read the first waiting ticket of each service and lane, and of each lane of `bounds` ("counter:5", "official:12").

    Returns:
        Rows of `id, due_at, lane, service, is_bound`.
    """
    return connection.execute(
        _heads(connection.dialect.name),
        {"centre": centre, "services": _json(services), "lanes": _json(lanes), "bounds": json.dumps(bounds)},
    ).fetchall()


def count_ahead(
    connection: Connection, centre: str, *, services: tuple[str, ...], lane: int, due_at: datetime, id: int
) -> int:
    """Count the waiting tickets of these services that the rule calls before a ticket."""
    count: int = connection.execute(
        _ahead(connection.dialect.name),
        {"centre": centre, "services": _json(services), "lane": lane, "due_at": due_at, "id": id},
    ).scalar_one()
    return count


def ticket(connection: Connection, id: int, *, lock: bool = False) -> Record:
    """
    Read a ticket by its key.

    Args:
        lock: Keep others from changing it until the transaction's end.

    Raises:
        NoResultFound: There is no such ticket.
    """
    return connection.execute(_LOCKED[TICKET_BY_ID] if lock else TICKET_BY_ID, {"id": id}).one()


def ticket_by_token(connection: Connection, centre: str, token: str, *, lock: bool = False) -> Record | None:
    """Read a ticket by its unguessable token."""
    return connection.execute(
        _LOCKED[TICKET_BY_TOKEN] if lock else TICKET_BY_TOKEN, {"token": token, "centre": centre}
    ).first()


def requests_of(connection: Connection, ticket: int) -> Sequence[Record]:
    """Read the services of a visit, in their order, each with when it was rated."""
    return connection.execute(REQUESTS_OF, {"ticket": ticket}).fetchall()


def counter(connection: Connection, centre: str, number: int, *, lock: bool = False) -> Record | None:
    """Read a counter with its official's name; `lock` keeps others from changing it until the transaction's end."""
    return connection.execute(
        COUNTER_FOR_UPDATE if lock else COUNTER, {"centre": centre, "counter": number}
    ).first()


def all_counters(connection: Connection, centre: str) -> Sequence[Record]:
    """Read every counter that is not retired, with its official's name."""
    return connection.execute(
        select(counters, *OFFICIAL)
        .select_from(counters.outerjoin(users, counters.c.official == users.c.id))
        .where(counters.c.centre == centre, counters.c.retired_at.is_(None))
        .order_by(counters.c.number)
    ).fetchall()


def ticket_in_hand(connection: Connection, centre: str, counter: int) -> Record | None:
    """Read the ticket that a counter has called or serves."""
    return connection.execute(IN_HAND_AT, {"centre": centre, "counter": counter}).first()


def tickets_in_hand(connection: Connection, centre: str) -> Sequence[Record]:
    """Read what every counter has called or serves, with the moment its service began."""
    return connection.execute(
        select(tickets, requests.c.started_at)
        .select_from(
            tickets.outerjoin(
                requests, (requests.c.ticket_id == tickets.c.id) & (requests.c.state == "serving")
            )
        )
        .where(tickets.c.centre == centre, tickets.c.state.in_([str(state) for state in IN_HAND]))
        .where(text("tickets.state IN ('waiting', 'called', 'serving', 'held')"))
    ).fetchall()


def waiting(connection: Connection, centre: str) -> Sequence[Record]:
    """Read every waiting ticket, those bound to a counter or official too, in the order of their due times."""
    return connection.execute(
        select(
            tickets.c.id,
            tickets.c.label,
            tickets.c.service,
            tickets.c.lane,
            tickets.c.due_at,
            tickets.c.bound,
            tickets.c.state,
            tickets.c.arrived_at,
        )
        .where(tickets.c.centre == centre, tickets.c.state == "waiting")
        .where(text("state IN ('waiting', 'called', 'serving', 'held')"))
        .order_by(tickets.c.due_at, tickets.c.id)
    ).fetchall()


def held(connection: Connection, centre: str, counter: int) -> Sequence[Record]:
    """Read the tickets that a counter holds."""
    return connection.execute(
        select(tickets)
        .where(tickets.c.centre == centre, tickets.c.state == "held", tickets.c.counter == counter)
        .where(text("state IN ('waiting', 'called', 'serving', 'held')"))
        .order_by(tickets.c.due_at, tickets.c.id)
    ).fetchall()


def waiting_by_service(connection: Connection, centre: str) -> dict[str, int]:
    """Count the waiting tickets of each service that has any in the hall."""
    rows = connection.execute(
        select(tickets.c.service, func.count())
        .where(tickets.c.centre == centre, tickets.c.state == "waiting", tickets.c.origin != "outreach")
        .where(text("state IN ('waiting', 'called', 'serving', 'held')"))
        .group_by(tickets.c.service)
    )
    return dict(rows.fetchall())


def last_calls(
    connection: Connection, centre: str, *, counters: Sequence[int], since: datetime, limit: int
) -> Sequence[Record]:
    """Read the tickets that these counters called last, newest first."""
    return connection.execute(
        select(tickets)
        .where(tickets.c.centre == centre, tickets.c.called_at.is_not(None), tickets.c.called_at >= since)
        .where(tickets.c.counter.in_(counters), tickets.c.state != "waiting")
        .order_by(tickets.c.called_at.desc(), tickets.c.id.desc())
        .limit(limit)
    ).fetchall()


def last_event_id(connection: Connection, centre: str) -> int:
    """Tell the newest entry of the log; 0 before the first."""
    return connection.execute(select(func.max(events.c.id)).where(events.c.centre == centre)).scalar() or 0


def events_after(connection: Connection, centre: str, after: int, *, limit: int) -> Sequence[Record]:
    """Read the log's entries after one, oldest first."""
    return connection.execute(
        select(events)
        .where(events.c.centre == centre, events.c.id > after)
        .order_by(events.c.id)
        .limit(limit)
    ).fetchall()


PRINT_STATE = (
    select(print_jobs.c.state, print_jobs.c.reason)
    .where(print_jobs.c.ticket_id == bindparam("ticket"), print_jobs.c.kind == "ticket")
    .order_by(print_jobs.c.id.desc())
    .limit(1)
)


def print_state(connection: Connection, ticket: int) -> Record | None:
    """Read how the newest slip of a ticket stands: `state, reason`."""
    return connection.execute(PRINT_STATE, {"ticket": ticket}).first()


def request_by_rating_token(connection: Connection, centre: str, token: str) -> Record | None:
    """Read a served request with its ticket's number and language, and its score if it was rated."""
    return connection.execute(
        select(requests, tickets.c.label, tickets.c.language, ratings.c.score)
        .select_from(
            requests.join(tickets, tickets.c.id == requests.c.ticket_id).outerjoin(
                ratings, ratings.c.request_id == requests.c.id
            )
        )
        .where(requests.c.rating_token == token, requests.c.centre == centre)
    ).first()


def last_finished_at(connection: Connection, centre: str, counter: int, since: datetime) -> Record | None:
    """Read the request that was served last at a counter, with its ticket's language, and its score if it was rated."""
    return connection.execute(
        select(requests, tickets.c.language, ratings.c.score)
        .select_from(
            requests.join(tickets, tickets.c.id == requests.c.ticket_id).outerjoin(
                ratings, ratings.c.request_id == requests.c.id
            )
        )
        .where(requests.c.centre == centre, requests.c.counter == counter)
        .where(requests.c.finished_at > since, requests.c.rating_token.is_not(None))
        .order_by(requests.c.finished_at.desc(), requests.c.id.desc())
        .limit(1)
    ).first()


def served_since(
    connection: Connection, centre: str, official: int, since: datetime
) -> tuple[int, float | None]:
    """Count what an official has served since a moment, and its mean length in seconds."""
    rows = connection.execute(
        select(requests.c.started_at, requests.c.finished_at).where(
            requests.c.centre == centre,
            requests.c.official == official,
            requests.c.finished_at >= since,
        )
    ).fetchall()
    lengths = [(row.finished_at - row.started_at).total_seconds() for row in rows if row.started_at]
    return len(rows), (sum(lengths) / len(lengths) if lengths else None)


def tickets_before(connection: Connection, centre: str, day: date) -> Sequence[Record]:
    """Read tickets of earlier days on which something could still happen."""
    return connection.execute(
        select(tickets)
        # Written so that no index by the day is used: all but today's would be read for the few that are live.
        .where(tickets.c.centre == centre, func.coalesce(tickets.c.day, tickets.c.day) < day)
        .where(text("state IN ('waiting', 'called', 'serving', 'held')"))
        .order_by(tickets.c.id)
    ).fetchall()


def find_ticket(connection: Connection, centre: str, day: date, wanted: int | str) -> Record | None:
    """Read a ticket of a day by its key or by its number as it is shown ("A012"), locked for a change."""
    if not isinstance(wanted, int):
        query = _by_number(centre, day, wanted)
        return None if query is None else connection.execute(query.with_for_update()).first()
    query = select(tickets).where(tickets.c.centre == centre, tickets.c.day == day, tickets.c.id == wanted)
    return connection.execute(query.with_for_update()).first()


def ticket_of_day(connection: Connection, centre: str, day: date, number: str) -> Record | None:
    """Read a ticket of a day by its number as it is shown ("A012"), to look at."""
    query = _by_number(centre, day, number)
    return None if query is None else connection.execute(query).first()


def _by_number(centre: str, day: date, number: str) -> Select[Any] | None:
    series = number.rstrip("0123456789")
    digits = number[len(series) :]
    if not digits or len(digits) > 9:
        return None
    return select(tickets).where(
        tickets.c.centre == centre,
        tickets.c.day == day,
        tickets.c.series == series.upper(),
        tickets.c.number == int(digits),
    )


def counter_of(connection: Connection, centre: str, official: int) -> int | None:
    """Tell the counter at which an official is, open or paused."""
    return connection.execute(
        select(counters.c.number).where(counters.c.centre == centre, counters.c.official == official)
    ).scalar()


def popular_services(connection: Connection, centre: str, *, limit: int = 20) -> list[str]:
    """List the services most asked for, by the newest requests; a fixed look back, whatever the history."""
    newest = (
        select(requests.c.service)
        .where(requests.c.centre == centre)
        .order_by(requests.c.id.desc())
        .limit(2000)
        .subquery()
    )
    rows = connection.execute(
        select(newest.c.service, func.count())
        .group_by(newest.c.service)
        .order_by(func.count().desc(), newest.c.service)
        .limit(limit)
    )
    return [row.service for row in rows]


def print_jobs_by_state(connection: Connection, centre: str) -> dict[str, int]:
    """Count the jobs that are not done, by state."""
    rows = connection.execute(
        select(print_jobs.c.state, func.count())
        .where(print_jobs.c.centre == centre)
        .where(text("state IN ('queued', 'sending', 'held')"))
        .group_by(print_jobs.c.state)
    )
    return {"queued": 0, "sending": 0, "held": 0} | dict(rows.fetchall())


def postponed_until(connection: Connection, centre: str, now: datetime) -> Sequence[Record]:
    """Read the tickets that their visitors set aside until now or before."""
    return connection.execute(
        select(tickets)
        .where(tickets.c.centre == centre, tickets.c.state == "held", tickets.c.held_until <= now)
        .where(text("state IN ('waiting', 'called', 'serving', 'held')"))
        .order_by(tickets.c.held_until, tickets.c.id)
    ).fetchall()


def bound_to(connection: Connection, centre: str, bound: Sequence[str]) -> Sequence[Record]:
    """Read the waiting tickets that wait for a particular counter or official ("counter:5", "official:12")."""
    return connection.execute(
        select(tickets)
        .where(tickets.c.centre == centre, tickets.c.bound.in_(bound))
        .where(text("state = 'waiting' AND bound IS NOT NULL"))
        .order_by(tickets.c.due_at, tickets.c.id)
    ).fetchall()


def all_waiting(connection: Connection, centre: str) -> Sequence[Record]:
    """Read every ticket that has not been called yet, whole."""
    return connection.execute(
        select(tickets)
        .where(tickets.c.centre == centre, tickets.c.state.in_(("waiting", "held")))
        .where(text("state IN ('waiting', 'called', 'serving', 'held')"))
        .order_by(tickets.c.due_at, tickets.c.id)
    ).fetchall()


def events_of(connection: Connection, ticket: int) -> Sequence[Record]:
    """Read a ticket's entries of the log, oldest first."""
    return connection.execute(
        select(events).where(events.c.ticket == ticket).order_by(events.c.id)
    ).fetchall()


def calls_between(
    connection: Connection,
    centre: str,
    *,
    kinds: Sequence[str],
    after: int,
    until: int | None,
    later_than: int,
) -> Sequence[Record]:
    """Read the calls between two entries of the log of tickets that were issued after one."""
    query = (
        select(events)
        .where(events.c.centre == centre, events.c.id > after, events.c.kind.in_(kinds))
        .where(events.c.ticket > later_than)
        .order_by(events.c.id)
    )
    if until is not None:
        query = query.where(events.c.id < until)
    return connection.execute(query).fetchall()


def shifts_during(connection: Connection, centre: str, since: datetime) -> Sequence[Record]:
    """Read the shifts that had not ended at a moment, newest first, with what each served."""
    return connection.execute(
        select(shifts)
        .where(shifts.c.centre == centre, (shifts.c.closed_at.is_(None)) | (shifts.c.closed_at >= since))
        .order_by(shifts.c.id.desc())
    ).fetchall()


def arrivals(connection: Connection, ids: Sequence[int]) -> dict[int, datetime]:
    """Tell when tickets were issued."""
    rows = connection.execute(select(tickets.c.id, tickets.c.arrived_at).where(tickets.c.id.in_(ids)))
    return {row.id: row.arrived_at for row in rows}


OLDEST_WALK_IN = (
    select(tickets.c.id, tickets.c.label, tickets.c.service, tickets.c.start_at)
    .where(tickets.c.centre == bindparam("centre"), tickets.c.service == bindparam("service"))
    .where(text("state = 'waiting' AND bound IS NULL"))
    .where(text("origin IN ('walk_in', 'phone', 'remote')"), tickets.c.penalty_s == 0)
    .order_by(tickets.c.start_at)
    .limit(1)
)


def oldest_walk_in(connection: Connection, centre: str, service: str) -> Record | None:
    """Read who has waited longest for a service, of the walk-ins that have no penalty."""
    return connection.execute(OLDEST_WALK_IN, {"centre": centre, "service": service}).first()


def alarms(connection: Connection, centre: str, *, limit: int) -> Sequence[Record]:
    """Read the newest alarms of the log."""
    return connection.execute(
        select(events)
        .where(events.c.centre == centre)
        .where(text("kind = 'alarm.overtaken'"))
        .order_by(events.c.id.desc())
        .limit(limit)
    ).fetchall()


def count_alarms(connection: Connection, centre: str) -> int:
    """Count all alarms of the log."""
    count: int = connection.execute(
        select(func.count())
        .select_from(events)
        .where(events.c.centre == centre)
        .where(text("kind = 'alarm.overtaken'"))
    ).scalar_one()
    return count


# A day has far fewer jobs than this; the look back stays the same whatever the history.
JOBS_OF_A_DAY = 20_000


def checkpoint_was_printed(connection: Connection, centre: str, since: datetime) -> bool:
    """Tell whether a checkpoint was given to a printer since a moment."""
    newest = connection.execute(select(func.max(print_jobs.c.id))).scalar() or 0
    found = connection.execute(
        select(print_jobs.c.id)
        .where(print_jobs.c.id > newest - JOBS_OF_A_DAY, print_jobs.c.centre == centre)
        .where(print_jobs.c.kind == "checkpoint", print_jobs.c.created_at >= since)
        .limit(1)
    ).first()
    return found is not None
