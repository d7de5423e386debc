"""The hall board and the small display over a counter; public, and kept live by the socket."""

from __future__ import annotations

from datetime import date as Date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request

from display.calendar import calendar_words
from display.figures import promise, shown
from server.api.callers import device_from_cookie, queue
from server.errors import CounterNotFound, ZoneNotFound
from server.operations.statistics import parse_day
from server.reading import reader_words
from server.wording import date, texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint(
    "display",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/display/static",
)


@blueprint.get("/display")
def board() -> ResponseReturnValue:
    """
    Serve a zone's board, or the list of zones where none is named.

    Raises:
        ZoneNotFound: The centre has no such zone.
    """
    config = queue().config
    key = request.args.get("zone")
    if key is None:
        return _zones()
    if key not in config.zone:
        raise ZoneNotFound(zone=key)
    centre = config.centre
    state = {
        "zone": key,
        "board": queue().boards.view(key),
        # Hundreds of services would take minutes to leaf through, and visitors know which agency they came to.
        "waiting_by": "agency" if sum(agency.zone == key for agency in config.agencies) > 1 else "service",
        "calendar": {each: calendar_words(each) for each in centre.languages},
        "presence": _shows_presence(),
    }
    return _live_page("board", zone_name=config.zone[key].name, state=state)


@blueprint.get("/display/counter/<int:number>")
def small(number: int) -> ResponseReturnValue:
    """
    Serve the display over a counter.

    Raises:
        CounterNotFound: The centre has no such counter.
    """
    config = queue().config
    if number not in config.counter:
        raise CounterNotFound(counter=number)
    zone = config.counter[number].zone
    state = {
        "zone": zone,
        "counter": number,
        "board": queue().boards.view(zone),
        "pause_reasons": [
            reason.model_dump(include={"key", "name"}) for reason in config.policy.pause_reasons
        ],
    }
    return _live_page("small", zone_name=config.zone[zone].name, state=state)


@blueprint.get("/statistics")
def statistics() -> ResponseReturnValue:
    """
    Serve the figures that the centre publishes of a day.

    Raises:
        BadInput: The day in the address is none.
    """
    config = queue().config
    words = reader_words(config)
    found = queue().statistics.of_day(parse_day(request.args.get("day")))
    return render_template(
        "display/statistics.html",
        words=words,
        language=words.language,
        state_language=config.centre.state_language,
        centre_name=config.centre.name,
        figures_of=found,
        day=date(Date.fromisoformat(found["day"]), words.language, weekday=True),
        today=queue().clock().astimezone(config.centre.zone_info).date().isoformat(),
        agencies=[shown(row, words) for row in found["agencies"]],
        services=[shown(row, words) for row in found["services"]],
        out_of_turn=found["out_of_turn"],
        promise=promise(found["estimate"], words),
    )


def _shows_presence() -> bool:
    """Tell whether this is a display of the hall: a browser elsewhere must not show who is here."""
    device = device_from_cookie()
    return queue().presence.is_asked and device is not None and device.kind == "display"


def _zones() -> str:
    config = queue().config
    zones = [
        {
            "key": zone.key,
            "name": zone.name,
            "counters": [counter.number for counter in config.counters if counter.zone == zone.key],
        }
        for zone in config.zones
    ]
    words = reader_words(config)
    return render_template(
        "display/zones.html",
        words=words,
        language=words.language,
        state_language=config.centre.state_language,
        centre_name=config.centre.name,
        zones=zones,
    )


def _live_page(screen: str, **context: Any) -> str:
    """Draw a page that a module keeps live; a hall speaks the state language, and its visitors' in turn."""
    config = queue().config
    centre = config.centre
    return render_template(
        "display/board.html",
        screen=screen,
        language=centre.state_language,
        state_language=centre.state_language,
        timezone=centre.timezone,
        centre_name=centre.name,
        wording={each: texts(each, "display") for each in centre.languages},
        title=texts(centre.state_language, "display")["display.title"],
        **context,
    )
