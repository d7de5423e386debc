"""A ticket on the visitor's phone: its page and what can be done there, and the rating; whole without JavaScript."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, url_for

from kiosk.pages import page_of, service_page, services_page
from kiosk.phone_cookies import is_here
from kiosk.phrases import wait_times
from kiosk.preloading import vendored
from kiosk.rating_form import read_rating
from server.api.callers import queue
from server.errors import (
    AlreadyRated,
    BadInput,
    Conflict,
    QueueError,
    RatingEnded,
    RatingNotFound,
    ServiceNotFound,
    TicketNotFound,
    TicketStateError,
)
from server.qr import svg
from server.reading import reader_language
from server.wording import clock_time, texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("phone", __name__)

# Called to a counter that does not serve what the visitor came for.
ELSEWHERE = "other_service"
# What the live page never says.
ELSEWHERE_SAID = (
    "rating_",
    "score_",
    "thanks_",
    "already_",
    "gone_",
    "push_called",
    "push_near",
    "push_missed",
)


@blueprint.get("/t/<token>")
def ticket(token: str) -> ResponseReturnValue:
    """Serve a ticket's page: whole without JavaScript, live with it."""
    ticket = queue().tickets.view(token)
    queue().tickets.follow(token)
    page = page_of(ticket["language"])
    language, zone = page["language"], ZoneInfo(page["timezone"])
    wording = {
        key: text
        for key, text in texts(language, "phone").items()
        if not key.removeprefix("phone.").startswith(ELSEWHERE_SAID)
    }
    state = {
        "ticket": ticket,
        "here": is_here(),
        "penalty": queue().config.policy.missed_penalty_minutes,
        "push": queue().context.push_key,
    }
    return render_template(
        "kiosk/phone.html",
        **page,
        ticket=ticket,
        wait=wait_times(ticket["wait"], ticket["at"], language, zone),
        updated=clock_time(queue().clock(), language, zone),
        time=_clock_of(page),
        state=state,
        wording={language: wording},
        vendored=vendored("preact", "preact/hooks", "htm"),
    )


@blueprint.post("/t/<token>/cancel")
def cancel(token: str) -> ResponseReturnValue:
    """Give the ticket back, from the page's own form."""
    # Called, served or cancelled in the meantime: the page itself tells; so too below.
    with suppress(TicketStateError):
        queue().tickets.cancel(token)
    return _to_ticket(token)


@blueprint.post("/t/<token>/back")
def back(token: str) -> ResponseReturnValue:
    """Take the visitor back after a pause or a missed call."""
    with suppress(Conflict):
        queue().tickets.rejoin(token)
    return _to_ticket(token)


@blueprint.post("/t/<token>/here")
def here(token: str) -> ResponseReturnValue:
    """Take up a ticket from afar: its visitor has just scanned the code in the hall."""
    with suppress(Conflict):
        queue().phone_tickets.check_in(token, is_here=is_here())
    return _to_ticket(token)


@blueprint.get("/t/<token>/later")
def later(token: str) -> ResponseReturnValue:
    """Tell what setting the ticket aside would cost, for each length."""
    ticket = queue().tickets.view(token)
    page = page_of(ticket["language"])
    try:
        pauses = queue().on_phone.pauses(token)
    except TicketStateError:
        return _to_ticket(token)
    return render_template("kiosk/later.html", **page, ticket=ticket, pauses=pauses, time=_clock_of(page))


@blueprint.post("/t/<token>/later")
def postpone(token: str) -> ResponseReturnValue:
    """Set the ticket aside."""
    minutes = request.form.get("minutes", "")
    with suppress(TicketStateError):
        queue().tickets.postpone(token, int(minutes) if minutes.isascii() and minutes.isdigit() else 0)
    return _to_ticket(token)


@blueprint.get("/t/<token>/add")
def services(token: str) -> ResponseReturnValue:
    """List what could be added to the visit."""
    ticket = queue().tickets.view(token)
    page = page_of(ticket["language"])
    return services_page(page, "add", ticket=ticket, base=f"/t/{token}/add")


