"""What supervisors have the boards say."""

from __future__ import annotations

from flask import Response
from flask_openapi import Tag
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import accept, official, queue
from server.api.device_schemas import MessageList, NewMessage
from server.api.schemas import BoardMessage, Nothing

blueprint = Blueprint(
    "api_messages",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="messages", description="What the boards say")],
    abp_responses=PROBLEMS,
)

MINDS = ("supervisor", "admin")


class MessagePath(BaseModel):
    """The key of a message."""

    message: int = Field(ge=1, lt=2**53)


@blueprint.get("/messages", summary="What the boards say now", responses={200: MessageList})
@accept(*MINDS)
def messages() -> Response:
    return json_answer({"messages": queue().messages.current()})


@blueprint.post("/messages", summary="Have the boards say something", responses={201: BoardMessage})
@accept(*MINDS)
def show(body: NewMessage) -> Response:
    return json_answer(queue().messages.show(official(), **body.model_dump()), 201)


@blueprint.post(
    "/messages/<int:message>/end", summary="Have them say it no longer", responses={200: BoardMessage}
)
@accept(*MINDS)
def end(path: MessagePath, body: Nothing) -> Response:
    return json_answer(queue().messages.end(official(), path.message))
