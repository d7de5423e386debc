"""The booking pages, for a visitor's phone or any browser: whole without JavaScript, each step an address of its own."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from server import wording
from server.api.callers import queue
from server.domain import contacts
from server.errors import (
    AppointmentNotFound,
    AppointmentStateError,
    BadInput,
    BookingBlocked,
    BookingDayLimit,
    BookingLimit,
    MoveLimit,
    NotBookable,
    QueueError,
    ServiceNotFound,
    SlotTaken,
)
from server.limits import limiter
from server.operations.calendars import calendar_file
from server.operations.context import Once
from server.qr import svg
from server.reading import LANGUAGE_COOKIE, reader_language
from server.wording import Wording

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

    from server.domain.contacts import Contact
    from server.operations.context import View

blueprint = Blueprint("booking", __name__, template_folder="templates")

PHONE_COOKIE = "navbat_phone"
A_YEAR_S = 365 * 24 * 3600
# Many phones of a hall share one address; what one of them may book, the operations limit.
LOOKS = "600 per minute"
BOOKS = "30 per minute; 300 per hour"
SLOT_FORMAT = "%Y%m%dT%H%MZ"
MAX_WORDS = 60
NOON = 12
REFUSALS = (BookingLimit, BookingDayLimit, BookingBlocked)


@blueprint.get("/book")
@limiter.limit(LOOKS)
def services() -> ResponseReturnValue:
    """Let a service be found, by a word or by its agency."""
    page = _page()
    wanted = request.args.get("q", "").strip()[:MAX_WORDS]
    agencies = queue().appointments.services()
    if wanted:
        agencies = _matching(agencies, wanted)
    return _draw("kiosk/book_services.html", page, agencies=agencies, wanted=wanted)


@blueprint.get("/book/qr.svg")
@limiter.limit(LOOKS)
def booking_code() -> ResponseReturnValue:
    """Draw the address of these pages as a QR code, for a touchscreen whose visitor would rather come another day."""
    service = request.args.get("service", "")
    path = f"/book/{service}" if service in queue().config.service else "/book"
    page = f"{queue().context.public_url}{path}?language={_language(None)}"
    return Response(svg(page), mimetype="image/svg+xml")


@blueprint.get("/book/<service>")
@limiter.limit(LOOKS)
def days(service: str) -> ResponseReturnValue:
    """Show the days, and how many times each has."""
    page = _page()
    found = queue().appointments.days(service)
    return _draw("kiosk/book_days.html", page, **_days(page, found), moving=None)


@blueprint.get("/book/<service>/<day>")
@limiter.limit(LOOKS)
def times(service: str, day: str) -> ResponseReturnValue:
    """Show the free times of a day."""
    page = _page()
    found = queue().appointments.slots(service, _day(day))
    return _draw("kiosk/book_times.html", page, **_times(page, found), moving=None, errors=[])


@blueprint.get("/book/<service>/at/<slot>")
@limiter.limit(LOOKS)
def form(service: str, slot: str) -> ResponseReturnValue:
    """Show what was chosen, and ask where the visitor can be told."""
    return _form(service, slot, {}, [])


@blueprint.post("/book/<service>/at/<slot>")
@limiter.limit(BOOKS)
def book(service: str, slot: str) -> ResponseReturnValue:
    """Keep the time; sent twice it is kept once."""
    phone = request.cookies.get(PHONE_COOKIE) or secrets.token_urlsafe(16)
    at = _slot(slot)
    page = _page()
    given = {name: request.form.get(name, "").strip() for name in ("email", "phone")}
    contact, errors = _contact(given, page["words"])
    if errors:
        return _form(service, slot, given, errors, 422)
    try:
        booked = queue().appointments.book(
            service=service,
            slot_at=at,
            language=page["language"],
            contact=contact,
            phone=phone,
            once=_once(request.form.get("key", ""), phone),
        )
    except SlotTaken as error:
        return _times_again(page, service, at, error)
    except REFUSALS as error:
        return _form(service, slot, given, [{"field": "book", "message": _said(page, error)}], error.status)
    except BadInput as error:
        return _form(service, slot, given, [_missing(page["words"], error)], 422)
    response = redirect(
        url_for("booking.appointment", token=booked["token"], new=1, language=page["language"]), 303
    )
    return _remember_phone(response, phone)


# An appointment's own page.


@blueprint.get("/b/<token>")
def appointment(token: str) -> ResponseReturnValue:
    """Show an appointment."""
    return _appointment(token)


@blueprint.get("/b/<token>/calendar.ics")
def calendar(token: str) -> ResponseReturnValue:
    """Give the appointment to the phone's calendar: kept, moved, or taken back."""
    found = queue().appointments.view(token)
    words = Wording(_language(found["language"]), queue().config.centre.state_language)
    data = calendar_file(queue().context, found, words)
    name = f"attachment; filename=appointment-{found['id']}.ics"
    return Response(data, mimetype="text/calendar", headers={"Content-Disposition": name})


