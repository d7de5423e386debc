"""What the pages that change the configuration have in common: whose draft it is, its files and faults, its saving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request

from counter.pages import check_form, page
from server.api.callers import queue, staff_from_cookie
from server.config import editing
from server.errors import DraftConflict, NotAllowed, NotManagedHere, NotSignedIn
from server.operations.version_rules import DRAFTS, LOOKS, PUBLISHES
from server.operations.versions import Change
from server.reading import reader_words
from server.wording import Wording, available_languages, date_time

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from server.api.callers import StaffCaller
    from server.config.bundling import Files
    from server.config.editing import Fault
    from server.config.problems import ConfigProblem
    from server.operations.versions import Draft


@dataclass(frozen=True, slots=True)
class State:
    """
    Who looks at the configuration, and at what.

    Attributes:
        files: Of the draft, or of the version in force where there is none.
        may: Whether this caller may change it.
    """

    staff: StaffCaller
    words: Wording
    draft: Draft | None
    files: Files
    may: bool

    @property
    def revision(self) -> int:
        """Of the draft; 0 where there is none."""
        return self.draft.revision if self.draft else 0

    def faults(self) -> list[Fault]:
        """List what keeps the draft from being published, each with its place among the forms."""
        if self.draft is None:
            return []
        return editing.faults(self.files, queue().config_versions.obstacles())


def who_looks() -> State | None:
    """
    Tell who looks, and at what; None leads a stranger to the sign-in.

    Raises:
        NotAllowed: It is nobody who answers for the centre, nor an auditor.
        NotManagedHere: config.yaml has the configuration.
    """
    staff = staff_from_cookie()
    if staff is None:
        return None
    if staff.role not in LOOKS:
        raise NotAllowed(role=staff.role)
    return _state(staff)


def who_sends() -> State:
    """
    Tell who sends a form of theirs, and what they see.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere: Not by this caller, or not here.
    """
    staff = staff_from_cookie()
    if staff is None:
        raise NotSignedIn
    if staff.role not in DRAFTS or staff.user.agencies is not None:
        raise NotAllowed(role=staff.role)
    check_form(staff)
    return _state(staff)


def _state(staff: StaffCaller) -> State:
    versions = queue().config_versions
    if versions.managed != "pages":
        raise NotManagedHere
    draft = versions.draft()
    if draft is not None:
        files = draft.files
    else:
        number = versions.in_force or versions.all()[0].number
        files = versions.get(number).files
    may = staff.role in DRAFTS and staff.user.agencies is None
    return State(staff, reader_words(queue().config), draft, files, may)


def is_current(state: State) -> bool:
    """Tell whether a form was made of the draft as it is now."""
    return request.form.get("revision", "") == str(state.revision)


def save(state: State, files: Files, *what: Change) -> None:
    """
    Keep what a form did to the draft; where there is none, one is begun.

    Raises:
        DraftConflict: Somebody else changed it since the form was made.
    """
    if not is_current(state):
        raise DraftConflict
    versions, draft = queue().config_versions, state.draft
    if draft is None:
        draft = versions.begin(state.staff.user)
        if draft.files != state.files:
            raise DraftConflict
    versions.save(files, revision=draft.revision, by=state.staff.user, what=what)


def changed(section: str, key: str = "", kind: str = "changed") -> Change:
    """Say what was done, for whoever publishes it."""
    return Change(section, key, kind)


def edit_page(template: str, state: State, **context: Any) -> Response:
    """Draw a page of the draft."""
    zone = queue().config.centre.zone_info
    draft = state.draft
    response = page(
        template,
        state.words,
        me=state.staff.user,
        csrf=state.staff.csrf,
        revision=state.revision,
        may=state.may,
        may_publish=state.may and state.staff.role in PUBLISHES,
        draft=draft
        and {
            "by": draft.changed_by or "–",
            "at": date_time(draft.changed_at, state.words.language, zone),
        },
        **context,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def conflict_text() -> str:
    """Say who changed the draft meanwhile."""
    state = who_looks()
    if state is None or state.draft is None:
        return reader_words(queue().config).text("edit.conflict_gone")
    at = date_time(state.draft.changed_at, state.words.language, queue().config.centre.zone_info)
    return state.words.text("edit.conflict", name=state.draft.changed_by or "–", time=at)


def title_of(name: str, words: Wording) -> str:
    """Name a form or a list."""
    for key in (f"edit.s_{name}", f"admin.section_{name}"):
        if words.has(key):
            return words.text(key)
    return name


def language_name(language: str) -> str:
    """Name a language as those who speak it do."""
    return Wording(language).text("counter.own_name") if language in available_languages() else language


def fault_text(problem: ConfigProblem, words: Wording) -> tuple[str, str | None]:
    """
    Say a fault in the reader's language, or else in the loader's words.

    Returns:
        The sentence, and its language where it is not the reader's.
    """
    key = f"edit.fault_{problem.kind}"
    if problem.kind and words.has(key):
        facts = {name: str(value) for name, value in problem.facts.items()}
        if "languages" in facts:
            facts["languages"] = ", ".join(map(language_name, facts["languages"].split(", ")))
        return words.text(key, **facts), None
    hint = f" ({problem.suggestion})" if problem.suggestion else ""
    return f"{problem.message}{hint}", None if words.language == "en" else "en"
