"""What all models of the configuration are made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

KEY_PATTERN = r"^[a-z][a-z0-9_-]{0,39}$"
TEXT_PATTERN = r"^\S(?:.*\S)?$"
SERIES_PATTERN = r"^[A-HJ-NP-Z]{1,2}$"  # I and O are read as 1 and 0
ADDRESS_PATTERN = r"^https?://[^\s/]+(/[^\s]*[^\s/])?$"

Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]
Text = Annotated[str, StringConstraints(pattern=TEXT_PATTERN, max_length=400)]
Names = dict[str, Text]  # by language; the loader sees to it that each of the centre's languages is there
Series = Annotated[str, StringConstraints(pattern=SERIES_PATTERN)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Channel = Literal["walk_in", "appointment", "collect", "outreach"]
Minutes = Annotated[int, Field(ge=1, le=480)]
People = Annotated[int, Field(ge=1, le=5000)]

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHANNELS: tuple[Channel, ...] = ("walk_in", "appointment", "collect", "outreach")


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


AsTuple = BeforeValidator(_tuple)  # YAML knows lists only; what is frozen needs tuples


class Part(BaseModel):
    """Base of everything in the configuration: no unknown key, no silent conversion, no change."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
