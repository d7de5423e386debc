"""The shapes of the published interface, for its document and for checking what comes in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Names = dict[str, str]
Time = str

# Larger keys than this do not survive JavaScript, nor SQLite.
TicketName = Annotated[int, Field(ge=1, lt=2**53)] | Annotated[str, Field(max_length=10)]

TicketState = Literal["waiting", "called", "serving", "held", "served", "no_show", "cancelled", "expired"]


class Input(BaseModel):
    """Base of every body: no unknown field, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewTicket(Input):
    """A walk-in's wish."""

    service: str = Field(max_length=60, description="Key of the service that comes first")
    also: list[str] = Field(default=[], max_length=4, description="Further services, under the same number")
    category: str | None = Field(default=None, max_length=60, description="Key of a category; never shown")
    language: str | None = Field(default=None, max_length=10, description="The state language when left out")
    print: bool = Field(default=True, description="Print a slip at the caller's printer")


class CheckInCode(Input):
    """The code of an appointment, or of a result that is ready to be collected."""

    code: str = Field(min_length=6, max_length=12)
    language: str | None = Field(default=None, max_length=10)
    print: bool = Field(default=True, description="Print a slip at the caller's printer")


class Postponement(Input):
    """How long a visitor needs still."""

    minutes: int = Field(ge=5, le=120)


class Credentials(Input):
    """A name and its password."""

    username: str = Field(max_length=60)
    password: str = Field(max_length=200)
    code: str | None = Field(
        None, max_length=20, description="Of the second factor, where the account has one"
    )


class Reason(Input):
    """Why; a key of the configuration."""

    reason: str = Field(max_length=60)


class OutOfTurn(Input):
    """A call out of turn."""

    ticket: TicketName = Field(description="Key, or number as it is shown")
    reason: str = Field(max_length=60, description="Key of an out-of-turn reason; published")


class HeldTicket(Input):
    """A ticket that the counter holds."""

    ticket: TicketName = Field(description="Key, or number as it is shown")


class Destination(Input):
    """Where a visitor is sent: to a service, to a counter or to an official."""

    service: str | None = Field(default=None, max_length=60)
    counter: int | None = None
    official: int | None = None
    reason: str | None = Field(default=None, max_length=200)


class AddedService(Input):
    """A further service of the visit."""

    service: str = Field(max_length=60)


class NewRating(Input):
    """A visitor's rating."""

    score: int = Field(ge=1, le=5)
    aspects: dict[str, int] = Field(default={}, max_length=20)
    comment: str | None = Field(default=None, max_length=1000)


class Nothing(Input):
    """An empty body."""


class Finish(Input):
    """How a service ended, and what else turned out to be needed; both may be left out."""

    outcome: str | None = Field(default=None, max_length=60, description="A key of `terminal.outcomes`")
    service: str | None = Field(default=None, max_length=60, description="A further service of the visit")


class NoteText(Input):
    """A note about the visitor in hand."""

    text: str = Field(min_length=1, max_length=500)


class Wait(BaseModel):
    """An honest wait: 1 in 10 is called before `low_s`, 9 in 10 by `high_s`."""

    low_s: int
    likely_s: int
    high_s: int
    rough: bool


class TicketService(BaseModel):
    """One service of a visit."""

    service: str
    name: Names
    state: str
    bring: list[Names]
    started_at: Time | None
    finished_at: Time | None
    rating_token: str | None = None
    rated: bool = False


class PrintState(BaseModel):
    """How the slip stands."""

    state: Literal["queued", "sending", "printed", "held", "failed", "cancelled"]
    reason: str | None


class Ticket(BaseModel):
    """A place in the queue; `token` and `links` are for its visitor only."""

    id: int
    token: str | None
    code: str
    number: str
    service: str
    service_name: Names
    agency: str | None
    agency_name: Names | None
    zone: str | None
    zone_name: Names | None
    where: Names | None
    language: str
    state: TicketState
    arrived_at: Time
    due_at: Time
    ahead: int | None
    wait: Wait | None
    counter: int | None
    arrow: str | None
    held_until: Time | None = Field(description="Of a ticket that its visitor set aside: then it waits again")
    check_in_by: Time | None = Field(
        description="Of one taken from afar: by then its visitor must be in the hall"
    )
    rejoin_by: Time | None = Field(description="Of a missed call: until then its visitor may come back")
    called_at: Time | None
    call_count: int
    services: list[TicketService]
    print: PrintState | None
    links: dict[str, str]
    came_late: bool = Field(
        default=False,
        description="In the answer to a check-in: the appointment's time was over, so that it waits like a walk-in",
    )
    at: Time


