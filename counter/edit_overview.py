"""The configuration to be changed, as a whole: its forms, its faults, and the names that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, request

from counter.blueprint import blueprint
from counter.edit_fields import label_of, title_of_entry
from counter.edit_state import (
    changed,
    conflict_text,
    edit_page,
    fault_text,
    language_name,
    save,
    title_of,
    who_looks,
    who_sends,
)
from counter.pages import to_sign_in
from server.config import ConfigErrors, editing
from server.errors import DraftConflict

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from counter.edit_state import State
    from server.config.editing import Fault, MissingName, Written
    from server.operations.context import View

MOST_FAULTS = 60
MOST_NAMES = 200


@blueprint.get("/admin/centre/edit")
def edit() -> ResponseReturnValue:
    """
    Show what can be changed, and what is wrong in the draft.

    Raises:
        NotAllowed, NotManagedHere: Not by this caller, or not here.
    """
    state = who_looks()
    if state is None:
        return to_sign_in()
    faults = state.faults()
    try:
        written = editing.open_files(state.files)
    except ConfigErrors:
        return edit_page("counter/edit.html", state, groups=[], faults=_told(state, None, faults), missing=0)
    of: dict[str, int] = {}
    for each in faults:
        of[each.name] = of.get(each.name, 0) + 1
    groups = [
        (
            state.words.text(f"edit.g_{group}"),
            [
                {
                    "name": name,
                    "title": title_of(name, state.words),
                    "count": len(editing.entries(written, name)) if name in editing.ENTRIES else None,
                    "faults": of.get(name, 0),
                }
                for name in names
            ],
        )
        for group, names in editing.ORDER
    ]
    return edit_page(
        "counter/edit.html",
        state,
        groups=groups,
        faults=_told(state, written, faults)[:MOST_FAULTS],
        more_faults=max(len(faults) - MOST_FAULTS, 0),
        missing=len(editing.missing_in(written)),
        done=request.args.get("done") if request.args.get("done") in ("taken",) else None,
    )


@blueprint.route("/admin/centre/edit/names", methods=["GET", "POST"])
def edit_names() -> ResponseReturnValue:
    """
    Ask for the names that are missing in a language, all on one page.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere: Not by this caller, or not here.
    """
    if request.method == "POST":
        return _take_names(who_sends())
    state = who_looks()
    return to_sign_in() if state is None else _names_page(state, done=request.args.get("done") == "saved")


def _take_names(state: State) -> ResponseReturnValue:
    written = editing.open_files(state.files)
    given: dict[str, str] = {}
    what = []
    for each in editing.missing_in(written):
        text = " ".join(request.form.get(_place(each), "")[:400].split())
        if text:
            given[_place(each)] = text
            names = {**(_now(written, each) or {}), each.language: text}
            if each.id:
                editing.change_entry(written, each.name, each.id, {each.field: names})
            else:
                editing.change(written, each.name, {each.field: names})
            what.append(changed(each.name, each.id))
    try:
        if what:
            save(state, written.to_files(), *dict.fromkeys(what))
    except DraftConflict as error:
        now = who_looks()
        return _names_page(now or state, given, conflict_text()), error.status
    return redirect(f"{request.path}?done=saved", 303)


def _now(written: Written, each: MissingName) -> dict[str, str] | None:
    values = (
        editing.entry(written, each.name, each.id).values if each.id else editing.read(written, each.name)
    )
    names = values.get(each.field)
    return names if isinstance(names, dict) else None


def _names_page(
    state: State, given: dict[str, str] | None = None, conflict: str = "", *, done: bool = False
) -> Response:
    written, words = editing.open_files(state.files), state.words
    missing = editing.missing_in(written)
    titles: dict[tuple[str, str], str] = {}
    for name in {each.name for each in missing if each.id}:
        for entry in editing.entries(written, name):
            titles[name, entry.id] = title_of_entry(entry, name, words)
    rows = [
        {
            "place": _place(each),
            "section": title_of(each.name, words),
            "name": each.name,
            "id": each.id,
            "title": titles.get((each.name, each.id), ""),
            "field": label_of(each.name, each.field, words) or each.field,
            "language": each.language,
            "own_name": language_name(each.language),
            "instead": each.instead,
            "value": (given or {}).get(_place(each), ""),
        }
        for each in missing[:MOST_NAMES]
    ]
    return edit_page(
        "counter/edit_names.html",
        state,
        rows=rows,
        total=len(missing),
        conflict=conflict,
        done=done,
    )


def _place(each: MissingName) -> str:
    return f"{each.name}~{each.id}~{each.field}~{each.language}"


def _told(state: State, written: Written | None, faults: list[Fault]) -> list[View]:
    """Tell of each fault where it is and what it is."""
    told = []
    for each in faults:
        text, language = fault_text(each.problem, state.words)
        title = ""
        if written is not None and each.id:
            title = title_of_entry(editing.entry(written, each.name, each.id), each.name, state.words)
        told.append(
            {
                "name": each.name,
                "id": each.id,
                "field": each.field.replace(".", "-") if each.field else "",
                "section": title_of(each.name, state.words) if each.name else each.problem.file,
                "title": title,
                "label": (label_of(each.name, each.field.partition(".")[0], state.words) or each.field)
                if each.field
                else "",
                "key": each.problem.key,
                "place": f"{each.problem.file}:{each.problem.line}",
                "text": text,
                "language": language,
            }
        )
    return told
