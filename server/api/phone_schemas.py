"""The shapes of what phones and the boards' code for them exchange."""

from __future__ import annotations

from pydantic import BaseModel

from server.api.schemas import Names, Time


class PresenceCode(BaseModel):
    """
    What a board shows: a QR code of `url`, as rows of 0 and 1 without a quiet zone, and the code to type instead.

    It changes at `next_at` and is good for about two minutes after it was first shown.
    """

    code: str
    url: str
    qr: list[str]
    words: Names
    at: Time
    next_at: Time