class Passed(BaseModel):
    """A ticket that came later and was called earlier, and the reason in one sentence."""

    number: str
    counter: int
    called_at: Time
    arrived_at: Time
    due_at: Time
    rule: Literal[
        "due",
        "quota",
        "first",
        "bound",
        "out_of_turn",
        "resumed",
        "other_service",
        "set_aside",
        "unexplained",
    ]
    sentence: str


class Why(BaseModel):
    """Why others were called before."""

    number: str
    state: TicketState
    language: str
    due_at: Time
    rule: str
    policy: str
    passed: list[Passed]


class QueuedTicket(BaseModel):
    """A waiting ticket in brief."""

    id: int
    number: str
    service: str
    service_name: Names
    arrived_at: Time
    due_at: Time
    state: TicketState


class Person(BaseModel):
    """A member of staff."""

    id: int
    name: str


class Named(BaseModel):
    """Something with a name in every language."""

    key: str
    name: Names


class CounterBrief(BaseModel):
    """A counter in the list of all."""

    counter: int
    zone: str
    zone_name: Names
    agencies: list[Named]
    state: Literal["closed", "open", "paused"]
    reason: str | None
    official: Person | None
    since_at: Time | None


class CounterService(Named):
    """A service of a counter, and how many wait for it."""

    waiting: int


class Today(BaseModel):
    """An official's day."""

    served: int
    mean_s: int | None


class CounterNote(BaseModel):
    """What an official wrote about a visitor, erased some hours after the visit."""

    kind: Literal["note", "sent"]
    text: str
    counter: int
    by: str | None
    at: Time


class Counter(CounterBrief):
    """A counter as its terminal needs it; `can` lists what is possible now."""

    ticket: Ticket | None
    waiting: int
    next_due_at: Time | None
    queue: list[QueuedTicket]
    held: list[Ticket]
    notes: list[CounterNote] = Field(
        description="About the visitor in hand; `sent` tells why somebody sent them"
    )
    services: list[CounterService]
    can: list[str]
    recall_at: Time | None
    today: Today
    version: int
    at: Time


class CounterList(BaseModel):
    """All counters."""

    counters: list[CounterBrief]


class Alarm(BaseModel):
    """A visitor who was passed by more than the rule can; `by` is the number that was called."""

    number: str
    by: str
    counter: int
    beyond_s: int
    at: Time


class AlarmList(BaseModel):
    """The newest alarms."""

    alarms: list[Alarm]


class BoardCall(BaseModel):
    """A call on the board."""

    number: str
    counter: int
    service: str
    service_name: Names
    language: str
    called_at: Time
    call_count: int
    arrow: str
    state: TicketState


class BoardCounter(BaseModel):
    """A counter on the board."""

    counter: int
    state: str
    number: str | None
    ticket_state: Literal["called", "serving"] | None
    reason: str | None
    until: Time | None = Field(description="Until when it is paused or closed, where that is known")
    arrow: str


class BoardHours(BaseModel):
    """Whether the centre is open, until when, or when it opens next."""

    is_open: bool
    opens_at: Time | None
    closes_at: Time | None


class BoardMessage(BaseModel):
    """
    What a supervisor has the boards say; an `emergency` stands over everything.

    `title` is a sentence that is there in every language, `text` is in those in which it was written.
    """

    id: int
    kind: Literal["message", "emergency"]
    preset: str | None
    zone: str | None
    title: Names | None
    text: Names | None
    shown_at: Time
    until_at: Time | None
    ended_at: Time | None


class BoardWaiting(BaseModel):
    """Who waits for a service."""

    service: str
    name: Names
    group: str
    agency: str
    agency_name: Names
    waiting: int
    wait: Wait | None


class BoardCheckpoint(BaseModel):
    """How far the log is sealed: whoever copies it can check the log against the copy."""

    size: int
    short: str
    at: Time


