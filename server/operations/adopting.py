"""A trial of the policy laboratory becomes the rule: a draft, and where nothing else is in it a published version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.config import bundling
from server.config.figures import free_version
from server.config.text_edits import put
from server.errors import BadInput
from server.operations.config_versions import MAX_NOTE, Change
from server.operations.laboratory import changes_of
from server.operations.version_rules import PUBLISHES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from server.config import Config
    from server.operations.config_versions import ConfigVersions, Draft, Version
    from server.operations.context import Context
    from server.operations.laboratory import Trial
    from server.operations.staff import Official

Edit = tuple[tuple[str | int, ...], int]


class Adopting:
    """Writes the figures of a trial into the configuration, by the same road as any other change."""

    def __init__(self, context: Context, versions: ConfigVersions) -> None:
        self._context = context
        self._versions = versions

    def next_version(self) -> str:
        """Name the policy's next version by the day."""
        today = self._context.day_of(self._context.clock())
        return free_version(
            today, {self._context.config.policy.version, *(each.policy for each in self._versions.all())}
        )

    def may_publish(self, by: Official) -> bool:
        """Tell whether somebody's trial would be published at once: they may, and no draft holds other things."""
        return by.role in PUBLISHES and by.agencies is None and self._versions.draft() is None

    def adopt(self, trial: Trial, by: Official, *, note: str, from_at: datetime | None) -> Version | Draft:
        """
        Make a trial the rule, under a new dated version.

        Args:
            note: Why; may be empty where only a draft is made of it.

        Returns:
            What was published; or the draft that waits for whoever publishes.

        Raises:
            BadInput: Nothing of the rule differs, or there is no reason, or a time that cannot be.
            ConfigErrors: The draft that is there has faults: first they must be mended.
            DraftConflict: Somebody else changed it this very moment.
            NotAllowed, NotManagedHere: As a draft is begun.
        """
        changes_of(self._context.config, trial)  # raises where a figure cannot be
        publishes = self.may_publish(by)
        if publishes and not 1 <= len(note.strip()) <= MAX_NOTE:
            raise BadInput(field="note", at_least=1, at_most=MAX_NOTE)
        if from_at is not None and from_at < self._context.clock():
            raise BadInput(field="from", value=from_at.isoformat())
        draft = self._versions.begin(by)
        edits = list(_edits(self._context.config, self._versions.load(draft.files), trial))
        if not edits:
            raise BadInput(field="trial", value="")
        text = draft.files[bundling.CONFIG].decode("utf-8-sig")
        for path, value in edits:
            text = put(text, path, value)
        text = put(text, ("policy", "version"), self.next_version())
        draft = self._versions.save(
            {**draft.files, bundling.CONFIG: text.encode()},
            revision=draft.revision,
            by=by,
            what=[Change(str(path[0]), ".".join(map(str, path[1:]))) for path, _ in edits],
        )
        if not publishes:
            return draft
        return self._versions.publish(draft.revision, note=note, from_at=from_at, by=by, source="laboratory")


def _edits(now: Config, draft: Config, trial: Trial) -> Iterator[Edit]:
    """Tell where in the draft's config.yaml the figures of a trial stand."""
    for name in ("walk_in", "appointment", "collect"):
        minutes = getattr(trial, name)
        if minutes is not None:
            yield ("policy", "target_minutes", name), minutes
    for key, minutes in trial.services.items():
        if key in draft.service:
            yield ("services", key, "target_minutes"), minutes
    for place, category in enumerate(draft.categories):
        was = now.category.get(category.key)
        credit = trial.credits.get(was.credit_minutes) if was and was.credit_minutes else None
        if credit is not None:
            yield ("categories", place, "credit_minutes"), credit
        if trial.quota_every and category.quota_every:
            yield ("categories", place, "quota_every"), trial.quota_every
