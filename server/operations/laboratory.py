"""The policy laboratory: what other figures of the rule, or other counters, would have made of a past day."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from server.config.figures import free_version
from server.domain.laboratory import Changes, compare, play, read_day
from server.errors import BadInput, LaboratoryBusy
from server.operations.ledger import entry_of
from server.operations.log_export import rows_of_day
from server.operations.serving import quota_every

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from server.config import Config
    from server.domain.laboratory import Comparison, Day, Played
    from server.operations.context import Context, View

# A day of a large hall has some ten thousand; playing more would keep the machine for too long.
MOST_ENTRIES = 60_000
MINUTES = range(1, 241)
CREDITS = range(241)
QUOTAS = range(2, 21)
MOST_COUNTERS = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """
    What is to be tried out, as people write it: minutes, and None or nothing where it stays.

    Attributes:
        walk_in, appointment, collect: Targets by the way of coming; services that have a target of their own keep it.
        services: Targets of single services.
        credits: By the credit as it is now, the credit that it is to be.
        quota_every: At least every Nth call, where some category has a quota.
        added: Counters of which there is to be a second one.
        removed: Counters that stay closed.
    """

    walk_in: int | None = None
    appointment: int | None = None
    collect: int | None = None
    services: Mapping[str, int] = field(default_factory=dict)
    credits: Mapping[int, int] = field(default_factory=dict)
    quota_every: int | None = None
    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()


class Laboratory:
    """Plays past days. Nothing that it does changes anything in the hall."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._is_busy = False
        # The day that was read last, with its play as it was: the next trial is mostly of the same day.
        self._last: tuple[date, Day, Played] | None = None

    def settings(self) -> View:
        """
        Tell the figures as they are: `{version, walk_in, appointment, collect, services: {key: minutes}, credits:
        [{minutes, categories: [key]}], quota_every, quota_categories}`.
        """
        config = self._context.config
        targets = config.policy.target_minutes
        credits: dict[int, list[str]] = {}
        for category in config.categories:
            if category.credit_minutes:
                credits.setdefault(category.credit_minutes, []).append(category.key)
        return {
            "version": config.policy.version,
            "walk_in": targets.walk_in,
            "appointment": targets.appointment,
            "collect": targets.collect,
            "services": {each.key: each.target_minutes for each in config.services},
            "credits": [
                {"minutes": minutes, "categories": keys} for minutes, keys in sorted(credits.items())
            ],
            "quota_every": quota_every(config),
            "quota_categories": [each.key for each in config.categories if each.quota_every],
        }

    def try_out(self, day: date, trial: Trial) -> View:
        """
        Play a past day as it was and as it would have been.

        Returns:
            `{day, visitors, same, all: {part: row}, agencies: [row], services: [row]}`; a row has `visitors, gain,
            lose, before, after`, both of these `called, wait_p50_s, wait_p90_s, in_target, not_called, passed_s`.
            `same` is the share of the day's first calls that come out at the very same moment where nothing differs.

        Raises:
            BadInput: No past day with a log, or a figure that cannot be; `field` names it.
            LaboratoryBusy: Another trial is being played.
        """
        if day >= self._context.day_of(self._context.clock()):
            raise BadInput(field="day", value=day.isoformat())
        changes = changes_of(self._context.config, trial)
        if self._is_busy:
            raise LaboratoryBusy
        self._is_busy = True
        try:
            return self._context.offload(lambda: self._play(day, changes))  # type: ignore[no-any-return]
        finally:
            self._is_busy = False

    def _play(self, day: date, changes: Changes) -> View:
        context = self._context
        if self._last is None or self._last[0] != day:
            with context.database.read() as connection:
                rows = rows_of_day(connection, context.centre, day, at_most=MOST_ENTRIES)
            if not rows:
                raise BadInput(field="day", value=day.isoformat())
            read = read_day(entry_of(row) for row in rows)
            self._last = (day, read, play(read))
        _, read, before = self._last
        after = before if changes.are_none else play(read, changes)
        compared = compare(read, before, after, agency_of=self._agency_of)
        was = {ticket: at for ticket, _, at in read.calls}
        same = sum(was.get(call.ticket) == call.at for call in before.calls)
        return {
            "day": day.isoformat(),
            "visitors": len(read.visits),
            "same": round(same / len(was), 4) if was else None,
            "all": {part: _row(each) for part, each in compared["all"].items()},
            "agencies": [
                {"key": key, "name": self._agency_name(key), **_row(each)}
                for key, each in compared["agencies"].items()
            ],
            "services": [
                {"key": key, "name": context.service_name(key), **_row(each)}
                for key, each in compared["services"].items()
            ],
        }

    def _agency_of(self, service: str) -> str:
        found = self._context.config.service.get(service)
        return found.agency if found else "-"

    def _agency_name(self, key: str) -> dict[str, str]:
        found = self._context.config.agency.get(key)
        return found.name if found else {"en": key}


