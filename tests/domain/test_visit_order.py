"""The order of several services: no other is over sooner, and it is never worse than asked."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.visit_order import MOST, Stop, finish_s, shortest

STOPS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 7200)),
        st.integers(60, 3600),
        st.frozensets(st.integers(1, 4)),
    ),
    min_size=1,
    max_size=MOST,
).map(lambda drawn: [Stop(f"s{place}", *each) for place, each in enumerate(drawn)])


@given(STOPS)
def test_no_other_order_is_over_sooner(wished: list[Stop]) -> None:
    best = shortest(wished)
    known = [stop for stop in wished if stop.ready_s is not None]

    assert sorted(best, key=wished.index) == wished
    assert best[: len(known)] == shortest(known)
    assert finish_s(shortest(known)) == min(finish_s(order) for order in permutations(known))


@given(STOPS)
def test_going_where_one_is_called_first_is_as_good(wished: list[Stop]) -> None:
    """The greedy order is a known optimum of such visits (release dates, one machine): a check from outside."""
    known = [stop for stop in wished if stop.ready_s is not None]

    assert finish_s(shortest(known)) == finish_s(sorted(known, key=lambda stop: stop.ready_s or 0))


def test_of_orders_that_end_alike_none_waits_where_another_service_is_free() -> None:
    last = Stop("last", 5400, 600)
    wished = [Stop("later", 1500, 600), Stop("free", 0, 600), last]

    assert finish_s(wished) == finish_s([wished[1], wished[0], last])
    assert [stop.service for stop in shortest(wished)] == ["free", "later", "last"]


def test_alike_orders_keep_the_visitors_own() -> None:
    wished = [Stop("b", 0, 300), Stop("a", 0, 300), Stop("c", 0, 300)]

    assert [stop.service for stop in shortest(wished)] == ["b", "a", "c"]


def test_alike_orders_keep_what_one_counter_serves_together() -> None:
    one, two, three = (
        Stop("a", 0, 300, frozenset({1})),
        Stop("b", 0, 300, frozenset({2})),
        Stop("c", 0, 300, frozenset({1})),
    )

    assert [stop.service for stop in shortest([one, two, three])] in (["a", "c", "b"], ["b", "a", "c"])


def test_more_than_can_be_tried_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 5"):
        shortest([Stop(str(number), 0, 60) for number in range(6)])
