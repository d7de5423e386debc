"""Accounts of staff as pages: the list, a new one, and one of them with all that is done to it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import redirect, request, url_for

from counter.blueprint import blueprint
from counter.pages import check_form, page, to_sign_in
from server.api.callers import queue, staff_from_cookie
from server.error_pages import detail_of
from server.errors import BadInput, Conflict, NotAllowed, NotSignedIn
from server.operations.account_rules import LOOK, MANAGES
from server.operations.staff import MAX_NAME, ROLES
from server.reading import reader_words
from server.wording import date_time

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from server.api.callers import StaffCaller
    from server.operations.context import View
    from server.wording import Wording

STATES = ("works", "disabled")
DONE = (
    "added",
    "changed",
    "disabled",
    "enabled",
    "second-factor",
    "passkeys",
    "sessions",
)


@blueprint.get("/admin/users")
def users() -> ResponseReturnValue:
    """
    List the accounts that somebody answers for.

    Raises:
        NotAllowed: It is nobody who answers for accounts, nor an auditor.
    """
    staff = _who_looks()
    if staff is None:
        return to_sign_in()
    words = reader_words(queue().config)
    found = request.args.get("find", "").strip()[:60]
    role, state = request.args.get("role", ""), request.args.get("state", "")
    everybody = queue().accounts.all(staff.user)
    shown = [
        _row(each, words)
        for each in everybody
        if found.casefold() in f"{each['name']} {each['username']}".casefold()
        and (role not in ROLES or each["role"] == role)
        and (state not in STATES or (each["disabled_at"] is None) == (state == "works"))
    ]
    return page(
        "counter/users.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        accounts=shown,
        total=len(everybody),
        typed={"find": found, "role": role, "state": state},
        roles=ROLES,
        may_add=staff.role in MANAGES,
    )


@blueprint.get("/admin/users/new")
def new_user() -> ResponseReturnValue:
    """
    Show the form of a new account.

    Raises:
        NotAllowed: It is nobody who may make one.
    """
    staff = _who_looks(MANAGES)
    return to_sign_in() if staff is None else _new_page(staff)


@blueprint.post("/admin/users/new")
def add_user() -> ResponseReturnValue:
    """
    Make an account, and show the password that opens it once.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin: Not by this caller.
    """
    staff = _who_sends()
    typed = _typed()
    try:
        id, password = queue().accounts.add(staff.user, request.form.get("username", "")[:200], **typed)
    except (BadInput, Conflict) as error:
        return _new_page(staff, typed, _faults(error)), error.status
    return _user_page(staff, id, done="added", password=password)


@blueprint.get("/admin/users/<int:id>")
def user(id: int) -> ResponseReturnValue:
    """
    Show an account.

    Raises:
        NotAllowed, AccountNotFound: Not for this caller.
    """
    staff = _who_looks()
    return to_sign_in() if staff is None else _user_page(staff, id, done=request.args.get("done"))


@blueprint.post("/admin/users/<int:id>")
def change_user(id: int) -> ResponseReturnValue:
    """
    Change name, role, agencies and services.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, AccountNotFound: Not by this caller.
    """
    staff = _who_sends()
    typed = _typed()
    try:
        queue().accounts.change(staff.user, id, typed)
    except (BadInput, Conflict) as error:
        return _user_page(staff, id, typed=typed, wrong=_faults(error)), error.status
    return redirect(url_for("counter.user", id=id, done="changed"), 303)


@blueprint.post(
    "/admin/users/<int:id>/<any(disable, enable, password, 'second-factor', passkeys, sessions):act>"
)
def act_on_user(id: int, act: str) -> ResponseReturnValue:
    """
    Do what the page of an account offers beside changing it; a new password is shown in the answer, once.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, AccountNotFound: Not by this caller.
    """
    staff = _who_sends()
    accounts = queue().accounts
    try:
        if act == "password":
            return _user_page(staff, id, password=accounts.give_password(staff.user, id))
        if act == "sessions":
            session = request.form.get("session", "")
            accounts.end_sessions(staff.user, id, int(session) if session.isdecimal() else None)
        else:
            {
                "disable": accounts.disable,
                "enable": accounts.enable,
                "second-factor": accounts.remove_second_factor,
                "passkeys": accounts.remove_passkeys,
            }[act](staff.user, id)
    except Conflict as error:
        return _user_page(staff, id, wrong=_faults(error)), error.status
    done = {"disable": "disabled", "enable": "enabled"}.get(act, act)
    return redirect(url_for("counter.user", id=id, done=done), 303)


def _who_looks(roles: Any = LOOK) -> StaffCaller | None:
    staff = staff_from_cookie()
    if staff is not None and staff.role not in roles:
        raise NotAllowed(role=staff.role)
    return staff


def _who_sends() -> StaffCaller:
    staff = staff_from_cookie()
    if staff is None:
        raise NotSignedIn
    check_form(staff)
    if staff.role not in MANAGES:
        raise NotAllowed(role=staff.role)
    return staff


def _typed() -> dict[str, Any]:
    """Read the fields of an account; "all" says that the boxes below it do not count."""
    form = request.form
    return {
        "name": form.get("name", "")[:200].strip() or form.get("username", "")[:MAX_NAME].strip(),
        "role": form.get("role", ""),
        "agencies": None if form.get("agencies_are") == "all" else form.getlist("agencies"),
        "services": None if form.get("services_are") == "all" else form.getlist("services"),
    }


def _faults(error: BadInput | Conflict) -> list[dict[str, str]]:
    """Say what is wrong, with the field that it is wrong with."""
    words = reader_words(queue().config)
    if isinstance(error, BadInput):
        field = str(error.facts["field"])
        return [{"field": field, "message": words.text(f"admin.wrong_{field}")}]
    field = str(error.facts.get("field", "account"))
    message = words.text(f"errors.{error.key}")
    return [{"field": field, "message": f"{message} {detail_of(words, error) or ''}".strip()}]


def _new_page(
    staff: StaffCaller, typed: dict[str, Any] | None = None, wrong: list[dict[str, str]] | None = None
) -> Response:
    words = reader_words(queue().config)
    own = staff.user.agencies
    fields = typed or {
        "name": "",
        "role": "official",
        "agencies": list(own) if own else None,
        "services": None,
    }
    return page(
        "counter/new_user.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        username=request.form.get("username", ""),
        errors=wrong or [],
        wrong={each["field"]: each["message"] for each in wrong or []},
        **_form(staff, fields, words),
    )


def _user_page(
    staff: StaffCaller,
    id: int,
    *,
    done: str | None = None,
    password: str | None = None,
    typed: dict[str, Any] | None = None,
    wrong: list[dict[str, str]] | None = None,
) -> Response:
    words = reader_words(queue().config)
    account = queue().accounts.get(staff.user, id)
    return page(
        "counter/user.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        account=_row(account, words),
        is_me=id == staff.user.id,
        password=password,
        done=words.text(f"admin.done_{done.replace('-', '_')}") if done in DONE else None,
        errors=wrong or [],
        wrong={each["field"]: each["message"] for each in wrong or []},
        sessions=[_told(each, words) for each in queue().accounts.sessions(staff.user, id)],
        **_form(staff, typed or account, words),
    )


def _form(staff: StaffCaller, fields: dict[str, Any], words: Wording) -> dict[str, Any]:
    """Gather what the fields of an account offer: what this caller may give, and what is chosen."""
    config, own = queue().config, staff.user.agencies
    offered = [each for each in config.agencies if own is None or each.key in own]
    services = [(each.agency, each.key, words.name(each.name)) for each in config.services]
    return {
        "fields": fields,
        "may_give_all": own is None,
        "roles": MANAGES.get(staff.role, ROLES),
        "agencies": [(each.key, words.name(each.name)) for each in offered],
        "services": [
            (words.name(each.name), [(key, name) for agency, key, name in services if agency == each.key])
            for each in offered
        ],
    }


def _row(account: View, words: Wording) -> View:
    config = queue().config
    names = [words.name(config.agency[key].name) for key in account["agencies"] or () if key in config.agency]
    return {**_told(account, words), "agency_names": None if account["agencies"] is None else names}


def _told(row: View, words: Wording) -> View:
    """Write a row's times for its reader."""
    zone = queue().config.centre.zone_info
    return {
        name: date_time(datetime.fromisoformat(value), words.language, zone)
        if name.endswith("_at") and value
        else value
        for name, value in row.items()
    }
