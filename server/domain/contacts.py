"""Addresses and telephone numbers that visitors type."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_ADDRESS = 254
# What mail servers take without quoting; more is typed by mistake far more often than on purpose.
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}",
    re.IGNORECASE,
)
_PHONE_SIGNS = re.compile(r"[\s().\-\u00a0]+")


class Contact(NamedTuple):
    """Where a visitor can be told something; `kind` is "email" or "sms"."""

    kind: str
    address: str


def email(text: str) -> Contact | None:
    """
    Read an e-mail address; None where it is none.

    >>> email(" Leyla@Example.az ")
    Contact(kind='email', address='Leyla@example.az')
    >>> email("leyla@example"), email("leyla@example.az\\nBcc: x@y.az")
    (None, None)
    """
    text = text.strip()
    if len(text) > MAX_ADDRESS or not _EMAIL.fullmatch(text):
        return None
    name, _, host = text.rpartition("@")
    return Contact("email", f"{name}@{host.lower()}")


def phone(text: str, *, country: str = "994") -> Contact | None:
    """
    Read a telephone number; None where it is none.

    Args:
        country: Of a number that is written as within the country, with 0 before it.

    >>> [phone(each).address for each in ("050 123-45-67", "+994 (50) 123 45 67", "00994501234567")]
    ['+994501234567', '+994501234567', '+994501234567']
    >>> phone("123"), phone("+99450123456x")
    (None, None)
    """
    digits = _PHONE_SIGNS.sub("", text.strip())
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+{country}{digits[1:]}"
    return Contact("sms", digits) if re.fullmatch(r"\+[1-9][0-9]{7,14}", digits) else None
