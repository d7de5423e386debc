"""Accounts by a CSV file, as pages: given out, and taken in whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request

from counter.blueprint import blueprint
from counter.pages import check_form, page, to_sign_in
from server.api.callers import queue, staff_from_cookie
from server.errors import NotAllowed, NotSignedIn
from server.operations.account_files import COLUMNS
from server.operations.account_rules import LOOK, MANAGES
from server.reading import reader_words

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

BOM = "\ufeff"  # spreadsheets take the file for UTF-8 by it


@blueprint.get("/admin/users.csv")
def users_csv() -> ResponseReturnValue:
    """
    Give the accounts that somebody answers for.

    Raises:
        NotAllowed: It is nobody who answers for accounts, nor an auditor.
    """
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    if staff.role not in LOOK:
        raise NotAllowed(role=staff.role)
    headers = {"Content-Disposition": "attachment; filename=users.csv", "Cache-Control": "no-store"}
    return Response(BOM + queue().account_files.export(staff.user), mimetype="text/csv", headers=headers)


@blueprint.route("/admin/users/import", methods=["GET", "POST"])
def import_users() -> ResponseReturnValue:
    """
    Take a file of accounts; who is new is shown with a password, once.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin: Not by this caller.
    """
    staff = staff_from_cookie()
    if staff is None:
        if request.method == "POST":
            raise NotSignedIn
        return to_sign_in()
    if staff.role not in MANAGES:
        raise NotAllowed(role=staff.role)
    words = reader_words(queue().config)
    taken: dict[str, Any] | None = None
    if request.method == "POST":
        check_form(staff)
        file = request.files.get("file")
        taken = queue().account_files.take_in(staff.user, file.read() if file is not None else b"")
    faults = taken["faults"] if taken else []
    answer = page(
        "counter/import_users.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        columns=", ".join(COLUMNS),
        faults=[(each.row or "–", each.column or "–", words.text(each.problem)) for each in faults],
        taken=None if faults else taken,
    )
    answer.status_code = 422 if faults else 200
    return answer