class BoardSound(BaseModel):
    """How calls are to be heard at this moment: `volume` from 0 to 1, and 0 in quiet hours."""

    quiet: bool
    volume: float
    chime: bool
    repeat: int


class Board(BaseModel):
    """What a hall display shows; `version` only grows."""

    centre: str
    centre_name: Names
    zone: str | None
    zone_name: Names | None
    languages: list[str]
    version: int
    at: Time
    hours: BoardHours
    calls: list[BoardCall]
    counters: list[BoardCounter]
    waiting: list[BoardWaiting]
    sound: BoardSound
    messages: list[BoardMessage]
    checkpoint: BoardCheckpoint | None


class Figures(BaseModel):
    """Waits in seconds from arrival, or the slot of an appointment, to the first call; shares are from 0 to 1."""

    issued: int
    called: int
    wait_p50_s: int | None
    wait_p90_s: int | None
    in_target: float | None
    missed: int
    served: int
    rating: float | None
    ratings: int
    response_rate: float | None


class NamedFigures(Figures):
    """Figures of a service or an agency."""

    key: str
    name: Names


class OutOfTurnCalls(BaseModel):
    """Calls out of turn for one reason."""

    reason: str
    name: Names
    calls: int


class KeptPromises(BaseModel):
    """How many were called by the time that was promised."""

    promised: int
    kept: int
    share: float | None


class KeptPromisesOfService(KeptPromises):
    """The same for one service."""

    service: str
    name: Names


class HitRate(KeptPromises):
    """The estimate's hit-rate."""

    since: str
    services: list[KeptPromisesOfService]


class Statistics(BaseModel):
    """A day's published figures."""

    day: str
    centre: str
    policy: str
    total: Figures
    out_of_turn: list[OutOfTurnCalls]
    estimate: HitRate
    agencies: list[NamedFigures]
    services: list[NamedFigures]


class ServiceNow(BaseModel):
    """What of a service changes through the day."""

    open: bool
    staffed: bool
    waiting: int
    ahead: int
    wait: Wait | None
    obstacle: Literal["service_closed", "queue_full", "closing_soon"] | None = Field(
        default=None, description="What keeps a walk-in out now, beside the hours and the channels"
    )


class OfferedService(Named, ServiceNow):
    """A service as the kiosk offers it."""

    group: str
    zone: str
    channels: list[str]
    minutes: int
    bring: list[Names]
    cost: Names | None = Field(description="What it costs, where that is known")


class OfferedAgency(Named):
    """An agency with its services."""

    kind: str
    zone: str
    services: list[OfferedService]


class OfferedZone(Named):
    """A zone and the way to it."""

    where: Names


class OfferedCategory(Named):
    """Who is put forward by law, and what is looked at."""

    evidence: Names
    legal_reference: Names


class QuietHours(BaseModel):
    """A span of today in which clearly fewer visitors come than now."""

    from_at: Time
    until_at: Time


class Changing(BaseModel):
    """What of the catalogue changes through the day; `catalogue` names the rest, to be fetched when it is another."""

    catalogue: str
    at: Time
    open: bool
    opens_at: Time | None
    closes_at: Time | None
    popular: list[str]
    quieter: list[QuietHours]


class CatalogueNow(Changing):
    """The waits of every service by its key."""

    services: dict[str, ServiceNow]


class Catalogue(Changing):
    """What the centre offers now."""

    centre: str
    name: Names
    languages: list[str]
    groups: list[Named]
    zones: list[OfferedZone]
    categories: list[OfferedCategory]
    agencies: list[OfferedAgency]


class AccessToken(BaseModel):
    """A bearer token of staff."""

    token: str
    expires_at: Time
    role: str


class Me(BaseModel):
    """Who is signed in."""

    id: int
    username: str
    name: str
    role: str
    csrf: str


class Rated(BaseModel):
    """A rating that was kept."""

    score: int
    service: str
    rated_at: Time


class FieldProblem(BaseModel):
    """A field that cannot be."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []
    state: str | None = Field(
        default=None, description="With 409: the state of the ticket or counter that stands in the way"
    )
    come_at: Time | None = Field(default=None, description="When an appointment that is early may check in")
    opens_at: Time | None = Field(default=None, description="When the centre opens again")
    closes_at: Time | None = Field(default=None, description="When it closes, with `closing_soon`")
