"""What a visitor's own phone asks for beside its ticket: to be told while it is locked."""

from __future__ import annotations

from flask import Response
from flask_openapi import Tag

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import once, queue
from server.api.phone_schemas import NewSubscription, OldSubscription, Subscription
from server.api.tickets import TokenPath

blueprint = Blueprint(
    "api_phones",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="tickets", description="Taking a ticket, following it, rating a service")],
    abp_responses=PROBLEMS,
)


@blueprint.post(
    "/tickets/<token>/push",
    summary="Tell this phone of the call while it is locked",
    responses={201: Subscription},
)
def subscribe(path: TokenPath, body: NewSubscription) -> Response:
    kept = queue().pushes.subscribe(
        path.token,
        endpoint=body.endpoint,
        p256dh=body.keys.p256dh,
        auth=body.keys.auth,
        language=body.language,
        once=once(),
    )
    return json_answer(kept, 201)


@blueprint.post(
    "/tickets/<token>/push-off",
    summary="Tell this phone nothing more",
    responses={204: {"description": "Nothing more is sent to it"}},
)
def unsubscribe(path: TokenPath, body: OldSubscription) -> Response:
    queue().pushes.unsubscribe(path.token, body.endpoint)
    return Response(status=204)
