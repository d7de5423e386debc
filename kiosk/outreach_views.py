"""The pages of who cannot come: ask for a visit at home, follow the request, take it back. Whole without JavaScript."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from kiosk.outreach_form import is_trapped, messages, new_form, read_wish
from server import wording
from server.errors import BadInput, OutreachNotFound, OutreachStateError, TooManyRequests
from server.limits import OUTREACH, limiter
from server.reading import reader_language
from server.wording import Wording

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from server.operations import Queue
    from server.operations.context import View

blueprint = Blueprint("outreach", __name__, template_folder="templates")

# What a request goes through when nothing comes in between.
WAY = ("asked", "confirmed", "planned", "on_the_way", "served")


@blueprint.get("/outreach")
def ask_form() -> ResponseReturnValue:
    """Ask what is needed, where, and why coming is not possible."""
    return _form({}, [])


@blueprint.post("/outreach")
@limiter.limit(OUTREACH)
def ask() -> ResponseReturnValue:
    """Keep the request and lead to its page."""
    page = _page(reader_language(_queue().config))
    if is_trapped(request.form):
        return redirect(url_for("outreach.ask_form"), 303)
    try:
        asked = _queue().outreach.ask(read_wish(request.form, page["language"]))
    except (BadInput, TooManyRequests) as error:
        return _form(request.form, messages(page["words"], error)), error.status
    return redirect(url_for("outreach.follow", token=asked["token"], language=page["language"], new="1"), 303)


@blueprint.get("/o/<token>")
def follow(token: str) -> ResponseReturnValue:
    """Tell how far the request is."""
    asked = _queue().outreach.view(token)
    page = _page(asked["language"])
    return render_template(
        "kiosk/outreach_own.html",
        **page,
        asked=asked,
        steps=_steps(asked["state"]),
        slot=_slot(asked, page["language"]),
        is_new="new" in request.args,
        bring=_bring(asked),
    )


@blueprint.post("/o/<token>/cancel")
def cancel(token: str) -> ResponseReturnValue:
    """Take the request back, from the page's own form."""
    # Begun or ended in the meantime: the page itself tells.
    with suppress(OutreachStateError):
        _queue().outreach.cancel(token)
    return redirect(url_for("outreach.follow", token=token, language=request.args.get("language")), 303)


@blueprint.errorhandler(OutreachNotFound)
def gone(error: OutreachNotFound) -> ResponseReturnValue:
    """Tell that the address opens nothing, and what to do."""
    return render_template("kiosk/outreach_gone.html", **_page(reader_language(_queue().config))), 404


def _form(given: Any, errors: list[dict[str, str]]) -> str:
    config = _queue().config
    groups = [
        {
            "team": team,
            "services": [each for each in config.services if each.key in config.brought_by[team.key]],
        }
        for team in config.outreach.teams
    ]
    days = [day for day in config.centre.hours if any(day in team.days for team in config.outreach.teams)]
    return render_template(
        "kiosk/outreach.html",
        **_page(reader_language(config)),
        groups=[each for each in groups if each["services"]],
        categories=config.outreach.categories,
        agencies=config.agency,
        days=days,
        keep_days=config.outreach.keep_days,
        given=given,
        chosen=set(given.getlist("services")) if given else set(),
        suits=set(given.getlist("days")) if given else set(),
        errors=errors,
        wrong={each["field"]: each["message"] for each in errors},
        form=new_form() if not given or "form" in {e["field"] for e in errors} else given.get("form", ""),
    )


def _steps(state: str) -> list[dict[str, str]]:
    """List the way of a request, and how far it has come; an end off the way stands in its place."""
    at = {"serving": "on_the_way", "missed": "planned"}.get(state, state)
    if at not in WAY:
        return [{"state": "asked", "is": "done"}, {"state": state, "is": "now"}]
    place = WAY.index(at)
    steps = [
        {"state": each, "is": "done" if index < place else "now" if index == place else "ahead"}
        for index, each in enumerate(WAY)
    ]
    if at != state:
        steps[place]["state"] = state
    if state == "served":
        steps[-1]["is"] = "done"
    return steps


def _slot(asked: View, language: str) -> dict[str, str] | None:
    if asked["slot_at"] is None:
        return None
    zone = _queue().config.centre.zone_info
    at = datetime.fromisoformat(asked["slot_at"])
    return {
        "day": wording.date(at, language, zone, weekday=True),
        "time": wording.clock_time(at, language, zone),
    }


def _bring(asked: View) -> list[dict[str, str]]:
    """List what to have ready, each once though several services ask for it."""
    found: list[dict[str, str]] = []
    for service in asked["services"]:
        found += [item for item in service["bring"] if item not in found]
    return found


def _queue() -> Queue:
    queue: Queue = current_app.extensions["queue"]
    return queue


def _page(preferred: str) -> dict[str, Any]:
    """Choose the page's language: the one asked for in the address, or else `preferred`."""
    centre = _queue().config.centre
    wanted = request.args.get("language", preferred)
    language = wanted if wanted in centre.languages else centre.state_language
    return {
        "language": language,
        "languages": centre.languages,
        "language_names": {each: Wording(each).text("kiosk.language_name") for each in centre.languages},
        "state_language": centre.state_language,
        "timezone": centre.timezone,
        "centre_name": centre.name,
        "words": Wording(language, fallback=centre.state_language),
    }
