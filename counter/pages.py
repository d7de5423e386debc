"""What every page of the staff is drawn with, and where its forms lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request, url_for

from server.api.callers import queue
from server.errors import NotSameOrigin
from server.reading import LANGUAGE_COOKIE
from server.wording import Wording

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from server.api.callers import StaffCaller

A_YEAR_S = 365 * 24 * 3600


def page(template: str, words: Wording, **context: Any) -> Response:
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


def to_sign_in() -> Response:
    """Lead a stranger to the sign-in, and from there back to this page."""
    return redirect(f"{url_for('counter.sign_in_form')}?{urlencode({'next': request.path})}", 303)


def inside(to: str | None) -> str:
    """Follow an address only within this site; browsers take a backslash for a slash."""
    if to and to.startswith("/") and not to.startswith(("//", "/\\")):
        return to
    return url_for("counter.start")


def check_form(staff: StaffCaller) -> None:
    """
    Make sure that a form came from a page of this session.

    Raises:
        NotSameOrigin: It did not.
    """
    if request.form.get("csrf_token") != staff.csrf:
        raise NotSameOrigin
