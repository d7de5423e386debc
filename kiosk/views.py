"""The page of the touchscreen; what it does live, it does by the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template

from kiosk.pages import page_of
from server.api.callers import device_from_cookie, queue
from server.placing import screen_of_this_browser
from server.wording import texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint(
    "kiosk", __name__, template_folder="templates", static_folder="static", static_url_path="/kiosk/static"
)


# What the touchscreen needs to know of its configuration; never the code of its menu.
SHOWN = {"idle_s", "warning_s", "show_all", "screen_mm", "volume", "scanner"}


@blueprint.get("/kiosk")
def touchscreen() -> ResponseReturnValue:
    """Serve the touchscreen with its first state in it, so that it is drawn before anything is asked."""
    device = device_from_cookie()
    if device is None or device.kind != "kiosk":
        return redirect("/enrol?to=/kiosk")
    centre = queue().config.centre
    settings = queue().config.kiosk
    bookable = [each["key"] for agency in queue().appointments.services() for each in agency["services"]]
    state = {
        "catalogue": queue().services.overview(),
        "kiosk": settings.model_dump(mode="json", include=SHOWN)
        | {
            "has_menu": queue().touchscreens.has_menu,
            "book": {"services": bookable, "url": f"{queue().context.public_url}/book"},
        },
    }
    wording = {language: texts(language, "kiosk") for language in centre.languages}
    return render_template(
        "kiosk/touchscreen.html",
        **page_of(centre.state_language),
        state=state,
        wording=wording,
        screen_of=screen_of_this_browser(),
    )
