"""Counters: what an official does."""

from __future__ import annotations

from flask import Response
from flask_openapi import Tag
from pydantic import BaseModel

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import accept, official, once, queue
from server.api.schemas import (
    AddedService,
    AlarmList,
    Counter,
    CounterList,
    Destination,
    Finish,
    HeldTicket,
    NoteText,
    Nothing,
    OutOfTurn,
    Reason,
    Ticket,
)

blueprint = Blueprint(
    "api_counters",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="counters", description="Calling and serving")],
    abp_responses=PROBLEMS,
)

WORKS = ("official", "reception", "supervisor", "admin")
READS = (*WORKS, "auditor")


class CounterPath(BaseModel):
    """The number of a counter."""

    counter: int


@blueprint.get(
    "/alarms", summary="Calls that passed someone beyond the promised bound", responses={200: AlarmList}
)
@accept("supervisor", "admin", "auditor")
def alarms() -> Response:
    return json_answer({"alarms": queue().counters.alarms()})


@blueprint.get("/counters", summary="Every counter", responses={200: CounterList})
@accept(*READS)
def counters() -> Response:
    return json_answer({"counters": queue().counters.all()})


@blueprint.get(
    "/counters/<int:counter>", summary="A counter as its terminal needs it", responses={200: Counter}
)
@accept(*READS)
def counter(path: CounterPath) -> Response:
    return json_answer(queue().counters.view(path.counter, official()))


@blueprint.post("/counters/<int:counter>/open", summary="Begin or go on", responses={200: Counter})
@accept(*WORKS)
def open_counter(path: CounterPath, body: Nothing) -> Response:
    return json_answer(queue().counters.open(path.counter, official(), once=once()))


@blueprint.post("/counters/<int:counter>/pause", summary="Stop calling for a while", responses={200: Counter})
@accept(*WORKS)
def pause(path: CounterPath, body: Reason) -> Response:
    return json_answer(queue().counters.pause(path.counter, official(), body.reason, once=once()))


@blueprint.post("/counters/<int:counter>/close", summary="End the shift", responses={200: Counter})
@accept(*WORKS)
def close(path: CounterPath, body: Nothing) -> Response:
    return json_answer(queue().counters.close(path.counter, official(), once=once()))


@blueprint.post(
    "/counters/<int:counter>/next",
    summary="Call the ticket that the rule chooses",
    responses={200: Ticket, 204: {"description": "Nobody waits for this counter"}},
)
@accept(*WORKS)
def next_ticket(path: CounterPath, body: Nothing) -> Response:
    ticket = queue().visits.next(path.counter, official(), once=once())
    return Response(status=204) if ticket is None else json_answer(ticket)


@blueprint.post(
    "/counters/<int:counter>/call", summary="Call out of turn, with a reason", responses={200: Ticket}
)
@accept(*WORKS)
def call(path: CounterPath, body: OutOfTurn) -> Response:
    return json_answer(queue().counters.call(path.counter, official(), body.ticket, body.reason, once=once()))


@blueprint.post("/counters/<int:counter>/recall", summary="Repeat the call", responses={200: Ticket})
@accept(*WORKS)
def recall(path: CounterPath, body: Nothing) -> Response:
    return json_answer(queue().visits.recall(path.counter, official(), once=once()))


@blueprint.post("/counters/<int:counter>/start", summary="Begin to serve", responses={200: Ticket})
@accept(*WORKS)
def start(path: CounterPath, body: Nothing) -> Response:
    return json_answer(queue().visits.start(path.counter, official(), once=once()))


@blueprint.post("/counters/<int:counter>/finish", summary="End the service", responses={200: Ticket})
@accept(*WORKS)
def finish(path: CounterPath, body: Finish) -> Response:
    ticket = queue().visits.finish(
        path.counter, official(), outcome=body.outcome, service=body.service, once=once()
    )
    return json_answer(ticket)


@blueprint.post(
    "/counters/<int:counter>/note",
    summary="Note something about the visitor in hand",
    responses={200: Counter},
)
@accept(*WORKS)
def note(path: CounterPath, body: NoteText) -> Response:
    return json_answer(queue().notes.add(path.counter, official(), body.text))


@blueprint.post(
    "/counters/<int:counter>/no-show", summary="The visitor did not come", responses={200: Ticket}
)
@accept(*WORKS)
def no_show(path: CounterPath, body: Nothing) -> Response:
    return json_answer(queue().visits.no_show(path.counter, official(), once=once()))


@blueprint.post("/counters/<int:counter>/hold", summary="Set the visitor aside", responses={200: Ticket})
@accept(*WORKS)
def hold(path: CounterPath, body: Nothing) -> Response:
    return json_answer(queue().visits.hold(path.counter, official(), once=once()))


@blueprint.post("/counters/<int:counter>/resume", summary="Call a held visitor back", responses={200: Ticket})
@accept(*WORKS)
def resume(path: CounterPath, body: HeldTicket) -> Response:
    return json_answer(queue().visits.resume(path.counter, official(), body.ticket, once=once()))


@blueprint.post(
    "/counters/<int:counter>/transfer", summary="Send on to a service or counter", responses={200: Ticket}
)
@accept(*WORKS)
def transfer(path: CounterPath, body: Destination) -> Response:
    ticket = queue().visits.transfer(
        path.counter,
        official(),
        service=body.service,
        counter=body.counter,
        to_official=body.official,
        reason=body.reason,
        once=once(),
    )
    return json_answer(ticket)


@blueprint.post(
    "/counters/<int:counter>/add-service",
    summary="Put a further service into the visit",
    responses={200: Ticket},
)
@accept(*WORKS)
def add_service(path: CounterPath, body: AddedService) -> Response:
    return json_answer(queue().visits.add_service(path.counter, official(), body.service, once=once()))
