"""What a visitor does with a ticket: take it, look at it, give it back."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from server.db import queries
from server.db.models import requests, sequences, tickets
from server.domain.calling import due_time
from server.domain.numbering import label
from server.domain.states import TicketState, ticket_after
from server.errors import BadInput, CentreClosed, NotWalkIn, ServiceNotFound, TicketNotFound
from server.events import EventKind
from server.operations.context import Context, Once, View, once_only
from server.operations.serving import lane_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.config.models import Service
    from server.db.engine import Transaction
    from server.operations.ticket_views import TicketViews
    from server.print_jobs import PrintJobs

MAX_SERVICES = 5
CODE_TRIES = 4

INSERT_TICKET = insert(tickets).returning(tickets.c.id)
INSERT_REQUEST = insert(requests).returning(requests.c.id)
END_TICKET = (
    update(tickets)
    .where(tickets.c.id == bindparam("ticket"))
    .values(state=bindparam("after"), ended_at=bindparam("now"), bound=None)
)


def _next_number(dialect: Any) -> Any:
    statement = dialect.insert(sequences).values(
        centre=bindparam("centre"), day=bindparam("day"), series=bindparam("series"), last=1
    )
    return statement.on_conflict_do_update(
        index_elements=[sequences.c.centre, sequences.c.day, sequences.c.series],
        set_={"last": sequences.c.last + 1},
    ).returning(sequences.c.last)


NEXT_NUMBER = {"sqlite": _next_number(sqlite), "postgresql": _next_number(postgresql)}


class Tickets:
    """Operations on tickets."""

    def __init__(self, context: Context, views: TicketViews, print_jobs: PrintJobs) -> None:
        self._context = context
        self._views = views
        self._print_jobs = print_jobs

    def issue(
        self,
        *,
        service: str,
        also: Sequence[str] = (),
        category: str | None = None,
        language: str | None = None,
        printer: str | None = None,
        device: int | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Give a walk-in a ticket, in one transaction with its number, its entry in the log and its print job.

        Args:
            service: What the visitor comes for first; `also` follows under the same number.
            category: What the law gives the visitor; never shown.
            language: Of paper, screen and voice; the state language when None.
            printer: Where the slip comes out; None prints nothing.
            device: Key of the kiosk that asked.

        Raises:
            ServiceNotFound: A service that this centre does not offer.
            NotWalkIn: A service that needs an appointment or a finished result.
            BadInput: An unknown category or language, or too many services.
            CentreClosed: Outside the opening hours.
        """
        wanted = self._wanted(service, also)
        self._check(category, language)
        for attempt in range(CODE_TRIES):
            try:
                return once_only(
                    self._context,
                    once,
                    lambda tx: self._issue(tx, wanted, category, language, printer, device),
                )
            except IntegrityError:
                # Two codes of one day were the same by chance: draw again.
                if attempt + 1 == CODE_TRIES:
                    raise
        raise AssertionError

    def view(self, token: str) -> View:
        """
        Show a visitor its ticket.

        Raises:
            TicketNotFound: No ticket has this token.
        """
        with self._context.database.read() as connection:
            ticket = queries.ticket_by_token(connection, self._context.centre, token)
            if ticket is None:
                raise TicketNotFound
            return self._views.whole(connection, ticket)

    def cancel(self, token: str, *, once: Once | None = None) -> View:
        """
        Give a ticket back before it is served.

        Raises:
            TicketNotFound: No ticket has this token.
            TicketStateError: It is being served, or ended already.
        """
        return once_only(self._context, once, lambda tx: self._cancel(tx, token))

    def _wanted(self, service: str, also: Sequence[str]) -> list[Service]:
        if len(also) >= MAX_SERVICES:
            raise BadInput(field="also", at_most=MAX_SERVICES - 1)
        wanted = []
        for key in (service, *also):
            found = self._context.config.service.get(key)
            if found is None:
                raise ServiceNotFound(service=key)
            if "walk_in" not in found.channels:
                raise NotWalkIn(service=key)
            wanted.append(found)
        return wanted

    def _check(self, category: str | None, language: str | None) -> None:
        config = self._context.config
        if category is not None and category not in config.category:
            raise BadInput(field="category", value=category)
        if language is not None and language not in config.centre.languages:
            raise BadInput(field="language", value=language)
        hours = self._context.hours()
        if not hours.is_open:
            raise CentreClosed(opens_at=self._context.local(hours.opens_at))

    def _issue(
        self,
        tx: Transaction,
        wanted: Sequence[Service],
        category: str | None,
        language: str | None,
        printer: str | None,
        device: int | None,
    ) -> View:
        config = self._context.config
        first = wanted[0]
        number = tx.execute(
            NEXT_NUMBER[tx.connection.dialect.name],
            {"centre": tx.centre, "day": tx.day, "series": first.series},
        ).scalar_one()
        row = {
            "centre": tx.centre,
            "day": tx.day,
            "series": first.series,
            "number": number,
            "label": label(first.series, number),
            "token": self._context.randomness.token(),
            "code": self._context.randomness.code(),
            "language": language or config.centre.state_language,
            "category": category,
            "origin": "walk_in",
            "state": str(TicketState.WAITING),
            "service": first.key,
            "lane": int(lane_of(config, category)),
            "bound": None,
            "arrived_at": tx.now,
            "start_at": tx.now,
            "due_at": self.due_at(tx.now, first.key, category),
            "counter": None,
            "official": None,
            "called_at": None,
            "call_count": 0,
            "ended_at": None,
            "device": device,
            "policy": config.policy.version,
        }
        row["id"] = tx.execute(INSERT_TICKET, row).scalar_one()
        ticket = SimpleNamespace(**row)
        visit = [self._request(tx, ticket.id, position, each.key) for position, each in enumerate(wanted)]
        tx.record(
            EventKind.TICKET_ISSUED,
            ticket=ticket.id,
            number=ticket.label,
            service=first.key,
            start_at=self._context.local(ticket.start_at),
            due_at=self._context.local(ticket.due_at),
            lane=ticket.lane,
            policy=ticket.policy,
            services=[each.key for each in wanted],
        )
        ahead = self._views.ahead(tx.connection, ticket)
        printed = None
        if printer is not None:
            self._print_jobs.write_ticket(tx, ticket, printer=printer, ahead=ahead)
            printed = ("queued", None)
        return self._views.of(ticket, requests=visit, ahead=ahead, printed=printed)

    def due_at(self, start_at: Any, service: str, category: str | None) -> Any:
        """Fix the due time of a walk-in's request for a service."""
        config = self._context.config
        credit = config.category[category].credit_minutes if category in config.category else 0
        return due_time(
            start_at,
            target=timedelta(minutes=config.service[service].target_minutes),
            credit=timedelta(minutes=credit),
        )

    def _request(self, tx: Transaction, ticket: int, position: int, service: str) -> SimpleNamespace:
        row = {
            "centre": tx.centre,
            "ticket_id": ticket,
            "position": position,
            "service": service,
            "state": "waiting",
        }
        row["id"] = tx.execute(INSERT_REQUEST, row).scalar_one()
        return SimpleNamespace(**row, started_at=None, finished_at=None, rating_token=None)

    def _cancel(self, tx: Transaction, token: str) -> View:
        ticket = queries.ticket_by_token(tx.connection, tx.centre, token, lock=True)
        if ticket is None:
            raise TicketNotFound
        state = ticket_after(ticket.state, "cancel")
        tx.execute(END_TICKET, {"ticket": ticket.id, "after": str(state), "now": tx.now})
        tx.record(
            EventKind.TICKET_CANCELLED,
            ticket=ticket.id,
            number=ticket.label,
            service=ticket.service,
            counter=ticket.counter,
        )
        return self._views.whole(tx.connection, queries.ticket(tx.connection, ticket.id))
