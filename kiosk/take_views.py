"""A number on the visitor's phone: by the code on a slip, or taken there, in the hall or from afar."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address

from kiosk.pages import page_of, service_page, services_page
from kiosk.phone_cookies import is_here, name_phone, note_here, phone
from kiosk.phrases import sentence_of
from server.api.callers import queue
from server.assets import asset
from server.errors import (
    BadInput,
    PhoneHasTicket,
    QueueError,
    ServiceNotFound,
    TicketNotFound,
    TooMany,
    UnknownCode,
)
from server.limits import limiter
from server.reading import LANGUAGE_COOKIE, reader_language
from server.wording import Wording, clock_time

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

    from server.config.models import Service

blueprint = Blueprint("take", __name__)

# Only wrong codes count: a hall behind one address types many right ones.
WRONG_CODES = "10 per minute; 60 per hour"
TAKEN = "30 per hour; 100 per day"
A_YEAR_S = 365 * 24 * 3600
LONGEST_CODE = 40
WORKER = Path(__file__).parent / "static" / "phone-worker.js"
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
)


def _was_wrong(response: Any) -> bool:
    return int(response.status_code) != 303


# The code on the slip.


@blueprint.get("/follow")
@blueprint.get("/f")
def follow() -> ResponseReturnValue:
    """Ask for the code on the slip."""
    return _follow()


@blueprint.post("/follow")
@blueprint.post("/f")
@limiter.limit(WRONG_CODES, deduct_when=_was_wrong)
def find() -> ResponseReturnValue:
    """Open the ticket of a code, or say plainly what the code is."""
    code = request.form.get("code", "")[:LONGEST_CODE]
    try:
        token = queue().on_phone.find(code)
    except QueueError as error:
        return _follow(code, error)
    return redirect(url_for("phone.ticket", token=token, language=request.args.get("language")), 303)


# Proof of presence.


@blueprint.get("/p")
def here() -> ResponseReturnValue:
    """Ask for the code on the board, of who cannot scan it."""
    return _here()


@blueprint.post("/p")
@limiter.limit(WRONG_CODES, deduct_when=_was_wrong)
def type_code() -> ResponseReturnValue:
    """Take the code that was typed."""
    return _prove(request.form.get("code", "")[:LONGEST_CODE])


@blueprint.get("/p/<code>")
@limiter.limit(WRONG_CODES, deduct_when=_was_wrong)
def scanned(code: str) -> ResponseReturnValue:
    """Take the code that was scanned from a board."""
    return _prove(code[:LONGEST_CODE])


# Taking a number.


@blueprint.get("/take")
def services() -> ResponseReturnValue:
    """List what a number can be taken for, or lead to the one that this phone has."""
    page = _page()
    offer = queue().phone_tickets.offer(phone())
    drawn = services_page(
        page,
        "take",
        base="/take",
        offer=offer,
        here=is_here(),
        minutes=queue().config.phone_tickets.check_in_minutes,
    )
    return _keep(page, name_phone(make_response(drawn)))


@blueprint.get("/take/<key>")
def service(key: str) -> ResponseReturnValue:
    """Show a service with its wait, before the number is taken."""
    return _service(_offered(key))


@blueprint.post("/take/<key>")
@limiter.limit(TAKEN, deduct_when=lambda response: not _was_wrong(response))
def take(key: str) -> ResponseReturnValue:
    """Give a number."""
    service, page, name = _offered(key), _page(), phone()
    if name is None:
        return _service(service, page["words"].text("take.no_cookies"), 422)
    try:
        ticket = queue().phone_tickets.take(
            service=key,
            phone=name,
            address=get_remote_address(),
            is_here=is_here(),
            category=request.form.get("category") or None,
            language=page["language"],
        )
    except PhoneHasTicket:
        # The same form sent twice, or another page of the same phone: what it has is shown.
        ticket = queue().phone_tickets.offer(name)
    except QueueError as error:
        if isinstance(error, BadInput | ServiceNotFound):
            raise
        return _service(service, error, error.status)
    return redirect(url_for("phone.ticket", token=ticket["token"], language=page["language"]), 303)


# What a browser needs to put the page on the home screen, and to show it without a connection.


@blueprint.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """Describe the phone's pages as an application."""
    words = Wording(page_of(reader_language(queue().config))["language"])
    body = {
        "id": "/follow",
        "name": f"{words.text('take.app_name')} · {words.name(queue().config.centre.name)}",
        "short_name": words.text("take.app_name"),
        "lang": words.language,
        "start_url": f"/follow?language={words.language}",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f7f6f2",
        "theme_color": "#09363e",
        "icons": [
            {"src": asset(f"icons/{name}", "kiosk"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    response = make_response(body)
    response.mimetype = "application/manifest+json"
    return response


@blueprint.get("/phone-worker.js")
def worker() -> ResponseReturnValue:
    """Serve the phone's service worker from the root, so that it may look after the pages there."""
    response = Response(WORKER.read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.errorhandler(429)
def too_many(error: Any) -> ResponseReturnValue:
    """Say that too many wrong codes came from this address, on the page that they came from."""
    if request.view_args and "key" in request.view_args:
        drawn = _service(_offered(request.view_args["key"]), TooMany(), TooMany.status)
    else:
        drawn = (_here if request.path.startswith("/p") else _follow)("", TooMany())
    response = make_response(drawn)
    for name, value in getattr(error, "get_headers", list)():
        if name.lower() == "retry-after":
            response.headers[name] = value
    return response


def _follow(code: str = "", error: QueueError | None = None) -> ResponseReturnValue:
    page = _page()
    words = page["words"]
    offer = queue().phone_tickets.offer(phone())
    messages = {
        UnknownCode.key: words.text("take.follow_unknown"),
        TooMany.key: words.text("take.follow_too_many"),
    }
    text = (messages.get(error.key) or sentence_of(words, error)) if error else None
    drawn = render_template("kiosk/follow.html", **page, code=code, problem=text, offer=offer)
    return _keep(page, make_response(drawn, error.status if error else 200))


def _here(code: str = "", error: QueueError | None = None) -> ResponseReturnValue:
    page = _page()
    words = page["words"]
    text = None
    if error is not None:
        text = words.text("take.follow_too_many") if isinstance(error, TooMany) else sentence_of(words, error)
    drawn = render_template("kiosk/here.html", **page, code=code, problem=text, ticket=_ticket())
    return _keep(page, make_response(drawn, error.status if error else 200))


def _prove(code: str) -> ResponseReturnValue:
    try:
        queue().presence.check(code)
    except QueueError as error:
        return _here(code, error)
    held = _ticket() or queue().phone_tickets.offer(phone())["token"]
    language = request.args.get("language")
    to = (
        url_for("phone.ticket", token=held, language=language)
        if held
        else url_for("take.services", language=language)
    )
    return note_here(redirect(to, 303))


def _ticket() -> str | None:
    """Tell the ticket whose page led here; another browser than the one that took it may have opened it."""
    token = request.args.get("ticket", "")
    try:
        return str(queue().tickets.view(token)["token"])
    except TicketNotFound:
        return None


def _offered(key: str) -> Service:
    service = queue().config.service.get(key)
    if service is None or "walk_in" not in service.channels:
        raise ServiceNotFound(service=key)
    return service


def _service(
    service: Service, refused: QueueError | str | None = None, status: int = 200
) -> ResponseReturnValue:
    page, config = _page(), queue().config
    by = queue().clock() + timedelta(minutes=config.phone_tickets.check_in_minutes)
    drawn = service_page(
        page,
        "take",
        service,
        base="/take",
        refused=refused,
        offer=queue().phone_tickets.offer(phone()),
        here=is_here(),
        by=clock_time(by, page["language"], config.centre.zone_info),
        categories=config.categories,
    )
    return _keep(page, name_phone(make_response(drawn, status)))


def _page() -> dict[str, Any]:
    return page_of(reader_language(queue().config))


def _keep(page: dict[str, Any], response: AnyResponse) -> AnyResponse:
    """Remember the language that was asked for on the next page."""
    if request.args.get("language") == page["language"]:
        response.set_cookie(LANGUAGE_COOKIE, page["language"], max_age=A_YEAR_S, samesite="Lax")
    return response
