"""The shapes of booking and collection."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from server.api.schemas import Input, Names

DayState = Literal["free", "full", "closed", "not_opened"]
AppointmentState = Literal["booked", "checked_in", "cancelled", "missed"]
ResultState = Literal["ready", "checked_in", "withdrawn", "expired"]


def _aware(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a time such as 2026-11-24T10:00:00+04:00") from None
    if at.tzinfo is None:
        raise ValueError("must have an offset, such as +04:00")
    return text


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("must be a day such as 2026-11-24") from None


SlotTime = Annotated[str, Field(max_length=40, description="RFC 3339 with offset"), AfterValidator(_aware)]
Day = Annotated[str, Field(max_length=10, description="YYYY-MM-DD"), AfterValidator(_day)]


class SlotQuery(BaseModel):
    """Which free times."""

    service: str = Field(max_length=60)
    day: Day


class DaysQuery(BaseModel):
    """Of which service."""

    service: str = Field(max_length=60)


class DayQuery(BaseModel):
    """Which day; today when left out."""

    day: Day | None = None


class NewAppointment(Input):
    """A time that is wanted; of `email` and `phone` at most one."""

    service: str = Field(max_length=60)
    slot_at: SlotTime
    language: str | None = Field(default=None, max_length=10, description="The state language when left out")
    category: str | None = Field(default=None, max_length=60, description="Key of a category; never shown")
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=40)


class NewTime(Input):
    """Where an appointment is moved to."""

    slot_at: SlotTime


class DayOfSlots(BaseModel):
    """
    What a day offers.

    `not_opened` until `opens_at`; `free` counts the appointments that can still be kept.
    """

    day: str
    state: DayState
    free: int
    opens_at: str | None


class SlotDays(BaseModel):
    """The days up to the horizon; cancelled times come back at `next_release_at`."""

    service: str
    days: list[DayOfSlots]
    next_release_at: str


class FreeSlot(BaseModel):
    """A time at which `left` more appointments can begin."""

    at: str
    left: int


class SlotList(DayOfSlots):
    """The free times of a day."""

    service: str
    minutes: int
    slots: list[FreeSlot]
    next_release_at: str


class AppointmentLinks(BaseModel):
    """Pages of an appointment; `ticket` once it has checked in."""

    page: str | None
    calendar: str | None
    ticket: str | None


class Appointment(BaseModel):
    """A kept time; `code` checks in from `from_at` to `until_at`, and later on the same day as a walk-in."""

    id: int
    code: str
    token: str | None
    state: AppointmentState
    service: str
    service_name: Names
    agency_name: Names | None
    zone_name: Names | None
    where: Names | None
    bring: list[Names]
    language: str
    slot_at: str
    ends_at: str
    from_at: str
    until_at: str
    minutes: int
    sequence: int
    moves_left: int
    number: str | None = Field(description="Of its ticket, once it has checked in")
    links: AppointmentLinks


class ListedAppointment(BaseModel):
    """An appointment as reception sees it: of nobody is a name or a contact told."""

    id: int
    slot_at: str
    code: str
    service: str
    service_name: Names
    language: str
    state: AppointmentState
    number: str | None


class AppointmentList(BaseModel):
    """A day's appointments in the order of their times."""

    day: str
    appointments: list[ListedAppointment]


class NewResult(Input):
    """A result that is ready; `reference` is the agency's own number of the application."""

    service: str = Field(max_length=60)
    reference: str = Field(min_length=1, max_length=60)
    language: str | None = Field(default=None, max_length=10)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=40)
    valid_days: int | None = Field(default=None, ge=1, le=365)


class ResultTable(Input):
    """Many results as a table, its columns named in the first row; docs/booking.md tells which."""

    csv: str = Field(max_length=250_000)


class ResultQuery(BaseModel):
    """Which results; the newest 500."""

    state: ResultState | None = None
    service: str | None = Field(default=None, max_length=60)
    batch: str | None = Field(default=None, max_length=40)


class ReadyResult(BaseModel):
    """A result and the code that its visitor checks in with."""

    id: int
    code: str
    service: str
    service_name: Names
    reference: str
    language: str
    state: ResultState
    ready_at: str
    expires_at: str | None


class ResultList(BaseModel):
    """Results, newest first."""

    results: list[ReadyResult]


class Imported(BaseModel):
    """What a file was taken as; `batch` finds its results again."""

    batch: str
    encoding: str
    results: list[ReadyResult]
