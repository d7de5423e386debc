"""How a ticket comes to be, whatever the way its visitor came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite

from server.db.models import requests, sequences, tickets
from server.domain.calling import Terms
from server.domain.numbering import label
from server.domain.states import TicketState
from server.events import EventKind
from server.operations.serving import lane_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.config import Config, Service
    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.admitting import Admitting
    from server.operations.context import Context, View
    from server.operations.ticket_views import TicketViews
    from server.print_jobs import PrintJobs

INSERT_TICKET = insert(tickets).returning(tickets.c.id)
INSERT_REQUEST = insert(requests).returning(requests.c.id)


def _next_number(dialect: Any) -> Any:
    statement = dialect.insert(sequences).values(
        centre=bindparam("centre"), day=bindparam("day"), series=bindparam("series"), last=1
    )
    return statement.on_conflict_do_update(
        index_elements=[sequences.c.centre, sequences.c.day, sequences.c.series],
        set_={"last": sequences.c.last + 1},
    ).returning(sequences.c.last)


NEXT_NUMBER = {"sqlite": _next_number(sqlite), "postgresql": _next_number(postgresql)}


@dataclass(frozen=True, slots=True)
class Arriving:
    """
    A visitor who has come.

    Attributes:
        services: What for, in their order; at least one.
        origin: "walk_in", "phone" (in the hall), "remote" (from afar), "appointment", "collect" or "outreach": whose
            target the first service has; the first three have the same.
        appointment: Key of the appointment that it was, so that the log shows which slot it starts from.
        start_at: The slot of an appointment or a visit at home; None: now.
        bound: Who alone may call it ("counter:91").
        printer: Where the slip comes out; None prints nothing.
        official: Key of the member of staff who gives it; None: a device did, or the visitor's telephone.
        is_promised: An appointment or a result that was announced: let in though the queue is full or closed to others.
    """

    services: Sequence[Service]
    origin: str = "walk_in"
    start_at: datetime | None = None
    appointment: int | None = None
    category: str | None = None
    language: str | None = None
    printer: str | None = None
    device: int | None = None
    official: int | None = None
    is_promised: bool = False
    bound: str | None = None


def terms_of(
    config: Config, service: str, *, start_at: datetime, origin: str, category: str | None, penalty_s: int = 0
) -> Terms:
    """
    Tell what fixes the due time of a request.

    Args:
        origin: The way the visitor came for this service; what follows in a visit has a walk-in's target.
    """
    targets = config.policy.target_minutes
    minutes = {"appointment": targets.appointment, "collect": targets.collect}.get(
        origin, config.service[service].target_minutes
    )
    credit = config.category[category].credit_minutes if category in config.category else 0
    return Terms(
        start_at,
        target=timedelta(minutes=minutes),
        credit=timedelta(minutes=credit),
        penalty=timedelta(seconds=penalty_s),
    )


def terms_row(terms: Terms) -> dict[str, Any]:
    """Write terms into a ticket's row."""
    return {
        "start_at": terms.start_at,
        "due_at": terms.due_at,
        "target_s": round(terms.target.total_seconds()),
        "credit_s": round(terms.credit.total_seconds()),
        "penalty_s": round(terms.penalty.total_seconds()),
    }


def terms_data(terms: Terms) -> dict[str, Any]:
    """Write terms into the log, exactly: a replay compares due times."""
    row = terms_row(terms)
    return {**row, "start_at": terms.start_at.isoformat(), "due_at": terms.due_at.isoformat()}


def terms_in(ticket: Record) -> Terms:
    """Read a ticket's terms from its row."""
    return Terms(
        ticket.start_at,
        target=timedelta(seconds=ticket.target_s),
        credit=timedelta(seconds=ticket.credit_s),
        penalty=timedelta(seconds=ticket.penalty_s),
    )


class Issuing:
    """Writes tickets, inside a transaction that somebody else has begun."""

    def __init__(
        self, context: Context, views: TicketViews, print_jobs: PrintJobs, admitting: Admitting
    ) -> None:
        self._context = context
        self._views = views
        self._print_jobs = print_jobs
        self._admitting = admitting

    def issue(self, tx: Transaction, arriving: Arriving) -> View:
        """
        Give a ticket with its number, its entry in the log and its print job.

        Raises:
            ServiceClosed, QueueFull, ClosingSoon: As `Admitting.check`, for whom no place was promised to.
        """
        if arriving.origin == "walk_in" and not arriving.is_promised:
            self._admitting.check(tx.connection, arriving.services)
        config = self._context.config
        first = arriving.services[0]
        terms = terms_of(
            config,
            first.key,
            start_at=arriving.start_at or tx.now,
            origin=arriving.origin,
            category=arriving.category,
        )
        row = {
            **self._numbered(tx, first.series),
            **terms_row(terms),
            "token": self._context.randomness.token(),
            "code": self._context.randomness.code(),
            "language": arriving.language or config.centre.state_language,
            "category": arriving.category,
            "origin": arriving.origin,
            "state": str(TicketState.WAITING),
            "service": first.key,
            "lane": int(lane_of(config, arriving.category)),
            "bound": arriving.bound,
            "arrived_at": tx.now,
            "returns": 0,
            "held_until": None,
            "counter": None,
            "official": None,
            "called_at": None,
            "call_count": 0,
            "first_service": first.key,
            "first_target_at": terms.start_at + terms.target,
            "ended_at": None,
            "device": arriving.device,
            "policy": config.policy.version,
        }
        row["id"] = tx.execute(INSERT_TICKET, row).scalar_one()
        ticket = SimpleNamespace(**row)
        visit = [
            self._request(tx, ticket.id, position, each.key)
            for position, each in enumerate(arriving.services)
        ]
        binding: dict[str, Any] = {"bound": arriving.bound} if arriving.bound else {}
        tx.record(
            EventKind.TICKET_ISSUED,
            ticket=ticket.id,
            number=ticket.label,
            service=first.key,
            official=arriving.official,
            **terms_data(terms),
            origin=ticket.origin,
            lane=ticket.lane,
            policy=ticket.policy,
            promised_at=self._views.promised_at(ticket),
            services=[each.key for each in arriving.services],
            **({"promised": True} if arriving.is_promised else {}),
            **({} if arriving.appointment is None else {"appointment": arriving.appointment}),
            **binding,
        )
        ahead = self._views.ahead(tx.connection, ticket)
        printed = None
        if arriving.printer is not None:
            self._print_jobs.write_ticket(tx, ticket, printer=arriving.printer, ahead=ahead)
            # A printer that is known to be out of paper says so at once: the phone shows the number too.
            printed = ("queued", self._print_jobs.problem(arriving.printer))
        return self._views.of(ticket, requests=visit, ahead=ahead, printed=printed)

    def _numbered(self, tx: Transaction, series: str) -> dict[str, Any]:
        number = tx.execute(
            NEXT_NUMBER[tx.connection.dialect.name], {"centre": tx.centre, "day": tx.day, "series": series}
        ).scalar_one()
        return {
            "centre": tx.centre,
            "day": tx.day,
            "series": series,
            "number": number,
            "label": label(series, number),
        }

    def _request(self, tx: Transaction, ticket: int, position: int, service: str) -> SimpleNamespace:
        row = {
            "centre": tx.centre,
            "ticket_id": ticket,
            "position": position,
            "service": service,
            "state": "waiting",
        }
        row["id"] = tx.execute(INSERT_REQUEST, row).scalar_one()
        return SimpleNamespace(**row, started_at=None, finished_at=None, rating_token=None, rated_at=None)
