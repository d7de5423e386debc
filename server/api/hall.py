"""The hall: what anyone may see."""

from __future__ import annotations

from flask import Response, request
from flask_openapi import Tag

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import queue
from server.api.policy_schemas import PolicyVersions
from server.api.schemas import Board, Statistics
from server.operations.statistics import parse_day

blueprint = Blueprint(
    "api_hall",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="hall", description="The hall as everyone sees it")],
    abp_responses=PROBLEMS,
)


@blueprint.get(
    "/hall",
    summary="The board of a zone, or of the whole hall",
    responses={200: Board},
    openapi_extensions={
        "parameters": [{"name": "zone", "in": "query", "required": False, "schema": {"type": "string"}}]
    },
)
def hall() -> Response:
    return json_answer(queue().boards.view(request.args.get("zone") or None))


@blueprint.get(
    "/public/statistics",
    summary="Waits, ratings and calls out of turn of a day",
    responses={200: Statistics},
    openapi_extensions={
        "parameters": [
            {
                "name": "day",
                "in": "query",
                "required": False,
                "schema": {"type": "string", "format": "date"},
                "description": "Today when left out",
            }
        ]
    },
)
def statistics() -> Response:
    return json_answer(queue().statistics.of_day(parse_day(request.args.get("day"))))


@blueprint.get(
    "/public/policies",
    summary="Every version of the calling rule: from when it holds, and its figures",
    responses={200: PolicyVersions},
)
def policies() -> Response:
    return json_answer(queue().policies.view())
