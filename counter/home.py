"""The doors to everything that a member of staff may use: where the sign-in leads who works at no counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, url_for

from counter.blueprint import blueprint
from counter.pages import page, to_sign_in
from server.api.callers import queue, staff_from_cookie
from server.reading import reader_words

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

EVERYONE = ("official", "reception", "supervisor", "admin", "auditor")
WORKS = ("official", "reception", "supervisor", "admin")
MINDS = ("reception", "supervisor", "admin")
ANSWERS = ("supervisor", "admin")
WATCHES = ("supervisor", "admin", "auditor")

# Name in the catalogue `staff`, address, and who may; each page asks again.
DOORS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("room", "/supervisor", WATCHES),
    ("lab", "/supervisor/lab", WATCHES),
    ("reception", "/reception", MINDS),
    ("counter", "/counter", WORKS),
    ("team", "/team", WORKS),
    ("collection", "/collection", WORKS),
    ("print_desk", "/print-desk", MINDS),
    ("documents", "/documents", (*MINDS, "auditor")),
    ("messages", "/messages", ANSWERS),
    ("devices", "/devices", ANSWERS),
    ("users", "/admin/users", WATCHES),
    ("centre", "/admin/centre", WATCHES),
    ("statistics", "/statistics", EVERYONE),
    ("account", "/account", EVERYONE),
)


@blueprint.get("/staff")
def home() -> ResponseReturnValue:
    """Show the doors; an official goes straight to a counter."""
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    return page(
        "counter/home.html",
        reader_words(queue().config),
        me=staff.user,
        csrf=staff.csrf,
        lacks=None,
        doors=[(name, href) for name, href, roles in DOORS if staff.role in roles],
    )


@blueprint.get("/staff/start")
def start() -> ResponseReturnValue:
    """Lead to where somebody of this role begins the day."""
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    return redirect(url_for("counter.choose" if staff.role == "official" else "counter.home"), 303)
