"""Goes through a log and says what cannot be."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from server.domain.calling import Lane, Rule, choose_next, due_time
from server.domain.ledger.entries import read_time, write_time
from server.domain.replay.state import IN_HAND, Counter, Finding, Policy, Ticket, Waiting
from server.domain.states import ticket_after
from server.errors import TicketStateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from server.domain.ledger.entries import Entry
FIGURES = ("target", "credit", "penalty")
# Who comes, or is come to, at a time agreed before: it counts from there.
PLANNED = ("appointment", "outreach")


class Replay:
    """Goes through a log entry by entry."""

    def __init__(self) -> None:
        self.tickets: dict[int, Ticket] = {}
        self.counters: dict[int, Counter] = defaultdict(Counter)
        self.waiting = Waiting()
        self.policy: Policy | None = None
        # By key the time of each appointment; None where it is one no more. Those of earlier days are not at hand.
        self.appointments: dict[int, datetime | None] = {}
        # By its digest, from when a configuration was published to hold.
        self.holds_from: dict[str, datetime] = {}
        self.rules: Tally[str] = Tally()
        self.out_of_turn: list[tuple[int, Entry]] = []
        self._closed_until: dict[str, datetime] = {}
        self._numbers: set[str | None] = set()
        self._is_checked = True
        self._do: dict[str, Callable[[Entry], Iterator[Finding]]] = {
            "config.applied": self._configured,
            "config.published": self._published,
            "counter.opened": self._opened,
            "counter.changed": self._opened,
            "counter.paused": self._left,
            "counter.closed": self._left,
            "service.closed": self._service_closed,
            "service.opened": self._service_opened,
            "appointment.booked": self._booked,
            "appointment.moved": self._booked_at,
            "appointment.cancelled": self._unbooked,
            "appointment.missed": self._unbooked,
            "ticket.issued": self._issued,
            "ticket.called": self._called,
            "ticket.resumed": self._resumed,
            "ticket.freed": self._freed,
            "ticket.finished": self._finished,
            "ticket.transferred": lambda entry: self._wait_again(entry, "transfer"),
            "ticket.rejoined": lambda entry: self._wait_again(entry, "rejoin"),
            "ticket.changed": lambda entry: self._wait_again(entry, "change"),
            "ticket.priority_given": lambda entry: self._wait_again(entry, "give_priority"),
            **{
                f"ticket.{kind}": self._act(act)
                for kind, act in (
                    ("recalled", "recall"),
                    ("started", "start"),
                    ("no_show", "no_show"),
                    ("held", "hold"),
                    ("postponed", "postpone"),
                    ("cancelled", "cancel"),
                    ("expired", "expire"),
                )
            },
        }

    def go_on(self, index: int, entry: Entry, *, is_checked: bool = True) -> list[Finding]:
        """
        Take the next entry.

        Args:
            is_checked: False for an entry of an earlier day, of which only a part is at hand.

        Returns:
            What cannot be about it.
        """
        do = self._do.get(entry["kind"])
        if do is None:
            return []
        self._is_checked = is_checked
        try:
            found = [Finding(each.fault, index, each.facts) for each in (*_check_moment(entry), *do(entry))]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            found = [Finding("unreadable", index, {"what": f"{type(error).__name__}: {error}"})]
        if not is_checked:
            return []
        if entry["kind"] == "ticket.called":
            self.rules[entry["data"].get("rule", "")] += 1
            if entry["data"].get("rule") == Rule.OUT_OF_TURN:
                self.out_of_turn.append((index, entry))
        return found

    # The configuration and the counters.

    def _published(self, entry: Entry) -> Iterator[Finding]:
        data = entry["data"]
        start = read_time(data["from_at"])
        self.holds_from[data["digest"]] = min(start, self.holds_from.get(data["digest"], start))
        yield from ()

    def _configured(self, entry: Entry) -> Iterator[Finding]:
        data = entry["data"]
        start = self.holds_from.get(data.get("digest", ""))
        if start is not None and read_time(entry["at"]) < start:
            yield Finding("too_early", facts={"policy": data["policy"], "start": write_time(start)})
        self.policy = Policy(
            data["quota_every"], data["targets"], data["arrival_targets"], frozenset(data["credits"])
        )

    def _opened(self, entry: Entry) -> Iterator[Finding]:
        counter = self.counters[entry["counter"]]
        counter.services = frozenset(entry["data"]["services"])
        counter.official = entry["official"]
        counter.is_open = counter.is_open or entry["kind"] == "counter.opened"
        yield from ()

    def _left(self, entry: Entry) -> Iterator[Finding]:
        self.counters[entry["counter"]].is_open = False
        yield from ()

    def _service_closed(self, entry: Entry) -> Iterator[Finding]:
        self._closed_until[entry["service"]] = read_time(entry["data"]["until_at"])
        yield from ()

    def _service_opened(self, entry: Entry) -> Iterator[Finding]:
        self._closed_until.pop(entry["service"], None)
        yield from ()

    # Appointments.

    def _booked(self, entry: Entry) -> Iterator[Finding]:
        if entry["data"]["appointment"] in self.appointments:
            yield Finding("twice")
        yield from self._booked_at(entry)

    def _booked_at(self, entry: Entry) -> Iterator[Finding]:
        self.appointments[entry["data"]["appointment"]] = read_time(entry["data"]["slot_at"])
        yield from ()

    def _unbooked(self, entry: Entry) -> Iterator[Finding]:
        self.appointments[entry["data"]["appointment"]] = None
        yield from ()

    # Tickets that come to wait.

    def _issued(self, entry: Entry) -> Iterator[Finding]:
        data = entry["data"]
        yield from self._check_terms(entry, entry["service"], data["origin"])
        if data["origin"] not in PLANNED and read_time(data["start_at"]) != read_time(entry["at"]):
            yield Finding("backdated", facts={"start_at": data["start_at"]})
        if data["origin"] == "walk_in" and not data.get("promised"):
            for service in data["services"]:
                until_at = self._closed_until.get(service)
                if until_at is not None and read_time(entry["at"]) < until_at:
                    yield Finding("service_closed", facts={"service": service})
        appointment = data.get("appointment")
        if appointment in self.appointments and self.appointments[appointment] != read_time(data["start_at"]):
            yield Finding("backdated", facts={"start_at": data["start_at"]})
        if entry["ticket"] in self.tickets or entry["number"] in self._numbers:
            yield Finding("twice")
        if self._is_checked:  # numbers begin anew each day
            self._numbers.add(entry["number"])
        ticket = Ticket(
            entry["ticket"],
            entry["number"],
            read_time(data["start_at"]),
            read_time(data["due_at"]),
            Lane(data["lane"]),
            entry["service"],
            bound=data.get("bound"),
            figures=(data["target_s"], data["credit_s"]),
        )
        self.tickets[ticket.id] = ticket
        self.waiting.add(ticket)

    def _wait_again(self, entry: Entry, act: str) -> Iterator[Finding]:
        ticket = self.tickets.get(entry["ticket"])
        if ticket is None:
            yield Finding("unknown")
            return
        yield from self._move(ticket, act)
        data = entry["data"]
        service = data.get("to_service") or ticket.service
        figures = (data["target_s"], data["credit_s"])
        if (
            act == "rejoin" and figures == ticket.figures
        ):  # who comes back keeps the terms, whatever the policy is now
            yield from self._check_due(entry)
        else:
            yield from self._check_terms(entry, service, None)
        if read_time(data["start_at"]) != ticket.start_at:
            yield Finding("backdated", facts={"start_at": data["start_at"]})
        ticket.state, ticket.service, ticket.counter, ticket.figures = "waiting", service, None, figures
        ticket.due_at, ticket.lane = read_time(data["due_at"]), Lane(data["lane"])
        ticket.bound = data.get("bound")
        self.waiting.add(ticket)

    def _finished(self, entry: Entry) -> Iterator[Finding]:
        if entry["data"].get("to_service") is None:
            yield from self._act("finish")(entry)
            return
        yield from self._wait_again(entry, "finish")

    def _freed(self, entry: Entry) -> Iterator[Finding]:
        ticket = self.tickets.get(entry["ticket"])
        if ticket is None or ticket.state != "waiting":
            yield Finding("unknown")
            return
        ticket.bound = None
        self.waiting.add(ticket)

    # Calls.

    def _called(self, entry: Entry) -> Iterator[Finding]:
        data = entry["data"]
        number = entry["counter"]
        counter = self.counters[number]
        ticket = self.tickets.get(entry["ticket"])
        if ticket is None or ticket.state != "waiting":
            yield Finding("not_waiting", facts={"state": ticket.state if ticket else None, "counter": number})
            self._hand(ticket, counter, number, data)
            return
        yield from self._check_place(entry, counter, number)
        if read_time(data["due_at"]) != ticket.due_at or Lane(data["lane"]) is not ticket.lane:
            yield Finding("due_changed", facts={"was": ticket.due_at, "due_at": data["due_at"]})
        if counter.since_quota is not None and counter.since_quota != data["since"]:
            yield Finding("quota_count", facts={"counted": counter.since_quota, "says": data["since"]})
        if data["rule"] == Rule.OUT_OF_TURN:
            if not data.get("reason"):
                yield Finding("no_reason", facts={"counter": number})
        else:
            yield from self._check_choice(ticket, counter, number, data)
        self._hand(ticket, counter, number, data)

    def _check_place(self, entry: Entry, counter: Counter, number: int) -> Iterator[Finding]:
        if not counter.is_open:
            yield Finding("counter_closed", facts={"counter": number})
        elif counter.official != entry["official"]:
            yield Finding("other_official", facts={"counter": number})
        yield from self._check_empty(counter, number)

    def _check_empty(self, counter: Counter, number: int) -> Iterator[Finding]:
        other = counter.in_hand
        if other is not None and other.counter == number and other.state in IN_HAND:
            yield Finding("two_in_hand", facts={"counter": number, "other": other.number})

    def _check_choice(
        self, ticket: Ticket, counter: Counter, number: int, data: Mapping[str, Any]
    ) -> Iterator[Finding]:
        quota = {
            "calls_since_quota": data["since"],
            "quota_every": self.policy.quota_every if self.policy else None,
        }
        choice = choose_next(self.waiting.first_for(number, counter), **quota)
        if choice is not None and choice.id == ticket.id:
            if choice.rule != data["rule"]:
                yield Finding("other_rule", facts={"rule": choice.rule, "says": data["rule"]})
            return
        everyone = {each.id: each for each in self.waiting.all_for(number, counter)}
        called = everyone.get(ticket.id)
        if called is None:
            yield Finding("not_served_here", facts={"counter": number, "service": ticket.service})
            return
        for other in everyone.values():
            first = choose_next([called, other], **quota)
            if first is not None and first.id != ticket.id:
                passed = self.tickets[other.id]
                yield Finding(
                    "passed_over",
                    facts={
                        "counter": number,
                        "passed": passed.number,
                        "passed_due": passed.due_at,
                        "passed_start": passed.start_at,
                        "passed_lane": passed.lane,
                        "due": ticket.due_at,
                        "start": ticket.start_at,
                        "is_next": choice is not None and other.id == choice.id,
                    },
                )

    def _hand(self, ticket: Ticket | None, counter: Counter, number: int, data: Mapping[str, Any]) -> None:
        counter.since_quota = 0 if Lane(data["lane"]) is Lane.QUOTA else data["since"] + 1
        if ticket is None:
            return
        self.waiting.remove(ticket)
        ticket.state, ticket.counter, ticket.bound = "called", number, None
        counter.in_hand = ticket

    def _resumed(self, entry: Entry) -> Iterator[Finding]:
        ticket = self.tickets.get(entry["ticket"])
        if ticket is None:
            yield Finding("unknown")
            return
        if ticket.counter != entry["counter"]:
            yield Finding("not_waiting", facts={"state": ticket.state, "counter": entry["counter"]})
        counter = self.counters[entry["counter"]]
        yield from self._check_empty(counter, entry["counter"])
        yield from self._move(ticket, "resume")
        ticket.counter = entry["counter"]
        counter.in_hand = ticket

    # What every act shares.

    def _act(self, act: str) -> Callable[[Entry], Iterator[Finding]]:
        def do(entry: Entry) -> Iterator[Finding]:
            ticket = self.tickets.get(entry["ticket"])
            if ticket is None:
                yield Finding("unknown")
                return
            yield from self._move(ticket, act)

        return do

    def _move(self, ticket: Ticket, act: str) -> Iterator[Finding]:
        """Lead a ticket from its state to the next, wherever it stands."""
        before = ticket.state
        try:
            after = str(ticket_after(before, act))
        except TicketStateError:
            yield Finding("cannot", facts={"state": before, "act": act})
            after = before
        if after != "waiting":
            self.waiting.remove(ticket)
        ticket.state = after
        if act == "postpone":
            ticket.counter = None

    def _check_terms(self, entry: Entry, service: str, origin: str | None) -> Iterator[Finding]:
        """Check that the policy gives the figures of a due time, and the figures the due time."""
        yield from self._check_due(entry)
        if self.policy is None:
            return
        allowed = {self.policy.targets_s.get(service)}
        if origin is None:
            allowed.update(self.policy.arrivals_s.values())
        elif origin in self.policy.arrivals_s:
            allowed = {self.policy.arrivals_s[origin]}
        target, credit = entry["data"]["target_s"], entry["data"]["credit_s"]
        if target not in allowed or credit not in self.policy.credits_s:
            yield Finding("not_by_policy", facts={"target_s": target, "credit_s": credit, "service": service})

    def _check_due(self, entry: Entry) -> Iterator[Finding]:
        data = entry["data"]
        target, credit, penalty = (timedelta(seconds=data[f"{name}_s"]) for name in FIGURES)
        due_at = due_time(read_time(data["start_at"]), target=target, credit=credit, penalty=penalty)
        if due_at != read_time(data["due_at"]) or penalty < timedelta(0):
            yield Finding("due_wrong", facts={"due_at": data["due_at"], "should": due_at})


def _check_moment(entry: Entry) -> Iterator[Finding]:
    """Check that what a team did without network was done before it was written."""
    done_at = entry["data"].get("done_at")
    if done_at is not None and read_time(done_at) > read_time(entry["at"]):
        yield Finding("done_ahead", facts={"done_at": done_at})
