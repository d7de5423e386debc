"""The reception desk: what is done there for a visitor who cannot or need not do it alone."""

from __future__ import annotations

from flask import Response
from flask_openapi import Tag
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import accept, official, once, queue
from server.api.reception_schemas import (
    FoundTicket,
    Priority,
    ReceptionTicket,
    Reprint,
    TicketChange,
    TodaysAppointments,
)
from server.api.schemas import Ticket

blueprint = Blueprint(
    "api_reception",
    __name__,
    url_prefix=f"{BASE}/reception",
    abp_tags=[Tag(name="reception", description="The desk at the entrance")],
    abp_responses=PROBLEMS,
)

RECEIVES = ("reception", "supervisor", "admin")


class TicketPath(BaseModel):
    """The key of a ticket of today."""

    ticket: int = Field(ge=1, lt=2**53)


class Wanted(BaseModel):
    """What is looked for."""

    find: str = Field(min_length=1, max_length=20, description="Number of today, or the code on the slip")


@blueprint.post("/tickets", summary="Give a visitor a ticket", responses={201: Ticket})
@accept(*RECEIVES)
def issue(body: ReceptionTicket) -> Response:
    ticket = queue().reception.issue(
        official(),
        service=body.service,
        also=body.also,
        category=body.category,
        language=body.language,
        printer=queue().config.kiosk.printer if body.print else None,
        telephone=body.telephone,
        once=once(),
    )
    return json_answer(ticket, 201)


@blueprint.get("/tickets", summary="Find a ticket of today", responses={200: FoundTicket})
@accept(*RECEIVES)
def find(query: Wanted) -> Response:
    return json_answer(queue().reception.find(query.find))


@blueprint.post(
    "/tickets/<int:ticket>/change",
    summary="Change the service or the language of a waiting ticket",
    responses={200: FoundTicket},
)
@accept(*RECEIVES)
def change(path: TicketPath, body: TicketChange) -> Response:
    return json_answer(
        queue().reception.change(
            path.ticket, official(), service=body.service, language=body.language, once=once()
        )
    )


@blueprint.post(
    "/tickets/<int:ticket>/priority",
    summary="Put a waiting visitor forward, after the evidence was seen",
    responses={200: FoundTicket},
)
@accept(*RECEIVES)
def priority(path: TicketPath, body: Priority) -> Response:
    return json_answer(
        queue().reception.give_priority(
            path.ticket, official(), category=body.category, evidence=body.evidence, once=once()
        )
    )


@blueprint.post(
    "/tickets/<int:ticket>/print", summary="Print a ticket again, as a copy", responses={200: FoundTicket}
)
@accept(*RECEIVES)
def print_again(path: TicketPath, body: Reprint) -> Response:
    return json_answer(
        queue().reception.print_again(path.ticket, official(), printer=body.printer, once=once())
    )


@blueprint.get("/appointments", summary="The appointments of today", responses={200: TodaysAppointments})
@accept(*RECEIVES)
def appointments() -> Response:
    context = queue().context
    rows = [
        {
            "slot_at": row["slot_at"],
            "code": row["code"],
            "service": row["service"],
            "service_name": context.service_name(row["service"]),
            "state": row["state"],
        }
        for row in queue().check_ins.today()
    ]
    return json_answer({"appointments": rows})
