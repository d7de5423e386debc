"""Somebody's own account: password, second factor, passkeys, and where they are signed in."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Response, redirect, request, url_for

from counter import between
from counter.blueprint import blueprint
from counter.pages import check_form, inside, page, to_sign_in
from counter.qr import data_address
from counter.signing_in import answer_challenge, site
from server.api.callers import queue, staff_from_cookie
from server.errors import BadInput, NotSameOrigin, NotSignedIn, PasskeyRefused, SecondFactorWrong
from server.limits import limit_sign_in
from server.operations.second_factor import spelled
from server.reading import reader_words
from server.wording import Wording, date_time

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

    from server.api.callers import StaffCaller
    from server.operations.context import View

NEW_KEY, NEW_PASSKEY = "new_key", "new_passkey"
MAX_PASSWORD = 200


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """Show somebody their account; whoever lacks something of it comes here first."""
    staff = staff_from_cookie(whole=False)
    return to_sign_in() if staff is None else _account_page(staff)


@blueprint.post("/account/password")
@limit_sign_in
def change_password() -> ResponseReturnValue:
    """Choose another password; all other sessions end."""
    staff = _staff()
    words = reader_words(queue().config)
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if new != again:
        return _account_page(staff, {"again": words.text("account.password_differs")}), 422
    try:
        queue().staff.change_password(staff.user, old=old, new=new, session=staff.session.id)
    except BadInput as error:
        return _account_page(staff, _password_fault(error, words)), 422
    return _on(staff, "password")


@blueprint.get("/account/code")
def new_code() -> ResponseReturnValue:
    """Show the QR code of a new key; nothing is kept before its first code was right."""
    staff = staff_from_cookie(whole=False)
    return to_sign_in() if staff is None else _code_page(staff, queue().second_factor.new_key())


@blueprint.post("/account/code")
@limit_sign_in
def keep_code() -> ResponseReturnValue:
    """Ask for codes of this key from now on."""
    staff = _staff()
    signed = between.read(NEW_KEY, request.form.get("key"))
    if not signed or signed["user"] != staff.user.id:
        return redirect(url_for("counter.new_code"), 303)
    key = base64.b64decode(signed["key"])
    try:
        queue().second_factor.keep(staff.user, key, request.form.get("code", "")[:20])
    except SecondFactorWrong:
        words = reader_words(queue().config)
        return _code_page(staff, key, words.text("errors.second_factor_wrong")), 422
    return _on(staff, "code")


@blueprint.post("/account/code/remove")
@limit_sign_in
def remove_code() -> ResponseReturnValue:
    """Ask for no code any more; the password is asked for once more."""
    staff = _staff()
    words = reader_words(queue().config)
    if not queue().staff.is_password(staff.user, request.form.get("password", "")[:MAX_PASSWORD]):
        return _account_page(staff, {"password": words.text("account.password_wrong")}), 422
    queue().second_factor.remove(staff.user, by=staff.user)
    return _on(staff, "code_removed")


@blueprint.post("/account/passkeys/options")
@limit_sign_in
def ask_new_passkey() -> ResponseReturnValue:
    """Give the browser what a new passkey is made from."""
    staff = _staff_by_header()
    challenge = queue().passkeys.ask_new(staff.user, site())
    return answer_challenge(NEW_PASSKEY, challenge.options, challenge.bytes)


@blueprint.post("/account/passkeys")
@limit_sign_in
def keep_passkey() -> ResponseReturnValue:
    """Keep a new passkey."""
    staff = _staff_by_header()
    kept, body = between.kept(NEW_PASSKEY), request.get_json(silent=True)
    if kept is None or not isinstance(body, dict) or not isinstance(body.get("credential"), dict):
        raise PasskeyRefused
    queue().passkeys.keep(
        staff.user,
        body["credential"],
        challenge=base64.b64decode(kept),
        site=site(),
        name=str(body.get("name", "")),
    )
    return between.forget(Response(status=204))


@blueprint.post("/account/passkeys/<int:id>/remove")
def remove_passkey(id: int) -> ResponseReturnValue:
    """Forget a passkey."""
    staff = _staff()
    queue().passkeys.remove(staff.user, id, by=staff.user)
    return _on(staff, "passkey_removed")


@blueprint.post("/account/sessions/<int:id>/end")
def end_session(id: int) -> ResponseReturnValue:
    """End one session of one's own, wherever it is."""
    staff = _staff()
    queue().sessions.end(staff.user.id, id)
    return to_sign_in() if id == staff.session.id else _on(staff, "session_ended")


