"""Visits at home until a team sets out: asked for, confirmed or declined, planned for a team and a time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from server.config.base import WEEKDAYS
from server.db import outreach as db
from server.db import queries
from server.db.models import tickets
from server.db.outreach import outreach_acts, outreach_contacts, outreach_requests
from server.domain.numbering import day_of
from server.domain.states import TicketState
from server.errors import (
    BadInput,
    NotServedHere,
    NotThen,
    OutreachNotFound,
    OutreachStateError,
    TooManyRequests,
    VisitPlanned,
)
from server.events import EventKind
from server.operations.contacts import telephone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from server.config import Service, Team
    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.context import Context, View

MAX_SERVICES = 5
LONGEST = {"name": 80, "address": 300, "note": 500}
SHOWN = 200
DAYS_AHEAD = 60
# What a request is when its ticket is in a state.
BY_TICKET = {
    "waiting": "planned",
    "held": "planned",
    "called": "on_the_way",
    "serving": "serving",
    "served": "served",
    "no_show": "missed",
    "cancelled": "cancelled",
    # The team did not come to it that day: another is planned.
    "expired": "confirmed",
}
MAY_CANCEL = ("asked", "confirmed", "planned", "on_the_way")
MAY_PLAN = ("asked", "confirmed", "planned", "missed")


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What somebody asks for who cannot come.

    Attributes:
        form: Names the form; sent twice it is one request.
        days: Weekdays that suit ("mon"…"sun"); none: any.
    """

    form: str
    services: tuple[str, ...]
    category: str
    name: str
    telephone: str
    address: str
    note: str = ""
    days: tuple[str, ...] = ()
    language: str | None = None


def state_of(row: Record) -> str:
    """Tell the state of a request as people see it: its own, or what becomes of its ticket."""
    if row.state == "planned" and row.ticket_id is not None:
        return BY_TICKET[row.ticket_state]
    state: str = row.state
    return state


