"""When and how much can be booked, how long results wait to be collected, and how visitors are told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from server.config.base import AsTuple, Key, Part, Text

Share = Annotated[float, Field(ge=0, le=1)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Booking(Part):
    """
    Appointments beside the walk-ins.

    Attributes:
        agencies: Whose services can be booked, where they have appointments; empty: every agency's.
        reserved_share: Of the counters that serve a service at an hour, how much may be booked.
        horizon_days: So long before it a day's slots are opened, at the first of `release_at`.
        late_share: Of a day's reserve is opened only `late_days` before it, for those who learn late that they must come.
        release_at: At these times of each day a batch is opened; what was cancelled since waits for the next one.
        scatter_minutes: What was cancelled comes back at a random moment within so long after its batch, so that
            nobody can hand a time over by a cancellation at the right second.
        step_minutes: Slots begin at a multiple of this; a service's slot is as long as its minutes, rounded up to it.
        notice_minutes: A slot can be booked until so long before it begins.
        contact: Whether a visitor must leave an address or a telephone.
        at_once: Appointments that one contact, and one phone, may have before it at a time; `per_day`: make in a day.
        moves: How often an appointment can be moved.
        no_show_limit: So many missed appointments within `no_show_days` keep a contact from booking for `block_days`.
    """

    agencies: Annotated[tuple[Key, ...], AsTuple] = ()
    reserved_share: Annotated[float, Field(ge=0, le=0.9)] = 0.3
    horizon_days: Annotated[int, Field(ge=0, le=90)] = 14
    late_share: Share = 0.3
    late_days: Annotated[int, Field(ge=0, le=60)] = 1
    release_at: Annotated[tuple[ClockTime, ...], AsTuple, Field(min_length=1, max_length=24)] = (
        "10:00",
        "16:00",
    )
    scatter_minutes: Annotated[int, Field(ge=0, le=240)] = 30
    step_minutes: Literal[5, 10, 15, 20, 30, 60] = 15
    notice_minutes: Annotated[int, Field(ge=0, le=1440)] = 60
    contact: Literal["optional", "required"] = "optional"
    at_once: Annotated[int, Field(ge=1, le=20)] = 2
    per_day: Annotated[int, Field(ge=1, le=50)] = 3
    moves: Annotated[int, Field(ge=0, le=20)] = 3
    no_show_limit: Annotated[int, Field(ge=1, le=50)] = 3
    no_show_days: Annotated[int, Field(ge=1, le=365)] = 90
    block_days: Annotated[int, Field(ge=1, le=365)] = 30

    @field_validator("release_at")
    @classmethod
    def _in_order(cls, times: tuple[str, ...]) -> tuple[str, ...]:
        if list(times) != sorted(set(times)):
            raise ValueError("must be in order, each time once")
        return times

    @model_validator(mode="after")
    def _opens_the_rest_after_the_first(self) -> Booking:
        if self.late_share and self.late_days > self.horizon_days:
            raise ValueError(
                f"`late_days` ({self.late_days}) must not be more than `horizon_days` ({self.horizon_days})"
            )
        return self


class Collection(Part):
    """Results that are ready: how many days each waits for its visitor, unless it says so itself."""

    valid_days: Annotated[int, Field(ge=1, le=365)] = 30


class Email(Part):
    """
    A server that takes mail (SMTP); its password is in `NAVBAT_SMTP_PASSWORD`.

    Attributes:
        security: `starttls` after the greeting, `tls` from the start, or `none` within the same machine.
    """

    host: Text
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text | None = None
    sender: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]


class Sms(Part):
    """
    A gateway that takes short messages over HTTP; what it must not show to others is in `NAVBAT_SMS_SECRET`.

    Attributes:
        body: With `{to}`, `{text}` and `{secret}`; each is escaped as `content_type` needs it.
        headers: May hold `{secret}`.
    """

    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
    content_type: Literal["application/json", "application/x-www-form-urlencoded"] = "application/json"
    body: Text = '{{"to": "{to}", "text": "{text}"}}'
    headers: dict[str, Text] = Field(default_factory=dict)

    @field_validator("body")
    @classmethod
    def _has_both(cls, body: str) -> str:
        from string import Formatter

        names = {name for _, name, _, _ in Formatter().parse(body) if name is not None}
        if not {"to", "text"} <= names:
            raise ValueError("must hold `{to}` and `{text}`; a brace that stands for itself is doubled")
        if strange := names - {"to", "text", "secret"}:
            raise ValueError(f"holds `{{{min(strange)}}}`; known are `{{to}}`, `{{text}}`, `{{secret}}`")
        return body


class Messages(Part):
    """
    How visitors who left an address or a telephone are told; neither provider: nobody is asked for them.

    Attributes:
        country_code: Of telephone numbers that are written with 0 before them.
        remind_hours: So long before an appointment its visitor is reminded.
    """

    email: Email | None = None
    sms: Sms | None = None
    country_code: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}$")] = "994"
    remind_hours: Annotated[tuple[Annotated[int, Field(ge=1, le=168)], ...], AsTuple] = (24, 2)
