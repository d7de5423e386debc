"""The supervisor's room."""

from __future__ import annotations

from flask import Response
from flask_openapi import Tag

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import accept, official, queue
from server.api.counters import CounterPath
from server.api.room_schemas import (
    Acknowledged,
    EndedCounter,
    MovedOfficial,
    RoomAdvice,
    RoomFlow,
    RoomState,
    SeenAlert,
)
from server.api.schemas import Counter

blueprint = Blueprint(
    "api_room",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="room", description="The supervisor's room")],
    abp_responses=PROBLEMS,
)

WATCH = ("supervisor", "admin", "auditor")
ACT = ("supervisor", "admin")


@blueprint.get(
    "/room", summary="How everything stands, and what asks for attention", responses={200: RoomState}
)
@accept(*WATCH)
def room() -> Response:
    return json_answer(queue().room.view(official()))


@blueprint.get("/room/advice", summary="Which counter would help most", responses={200: RoomAdvice})
@accept(*WATCH)
def advice() -> Response:
    return json_answer(queue().advice.view())


@blueprint.get("/room/flow", summary="Today beside the usual day", responses={200: RoomFlow})
@accept(*WATCH)
def flow() -> Response:
    return json_answer(queue().room.flow())


@blueprint.post(
    "/room/alerts/acknowledge", summary="Say that an alert is seen", responses={200: Acknowledged}
)
@accept(*ACT)
def acknowledge(body: SeenAlert) -> Response:
    return json_answer(queue().supervising.acknowledge(body.alert, official()))


@blueprint.post("/room/officials/move", summary="Let an official go on elsewhere", responses={200: Counter})
@accept(*ACT)
def move(body: MovedOfficial) -> Response:
    moved = queue().supervising.move(body.official, body.counter, official(), from_counter=body.from_counter)
    return json_answer(moved)


@blueprint.post(
    "/room/counters/<int:counter>/end", summary="End an abandoned counter", responses={200: Counter}
)
@accept(*ACT)
def end_counter(path: CounterPath, body: EndedCounter) -> Response:
    return json_answer(queue().supervising.end_counter(path.counter, official(), official_id=body.official))
