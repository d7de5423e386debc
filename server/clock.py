"""Time and randomness as arguments: the one place that asks the machine for them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Tells the time now, aware and in UTC."""

# No vowels, so that no word appears, and nothing that is mistaken for another sign on paper (0/O, 1/I/L, 5/S, 2/Z, 8/B).
CODE_LETTERS = "3467CDFGHJKMNPQRTVWXY"


def system_clock() -> datetime:
    """Tell the machine's time, aware and in UTC."""
    return datetime.now(UTC)


class Randomness:
    """Unguessable names; tests pass one that repeats itself."""

    def token(self) -> str:
        """Make a token of 128 bits for an address."""
        return secrets.token_urlsafe(16)

    def code(self) -> str:
        """Make the six signs that a visitor can type: one of 21**6 = 85 million."""
        return "".join(secrets.choice(CODE_LETTERS) for _ in range(6))

    def password(self) -> str:
        """Make a password that is told once and typed once, such as "k7cq-3mwx-…": 21**16, 70 bits."""
        return "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(4)) for _ in range(4)).lower()

    def secret(self) -> bytes:
        """Make the key of a second factor: 160 bits, as RFC 4226 recommends."""
        return secrets.token_bytes(20)

    def share(self) -> float:
        """Draw a number from 0 to 1, which nobody can foresee."""
        return secrets.randbelow(1 << 32) / (1 << 32)

    def salt(self) -> bytes:
        """Make the salt of one entry of the log."""
        return secrets.token_bytes(16)
