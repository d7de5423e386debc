"""The reception desk: one page with parts; what it does it does by the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counter.blueprint import blueprint
from counter.pages import page, to_sign_in
from server.api.callers import queue, staff_from_cookie
from server.errors import NotAllowed
from server.reading import reader_words
from server.wording import own_name, texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from server.config import Config
    from server.operations.context import View

RECEIVES = ("reception", "supervisor", "admin")
PARTS = ("issue", "find", "check_in", "outreach", "appointments")


@blueprint.get("/reception")
def reception() -> ResponseReturnValue:
    """
    Serve the desk.

    Raises:
        NotAllowed: Not reception, a supervisor or the administration.
    """
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    if staff.role not in RECEIVES:
        raise NotAllowed(role=staff.role)
    config = queue().config
    return page(
        "counter/reception.html",
        reader_words(config),
        csrf=staff.csrf,
        state={
            "csrf": staff.csrf,
            "me": {"id": staff.user.id, "name": staff.user.name, "role": staff.role},
            "idle_minutes": config.sign_in.idle_minutes,
            "parts": [part for part in PARTS if part != "outreach" or config.outreach.teams],
            "tells_calls": "sms" in queue().notices.ways(),
            **_choices(config),
        },
        wording={language: _wording(language) for language in config.centre.languages},
    )


def _choices(config: Config) -> View:
    languages = dict.fromkeys((*config.centre.languages, *config.paper.languages))
    return {
        "languages": [(each, own_name(each)) for each in languages],
        "categories": [
            each.model_dump(include={"key", "name", "evidence", "legal_reference"})
            for each in config.categories
        ],
        "services": {each.key: each.name for each in config.services},
        "printers": [{"key": each.key, "name": each.name} for each in config.printers],
        "printer": config.kiosk.printer,
        "decline_reasons": [each.model_dump() for each in config.outreach.decline_reasons],
    }


def _wording(language: str) -> View:
    return texts(language, "reception", "staff", "counter", "team", "outreach")
