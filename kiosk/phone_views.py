"""A ticket on the visitor's phone: its page, why others went first, and the rating; whole without JavaScript."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, url_for

from kiosk.pages import page_of
from kiosk.phrases import wait_times
from kiosk.preloading import vendored
from kiosk.rating_form import read_rating
from server.api.callers import queue
from server.errors import (
    AlreadyRated,
    QueueError,
    RatingEnded,
    RatingNotFound,
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


@blueprint.get("/t/<token>")
def ticket(token: str) -> ResponseReturnValue:
    """Serve a ticket's page: whole without JavaScript, live with it."""
    ticket = queue().tickets.view(token)
    queue().tickets.follow(token)
    page = page_of(ticket["language"])
    language, zone = page["language"], ZoneInfo(page["timezone"])
    return render_template(
        "kiosk/phone.html",
        **page,
        ticket=ticket,
        wait=wait_times(ticket["wait"], ticket["at"], language, zone),
        updated=clock_time(queue().clock(), language, zone),
        state={"ticket": ticket},
        wording={language: texts(language, "phone")},
        vendored=vendored("preact", "preact/hooks", "htm"),
    )


@blueprint.post("/t/<token>/cancel")
def cancel(token: str) -> ResponseReturnValue:
    """Give the ticket back, from the page's own form."""
    # Called, served or cancelled in the meantime: the page itself tells.
    with suppress(TicketStateError):
        queue().tickets.cancel(token)
    return redirect(url_for("phone.ticket", token=token, language=request.args.get("language")), 303)


@blueprint.get("/t/<token>/why")
def why(token: str) -> ResponseReturnValue:
    """Tell why those who came later were called earlier."""
    page = page_of(queue().tickets.view(token)["language"])
    found = queue().reasons.why(token, page["language"])

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
