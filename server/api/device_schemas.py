"""The shapes of devices, and of what the boards are to say."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from server.api.schemas import BoardMessage, Input, Time

Kind = Literal["kiosk", "display", "printer", "tablet"]
Key = Field(default=None, max_length=40)


class DevicePlace(Input):
    """Where a device stands; what its kind has no use for is left out."""

    zone: str | None = Key
    display: str | None = Field(
        default=None, max_length=40, description="Key of the configuration, for its size"
    )
    counter: int | None = Field(default=None, ge=1, le=999)
    printer: str | None = Key


class NewDevice(DevicePlace):
    """A device that shows a code on its page `/enrol`."""

    code: str = Field(min_length=6, max_length=12)
    name: str = Field(min_length=1, max_length=60)
    kind: Kind


class DeviceName(Input):
    """Another name."""

    name: str = Field(min_length=1, max_length=60)


class EnrolledDevice(BaseModel):
    """A device that is enrolled; `online` tells whether it is connected now, `version` what it runs."""

    id: int
    name: str
    kind: Kind
    zone: str | None
    display: str | None
    counter: int | None
    printer: str | None
    version: str | None
    online: bool
    last_seen_at: Time | None


class DeviceList(BaseModel):
    """Every device that is not revoked, by name."""

    devices: list[EnrolledDevice]


class NewMessage(Input):
    """
    What boards are to say.

    `preset` is a sentence that is there in every language, `text` free text by language; at least one of the two.
    """

    kind: Literal["message", "emergency"]
    preset: str | None = Field(default=None, max_length=40)
    text: dict[str, str] = Field(default={}, description="By language, at most 240 signs each")
    zone: str | None = Field(default=None, max_length=40, description="The whole centre when left out")
    minutes: int | None = Field(default=None, ge=1, le=1440, description="Until it is ended when left out")


class MessageList(BaseModel):
    """What the boards say now, emergencies first."""

    messages: list[BoardMessage]