@blueprint.get("/b/<token>/code.svg")
def code(token: str) -> ResponseReturnValue:
    """Draw the code as a QR code, which the kiosk reads."""
    return Response(svg(queue().appointments.view(token)["code"]), mimetype="image/svg+xml")


@blueprint.get("/b/<token>/move")
@limiter.limit(LOOKS)
def move_days(token: str) -> ResponseReturnValue:
    """Show to which days an appointment can be moved."""
    found = queue().appointments.view(token)
    if found["state"] != "booked":
        return redirect(url_for("booking.appointment", token=token), 303)
    page = _page(found["language"])
    offered = queue().appointments.days(found["service"])
    return _draw("kiosk/book_days.html", page, **_days(page, offered), moving=_shown(page, found))


@blueprint.get("/b/<token>/move/<day>")
@limiter.limit(LOOKS)
def move_times(token: str, day: str) -> ResponseReturnValue:
    """Show to which times of a day an appointment can be moved."""
    found = queue().appointments.view(token)
    page = _page(found["language"])
    offered = queue().appointments.slots(found["service"], _day(day), moving=token)
    shown = _times(page, offered)
    return _draw("kiosk/book_times.html", page, **shown, moving=_shown(page, found), errors=[])


@blueprint.post("/b/<token>/move")
@limiter.limit(BOOKS)
def move(token: str) -> ResponseReturnValue:
    """Move the appointment."""
    at = _slot(request.form.get("slot", ""))
    found = queue().appointments.view(token)
    page = _page(found["language"])
    try:
        queue().appointments.move(token, at)
    except SlotTaken as error:
        if found["slot_at"] != queue().context.local(at):  # sent twice: it is there already
            return _times_again(page, found["service"], at, error, moving=found)
    except (MoveLimit, AppointmentStateError) as error:
        return _appointment(token, error)
    return redirect(url_for("booking.appointment", token=token, language=page["language"]), 303)


@blueprint.post("/b/<token>/cancel")
@limiter.limit(BOOKS)
def cancel(token: str) -> ResponseReturnValue:
    """Give the appointment back."""
    try:
        queue().appointments.cancel(token)
    except AppointmentStateError as error:
        return _appointment(token, error)
    return redirect(url_for("booking.appointment", token=token, language=request.args.get("language")), 303)


@blueprint.errorhandler(AppointmentNotFound)
@blueprint.errorhandler(ServiceNotFound)
@blueprint.errorhandler(NotBookable)
def gone(error: QueueError) -> ResponseReturnValue:
    """Tell what the address does not open, and lead to the services."""
    page = _page()
    return _draw(
        "kiosk/book_gone.html", page, error.status, text=_said(page, error), title=_title(page, error)
    )


# Parts.


@dataclass(frozen=True, slots=True)
class _Clock:
    """Says times in a page's language and the centre's zone."""

    language: str

    def time(self, at: str | datetime) -> str:
        return wording.clock_time(_moment(at), self.language, queue().config.centre.zone_info)

    def day(self, at: str | datetime | date, *, weekday: bool = True) -> str:
        moment = at if isinstance(at, date) and not isinstance(at, datetime) else _moment(at)
        return wording.date(moment, self.language, queue().config.centre.zone_info, weekday=weekday)


def _moment(at: str | datetime | date) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at  # type: ignore[return-value]


def _language(preferred: str | None) -> str:
    centre = queue().config.centre
    wanted = request.args.get("language")
    if wanted in centre.languages:
        return wanted
    return preferred if preferred in centre.languages else reader_language(queue().config)


