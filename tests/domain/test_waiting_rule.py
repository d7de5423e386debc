"""The forecast plays halls by the very rule that calls: replayed one call at a time, every hall comes out the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.calling import Candidate, Lane, choose_next
from server.domain.durations import durations
from server.domain.waiting import Comer, Following, Habits, Hall, InHand, OpenCounter, Stream, WaitingTicket
from server.domain.waiting.draws import Draws
from server.domain.waiting.layout import Layout
from server.domain.waiting.simulation import LONGEST_S, play

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SERVICES = ("passport", "birth", "pension", "tax")
RUNS = 3
lanes = st.sampled_from(list(Lane))
services = st.sampled_from(SERVICES)
# Whole minutes, so that many due times are equal.
minutes = st.integers(-20, 20)


def at(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


tickets = st.lists(
    st.tuples(
        services,
        minutes,
        lanes,
        st.one_of(st.none(), st.none(), st.integers(1, 5)),
        st.one_of(st.none(), st.none(), st.tuples(services, minutes)),
    ),
    max_size=14,
).map(
    lambda rows: [
        WaitingTicket(id, service, at(due), lane, counter, (Following(then[0], at(then[1])),) if then else ())
        for id, (service, due, lane, counter, then) in enumerate(rows)
    ]
)
counters = st.lists(
    st.tuples(st.frozensets(services, min_size=1), st.one_of(st.none(), services), st.integers(0, 3)),
    min_size=1,
    max_size=4,
).map(
    lambda rows: [
        OpenCounter(number, can, InHand(in_hand, 60.0) if in_hand else None, since)
        for number, (can, in_hand, since) in enumerate(rows, 1)
    ]
)
comers = st.builds(Comer, services, lanes, st.sampled_from([0.0, 300.0, 900.0]))
halls = st.builds(
    Hall,
    at=st.just(NOW),
    waiting=tickets,
    counters=counters,
    habits=st.just(Habits(durations(dict.fromkeys(SERVICES, 400.0), {}))),
    streams=st.lists(st.builds(Stream, comers, st.sampled_from([2.0, 20.0])), max_size=3),
    quota_every=st.sampled_from([None, 1, 2, 3]),
)


@dataclass
class Visitor:
    """One who waits, or will: a column of the layout."""

    column: int
    due_s: float
    arrives_s: float
    takes_s: float
    lane: Lane
    counters: frozenset[int]


def visitors_of(layout: Layout, run: int) -> list[Visitor]:
    ends = [*layout.first, layout.due.shape[1]][1:]
    return [
        Visitor(
            column,
            layout.due[run, column],
            layout.arrives[run, column],
            layout.takes[run, column],
            line.lane,
            line.counters,
        )
        for line, first, end in zip(layout.lines, layout.first, ends, strict=True)
        for column in range(first, end - 1)
    ]


def replay(hall: Hall, layout: Layout, run: int, newcomer: Visitor | None = None) -> dict[int, float]:
    """Play one hall slowly: the counter that is free first asks `choose_next` who of those there is next."""
    visitors = visitors_of(layout, run) + ([newcomer] if newcomer else [])
    places = {id(v): place for place, v in enumerate(sorted(visitors, key=lambda v: v.due_s))}
    free = list(layout.free[run])
    since = [counter.calls_since_quota for counter in hall.counters]
    called: dict[int, float] = {}

    def call(now: float) -> bool:
        for counter, free_s in enumerate(free):
            there = {places[id(v)]: v for v in visitors if counter in v.counters and v.arrives_s <= now}
            if free_s > now or not there:
                continue
            choice = choose_next(
                # Issue settles equal due times, and the layout holds it in differences below a microsecond.
                [Candidate(p, NOW + timedelta(seconds=v.due_s), v.lane) for p, v in there.items()],
                calls_since_quota=since[counter],
                quota_every=hall.quota_every,
            )
            visitor = there[choice.id]
            visitors.remove(visitor)
            called[visitor.column] = now
            free[counter] = now + visitor.takes_s
            since[counter] = 0 if visitor.lane is Lane.QUOTA else since[counter] + 1
            follows = layout.follows[visitor.column] if visitor is not newcomer else -1
            for other in visitors:
                if follows >= 0 and other.column == layout.first[follows]:
                    other.arrives_s = free[counter]
            return True
        return False

    while visitors:
        moments = [*free, *(v.arrives_s for v in visitors)]
        if not any(call(now) for now in sorted(moments) if now < LONGEST_S):
            break
    return called


def lay(hall: Hall, newcomers: list[Comer], seed: int) -> Layout:
    names = sorted(SERVICES)
    return Layout(hall, newcomers, Draws(hall.habits, names, runs=RUNS, seed=seed), names)


@given(hall=halls, seed=st.integers(0, 1000))
@settings(max_examples=150, deadline=None)
def test_the_halls_in_arrays_are_called_as_the_rule_calls(hall, seed):
    layout = lay(hall, [], seed)

    called, _ = play(
        layout, quota_every=hall.quota_every, since_quota=[c.calls_since_quota for c in hall.counters]
    )

    for run in range(RUNS):
        slowly = replay(hall, layout, run)
        tracked = [column for column, ticket in enumerate(layout.tickets) if ticket is not None]
        assert {c: round(called[run, c], 6) for c in tracked if called[run, c] < LONGEST_S} == {
            c: round(slowly[c], 6) for c in tracked if c in slowly
        }


@given(hall=halls, comer=comers, seed=st.integers(0, 1000))
@settings(max_examples=150, deadline=None)
def test_a_newcomer_is_told_when_the_rule_would_call_him(hall, comer, seed):
    layout = lay(hall, [comer], seed)
    able = frozenset(p for p, counter in enumerate(hall.counters) if comer.service in counter.services)

    _, told = play(
        layout, quota_every=hall.quota_every, since_quota=[c.calls_since_quota for c in hall.counters]
    )

    assert told.shape == (RUNS, 1 if able else 0)
    for run in range(RUNS if able else 0):
        newcomer = Visitor(-1, layout.new_due[0], 0.0, 60.0, comer.lane, able)
        slowly = replay(hall, layout, run, newcomer).get(-1, math.inf)
        assert round(min(told[run, 0], LONGEST_S), 6) == round(min(slowly, LONGEST_S), 6)
