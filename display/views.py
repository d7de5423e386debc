"""The hall board and the small display over a counter; public, and kept live by the socket."""

from __future__ import annotations

from datetime import date as Date
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, current_app, render_template, request, send_file, url_for

from display.calendar import calendar_words
from display.figures import promise, shown
from display.playlist import playlist
from server.api.callers import device_from_cookie, queue
from server.config import Display
from server.errors import CounterNotFound, DisplayNotFound, NotFound, ZoneNotFound
from server.operations.statistics import parse_day
from server.placing import screen_of_this_browser
from server.reading import reader_words
from server.wording import date, texts

if TYPE_CHECKING:
    from pathlib import Path

    from flask.typing import ResponseReturnValue

    from server.operations.devices import Device

A_DAY_S = 24 * 3600

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
    Serve the board of a zone or of a display, or the list of boards where none is named.

    Raises:
        ZoneNotFound: The centre has no such zone.
        DisplayNotFound: The centre has no such display.
    """
    display = _wanted_display()
    if display is not None:
        return _board_page(display)
    device = device_from_cookie()
    if device is None or device.kind != "display" or request.args:
        return _zones()
    return _own_page(device)


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
        "pause_reasons": _pause_reasons(),
        "settings": _settings(),
    }
    return _live_page("small", sheets=("small", "over"), zone_name=config.zone[zone].name, state=state)


@blueprint.get("/display/playlist")
def playlist_now() -> ResponseReturnValue:
    """Tell what boards may show while it is quiet."""
    return {"playlist": _playlist()}


@blueprint.get("/display/playlist/<name>")
def playlist_file(name: str) -> ResponseReturnValue:
    """
    Serve a picture or a film of the playlist; browsers ask for films in parts.

    Raises:
        NotFound: It is not on the list.
    """
    for item in playlist(_playlist_folder()):
        if item.path.name == name:
            response = send_file(item.path, mimetype=item.mimetype, conditional=True, max_age=A_DAY_S)
            # Opened by itself it may do nothing at all.
            response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
            return response
    raise NotFound


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
        whole=[each for each in config.displays if each.zone is None],
    )


def _wanted_display() -> Display | None:
    """Read which board the address asks for."""
    config = queue().config
    key, zone = request.args.get("display"), request.args.get("zone")
    if key is not None:
        if key not in config.display:
            raise DisplayNotFound(display=key)
        display = config.display[key]
    elif zone is not None:
        if zone not in config.zone:
            raise ZoneNotFound(zone=zone)
        display = _display_of(zone)
    else:
        return None
    # To try a look out before it is written down.
    tried: dict[str, dict[str, Any]] = {
        "columns": {"1": 1, "2": 2},
        "look": {"dark": "dark", "contrast": "contrast"},
    }
    found = {
        name: values[request.args[name]] for name, values in tried.items() if request.args.get(name) in values
    }
    return display.model_copy(update=found)


def _own_page(device: Device) -> ResponseReturnValue:
    """Serve an enrolled display what it was assigned; where that is nothing, or gone, the list of boards."""
    config = queue().config
    if device.counter in config.counter:
        return small(device.counter)
    display = config.display.get(device.display or "")
    if display is None and device.zone in config.zone:
        display = _display_of(device.zone)
    return _zones() if display is None else _board_page(display)


def _display_of(zone: str) -> Display:
    """Find the display of a zone; one that the configuration does not name is a plain one."""
    plain = Display(key=zone, name=zone, zone=zone)
    return next((each for each in queue().config.displays if each.zone == zone), plain)


def _board_page(display: Display) -> str:
    config = queue().config
    centre = config.centre
    zone = config.zone[display.zone] if display.zone is not None else None
    # Hundreds of services would take minutes to leaf through, and visitors know which agency they came to.
    agencies = sum(zone is None or agency.zone == zone.key for agency in config.agencies)
    state = {
        "zone": display.zone,
        "board": queue().boards.view(display.zone),
        "display": display.model_dump(include={"screen_mm", "distance_m", "qr_distance_m", "columns"}),
        "settings": _settings(),
        "waiting_by": display.waiting_by or ("agency" if agencies > 1 else "service"),
        "groups": {each.key: each.name for each in config.groups},
        "pause_reasons": _pause_reasons(),
        "playlist": _playlist() if display.playlist else None,
        "calendar": {each: calendar_words(each) for each in centre.languages},
        "presence": _shows_presence(),
    }
    name = zone.name if zone is not None else centre.name
    return _live_page(
        "board", sheets=("board", "calls", "over"), zone_name=name, state=state, look=display.look
    )


def _settings() -> dict[str, Any]:
    board = queue().config.board
    shown = {"apart_s", "language_s", "languages", "picture_s", "quiet_s"}
    return {"hold_s": board.hold_minutes * 60, **board.model_dump(include=shown)}


def _pause_reasons() -> list[dict[str, Any]]:
    return [each.model_dump(include={"key", "name"}) for each in queue().config.policy.pause_reasons]


def _playlist_folder() -> Path:
    return cast("Path", current_app.config["DATA_DIR"]) / queue().config.board.playlist


def _playlist() -> list[dict[str, str]]:
    return [
        {
            "url": url_for("display.playlist_file", name=item.path.name, v=item.version),
            "kind": item.kind,
        }
        for item in playlist(_playlist_folder())
    ]


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
        screen_of=screen_of_this_browser(),
        **context,
    )
