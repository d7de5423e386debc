"""Signing in: tokens for programs, and who a page is signed in as."""

from __future__ import annotations

from typing import cast

from flask import Response
from flask_openapi import Tag

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import StaffCaller, accept, caller, queue
from server.api.schemas import AccessToken, Credentials, Me
from server.limits import limit_sign_in
from server.operations.staff import ROLES

blueprint = Blueprint(
    "api_accounts",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="accounts", description="Staff")],
    abp_responses=PROBLEMS,
)


@blueprint.post("/auth/token", summary="Get a bearer token", responses={200: AccessToken})
@limit_sign_in
def token(body: Credentials) -> Response:
    sign_in = queue().sessions.sign_in(
        username=body.username, password=body.password, code=body.code, kind="bearer"
    )
    return json_answer(
        {
            "token": sign_in.token,
            "expires_at": queue().context.local(sign_in.expires_at),
            "role": sign_in.user.role,
        }
    )


@blueprint.get("/me", summary="Who is signed in", responses={200: Me})
@accept(*ROLES)
def me() -> Response:
    staff = cast("StaffCaller", caller())
    user = staff.user
    return json_answer(
        {"id": user.id, "username": user.username, "name": user.name, "role": user.role, "csrf": staff.csrf}
    )
