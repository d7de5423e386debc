"""The choice of a counter, and the official's terminal; what it does live, it does by the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, request, url_for

from counter.blueprint import blueprint
from counter.pages import page, to_sign_in
from server.api.callers import queue, staff_from_cookie
from server.reading import reader_words
from server.wording import texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from server.api.callers import StaffCaller
    from server.operations.context import View


@blueprint.get("/counter")
def choose() -> ResponseReturnValue:
    """Lead to the counter at which this official works, or let them choose one."""
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    rows = [row for row in queue().counters.all() if queue().counters.is_for(row["counter"], staff.user)]
    typed = request.args.get("number", "").strip()
    if any(typed == str(row["counter"]) for row in rows):
        return redirect(url_for("counter.terminal", number=int(typed)), 303)
    own = [row["counter"] for row in rows if _is_own(row, staff)]
    if own and not {"choose", "number", "language"} & set(request.args):
        return redirect(url_for("counter.terminal", number=own[0]), 303)
    words = reader_words(queue().config)
    return page(
        "counter/choose.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        zones=_by_zone(rows, staff),
        unknown=words.text("counter.choose_unknown", n=typed) if typed else None,
        unknown_text=words.text("counter.choose_unknown", n="{n}"),
    )


@blueprint.get("/counter/<int:number>")
def terminal(number: int) -> ResponseReturnValue:
    """
    Serve the terminal with its first state in it, so that it is drawn before anything is asked.

    Raises:
        CounterNotFound: The centre has no such counter, or none for this official.
    """
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    counter = queue().counters.view(number, staff.user)
    config = queue().config
    state = {
        "counter_number": number,
        "counter": counter,
        "csrf": staff.csrf,
        "idle_minutes": config.sign_in.idle_minutes,
        "auto_call_s": config.terminal.auto_call_s,
        "outcomes": [each.model_dump(include={"key", "name"}) for each in config.terminal.outcomes],
        "me": {"id": staff.user.id, "name": staff.user.name, "role": staff.role},
        "pause_reasons": [
            reason.model_dump(include={"key", "name"}) for reason in config.policy.pause_reasons
        ],
        "out_of_turn_reasons": [
            reason.model_dump(include={"key", "name"}) for reason in config.policy.out_of_turn_reasons
        ],
    }
    return page(
        "counter/terminal.html",
        reader_words(config),
        csrf=staff.csrf,
        state=state,
        wording={language: texts(language, "counter") for language in config.centre.languages},
    )


def _is_own(row: View, staff: StaffCaller) -> bool:
    return row["official"] is not None and row["official"]["id"] == staff.user.id


def _by_zone(rows: list[View], staff: StaffCaller) -> list[View]:
    zones: dict[str, View] = {}
    for row in rows:
        zone = zones.setdefault(row["zone"], {"name": row["zone_name"], "counters": []})
        zone["counters"].append({**row, "yours": _is_own(row, staff)})
    return list(zones.values())
