"""Signing in and out: by password and code, by passkey, by a provider of single sign-on."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from flask import Response, redirect, request, url_for

from counter import between
from counter.blueprint import blueprint
from counter.pages import check_form, inside, page
from server.api.callers import STAFF_COOKIE, queue, staff_from_cookie
from server.errors import BadInput, PasskeyRefused, SecondFactorNeeded, SecondFactorWrong, SignInFailed
from server.limits import limit_sign_in
from server.operations.passkeys import Site
from server.reading import reader_words

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

    from server.operations.sessions import SignIn

CODE, PASSKEY = "code", "passkey"
MAX_BROWSER = 80


@blueprint.get("/sign-in")
def sign_in_form() -> ResponseReturnValue:
    """Ask who it is; somebody who is signed in goes on."""
    to = inside(request.args.get("next"))
    if staff_from_cookie(whole=False) is not None and "language" not in request.args:
        return redirect(to, 303)
    return sign_in_page(to)


@blueprint.post("/sign-in")
@limit_sign_in
def sign_in() -> ResponseReturnValue:
    """Open a session and go where the visitor of the page was going, or ask for the code first."""
    to = inside(request.form.get("next"))
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    words = reader_words(queue().config)
    missing = {"username": not username, "password": not password}
    wrong = {
        field: words.text(f"counter.sign_in_missing_{field}")
        for field, is_missing in missing.items()
        if is_missing
    }
    if wrong:
        return sign_in_page(to, username, wrong), 422
    try:
        session = queue().sessions.sign_in(username=username, password=password, browser=browser_name())
    except SignInFailed:
        return sign_in_page(to, username, {"password": words.text("counter.sign_in_wrong")}), 401
    except SecondFactorNeeded as needed:
        asking = redirect(url_for("counter.code_form"), 303)
        return between.keep(asking, CODE, {"user": needed.facts["user"], "next": to})
    return signed_in(session, to)


@blueprint.get("/sign-in/code")
def code_form() -> ResponseReturnValue:
    """Ask for the code of the second factor."""
    if between.kept(CODE) is None:
        return redirect(url_for("counter.sign_in_form"), 303)
    return _code_page()


@blueprint.post("/sign-in/code")
@limit_sign_in
def check_code() -> ResponseReturnValue:
    """Take the code, and open the session."""
    kept = between.kept(CODE)
    if kept is None:
        return redirect(url_for("counter.sign_in_form"), 303)
    try:
        session = queue().sessions.sign_in_with_code(
            kept["user"], request.form.get("code", "")[:20], browser=browser_name()
        )
    except SecondFactorWrong:
        return _code_page(reader_words(queue().config).text("errors.second_factor_wrong")), 401
    return signed_in(session, kept["next"])


@blueprint.post("/sign-in/passkey/options")
@limit_sign_in
def ask_for_passkey() -> ResponseReturnValue:
    """Give the browser a challenge to sign."""
    _passkeys_are_offered()
    challenge = queue().passkeys.ask(site())
    return answer_challenge(PASSKEY, challenge.options, challenge.bytes)


@blueprint.post("/sign-in/passkey")
@limit_sign_in
def check_passkey() -> ResponseReturnValue:
    """Take the signature, and open the session."""
    _passkeys_are_offered()
    kept = between.kept(PASSKEY)
    credential = request.get_json(silent=True)
    if kept is None or not isinstance(credential, dict):
        raise PasskeyRefused
    session = queue().passkeys.sign_in(
        credential, challenge=base64.b64decode(kept), site=site(), browser=browser_name()
    )
    return signed_in(session, None)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """
    End the session, here and for whoever copied its cookie.

    Raises:
        NotSameOrigin: The form did not come from a page of this session.
    """
    staff = staff_from_cookie(whole=False)
    if staff is not None:
        check_form(staff)
        queue().sessions.sign_out(request.cookies[STAFF_COOKIE])
    back = {"next": request.form["next"], "idle": "1"} if request.form.get("next") else {}
    query = f"?{urlencode(back)}" if back else ""
    response = redirect(url_for("counter.sign_in_form") + query, 303)
    response.delete_cookie(STAFF_COOKIE)
    return response


def sign_in_page(to: str, username: str = "", wrong: dict[str, str] | None = None) -> AnyResponse:
    """Draw the sign-in, with what was wrong the last time."""
    wrong = wrong or {}
    config = queue().config
    provider = config.sign_in.single_sign_on
    return page(
        "counter/sign_in.html",
        reader_words(config),
        next=to,
        username=username,
        wrong=wrong,
        errors=[{"field": field, "message": message} for field, message in wrong.items()],
        idle_minutes=config.sign_in.idle_minutes if "idle" in request.args else None,
        passkeys=queue().passkeys.are_offered,
        provider=provider.name if provider else None,
    )


def signed_in(session: SignIn, to: str | None) -> AnyResponse:
    """Give the browser its session; `to` None answers a script."""
    response: AnyResponse = Response(status=204) if to is None else redirect(to, 303)
    between.forget(response)
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


def answer_challenge(purpose: str, options: str, challenge: bytes) -> AnyResponse:
    """Send a browser what its authenticator is asked, and keep the challenge for the answer."""
    response = Response(options, mimetype="application/json")
    return between.keep(response, purpose, base64.b64encode(challenge).decode())


def site() -> Site:
    """Tell for which site a passkey is made: this one, as the browser knows it."""
    origin = request.host_url.rstrip("/")
    return Site(urlsplit(origin).hostname or "", origin)


def browser_name() -> str | None:
    """
    Name the browser for the list of sessions: its kind and system, never more.

    Source: the order in which browsers claim to be each other.
    """
    agent = request.user_agent.string
    kinds = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    kind = next((name for sign, name in kinds if sign in agent), "")
    system = next((name for name in systems if name in agent), "")
    return ", ".join(filter(None, (kind, system)))[:MAX_BROWSER] or None


def _code_page(wrong: str | None = None) -> AnyResponse:
    return page(
        "counter/code.html",
        reader_words(queue().config),
        wrong=wrong,
        errors=[{"field": "code", "message": wrong}] if wrong else [],
    )


def _passkeys_are_offered() -> None:
    if not queue().passkeys.are_offered:
        raise BadInput(field="passkey")
