"""Documents in PDF, and the preview of slips: what staff print and hang up, and a ticket for who has no phone."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, current_app, request, send_file

from server import wording
from server.api.callers import queue, staff_from_cookie
from server.errors import BadInput, NotAllowed, NotFound, NotSignedIn, TicketNotFound, ZoneNotFound
from server.operations.statistics import parse_period
from server.pages import page
from server.reading import reader_language
from server.report_command import FORMATS
from server.report_files import MIMETYPES, write_report
from server.slip_rendering import SlipRendering
from server.slip_samples import KINDS, sample_job
from server.wording import Wording, own_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.config import Config
    from server.hall import Hall
    from server.operations.context import View

blueprint = Blueprint("documents", __name__)

PRINTS = ("reception", "supervisor", "admin")
ANSWERS = ("supervisor", "admin")
READS_REPORTS = ("supervisor", "admin", "auditor")
LIST_WIDTHS_MM = (22.0, 30.0, 83.0, 35.0)


@blueprint.get("/documents")
def documents() -> Response:
    """Lead to every document that staff print."""
    role = _only((*PRINTS, "auditor"))
    return _documents_page(role)


@blueprint.get("/documents/ticket.pdf")
def ticket_of_today() -> Response:
    """Give a ticket of today by its number, for a visitor at the desk who has no phone and lost the slip."""
    role = _only(PRINTS)
    number = request.args.get("number", "").strip()
    try:
        ticket = queue().tickets.of_today(number)
    except TicketNotFound:
        return _documents_page(role, 404, unknown=number[:20])
    return _ticket_pdf(ticket)


@blueprint.get("/slips/preview")
def preview() -> Response:
    """Show what would print, dot for dot."""
    _only(ANSWERS)
    config = _config()
    kind, language, printer = _wanted(config)
    picture, data = SlipRendering(queue().context).draw(
        _sample(kind, language, printer), config.printer[printer]
    )
    height_mm = round(picture.height * 25.4 / config.printer[printer].dots_per_inch)
    return page(
        "slip_preview.html",
        kinds=KINDS,
        kind=kind,
        slip_language=language,
        slip_languages=[(each, own_name(each)) for each in _paper_languages(config)],
        printer=printer,
        printers=config.printers,
        width=picture.width,
        height=picture.height,
        size=len(data),
        height_mm=height_mm,
    )


@blueprint.get("/slips/preview.png")
def preview_picture() -> Response:
    """Send the very picture that is encoded for the printer."""
    _only(ANSWERS)
    config = _config()
    kind, language, printer = _wanted(config)
    picture, _ = SlipRendering(queue().context).draw(
        _sample(kind, language, printer), config.printer[printer]
    )
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return Response(out.getvalue(), mimetype="image/png", headers={"Cache-Control": "no-store"})


@blueprint.get("/tickets/<token>.pdf")
def ticket(token: str) -> Response:
    """Give a visitor the ticket as a page."""
    return _ticket_pdf(queue().tickets.view(token))


@blueprint.get("/documents/zones/<zone>.pdf")
def poster(zone: str) -> Response:
    """Give the poster of a zone, whose QR shows its board."""
    _only(PRINTS)
    config = _config()
    found = config.zone.get(zone)
    if found is None:
        raise ZoneNotFound(zone=zone)
    words = Wording(_language(config), config.centre.state_language)
    url = f"{queue().context.public_url}/display?zone={zone}"

    def draw() -> bytes:
        from printing import pdf

        hanging = pdf.Poster(
            language=words.language,
            centre=words.name(config.centre.name),
            title=words.name(found.name),
            where=words.name(found.where),
            text=words.text("paper.poster_text"),
            others=tuple(
                (each, Wording(each).text("paper.poster_text"))
                for each in config.centre.languages
                if each != words.language
            ),
            url=url,
        )
        return pdf.poster(hanging)

    return _pdf(draw, f"zone-{zone}.pdf")


@blueprint.get("/documents/appointments.pdf")
def appointments() -> Response:
    """Give today's appointments: times, codes and services, and nobody's name."""
    _only(PRINTS)
    config = _config()
    words = Wording(_language(config), config.centre.state_language)
    zone = config.centre.zone_info
    rows = tuple(
        (
            wording.clock_time(datetime.fromisoformat(each["slot_at"]), words.language, zone),
            each["code"],
            words.name(queue().context.service_name(each["service"])),
            words.text(f"paper.list_{each['state']}"),
        )
        for each in queue().check_ins.today()
    )
    day = wording.date(queue().clock(), words.language, zone)

    def draw() -> bytes:
        from printing import pdf

        listed = pdf.Table(
            language=words.language,
            centre=words.name(config.centre.name),
            title=words.text("paper.list_title", day=day),
            headings=tuple(words.text(f"paper.list_{each}") for each in ("time", "code", "service", "state")),
            widths_mm=LIST_WIDTHS_MM,
            rows=rows,
            empty=words.text("paper.list_empty"),
            page=words.text("paper.list_page", n="{n}"),
        )
        return pdf.table(listed)

    return _pdf(draw, "appointments.pdf")


@blueprint.get("/documents/report")
def report() -> Response:
    """Give the report of a day or a month, as a document, a spreadsheet or rows."""
    _only(READS_REPORTS)
    config = _config()
    day, month = (request.args.get(name, "").strip()[:20] for name in ("day", "month"))
    period = parse_period(None if month else day, month)
    format = request.args.get("format", FORMATS[0])
    if format not in FORMATS:
        raise BadInput(field="format", value=format[:20])
    wanted = request.args.get("paper_language")
    language = wanted if wanted in config.centre.languages else reader_language(config)
    queue_of = queue()
    data: bytes = queue_of.context.offload(lambda: write_report(queue_of, period, format, language))
    response = send_file(
        io.BytesIO(data),
        mimetype=MIMETYPES[format],
        download_name=f"navbat-{period.key}.{format}",
        as_attachment=format != "pdf",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _documents_page(role: str | None, status: int = 200, *, unknown: str | None = None) -> Response:
    config = _config()
    return page(
        "documents.html",
        status,
        zones=config.zones,
        paper_languages=[(each, own_name(each)) for each in _paper_languages(config)],
        paper_language=_language(config),
        unknown=unknown,
        may_preview=role is None or role in ANSWERS,
        may_print=role is None or role in PRINTS,
        may_report=role is None or role in READS_REPORTS,
        today=queue().context.day_of(queue().clock()).isoformat(),
        formats=FORMATS,
    )


def _ticket_pdf(ticket: View) -> Response:
    slip = SlipRendering(queue().context).slip_of(ticket)

    def draw() -> bytes:
        from printing import pdf

        return pdf.ticket(slip)

    return _pdf(draw, f"{slip.number}.pdf")


def _pdf(draw: Callable[[], bytes], name: str) -> Response:
    data: bytes = queue().context.offload(draw)
    response = send_file(io.BytesIO(data), mimetype="application/pdf", download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sample(kind: str, language: str, printer: str) -> Any:
    return sample_job(kind, _config(), queue().clock(), language=language, printer=printer)


def _wanted(config: Config) -> tuple[str, str, str]:
    """Read what is to be shown; anything unknown is refused, not guessed."""
    kind = request.args.get("kind", KINDS[0])
    if kind not in KINDS:
        raise BadInput(field="kind", value=kind)
    language = request.args.get("slip_language", config.centre.state_language)
    if language not in _paper_languages(config):
        raise BadInput(field="slip_language", value=language)
    if not config.printers:
        raise NotFound
    printer = request.args.get("printer", config.printers[0].key)
    if printer not in config.printer:
        raise BadInput(field="printer", value=printer)
    return kind, language, printer


def _language(config: Config) -> str:
    wanted = request.args.get("paper_language")
    return wanted if wanted in _paper_languages(config) else reader_language(config)


def _paper_languages(config: Config) -> tuple[str, ...]:
    return (*config.centre.languages, *config.paper.languages)


def _config() -> Config:
    return queue().context.config


def _only(roles: tuple[str, ...]) -> str | None:
    """Let staff of these roles in, and tell which; in the demonstration, everyone."""
    if cast("Hall", current_app.extensions["hall"]).demo is not None:
        return None
    staff = staff_from_cookie()
    if staff is None:
        raise NotSignedIn
    if staff.role not in roles:
        raise NotAllowed(role=staff.role)
    return staff.role
