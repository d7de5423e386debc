"""The centre as the rest of the program sees it: frozen, complete, and every reference good."""

from __future__ import annotations

import datetime  # noqa: TC003 - pydantic reads the annotations at run time
import re
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_serializer,
    field_validator,
    model_validator,
)

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

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHANNELS: tuple[Channel, ...] = ("walk_in", "appointment", "collect", "outreach")
DOTS_BY_PAPER_WIDTH_MM = {80: 576, 58: 384}


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _from_list(value: object) -> object:
    return frozenset(value) if isinstance(value, (list, tuple)) else value


AsTuple = BeforeValidator(_tuple)  # YAML knows lists only; what is frozen needs tuples


class Part(BaseModel):
    """Base of everything in the configuration: no unknown key, no silent conversion, no change."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


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
        hours: For each weekday spans of local time, `("09:00", "18:00")`; none when it is closed.
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
    """An institution that offers services; `series` starts its numbers, `zone` is where its visitors wait."""

    key: Key
    kind: Literal["state", "private", "utility"]
    name: Names
    series: Series
    zone: Key


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
    """

    key: Key
    agency: Key
    group: Key
    name: Names
    minutes: Minutes
    channels: Annotated[frozenset[Channel], BeforeValidator(_from_list), Field(min_length=1)]
    bring: tuple[Names, ...]
    target_minutes: Minutes
    series: Series
    zone: Key

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


class Category(Part):
    """
    Visitors whom the law puts forward.

    Attributes:
        effect: `credit` takes minutes off the due time; `quota` gives them at least every Nth call of a counter
            while one waits (and a credit, if one is named); `first` calls them before all others.
        evidence: What is looked at once, when the ticket is issued.
    """

    key: Key
    name: Names
    effect: Literal["credit", "quota", "first"]
    credit_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    quota_every: Annotated[int, Field(ge=2, le=20)] | None = None
    evidence: Names
    legal_reference: Names

    @model_validator(mode="after")
    def _has_what_its_effect_needs(self) -> Category:
        if self.effect == "credit" and not self.credit_minutes:
            raise ValueError("effect `credit` needs `credit_minutes`, at least 1")
        if self.effect == "quota" and self.quota_every is None:
            raise ValueError("effect `quota` needs `quota_every`, at least 2")
        if self.effect != "quota" and self.quota_every is not None:
            raise ValueError(f"effect `{self.effect}` takes no `quota_every`")
        if self.effect == "first" and self.credit_minutes:
            raise ValueError("effect `first` takes no `credit_minutes`")
        return self


class Choice(Part):
    """One entry of a list that people choose from: a reason, an aspect of a rating."""

    key: Key
    name: Names


Choices = Annotated[tuple[Choice, ...], AsTuple, Field(min_length=1)]


class Targets(Part):
    """Target waits in minutes by the way a visitor came."""

    walk_in: Minutes
    appointment: Minutes
    collect: Minutes


class Policy(Part):
    """
    The figures of the calling rule; each change needs a new `version`, which every call records.

    Attributes:
        recall_limit: How often a call may be repeated before the visitor counts as absent.
        recall_after_s: Pause before a call may be repeated.
        grace_minutes: How long after a missed call a visitor may still rejoin.
        missed_penalty_minutes: What rejoining adds to the due time.
        closing: At closing time waiting tickets `expire`, or the hall goes on to `serve_out`.
        early_minutes, late_minutes: The window around an appointment in which it may check in as one.
    """

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$")]
    target_minutes: Targets
    recall_limit: Annotated[int, Field(ge=0, le=10)]
    recall_after_s: Annotated[int, Field(ge=0, le=600)]
    grace_minutes: Annotated[int, Field(ge=0, le=240)]
    missed_penalty_minutes: Annotated[int, Field(ge=0, le=240)]
    closing: Literal["expire", "serve_out"]
    early_minutes: Annotated[int, Field(ge=0, le=240)]
    late_minutes: Annotated[int, Field(ge=0, le=240)]
    out_of_turn_reasons: Choices
    pause_reasons: Choices


class Printer(Part):
    """A slip printer; `dots` is the width of its head, `zone` None for one that serves no single zone."""

    key: Key
    name: Text
    uri: str
    paper_width_mm: Literal[58, 80] = 80
    dots: Annotated[int, Field(ge=256, le=832, multiple_of=8)] = 576
    zone: Key | None = None
    expires_s: Annotated[int, Field(ge=10, le=86_400)] = 600

    @model_validator(mode="before")
    @classmethod
    def _dots_of_the_paper(cls, data: Any) -> Any:
        if isinstance(data, dict) and "dots" not in data:
            dots = DOTS_BY_PAPER_WIDTH_MM.get(data.get("paper_width_mm", 80))
            return data | {"dots": dots} if dots else data
        return data


