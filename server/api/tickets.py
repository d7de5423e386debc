"""Tickets and ratings: what kiosks and visitors ask."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.callers import DeviceCaller, accept, caller, once, queue
from server.api.schemas import Catalogue, NewRating, NewTicket, Nothing, Rated, Ticket

blueprint = APIBlueprint(
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


@blueprint.post("/tickets", summary="Give a walk-in a ticket", responses={201: Ticket})
@accept("kiosk", "reception", "supervisor", "admin")
def issue(body: NewTicket) -> Response:
    asks = caller()
    device = asks.device if isinstance(asks, DeviceCaller) else None
    printer = (device.printer if device else None) or queue().context.config.kiosk.printer
    ticket = queue().tickets.issue(
        service=body.service,
        also=body.also,
        category=body.category,
        language=body.language,
        printer=printer if body.print else None,
        device=device.id if device else None,
        once=once(),
    )
    return json_answer(ticket, 201)


@blueprint.get("/tickets/<token>", summary="A visitor's own ticket", responses={200: Ticket})
def ticket(path: TokenPath) -> Response:
    return json_answer(queue().tickets.view(path.token))


@blueprint.post("/tickets/<token>/cancel", summary="Give a ticket back", responses={200: Ticket})
def cancel(path: TokenPath, body: Nothing) -> Response:
    return json_answer(queue().tickets.cancel(path.token, once=once()))


@blueprint.post("/ratings/<token>", summary="Rate a served service, once", responses={201: Rated})
def rate(path: TokenPath, body: NewRating) -> Response:
    rating = queue().ratings.rate(
        path.token, score=body.score, aspects=body.aspects, comment=body.comment, once=once()
    )
    return json_answer(rating, 201)
