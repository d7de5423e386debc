"""The versions of the calling rule, as anyone may read them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class PriorityFigures(BaseModel):
    """What a category gives."""

    effect: Literal["credit", "quota", "first"]
    credit_minutes: int
    quota_every: int | None


class PolicyFigures(BaseModel):
    """The figures of a version; of one from before they were told, only those that the log has."""

    target_minutes: dict[str, int] = Field(description="By the way of coming: walk_in, appointment, collect")
    services: dict[str, int] = Field(
        description="By service the minutes within which a walk-in is to be called"
    )
    categories: dict[str, PriorityFigures] | None = None
    recall_limit: int | None = None
    recall_after_s: int | None = None
    grace_minutes: int | None = None
    missed_penalty_minutes: int | None = None
    closing: Literal["expire", "serve_out"] | None = None
    early_minutes: int | None = None
    late_minutes: int | None = None


class PolicyVersion(BaseModel):
    """A version of the rule; every call names its own."""

    model_config = ConfigDict(serialize_by_alias=True)

    version: str
    state: Literal["next", "in_force", "past"]
    start: str = Field(alias="from")
    until: str | None
    by: str = Field(description="The role of whoever published it: admin, or operator of the server")
    figures: PolicyFigures


class PolicyVersions(BaseModel):
    """Every version, the newest first."""

    centre: str
    policies: list[PolicyVersion]
