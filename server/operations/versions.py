"""What a version of the configuration and its draft are, as operations give them out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from server.config.bundling import Files
    from server.config.managed import Managed
    from server.db.models import Record
    from server.operations.context import View

State = Literal["in_force", "due", "scheduled", "replaced", "faulty", "past"]


@dataclass(frozen=True, slots=True)
class Change:
    """
    What somebody did to the draft.

    Attributes:
        key: Of the part of the section, where it is one of a list.
        kind: `changed`, `added`, `removed`, or `taken` for what came in as a whole file.
    """

    section: str
    key: str = ""
    kind: str = "changed"

    def view(self) -> View:
        """Give it as plain values."""
        return {"section": self.section, "key": self.key, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class Draft:
    """
    What is to become the next version.

    Attributes:
        revision: Grows with each change; whoever saves says which one they changed.
        base: The version that it was begun from.
        changed_by: Name of whoever changed it last.
        changes: `{section, key, kind, by, name, at}`, the oldest first; `by` is the key of an account, `name` its name.
    """

    files: Files
    revision: int
    base: int
    begun_at: datetime
    changed_by: str | None
    changed_by_id: int | None
    changed_at: datetime
    changes: tuple[View, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """
    A version that was published.

    Attributes:
        digest: By which the log knows the configuration.
        policy: The version of the policy in it; `figures` are what it stands for.
        source: `files`, `pages`, `import`, `laboratory`, `again`.
        base: The version that it was made from.
        published_by: The name of whoever published it; None: `role` tells.
        state: `due`: in a moment; `replaced`: a newer one came into force before its time, or comes.
        until: When the next one comes or came into force.
        faults: Why it was passed over at the start.
        files: Only where a single version was asked for.
    """

    number: int
    digest: str
    policy: str
    figures: dict[str, Any]
    source: str
    base: int | None
    note: str
    made_at: datetime
    published_by: str | None
    role: str
    published_at: datetime
    from_at: datetime
    state: State
    until: datetime | None
    changes: tuple[View, ...] = ()
    faults: tuple[str, ...] = ()
    files: Files = None  # type: ignore[assignment]

    def with_files(self, files: Files) -> Version:
        """Give the same with its files."""
        return replace(self, files=files)


def draft_from(row: Record, files: Files, names: Mapping[int, str]) -> Draft:
    """Make a draft of its row."""
    return Draft(
        files=files,
        revision=row.revision,
        base=row.base,
        begun_at=row.begun_at,
        changed_by=row.name,
        changed_by_id=row.changed_by,
        changed_at=row.changed_at,
        changes=tuple({**each, "name": names.get(each["by"])} for each in row.changes),
    )


def versions_from(found: Sequence[Record], managed: Managed, now: datetime) -> list[Version]:
    """Make versions of their rows, the newest first; what comes into force before an older one replaces it."""
    faulty = {each.number: each.faults for each in managed.passed_over}
    versions: list[Version] = []
    # The earliest time at which a newer version is in force.
    next_at: datetime | None = None
    for row in found:
        # Of two for the same moment the newer; what held at once was in force, if only for a moment.
        is_replaced = next_at is not None and (
            next_at < row.from_at or next_at == row.from_at > row.published_at
        )
        state: State
        if row.number == managed.number:
            state = "in_force"
        elif row.number in faulty:
            state = "faulty"
        elif is_replaced:
            state = "replaced"
        elif row.from_at > now:
            state = "scheduled"
        else:
            state = "due" if row.number > managed.newest else "past"
        versions.append(
            Version(
                number=row.number,
                digest=row.digest,
                policy=row.policy,
                figures=row.figures,
                source=row.source,
                base=row.base,
                note=row.note,
                made_at=row.made_at,
                published_by=row.name,
                role=row.role,
                published_at=row.published_at,
                from_at=row.from_at,
                state=state,
                until=None if is_replaced else next_at,
                changes=tuple(row.changes),
                faults=faulty.get(row.number, ()),
            )
        )
        next_at = row.from_at if next_at is None else min(next_at, row.from_at)
    return versions
