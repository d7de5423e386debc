"""Visits at home: who asks, reception that answers and plans, and the teams that go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response
from flask_openapi import Tag
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import accept, official, queue
from server.api.outreach_schemas import (
    NewOutreachRequest,
    OfferedOutreach,
    OutreachAsked,
    OutreachOwn,
    OutreachPlan,
    OutreachRequest,
    OutreachRequests,
    PlannedFor,
    TeamActs,
    TeamPack,
    TeamSynced,
)
from server.api.schemas import Nothing, Reason
from server.errors import CounterTaken
from server.limits import OUTREACH, limiter
from server.operations.outreach import Wish
from server.operations.statistics import parse_day
from server.operations.teams import Act

if TYPE_CHECKING:
    from server.operations.context import View

blueprint = Blueprint(
    "api_outreach",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="outreach", description="Visits to those who cannot come")],
    abp_responses=PROBLEMS,
)

RECEIVES = ("reception", "supervisor", "admin")
GOES = ("official", *RECEIVES)


class VisitPath(BaseModel):
    """The unguessable token of a request."""

    token: str = Field(max_length=64)


class RequestPath(BaseModel):
    """The key of a request."""

    request: int = Field(ge=1, lt=2**53)


class TeamPath(BaseModel):
    """The key of a team."""

    team: str = Field(max_length=60)


class DayQuery(BaseModel):
    """Which day; today when left out."""

    day: str | None = Field(default=None, max_length=10)


@blueprint.get("/outreach", summary="What can be asked for at home", responses={200: OfferedOutreach})
def offered() -> Response:
    config = queue().config
    return json_answer(
        {
            "categories": [each.model_dump() for each in config.outreach.categories],
            "services": [
                {
                    "key": each.key,
                    "name": each.name,
                    "agency": each.agency,
                    "agency_name": config.agency[each.agency].name,
                    "bring": list(each.bring),
                }
                for each in queue().outreach.offered()
            ],
        }
    )


@blueprint.post("/outreach/visits", summary="Ask for a visit at home", responses={201: OutreachAsked})
@limiter.limit(OUTREACH)
def ask(body: NewOutreachRequest) -> Response:
    wish = body.model_dump()
    return json_answer(
        queue().outreach.ask(
            Wish(**{**wish, "services": tuple(wish["services"]), "days": tuple(wish["days"])})
        ),
        201,
    )


@blueprint.get("/outreach/visits/<token>", summary="One's own request", responses={200: OutreachOwn})
def visit(path: VisitPath) -> Response:
    return json_answer(queue().outreach.view(path.token))


@blueprint.post(
    "/outreach/visits/<token>/cancel", summary="Take a request back", responses={200: OutreachOwn}
)
def cancel(path: VisitPath, body: Nothing) -> Response:
    return json_answer(queue().outreach.cancel(path.token))


@blueprint.get("/outreach/requests", summary="What waits for reception", responses={200: OutreachRequests})
@accept(*RECEIVES)
def requests() -> Response:
    return json_answer({"requests": queue().outreach.requests()})


@blueprint.get("/outreach/plan", summary="A day of all teams", responses={200: OutreachPlan})
@accept(*RECEIVES)
def plan_of(query: DayQuery) -> Response:
    return json_answer(queue().outreach.plan_of(parse_day(query.day)))


@blueprint.post(
    "/outreach/requests/<int:request>/confirm", summary="Somebody will come", responses={200: OutreachRequest}
)
@accept(*RECEIVES)
def confirm(path: RequestPath, body: Nothing) -> Response:
    return json_answer(queue().outreach.confirm(path.request))


@blueprint.post(
    "/outreach/requests/<int:request>/decline", summary="Nobody will come", responses={200: OutreachRequest}
)
@accept(*RECEIVES)
def decline(path: RequestPath, body: Reason) -> Response:
    return json_answer(queue().outreach.decline(path.request, body.reason))


@blueprint.post(
    "/outreach/requests/<int:request>/plan",
    summary="Plan it for a team and a time",
    responses={200: OutreachRequest},
)
@accept(*RECEIVES)
def plan(path: RequestPath, body: PlannedFor) -> Response:
    return json_answer(queue().outreach.plan(path.request, team=body.team, slot_at=body.slot_at))


@blueprint.post("/teams/<team>/day", summary="A team's visits of today", responses={200: TeamPack})
@accept(*GOES)
def day(path: TeamPath, body: Nothing) -> Response:
    return json_answer(queue().teams.day(path.team, official()))


@blueprint.post("/teams/<team>/acts", summary="What a team did, once each", responses={200: TeamSynced})
@accept(*GOES)
def acts(path: TeamPath, body: TeamActs) -> Response:
    asks = official()
    if body.official != asks.id:
        raise CounterTaken
    answer: View = queue().teams.sync(path.team, asks, [Act(**each.model_dump()) for each in body.acts])
    return json_answer(answer)
