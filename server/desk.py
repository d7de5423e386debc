"""Pages of supervisors: the devices of the centre, and what its boards are to say."""

from __future__ import annotations

from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, request

from server import wording
from server.api.callers import queue, staff_from_cookie
from server.errors import BadInput, NotAllowed, NotFound, NotSameOrigin
from server.limits import SIGN_IN, limiter
from server.operations.devices import KINDS, Place
from server.operations.messages import PRESETS
from server.pages import page
from server.reading import reader_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from server.operations.context import View
    from server.operations.staff import Official
    from server.wording import Wording

blueprint = Blueprint("desk", __name__)

MINDS = ("supervisor", "admin")
MINUTES = (15, 30, 60, 120, 240)


def staff_only(view: Callable[..., Response]) -> Callable[..., Response]:
    """Let supervisors in, who come with `official`; a form must come from a page of their session."""

    @wraps(view)
    def checked(**kwargs: Any) -> Response:
        staff = staff_from_cookie()
        if staff is None:
            return redirect(f"/sign-in?next={request.path}", 303)
        if staff.role not in MINDS:
            raise NotAllowed(role=staff.role)
        if request.method != "GET" and request.form.get("csrf_token") != staff.csrf:
            raise NotSameOrigin
        return view(official=staff.user, **kwargs)

    return checked


# Devices.


@blueprint.get("/devices")
@staff_only
def devices(official: Official) -> Response:
    """List the devices, and take the code of a new one."""
    return _devices_page()


@blueprint.post("/devices")
@limiter.limit(SIGN_IN)
@staff_only
def pair(official: Official) -> Response:
    """Enrol the device that shows the code."""
    try:
        queue().pairings.complete(official, _typed("code"), _typed("name"), _place(_typed("kind")))
    except (BadInput, NotFound) as error:
        return _devices_page(error=error)
    return redirect("/devices", 303)


@blueprint.post("/devices/<int:id>")
@staff_only
def change(official: Official, id: int) -> Response:
    """Rename, move, restart or revoke a device."""
    desk = queue().device_desk
    act = _typed("act")
    try:
        if act == "change":
            device = desk.get(id)
            place = _place(device.kind)
            desk.rename(official, id, _typed("name"))
            desk.move(
                official,
                id,
                zone=place.zone,
                printer=place.printer,
                counter=place.counter,
                display=place.display,
            )
        elif act == "restart":
            desk.restart(official, id)
        elif act == "revoke":
            desk.revoke(official, id)
    except (BadInput, NotFound) as error:
        return _devices_page(error=error, changed=id)
    return redirect("/devices", 303)


def _place(kind: str) -> Place:
    """Read where a device is to stand, of what its kind has."""
    counter = _typed("counter")
    return Place(
        kind,
        zone=_typed("zone") or None,
        printer=_typed("printer") or None if kind in ("kiosk", "printer") else None,
        counter=int(counter) if counter.isdecimal() and kind in ("tablet", "display") else None,
        display=_typed("display") or None if kind == "display" else None,
    )


def _devices_page(*, error: BadInput | NotFound | None = None, changed: int | None = None) -> Response:
    config = queue().config
    words = reader_words(config)
    return page(
        "devices.html",
        200 if error is None else 422,
        csrf=_csrf(),
        code=_typed("code") if changed is None and request.form else request.args.get("code", "")[:12],
        typed=request.form if changed is None else {},
        changed=changed,
        errors=[] if error is None else [_said(error, words)],
        devices=[_shown(each, words) for each in queue().devices.all()],
        kinds=KINDS,
        config=config,
    )


def _said(error: BadInput | NotFound, words: Wording) -> dict[str, str]:
    """Say what is wrong with the form, and where."""
    field = str(error.facts.get("field", "code"))
    key = f"devices.wrong_{field}"
    return {"field": field, "message": words.text(key if words.has(key) else f"errors.{error.key}")}


def _shown(device: View, words: Wording) -> View:
    config = queue().config
    seen = device["last_seen_at"]
    at = datetime.fromisoformat(seen) if seen else None
    place = [
        words.name(config.zone[device["zone"]].name) if device["zone"] in config.zone else None,
        config.display[device["display"]].name if device["display"] in config.display else None,
        words.text("display.counter_n", n=device["counter"]) if device["counter"] else None,
        config.printer[device["printer"]].name if device["printer"] in config.printer else None,
    ]
    return {
        **device,
        "seen": wording.date_time(at, words.language, config.centre.zone_info) if at else None,
        "place": [each for each in place if each],
    }


# Messages.


@blueprint.get("/messages")
@staff_only
def messages(official: Official) -> Response:
    """Show what the boards say, and take what they are to say."""
    return _messages_page()


@blueprint.post("/messages")
@staff_only
def say(official: Official) -> Response:
    """Have the boards say something."""
    config = queue().config
    kind, _, preset = _typed("what").partition(":")
    minutes = _typed("minutes")
    try:
        queue().messages.show(
            official,
            kind=kind,
            preset=preset or None,
            text={each: _typed(f"text_{each}") for each in config.centre.languages},
            zone=_typed("zone") or None,
            minutes=int(minutes) if minutes.isdecimal() else None,
        )
    except BadInput as error:
        return _messages_page(error=error)
    return redirect("/messages", 303)


@blueprint.post("/messages/<int:id>/end")
@staff_only
def end(official: Official, id: int) -> Response:
    """Have the boards say it no longer."""
    queue().messages.end(official, id)
    return redirect("/messages", 303)


def _messages_page(*, error: BadInput | None = None) -> Response:
    config = queue().config
    words = reader_words(config)
    now = [
        {**each, "at": _clock(each["shown_at"], words), "until": _clock(each["until_at"], words)}
        for each in queue().messages.current()
    ]
    errors = [] if error is None else [{"field": "text", "message": words.text("messages.wrong_text")}]
    return page(
        "messages.html",
        200 if error is None else 422,
        csrf=_csrf(),
        typed=request.form,
        errors=errors,
        now=now,
        presets=PRESETS,
        minutes=MINUTES,
        config=config,
        names={
            each: wording.Wording(each).text(f"common.language_{each}") for each in config.centre.languages
        },
    )


def _clock(at: str | None, words: Wording) -> str | None:
    if at is None:
        return None
    return wording.clock_time(datetime.fromisoformat(at), words.language, queue().config.centre.zone_info)


def _typed(field: str) -> str:
    return request.form.get(field, "").strip()


def _csrf() -> str:
    staff = staff_from_cookie()
    assert staff is not None  # behind `staff_only`
    return staff.csrf
