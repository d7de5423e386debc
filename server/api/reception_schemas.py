"""The shapes of the reception desk."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from server.api.schemas import Input, Names, NewTicket, Ticket, Time


class ReceptionTicket(NewTicket):
    """A visitor's wish, told at the desk."""

    telephone: str | None = Field(
        default=None, max_length=40, description="Told of the call; erased when the visit ends"
    )


class TicketChange(Input):
    """What is to be different; the start of the visit stays."""

    service: str | None = Field(default=None, max_length=60)
    language: str | None = Field(default=None, max_length=10)


class Priority(Input):
    """What the law gives a visitor."""

    category: str = Field(max_length=60, description="Key of a category; never shown nor logged")
    evidence: bool = Field(description="It was looked at")


class Reprint(Input):
    """Where a ticket is printed again."""

    printer: str | None = Field(default=None, max_length=40, description="The kiosk's printer when left out")


class Slip(BaseModel):
    """A slip of a ticket; `copy_no` 0 is the first, the others are marked as copies."""

    job: int
    copy_no: int
    state: Literal["queued", "sending", "printed", "held", "failed", "cancelled"]
    printer: str


class FoundTicket(BaseModel):
    """A ticket as reception sees it, and what can be done with it; without its category."""

    ticket: Ticket
    origin: Literal["walk_in", "phone", "remote", "appointment", "collect", "outreach"]
    start_at: Time
    credit_s: int
    lane: int
    has_telephone: bool
    slips: list[Slip]
    can: list[str]


class TodaysAppointment(BaseModel):
    """An appointment of today."""

    slot_at: Time
    code: str
    service: str
    service_name: Names
    state: str


class TodaysAppointments(BaseModel):
    """The appointments of today in the order of their times."""

    appointments: list[TodaysAppointment]
