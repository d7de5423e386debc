"""What a verification found, in words."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from server.domain.ledger.entries import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from server.domain.ledger.checkpoint import Checkpoint
    from server.domain.ledger.entries import Entry
    from server.domain.replay import Finding
    from server.verifying.reading import Line

# Of one fault; one cause may show in thousands of entries.
SHOWN = 20

SENTENCES = {
    # The file and its heads.
    "broken_line": "line {line} cannot be read: {what}",
    "bad_signature": "the head of {head}: {what}",
    "no_checkpoint": "no checkpoint of a log: {text!r}",
    "other_log": "the head of {head} is that of another log, {origin}",
    "wrong_span": "the file goes from {from} to {to}, but the head before has {before} entries and the closing one {size}",
    "no_consistency": "the file has no proof that the log grew out of that of the day before",
    "inconsistent": "the log of {size} did not grow out of that of {before}: its past was changed",
    "left_unproven": "what the day goes on from does not fit the head of the day before",
    "seen_outside": "the head of {head}, signed {at}, is not of this file, which goes from {from} to {to}",
    "head_unfit": "the head of {head}, signed {at}, does not fit: something was changed from entry {first} on",
    # Single entries.
    "changed": "changed: the log does not hold this",
    "missing": "missing{until}",
    "put_in": "put in: line {line} is not in the log, another entry has this place",
    "repeated": "line {line} repeats it",
    "moved": "line {line} stands at the wrong place",
    "renumbered": "line {line} says it is entry {says}",
    "erased": "erased: its hash is in the log, what it said is not in the file",
    "no_proof": "the log could not prove it: hashes were taken out of its table",
    "unsealed": "never sealed, though later entries are: {entry}",
    "time_back": "written after an entry of {after}: time goes back",
    "other_day": "is of {day}",
    "done_ahead": "says it was done at {done_at}, later than it was written",
    "unreadable": "makes no sense: {what}",
    "too_early": "the configuration with the policy {policy} came into force before {start}, from when it was published to",
    # Tickets.
    "twice": "the number was given twice",
    "backdated": "counts from {start_at}, not from when it was taken",
    "due_wrong": "due {due_at}, but its own figures give {should}",
    "not_by_policy": "target {target_s} s and credit {credit_s} s for {service}, which the policy does not give",
    "service_closed": "given to a walk-in for {service}, which was closed for the day",
    "unknown": "of a ticket that the log does not know",
    "cannot": "{act} of a ticket that is {state}",
    # Calls.
    "not_waiting": "counter {counter} called a ticket that did not wait (it was {state})",
    "counter_closed": "called at counter {counter}, which was not open",
    "other_official": "called at counter {counter} by an official who was not there",
    "two_in_hand": "called at counter {counter}, which still had {other}",
    "not_served_here": "called at counter {counter}, which does not serve {service}",
    "due_changed": "due {due_at} at the call, but {was} before",
    "quota_count": "says that {says} calls were made since the quota's last; it were {counted}",
    "other_rule": "says it was called by the rule {says!r}; it was {rule!r}",
    "no_reason": "called out of turn at counter {counter} without a reason",
    "passed_over": (
        "counter {counter} called it (here since {start}, due {due}) before {passed} (here since {passed_start}, due "
        "{passed_due}) without a recorded reason{next}"
    ),
}


class Report:
    """
    What was found.

    Attributes:
        closing: The head that closed the day; None when even that cannot be read.
        entries: How many entries of the day the closing head proves.
        heads: How many heads the file holds.
        rules: How many calls by which rule.
        out_of_turn: Calls out of turn that have a reason: allowed, and shown all the same.
    """

    def __init__(self, header: Mapping[str, Any], *, key_from_file: bool) -> None:
        self.header = header
        self.key_from_file = key_from_file
        self.findings: list[Finding] = []
        self.closing: Checkpoint | None = None
        self.entries = 0
        self.heads = 0
        self.rules: dict[str, int] = {}
        self.out_of_turn: list[tuple[int, Entry]] = []
        self._longest: tuple[timedelta, int] | None = None
        self._known: dict[int, Entry] = {}

    @property
    def is_good(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings

    def add(self, findings: Iterable[Finding]) -> None:
        """Take what a check found."""
        self.findings += findings

    def know(self, lines: Iterable[Line]) -> None:
        """Remember what the file says of each place, to name it by."""
        for line in lines:
            if line.entry is not None:
                self._known.setdefault(line.index, line.entry)

    def note_delay(self, index: int, delay: timedelta) -> None:
        """Keep the longest time that an entry waited to be sealed."""
        if self._longest is None or delay > self._longest[0]:
            self._longest = (delay, index)

    def lines(self) -> Iterator[str]:
        """Write the report."""
        header = self.header
        yield f"{header['origin']}, {header['day']}: entries {header['from']} to {header['to'] - 1}"
        if self.key_from_file:
            yield "key:   taken from the file itself; give the published one with --key"
        if self.closing is not None:
            when = self._time(self.closing.at)
            yield f"tree:  {self.entries} entries proven by the head of {self.closing.size}, {self.closing.short}, of {when}"
        yield f"heads: {self.heads}{self._delay()}"
        rules = ", ".join(f"{count} {rule}" for rule, count in sorted(self.rules.items()))
        yield f"calls: {sum(self.rules.values())} replayed{': ' + rules if rules else ''}"
        yield from (f"       {each}" for each in self._reasons())
        yield from self._faults()
        yield "in order" if self.is_good else f"NOT IN ORDER: {len(self.findings)} found"

    def _faults(self) -> Iterator[str]:
        shown: Counter[str] = Counter()
        total = Counter(each.fault for each in self.findings)
        for each in sorted(self.findings, key=lambda each: (each.index is not None, each.index or 0)):
            shown[each.fault] += 1
            if shown[each.fault] <= SHOWN:
                yield f"FOUND  {self._sentence(each)}"
        for fault, count in total.items():
            if count > SHOWN:
                yield f"       … and {count - SHOWN} more of {fault!r}"

    def _sentence(self, finding: Finding) -> str:
        facts = {name: self._figure(value) for name, value in finding.facts.items()}
        last = finding.facts.get("last")
        facts["until"] = f", and all up to {self._name(last)}" if last is not None else ""
        facts["next"] = ", who was next" if finding.facts.get("is_next") else ""
        sentence = SENTENCES[finding.fault].format(**facts)
        return sentence if finding.index is None else f"entry {self._name(finding.index)}: {sentence}"

    def _name(self, index: int) -> str:
        entry = self._known.get(index)
        if entry is not None:
            return f"{index} ({self._what(entry)})"
        around = [self._known.get(index + step) for step in (-1, 1)]
        words = [
            f"{word} {self._what(each)}"
            for word, each in zip(("after", "before"), around, strict=True)
            if each
        ]
        return f"{index} ({' and '.join(words)})" if words else str(index)

    def _what(self, entry: Entry) -> str:
        number = f" {entry['number']}" if entry["number"] else ""
        try:
            return f"{entry['kind']}{number} at {self._time(read_time(entry['at']))}"
        except (ValueError, TypeError):
            return f"{entry['kind']}{number}"

    def _figure(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return self._time(value)
        return self._what(value) if isinstance(value, dict) else value

    def _time(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self.header["timezone"])).isoformat(sep=" ", timespec="seconds")

    def _delay(self) -> str:
        if self._longest is None:
            return ""
        delay, index = self._longest
        return (
            f"; the longest that an entry waited to be sealed: {delay.total_seconds():.1f} s (entry {index})"
        )

    def _reasons(self) -> Iterator[str]:
        for index, entry in self.out_of_turn:
            yield (
                f"out of turn with a reason: entry {self._name(index)}, counter {entry['counter']}: "
                f"{entry['data'].get('reason')}"
            )
