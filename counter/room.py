"""The supervisor's room as a page; what it does live, it does by the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counter.blueprint import blueprint
from counter.pages import page, to_sign_in
from server.api.callers import queue, staff_from_cookie
from server.api.room import ACT, WATCH
from server.errors import NotAllowed
from server.reading import reader_words
from server.wording import texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@blueprint.get("/supervisor")
def supervisor() -> ResponseReturnValue:
    """
    Serve the room with its first state in it.

    Raises:
        NotAllowed: It is nobody who watches over the hall.
    """
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    if staff.role not in WATCH:
        raise NotAllowed(role=staff.role)
    config = queue().config
    state = {
        "room": queue().room.view(staff.user),
        "me": {"id": staff.user.id, "name": staff.user.name},
        "may_act": staff.role in ACT,
        # With the page and not with each state: it changes with a start only.
        "offered": [
            {"service": each.key, "name": each.name, "agency_name": config.agency[each.agency].name}
            for each in config.services
            if "walk_in" in each.channels
            and (staff.user.agencies is None or each.agency in staff.user.agencies)
        ],
        "idle_minutes": config.sign_in.idle_minutes,
        "pause_reasons": {each.key: each.name for each in config.policy.pause_reasons},
    }
    return page(
        "counter/room.html",
        reader_words(config),
        csrf=staff.csrf,
        state=state,
        wording={language: _words(language) for language in config.centre.languages},
    )


def _words(language: str) -> dict[str, object]:
    """Pick what the room says, and what is wrong with printers."""
    of_printers = {
        key: text for key, text in texts(language, "errors").items() if key.startswith("errors.printer_")
    }
    return {**texts(language, "room"), **of_printers}
