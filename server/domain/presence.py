"""Proof of presence: a code that the hall's boards show and that changes before it can be carried far."""

from __future__ import annotations

import hmac
from enum import StrEnum

EVERY_S = 30
"""How long a board shows one code."""

STEPS_GOOD = 4
"""How many codes are good at once, the one on the board included: about two minutes."""

STEPS_KNOWN = 120
"""An hour of codes that are told from wrong ones, so that a late visitor hears what is the matter."""

LETTERS = 6


class Presence(StrEnum):
    """What a code proves."""

    HERE = "here"
    LATE = "late"
    UNKNOWN = "unknown"


def step_at(now_s: float) -> int:
    """
    Number the code that is shown at a moment.

    Args:
        now_s: Seconds since 1970.

    >>> step_at(59.9), step_at(60.0)
    (1, 2)
    """
    return int(now_s // EVERY_S)


def code_of(step: int, *, secret: bytes, centre: str, alphabet: str) -> str:
    """
    Write the code of a step: a message authentication code, cut to what can be typed.

    Source: the cut is that of RFC 4226 (HOTP), in another alphabet.

    >>> code_of(7, secret=b"s", centre="c", alphabet="3467CDFGHJKMNPQRTVWXY")
    'JXRXWC'
    """
    digest = hmac.digest(secret, f"navbat presence {centre} {step}".encode(), "sha256")
    value = int.from_bytes(digest)
    letters = []
    for _ in range(LETTERS):
        value, place = divmod(value, len(alphabet))
        letters.append(alphabet[place])
    return "".join(letters)


def judge(code: str, now_s: float, *, secret: bytes, centre: str, alphabet: str) -> Presence:
    """Tell what a code proves at a moment; a board's clock is the server's, so that none comes from the future."""
    now = step_at(now_s)
    for age in range(STEPS_KNOWN):
        right = code_of(now - age, secret=secret, centre=centre, alphabet=alphabet)
        if hmac.compare_digest(right.encode(), code.encode()):
            return Presence.HERE if age < STEPS_GOOD else Presence.LATE
    return Presence.UNKNOWN
