"""An error becomes a problem answer or a page, once for all."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException

from server import wording
from server.api.answers import problem
from server.api.callers import queue
from server.errors import BadInput, QueueError, SignInIncomplete
from server.reading import reader_words

if TYPE_CHECKING:
    from flask import Flask
    from pydantic import ValidationError

    from server.wording import Wording

log = logging.getLogger(__name__)

# Facts that go with a problem as they are, RFC 3339.
MOMENTS = ("come_at", "opens_at", "closes_at")
KEYS_BY_STATUS = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media",
    422: "bad_input",
    429: "too_many",
}


def register(app: Flask) -> None:
    """Answer every error of this application."""
    app.register_error_handler(QueueError, _answer_refusal)
    app.register_error_handler(SignInIncomplete, _answer_incomplete)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(RecursionError, _answer_too_deep)
    app.register_error_handler(Exception, _answer_unexpected)


def bad_input(error: ValidationError) -> Response:
    """Answer a body or an address that does not fit its shape, naming each field."""
    words = _words()
    messages: dict[str, str] = {}
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        key = "errors.field_missing" if each["type"] == "missing" else "errors.field_wrong"
        messages.setdefault(_field(each["loc"]), f"{words.text(key)} ({each['msg']})")
    errors = [{"field": field, "message": message} for field, message in messages.items()]
    detail = words.text("errors.bad_input_detail", field=errors[0]["field"])
    return problem(
        key="bad_input", title=words.text("errors.bad_input"), detail=detail, status=422, errors=errors
    )


def _field(location: tuple[int | str, ...]) -> str:
    """Name the field of an error; of a field with several types pydantic names each type behind it too."""
    value = request.get_json(silent=True)
    parts: list[str] = []
    for part in location:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
        elif parts:
            break
        parts.append(str(part))
    return ".".join(parts) or "body"


def _answer_incomplete(error: SignInIncomplete) -> Response:
    """Lead whoever has still to complete the account to where that is done, and afterwards back."""
    if not _wants_page():
        return _answer_refusal(error)
    return make_response(redirect(f"/account?{urlencode({'next': request.path})}", 303))


def _answer_refusal(error: QueueError) -> Response:
    words = _words()
    title = words.text(f"errors.{error.key}")
    detail = detail_of(words, error) or title
    fields = [{"field": error.facts["field"], "message": detail}] if "field" in error.facts else None
    moments = {name: error.facts[name] for name in MOMENTS if error.facts.get(name)}
    return _answer(
        error.key, title, detail, error.status, fields, state=error.facts.get("state"), moments=moments
    )


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return make_response(error)
    key = KEYS_BY_STATUS.get(status, "bad_request" if status < 500 else "unexpected")
    words = _words()
    title = words.text(f"errors.{key}")
    return _answer(key, title, title, status)


def _answer_too_deep(error: RecursionError) -> Response:
    """Answer JSON that is nested deeper than it can be read."""
    return _answer_refusal(BadInput(field="body")) if request.is_json else _answer_unexpected(error)


def _answer_unexpected(error: Exception) -> Response:
    log.exception("unexpected error on %s %s", request.method, request.url_rule)
    words = _words()
    return _answer("unexpected", words.text("errors.unexpected"), words.text("errors.unexpected_detail"), 500)


def _answer(
    key: str,
    title: str,
    detail: str,
    status: int,
    errors: list[dict[str, str]] | None = None,
    *,
    state: str | None = None,
    moments: dict[str, str] | None = None,
) -> Response:
    if _wants_page():
        config = queue().context.config
        words = _words()
        page = render_template(
            "error.html",
            language=words.language,
            state_language=config.centre.state_language,
            words=words,
            status=status,
            text=detail,
            centre_name=config.centre.name,
        )
        return make_response(page, status)
    return problem(
        key=key, title=title, detail=detail, status=status, errors=errors, state=state, moments=moments
    )


def detail_of(words: Wording, error: QueueError) -> str | None:
    """Write what the error's facts say, where the catalogue has a sentence for them."""
    key = f"errors.{error.key}_detail"
    facts = {name: _shown(words, name, value) for name, value in error.facts.items() if value is not None}
    if not words.has(key):
        return None
    try:
        return words.text(key, **facts)
    except KeyError:  # a fact that the sentence needs is not known, such as the next opening
        return None


def _shown(words: Wording, name: str, value: Any) -> Any:
    config = queue().context.config
    if name == "names":
        return words.name(value) if value else ""
    if name.endswith("_at") and isinstance(value, str):
        return wording.date_time(datetime.fromisoformat(value), words.language, config.centre.zone_info)
    if name == "state":
        for key in (f"common.ticket_{value}", f"common.counter_{value}"):
            if key in wording.catalogue(words.language):
                return words.text(key)
    return value


def _words() -> Wording:
    return reader_words(queue().context.config)


def _wants_page() -> bool:
    if request.path.startswith(("/api/", "/healthz", "/readyz", "/metrics")):
        return False
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best == "text/html"
