"""The tablet on a counter: asks the visitor just served how it was, away from the official's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template

from kiosk.pages import page_of
from server.api.callers import device_from_cookie, queue
from server.placing import screen_of_this_browser
from server.wording import texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("tablet", __name__)


@blueprint.get("/tablet")
def tablet() -> ResponseReturnValue:
    """Serve the tablet with its first state in it; a device that is none is led to the enrolment."""
    device = device_from_cookie()
    if device is None or device.kind != "tablet" or device.counter is None:
        return redirect("/enrol?to=/tablet")
    centre = queue().config.centre
    return render_template(
        "kiosk/tablet.html",
        **page_of(centre.state_language),
        state={"counter": device.counter, "ask": queue().ratings.at_counter(device.counter)},
        screen_of=screen_of_this_browser(),
        wording={each: texts(each, "tablet") for each in centre.languages},
    )