def _page(preferred: str | None = None) -> dict[str, Any]:
    """Choose the language: the address's, then the appointment's, then the reader's."""
    centre = queue().config.centre
    language = _language(preferred)
    return {
        "language": language,
        "languages": centre.languages,
        "language_names": {each: Wording(each).text("kiosk.language_name") for each in centre.languages},
        "state_language": centre.state_language,
        "timezone": centre.timezone,
        "centre_name": centre.name,
        "words": Wording(language, fallback=centre.state_language),
        "clock": _Clock(language),
    }


def _draw(template: str, page: dict[str, Any], status: int = 200, **context: Any) -> Response:
    response = Response(render_template(template, **page, **context), status, mimetype="text/html")
    if request.args.get("language") == page["language"]:
        response.set_cookie(LANGUAGE_COOKIE, page["language"], max_age=A_YEAR_S, samesite="Lax")
    return response


def _remember_phone(response: AnyResponse, phone: str) -> AnyResponse:
    response.set_cookie(
        PHONE_COOKIE, phone, max_age=A_YEAR_S, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


def _matching(agencies: list[View], wanted: str) -> list[View]:
    """Keep the services whose names, or whose agency's, have every word, in any language."""
    words = _folded(wanted).split()
    found = []
    for agency in agencies:
        of_agency = " ".join(agency["name"].values())
        kept = [
            each
            for each in agency["services"]
            if all(word in _folded(f"{of_agency} {' '.join(each['name'].values())}") for word in words)
        ]
        if kept:
            found.append({**agency, "services": kept})
    return found


FOLDING = str.maketrans("əğıöüşçâîû", "egiouscaiu", "ʻʼ’'`")


def _folded(text: str) -> str:
    """Write a text as somebody types it who has not all the letters."""
    return text.casefold().replace("i\u0307", "i").translate(FOLDING)


def _days(page: dict[str, Any], found: View) -> dict[str, Any]:
    days = [{**each, "date": date.fromisoformat(each["day"])} for each in found["days"]]
    first = days[0]["date"]
    before = first.weekday()
    weeks: list[list[Any]] = []
    cells: list[Any] = [None] * before + days
    for start in range(0, len(cells), 7):
        weeks.append((cells[start : start + 7] + [None] * 7)[:7])
    opening = [each["opens_at"] for each in days if each["opens_at"]]
    return {
        "service": found["service"],
        "service_name": queue().context.service_name(found["service"]),
        "weeks": weeks,
        "weekdays": _weekdays(page["language"]),
        "months": _months(page["language"], days),
        "has_free": any(each["state"] == "free" for each in days),
        "opens_at": min(opening) if opening else None,
        "next_release_at": found["next_release_at"],
    }


def _weekdays(language: str) -> list[tuple[str, str]]:
    """Name the days of the week, short and whole."""
    from babel.dates import get_day_names

    locale = wording.babel_locale(language)
    short = get_day_names("abbreviated", "stand-alone", locale)
    whole = get_day_names("wide", "stand-alone", locale)
    return [(short[number], whole[number]) for number in range(7)]


def _months(language: str, days: list[Any]) -> str:
    """Name the months that are shown."""
    from babel.dates import get_month_names

    names = get_month_names("wide", "stand-alone", wording.babel_locale(language))
    months = dict.fromkeys(each["date"].month for each in days)
    return " – ".join(names[month][:1].upper() + names[month][1:] for month in months)


def _times(page: dict[str, Any], found: View) -> dict[str, Any]:
    zone = queue().config.centre.zone_info
    shown = [
        {
            "at": each["at"],
            "key": _moment(each["at"]).astimezone(UTC).strftime(SLOT_FORMAT),
            "time": page["clock"].time(each["at"]),
            "is_morning": _moment(each["at"]).astimezone(zone).hour < NOON,
        }
        for each in found["slots"]
    ]
    return {
        "service": found["service"],
        "service_name": queue().context.service_name(found["service"]),
        "minutes": found["minutes"],
        "day": date.fromisoformat(found["day"]),
        "state": found["state"],
        "opens_at": found["opens_at"],
        "next_release_at": found["next_release_at"],
        "parts": [
            (part, [each for each in shown if each["is_morning"] == (part == "morning")])
            for part in ("morning", "afternoon")
        ],
        "has_free": bool(shown),
    }


def _times_again(
    page: dict[str, Any], service: str, at: datetime, error: QueueError, *, moving: View | None = None
) -> Response:
    """Offer the other times of the day, where one was taken meanwhile."""
    day = at.astimezone(queue().config.centre.zone_info).date()
    found = queue().appointments.slots(service, day, moving=moving["token"] if moving else None)
    errors = [{"field": "times", "message": _said(page, error)}]
    shown = _shown(page, moving) if moving else None
    return _draw(
        "kiosk/book_times.html", page, error.status, **_times(page, found), moving=shown, errors=errors
    )


def _form(
    service: str, slot: str, given: dict[str, str], errors: list[dict[str, str]], status: int = 200
) -> ResponseReturnValue:
    page = _page()
    at = _slot(slot)
    day = at.astimezone(queue().config.centre.zone_info).date()
    found = queue().appointments.slots(service, day)
    if status == 200 and queue().context.local(at) not in [each["at"] for each in found["slots"]]:
        return _times_again(page, service, at, SlotTaken())
    policy = queue().config.policy
    known = queue().config.service[service]
    response = _draw(
        "kiosk/book_form.html",
        page,
        status,
        service=service,
        service_name=known.name,
        minutes=found["minutes"],
        bring=known.bring,
        slot=slot,
        day=day,
        at=at,
        begins=at - timedelta(minutes=policy.early_minutes),
        ends=at + timedelta(minutes=policy.late_minutes),
        ways=queue().notices.ways(),
        needs_contact=queue().config.booking.contact == "required",
        key=request.form.get("key") or secrets.token_urlsafe(12),
        given=given,
        errors=errors,
    )
    return _remember_phone(response, request.cookies.get(PHONE_COOKIE) or secrets.token_urlsafe(16))


def _appointment(token: str, error: QueueError | None = None) -> Response:
    found = queue().appointments.view(token)
    page = _page(found["language"])
    return _draw(
        "kiosk/appointment.html",
        page,
        error.status if error else 200,
        appointment=_shown(page, found),
        is_new="new" in request.args,
        is_before=_moment(found["slot_at"]) > queue().clock(),
        refused=_said(page, error) if error else None,
    )


def _shown(page: dict[str, Any], found: View) -> View:
    clock = page["clock"]
    return {
        **found,
        "day": clock.day(found["slot_at"]),
        "time": clock.time(found["slot_at"]),
        "begins": clock.time(found["from_at"]),
        "ends": clock.time(found["until_at"]),
    }


def _contact(given: dict[str, str], words: Wording) -> tuple[Contact | None, list[dict[str, str]]]:
    ways = queue().notices.ways()
    address = given["email"] if "email" in ways else ""
    telephone = given["phone"] if "sms" in ways else ""
    if address and telephone:
        return None, [{"field": "phone", "message": words.text("booking.error_both")}]
    if address:
        found = contacts.email(address)
        return found, [] if found else [{"field": "email", "message": words.text("booking.error_email")}]
    if telephone:
        found = contacts.phone(telephone, country=queue().config.messages.country_code)
        return found, [] if found else [{"field": "phone", "message": words.text("booking.error_phone")}]
    return None, []


def _missing(words: Wording, error: BadInput) -> dict[str, str]:
    field = "phone" if error.facts.get("field") in ("sms", "phone") else "email"
    return {"field": field, "message": words.text("booking.error_needed")}


def _said(page: dict[str, Any], error: QueueError) -> str:
    """Say an error and what to do, as the interface does."""
    facts = dict(error.facts)
    if "until_at" in facts:
        facts["until_at"] = page["clock"].day(facts["until_at"], weekday=False)
    key = f"errors.{error.key}_detail"
    title = _title(page, error)
    return f"{title} {page['words'].text(key, **facts)}" if page["words"].has(key) else title


def _title(page: dict[str, Any], error: QueueError) -> str:
    return str(page["words"].text(f"errors.{error.key}"))


def _once(key: str, phone: str) -> Once | None:
    """Know a form that was sent twice by the key that came with it."""
    if not key:
        return None
    caller = f"phone:{hashlib.sha256(phone.encode()).hexdigest()[:24]}"
    body = "&".join(f"{name}={request.form.get(name, '').strip()}" for name in ("email", "phone"))
    return Once.of(caller, key[:64], "POST", request.path, body.encode())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def _slot(text: str) -> datetime:
    try:
        return datetime.strptime(text, SLOT_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        abort(404)
