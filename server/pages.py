"""Pages that belong to no screen: the index, the virtual printer's slips, health and metrics."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, current_app, render_template, request, send_file

from server import wording
from server.api.answers import json_answer
from server.api.callers import queue, staff_from_cookie
from server.errors import NotAllowed, NotFound, NotSignedIn
from server.limits import limiter
from server.reading import LANGUAGE_COOKIE, reader_language, reader_words

if TYPE_CHECKING:
    from server.hall import Hall

blueprint = Blueprint("pages", __name__)

A_YEAR_S = 365 * 24 * 3600
SLIPS_SHOWN = 60


def _hall() -> Hall:
    return cast("Hall", current_app.extensions["hall"])


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Draw a page in the reader's language."""
    config = queue().context.config
    words = reader_words(config)
    text = render_template(
        template,
        words=words,
        language=words.language,
        languages=[
            (each, wording.Wording(each).text(f"common.language_{each}")) for each in config.centre.languages
        ],
        state_language=config.centre.state_language,
        timezone=config.centre.timezone,
        centre_name=config.centre.name,
        **context,
    )
    response = Response(text, status, mimetype="text/html")
    if request.args.get("language") == reader_language(config):
        response.set_cookie(LANGUAGE_COOKIE, words.language, max_age=A_YEAR_S, samesite="Lax")
    return response


@blueprint.get("/")
def index() -> Response:
    demo = _hall().demo
    config = queue().context.config
    teams = config.outreach.teams
    screens = [
        {"title_key": "demo.kiosk", "href": "/kiosk", "kind": "visitors"},
        {"title_key": "booking.title", "href": "/book", "kind": "visitors"},
        *([{"title_key": "outreach.title", "href": "/outreach", "kind": "visitors"}] if teams else []),
        {"title_key": "demo.counter", "href": "/counter", "kind": "staff"},
        {"title_key": "reception.title", "href": "/reception", "kind": "staff"},
        *([{"title_key": "team.title", "href": "/team", "kind": "staff"}] if teams else []),
        {"title_key": "collection.title", "href": "/collection", "kind": "staff"},
        {"title_key": "demo.display", "href": "/display", "kind": "hall"},
        {"title_key": "demo.statistics", "href": "/statistics", "kind": "hall"},
        *([{"title_key": "demo.slips", "href": "/slips", "kind": "machine"}] if demo else []),
        *([{"title_key": "demo.documents", "href": "/documents", "kind": "staff"}] if demo else []),
        {"title_key": "demo.docs", "href": "/docs", "kind": "machine"},
        {"title_key": "demo.health", "href": "/readyz", "kind": "machine"},
    ]
    return page(
        "index.html",
        screens=screens,
        zones=[{"name": zone.name, "href": f"/display?zone={zone.key}"} for zone in config.zones],
        accounts=demo.accounts if demo else [],
        devices=demo.devices if demo else [],
    )


@blueprint.get("/slips")
def slips() -> Response:
    _may_see_slips()
    config = queue().context.config
    shown = []
    for printer, path in _hall().printers.slips(SLIPS_SHOWN):
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        shown.append(
            {
                "url": f"/slips/{printer}/{path.name}",
                "printer": config.printer[printer].name,
                "at": wording.clock_time(at, reader_language(config), config.centre.zone_info),
            }
        )
    return page("slips.html", slips=shown)


@blueprint.get("/slips/<printer>/<name>")
def slip(printer: str, name: str) -> Response:
    _may_see_slips()
    for key, path in _hall().printers.slips(10_000):
        if (key, path.name) == (printer, name):
            return send_file(path, mimetype="image/png", max_age=A_YEAR_S)
    raise NotFound


@blueprint.get("/docs")
def docs() -> Response:
    return page("docs.html")


@blueprint.get("/healthz")
@limiter.exempt
def healthz() -> Response:
    return json_answer({"status": "alive"})


@blueprint.get("/readyz")
@limiter.exempt
def readyz() -> Response:
    checks = _hall().readiness()
    is_ready = all(check["ok"] for check in checks.values())
    return json_answer({"ready": is_ready, "checks": checks}, 200 if is_ready else 503)


@blueprint.get("/metrics")
@limiter.exempt
def metrics() -> Response:
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")
    networks = queue().context.config.server.metrics_networks
    if not any(address in ipaddress.ip_network(network) for network in networks):
        raise NotAllowed
    from server.metrics import exposition

    return Response(exposition(_hall()), mimetype="text/plain; version=0.0.4; charset=utf-8")


def _may_see_slips() -> None:
    """A slip's QR opens its ticket: in the demonstration everyone may look, else only staff who answer for it."""
    if _hall().demo is not None:
        return
    staff = staff_from_cookie()
    if staff is None:
        raise NotSignedIn
    if staff.role not in ("supervisor", "admin"):
        raise NotAllowed
