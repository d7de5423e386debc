"""The shapes of what phones and the boards' code for them exchange."""

from __future__ import annotations

from pydantic import BaseModel, Field

from server.api.schemas import Input, Names, Time


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


class PushKeys(Input):
    """What a browser made for one subscription, in base64url."""

    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)


class NewSubscription(Input):
    """Where a phone is told: what its browser gave as a push subscription, and the language of its page."""

    endpoint: str = Field(max_length=1000)
    keys: PushKeys
    language: str | None = Field(default=None, max_length=10)


class OldSubscription(Input):
    """A subscription that is to end."""

    endpoint: str = Field(max_length=1000)


class Subscription(BaseModel):
    """A subscription that is kept until the visit ends."""

    endpoint: str
    language: str
