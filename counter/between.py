"""What a browser keeps for us between two steps of a sign-in: signed, for a few minutes, for one purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

COOKIE = "navbat_between"
KEPT_S = 300


def sign(purpose: str, value: Any) -> str:
    """Write a value so that nobody can make another."""
    return _serializer(purpose).dumps(value)


def read(purpose: str, text: str | None) -> Any:
    """Read what `sign` wrote for the same purpose; None for anything else, and after its time."""
    try:
        return _serializer(purpose).loads(text or "", max_age=KEPT_S)
    except BadData:
        return None


def keep(response: Response, purpose: str, value: Any) -> Response:
    """Let the browser keep a value until the next step."""
    response.set_cookie(
        COOKIE,
        sign(purpose, value),
        max_age=KEPT_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


def kept(purpose: str) -> Any:
    """Read what this browser keeps for a purpose, or None."""
    return read(purpose, request.cookies.get(COOKIE))


def forget(response: Response) -> Response:
    """Let the browser keep nothing more, if it does."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE)
    return response


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"navbat.{purpose}")
