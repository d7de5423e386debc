"""The code on the boards that proves to a phone's ticket that its visitor is in the hall."""

from __future__ import annotations

from flask import Response
from flask_openapi import Tag

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import accept, queue
from server.api.phone_schemas import PresenceCode
from server.qr import rows
from server.wording import Wording

blueprint = Blueprint(
    "api_presence",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="hall", description="The hall as everyone sees it")],
    abp_responses=PROBLEMS,
)


@blueprint.get(
    "/presence",
    summary="The rotating code for a board in the hall; 404 where no tickets are given on phones",
    responses={200: PresenceCode},
)
@accept("display", "kiosk", "reception", "supervisor", "admin")
def presence() -> Response:
    code = queue().presence.code()
    words = {each: Wording(each).text("take.board") for each in queue().config.centre.languages}
    return json_answer({**code, "qr": rows(code["url"]), "words": words})
