"""The staff menu of a kiosk: behind a code that the configuration keeps as a hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.errors import WrongCode

if TYPE_CHECKING:
    from server.operations.context import Context

CODE_DIGITS = range(6, 13)


class Touchscreens:
    """Operations of staff who stand before a kiosk."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def has_menu(self) -> bool:
        """Tell whether there is a code, and so a menu."""
        return self._context.config.kiosk.staff_code_hash is not None

    def unlock(self, code: str) -> None:
        """
        Check the code of the staff menu.

        Raises:
            WrongCode: It is another, or there is none.
        """
        hashed = self._context.config.kiosk.staff_code_hash
        if hashed is None or not self._context.offload(lambda: _is_right(hashed, code)):
            raise WrongCode


def hash_code(code: str) -> str:
    """
    Hash a code for the configuration.

    Raises:
        ValueError: It is not 6 to 12 digits, which is what a kiosk can type.
    """
    from argon2 import PasswordHasher

    if not (code.isascii() and code.isdecimal() and len(code) in CODE_DIGITS):
        raise ValueError("the code: 6 to 12 digits")
    return PasswordHasher().hash(code)


def _is_right(hashed: str, code: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(hashed, code)
    except (VerificationError, InvalidHashError):
        return False
