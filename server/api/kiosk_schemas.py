"""The shapes of what a kiosk asks beside tickets."""

from __future__ import annotations

from pydantic import BaseModel, Field

from server.api.schemas import Input, Time, Wait


class VisitWish(Input):
    """The services of one visit, in the visitor's own order."""

    services: list[str] = Field(max_length=5, description="Keys of 2 to 5 services")


class VisitStop(BaseModel):
    """A service of a visit and its own wait."""

    service: str
    wait: Wait | None
    minutes: int


class VisitEnd(BaseModel):
    """After how long the visit is over."""

    low_s: int
    likely_s: int
    high_s: int


class VisitOrder(BaseModel):
    """The order in which a visit is over soonest; `saves_s` compares with the order that was asked."""

    order: list[str]
    at: Time
    ends: VisitEnd | None
    saves_s: int | None
    services: list[VisitStop]


class Availability(Input):
    """Whether walk-ins are let in today."""

    open: bool


class ServiceAvailability(BaseModel):
    """Whether a service takes walk-ins for the rest of the day."""

    service: str
    open: bool


class StaffCode(Input):
    """The code of the staff menu."""

    code: str = Field(max_length=20)


class StaffPass(BaseModel):
    """What opens the acts of the staff menu, for this kiosk and a few minutes."""

    staff: str
    expires_in_s: int


class StaffAct(Input):
    """An act of the staff menu."""

    staff: str = Field(max_length=300, description="From POST /kiosk/staff")


class StaffAvailability(StaffAct):
    """A service to be opened or closed for the day."""

    service: str = Field(max_length=60)
    open: bool
