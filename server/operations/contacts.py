"""How a person can be reached, as it is typed and as it is kept."""

from __future__ import annotations

import re

from server.errors import BadInput

_LONGEST, _SHORTEST = 15, 7
_BETWEEN = re.compile(r"[\s().\-/]+")


def telephone_of(text: str, *, field: str = "telephone") -> str:
    """
    Read a telephone number: digits, a leading plus and nothing else.

    Raises:
        BadInput: It is none.

    Source: ITU-T E.164 allows 15 digits.

    >>> telephone_of("+994 (50) 123-45-67")
    '+994501234567'
    """
    number = _BETWEEN.sub("", text.strip())
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()) or not _SHORTEST <= len(digits) <= _LONGEST:
        raise BadInput(field=field)
    return number
