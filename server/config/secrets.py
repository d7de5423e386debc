"""Which values of the configuration are shown to nobody: by their keys."""

from __future__ import annotations

HIDDEN = "•••"
# What is written nowhere but where it is needed.
SECRETS = ("secret", "password", "token", "hash", "database_url", "redis_url")
# An address or a header of a gateway may hold its key.
MAY_HOLD = {"url", "headers", "body"}


def is_secret(key: str) -> bool:
    """
    Tell whether a value may be a secret, by its dotted key.

    >>> is_secret("sms.url"), is_secret("kiosk.staff_code_hash"), is_secret("centre.public_url")
    (True, True, False)
    """
    return bool(MAY_HOLD & set(key.split("."))) or any(part in key.rpartition(".")[2] for part in SECRETS)
