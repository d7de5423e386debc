"""What the pages of the configuration's versions show: facts of a version, and what differs, in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from counter.edit_state import fault_text
from counter.laying_out import NOTHING, text_of
from server.api.callers import queue
from server.config import ConfigErrors
from server.operations.version_rules import DRAFTS, PUBLISHES
from server.reading import reader_words
from server.wording import date_time

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from server.api.callers import StaffCaller
    from server.config import Config, ConfigProblem
    from server.config.comparing import Difference
    from server.operations.context import View
    from server.operations.versions import Version
    from server.wording import Wording

# A part of these lists has a name in every language.
NAMED = {
    "zones": "zone",
    "agencies": "agency",
    "groups": "group",
    "services": "service",
    "categories": "category",
}
MOST_SHOWN = 300


def may_draft(staff: StaffCaller) -> bool:
    """Tell whether somebody may change the draft."""
    return staff.role in DRAFTS and staff.user.agencies is None


def may_publish(staff: StaffCaller) -> bool:
    """Tell whether somebody may publish."""
    return staff.role in PUBLISHES and staff.user.agencies is None


def is_on_pages() -> bool:
    """Tell whether pages manage the configuration."""
    return queue().config_versions.managed == "pages"


def versions_told(words: Wording) -> View:
    """Tell which version is in force and what comes next, for the page of the centre."""
    managed = queue().context.managed
    found = queue().config_versions.all() if is_on_pages() else []
    return {
        "on_pages": is_on_pages(),
        "managed_state": managed,
        "version_now": next((version_row(each, words) for each in found if each.state == "in_force"), None),
        "versions_next": [version_row(each, words) for each in found if each.state in ("due", "scheduled")],
        "managed_differs": [section_title(each, words) for each in managed.differs],
    }


def moment(at: datetime | None, words: Wording) -> str:
    """Write a moment in the centre's time."""
    return NOTHING if at is None else date_time(at, words.language, queue().config.centre.zone_info)


def version_row(version: Version, words: Wording) -> View:
    """Show a version."""
    return {
        "number": version.number,
        "state": version.state,
        "state_name": words.text(f"versions.state_{version.state}"),
        "note": version.note or words.text("versions.note_first"),
        "policy": version.policy,
        "source": words.text(f"versions.source_{version.source}", n=version.base or 0),
        "by": version.published_by or words.text("versions.by_operator"),
        "published": moment(version.published_at, words),
        "from": moment(version.from_at, words),
        "from_iso": version.from_at.isoformat(timespec="seconds"),
        "until": version.until and moment(version.until, words),
        "digest": version.digest[:12],
        "faults": version.faults,
    }


def differing(a: int, b: int | None, words: Wording) -> View:
    """Show what differs from one version to another; `{sections, count, faults}`."""
    try:
        found = queue().config_versions.compare(a, b)
    except ConfigErrors as error:
        return {"sections": [], "count": 0, "faults": shown_faults(error.problems), "more": 0}
    by_section: dict[str, list[View]] = {}
    for each in found[:MOST_SHOWN]:
        by_section.setdefault(each.section, []).append(_difference(each, words))
    return {
        "sections": [(name, section_title(name, words), rows) for name, rows in by_section.items()],
        "count": len(found),
        "faults": [],
        "more": max(0, len(found) - MOST_SHOWN),
    }


def shown_faults(problems: Iterable[ConfigProblem]) -> list[View]:
    """Show faults, each with the section whose page mends it."""
    words = reader_words(queue().config)
    said = [(each, *fault_text(each, words)) for each in problems]
    return [
        {
            "place": f"{each.file}:{each.line}",
            "key": each.key,
            "message": text,
            "language": language,
            "section": each.key.split(".")[0].split("[")[0],
        }
        for each, text, language in said
    ]


def section_title(section: str, words: Wording) -> str:
    """Name a section; one that is newer than the catalogues by its key."""
    key = f"admin.section_{section}"
    return words.text(key) if words.has(key) else section


def _difference(each: Difference, words: Wording) -> View:
    config: Config = queue().config
    part = each.key.split(".")[0]
    named = getattr(config, NAMED[each.section], {}).get(part) if each.section in NAMED else None
    languages = {*config.centre.languages, *config.paper.languages}

    def write(value: Any) -> str:
        return text_of(f"{each.section}.{each.key}", value, words, languages)

    kind = "added" if each.before is None else "removed" if each.after is None else "changed"
    return {
        "key": each.key,
        "name": words.name(named.name) if named is not None else "",
        "kind": kind,
        "before": write(each.before),
        "after": write(each.after),
    }