@blueprint.post("/account/sessions/end")
def end_other_sessions() -> ResponseReturnValue:
    """End every session of one's own but this."""
    staff = _staff()
    queue().sessions.end_all(staff.user.id, but=staff.session.id)
    return _on(staff, "session_ended")


def _staff() -> StaffCaller:
    """Tell who sent this form."""
    staff = staff_from_cookie(whole=False)
    if staff is None:
        raise NotSignedIn
    check_form(staff)
    return staff


def _staff_by_header() -> StaffCaller:
    """Tell for whom a page's module asks."""
    staff = staff_from_cookie(whole=False)
    if staff is None:
        raise NotSignedIn
    if request.headers.get("X-CSRF-Token") != staff.csrf:
        raise NotSameOrigin
    if not queue().passkeys.are_offered:
        raise BadInput(field="passkey")
    return staff


def _on(staff: StaffCaller, done: str) -> ResponseReturnValue:
    """Go on to where the account's lack had stopped somebody, or back to the account, which says what was done."""
    to = request.form.get("next")
    if staff.session.lacks and to:
        return redirect(inside(to), 303)
    return redirect(url_for("counter.account", done=done), 303)


def _password_fault(error: BadInput, words: Wording) -> dict[str, str]:
    field, problem = error.facts["field"], error.facts.get("problem", "length")
    facts = {name: error.facts[name] for name in ("at_least", "at_most") if name in error.facts}
    return {field: words.text(f"account.password_{problem}", **facts)}


def _account_page(staff: StaffCaller, wrong: dict[str, str] | None = None) -> AnyResponse:
    wrong = wrong or {}
    words = reader_words(queue().config)
    done = request.args.get("done")
    key = f"account.done_{done}"
    return page(
        "counter/account.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        lacks=staff.session.lacks,
        next=request.values.get("next"),
        wrong=wrong,
        errors=[{"field": field, "message": message} for field, message in wrong.items()],
        done=words.text(key) if done and words.has(key) else None,
        sessions=[
            _told(each, words) | {"is_this": each["id"] == staff.session.id} for each in _sessions(staff)
        ],
        has_code=queue().second_factor.has(staff.user),
        offers_passkeys=queue().passkeys.are_offered,
        passkeys=[_told(each, words) for each in queue().passkeys.all_of(staff.user.id)],
    )


def _sessions(staff: StaffCaller) -> list[View]:
    return queue().sessions.all_of(staff.user.id)


def _told(row: View, words: Wording) -> View:
    """Write a row's times for its reader."""
    zone = queue().config.centre.zone_info
    return {
        name: date_time(datetime.fromisoformat(value), words.language, zone)
        if name.endswith("_at") and value
        else value
        for name, value in row.items()
    }


def _code_page(staff: StaffCaller, key: bytes, wrong: str | None = None) -> AnyResponse:
    signed = {"user": staff.user.id, "key": base64.b64encode(key).decode()}
    text = spelled(key)
    return page(
        "counter/new_code.html",
        reader_words(queue().config),
        me=staff.user,
        csrf=staff.csrf,
        next=request.values.get("next"),
        key=between.sign(NEW_KEY, signed),
        picture=data_address(queue().second_factor.address(staff.user, key)),
        spelled=" ".join(text[at : at + 4] for at in range(0, len(text), 4)),
        wrong=wrong,
        errors=[{"field": "code", "message": wrong}] if wrong else [],
    )
