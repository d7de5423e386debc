"""Versions of the configuration as pages: the list, one of them, two compared, and what the draft holds."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from flask import Response as FlaskResponse
from flask import redirect, request, url_for

from counter.blueprint import blueprint
from counter.pages import page, to_sign_in
from counter.version_parts import (
    differing,
    may_draft,
    may_publish,
    moment,
    section_title,
    shown_faults,
    version_row,
)
from server.api.callers import queue, staff_from_cookie
from server.errors import NotAllowed, VersionNotFound
from server.operations.version_rules import LOOKS
from server.reading import reader_words

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from server.api.callers import StaffCaller
    from server.operations.context import View
    from server.operations.versions import Draft
    from server.wording import Wording

MOST_CHANGES_SHOWN = 30


@blueprint.get("/admin/centre/versions")
def versions() -> ResponseReturnValue:
    """
    List the versions, and say what the draft holds.

    Raises:
        NotAllowed: It is nobody who answers for the centre, nor an auditor.
    """
    staff = who_looks()
    if staff is None:
        return to_sign_in()
    words, kept = reader_words(queue().config), queue().config_versions
    if kept.managed == "file":
        return page("counter/versions_file.html", words, me=staff.user, csrf=staff.csrf)
    found = kept.all()
    draft = kept.draft()
    done = request.args.get("done", "")
    told = next((each for each in found if str(each.number) == request.args.get("number")), None)
    response = page(
        "counter/versions.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        versions=[version_row(each, words) for each in found],
        draft=draft and draft_row(draft, words),
        may_draft=may_draft(staff),
        may_publish=may_publish(staff),
        done=done if done in ("published", "discarded", "scheduled") else None,
        told=told and version_row(told, words),
        managed=queue().context.managed,
        differs=[section_title(each, words) for each in queue().context.managed.differs],
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/admin/centre/versions/<int:number>")
def version(number: int) -> ResponseReturnValue:
    """
    Show a version, and what it changed.

    Raises:
        NotAllowed, VersionNotFound: Not for this caller, or there is none.
    """
    staff = who_looks()
    return to_sign_in() if staff is None else version_page(staff, number)


def version_page(
    staff: StaffCaller,
    number: int,
    errors: list[View] | None = None,
    typed: View | None = None,
    status: int = 200,
) -> Response:
    """Draw a version's page, with what was wrong in its form."""
    words, kept = reader_words(queue().config), queue().config_versions
    found = kept.get(number)
    before = found.base or (number - 1 if number > 1 else None)
    response = page(
        "counter/version.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        version=version_row(found, words),
        figures=_figures(found.figures, words),
        before=before,
        differing=differing(before, number, words) if before else None,
        from_now=differing(kept.in_force, number, words)
        if kept.in_force and kept.in_force not in (number, before)
        else None,
        in_force=kept.in_force,
        may_draft=may_draft(staff),
        may_publish=may_publish(staff),
        may_take=may_publish(staff),
        has_draft=kept.draft() is not None,
        errors=errors or [],
        wrong={each["field"]: each["message"] for each in errors or []},
        typed=typed or {"when": "now", "from": _before_opening(), "note": ""},
    )
    response.status_code = status
    return response


@blueprint.get("/admin/centre/versions/compare")
def compare_versions() -> ResponseReturnValue:
    """
    Compare two versions, `a` and `b`.

    Raises:
        NotAllowed, VersionNotFound: Not for this caller, or there is no such version.
    """
    staff = who_looks()
    if staff is None:
        return to_sign_in()
    words, kept = reader_words(queue().config), queue().config_versions
    a, b = _number("a"), _number("b")
    return page(
        "counter/versions_compare.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        a=version_row(kept.get(a), words),
        b=version_row(kept.get(b), words),
        versions=[version_row(each, words) for each in kept.all()],
        differing=differing(a, b, words),
    )


@blueprint.get("/admin/centre/versions/draft")
def draft() -> ResponseReturnValue:
    """
    Show what the draft holds, what is in its way, and the form that publishes it.

    Raises:
        NotAllowed: It is nobody who answers for the centre, nor an auditor.
    """
    staff = who_looks()
    return to_sign_in() if staff is None else draft_page(staff)


