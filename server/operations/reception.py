"""What reception does for a visitor who stands there: give a ticket, find one, change it, put it forward, print it again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from server.db import queries, telephones
from server.db.models import print_jobs, requests, tickets
from server.domain.numbering import day_of
from server.domain.states import ticket_after
from server.errors import (
    BadInput,
    EvidenceNotSeen,
    NotWalkIn,
    OfOutreach,
    PrinterNotFound,
    PrintJobStateError,
    PriorityGiven,
    ServiceClosed,
    ServiceNotFound,
    TicketNotFound,
)
from server.events import EventKind
from server.job_rows import move, note
from server.operations.contacts import telephone_of
from server.operations.context import Context, Once, View, once_only
from server.operations.issuing import Arriving, Issuing, terms_data, terms_in, terms_of, terms_row
from server.operations.serving import lane_of
from server.operations.tickets import check_wish, draw_again

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.db.models import Record
    from server.domain.calling import Terms
    from server.operations.admitting import Admitting
    from server.operations.notices import Notices
    from server.operations.staff import Official
    from server.operations.ticket_views import TicketViews
    from server.operations.tickets import Tickets
    from server.print_jobs import PrintJobs

OUTREACH = "outreach"
# A call is over in minutes: who could not be told at once is looked for by the voice and the board.
TRIES = 3


class Reception:
    """
    Operations of the reception desk.

    Whatever changes a waiting ticket keeps the start of its visit: nobody loses the place by a mistake at the kiosk.
    """

    def __init__(
        self,
        context: Context,
        views: TicketViews,
        tickets: Tickets,
        issuing: Issuing,
        print_jobs: PrintJobs,
        notices: Notices,
        admitting: Admitting,
    ) -> None:
        self._context = context
        self._views = views
        self._tickets = tickets
        self._issuing = issuing
        self._print_jobs = print_jobs
        self._notices = notices
        self._admitting = admitting

    def issue(
        self,
        official: Official,
        *,
        service: str,
        also: Sequence[str] = (),
        category: str | None = None,
        language: str | None = None,
        printer: str | None = None,
        telephone: str | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Give a visitor a ticket, and keep the telephone that is to ring at the call until the visit ends.

        Raises:
            As `Tickets.issue`; BadInput: no telephone number, or this centre sends no short messages.
        """
        number = telephone_of(telephone) if telephone else None
        if number is not None and "sms" not in self._notices.ways():
            raise BadInput(field="telephone")
        arriving = Arriving(
            self._tickets.wanted(service, also),
            category=category,
            language=language,
            printer=printer,
            official=official.id,
        )
        check_wish(self._context, category, language)

        def issue(tx: Transaction) -> View:
            ticket = self._issuing.issue(tx, arriving)
            if number is not None:
                telephones.keep(tx, ticket["id"], number)
            return _for_staff(ticket)

        return draw_again(lambda: once_only(self._context, once, issue))

    def find(self, wanted: str) -> View:
        """
        Find a ticket of today by its number or by the code on its slip.

        Raises:
            TicketNotFound: Neither is of today.
        """
        wanted = "".join(wanted.split()).upper()
        with self._context.database.read() as connection:
            ticket = self._search(connection, wanted)
            if ticket is None:
                raise TicketNotFound(ticket=wanted)
            return self._found(connection, ticket)

    def change(
        self,
        id: int,
        official: Official,
        *,
        service: str | None = None,
        language: str | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Change what a waiting visitor comes for, or the language; the start of the visit stays.

        Raises:
            TicketNotFound, TicketStateError: It is not of today, or does not wait.
            ServiceNotFound, NotWalkIn, ServiceClosed: The new service cannot be waited for here, or not today.
            BadInput: Neither is given, or an unknown language.
        """
        if service is None and language is None:
            raise BadInput(field="service")
        if language is not None:
            self._check_language(language)
        if service is not None:
            self._check_service(service)

        def work(tx: Transaction, ticket: Record) -> None:
            if service is not None and service in self._admitting.closed(tx.connection):
                raise ServiceClosed(service=service)
            self._change(tx, official, ticket, service or ticket.service, language or ticket.language)

        return self._act(id, "change", work, once)

    def give_priority(
        self, id: int, official: Official, *, category: str, evidence: bool, once: Once | None = None
    ) -> View:
        """
        Put a waiting visitor forward as the law asks, after the evidence was looked at.

        The log says what it changes, never why.

        Raises:
            EvidenceNotSeen: It was not looked at.
            PriorityGiven: The ticket has it.
            TicketNotFound, TicketStateError, BadInput: As for `change`; an unknown category.
        """
        if category not in self._context.config.category:
            raise BadInput(field="category", value=category)
        if not evidence:
            raise EvidenceNotSeen(field="evidence")

        def work(tx: Transaction, ticket: Record) -> None:
            if ticket.category == category:
                raise PriorityGiven(number=ticket.label)
            self._prefer(tx, official, ticket, category)

        return self._act(id, "give_priority", work, once)

    def print_again(
        self, id: int, official: Official, *, printer: str | None = None, once: Once | None = None
    ) -> View:
        """
        Print a ticket as it is now: marked as a copy, unless it was never printed.

        Args:
            printer: Where; the kiosk's own printer when None.

        Raises:
            TicketNotFound, PrinterNotFound: There is none.
            PrintJobStateError: The spooler still has the last one in hand.
        """
        config = self._context.config
        where = printer or config.kiosk.printer
        if where is None or where not in config.printer:
            raise PrinterNotFound(printer=printer)

        def run(tx: Transaction) -> View:
            ticket = queries.find_ticket(tx.connection, tx.centre, tx.day, id)
            if ticket is None:
                raise TicketNotFound(ticket=id)
            self._print(tx, official, ticket, where)
            return self._found(tx.connection, ticket)

        return once_only(self._context, once, run)

    def forget_telephones(self) -> None:
        """Erase the telephones of visitors who are gone."""
        context = self._context
        missed_before = context.clock() - timedelta(minutes=context.config.policy.grace_minutes)
        with context.database.read() as connection:
            if not telephones.is_any_over(connection, context.centre, missed_before):
                return
        with context.database.write() as tx:
            telephones.forget(tx, missed_before)

    def calls_to_tell(self) -> Sequence[Record]:
        """List who is called and left a telephone, until each was told: ticket, number, counter, telephone."""
        with self._context.database.read() as connection:
            return telephones.to_tell(connection, self._context.centre, tries=TRIES)

    def told(self, ticket: int, called_at: datetime, *, is_sent: bool) -> None:
        """Note that a visitor was told of a call, or could not be."""
        with self._context.database.write() as tx:
            if is_sent:
                telephones.told(tx, ticket, called_at)
            else:
                telephones.tried(tx, ticket)

    def telephone_of(self, ticket: int) -> str | None:
        """Tell where the visitor of a ticket is to be told of the call, as long as the visit goes on."""
        with self._context.database.read() as connection:
            return telephones.of(connection, ticket)

    def _search(self, connection: Connection, wanted: str) -> Record | None:
        context = self._context
        today = day_of(context.clock(), context.config.centre.timezone)
        by_number = queries.ticket_of_day(connection, context.centre, today, wanted)
        if by_number is not None:
            return by_number
        return connection.execute(
            select(tickets).where(
                tickets.c.centre == context.centre, tickets.c.day == today, tickets.c.code == wanted
            )
        ).first()

    def _found(self, connection: Connection, ticket: Record) -> View:
        jobs = connection.execute(
            select(print_jobs.c.id, print_jobs.c.copy_no, print_jobs.c.state, print_jobs.c.printer)
            .where(print_jobs.c.ticket_id == ticket.id, print_jobs.c.kind == "ticket")
            .order_by(print_jobs.c.id)
        ).fetchall()
        waits = ticket.state == "waiting" and ticket.origin != OUTREACH
        return {
            "ticket": self._views.whole(connection, ticket, for_staff=True),
            "origin": ticket.origin,
            "start_at": self._context.local(ticket.start_at),
            "credit_s": ticket.credit_s,
            "lane": ticket.lane,
            "has_telephone": telephones.of(connection, ticket.id) is not None,
            "slips": [
                {"job": job.id, "copy_no": job.copy_no, "state": job.state, "printer": job.printer}
                for job in jobs
            ],
            "can": [*(["change", "give_priority"] if waits else []), "print"],
        }

    def _act(
        self, id: int, action: str, work: Callable[[Transaction, Record], None], once: Once | None
    ) -> View:
        def run(tx: Transaction) -> View:
            ticket = queries.find_ticket(tx.connection, tx.centre, tx.day, id)
            if ticket is None:
                raise TicketNotFound(ticket=id)
            if ticket.origin == OUTREACH:
                raise OfOutreach(number=ticket.label)
            ticket_after(ticket.state, action)
            work(tx, ticket)
            return self._found(tx.connection, queries.ticket(tx.connection, ticket.id))

        return once_only(self._context, once, run)

    def _change(
        self, tx: Transaction, official: Official, ticket: Record, service: str, language: str
    ) -> None:
        if service == ticket.service and language == ticket.language:
            return
        terms = terms_in(ticket)
        values: dict[str, Any] = {"language": language}
        bound = ticket.bound
        if service != ticket.service:
            current = self._current(tx, ticket)
            is_first = current.position == 0
            terms = self._terms(ticket, service, ticket.category, is_first=is_first)
            tx.execute(update(requests).where(requests.c.id == current.id).values(service=service))
            # Who was sent to one counter for another service need not wait for that one.
            bound = None
            values |= {"service": service, "bound": None}
            if is_first and ticket.first_called_at is None:
                values |= {"first_service": service, "first_target_at": terms.start_at + terms.target}
        self._write(tx, ticket, terms, **values)
        self._record(
            tx,
            EventKind.TICKET_CHANGED,
            official,
            ticket,
            terms,
            lane=ticket.lane,
            to_service=service,
            language=language,
            bound=bound,
        )

    def _prefer(self, tx: Transaction, official: Official, ticket: Record, category: str) -> None:
        current = self._current(tx, ticket)
        terms = self._terms(ticket, ticket.service, category, is_first=current.position == 0)
        lane = int(lane_of(self._context.config, category))
        self._write(tx, ticket, terms, category=category, lane=lane)
        self._record(
            tx,
            EventKind.PRIORITY_GIVEN,
            official,
            ticket,
            terms,
            lane=lane,
            evidence=True,
            bound=ticket.bound,
        )

    def _terms(self, ticket: Record, service: str, category: str | None, *, is_first: bool) -> Terms:
        return terms_of(
            self._context.config,
            service,
            start_at=ticket.start_at,
            origin=ticket.origin if is_first else "walk_in",
            category=category,
            penalty_s=ticket.penalty_s,
        )

    def _current(self, tx: Transaction, ticket: Record) -> Record:
        return next(
            each
            for each in queries.requests_of(tx.connection, ticket.id)
            if each.state == "waiting" and each.service == ticket.service
        )

    def _print(self, tx: Transaction, official: Official, ticket: Record, printer: str) -> None:
        jobs = print_jobs.c
        of_ticket = (jobs.ticket_id == ticket.id) & (jobs.kind == "ticket")
        last = tx.execute(
            select(print_jobs).where(of_ticket).order_by(jobs.id.desc()).limit(1).with_for_update()
        ).first()
        copy_no = 0
        if last is not None:
            if last.state == "sending" or (last.state == "queued" and last.printer == printer):
                raise PrintJobStateError(state=last.state)
            # What waits or hangs elsewhere must not come out beside the copy.
            ended = {"finished_at": tx.now, "reason": "redirected"}
            move(tx, last.id, ("queued", "held"), "cancelled", "redirected", ended, official=official.id)
            copy_no = tx.execute(select(func.max(jobs.copy_no)).where(of_ticket)).scalar_one() + 1
        job = self._print_jobs.write_ticket(
            tx, ticket, printer=printer, ahead=self._views.ahead(tx.connection, ticket), copy_no=copy_no
        )
        note(tx, job, None, "queued", "reprinted", official.id)

    def _write(self, tx: Transaction, ticket: Record, terms: Terms, **values: Any) -> None:
        tx.execute(update(tickets).where(tickets.c.id == ticket.id).values(**terms_row(terms), **values))

    def _record(
        self,
        tx: Transaction,
        kind: EventKind,
        official: Official,
        ticket: Record,
        terms: Terms,
        **data: Any,
    ) -> None:
        tx.record(
            kind,
            ticket=ticket.id,
            number=ticket.label,
            service=ticket.service,
            official=official.id,
            **terms_data(terms),
            **data,
        )

    def _check_language(self, language: str) -> None:
        config = self._context.config
        if language not in (*config.centre.languages, *config.paper.languages):
            raise BadInput(field="language", value=language)

    def _check_service(self, service: str) -> None:
        found = self._context.config.service.get(service)
        if found is None:
            raise ServiceNotFound(service=service)
        if "walk_in" not in found.channels:
            raise NotWalkIn(service=service)


def _for_staff(ticket: View) -> View:
    """Leave out what is the visitor's alone: its address would let staff follow and rate."""
    services = [
        {k: v for k, v in each.items() if k not in ("rating_token", "rated")} for each in ticket["services"]
    ]
    return {**ticket, "token": None, "links": {}, "services": services}
