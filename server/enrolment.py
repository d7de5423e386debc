"""How a browser becomes a kiosk, a display or a tablet: it shows a code that staff type in, or is given a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request

from server import qr
from server.api.answers import json_answer
from server.api.callers import DEVICE_COOKIE, device_from_cookie, queue
from server.errors import DeviceNotFound, PairingEnded
from server.limits import CODES, SIGN_IN, limiter
from server.operations.pairing import LASTS
from server.pages import page
from server.placing import HOME
from server.reading import reader_words

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("enrolment", __name__)

A_YEAR_S = 365 * 24 * 3600
PAIRING_COOKIE = "navbat_pairing"


@blueprint.get("/enrol")
def form() -> AnyResponse:
    """
    Show a code, which the page asks for; below it a field for a token.

    A screen that is enrolled goes where it belongs, so that every screen may be started with this address.
    """
    device = device_from_cookie()
    if device is not None and not request.args and device.kind != "printer":
        return redirect(HOME[device.kind], 303)
    return page("enrol.html", errors=[], to=_inside(request.args.get("to")))


@blueprint.post("/enrol")
@limiter.limit(SIGN_IN)
def enrol() -> AnyResponse:
    """Take a token that somebody typed."""
    to = _inside(request.form.get("to"))
    token = request.form.get("token", "").strip()
    try:
        device = queue().devices.identify(token)
    except DeviceNotFound:
        words = reader_words(queue().context.config)
        errors = [{"field": "token", "message": words.text("errors.device_not_found")}]
        return page("enrol.html", 422, errors=errors, to=to)
    return _remember(redirect(to or HOME[device.kind], 303), token)


@blueprint.post("/enrol/code")
@limiter.limit(CODES)
def code() -> Response:
    """Give a new device a code to show; the secret that belongs to it stays in a cookie no script can read."""
    pairing = queue().pairings.begin()
    url = f"{queue().context.public_url}/devices?code={pairing.code}"
    answer = json_answer(
        {"code": pairing.code, "expires_in_s": int(LASTS.total_seconds()), "qr": qr.rows(url)}
    )
    _keep(answer, PAIRING_COOKIE, pairing.secret, int(LASTS.total_seconds()))
    return answer


@blueprint.post("/enrol/collect")
@limiter.exempt
def collect() -> AnyResponse:
    """
    Tell a new device whether its code was typed; then it has its token as a cookie, and is told where to go.

    Raises:
        PairingEnded: It must show another code.
    """
    secret = request.cookies.get(PAIRING_COOKIE)
    if not secret:
        raise PairingEnded
    collected = queue().pairings.collect(secret)
    if collected is None:
        return json_answer({"to": None})
    device, token = collected
    answer = json_answer({"to": HOME[device.kind]})
    answer.delete_cookie(PAIRING_COOKIE)
    return _remember(answer, token)


def _remember(response: AnyResponse, token: str) -> AnyResponse:
    _keep(response, DEVICE_COOKIE, token, A_YEAR_S)
    return response


def _keep(response: AnyResponse, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="Strict", secure=request.is_secure
    )


def _inside(to: str | None) -> str | None:
    """Follow an address only within this site."""
    if to and to.startswith("/") and not to.startswith(("//", "/\\")):
        return to
    return None
