"""The pages of the teams that visit people at home: the choice of a team, its tablet, and the worker of the tablet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, redirect, url_for

from counter.blueprint import blueprint
from counter.pages import page, to_sign_in
from server.api.callers import queue, staff_from_cookie
from server.errors import NotAllowed, OutreachNotFound
from server.reading import reader_words
from server.wording import texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

WORDS = ("team", "counter")
WORKS = ("official", "reception", "supervisor", "admin")


@blueprint.get("/team")
def choose_team() -> ResponseReturnValue:
    """
    Lead to the one team of this official, or let them choose.

    Raises:
        NotAllowed: Somebody who serves nobody.
    """
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    if staff.role not in WORKS:
        raise NotAllowed(role=staff.role)
    teams = queue().teams.of(staff.user)
    if len(teams) == 1:
        return redirect(url_for("counter.team", key=teams[0].key), 303)
    return page(
        "counter/teams.html", reader_words(queue().config), me=staff.user, csrf=staff.csrf, teams=teams
    )


@blueprint.get("/team/<key>")
def team(key: str) -> ResponseReturnValue:
    """
    Serve a team's tablet; where to go it asks for itself, so that no address is kept with the page.

    Raises:
        OutreachNotFound: There is no such team.
        NotAllowed: Somebody else's.
    """
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    config = queue().config
    found = config.team.get(key)
    if found is None:
        raise OutreachNotFound
    if staff.role not in WORKS or found not in queue().teams.of(staff.user):
        raise NotAllowed(role=staff.role)
    return page(
        "counter/team.html",
        reader_words(config),
        csrf=staff.csrf,
        state={
            "team": key,
            "name": found.name,
            "csrf": staff.csrf,
            "me": {"id": staff.user.id, "name": staff.user.name},
        },
        wording={language: texts(language, *WORDS) for language in config.centre.languages},
    )


@blueprint.get("/team/worker.js")
def team_worker() -> ResponseReturnValue:
    """Serve the worker from where the pages are that it keeps: elsewhere it would have no say over them."""
    worker = (Path(blueprint.root_path) / "static" / "team-worker.js").read_text("utf-8")
    return Response(worker, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})
