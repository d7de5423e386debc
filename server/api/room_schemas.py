"""The shapes of the supervisor's room."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from server.api.schemas import Input, Wait

Names = dict[str, str]
AlertKindName = Literal["overtaken", "unserved", "printer", "late", "abandoned", "device", "rating"]


class RoomToday(BaseModel):
    """How many tickets of today are in which state."""

    issued: int
    waiting: int
    serving: int
    served: int
    missed: int


class RoomService(BaseModel):
    """A service that somebody waits for, or that a counter serves."""

    service: str
    name: Names
    agency: str
    agency_name: Names
    zone: str
    is_closed: bool = Field(description="To walk-ins, for the rest of the day")
    target_s: int
    counters: int = Field(description="Open for it")
    waiting: int
    late: int = Field(description="Waiting beyond their target")
    oldest_at: str | None
    wait: Wait | None


class RoomOfficial(BaseModel):
    """Who is at a counter."""

    id: int
    name: str


class RoomCounter(BaseModel):
    """A counter, and what goes on there since when."""

    counter: int
    zone: str
    zone_name: Names
    state: str
    reason: str | None
    official: RoomOfficial | None
    agencies: list[str]
    number: str | None
    ticket_state: str | None
    service_name: Names | None
    since_at: str | None


class RoomAlert(BaseModel):
    """Something that asks for attention; `facts` are the figures of its sentence."""

    key: str
    kind: AlertKindName
    is_bad: bool = Field(description="It has happened; false for what is about to")
    since_at: str
    is_acknowledged: bool
    seen_by: str | None = Field(description="Who acknowledged it")
    seen_at: str | None
    facts: dict[str, Any]


class RoomState(BaseModel):
    """The whole room."""

    at: str
    version: int
    is_open: bool
    today: RoomToday
    services: list[RoomService]
    counters: list[RoomCounter]
    alerts: list[RoomAlert]


class OneMoreCounter(BaseModel):
    """What one more counter would do for the wait that 9 in 10 stay below."""

    counters: list[int]
    agency: str
    agency_name: Names
    service: str
    service_name: Names
    before_s: int | None = Field(description="None where no counter serves it yet")
    after_s: int


class RoomAdvice(BaseModel):
    """Advice of the last half minute, the best first."""

    at: str
    advice: list[OneMoreCounter]


class FlowCame(BaseModel):
    """How many came in each half hour; None for those to come."""

    today: list[int | None]
    usual: list[float | None]


class FlowWaited(BaseModel):
    """The mean wait of those who came in each half hour."""

    today: list[int | None]
    usual: list[int | None]


class RoomFlow(BaseModel):
    """This day beside the usual one; `days` is how many the usual one is made of."""

    at: list[str]
    days: int
    came: FlowCame
    waited_s: FlowWaited


class SeenAlert(Input):
    """Which alert."""

    alert: str = Field(min_length=3, max_length=120)


class Acknowledged(BaseModel):
    """It is seen; by another supervisor, where that one was quicker."""

    alert: str
    at: str
    by: RoomOfficial


class EndedCounter(Input):
    """Who is to be at the counter that is ended; None: whoever is."""

    official: int | None = None


class MovedOfficial(Input):
    """Who, and to which counter; `from_counter` is where they are to be now, None: wherever they are."""

    official: int
    counter: int
    from_counter: int | None = None