def draft_page(
    staff: StaffCaller,
    errors: list[View] | None = None,
    typed: View | None = None,
    status: int = 200,
    *,
    conflict: bool = False,
) -> Response:
    """Draw the draft's page, with what was wrong in its form."""
    words, kept = reader_words(queue().config), queue().config_versions
    found = kept.draft()
    if found is None:
        if conflict:
            response = page("counter/draft_gone.html", words, me=staff.user, csrf=staff.csrf)
            response.status_code = status
            return response
        return redirect(url_for("counter.versions"), 303)
    proposed = kept.proposed_policy()
    published = kept.all()
    response = page(
        "counter/draft.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        draft=draft_row(found, words),
        changes=_changes(found, words),
        differing=differing(kept.in_force or found.base, None, words),
        against=kept.in_force or found.base,
        faults=shown_faults(kept.obstacles(proposed)),
        proposed=proposed,
        policy_now=queue().config.policy.version,
        later=[version_row(each, words) for each in published if each.state == "scheduled"],
        newer=[
            version_row(each, words)
            for each in published
            if each.number > found.base and each.state in ("in_force", "due", "past")
        ],
        may_draft=may_draft(staff),
        may_publish=may_publish(staff),
        conflict=conflict,
        errors=errors or [],
        wrong={each["field"]: each["message"] for each in errors or []},
        typed=typed or {"when": "now", "from": _before_opening(), "note": "", "policy": proposed or ""},
    )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/admin/centre/versions/<int:number>.zip")
def version_file(number: int) -> ResponseReturnValue:
    """
    Give a version as `navbat config export` writes it. It may hold secrets, so it is for who could publish it.

    Raises:
        NotAllowed, VersionNotFound: Not for this caller, or there is none.
    """
    from server.config.bundling import to_zip

    staff = who_looks()
    if staff is None:
        return to_sign_in()
    if not may_publish(staff):
        raise NotAllowed(role=staff.role)
    data = to_zip(queue().config_versions.get(number).files)
    headers = {
        "Content-Disposition": f"attachment; filename=configuration-{number}.zip",
        "Cache-Control": "no-store",
    }
    return FlaskResponse(data, mimetype="application/zip", headers=headers)


def draft_row(draft: Draft, words: Wording) -> View:
    """Show whose draft it is, and since when."""
    return {
        "revision": draft.revision,
        "base": draft.base,
        "by": draft.changed_by or words.text("versions.by_operator"),
        "at": moment(draft.changed_at, words),
        "begun": moment(draft.begun_at, words),
    }


def who_looks() -> StaffCaller | None:
    """
    Tell who looks.

    Raises:
        NotAllowed: It is nobody who answers for the centre, nor an auditor.
    """
    staff = staff_from_cookie()
    if staff is not None and staff.role not in LOOKS:
        raise NotAllowed(role=staff.role)
    return staff


def _changes(draft: Draft, words: Wording) -> list[View]:
    """List what was done to the draft, the latest first."""
    return [
        {
            "section": section_title(each["section"], words),
            "key": each["key"],
            "kind": words.text(f"versions.kind_{each['kind']}"),
            "by": each["name"] or "",
            "at": moment(datetime.fromisoformat(each["at"]), words),
        }
        for each in reversed(draft.changes[-MOST_CHANGES_SHOWN:])
    ]


def _figures(figures: dict[str, Any], words: Wording) -> list[tuple[str, str]]:
    """Show the figures of a policy that are no list."""
    shown = []
    for name, value in figures.items():
        if isinstance(value, dict) and name != "target_minutes":
            continue
        for key, text in value.items() if isinstance(value, dict) else [(None, value)]:
            label = words.text(f"policies.figure_{key or name}")
            shown.append((label, words.text(f"policies.closing_{text}") if name == "closing" else str(text)))
    return shown


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise VersionNotFound
    return int(text)


def _before_opening() -> str:
    """Propose a moment: tomorrow, an hour before the centre opens."""
    centre = queue().config.centre
    day = queue().clock().astimezone(centre.zone_info).date() + timedelta(days=1)
    spans = centre.hours[("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]]
    opens = time.fromisoformat(spans[0][0]) if spans else time(7)
    return f"{day.isoformat()}T{max(opens.hour - 1, 0):02}:{opens.minute:02}"