ScreenSize = Annotated[
    tuple[Annotated[int, Field(ge=50, le=5000)], Annotated[int, Field(ge=50, le=5000)]], AsTuple
]


class Display(Part):
    """A hall display; `zone` None shows the whole hall. Size and distance let it choose letters that can be read."""

    key: Key
    name: Text
    zone: Key | None = None
    screen_mm: ScreenSize | None = None
    distance_m: Annotated[float, Field(gt=0, le=50, strict=False)] | None = None


class Kiosk(Part):
    """
    The touchscreens.

    Attributes:
        idle_s: Back to the start after so long without a touch; the warning comes `warning_s` before.
        printer: Where a kiosk prints that was enrolled without a printer of its own.
        show_all: Show services that cannot be taken here and now too, with the reason.
        screen_mm: Width and height of the glass, for targets of 20 mm.
    """

    idle_s: Annotated[int, Field(ge=20, le=600)] = 60
    warning_s: Annotated[int, Field(ge=10, le=120)] = 20
    printer: Key | None = None
    show_all: bool = True
    screen_mm: ScreenSize | None = None

    @model_validator(mode="after")
    def _warns_before_the_end(self) -> Kiosk:
        if self.warning_s >= self.idle_s:
            raise ValueError(f"`warning_s` ({self.warning_s}) must be less than `idle_s` ({self.idle_s})")
        return self


class Rating(Part):
    """How a served visitor is asked; a rating token can be used for `valid_days`."""

    prompt: Literal["print", "none", "tablet"]
    valid_days: Annotated[int, Field(ge=1, le=90)]
    aspects: Choices


class Server(Part):
    """
    Where the program runs; an environment variable may override each of these.

    Attributes:
        database_url: None: a SQLite file in `data_dir`.
        redis_url: None: one process, without a bus.
        secret_key: None: made at the first start and kept in `data_dir`.
        proxies: How many reverse proxies in front set the forwarded headers.
        metrics_networks: From where `/metrics` may be read.
    """

    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8000
    data_dir: Text = "data"
    database_url: Annotated[str, StringConstraints(pattern=r"^(sqlite|postgresql)(\+\w+)?://")] | None = None
    redis_url: Annotated[str, StringConstraints(pattern=r"^(rediss?|valkeys?|unix)://")] | None = None
    secret_key: Annotated[str, StringConstraints(min_length=32)] | None = None
    proxies: Annotated[int, Field(ge=0, le=5)] = 0
    metrics_networks: Annotated[tuple[str, ...], AsTuple] = ("127.0.0.0/8", "::1/128")

    @field_validator("metrics_networks")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        import ipaddress

        for network in networks:
            ipaddress.ip_network(network)
        return networks


class Config(Part):
    """The whole centre; lists in the order of the files, and a dict of each by key."""

    centre: Centre
    zones: tuple[Zone, ...]
    agencies: tuple[Agency, ...]
    groups: tuple[Group, ...]
    services: tuple[Service, ...]
    counters: tuple[Counter, ...]
    categories: tuple[Category, ...]
    policy: Policy
    printers: tuple[Printer, ...]
    displays: tuple[Display, ...]
    kiosk: Kiosk
    rating: Rating
    server: Server

    @cached_property
    def zone(self) -> dict[str, Zone]:
        """Zones by key."""
        return {each.key: each for each in self.zones}

    @cached_property
    def agency(self) -> dict[str, Agency]:
        """Agencies by key."""
        return {each.key: each for each in self.agencies}

    @cached_property
    def group(self) -> dict[str, Group]:
        """Groups by key."""
        return {each.key: each for each in self.groups}

    @cached_property
    def service(self) -> dict[str, Service]:
        """Services by key."""
        return {each.key: each for each in self.services}

    @cached_property
    def counter(self) -> dict[int, Counter]:
        """Counters by number."""
        return {each.number: each for each in self.counters}

    @cached_property
    def category(self) -> dict[str, Category]:
        """Categories by key."""
        return {each.key: each for each in self.categories}

    @cached_property
    def printer(self) -> dict[str, Printer]:
        """Printers by key."""
        return {each.key: each for each in self.printers}

    @cached_property
    def display(self) -> dict[str, Display]:
        """Displays by key."""
        return {each.key: each for each in self.displays}
