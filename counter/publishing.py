"""What is done with versions of the configuration: a draft begun or given up, published, or an earlier one again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask import redirect, request, url_for

from counter.blueprint import blueprint
from counter.pages import check_form
from counter.version_parts import shown_faults
from counter.versions import draft_page, version_page
from server.api.callers import queue, staff_from_cookie
from server.config import ConfigErrors
from server.errors import BadInput, DraftConflict, NotAllowed, NothingChanged, NotSignedIn
from server.operations.config_versions import MAX_NOTE
from server.operations.version_rules import DRAFTS
from server.reading import reader_words

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from server.api.callers import StaffCaller
    from server.operations.context import View
    from server.operations.versions import Version


@blueprint.post("/admin/centre/versions/begin")
def begin_draft() -> ResponseReturnValue:
    """
    Begin a draft, of the version in force or of `number`; where there is one already it is shown.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere, VersionNotFound: It cannot be, or not by this caller.
    """
    staff = who_sends()
    text = request.form.get("number", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None
    queue().config_versions.begin(staff.user, number)
    return redirect(url_for("counter.draft"), 303)


@blueprint.post("/admin/centre/versions/draft/publish")
def publish_draft() -> ResponseReturnValue:
    """
    Publish the draft as it was shown; with a fault, or somebody else's change, its page comes again.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere: Not by this caller, or not here.
    """
    staff = who_sends()
    typed = _typed()
    try:
        made = queue().config_versions.publish(
            _revision(),
            note=typed["note"],
            from_at=_from(typed),
            by=staff.user,
            policy=typed["policy"] or None,
        )
    except DraftConflict as error:
        return draft_page(staff, typed=typed, status=error.status, conflict=True)
    except (BadInput, NothingChanged) as error:
        return draft_page(staff, _errors(error), typed, error.status)
    except ConfigErrors as error:
        errors = [
            {"field": "faults", "message": f"{each['key']}: {each['message']}"}
            for each in shown_faults(error.problems)
        ]
        return draft_page(staff, errors, typed, 422)
    return _to_list(made)


@blueprint.post("/admin/centre/versions/draft/discard")
def discard_draft() -> ResponseReturnValue:
    """
    Give the draft up as it was shown.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere: Not by this caller, or not here.
    """
    staff = who_sends()
    try:
        queue().config_versions.discard(_revision(), staff.user)
    except DraftConflict as error:
        return draft_page(staff, status=error.status, conflict=True)
    return redirect(url_for("counter.versions", done="discarded"), 303)


@blueprint.post("/admin/centre/versions/<int:number>/again")
def publish_again(number: int) -> ResponseReturnValue:
    """
    Publish an earlier version once more.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere, VersionNotFound: It cannot be, or not by this caller.
    """
    staff = who_sends()
    typed = _typed()
    try:
        made = queue().config_versions.again(number, note=typed["note"], from_at=_from(typed), by=staff.user)
    except (BadInput, NothingChanged) as error:
        return version_page(staff, number, _errors(error), typed, error.status)
    except ConfigErrors as error:
        errors = [
            {"field": "note", "message": f"{each['key']}: {each['message']}"}
            for each in shown_faults(error.problems)
        ]
        return version_page(staff, number, errors, typed, 422)
    return _to_list(made)


def who_sends() -> StaffCaller:
    """
    Tell who sends a form of theirs.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin: Nobody, somebody else's role, or another site's form.
    """
    staff = staff_from_cookie()
    if staff is None:
        raise NotSignedIn
    if staff.role not in DRAFTS:
        raise NotAllowed(role=staff.role)
    check_form(staff)
    return staff


def _typed() -> View:
    return {
        "when": "later" if request.form.get("when") == "later" else "now",
        "from": request.form.get("from", "")[:20],
        "note": request.form.get("note", "")[: MAX_NOTE + 1],
        "policy": request.form.get("policy", "").strip()[:60],
    }


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


def _from(typed: View) -> datetime | None:
    if typed["when"] == "now":
        return None
    try:
        at = datetime.fromisoformat(typed["from"])
    except ValueError as error:
        raise BadInput(field="from", value=typed["from"]) from error
    return at.replace(tzinfo=queue().config.centre.zone_info)


def _errors(error: BadInput | NothingChanged) -> list[View]:
    words = reader_words(queue().config)
    if isinstance(error, NothingChanged):
        return [{"field": "note", "message": words.text("errors.nothing_changed")}]
    field = "from" if error.facts.get("field") == "from" else "note"
    return [{"field": field, "message": words.text(f"versions.wrong_{field}", n=MAX_NOTE)}]


def _to_list(made: Version) -> Response:
    done = "published" if made.state == "due" else "scheduled"
    return redirect(url_for("counter.versions", done=done, number=made.number), 303)
