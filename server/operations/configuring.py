"""How the configuration meets the database at a start: what is new is added, what is gone is retired, nothing deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from server.config.figures import figures_of
from server.db import queries
from server.db.models import catalogue, centres, counters
from server.events import EventKind
from server.operations.serving import quota_every, servable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.config import Config
    from server.db.engine import Database, Transaction

Names = dict[str, str]


def apply_config(database: Database, config: Config, digest: str, *, first_only: bool = False) -> bool:
    """
    Bring the rows that name zones, services, counters… in step with a configuration that was checked.

    Args:
        digest: Of the configuration; the same as at the last start changes nothing.
        first_only: Only a database that knows nothing of the centre is touched: a changed file is for the server's
            next start, not for an act of the command line beside a running server.

    Returns:
        Whether anything was changed.
    """
    with database.read() as connection:
        known = connection.execute(
            select(centres.c.config_digest).where(centres.c.key == config.centre.key)
        ).scalar()
    if known == digest or (first_only and known is not None):
        return False
    with database.write() as tx:
        _apply_centre(tx, config, digest, is_new=known is None)
        added, retired = _apply_catalogue(tx, dict(_named(config)))
        _apply_counters(tx, config)
        tx.record(
            EventKind.CONFIG_APPLIED,
            digest=digest,
            before=known,
            policy=config.policy.version,
            added=added,
            retired=retired,
            **_rule(config),
        )
        _change_open_counters(tx, config)
    return True


def _rule(config: Config) -> dict[str, Any]:
    """Tell what a replay of the log needs to know of the policy, in seconds."""
    targets = config.policy.target_minutes
    return {
        "quota_every": quota_every(config),
        "targets": {service.key: service.target_minutes * 60 for service in config.services},
        "arrival_targets": {"appointment": targets.appointment * 60, "collect": targets.collect * 60},
        # For who reads them; those of the services stand above.
        "figures": {name: each for name, each in figures_of(config).items() if name != "services"},
        "credits": sorted({0, *(category.credit_minutes * 60 for category in config.categories)}),
    }


def _change_open_counters(tx: Transaction, config: Config) -> None:
    """Write into the log what the counters serve from now on at which officials sit."""
    for row in queries.all_counters(tx.connection, tx.centre):
        if row.official is not None:
            services = servable(config, row.number, row.official_agencies, row.official_services)
            tx.record(
                EventKind.COUNTER_CHANGED, counter=row.number, official=row.official, services=list(services)
            )


def retired_names(database: Database) -> dict[tuple[str, str], Names]:
    """Read the names of what the configuration no longer has, so that history stays readable."""
    with database.read() as connection:
        rows = connection.execute(
            select(catalogue.c.kind, catalogue.c.key, catalogue.c.names).where(
                catalogue.c.centre == database.centre, catalogue.c.retired_at.is_not(None)
            )
        ).fetchall()
    return {(row.kind, row.key): row.names for row in rows}


def _named(config: Config) -> Iterator[tuple[tuple[str, str], Names]]:
    for kind, parts in (
        ("zone", config.zones),
        ("agency", config.agencies),
        ("group", config.groups),
        ("service", config.services),
        ("category", config.categories),
    ):
        for part in parts:
            yield (kind, part.key), dict(part.name)
    language = config.centre.state_language
    for printer in config.printers:
        yield ("printer", printer.key), {language: printer.name}
    for display in config.displays:
        yield ("display", display.key), {language: display.name}


def _apply_centre(tx: Transaction, config: Config, digest: str, *, is_new: bool) -> None:
    values: dict[str, Any] = {
        "names": dict(config.centre.name),
        "timezone": config.centre.timezone,
        "config_digest": digest,
        "applied_at": tx.now,
    }
    if is_new:
        tx.execute(insert(centres), {"key": config.centre.key, **values})
    else:
        tx.execute(update(centres).where(centres.c.key == config.centre.key).values(**values))


def _apply_catalogue(tx: Transaction, named: dict[tuple[str, str], Names]) -> tuple[list[str], list[str]]:
    rows = {
        (row.kind, row.key): row
        for row in tx.execute(select(catalogue).where(catalogue.c.centre == tx.centre)).fetchall()
    }
    added = [each for each in named if each not in rows]
    for kind, key in added:
        tx.execute(
            insert(catalogue),
            {"centre": tx.centre, "kind": kind, "key": key, "names": named[kind, key]},
        )
    for (kind, key), row in rows.items():
        names = named.get((kind, key))
        retired_at = None if names is not None else (row.retired_at or tx.now)
        if row.retired_at != retired_at or (names is not None and row.names != names):
            tx.execute(
                update(catalogue)
                .where(catalogue.c.centre == tx.centre, catalogue.c.kind == kind, catalogue.c.key == key)
                .values(names=names if names is not None else row.names, retired_at=retired_at)
            )
    retired = [each for each, row in rows.items() if each not in named and row.retired_at is None]
    return [".".join(each) for each in added], [".".join(each) for each in retired]


def _apply_counters(tx: Transaction, config: Config) -> None:
    rows = {
        row.number: row
        for row in tx.execute(select(counters).where(counters.c.centre == tx.centre)).fetchall()
    }
    for number in config.counter:
        if number not in rows:
            tx.execute(insert(counters), {"centre": tx.centre, "number": number, "state": "closed"})
    for number, row in rows.items():
        retired_at = None if number in config.counter else (row.retired_at or tx.now)
        if row.retired_at != retired_at:
            tx.execute(
                update(counters)
                .where(counters.c.centre == tx.centre, counters.c.number == number)
                .values(retired_at=retired_at)
            )
