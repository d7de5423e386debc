"""The sealed log: signed heads, entries and proofs, for anyone."""

from __future__ import annotations

from flask import Response
from flask_openapi import Tag
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import queue
from server.api.log_schemas import Checkpoint, Consistency, Entries, PublicKey, TicketProof
from server.api.tickets import TokenPath

MAX_SIZE = 2**62

blueprint = Blueprint(
    "api_log",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="log", description="The sealed log: a Merkle tree as RFC 9162 defines it")],
    abp_responses=PROBLEMS,
)


class Page(BaseModel):
    """Places in the log, from 0; the newest page begins at `size` less a page."""

    start: int = Field(default=0, alias="from", ge=0, le=MAX_SIZE)
    end: int | None = Field(default=None, alias="to", ge=0, le=MAX_SIZE)


class Sizes(BaseModel):
    """Two sizes of the log; the newest when left out."""

    start: int = Field(default=1, alias="from", ge=0, le=MAX_SIZE)
    end: int | None = Field(default=None, alias="to", ge=0, le=MAX_SIZE)


@blueprint.get("/log/checkpoint", summary="The newest signed head", responses={200: Checkpoint})
def checkpoint() -> Response:
    return json_answer(queue().ledger.checkpoint())


@blueprint.get("/log/key", summary="The public key of the log", responses={200: PublicKey})
def key() -> Response:
    return json_answer({"key": queue().ledger.public_key()})


@blueprint.get(
    "/log/entries",
    summary="Entries by their place in the log",
    description="From the first to before the second, at most 500; `to` of the answer says how far it came.",
    responses={200: Entries},
)
def entries(query: Page) -> Response:
    return json_answer(queue().ledger.entries(query.start, query.end))


@blueprint.get(
    "/log/consistency",
    summary="Prove that the log of one size grew out of that of another",
    responses={200: Consistency},
)
def consistency(query: Sizes) -> Response:
    return json_answer(queue().ledger.consistency(query.start, query.end))


@blueprint.get(
    "/tickets/<token>/proof",
    summary="Prove that a ticket's entries are in the log",
    responses={200: TicketProof},
)
def proof(path: TokenPath) -> Response:
    return json_answer(queue().ledger.proof(path.token))
