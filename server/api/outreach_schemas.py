"""The shapes of visits at home: of who asks, of reception, and of the teams."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from server.api.schemas import Input, Named, Names, Person, Time

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
RequestState = Literal[
    "asked",
    "confirmed",
    "planned",
    "on_the_way",
    "serving",
    "served",
    "missed",
    "declined",
    "cancelled",
]
LONGEST_SENDING = 200


class NewOutreachRequest(Input):
    """What somebody asks for who cannot come; sent twice with the same `form` it is one request."""

    form: str = Field(min_length=8, max_length=64, description="Chosen by the asker at random")
    services: list[str] = Field(min_length=1, max_length=5)
    category: str = Field(max_length=60, description="Key of an outreach category")
    name: str = Field(min_length=1, max_length=80)
    telephone: str = Field(max_length=40)
    address: str = Field(min_length=1, max_length=300)
    note: str = Field(default="", max_length=500)
    days: list[Weekday] = Field(default=[], description="That suit; none: any")
    language: str | None = Field(default=None, max_length=10)


class OutreachAsked(BaseModel):
    """A request that was kept; `token` opens its page."""

    token: str
    state: RequestState


class OutreachService(Named):
    """A service of a visit at home; a rating token once it was served."""

    bring: list[Names]
    rating_token: str | None
    rated: bool


class OutreachOwn(BaseModel):
    """A request as who asked for it sees it."""

    token: str
    state: RequestState
    language: str
    services: list[OutreachService]
    asked_at: Time
    slot_at: Time | None
    team_name: Names | None
    number: str | None
    reason: Names | None
    can_cancel: bool
    keep_days: int
    at: Time


class OfferedOutreachCategory(Named):
    """Who may ask for a visit, and what the team looks at."""

    evidence: Names
    legal_reference: Names


class OfferedOutreachService(Named):
    """What can be brought."""

    agency: str
    agency_name: Names
    bring: list[Names]


class OfferedOutreach(BaseModel):
    """What can be asked for."""

    categories: list[OfferedOutreachCategory]
    services: list[OfferedOutreachService]


class Contact(BaseModel):
    """Who is visited and where."""

    name: str
    telephone: str
    address: str
    note: str


class OutreachRequest(BaseModel):
    """A request as reception sees it; `contact` and the category are gone some days after it ended."""

    id: int
    state: RequestState
    language: str
    services: list[Named]
    days: list[Weekday]
    asked_at: Time
    team: str | None
    slot_at: Time | None
    number: str | None
    reason: str | None
    contact: Contact | None
    category_name: Names | None
    evidence: Names | None


class OutreachRequests(BaseModel):
    """What waits for reception."""

    requests: list[OutreachRequest]


class OutreachSlot(BaseModel):
    """When a visit begins, and which."""

    at: Time
    is_past: bool
    request: OutreachRequest | None


class TeamPlan(Named):
    """A team's day; `others` stand at times that it no longer has."""

    works: bool
    services: list[str]
    slots: list[OutreachSlot]
    others: list[OutreachRequest]


class RefusedAct(BaseModel):
    """What a team did that could not be taken in, as when the visit was cancelled meanwhile."""

    team: str
    number: str | None
    verb: str
    done_at: Time
    outcome: str
    state: str | None


class OutreachPlan(BaseModel):
    """A day of all teams; `days` are those on which some team goes out."""

    day: str
    days: list[str]
    teams: list[TeamPlan]
    refused: list[RefusedAct]


class PlannedFor(Input):
    """Who goes, and when."""

    team: str = Field(max_length=60)
    slot_at: Annotated[AwareDatetime, Field(strict=False)]


class TeamService(Named):
    """A service of a visit, and how far it is."""

    state: str
    bring: list[Names]


class TeamVisit(BaseModel):
    """A visit as the team's tablet takes it along."""

    ticket: int
    number: str
    state: str
    service: str
    services: list[TeamService]
    slot_at: Time
    due_at: Time
    language: str
    unrated: bool
    contact: Contact | None
    category_name: Names | None
    evidence: Names | None


class TeamPack(BaseModel):
    """A team's day, whole; `visits` in the order in which they are called."""

    team: str
    name: Names
    counter: int
    state: Literal["closed", "open", "paused"]
    official: Person | None
    me: int
    day: str
    at: Time
    visits: list[TeamVisit]
    services: list[Named]
    rates: bool
    reasons: list[Named]


class TeamAct(Input):
    """What a team did, and when by the hall's clock as its tablet knows it."""

    id: str = Field(min_length=8, max_length=64)
    verb: Literal[
        "open", "close", "next", "call", "start", "finish", "no_show", "hold", "resume", "add_service", "rate"
    ]
    at: Annotated[AwareDatetime, Field(strict=False)]
    ticket: int | None = Field(default=None, ge=1, lt=2**53)
    reason: str | None = Field(
        default=None, max_length=60, description="Of a call out of turn; or the service added"
    )
    score: int | None = Field(default=None, ge=1, le=5, description="Of a rating on the tablet handed over")


class TeamActs(Input):
    """What a team did, in its order."""

    official: int = Field(
        description="Who did it: a tablet that somebody else has signed in on tells nothing"
    )
    acts: list[TeamAct] = Field(max_length=LONGEST_SENDING)


class TeamActResult(BaseModel):
    """What became of an act: "done", or the key of the refusal and the state that stood in the way."""

    id: str
    outcome: str
    state: str | None


class TeamSynced(BaseModel):
    """What became of each act, and the day as it is now."""

    results: list[TeamActResult]
    pack: TeamPack
