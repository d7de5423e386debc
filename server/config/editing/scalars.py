"""Values as text of YAML, so that yaml_reading.py reads the same values again."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

# Words that need no quotes anywhere, be it inside `{…}`; whatever else is text goes into double quotes.
_PLAIN = re.compile(r"[^\W\d_](?:[\w .()/+’ʻʼ–№“”«»_-]*[\w.()’ʻʼ”»])?")
_NO_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write(value: Any) -> str:
    """
    Write a value on one line.

    >>> write({"az": "Bəli", "n": [5, "5", "18:00", True, None]})
    '{az: Bəli, n: [5, "5", "18:00", true, null]}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(key)}: {write(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(write(each) for each in value) + "]"
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return _decimal(value)
    if isinstance(value, (int, datetime.date)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a configuration")


def text(value: str) -> str:
    """
    Write a text, in quotes where a reader might take it for something else.

    >>> text("girişdən sağda"), text("no"), text("a: b"), text("2026-01-01")
    ('girişdən sağda', '"no"', '"a: b"', '"2026-01-01"')
    """
    if _PLAIN.fullmatch(value) and value.casefold() not in _NO_WORDS:
        return value
    return '"' + "".join(_escaped(sign) for sign in value) + '"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    # What is printed as something, and no break of a line for any reader of YAML.
    if sign == " " or (sign.isprintable() and sign not in "\u2028\u2029\ufeff"):
        return sign
    code = ord(sign)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _decimal(value: float) -> str:
    """Write a number with a point: an exponent alone would be read as text."""
    if not math.isfinite(value):
        raise TypeError("no number")
    short = repr(value)
    if "e" not in short:
        return short
    mantissa, _, exponent = short.partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{exponent}"
