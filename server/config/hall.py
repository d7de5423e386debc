"""The hall: the centre, its zones, who offers what, and at which counters."""

from __future__ import annotations

import datetime  # noqa: TC003 - pydantic reads the annotations at run time
import re
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints, field_serializer, field_validator

from server.config.base import (
    ADDRESS_PATTERN,
    CHANNELS,
    WEEKDAYS,
    AsTuple,
    Channel,
    Key,
    Minutes,
    Names,
    Part,
    People,
    Series,
    Weekday,
)


class Holiday(Part):
    """A day on which the centre is closed."""

    date: datetime.date
    name: Names


_SPAN = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)")


def _span(value: object) -> object:
    """Read "09:00-18:00"; anything else is left for the strict type to refuse."""
    if not isinstance(value, str):
        return value
    if not _SPAN.fullmatch(value):
        raise ValueError(f'hours are written "09:00-18:00", not "{value}"')
    opens, closes = value.split("-")
    if opens >= closes:
        raise ValueError(f"closes at {closes}, before it opens at {opens}")
    return opens, closes


Span = Annotated[tuple[str, str], BeforeValidator(_span)]


def _in_order(spans: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    for (_, closes), (opens, _) in pairwise(spans):
        if opens < closes:
            raise ValueError(
                f"opens at {opens} before it has closed at {closes}: overlapping or out of order"
            )
    return spans


class Centre(Part):
    """
    The building.

    Attributes:
        languages: The state language first; it is the fallback for everything.
        public_url: What a visitor's phone can reach, without a slash at the end; None: the address of the request.
        hours: For each weekday spans of local time, `("09:00", "18:00")`; "24:00" ends a day; none: closed.
    """

    key: Key
    name: Names
    timezone: str
    languages: Annotated[tuple[str, ...], AsTuple, Field(min_length=1)]
    public_url: Annotated[str, StringConstraints(pattern=ADDRESS_PATTERN)] | None = None
    hours: dict[Weekday, Annotated[tuple[Span, ...], AsTuple]]
    holidays: Annotated[tuple[Holiday, ...], AsTuple] = ()

    @field_validator("hours")
    @classmethod
    def _fill_week(cls, hours: dict[Weekday, tuple[Any, ...]]) -> dict[Weekday, tuple[Any, ...]]:
        return {day: _in_order(hours.get(day, ())) for day in WEEKDAYS}

    @property
    def zone_info(self) -> ZoneInfo:
        """The centre's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def state_language(self) -> str:
        """The language that every text has, and that is shown where another one fails."""
        return self.languages[0]


class Zone(Part):
    """A part of the hall with its own display; `where` is a short direction to it."""

    key: Key
    name: Names
    where: Names


class Agency(Part):
    """
    An institution that offers services.

    Attributes:
        series: Starts its numbers.
        zone: Where its visitors wait.
        most_waiting: So many may wait for all its services together; None: any number.
    """

    key: Key
    kind: Literal["state", "private", "utility"]
    name: Names
    series: Series
    zone: Key
    most_waiting: People | None = None


class Group(Part):
    """What services of several agencies have in common, for a visitor who does not know the agency."""

    key: Key
    name: Names


class Service(Part):
    """
    What a visitor comes for.

    Attributes:
        minutes: Expected time at the counter.
        target_minutes: Target wait of a walk-in; the service's own or the policy's.
        bring: What to have ready, each item by language.
        series: Its own or its agency's.
        zone: Where its visitors wait; its own or its agency's.
        cost: What it costs, by language; None: not known.
        most_waiting: So many may wait for it; None: any number.
    """

    key: Key
    agency: Key
    group: Key
    name: Names
    minutes: Minutes
    channels: Annotated[frozenset[Channel], Field(min_length=1)]
    bring: tuple[Names, ...]
    target_minutes: Minutes
    series: Series
    zone: Key
    cost: Names | None = None
    most_waiting: People | None = None

    @property
    def to_have(self) -> tuple[Names, ...]:
        """What to have ready, and what it costs where that is known."""
        return (*self.bring, self.cost) if self.cost else self.bring

    @field_serializer("channels")
    def _in_order(self, channels: frozenset[Channel]) -> list[Channel]:
        return [channel for channel in CHANNELS if channel in channels]


class Counter(Part):
    """A numbered place; `services` are all that it serves: those of its agencies and those named besides."""

    number: Annotated[int, Field(ge=1, le=999)]
    zone: Key
    agencies: tuple[Key, ...]
    services: tuple[Key, ...]
    arrow: Literal["left", "right", "up", "down", "up-left", "up-right", "none"]
    printer: Key | None
