"""Tickets and ratings: what kiosks and visitors ask."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request
from flask_openapi import Tag
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import DeviceCaller, accept, caller, once, queue
from server.api.schemas import (
    Catalogue,
    CatalogueNow,
    CheckInCode,
    NewRating,
    NewTicket,
    Nothing,
    Postponement,
    Rated,
    Ticket,
    Why,
)
from server.limits import limit_codes

blueprint = Blueprint(
    "api_tickets",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="tickets", description="Taking a ticket, following it, rating a service")],
    abp_responses=PROBLEMS,
)


class TokenPath(BaseModel):
    """The unguessable token of a ticket or rating."""

    token: str = Field(max_length=64)


@blueprint.get(
    "/services", summary="What the centre offers now, and how long it takes", responses={200: Catalogue}
)
def services() -> Response:
    return json_answer(queue().services.overview())


@blueprint.get(
    "/services/now",
    summary="What of that changes through the day, by service: a tenth of the whole",
    responses={200: CatalogueNow},
)
def services_now() -> Response:
    return json_answer(queue().services.now())


@blueprint.post("/tickets", summary="Give a walk-in a ticket", responses={201: Ticket})
@accept("kiosk", "reception", "supervisor", "admin")
def issue(body: NewTicket) -> Response:
    asks = _who_gives()
    ticket = queue().tickets.issue(
        service=body.service,
        also=body.also,
        category=body.category,
        language=body.language,
        printer=asks.printer if body.print else None,
        device=asks.device,
        official=asks.official,
        once=once(),
    )
    return json_answer(ticket, 201)


@blueprint.post(
    "/check-ins", summary="Turn an appointment or a finished result into a ticket", responses={201: Ticket}
)
@limit_codes
@accept("kiosk", "reception", "supervisor", "admin")
def check_in(body: CheckInCode) -> Response:
    asks = _who_gives()
    ticket = queue().check_ins.check_in(
        body.code,
        language=body.language,
        printer=asks.printer if body.print else None,
        device=asks.device,
        official=asks.official,
        once=once(),
    )
    return json_answer(ticket, 201)


@blueprint.get("/tickets/<token>", summary="A visitor's own ticket", responses={200: Ticket})
def ticket(path: TokenPath) -> Response:
    return json_answer(queue().tickets.view(path.token))


@blueprint.get(
    "/tickets/<token>/why",
    summary="Why those who came later were called earlier",
    responses={200: Why},
    openapi_extensions={
        "parameters": [{"name": "language", "in": "query", "required": False, "schema": {"type": "string"}}]
    },
)
def why(path: TokenPath) -> Response:
    return json_answer(queue().reasons.why(path.token, request.args.get("language")))


@blueprint.post("/tickets/<token>/cancel", summary="Give a ticket back", responses={200: Ticket})
def cancel(path: TokenPath, body: Nothing) -> Response:
    return json_answer(queue().tickets.cancel(path.token, once=once()))


@blueprint.post("/tickets/<token>/postpone", summary="Set a waiting ticket aside", responses={200: Ticket})
def postpone(path: TokenPath, body: Postponement) -> Response:
    return json_answer(queue().tickets.postpone(path.token, body.minutes, once=once()))


@blueprint.post(
    "/tickets/<token>/rejoin", summary="Come back after a missed call or a pause", responses={200: Ticket}
)
def rejoin(path: TokenPath, body: Nothing) -> Response:
    return json_answer(queue().tickets.rejoin(path.token, once=once()))


@blueprint.post("/ratings/<token>", summary="Rate a served service, once", responses={201: Rated})
def rate(path: TokenPath, body: NewRating) -> Response:
    rating = queue().ratings.rate(
        path.token, score=body.score, aspects=body.aspects, comment=body.comment, once=once()
    )
    return json_answer(rating, 201)


@dataclass(frozen=True, slots=True)
class _Giver:
    """Who gives a ticket: a device or a member of staff, by key; and where its slip comes out."""

    device: int | None
    official: int | None
    printer: str | None


def _who_gives() -> _Giver:
    asks, usual = caller(), queue().config.kiosk.printer
    if isinstance(asks, DeviceCaller):
        return _Giver(asks.device.id, None, asks.device.printer or usual)
    return _Giver(None, asks.user.id, usual)
