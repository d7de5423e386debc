"""Passwords: what they must be like, and their hashes, made where they hold nobody up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.errors import BadInput

if TYPE_CHECKING:
    from server.operations.context import Context

MIN_PASSWORD = 8
MAX_PASSWORD = 200
NO_PASSWORD = "!"  # no hash: nothing verifies against it


class Passwords:
    """Hashes passwords and compares them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._decoy: str | None = None

    def hash(self, password: str, *, field: str = "password") -> str:
        """
        Hash a new password.

        Raises:
            BadInput: It is too short or too long; `field` names it.
        """
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise BadInput(
                f"{field}: {MIN_PASSWORD} to {MAX_PASSWORD} signs",
                field=field,
                at_least=MIN_PASSWORD,
                at_most=MAX_PASSWORD,
            )
        hashed: str = self._context.offload(lambda: _hasher().hash(password))
        return hashed

    def is_right(self, hashed: str | None, password: str) -> bool:
        """
        Compare; takes the same time where there is no account.

        Args:
            hashed: None where nobody has the name.
        """
        if hashed is None:
            if self._decoy is None:
                self._decoy = self.hash("nobody has this password")
            hashed = self._decoy
        found: bool = self._context.offload(lambda: _is_right(hashed, password))
        return found


def _hasher() -> Any:
    from argon2 import PasswordHasher  # 30 ms, needed at a sign-in only

    return PasswordHasher()


def _is_right(hashed: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(hashed, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return True
