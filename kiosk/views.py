"""The pages of the touchscreen and of the visitor's phone; what they do live, they do by the interface."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from kiosk.phrases import wait_times
from kiosk.preloading import vendored
from kiosk.qr import svg
from kiosk.rating_form import read_rating
from server.api.callers import device_from_cookie
from server.errors import (
    AlreadyRated,
    QueueError,
    RatingEnded,
    RatingNotFound,
    TicketNotFound,
    TicketStateError,
)
from server.reading import reader_language
from server.wording import Wording, clock_time, texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from server.operations import Queue

blueprint = Blueprint(
    "kiosk", __name__, template_folder="templates", static_folder="static", static_url_path="/kiosk/static"
)

# Called to a counter that does not serve what the visitor came for.
ELSEWHERE = "other_service"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@blueprint.get("/kiosk")
def touchscreen() -> ResponseReturnValue:
    """Serve the touchscreen with its first state in it, so that it is drawn before anything is asked."""
    device = device_from_cookie()
    if device is None or device.kind != "kiosk":
        return redirect("/enrol?to=/kiosk")
    centre = _queue().config.centre
    settings = _queue().config.kiosk
    state = {
        "catalogue": _queue().services.overview(),
        "kiosk": settings.model_dump(mode="json", include={"idle_s", "warning_s", "show_all", "screen_mm"}),
    }
    wording = {language: texts(language, "kiosk") for language in centre.languages}
    return render_template(
        "kiosk/touchscreen.html", **_page(centre.state_language), state=state, wording=wording
    )


@blueprint.get("/t/<token>")
def ticket(token: str) -> ResponseReturnValue:
    """Serve a ticket's page: whole without JavaScript, live with it."""
    ticket = _queue().tickets.view(token)
    page = _page(ticket["language"])
    language, zone = page["language"], ZoneInfo(page["timezone"])
    return render_template(
        "kiosk/phone.html",
        **page,
        ticket=ticket,
        wait=wait_times(ticket["wait"], ticket["at"], language, zone),
        updated=clock_time(_queue().clock(), language, zone),
        state={"ticket": ticket},
        wording={language: texts(language, "phone")},
        vendored=vendored("preact", "preact/hooks", "htm"),
    )


@blueprint.post("/t/<token>/cancel")
def cancel(token: str) -> ResponseReturnValue:
    """Give the ticket back, from the page's own form."""
    # Called, served or cancelled in the meantime: the page itself tells.
    with suppress(TicketStateError):
        _queue().tickets.cancel(token)
    return redirect(url_for("kiosk.ticket", token=token, language=request.args.get("language")), 303)


@blueprint.get("/t/<token>/why")
def why(token: str) -> ResponseReturnValue:
    """Tell why those who came later were called earlier."""
    page = _page(_queue().tickets.view(token)["language"])
    found = _queue().reasons.why(token, page["language"])

    def time(at: str) -> str:
        return clock_time(datetime.fromisoformat(at), page["language"], ZoneInfo(page["timezone"]))

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
    page = _queue().tickets.view(token)["links"]["page"]
    return Response(svg(page), mimetype="image/svg+xml")


@blueprint.get("/r/<token>")
def rating(token: str) -> ResponseReturnValue:
    """Ask for the rating of one served visit, or say that it was rated."""
    form = _queue().ratings.form(token)
    template = "kiosk/rated.html" if form.rated else "kiosk/rating.html"
    return render_template(
        template, **_page(form.language), form=form, already=form.rated, given={}, errors=[]
    )


@blueprint.post("/r/<token>")
def rate(token: str) -> ResponseReturnValue:
    """Take the rating; one vote to a served visit."""
    form = _queue().ratings.form(token)
    page = _page(form.language)
    given, errors = read_rating(request.form, form.aspects, page["words"])
    if errors:
        return render_template("kiosk/rating.html", **page, form=form, given=request.form, errors=errors), 422
    try:
        _queue().ratings.rate(token, **given)
    except AlreadyRated:
        return render_template("kiosk/rated.html", **page, form=form, already=True), 409
    return render_template("kiosk/rated.html", **page, form=form, already=False), 201


@blueprint.errorhandler(TicketNotFound)
@blueprint.errorhandler(RatingNotFound)
@blueprint.errorhandler(RatingEnded)
def gone(error: QueueError) -> ResponseReturnValue:
    """Tell on the phone what the address no longer opens, and what to do."""
    page = _page(reader_language(_queue().config))
    return render_template("kiosk/gone.html", **page, key=error.key), error.status


def _queue() -> Queue:
    queue: Queue = current_app.extensions["queue"]
    return queue


def _page(preferred: str) -> dict[str, Any]:
    """Choose the page's language: the one asked for in the address, or else `preferred`, or else the state's."""
    centre = _queue().config.centre
    wanted = request.args.get("language", preferred)
    language = wanted if wanted in centre.languages else centre.state_language
    return {
        "language": language,
        "languages": centre.languages,
        "language_names": {each: Wording(each).text("kiosk.language_name") for each in centre.languages},
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "state_language": centre.state_language,
        "timezone": centre.timezone,
        "centre_name": centre.name,
        "words": Wording(language, fallback=centre.state_language),
    }
