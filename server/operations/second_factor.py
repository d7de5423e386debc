"""The second factor: codes of six digits that change every half minute (RFC 6238), from a key that a telephone keeps."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from sqlalchemy import select, update

from server.db.models import users
from server.errors import SecondFactorWrong
from server.events import EventKind

if TYPE_CHECKING:
    from datetime import datetime

    from server.operations.context import Context
    from server.operations.staff import Official

STEP_S = 30
DIGITS = 6
# The clocks of telephones are good; a slow typist is given the step before.
STEPS_BEFORE, STEPS_AFTER = 1, 1


class SecondFactor:
    """Operations on the second factor of an account."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def has(self, user: Official) -> bool:
        """Tell whether codes are asked of this account."""
        with self._context.database.read() as connection:
            return (
                connection.execute(select(users.c.totp_key).where(users.c.id == user.id)).scalar() is not None
            )

    def new_key(self) -> bytes:
        """Make a key; nothing is kept before the first code of it was right."""
        return self._context.randomness.secret()

    def address(self, user: Official, key: bytes) -> str:
        """Write the address that an authenticator reads from a QR code."""
        centre = self._context.config.centre
        issuer = centre.name[centre.state_language]
        label = quote(f"{issuer}:{user.username}")
        return (
            f"otpauth://totp/{label}?{urlencode({'secret': spelled(key), 'issuer': issuer}, quote_via=quote)}"
        )

    def keep(self, user: Official, key: bytes, code: str) -> None:
        """
        Ask this account for codes from now on.

        Raises:
            SecondFactorWrong: The first code does not fit the key.
        """
        with self._context.database.write() as tx:
            step = step_of(key, code, tx.now)
            if step is None:
                raise SecondFactorWrong
            tx.execute(update(users).where(users.c.id == user.id).values(totp_key=key, totp_step=step))
            tx.record(EventKind.ACCOUNT_CHANGED, official=user.id, what="second_factor_set", by=user.id)

    def remove(self, user: Official, *, by: Official) -> None:
        """Ask this account for no code any more; `by` is whoever wants it, also when a telephone was lost."""
        with self._context.database.write() as tx:
            tx.execute(update(users).where(users.c.id == user.id).values(totp_key=None, totp_step=None))
            tx.record(EventKind.ACCOUNT_CHANGED, official=user.id, what="second_factor_removed", by=by.id)


def spelled(key: bytes) -> str:
    """
    Write a key as people type it into an authenticator.

    >>> spelled(b"12345678901234567890")
    'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    """
    return base64.b32encode(key).decode().rstrip("=")


def code_at(key: bytes, step: int) -> str:
    """
    Tell the code of a step of half a minute.

    Source: RFC 6238 and RFC 4226, with SHA-1, which is all that common authenticators know.

    >>> code_at(b"12345678901234567890", 59 // 30)
    '287082'
    """
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.hotp import HOTP

    return HOTP(key, DIGITS, SHA1()).generate(step).decode()


def step_of(key: bytes, code: str, now: datetime) -> int | None:
    """Tell of which step around now a code is; None for a wrong one."""
    typed = "".join(code.split())
    current = int(now.timestamp()) // STEP_S
    for step in range(current - STEPS_BEFORE, current + STEPS_AFTER + 1):
        if hmac.compare_digest(code_at(bytes(key), step), typed.encode("ascii", "replace").decode()):
            return step
    return None