class Outreach:
    """Operations on requests for a visit at home."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def offered(self) -> list[Service]:
        """List what some team brings."""
        brought = frozenset[str]().union(*self._context.config.brought_by.values())
        return [each for each in self._context.config.services if each.key in brought]

    def ask(self, wish: Wish) -> View:
        """
        Keep a request.

        Returns:
            `{token, state}`; the same again for the same form.

        Raises:
            BadInput: A field that cannot be; `services` together when no one team brings them all.
            TooManyRequests: Enough are open under this telephone.
        """
        context = self._context
        checked = self._check(wish)
        with context.database.write() as tx:
            known = db.by_form(tx.connection, tx.centre, wish.form)
            if known is not None:
                return {"token": known.token, "state": state_of(known)}
            most = context.config.outreach.open_requests
            if db.open_of(tx.connection, tx.centre, checked["telephone"]) >= most:
                raise TooManyRequests(open_requests=most)
            token = context.randomness.token()
            row = {
                "centre": tx.centre,
                "token": token,
                "form": wish.form,
                "language": wish.language or context.config.centre.state_language,
                "services": list(wish.services),
                "days": [day for day in WEEKDAYS if day in wish.days],
                "state": "asked",
                "created_at": tx.now,
                "changed_at": tx.now,
            }
            id = tx.execute(insert(outreach_requests).returning(outreach_requests.c.id), row).scalar_one()
            tx.execute(insert(outreach_contacts), {"request_id": id, "centre": tx.centre, **checked})
        return {"token": token, "state": "asked"}

    def view(self, token: str) -> View:
        """
        Show a request to who asked for it.

        Raises:
            OutreachNotFound: No request has this token.
        """
        with self._context.database.read() as connection:
            row = db.by_token(connection, self._context.centre, token)
            if row is None:
                raise OutreachNotFound
            return self._own(connection, row)

    def cancel(self, token: str) -> View:
        """
        Take a request back before the team has begun.

        Raises:
            OutreachNotFound: No request has this token.
            OutreachStateError: It is carried out, or ended already.
        """
        with self._context.database.write() as tx:
            row = db.by_token(tx.connection, tx.centre, token)
            if row is None:
                raise OutreachNotFound
            self._end(tx, row, "cancel", state="cancelled")
            found = db.by_token(tx.connection, tx.centre, token)
            assert found is not None
            return self._own(tx.connection, found)

    # What reception does.

    def requests(self) -> list[View]:
        """List what waits for reception, the oldest first."""
        with self._context.database.read() as connection:
            rows = db.to_answer(connection, self._context.centre, limit=SHOWN)
        return [self._for_staff(row) for row in rows]

    def plan_of(self, day: date | None = None) -> View:
        """
        Show what the teams carry out on a day, by the times at which visits begin.

        Returns:
            `{day, days, teams: [{key, name, works, slots: [{at, is_past, request}], others}], refused}`; `others` were
            planned for times that the configuration no longer has.
        """
        context = self._context
        config, zone, now = context.config, context.config.centre.zone_info, context.clock()
        today = day_of(now, config.centre.timezone)
        day = day or today
        with context.database.read() as connection:
            rows = db.planned(connection, context.centre, day, day)
            refused = self._refused(connection, day)
        closed = {holiday.date for holiday in config.centre.holidays}
        teams = []
        for team in config.outreach.teams:
            own = {row.slot_at: self._for_staff(row) for row in rows if row.team == team.key}
            works = team.works_on(day) and day not in closed
            slots = [
                {"at": context.local(at), "is_past": at < now, "request": own.pop(at, None)}
                for at in (team.slots(day, zone) if works else [])
            ]
            teams.append(
                {
                    "key": team.key,
                    "name": team.name,
                    "works": works,
                    "services": sorted(config.brought_by[team.key]),
                    "slots": slots,
                    "others": list(own.values()),
                }
            )
        ahead = [today + timedelta(days=each) for each in range(14)]
        return {
            "day": day.isoformat(),
            "days": [
                each.isoformat()
                for each in ahead
                if each not in closed and any(team.works_on(each) for team in config.outreach.teams)
            ],
            "teams": teams,
            "refused": refused,
        }

    def confirm(self, id: int) -> View:
        """
        Tell who asked that somebody will come.

        Raises:
            OutreachNotFound, OutreachStateError: There is none, or it was answered.
        """

        def work(tx: Transaction, row: Record) -> None:
            if state_of(row) != "asked":
                raise OutreachStateError(state=state_of(row), action="confirm")
            self._set(tx, row, state="confirmed")

        return self._act(id, work)

    def decline(self, id: int, reason: str) -> View:
        """
        Tell who asked that nobody will come, and why.

        Raises:
            OutreachNotFound, OutreachStateError: There is none, or it has ended.
            BadInput: No reason of the configuration.
        """
        if reason not in {each.key for each in self._context.config.outreach.decline_reasons}:
            raise BadInput(field="reason", value=reason)
        return self._act(id, lambda tx, row: self._end(tx, row, "decline", state="declined", reason=reason))

    def plan(self, id: int, *, team: str, slot_at: datetime) -> View:
        """
        Plan a visit for a team and a time, or for another than before.

        Raises:
            OutreachNotFound, OutreachStateError: There is none, or it is carried out, or has ended.
            NotServedHere: The team does not bring all that is asked for.
            NotThen, VisitPlanned: The team does not go out then, or has another visit.
        """
        config = self._context.config
        goes = config.team.get(team)
        if goes is None:
            raise OutreachNotFound

        def work(tx: Transaction, row: Record) -> None:
            if state_of(row) not in MAY_PLAN:
                raise OutreachStateError(state=state_of(row), action="plan")
            for service in row.services:
                if service not in config.brought_by[team]:
                    raise NotServedHere(service=service)
            day = self._check_slot(tx, goes, slot_at, but=row.id)
            self._cancel_ticket(tx, row)
            self._set(
                tx, row, state="planned", team=team, day=day, slot_at=slot_at, ticket_id=None, reason=None
            )

        return self._act(id, work)

    def forget(self) -> int:
        """Erase who was visited, so many days after it ended. Returns how many."""
        days = timedelta(days=self._context.config.outreach.keep_days)
        with self._context.database.write() as tx:
            return db.forget(tx, tx.now - days)

    def _check(self, wish: Wish) -> dict[str, str]:
        """Check a wish whole, so that whoever asks is told of every fault at once."""
        config = self._context.config
        # A browser counts a line break as one sign, but sends two.
        texts = {field: getattr(wish, field).replace("\r\n", "\n").strip() for field in LONGEST}
        categories = {each.key for each in config.outreach.categories}
        number = ""
        with suppress(BadInput):
            number = telephone_of(wish.telephone)
        count = len(wish.services)
        good = {
            "form": 8 <= len(wish.form) <= 64,
            "services": 1 <= count <= MAX_SERVICES and len(set(wish.services)) == count,
            "together": any(brought.issuperset(wish.services) for brought in config.brought_by.values()),
            "category": wish.category in categories,
            "name": 1 <= len(texts["name"]) <= LONGEST["name"],
            "telephone": bool(number),
            "address": 1 <= len(texts["address"]) <= LONGEST["address"],
            "note": len(texts["note"]) <= LONGEST["note"],
            "days": set(wish.days) <= set(WEEKDAYS),
            "language": wish.language is None or wish.language in config.centre.languages,
        }
        wrong = [field for field, is_good in good.items() if not is_good]
        if wrong:
            raise BadInput(field="services" if wrong[0] == "together" else wrong[0], fields=wrong)
        return {**texts, "telephone": number, "category": wish.category}

    def _check_slot(self, tx: Transaction, team: Team, slot_at: datetime, *, but: int) -> date:
        centre = self._context.config.centre
        day = day_of(slot_at, centre.timezone)
        closed = {holiday.date for holiday in centre.holidays}
        if (
            not team.works_on(day)
            or day in closed
            or slot_at < tx.now
            or day > tx.day + timedelta(days=DAYS_AHEAD)
            or slot_at not in team.slots(day, centre.zone_info)
        ):
            raise NotThen
        for other in db.planned(tx.connection, tx.centre, day, day):
            ended = other.ticket_state in ("cancelled", "expired")
            if other.team == team.key and other.slot_at == slot_at and other.id != but and not ended:
                raise VisitPlanned
        return day

    def _act(self, id: int, work: Callable[[Transaction, Record], None]) -> View:
        with self._context.database.write() as tx:
            row = db.by_id(tx.connection, tx.centre, id, lock=True)
            if row is None:
                raise OutreachNotFound
            work(tx, row)
            changed = db.by_id(tx.connection, tx.centre, id)
            assert changed is not None
            return self._for_staff(changed)

    def _end(self, tx: Transaction, row: Record, action: str, **values: Any) -> None:
        if state_of(row) not in MAY_CANCEL:
            raise OutreachStateError(state=state_of(row), action=action)
        self._cancel_ticket(tx, row)
        self._set(tx, row, **values)

    def _cancel_ticket(self, tx: Transaction, row: Record) -> None:
        if row.ticket_state not in ("waiting", "called", "held"):
            return
        ticket = queries.ticket(tx.connection, row.ticket_id, lock=True)
        tx.execute(
            update(tickets)
            .where(tickets.c.id == ticket.id)
            .values(state=str(TicketState.CANCELLED), ended_at=tx.now, bound=None, held_until=None)
        )
        tx.record(
            EventKind.TICKET_CANCELLED,
            ticket=ticket.id,
            number=ticket.label,
            service=ticket.service,
            counter=ticket.counter,
        )

    def _set(self, tx: Transaction, row: Record, **values: Any) -> None:
        tx.execute(
            update(outreach_requests)
            .where(outreach_requests.c.id == row.id)
            .values(changed_at=tx.now, **values)
        )

    # How it is shown.

    def _own(self, connection: Connection, row: Record) -> View:
        context = self._context
        state = state_of(row)
        team = context.config.team.get(row.team or "")
        reasons = {each.key: each.name for each in context.config.outreach.decline_reasons}
        rate = {}
        if row.ticket_id is not None:
            rate = {each.service: each for each in queries.requests_of(connection, row.ticket_id)}
        is_set = state in ("planned", "on_the_way", "serving", "served", "missed")
        return {
            "token": row.token,
            "state": state,
            "language": row.language,
            "services": [
                {
                    **self._service(key),
                    "bring": list(context.config.service[key].bring) if key in context.config.service else [],
                    "rating_token": rate[key].rating_token if key in rate else None,
                    "rated": key in rate and rate[key].rated_at is not None,
                }
                for key in self._served(row, rate)
            ],
            "asked_at": context.local(row.created_at),
            "slot_at": context.local(row.slot_at) if is_set else None,
            "team_name": team.name if team and is_set else None,
            "number": row.ticket_number if is_set else None,
            "reason": reasons.get(row.reason) if row.reason else None,
            "can_cancel": state in MAY_CANCEL,
            "keep_days": context.config.outreach.keep_days,
            "at": context.local(context.clock()),
        }

    def _served(self, row: Record, rate: dict[str, Any]) -> Sequence[str]:
        """List what was asked for, and what was added at home."""
        return [*row.services, *(key for key in rate if key not in row.services)]

    def _for_staff(self, row: Record) -> View:
        context = self._context
        category = next(
            (each for each in context.config.outreach.categories if each.key == row.category), None
        )
        return {
            "id": row.id,
            "state": state_of(row),
            "language": row.language,
            "services": [self._service(key) for key in row.services],
            "days": list(row.days),
            "asked_at": context.local(row.created_at),
            "team": row.team,
            "slot_at": context.local(row.slot_at),
            "number": row.ticket_number,
            "reason": row.reason,
            "contact": contact_of(row),
            "category_name": category.name if category else None,
            "evidence": category.evidence if category else None,
        }

    def _service(self, key: str) -> View:
        return {"key": key, "name": self._context.service_name(key)}

    def _refused(self, connection: Connection, day: date) -> list[View]:
        """List what teams did that the hall could not take, as when a visit was cancelled meanwhile."""
        context = self._context
        acts = outreach_acts.c
        rows = connection.execute(
            select(outreach_acts, tickets.c.label)
            .select_from(outreach_acts.outerjoin(tickets, tickets.c.id == acts.ticket_id))
            .where(acts.centre == context.centre, acts.outcome != "done", tickets.c.day == day)
            .order_by(acts.synced_at, acts.done_at)
            .limit(SHOWN)
        ).fetchall()
        return [
            {
                "team": row.team,
                "number": row.label,
                "verb": row.verb,
                "done_at": context.local(row.done_at),
                "outcome": row.outcome,
                "state": row.state,
            }
            for row in rows
        ]


def contact_of(row: Record) -> View | None:
    """Tell who is visited and where, as long as that is kept."""
    if row.contact_name is None:
        return None
    return {
        "name": row.contact_name,
        "telephone": row.telephone,
        "address": row.address,
        "note": row.note,
    }
