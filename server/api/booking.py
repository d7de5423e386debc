"""Free times, appointments, and results that are ready to be collected."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Response
from flask_openapi import Tag
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer, problem
from server.api.blueprint import Blueprint
from server.api.booking_schemas import (
    Appointment,
    AppointmentList,
    DayQuery,
    DaysQuery,
    Imported,
    NewAppointment,
    NewResult,
    NewTime,
    ReadyResult,
    ResultList,
    ResultQuery,
    ResultTable,
    SlotDays,
    SlotList,
    SlotQuery,
)
from server.api.callers import StaffCaller, accept, caller, once, queue
from server.api.schemas import Nothing
from server.domain import contacts
from server.domain.numbering import day_of
from server.errors import BadInput
from server.fault_texts import fault_text
from server.limits import limiter
from server.reading import reader_words

if TYPE_CHECKING:
    from server.domain.contacts import Contact
    from server.operations.staff import Official

blueprint = Blueprint(
    "api_booking",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="booking", description="Free times, appointments, and results to collect")],
    abp_responses=PROBLEMS,
)

# A ministry's own system asks for its visitors through one address; who guesses at tokens gets nowhere at this pace.
LOOKS = "300 per minute"
ACTS = "60 per minute"
BOOKS = ("kiosk", "reception", "supervisor", "admin")
SEES = ("reception", "supervisor", "admin")
ANNOUNCES = ("official", "reception", "supervisor", "admin")


class VisitorsAppointment(BaseModel):
    """The unguessable token of an appointment's page."""

    token: str = Field(max_length=64)


class AppointmentPath(BaseModel):
    """The key of an appointment, from the list of its day."""

    appointment: int = Field(ge=1, lt=2**53)


class ResultPath(BaseModel):
    """The key of a result."""

    result: int = Field(ge=1, lt=2**53)


@blueprint.get("/slots/days", summary="Which days have free times for a service", responses={200: SlotDays})
@limiter.limit(LOOKS)
def days(query: DaysQuery) -> Response:
    return json_answer(queue().appointments.days(query.service))


@blueprint.get("/slots", summary="The free times of a day for a service", responses={200: SlotList})
@limiter.limit(LOOKS)
def slots(query: SlotQuery) -> Response:
    return json_answer(queue().appointments.slots(query.service, date.fromisoformat(query.day)))


@blueprint.post("/appointments", summary="Keep a free time", responses={201: Appointment})
@accept(*BOOKS)
def book(body: NewAppointment) -> Response:
    booked = queue().appointments.book(
        service=body.service,
        slot_at=datetime.fromisoformat(body.slot_at),
        language=body.language,
        category=body.category,
        contact=_contact(body.email, body.phone),
        once=once(),
    )
    return json_answer(booked, 201)


@blueprint.get("/appointments", summary="A day's appointments", responses={200: AppointmentList})
@accept(*SEES)
def of_day(query: DayQuery) -> Response:
    today = day_of(queue().clock(), queue().config.centre.timezone)
    day = date.fromisoformat(query.day) if query.day else today
    return json_answer({"day": day.isoformat(), "appointments": queue().appointments.of_day(day)})


@blueprint.post(
    "/appointments/of-day/<int:appointment>/cancel",
    summary="Cancel for a visitor, who is told",
    responses={200: Appointment},
)
@accept(*SEES)
def cancel_by_staff(path: AppointmentPath, body: Nothing) -> Response:
    return json_answer(queue().appointments.cancel_by_staff(path.appointment, once=once()))


@blueprint.post(
    "/appointments/of-day/<int:appointment>/move",
    summary="Move for a visitor, who is told",
    responses={200: Appointment},
)
@accept(*SEES)
def move_by_staff(path: AppointmentPath, body: NewTime) -> Response:
    slot_at = datetime.fromisoformat(body.slot_at)
    return json_answer(queue().appointments.move_by_staff(path.appointment, slot_at, once=once()))


@blueprint.get("/appointments/<token>", summary="A visitor's own appointment", responses={200: Appointment})
@limiter.limit(LOOKS)
def appointment(path: VisitorsAppointment) -> Response:
    return json_answer(queue().appointments.view(path.token))


@blueprint.post(
    "/appointments/<token>/move", summary="Move one's own appointment", responses={200: Appointment}
)
@limiter.limit(ACTS)
def move(path: VisitorsAppointment, body: NewTime) -> Response:
    slot_at = datetime.fromisoformat(body.slot_at)
    return json_answer(queue().appointments.move(path.token, slot_at, once=once()))


@blueprint.post(
    "/appointments/<token>/cancel", summary="Give one's own appointment back", responses={200: Appointment}
)
@limiter.limit(ACTS)
def cancel(path: VisitorsAppointment, body: Nothing) -> Response:
    return json_answer(queue().appointments.cancel(path.token, once=once()))


@blueprint.get("/results", summary="Results that were announced, newest first", responses={200: ResultList})
@accept(*ANNOUNCES)
def results(query: ResultQuery) -> Response:
    found = queue().results.list(
        state=query.state, service=query.service, batch=query.batch, official=_official()
    )
    return json_answer({"results": found})


@blueprint.post("/results", summary="Tell that a result is ready", responses={201: ReadyResult})
@accept(*ANNOUNCES)
def announce(body: NewResult) -> Response:
    ready = queue().results.announce(
        service=body.service,
        reference=body.reference,
        language=body.language,
        contact=_contact(body.email, body.phone),
        valid_days=body.valid_days,
        official=_official(),
        once=once(),
    )
    return json_answer(ready, 201)


@blueprint.post(
    "/results/import",
    summary="Tell of many by a table: all of its rows are taken, or none",
    responses={201: Imported},
)
@accept(*ANNOUNCES)
def import_file(body: ResultTable) -> Response:
    taken = queue().results.import_file(body.csv.encode(), official=_official())
    if not taken["faults"]:
        return json_answer({key: taken[key] for key in ("batch", "encoding", "results")}, 201)
    words = reader_words(queue().config)
    errors = [
        {
            "field": ".".join(str(part) for part in (each["row"] or "csv", each["column"]) if part),
            "message": fault_text(words, each),
        }
        for each in taken["faults"]
    ]
    # A table that would be good, had it not been taken before, is told from one that is wrong.
    is_known = all(each["key"] == "known" for each in taken["faults"])
    return problem(
        key="result_known" if is_known else "bad_input",
        title=words.text("collection.refused"),
        detail=words.text("collection.refused_lead"),
        status=409 if is_known else 422,
        errors=errors,
    )


@blueprint.post(
    "/results/<int:result>/withdraw", summary="Take back that a result is ready", responses={200: ReadyResult}
)
@accept(*ANNOUNCES)
def withdraw(path: ResultPath, body: Nothing) -> Response:
    return json_answer(queue().results.withdraw(path.result, official=_official(), once=once()))


def _official() -> Official | None:
    """Tell whose agencies count: an official's own; who answers for the whole hall, for all."""
    asks = caller()
    return asks.user if isinstance(asks, StaffCaller) and asks.role == "official" else None


def _contact(email: str | None, phone: str | None) -> Contact | None:
    if email and phone:
        raise BadInput(field="phone")
    if email:
        contact, field = contacts.email(email), "email"
    elif phone:
        contact, field = contacts.phone(phone, country=queue().config.messages.country_code), "phone"
    else:
        return None
    if contact is None:
        raise BadInput(field=field)
    return contact
