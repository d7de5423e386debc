"""The form that asks for a visit at home: what it sends, and what must be mended."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from server.errors import BadInput, TooManyRequests
from server.operations.outreach import Wish

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from server.wording import Wording

# A form that lay open for longer was filled in by nobody, or is somebody's copy.
OPEN_FOR_S = 24 * 3600
TRAP = "website"


def new_form() -> str:
    """Name a form, so that two sendings of it are one request and no program makes up its own."""
    name: str = _signer().dumps(secrets.token_urlsafe(12))
    return name


def read_wish(form: MultiDict[str, str], language: str) -> Wish:
    """
    Read what a browser sent.

    Raises:
        BadInput: The form is none of ours, or too old.
    """
    try:
        name: str = _signer().loads(form.get("form", ""), max_age=OPEN_FOR_S)
    except BadSignature as error:  # an old one too
        raise BadInput(field="form") from error
    return Wish(
        form=name,
        services=tuple(form.getlist("services")),
        category=form.get("category", ""),
        name=form.get("name", ""),
        telephone=form.get("telephone", ""),
        address=form.get("address", ""),
        note=form.get("note", ""),
        days=tuple(form.getlist("days")),
        language=language,
    )


def is_trapped(form: MultiDict[str, str]) -> bool:
    """Tell whether a program filled in what no person sees."""
    return bool(form.get(TRAP))


def messages(words: Wording, error: BadInput | TooManyRequests) -> list[dict[str, str]]:
    """Say what a refusal is about, each fault where its field stands."""
    if isinstance(error, TooManyRequests):
        text = words.text("outreach.error_too_many", n=error.facts["open_requests"])
        return [{"field": "telephone", "message": text}]
    fields = error.facts.get("fields") or [str(error.facts.get("field", "form"))]
    return [
        {
            "field": "services" if field == "together" else field,
            "message": words.text(f"outreach.error_{field}")
            if words.has(f"outreach.error_{field}")
            else words.text("outreach.error_form"),
        }
        for field in fields
    ]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="outreach")
