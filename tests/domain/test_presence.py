"""The code that proves who is in the hall: it changes, it ends, and it cannot be guessed from another."""

from __future__ import annotations

import pytest

from server.clock import CODE_LETTERS
from server.domain.presence import EVERY_S, STEPS_GOOD, Presence, code_of, judge, step_at

KEY = {"secret": b"a secret of the centre", "centre": "asan-1", "alphabet": CODE_LETTERS}
NOW = 1_795_500_000.0


def shown(at: float = NOW) -> str:
    return code_of(step_at(at), **KEY)


@pytest.mark.parametrize(
    ("age_s", "proves"),
    [
        (0, Presence.HERE),
        (EVERY_S, Presence.HERE),
        (EVERY_S * (STEPS_GOOD - 1), Presence.HERE),
        (EVERY_S * STEPS_GOOD, Presence.LATE),
        (1800, Presence.LATE),
        (3600 + EVERY_S, Presence.UNKNOWN),
    ],
)
def test_a_code_proves_for_two_minutes_that_somebody_is_here(age_s: int, proves: Presence) -> None:
    assert judge(shown(), NOW + age_s, **KEY) is proves


def test_a_code_of_the_future_proves_nothing() -> None:
    assert judge(shown(NOW + EVERY_S), NOW, **KEY) is Presence.UNKNOWN


@pytest.mark.parametrize("other", [{"secret": b"another secret"}, {"centre": "asan-2"}])
def test_the_code_of_another_centre_proves_nothing_here(other: dict[str, object]) -> None:
    assert judge(code_of(step_at(NOW), **(KEY | other)), NOW, **KEY) is Presence.UNKNOWN  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["", "ABCDEF", "ə" * 6, "x" * 5000])
def test_what_is_no_code_proves_nothing(code: str) -> None:
    assert judge(code, NOW, **KEY) is Presence.UNKNOWN


def test_codes_are_spread_over_all_that_can_be_written() -> None:
    codes = {code_of(step, **KEY) for step in range(2000)}

    assert len(codes) >= 1999
    assert {letter for code in codes for letter in code} == set(CODE_LETTERS)