def changes_of(config: Config, trial: Trial) -> Changes:
    """
    Tell how a trial differs from the configuration.

    Raises:
        BadInput: A figure that cannot be, an unknown service or counter.
    """
    targets = config.policy.target_minutes
    for name in ("walk_in", "appointment", "collect"):
        _check(name, getattr(trial, name), MINUTES)
    for key, minutes in trial.services.items():
        if key not in config.service:
            raise BadInput(field="service", value=key)
        _check("service_minutes", minutes, MINUTES)
    for was, minutes in trial.credits.items():
        _check(f"credit_{was}", minutes, CREDITS)
    _check("quota_every", trial.quota_every, QUOTAS)
    for name, numbers in (("added", trial.added), ("removed", trial.removed)):
        if len(numbers) > MOST_COUNTERS or any(number not in config.counter for number in numbers):
            raise BadInput(field=name, value=", ".join(str(each) for each in numbers))
    walk_in = trial.walk_in or targets.walk_in
    wanted = {
        each.key: trial.services.get(
            each.key, walk_in if each.target_minutes == targets.walk_in else each.target_minutes
        )
        for each in config.services
    }
    arrivals = {
        name: minutes * 60
        for name, minutes in (("appointment", trial.appointment), ("collect", trial.collect))
        if minutes is not None and minutes != getattr(targets, name)
    }
    return Changes(
        targets={
            key: minutes * 60
            for key, minutes in wanted.items()
            if minutes != config.service[key].target_minutes
        },
        arrivals=arrivals,
        credits={was * 60: minutes * 60 for was, minutes in trial.credits.items() if was != minutes},
        quota_every=trial.quota_every if trial.quota_every != quota_every(config) else None,
        added=trial.added,
        removed=frozenset(trial.removed),
    )


def config_lines(config: Config, trial: Trial, version: str) -> str:
    """
    Write what of a trial belongs into config.yaml: the policy's new version and each figure that differs.

    Counters are no part of the policy: they are opened and closed in the hall.
    """
    targets, lines = config.policy.target_minutes, ["policy:", f'  version: "{version}"']
    own = {
        name: getattr(trial, name) or getattr(targets, name) for name in ("walk_in", "appointment", "collect")
    }
    if any(own[name] != getattr(targets, name) for name in own):
        figures = ", ".join(f"{name}: {minutes}" for name, minutes in own.items())
        lines.append(f"  target_minutes: {{{figures}}}")
    changed = {
        key: minutes
        for key, minutes in trial.services.items()
        if minutes != config.service[key].target_minutes
    }
    if changed:
        lines.append("services:")
        lines += [f"  {key}: {{target_minutes: {minutes}}}" for key, minutes in sorted(changed.items())]
    categories: list[str] = []
    for category in config.categories:
        own_figures = []
        credit = trial.credits.get(category.credit_minutes, category.credit_minutes)
        if credit != category.credit_minutes:
            own_figures.append(f"    credit_minutes: {credit}")
        if category.quota_every and trial.quota_every and trial.quota_every != category.quota_every:
            own_figures.append(f"    quota_every: {trial.quota_every}")
        if own_figures:
            categories += [f"  - key: {category.key}", *own_figures]
    if categories:
        lines += ["categories:", *categories]
    return "\n".join(lines) + "\n"


def next_version(config: Config, today: date) -> str:
    """Name the policy's next version by its day."""
    return free_version(today, {config.policy.version})


def _check(name: str, value: int | None, allowed: range) -> None:
    if value is not None and value not in allowed:
        raise BadInput(field=name, value=value)


def _row(compared: Comparison) -> View:
    return asdict(compared)
