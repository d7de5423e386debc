"""The configuration on pages: one draft, published versions, and which of them is in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from server.config import ConfigErrors, bundling, comparing, config_digest
from server.config.figures import figures_of, free_version
from server.config.text_edits import put
from server.db import config_versions as rows
from server.errors import (
    BadInput,
    DraftConflict,
    NotAllowed,
    NothingChanged,
    NotManagedHere,
    VersionNotFound,
)
from server.events import EventKind
from server.operations import version_rules
from server.operations.versions import Change, Draft, Version, draft_from, versions_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.config import Config, ConfigProblem
    from server.config.comparing import Difference
    from server.db.engine import Transaction
    from server.operations.context import Context
    from server.operations.staff import Official

__all__ = ["Change", "ConfigVersions", "Draft", "Version"]

OPERATOR = "operator"  # of the machine: who runs `navbat config import`
MAX_NOTE = 500
MOST_CHANGES = 500
LATEST = timedelta(days=366)
# Configurations of versions, which never change, that were read last.
MOST_READ = 4


class ConfigVersions:
    """Keeps, compares and publishes versions of the configuration; a start goes by what is due."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._read: dict[int, Config] = {}

    @property
    def managed(self) -> str:
        """Tell where the configuration is managed: `file` or `pages`."""
        return self._context.managed.by

    # The draft.

    def draft(self) -> Draft | None:
        """Read the draft."""
        with self._context.database.read() as connection:
            row = rows.draft_of(connection, self._context.centre)
            if row is None or row.files is None:
                return None
            names = rows.names_of(connection, {each["by"] for each in row.changes})
            return draft_from(row, rows.contents(connection, self._context.centre, row.files), names)

    def begin(self, by: Official, number: int | None = None) -> Draft:
        """
        Begin a draft, or go on with the one that is there.

        Args:
            number: The version that it is to be a copy of; None: the one in force.

        Raises:
            NotAllowed: Not an admin or supervisor of the whole centre.
            NotManagedHere: config.yaml has the configuration.
            VersionNotFound: There is no such version.
        """
        self._check(by, version_rules.DRAFTS)
        with self._context.database.write() as tx:
            row = rows.draft_of(tx.connection, tx.centre)
            if row is None or row.files is None:
                base = number or self.in_force or rows.newest_due(tx.connection, tx.centre, tx.now) or 0
                files = rows.files_of(tx.connection, tx.centre, base)
                if files is None:
                    raise VersionNotFound(number=base)
                rows.write_draft(
                    tx,
                    is_new=row is None,
                    files=rows.keep(tx, files),
                    revision=(row.revision if row else 0) + 1,
                    base=base,
                    changes=[],
                    begun_at=tx.now,
                    changed_by=by.id,
                    changed_at=tx.now,
                )
        draft = self.draft()
        if draft is None:  # published or discarded by somebody else this very moment
            raise DraftConflict
        return draft

    def save(
        self, files: bundling.Files, *, revision: int, by: Official, what: Sequence[Change] = ()
    ) -> Draft:
        """
        Keep a changed draft, with its faults if it has any.

        Args:
            revision: Of the draft that was changed.
            what: What was changed in it, for whoever publishes it.

        Raises:
            BadInput: It is too large, or there is no config.yaml in it.
            DraftConflict: Somebody else changed it meanwhile; nothing is kept.
            NotAllowed, NotManagedHere: As `begin`.
        """
        self._check(by, version_rules.DRAFTS)
        if bundling.CONFIG not in files or sum(map(len, files.values())) > bundling.MAX_BYTES:
            raise BadInput(field="files", at_most=bundling.MAX_BYTES)
        with self._context.database.write() as tx:
            row = self._draft_at(tx, revision)
            known = [each for each in row.changes if isinstance(each, dict)]
            at = tx.now.isoformat(timespec="seconds")
            new = [{**each.view(), "by": by.id, "at": at} for each in what]
            rows.write_draft(
                tx,
                is_new=False,
                files=rows.keep(tx, files),
                revision=revision + 1,
                changes=[*known, *new][-MOST_CHANGES:],
                changed_by=by.id,
                changed_at=tx.now,
            )
            rows.forget_unused(tx, row.files.values())
        draft = self.draft()
        if draft is None:
            raise DraftConflict
        return draft

    def discard(self, revision: int, by: Official) -> None:
        """
        Give the draft up.

        Raises:
            DraftConflict: Somebody else changed it meanwhile.
            NotAllowed, NotManagedHere: As `begin`.
        """
        self._check(by, version_rules.DRAFTS)
        with self._context.database.write() as tx:
            self._end_draft(tx, self._draft_at(tx, revision), by)

    def obstacles(self, policy: str | None = None) -> list[ConfigProblem]:
        """List what keeps the draft from being published, if with another version of the policy."""
        draft = self.draft()
        if draft is None:
            return []
        files = draft.files
        if policy:
            files = {**files, bundling.CONFIG: _with_policy(files[bundling.CONFIG], policy)}
        try:
            self._checked(files)
        except ConfigErrors as error:
            return list(error.problems)
        return []

    def proposed_policy(self) -> str | None:
        """Propose a version of the policy where the draft's figures need a new one; None where they do not."""
        draft = self.draft()
        if draft is None:
            return None
        try:
            config = self.load(draft.files)
        except ConfigErrors:
            return None
        published = self.all()
        if not version_rules.is_taken(config, published):
            return None
        return free_version(self._context.day_of(self._context.clock()), {each.policy for each in published})

    # Publishing.

    def publish(
        self,
        revision: int,
        *,
        note: str,
        from_at: datetime | None,
        by: Official,
        policy: str | None = None,
        source: str = "pages",
    ) -> Version:
        """
        Publish the draft.

        Args:
            note: Why, for whoever looks back.
            from_at: From when it is in force; None: at once.
            policy: The policy's new version, which is written into it.

        Raises:
            BadInput: No note, or a time that is past or more than a year away.
            ConfigErrors: The draft has faults, or its policy's figures differ from those that its version stands for.
            DraftConflict: Somebody else changed or published it meanwhile.
            NotAllowed: Not an admin of the whole centre.
            NothingChanged: It is what is in force.
            NotManagedHere: config.yaml has the configuration.
        """
        self._check(by, version_rules.PUBLISHES)
        draft = self.draft()
        if draft is None or draft.revision != revision:
            raise DraftConflict
        files = draft.files
        if policy:
            self.load(files)  # what cannot be read is said as a fault
            files = {**files, bundling.CONFIG: _with_policy(files[bundling.CONFIG], policy)}
        return self._publish(
            files,
            note=note,
            from_at=from_at,
            by=by,
            source=source,
            base=draft.base,
            draft=draft,
        )

    def again(self, number: int, *, note: str, from_at: datetime | None, by: Official) -> Version:
        """
        Publish an earlier version once more: the way back. A draft stays as it is.

        Raises:
            VersionNotFound: There is no such version.
            BadInput, ConfigErrors, NotAllowed, NothingChanged, NotManagedHere: As `publish`.
        """
        self._check(by, version_rules.PUBLISHES)
        files = self.get(number).files
        return self._publish(files, note=note, from_at=from_at, by=by, source="again", base=number)

    def take_in(
        self, files: bundling.Files, *, note: str, source: str = "import", from_at: datetime | None = None
    ) -> Version:
        """
        Publish what the machine's operator brings.

        Args:
            source: `files` for what stands in config.yaml itself.

        Raises:
            BadInput, ConfigErrors, NothingChanged, NotManagedHere: As `publish`.
        """
        if self.managed != "pages":
            raise NotManagedHere
        files = version_rules.kept(files)
        return self._publish(files, note=note, from_at=from_at, by=None, source=source, base=self.in_force)

    # The versions.

    @property
    def in_force(self) -> int | None:
        """Tell which version this process goes by; None: config.yaml."""
        return self._context.managed.number

    def due(self) -> int | None:
        """Tell the newest version whose time has come, if it is newer than any that this process knows of."""
        with self._context.database.read() as connection:
            newest = rows.newest_due(connection, self._context.centre, self._context.clock())
        return newest if newest is not None and newest > self._context.managed.newest else None

    def all(self) -> list[Version]:
        """List the versions, the newest first, without their files."""
        with self._context.database.read() as connection:
            found = rows.all_of(connection, self._context.centre)
        return versions_from(found, self._context.managed, self._context.clock())

    def get(self, number: int) -> Version:
        """
        Read a version with its files.

        Raises:
            VersionNotFound: There is none.
        """
        found = next((each for each in self.all() if each.number == number), None)
        if found is None:
            raise VersionNotFound(number=number)
        with self._context.database.read() as connection:
            return found.with_files(rows.files_of(connection, self._context.centre, number) or {})

    def config(self, number: int) -> Config:
        """
        Read a version's configuration.

        Raises:
            ConfigErrors: This program finds faults in it.
            VersionNotFound: There is none.
        """
        if number not in self._read:
            config = self.load(self.get(number).files)
            while len(self._read) >= MOST_READ:
                self._read.pop(next(iter(self._read)))
            self._read[number] = config
        return self._read[number]

    def compare(self, a: int, b: int | None) -> list[Difference]:
        """
        List what differs from one version to another; secrets only by their key.

        Args:
            b: None: the draft.

        Raises:
            ConfigErrors: This program finds faults in one of them.
            VersionNotFound: There is no such version, or no draft.
        """
        if b is not None:
            return comparing.compare(self.config(a), self.config(b))
        draft = self.draft()
        if draft is None:
            raise VersionNotFound
        return comparing.compare(self.config(a), self.load(draft.files))

    def load(self, files: bundling.Files) -> Config:
        """
        Read the configuration of some files, outside the event loop.

        Raises:
            ConfigErrors: They have faults.
        """
        config: Config = self._context.offload(lambda: bundling.load_files(files))
        return config

    def _checked(self, files: bundling.Files) -> Config:
        config = self.load(files)
        if problems := version_rules.problems_of(config, files, self._context.centre, self.all()):
            raise ConfigErrors(problems)
        return config

    def _publish(
        self,
        files: bundling.Files,
        *,
        note: str,
        from_at: datetime | None,
        by: Official | None,
        source: str,
        base: int | None,
        draft: Draft | None = None,
    ) -> Version:
        note = " ".join(note.split())
        if not 1 <= len(note) <= MAX_NOTE:
            raise BadInput(field="note", at_least=1, at_most=MAX_NOTE)
        now = self._context.clock()
        if from_at is not None and not now <= from_at <= now + LATEST:
            raise BadInput(field="from", value=from_at.isoformat())
        config = self._checked(files)
        known = self.config(self.in_force) if self.in_force else self._context.config
        differing = comparing.compare(known, config)
        if not differing and self.in_force and version_rules.same(files, self.get(self.in_force).files):
            raise NothingChanged
        with self._context.database.write() as tx:
            row = self._draft_at(tx, draft.revision) if draft else None
            # Whoever published meanwhile may have used the policy's version.
            if problems := version_rules.problems_of(
                config,
                files,
                tx.centre,
                versions_from(rows.all_of(tx.connection, tx.centre), self._context.managed, tx.now),
            ):
                raise ConfigErrors(problems)
            number = self._add(
                tx,
                files,
                config,
                note=note,
                from_at=max(from_at or tx.now, tx.now),
                by=by,
                source=source,
                base=base,
                changes=row.changes if row else [],
                made_at=row.begun_at if row else tx.now,
                differing=differing,
            )
            if row is not None:
                self._end_draft(tx, row, by)
        return next(each for each in self.all() if each.number == number)

    def _add(
        self,
        tx: Transaction,
        files: bundling.Files,
        config: Config,
        *,
        by: Official | None,
        from_at: datetime,
        differing: list[Difference],
        **values: Any,
    ) -> int:
        digest, role = config_digest(config), by.role if by else OPERATOR
        number = rows.add(
            tx,
            files=rows.keep(tx, files),
            digest=digest,
            policy=config.policy.version,
            figures=figures_of(config),
            published_by=by.id if by else None,
            role=role,
            published_at=tx.now,
            from_at=from_at,
            **values,
        )
        tx.record(
            EventKind.CONFIG_PUBLISHED,
            version=number,
            digest=digest,
            policy=config.policy.version,
            by=by.id if by else None,
            role=role,
            source=values["source"],
            base=values["base"],
            changes=comparing.for_log(differing),
            from_at=from_at.astimezone(UTC).isoformat(timespec="seconds"),
        )
        return number

    def _draft_at(self, tx: Transaction, revision: int) -> Any:
        row = rows.draft_of(tx.connection, tx.centre)
        if row is None or row.files is None or row.revision != revision:
            raise DraftConflict
        return row

    def _end_draft(self, tx: Transaction, row: Any, by: Official | None) -> None:
        rows.write_draft(
            tx,
            is_new=False,
            files=None,
            # So that a form of this draft does not fit the next one.
            revision=row.revision + 1,
            changes=[],
            changed_by=by.id if by else None,
            changed_at=tx.now,
        )
        rows.forget_unused(tx, row.files.values())

    def _check(self, by: Official, roles: tuple[str, ...]) -> None:
        if by.role not in roles or by.agencies is not None:
            raise NotAllowed(role=by.role)
        if self.managed != "pages":
            raise NotManagedHere


def _with_policy(config: bytes, version: str) -> bytes:
    return put(config.decode("utf-8-sig"), ("policy", "version"), version).encode()
