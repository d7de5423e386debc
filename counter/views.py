"""Sign-in, the choice of a counter, and the official's terminal; what it does live, it does by the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from server.api.callers import STAFF_COOKIE, queue, staff_from_cookie
from server.errors import CounterNotFound, NotSameOrigin, SignInFailed
from server.limits import limit_sign_in
from server.reading import LANGUAGE_COOKIE, reader_words
from server.wording import Wording, texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from server.api.callers import StaffCaller
    from server.operations.context import View

blueprint = Blueprint(
    "counter",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/counter/static",
)

A_YEAR_S = 365 * 24 * 3600
# To whom the choice of a counter shows the way to /documents, which asks again.
PRINTS_DOCUMENTS = ("reception", "supervisor", "admin")


@blueprint.get("/sign-in")
def sign_in_form() -> ResponseReturnValue:
    """Ask who it is; somebody who is signed in goes on."""
    to = _inside(request.args.get("next"))
    if staff_from_cookie() is not None and "language" not in request.args:
        return redirect(to, 303)
    return _sign_in_page(to)


@blueprint.post("/sign-in")
@limit_sign_in
def sign_in() -> ResponseReturnValue:
    """Open a session and go where the visitor of the page was going."""
    to = _inside(request.form.get("next"))
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    words = reader_words(queue().config)
    missing = {"username": not username, "password": not password}
    wrong = {
        field: words.text(f"counter.sign_in_missing_{field}")
        for field, is_missing in missing.items()
        if is_missing
    }
    if wrong:
        return _sign_in_page(to, username, wrong), 422
    try:
        session = queue().staff.sign_in(username=username, password=password, kind="cookie")
    except SignInFailed:
        return _sign_in_page(to, username, {"password": words.text("counter.sign_in_wrong")}), 401
    response = redirect(to, 303)
    response.set_cookie(
        STAFF_COOKIE,
        session.token,
        # Told as a length: the clock of the browser may be wrong.
        max_age=round((session.expires_at - queue().clock()).total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """
    End the session, here and for whoever copied its cookie.

    Raises:
        NotSameOrigin: The form did not come from a page of this session.
    """
    staff = staff_from_cookie()
    if staff is not None:
        if request.form.get("csrf_token") != staff.csrf:
            raise NotSameOrigin
        queue().staff.sign_out(request.cookies[STAFF_COOKIE])
    response = redirect(url_for("counter.sign_in_form"), 303)
    response.delete_cookie(STAFF_COOKIE)
    return response


@blueprint.get("/counter")
def choose() -> ResponseReturnValue:
    """Lead to the counter at which this official works, or let them choose one."""
    staff = staff_from_cookie()
    if staff is None:
        return _to_sign_in()
    rows = [row for row in queue().counters.all() if _may_work_at(row, staff)]
    typed = request.args.get("number", "").strip()
    if any(typed == str(row["counter"]) for row in rows):
        return redirect(url_for("counter.terminal", number=int(typed)), 303)
    own = [row["counter"] for row in rows if _is_own(row, staff)]
    if own and not {"choose", "number", "language"} & set(request.args):
        return redirect(url_for("counter.terminal", number=own[0]), 303)
    words = reader_words(queue().config)
    return _page(
        "counter/choose.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        prints_documents=staff.role in PRINTS_DOCUMENTS,
        zones=_by_zone(rows, staff),
        unknown=words.text("counter.choose_unknown", n=typed) if typed else None,
        unknown_text=words.text("counter.choose_unknown", n="{n}"),
    )


@blueprint.get("/counter/<int:number>")
def terminal(number: int) -> ResponseReturnValue:
    """
    Serve the terminal with its first state in it, so that it is drawn before anything is asked.

    Raises:
        CounterNotFound: The centre has no such counter, or none for this official.
    """
    staff = staff_from_cookie()
    if staff is None:
        return _to_sign_in()
    counter = queue().counters.view(number)
    if not _may_work_at(counter, staff):
        raise CounterNotFound(counter=number)
    config = queue().config
    state = {
        "counter_number": number,
        "counter": counter,
        "csrf": staff.csrf,
        "me": {"id": staff.user.id, "name": staff.user.name, "role": staff.role},
        "pause_reasons": [
            reason.model_dump(include={"key", "name"}) for reason in config.policy.pause_reasons
        ],
        "out_of_turn_reasons": [
            reason.model_dump(include={"key", "name"}) for reason in config.policy.out_of_turn_reasons
        ],
    }
    return _page(
        "counter/terminal.html",
        reader_words(config),
        csrf=staff.csrf,
        state=state,
        wording={language: texts(language, "counter") for language in config.centre.languages},
    )


def _sign_in_page(to: str, username: str = "", wrong: dict[str, str] | None = None) -> Response:
    wrong = wrong or {}
    return _page(
        "counter/sign_in.html",
        reader_words(queue().config),
        next=to,
        username=username,
        wrong=wrong,
        errors=[{"field": field, "message": message} for field, message in wrong.items()],
    )


def _page(template: str, words: Wording, **context: Any) -> Response:
    """Draw a page of the staff, and remember the language if its address names one."""
    centre = queue().config.centre
    response = make_response(
        render_template(
            template,
            words=words,
            language=words.language,
            languages=[(each, Wording(each).text("counter.own_name")) for each in centre.languages],
            state_language=centre.state_language,
            timezone=centre.timezone,
            centre_name=centre.name,
            **context,
        )
    )
    if request.args.get("language") == words.language:
        response.set_cookie(LANGUAGE_COOKIE, words.language, max_age=A_YEAR_S, samesite="Lax")
    return response


def _to_sign_in() -> Response:
    return redirect(f"{url_for('counter.sign_in_form')}?{urlencode({'next': request.path})}", 303)


def _inside(to: str | None) -> str:
    """Follow an address only within this site; browsers take a backslash for a slash."""
    if to and to.startswith("/") and not to.startswith(("//", "/\\")):
        return to
    return url_for("counter.choose")


def _may_work_at(row: View, staff: StaffCaller) -> bool:
    """Tell whether the counter offers anything that this official may serve."""
    config, agencies = queue().config, staff.user.agencies
    offered = {config.service[key].agency for key in config.counter[row["counter"]].services}
    return agencies is None or not offered.isdisjoint(agencies)


def _is_own(row: View, staff: StaffCaller) -> bool:
    return row["official"] is not None and row["official"]["id"] == staff.user.id


def _by_zone(rows: list[View], staff: StaffCaller) -> list[View]:
    zones: dict[str, View] = {}
    for row in rows:
        zone = zones.setdefault(row["zone"], {"name": row["zone_name"], "counters": []})
        zone["counters"].append({**row, "yours": _is_own(row, staff)})
    return list(zones.values())
