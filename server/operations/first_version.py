"""The first start with pages: what config.yaml and its files are becomes version 1."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from server.config import config_digest
from server.config.figures import figures_of
from server.db import config_versions as rows
from server.events import EventKind

if TYPE_CHECKING:
    from server.config import Config
    from server.config.managed import Managed
    from server.db.engine import Database


def keep_first(database: Database, config: Config, managed: Managed) -> Managed:
    """Keep the files as the first version where there is none; tells which version is in force."""
    if managed.files is None:
        return managed
    from server.operations.version_rules import kept

    with database.write() as tx:
        number = rows.newest_due(tx.connection, tx.centre, tx.now)
        if number is None:
            digest = config_digest(config)
            number = rows.add(
                tx,
                files=rows.keep(tx, kept(dict(managed.files))),
                digest=digest,
                policy=config.policy.version,
                figures=figures_of(config),
                source="files",
                base=None,
                note="",
                changes=[],
                made_at=tx.now,
                published_by=None,
                role="operator",
                published_at=tx.now,
                from_at=tx.now,
            )
            tx.record(
                EventKind.CONFIG_PUBLISHED,
                version=number,
                digest=digest,
                policy=config.policy.version,
                by=None,
                role="operator",
                source="files",
                base=None,
                changes=[],
                from_at=tx.now.isoformat(timespec="seconds"),
            )
    return replace(managed, number=number, newest=number, files=None)
