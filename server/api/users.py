"""Staff's accounts: seen, made, changed and disabled by those who answer for them."""

from __future__ import annotations

from flask import Response
from flask_openapi import Tag
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import accept, official, queue
from server.api.schemas import Nothing
from server.api.user_schemas import (
    Account,
    AccountChange,
    AccountList,
    NewAccount,
    OpenedAccount,
    StaffSessions,
)
from server.errors import BadInput
from server.operations.account_rules import LOOK, MANAGES

blueprint = Blueprint(
    "api_users",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="users", description="Accounts of staff")],
    abp_responses=PROBLEMS,
)

CHANGE = tuple(MANAGES)


class AccountPath(BaseModel):
    """The key of an account."""

    user: int = Field(ge=1, lt=2**53)


class SessionPath(AccountPath):
    """The key of a session of an account."""

    session: int = Field(ge=1, lt=2**53)


@blueprint.get("/users", summary="The accounts that one answers for", responses={200: AccountList})
@accept(*LOOK)
def users() -> Response:
    return json_answer({"accounts": queue().accounts.all(official())})


@blueprint.post("/users", summary="Make an account", responses={201: OpenedAccount})
@accept(*CHANGE)
def add(body: NewAccount) -> Response:
    id, password = queue().accounts.add(official(), **body.model_dump())
    return json_answer({"account": queue().accounts.get(official(), id), "password": password}, 201)


@blueprint.post("/users/<int:user>/change", summary="Change an account", responses={200: Account})
@accept(*CHANGE)
def change(path: AccountPath, body: AccountChange) -> Response:
    changes = body.model_dump(include=body.model_fields_set)
    for field in ("name", "role"):
        if field in changes and changes[field] is None:
            raise BadInput(field=field)
    return json_answer(queue().accounts.change(official(), path.user, changes))


@blueprint.post("/users/<int:user>/disable", summary="Let somebody in no more", responses={200: Account})
@accept(*CHANGE)
def disable(path: AccountPath, body: Nothing) -> Response:
    return json_answer(queue().accounts.disable(official(), path.user))


@blueprint.post("/users/<int:user>/enable", summary="Let somebody in again", responses={200: Account})
@accept(*CHANGE)
def enable(path: AccountPath, body: Nothing) -> Response:
    return json_answer(queue().accounts.enable(official(), path.user))


@blueprint.post(
    "/users/<int:user>/password", summary="Give a password that opens once", responses={200: OpenedAccount}
)
@accept(*CHANGE)
def give_password(path: AccountPath, body: Nothing) -> Response:
    password = queue().accounts.give_password(official(), path.user)
    return json_answer({"account": queue().accounts.get(official(), path.user), "password": password})


@blueprint.post(
    "/users/<int:user>/second-factor/remove", summary="Ask for no code any more", responses={200: Account}
)
@accept(*CHANGE)
def remove_second_factor(path: AccountPath, body: Nothing) -> Response:
    return json_answer(queue().accounts.remove_second_factor(official(), path.user))


@blueprint.post("/users/<int:user>/passkeys/remove", summary="Forget every passkey", responses={200: Account})
@accept(*CHANGE)
def remove_passkeys(path: AccountPath, body: Nothing) -> Response:
    return json_answer(queue().accounts.remove_passkeys(official(), path.user))


@blueprint.get(
    "/users/<int:user>/sessions", summary="Where somebody is signed in", responses={200: StaffSessions}
)
@accept(*LOOK)
def sessions(path: AccountPath) -> Response:
    return json_answer({"sessions": queue().accounts.sessions(official(), path.user)})


@blueprint.post(
    "/users/<int:user>/sessions/end",
    summary="Sign somebody out everywhere",
    responses={204: {"description": "They are signed out"}},
)
@accept(*CHANGE)
def end_sessions(path: AccountPath, body: Nothing) -> Response:
    queue().accounts.end_sessions(official(), path.user)
    return Response(status=204)


@blueprint.post(
    "/users/<int:user>/sessions/<int:session>/end",
    summary="End one session of somebody",
    responses={204: {"description": "It has ended"}},
)
@accept(*CHANGE)
def end_session(path: SessionPath, body: Nothing) -> Response:
    queue().accounts.end_sessions(official(), path.user, path.session)
    return Response(status=204)