@blueprint.get("/t/<token>/add/<service>")
def addition(token: str, service: str) -> ResponseReturnValue:
    """Show a service before it is added."""
    return _addition(token, service)


@blueprint.post("/t/<token>/add/<service>")
def add(token: str, service: str) -> ResponseReturnValue:
    """Put it after the others of the visit."""
    try:
        queue().on_phone.add_service(token, service)
    except TicketStateError:
        pass
    except (BadInput, Conflict) as error:
        return _addition(token, service, refused=error)
    return _to_ticket(token)


@blueprint.get("/t/<token>/why")
def why(token: str) -> ResponseReturnValue:
    """Tell why those who came later were called earlier."""
    page = page_of(queue().tickets.view(token)["language"])
    found = queue().reasons.why(token, page["language"])
    time = _clock_of(page)
    calls = [{**each, "time": time(each["called_at"])} for each in found["passed"]]
    return render_template(
        "kiosk/why.html",
        **page,
        token=token,
        why=found,
        passed=[each for each in calls if each["rule"] != ELSEWHERE],
        # In a hall of many counters these are most, and none of them made the visitor wait.
        elsewhere=[each for each in calls if each["rule"] == ELSEWHERE],
        due=time(found["due_at"]),
    )


@blueprint.get("/q/<token>.svg")
def qr(token: str) -> ResponseReturnValue:
    """Draw the address of a ticket's page as a QR code."""
    page = queue().tickets.view(token)["links"]["page"]
    return Response(svg(page), mimetype="image/svg+xml")


@blueprint.get("/r/<token>")
def rating(token: str) -> ResponseReturnValue:
    """Ask for the rating of one served visit, or say that it was rated."""
    form = queue().ratings.form(token)
    template = "kiosk/rated.html" if form.rated else "kiosk/rating.html"
    return render_template(
        template, **page_of(form.language), form=form, already=form.rated, given={}, errors=[]
    )


@blueprint.post("/r/<token>")
def rate(token: str) -> ResponseReturnValue:
    """Take the rating; one vote to a served visit."""
    form = queue().ratings.form(token)
    page = page_of(form.language)
    given, errors = read_rating(request.form, form.aspects, page["words"])
    if errors:
        return render_template("kiosk/rating.html", **page, form=form, given=request.form, errors=errors), 422
    try:
        queue().ratings.rate(token, **given)
    except AlreadyRated:
        return render_template("kiosk/rated.html", **page, form=form, already=True), 409
    return render_template("kiosk/rated.html", **page, form=form, already=False), 201


@blueprint.errorhandler(TicketNotFound)
@blueprint.errorhandler(RatingNotFound)
@blueprint.errorhandler(RatingEnded)
def gone(error: QueueError) -> ResponseReturnValue:
    """Tell on the phone what the address no longer opens, and what to do."""
    page = page_of(reader_language(queue().config))
    return render_template("kiosk/gone.html", **page, key=error.key), error.status


def _addition(token: str, key: str, refused: QueueError | None = None) -> ResponseReturnValue:
    ticket = queue().tickets.view(token)
    service = queue().config.service.get(key)
    if service is None:
        raise ServiceNotFound(service=key)
    page = page_of(ticket["language"])
    drawn = service_page(
        page,
        "add",
        service,
        base=f"/t/{token}/add",
        refused=page["words"].text("take.add_not") if isinstance(refused, BadInput) else refused,
        ticket=ticket,
    )
    return drawn, (refused.status if refused else 200)


def _clock_of(page: dict[str, Any]) -> Any:
    """Write times of the interface by the centre's clock, in the page's language."""

    def time(at: str) -> str:
        return clock_time(datetime.fromisoformat(at), page["language"], ZoneInfo(page["timezone"]))

    return time


def _to_ticket(token: str) -> ResponseReturnValue:
    return redirect(url_for("phone.ticket", token=token, language=request.args.get("language")), 303)
