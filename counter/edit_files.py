"""The configuration as files: a list as CSV, a section as YAML, the whole as it is exported."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response, redirect, request, url_for

from counter.blueprint import blueprint
from counter.edit_state import (
    changed,
    conflict_text,
    edit_page,
    fault_text,
    is_current,
    save,
    title_of,
    who_looks,
    who_sends,
)
from counter.pages import to_sign_in
from server.api.callers import queue
from server.config import ConfigErrors, editing
from server.config.editing import spreadsheets, uploads
from server.errors import DraftConflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as Page

    from counter.edit_state import State
    from server.config.editing import RowFault
    from server.operations.context import View
    from server.wording import Wording

BOM = "\ufeff"  # spreadsheets take the file for UTF-8 by it
FORM = 100_000  # what a form with a file is besides the file
MOST_FAULTS = 100


@blueprint.get("/admin/centre/edit/<name>.csv")
def edit_csv(name: str) -> ResponseReturnValue:
    """
    Give a list as it can be taken in again.

    Raises:
        NotAllowed, NotManagedHere, NotFound: Not by this caller, or not here.
    """
    state = who_looks()
    if state is None:
        return to_sign_in()
    if name not in editing.ENTRIES:
        raise NotFound
    headers = {"Content-Disposition": f"attachment; filename={name}.csv", "Cache-Control": "no-store"}
    return Response(BOM + editing.give_csv(state.files, name), mimetype="text/csv", headers=headers)


@blueprint.route("/admin/centre/edit/<name>/import", methods=["GET", "POST"])
def import_part(name: str) -> ResponseReturnValue:
    """
    Take a list in, whole or not at all.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere, NotFound: Not by this caller, or not here.
    """
    if name not in editing.ENTRIES:
        raise NotFound
    if request.method == "GET":
        looking = who_looks()
        return to_sign_in() if looking is None else _import_page(looking, name)
    request.max_content_length = spreadsheets.MOST_BYTES + FORM
    state = who_sends()
    if not is_current(state):
        return _import_page(who_looks() or state, name, conflict=conflict_text()), DraftConflict.status
    file = request.files.get("file")
    data, whole = file.read() if file else b"", bool(request.form.get("whole"))
    taken = queue().context.offload(lambda: editing.take_csv(state.files, name, data, whole=whole))
    if taken.files is None:
        return _import_page(state, name, taken.faults), 422
    kinds = (("added", taken.added), ("changed", taken.changed), ("removed", taken.removed))
    if any(keys for _, keys in kinds):
        what = [changed(name, key, kind) for kind, keys in kinds for key in keys[:100]]
        try:
            save(state, taken.files, changed(name, kind="taken"), *what)
        except DraftConflict as error:
            return _import_page(who_looks() or state, name, conflict=conflict_text()), error.status
    told = urlencode({"done": "taken", **{kind: len(keys) for kind, keys in kinds}})
    return redirect(f"{url_for('counter.edit_part', name=name)}?{told}", 303)


@blueprint.route("/admin/centre/edit/<name>/yaml", methods=["GET", "POST"])
def edit_yaml(name: str) -> ResponseReturnValue:
    """
    Show a section as it is written in config.yaml, and put what was changed there in its place.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere, NotFound: Not by this caller, or not here.
    """
    sections = {*editing.FORMS, *(kind.path[0] for kind in editing.ENTRIES.values() if kind.path)}
    if name not in sections:
        raise NotFound
    if request.method == "GET":
        looking = who_looks()
        if looking is None:
            return to_sign_in()
        return _yaml_page(looking, name, editing.read_raw(looking.files, name))
    request.max_content_length = 4 * FORM + FORM
    state = who_sends()
    text = request.form.get("text", "").replace("\r\n", "\n")
    try:
        if not is_current(state):
            raise DraftConflict
        save(state, editing.change_raw(state.files, name, text), changed(name))
    except DraftConflict as error:
        return _yaml_page(who_looks() or state, name, text, conflict=conflict_text()), error.status
    except editing.RawFaults as faults:
        wrong = [(each.line, *fault_text(each, state.words)) for each in faults.problems]
        return _yaml_page(state, name, text, wrong), 422
    return redirect(url_for("counter.edit_yaml", name=name, done="saved"), 303)


@blueprint.route("/admin/centre/edit/upload", methods=["GET", "POST"])
def upload_configuration() -> ResponseReturnValue:
    """
    Take a whole configuration into the draft, with the faults that it has.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere: Not by this caller, or not here.
    """
    if request.method == "GET":
        looking = who_looks()
        return to_sign_in() if looking is None else edit_page("counter/edit_upload.html", looking)
    request.max_content_length = uploads.MOST_BYTES + FORM
    state = who_sends()
    file = request.files.get("file")
    data = file.read() if file else b""
    faults: list[tuple[str, str, str | None]] = []
    try:
        if not is_current(state):
            raise DraftConflict
        files = queue().context.offload(lambda: editing.take_configuration(state.files, data))
        save(state, files, changed("", kind="taken"))
    except DraftConflict as error:
        now = who_looks() or state
        return edit_page("counter/edit_upload.html", now, conflict=conflict_text()), error.status
    except editing.NotTaken as error:
        faults = [("", state.words.text(f"edit.upload_{error.kind}"), None)]
    except ConfigErrors as error:
        faults = [(f"{each.file}:{each.line}", *fault_text(each, state.words)) for each in error.problems]
    if faults:
        return edit_page("counter/edit_upload.html", state, faults=faults[:MOST_FAULTS]), 422
    return redirect(url_for("counter.edit", done="taken"), 303)


def _import_page(state: State, name: str, faults: Sequence[RowFault] = (), conflict: str = "") -> Page:
    return edit_page(
        "counter/edit_import.html",
        state,
        name=name,
        title=title_of(name, state.words),
        key=editing.ENTRIES[name].id,
        columns=editing.columns_of(state.files, name),
        faults=[_told(each, state.words) for each in faults[:MOST_FAULTS]],
        more=max(len(faults) - MOST_FAULTS, 0),
        conflict=conflict,
    )


def _told(fault: RowFault, words: Wording) -> View:
    if fault.problem is not None:
        text, language = fault_text(fault.problem, words)
    else:
        text, language = words.text(f"edit.csv_{fault.kind}", detail=fault.detail), None
    return {"row": fault.row or "–", "column": fault.column or "–", "text": text, "language": language}


def _yaml_page(
    state: State,
    name: str,
    text: str,
    wrong: Sequence[tuple[int, str, str | None]] = (),
    conflict: str = "",
) -> Page:
    start = text.count("\n") + 1
    return edit_page(
        "counter/edit_yaml.html",
        state,
        name=name,
        title=title_of(name, state.words),
        text=text,
        rows=min(max(start + 2, 8), 40),
        wrong=wrong,
        conflict=conflict,
        faults=[] if wrong else _faults_in(state, name),
        done=request.args.get("done") == "saved" and not (wrong or conflict),
    )


def _faults_in(state: State, section: str) -> list[tuple[str, str, str | None]]:
    """List the faults of a section by their paths."""
    return [
        (each.problem.key, *fault_text(each.problem, state.words))
        for each in state.faults()
        if each.problem.key.partition(".")[0].partition("[")[0] == section
    ][:MOST_FAULTS]
