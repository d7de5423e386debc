"""Where staff of an agency, or reception, tell which results are ready: by a file or one by one."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from server import wording
from server.api.callers import queue, staff_from_cookie
from server.domain import contacts
from server.domain.result_file import COLUMNS, NEEDED
from server.errors import BadInput, NotAllowed, NotSameOrigin, QueueError
from server.fault_texts import fault_text
from server.reading import LANGUAGE_COOKIE, reader_words
from server.wording import Wording

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from server.api.callers import StaffCaller
    from server.domain.contacts import Contact
    from server.operations.context import View
    from server.operations.staff import Official

blueprint = Blueprint("collection", __name__, template_folder="templates")

ROLES = ("official", "reception", "supervisor", "admin")
A_YEAR_S = 365 * 24 * 3600
STATES = ("ready", "checked_in", "withdrawn", "expired")
# A spreadsheet takes a file with this mark for UTF-8; without it, for the old encoding of its country.
BOM = "\ufeff"
DOWNLOADED = ("service", "reference", "code", "valid_until")


@blueprint.get("/collection")
def collection() -> ResponseReturnValue:
    """List what was announced, and take more."""
    staff = _staff()
    if staff is None:
        return _to_sign_in()
    return _page(staff)


@blueprint.post("/collection")
def upload() -> ResponseReturnValue:
    """Take a file whole, or name each of its faults and take nothing."""
    staff = _acting()
    file = request.files.get("file")
    data = file.read() if file is not None else b""
    words = reader_words(queue().config)
    if not data:
        return _page(
            staff, errors=[{"field": "file", "message": words.text("collection.no_file")}], status=422
        )
    taken = queue().results.import_file(data, official=_official(staff))
    if taken["faults"]:
        faults = [{**each, "message": fault_text(words, each)} for each in taken["faults"]]
        return _page(staff, faults=faults, encoding=taken["encoding"], status=422)
    return redirect(url_for("collection.collection", batch=taken["batch"], encoding=taken["encoding"]), 303)


@blueprint.post("/collection/one")
def announce() -> ResponseReturnValue:
    """Announce a single result."""
    staff = _acting()
    given = {name: request.form.get(name, "").strip() for name in ("service", "reference", "email", "phone")}
    try:
        queue().results.announce(
            service=given["service"],
            reference=given["reference"],
            contact=_contact(given),
            official=_official(staff),
        )
    except QueueError as error:
        words = reader_words(queue().config)
        field = str(error.facts.get("field") or "reference")
        key = f"collection.fault_{field}"
        said = words.text(f"errors.{error.key}")
        if isinstance(error, BadInput) and words.has(key):
            said = words.text(key, value=given.get(field, ""))
        return _page(staff, errors=[{"field": field, "message": said}], given=given, status=error.status)
    return redirect(url_for("collection.collection"), 303)


@blueprint.post("/collection/<int:result>/withdraw")
def withdraw(result: int) -> ResponseReturnValue:
    """Take a result back."""
    queue().results.withdraw(result, official=_official(_acting()))
    return redirect(url_for("collection.collection"), 303)


@blueprint.post("/collection/<int:result>/print")
def print_slip(result: int) -> ResponseReturnValue:
    """Print the slip with a result's code at the hall's printer."""
    queue().results.print_slip(result, official=_official(_acting()))
    return redirect(url_for("collection.collection", printed=1), 303)


@blueprint.get("/collection/codes.csv")
def codes() -> ResponseReturnValue:
    """Give the codes of one file, or of all that is ready, for the agency's own system or letters."""
    staff = _staff()
    if staff is None:
        return _to_sign_in()
    batch = request.args.get("batch")
    found = queue().results.list(batch=batch, state=None if batch else "ready", official=_official(staff))
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(DOWNLOADED)
    for each in reversed(found):
        until = each["expires_at"][:10] if each["expires_at"] else ""
        writer.writerow([each["service"], each["reference"], each["code"], until])
    headers = {"Content-Disposition": "attachment; filename=codes.csv", "Cache-Control": "no-store"}
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)


def _staff() -> StaffCaller | None:
    staff = staff_from_cookie()
    if staff is not None and staff.role not in ROLES:
        raise NotAllowed(role=staff.role)
    return staff


def _acting() -> StaffCaller:
    """Let a form of this session through; raises NotSameOrigin for any other."""
    staff = _staff()
    if staff is None or request.form.get("csrf_token") != staff.csrf:
        raise NotSameOrigin
    return staff


def _official(staff: StaffCaller) -> Official | None:
    return staff.user if staff.role == "official" else None


def _contact(given: dict[str, str]) -> Contact | None:
    found = None
    if given["email"]:
        found = contacts.email(given["email"])
        if found is None:
            raise BadInput(field="email")
    if given["phone"]:
        if found is not None:
            raise BadInput(field="two_contacts")
        found = contacts.phone(given["phone"], country=queue().config.messages.country_code)
        if found is None:
            raise BadInput(field="phone")
    return found


def _page(staff: StaffCaller, *, status: int = 200, **context: Any) -> Response:
    words = reader_words(queue().config)
    official = _official(staff)
    centre = queue().config.centre
    batch, state = request.args.get("batch"), request.args.get("state", "ready")
    shown = queue().results.list(
        batch=batch, state=None if batch or state not in STATES else state, official=official
    )
    if batch:
        shown = shown[::-1]  # as in the file
    offered = queue().results.services(official)
    response = make_response(
        render_template(
            "counter/collection.html",
            words=words,
            language=words.language,
            languages=[(each, Wording(each).text("counter.own_name")) for each in centre.languages],
            state_language=centre.state_language,
            timezone=centre.timezone,
            centre_name=centre.name,
            me=staff.user,
            csrf=staff.csrf,
            services=[(key, queue().context.service_name(key)) for key in offered],
            needed=", ".join(NEEDED),
            more=", ".join(each for each in COLUMNS if each not in NEEDED),
            ways=queue().notices.ways(),
            results=[_shown(each, words) for each in shown],
            batch=batch,
            chosen=None if batch else state,
            states=STATES,
            taken_as=request.args.get("encoding") if batch else None,
            printed="printed" in request.args,
            prints=queue().config.kiosk.printer is not None,
            **{"errors": [], "faults": [], "encoding": None, "given": {}, **context},
        ),
        status,
    )
    if request.args.get("language") == words.language:
        response.set_cookie(LANGUAGE_COOKIE, words.language, max_age=A_YEAR_S, samesite="Lax")
    return response


def _shown(result: View, words: Wording) -> View:
    zone = queue().config.centre.zone_info
    expires_at = result["expires_at"]
    until = wording.date(datetime.fromisoformat(expires_at), words.language, zone) if expires_at else ""
    return {**result, "until": until}


def _to_sign_in() -> Response:
    to = f"{url_for('counter.sign_in_form')}?{urlencode({'next': request.full_path.rstrip('?')})}"
    return make_response(redirect(to, 303))
