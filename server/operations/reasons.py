"""Why those who came later were called earlier, in the visitor's words and from the log alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from server import wording
from server.db import queries
from server.domain.calling import Lane, Rule, Terms
from server.domain.explaining import Call, Reason, Waiter, explain
from server.errors import TicketNotFound
from server.events import EventKind
from server.operations.serving import WITHOUT_NETWORK, bound_to_counter, bound_to_official, quota_every
from server.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from server.db.models import Record
    from server.operations.context import Context, View

CALLS = (str(EventKind.TICKET_CALLED), str(EventKind.TICKET_RESUMED))
# Entries after which a ticket waits, with the terms that they carry.
WAITS_AFTER = (
    str(EventKind.TICKET_ISSUED),
    str(EventKind.TICKET_TRANSFERRED),
    str(EventKind.TICKET_FINISHED),
    str(EventKind.TICKET_REJOINED),
    str(EventKind.TICKET_CHANGED),
    str(EventKind.PRIORITY_GIVEN),
)
KEEPS_WAITING = (str(EventKind.TICKET_FREED),)


class Reasons:
    """Reads of the log for one visitor."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def why(self, token: str, language: str | None = None) -> View:
        """
        List each ticket that arrived after this one and was called before it.

        Nothing in it tells more of another visitor than figures of the rule and "by law".

        Raises:
            TicketNotFound: No ticket has this token.
        """
        context = self._context
        with context.database.read() as connection:
            ticket = queries.ticket_by_token(connection, context.centre, token)
            if ticket is None:
                raise TicketNotFound
            own = queries.events_of(connection, ticket.id)
            calls = self._later_calls(connection, ticket, own)
            shifts = queries.shifts_during(connection, context.centre, own[0].at)
            arrived = queries.arrivals(connection, [call.ticket for call in calls])
        words = self._words(language or ticket.language)
        passed = [self._passed(ticket, own, call, shifts, arrived, words) for call in calls]
        return {
            "number": ticket.label,
            "state": ticket.state,
            "language": words.language,
            "due_at": context.local(ticket.due_at),
            "rule": words.text("why.rule"),
            "policy": ticket.policy,
            "passed": passed,
        }

    def _later_calls(self, connection: Connection, ticket: Record, own: Sequence[Record]) -> Sequence[Record]:
        """Read the calls of later tickets, while this one had not been called for good."""
        called = [row.id for row in own if row.kind in CALLS]
        until = called[-1] if called else None
        if called and own[-1].kind in WAITS_AFTER and own[-1].data.get("due_at"):
            until = None  # it waits again
        return queries.calls_between(
            connection, self._context.centre, kinds=CALLS, after=own[0].id, until=until, later_than=ticket.id
        )

    def _passed(
        self,
        ticket: Record,
        own: Sequence[Record],
        call: Record,
        shifts: Sequence[Record],
        arrived: dict[int, datetime],
        words: Wording,
    ) -> View:
        mine = self._mine(ticket, own, call.id)
        theirs = _waiter(call.ticket, call.service, call.data, bound=None)
        shift = next(
            (
                each
                for each in shifts
                if each.counter == call.counter
                and each.opened_at <= call.at
                and (each.closed_at is None or each.closed_at >= call.at)
            ),
            None,
        )
        rule = Rule(call.data["rule"])
        bounds = frozenset({bound_to_counter(call.counter), bound_to_official(call.official)})
        if rule is Rule.BOUND:
            theirs = _waiter(call.ticket, call.service, call.data, bound=bound_to_counter(call.counter))
        made = Call(
            at=call.at,
            ticket=theirs,
            counter=call.counter,
            rule=rule,
            services=frozenset(shift.services if shift else ()),
            bounds=bounds,
            since=call.data.get("since", 0),
            quota_every=quota_every(self._context.config),
        )
        reason = explain(mine, made)
        return {
            "number": call.number,
            "counter": call.counter,
            "called_at": self._context.local(call.at),
            "arrived_at": self._context.local(arrived.get(call.ticket, call.at)),
            "due_at": self._context.local(theirs.terms.due_at),
            "rule": str(reason),
            "sentence": self._sentence(reason, mine, made, call, words),
        }

    def _mine(self, ticket: Record, own: Sequence[Record], before: int) -> Waiter:
        """Find how this ticket stood when an entry of the log was written."""
        waiter = None
        for row in own:
            if row.id >= before:
                break
            if row.kind in WAITS_AFTER and row.data.get("due_at"):
                service = row.data.get("to_service") or row.service
                waiter = _waiter(ticket.id, service, row.data, bound=row.data.get("bound"))
            elif row.kind in KEEPS_WAITING and waiter is not None:
                waiter = Waiter(waiter.id, waiter.service, waiter.terms, waiter.lane)
            elif waiter is not None:
                waiter = Waiter(
                    waiter.id, waiter.service, waiter.terms, waiter.lane, waiter.bound, is_waiting=False
                )
        assert waiter is not None, "a ticket's first entry is its issue"
        return waiter

    def _sentence(self, reason: Reason, mine: Waiter, call: Call, row: Record, words: Wording) -> str:
        facts: dict[str, Any] = {
            "number": row.number,
            "counter": call.counter,
            "due": self._time(call.ticket.terms.due_at, words),
            "terms": self._terms(call.ticket.terms, words),
            "my_due": self._time(mine.terms.due_at, words),
            "my_terms": self._terms(mine.terms, words),
            "every": call.quota_every,
        }
        if reason is Reason.OUT_OF_TURN:
            facts["reason"] = self._recorded(row.data.get("reason"), words)
        return words.text(f"why.{reason}", **facts)

    def _terms(self, terms: Terms, words: Wording) -> str:
        parts = [
            words.text("why.terms", start=self._time(terms.start_at, words), target=_minutes(terms.target))
        ]
        if terms.credit:
            parts.append(words.text("why.terms_credit", credit=_minutes(terms.credit)))
        if terms.penalty:
            parts.append(words.text("why.terms_penalty", penalty=_minutes(terms.penalty)))
        return ", ".join(parts)

    def _recorded(self, key: str | None, words: Wording) -> str:
        for choice in self._context.config.policy.out_of_turn_reasons:
            if choice.key == key:
                return words.name(choice.name)
        if key == WITHOUT_NETWORK:
            return words.text("why.without_network")
        return key or "–"

    def _time(self, at: datetime, words: Wording) -> str:
        return wording.clock_time(at, words.language, self._context.config.centre.zone_info)

    def _words(self, language: str) -> Wording:
        centre = self._context.config.centre
        chosen = language if language in centre.languages else centre.state_language
        return Wording(chosen, centre.state_language)


def _waiter(id: int, service: str, data: Any, *, bound: str | None) -> Waiter:
    return Waiter(
        id,
        service,
        Terms(
            datetime.fromisoformat(data["start_at"]),
            target=timedelta(seconds=data["target_s"]),
            credit=timedelta(seconds=data["credit_s"]),
            penalty=timedelta(seconds=data["penalty_s"]),
        ),
        Lane(data["lane"]),
        bound,
    )


def _minutes(length: timedelta) -> int:
    return round(length.total_seconds() / 60)
