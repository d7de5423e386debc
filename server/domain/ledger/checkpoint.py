"""
The text that says how far the log has grown: what is signed, shown on the boards and printed at closing.

Its form is that of transparency logs (C2SP tlog-checkpoint): the log's name, its size, its root, then lines of our
own for the time and the policy in force. A copy of it outside the operator's hands fixes everything before it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.domain.ledger.entries import read_time, write_time
from server.domain.ledger.tree import HASH_BYTES

if TYPE_CHECKING:
    from datetime import datetime

SHORT_BYTES = 6


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """
    A tree head.

    Attributes:
        origin: Names the log, such as "navbat/asan-1".
        size: How many entries the tree has.
        policy: Version of the policy that was in force.
    """

    origin: str
    size: int
    root: bytes
    at: datetime
    policy: str

    def text(self) -> str:
        """
        Write the text that is signed.

        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 11, 24, 14, tzinfo=UTC)
        >>> print(Checkpoint("navbat/asan-1", 812, bytes(32), at, "2026-1").text(), end="")
        navbat/asan-1
        812
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
        at 2026-11-24T14:00:00.000000Z
        policy 2026-1
        """
        lines = [self.origin, str(self.size), encode(self.root)]
        return "\n".join([*lines, f"at {write_time(self.at)}", f"policy {self.policy}"]) + "\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """
        Read the text back.

        Raises:
            ValueError: It is no checkpoint.
        """
        try:
            origin, size, root, at, policy = text.removesuffix("\n").split("\n")
            checkpoint = cls(
                origin,
                int(size),
                decode(root),
                read_time(at.removeprefix("at ")),
                policy.removeprefix("policy "),
            )
        except ValueError as error:
            raise ValueError("no checkpoint of a log") from error
        # One way to write it: what was signed is what was read.
        if checkpoint.text() != text or len(checkpoint.root) != HASH_BYTES or checkpoint.size < 0:
            raise ValueError("no checkpoint of a log")
        return checkpoint

    @property
    def short(self) -> str:
        """Write the beginning of the root as people compare it, such as "3fa9-01bc-77d2"."""
        digits = self.root[:SHORT_BYTES].hex()
        return "-".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def encode(value: bytes) -> str:
    """Write a hash or a salt as the log's JSON and texts do."""
    return base64.b64encode(value).decode("ascii")


def decode(text: str) -> bytes:
    """
    Read a hash or a salt.

    Raises:
        ValueError: It is no base64.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError) as error:
        raise ValueError(f"{text!r} is no base64") from error
