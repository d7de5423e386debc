"""What the published figures are made of, counted in the database: a month has more tickets than memory should hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Connection, case, cast, extract, func, select, type_coerce

from server.db.models import promises, ratings, requests, tickets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement

    from server.db.models import Record

Days = tuple["date", "date"]
"""The first and the last day, both within."""


def counts(connection: Connection, centre: str, days: Days) -> Sequence[Record]:
    """Count tickets by their first service: `service, issued, missed, in_target`."""
    in_target = tickets.c.first_called_at <= tickets.c.first_target_at
    return connection.execute(
        select(
            tickets.c.first_service.label("service"),
            func.count().label("issued"),
            _sum(tickets.c.state == "no_show").label("missed"),
            _sum(in_target).label("in_target"),
        )
        .where(*_within(centre, days))
        .group_by(tickets.c.first_service)
    ).fetchall()


def waits(connection: Connection, centre: str, days: Days) -> Sequence[Record]:
    """Count first calls by service and by the whole seconds waited until then: `service, waited_s, calls`."""
    waited_s = _waited_s(connection).label("waited_s")
    return connection.execute(
        select(tickets.c.first_service.label("service"), waited_s, func.count().label("calls"))
        .where(*_within(centre, days), tickets.c.first_called_at.is_not(None))
        .group_by(tickets.c.first_service, waited_s)
    ).fetchall()


def arrivals(connection: Connection, centre: str, days: Days) -> Sequence[Record]:
    """Count tickets by the day and the half hour (of UTC, since 1970) of their issue: `day, slot, issued`."""
    slot = _whole(connection, tickets.c.arrived_at, 1800).label("slot")
    return connection.execute(
        select(tickets.c.day, slot, func.count().label("issued"))
        .where(*_within(centre, days))
        .group_by(tickets.c.day, slot)
        .order_by(tickets.c.day, slot)
    ).fetchall()


def out_of_turn(connection: Connection, centre: str, days: Days) -> Sequence[Record]:
    """Count calls out of turn by reason, the most frequent first: `reason, calls`."""
    calls = func.count().label("calls")
    return connection.execute(
        select(tickets.c.out_of_turn.label("reason"), calls)
        .where(*_within(centre, days), tickets.c.out_of_turn.is_not(None))
        .group_by(tickets.c.out_of_turn)
        .order_by(calls.desc(), tickets.c.out_of_turn)
    ).fetchall()


def served(connection: Connection, centre: str, days: Days) -> Sequence[Record]:
    """Count the services served to these days' tickets: `service, outcome, served, rated, score` (the scores' sum)."""
    return connection.execute(
        select(
            requests.c.service,
            requests.c.outcome,
            func.count().label("served"),
            func.count(ratings.c.score).label("rated"),
            func.coalesce(func.sum(ratings.c.score), 0).label("score"),
        )
        .select_from(
            tickets.join(requests, requests.c.ticket_id == tickets.c.id).outerjoin(
                ratings, ratings.c.request_id == requests.c.id
            )
        )
        .where(*_within(centre, days), requests.c.state == "served")
        .group_by(requests.c.service, requests.c.outcome)
    ).fetchall()


def promised(connection: Connection, centre: str, days: Days) -> Sequence[Record]:
    """Count the promises decided within days, by service: `service, promised, kept`."""
    return connection.execute(
        select(
            promises.c.service,
            func.sum(promises.c.promised).label("promised"),
            func.sum(promises.c.kept).label("kept"),
        )
        .where(promises.c.centre == centre, promises.c.day.between(*days))
        .group_by(promises.c.service)
        .order_by(promises.c.service)
    ).fetchall()


def _within(centre: str, days: Days) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return tickets.c.centre == centre, tickets.c.day.between(*days)


def _sum(condition: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _waited_s(connection: Connection) -> ColumnElement[int]:
    """From arrival, or the slot of an appointment, to the first call; never less than nothing; to the nearest second."""
    start = case((tickets.c.start_at > tickets.c.arrived_at, tickets.c.start_at), else_=tickets.c.arrived_at)
    if connection.dialect.name == "postgresql":
        waited: Any = cast(
            func.floor(extract("epoch", tickets.c.first_called_at) - extract("epoch", start) + 0.5),
            BigInteger,
        )
    else:
        waited_us = type_coerce(tickets.c.first_called_at, BigInteger) - type_coerce(start, BigInteger)
        waited = (waited_us + 500_000) // 1_000_000
    return case((tickets.c.first_called_at > start, waited), else_=0)


def _whole(connection: Connection, moment: Any, seconds: int) -> ColumnElement[int]:
    """Number the spans of so many seconds since 1970."""
    if connection.dialect.name == "postgresql":
        return cast(func.floor(extract("epoch", moment) / seconds), BigInteger)
    return type_coerce(moment, BigInteger) // (seconds * 1_000_000)
