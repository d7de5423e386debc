"""By which rule visitors are called, and how they are asked afterwards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from server.config.base import AsTuple, Key, Minutes, Names, Part, People


class Category(Part):
    """
    Visitors whom the law puts forward.

    Attributes:
        effect: `credit` takes minutes off the due time; `quota` gives them at least every Nth call of a counter
            while one waits (and a credit, if one is named); `first` calls them before all others.
        evidence: What is looked at once, when the ticket is issued.
    """

    key: Key
    name: Names
    effect: Literal["credit", "quota", "first"]
    credit_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    quota_every: Annotated[int, Field(ge=2, le=20)] | None = None
    evidence: Names
    legal_reference: Names

    @model_validator(mode="after")
    def _has_what_its_effect_needs(self) -> Category:
        if self.effect == "credit" and not self.credit_minutes:
            raise ValueError("effect `credit` needs `credit_minutes`, at least 1")
        if self.effect == "quota" and self.quota_every is None:
            raise ValueError("effect `quota` needs `quota_every`, at least 2")
        if self.effect != "quota" and self.quota_every is not None:
            raise ValueError(f"effect `{self.effect}` takes no `quota_every`")
        if self.effect == "first" and self.credit_minutes:
            raise ValueError("effect `first` takes no `credit_minutes`")
        return self


class Choice(Part):
    """One entry of a list that people choose from: a reason, an aspect of a rating."""

    key: Key
    name: Names


class PauseReason(Choice):
    """Why a counter pauses; with `minutes` the boards say until when."""

    minutes: Annotated[int, Field(ge=1, le=240)] | None = None


Choices = Annotated[tuple[Choice, ...], AsTuple, Field(min_length=1)]


class Targets(Part):
    """Target waits in minutes by the way a visitor came."""

    walk_in: Minutes
    appointment: Minutes
    collect: Minutes


class Policy(Part):
    """
    The figures of the calling rule; each change needs a new `version`, which every call records.

    Attributes:
        recall_limit: How often a call may be repeated before the visitor counts as absent.
        recall_after_s: Pause before a call may be repeated.
        grace_minutes: How long after a missed call a visitor may still rejoin.
        missed_penalty_minutes: What rejoining adds to the due time.
        closing: At closing time waiting tickets `expire`, or the hall goes on to `serve_out`.
        early_minutes, late_minutes: The window around an appointment in which it may check in as one.
    """

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$")]
    target_minutes: Targets
    recall_limit: Annotated[int, Field(ge=0, le=10)]
    recall_after_s: Annotated[int, Field(ge=0, le=600)]
    grace_minutes: Annotated[int, Field(ge=0, le=240)]
    missed_penalty_minutes: Annotated[int, Field(ge=0, le=240)]
    closing: Literal["expire", "serve_out"]
    early_minutes: Annotated[int, Field(ge=0, le=240)]
    late_minutes: Annotated[int, Field(ge=0, le=240)]
    out_of_turn_reasons: Choices
    pause_reasons: Annotated[tuple[PauseReason, ...], AsTuple, Field(min_length=1)]


class Admission(Part):
    """
    When no more tickets are given, so that nobody is made to wait in vain.

    Attributes:
        most_waiting: So many may wait for one service that has no figure of its own; None: any number.
        before_closing: No walk-in for a service that would likely not be done by closing time.
    """

    most_waiting: People | None = None
    before_closing: bool = False


class Rating(Part):
    """
    How a served visitor is asked; a rating token can be used for `valid_days`.

    Attributes:
        paperless: Who follows on a telephone is asked there, and gets no slip.
        tablet_s: How long the counter's tablet asks, unless the next visitor's service begins before.
    """

    prompt: Literal["print", "none", "tablet"]
    valid_days: Annotated[int, Field(ge=1, le=90)]
    paperless: bool = True
    tablet_s: Annotated[int, Field(ge=15, le=600)] = 60
    aspects: Choices
