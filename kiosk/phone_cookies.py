"""What a visitor's phone carries: a name of its own for the day, and the proof that it was in the hall a moment ago."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from server.api.callers import queue

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

PHONE_COOKIE = "navbat_phone"
HERE_COOKIE = "navbat_here"
A_DAY_S = 24 * 3600
# Time to choose a service after the code was scanned.
HERE_S = 600


def phone() -> str | None:
    """Tell the name that this phone was given; None before, and where cookies are refused."""
    try:
        return str(_signer("phone").loads(request.cookies.get(PHONE_COOKIE, "")))
    except BadSignature:
        return None


def name_phone(response: Response) -> Response:
    """Give this phone a name, unless it has one."""
    if phone() is None:
        _set(response, PHONE_COOKIE, _signer("phone").dumps(queue().context.randomness.token()), A_DAY_S)
    return response


def is_here() -> bool:
    """Tell whether this phone proved within the last minutes that it is in the hall."""
    try:
        proved_at = float(_signer("here").loads(request.cookies.get(HERE_COOKIE, "")))
    except (BadSignature, TypeError, ValueError):
        return False
    return 0 <= queue().clock().timestamp() - proved_at <= HERE_S


def note_here(response: Response) -> Response:
    """Let this phone carry the proof."""
    _set(response, HERE_COOKIE, _signer("here").dumps(queue().clock().timestamp()), HERE_S)
    return response


def _signer(use: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"navbat {use}")


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=request.is_secure)
