"""From the laboratory to the rule: the form below a trial, and what is done with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import redirect, request, url_for

from counter.blueprint import blueprint
from counter.pages import check_form
from counter.version_parts import may_draft
from server.api.callers import queue, staff_from_cookie
from server.config import ConfigErrors
from server.errors import BadInput, NotAllowed, NotSignedIn
from server.operations.config_versions import MAX_NOTE, Version
from server.operations.version_rules import DRAFTS

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from server.api.callers import StaffCaller
    from server.operations.context import View
    from server.wording import Wording

# What a trial's form sends; the rest of the address stays behind.
FIELDS = (
    "day",
    "walk_in",
    "appointment",
    "collect",
    "service",
    "service_minutes",
    "quota_every",
    "added",
    "removed",
)


def adopt_form(staff: StaffCaller, words: Wording) -> View | None:
    """Tell what somebody may make of a trial; None where config.yaml has the rule, or they only look."""
    if queue().config_versions.managed == "file" or not may_draft(staff):
        return None
    wrong = request.args.get("wrong", "")
    return {
        "version": queue().adopting.next_version(),
        "publishes": queue().adopting.may_publish(staff.user),
        "wrong": words.text(f"versions.wrong_{wrong}", n=MAX_NOTE) if wrong in ("note", "from") else None,
        "given": _given(request.args),
    }


@blueprint.post("/supervisor/lab/adopt")
def adopt_trial() -> ResponseReturnValue:
    """
    Make a trial the rule: published by who may, a draft otherwise.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere, BadInput: It cannot be, or not by this caller.
    """
    from counter.lab import trial_of

    staff = staff_from_cookie()
    if staff is None:
        raise NotSignedIn
    if staff.role not in DRAFTS:
        raise NotAllowed(role=staff.role)
    check_form(staff)
    try:
        made = queue().adopting.adopt(
            trial_of(request.form),
            staff.user,
            note=request.form.get("note", "")[: MAX_NOTE + 1],
            from_at=_from(),
        )
    except BadInput as error:
        field = str(error.facts.get("field"))
        if field not in ("note", "from"):
            raise
        address = (
            f"{url_for('counter.laboratory')}?{urlencode([*_given(request.form), ('wrong', field)])}#apply"
        )
        return redirect(address, 303)
    except ConfigErrors:  # of the draft that is there: its page names them
        return redirect(url_for("counter.draft"), 303)
    if isinstance(made, Version):
        done = "published" if made.state == "due" else "scheduled"
        return redirect(url_for("counter.versions", done=done, number=made.number), 303)
    return redirect(url_for("counter.draft"), 303)


def _given(form: View) -> list[tuple[str, str]]:
    return [(name, form[name][:60]) for name in form if name in FIELDS or name.startswith("credit_")]


def _from() -> datetime | None:
    text = request.form.get("from", "").strip()[:20]
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=queue().config.centre.zone_info)
    except ValueError as error:
        raise BadInput(field="from", value=text) from error
