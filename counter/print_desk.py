"""The print desk: how each printer is, what became of each slip, and what reception and supervisors do about it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import redirect, request, url_for

from counter.blueprint import blueprint
from counter.pages import check_form, page, to_sign_in
from server.api.callers import queue, staff_from_cookie
from server.errors import NotAllowed, PrintJobStateError
from server.operations.context import Once
from server.reading import reader_words
from server.wording import clock_time

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from server.operations.context import View
    from server.wording import Wording

MINDS = ("reception", "supervisor", "admin")
SHOWN = 40
# What waits for a person stands first, then what waits for its printer.
FIRST = ("held", "queued", "sending")
AT_REST = ("printed", "held", "failed", "cancelled")
DONE = ("reprint", "cancel", "redirect", "test", "late")


@blueprint.get("/print-desk")
def print_desk() -> ResponseReturnValue:
    """
    Show the printers and the slips.

    Raises:
        NotAllowed: Not reception, a supervisor or the administration.
    """
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    if staff.role not in MINDS:
        raise NotAllowed(role=staff.role)
    words, desk = reader_words(queue().config), queue().print_desk
    printers = desk.printers()
    pending = [job for state in FIRST for job in desk.jobs(state=state)]
    known = {job["id"] for job in pending}
    others = [job for job in desk.jobs() if job["id"] not in known][:SHOWN]
    names = {printer["key"]: printer["name"] for printer in printers}
    done = request.args.get("done")
    return page(
        "counter/print_desk.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        printers=[_printer(each, words) for each in printers],
        pending=[_job(each, names, words) for each in pending],
        others=[_job(each, names, words) for each in others],
        at=clock_time(queue().clock(), words.language, queue().config.centre.zone_info),
        done=done if done in DONE else None,
        key=queue().context.randomness.token(),
    )


@blueprint.post("/print-desk/jobs/<int:job>/<any(reprint, cancel, redirect):act>")
def act_on_slip(job: int, act: str) -> ResponseReturnValue:
    """
    Print a slip again as a copy, drop it, or send it elsewhere; then show how things stand.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin: Not by this caller.
        PrintJobNotFound, PrinterNotFound: There is no such slip or printer.
    """
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    check_form(staff)
    if staff.role not in MINDS:
        raise NotAllowed(role=staff.role)
    desk = queue().print_desk
    printer = request.form.get("printer", "")[:40]
    # The form carries a key of its page: sent twice, it acts once.
    key = f"{request.form.get('key', '')[:60]}/{job}/{act}/{printer}"
    once = Once.of(staff.name, key, "POST", request.path, b"")
    try:
        if act == "reprint":
            desk.reprint(job, staff.user, once=once)
        elif act == "cancel":
            desk.cancel(job, staff.user, once=once)
        else:
            desk.redirect(job, staff.user, printer, once=once)
    except PrintJobStateError:
        act = "late"  # it has gone on meanwhile; the page shows how it stands
    return redirect(url_for("counter.print_desk", done=act), 303)


@blueprint.post("/print-desk/printers/<printer>/test")
def test_printer(printer: str) -> ResponseReturnValue:
    """
    Print a test page.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin: Not by this caller.
        PrinterNotFound: There is no such printer.
    """
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    check_form(staff)
    if staff.role not in MINDS:
        raise NotAllowed(role=staff.role)
    queue().print_desk.test(printer, reader_words(queue().config).language)
    return redirect(url_for("counter.print_desk", done="test"), 303)


def _printer(printer: View, words: Wording) -> dict[str, Any]:
    problem, warning, jobs = printer["problem"], printer["warning"], printer["jobs"]
    state = "bad" if problem else "warn" if warning else "busy" if jobs["sending"] else "good"
    text = (
        words.text(f"errors.printer_{problem}")
        if problem
        else words.text(f"errors.printer_{warning}")
        if warning
        else words.text("desk.printer_busy" if jobs["sending"] else "desk.printer_ready")
    )
    return {
        "key": printer["key"],
        "name": printer["name"],
        "state": state,
        "text": text,
        "since": _time(printer["since_at"], words) if problem or warning else None,
        "waiting": jobs["queued"] + jobs["sending"],
        "held": jobs["held"],
    }


def _job(job: View, names: dict[str, str], words: Wording) -> dict[str, Any]:
    reason = job["reason"]
    return {
        **job,
        "kind_name": words.text(f"paper.kind_{job['kind']}"),
        "printer_name": names.get(job["printer"], job["printer"]),
        "created": _time(job["created_at"], words),
        "state_name": words.text(f"desk.state_{job['state']}"),
        "why": _why(reason, words) if reason else None,
        "may_copy": job["state"] in AT_REST,
        "may_cancel": job["state"] in ("queued", "held"),
        "others": [(key, name) for key, name in names.items() if key != job["printer"]]
        if job["state"] != "sending"
        else [],
    }


def _why(reason: str, words: Wording) -> str:
    """Tell a reason in words: the desk's own, or what a printer is known to suffer from."""
    key = f"desk.reason_{reason}"
    return words.text(key) if words.has(key) else words.text(f"errors.printer_{reason}")


def _time(at: str | None, words: Wording) -> str | None:
    if at is None:
        return None
    return clock_time(datetime.fromisoformat(at), words.language, queue().config.centre.zone_info)
