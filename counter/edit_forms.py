"""Forms of the configuration: a section, a list with its entries, one of them, and its removal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import redirect, request, url_for

from counter.blueprint import blueprint
from counter.edit_fields import choice_text, label_of, lay_out, names_of, title_of_entry
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
from server.config import editing
from server.config.editing import typed
from server.errors import DraftConflict, NotFound

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from counter.edit_state import State
    from server.config.editing import Fault, Values, Written
    from server.config.editing.parts import Entry
    from server.operations.context import View
    from server.wording import Wording

# Of a list what its table shows beside the name; those that are not named show their first few.
COLUMNS = {
    "agencies": ("kind", "zone", "series"),
    "services": ("agency", "group", "minutes", "channels"),
    "counters": ("zone", "agencies", "services", "arrow", "printer"),
    "printers": ("uri", "zone", "paper_width_mm"),
    "displays": ("zone", "look", "distance_m"),
    "categories": ("effect", "credit_minutes", "quota_every"),
    "zones": ("where",),
    "teams": ("counter", "agencies", "hours", "visits_per_day"),
    "outreach_categories": (),
}
LONG = 4
# What is retired: it has a row by which history is read.
RETIRED = ("zones", "agencies", "groups", "services", "counters", "categories", "printers", "displays")


@blueprint.get("/admin/centre/edit/<name>")
def edit_part(name: str) -> ResponseReturnValue:
    """
    Show the form of a section, or the table of a list.

    Raises:
        NotAllowed, NotManagedHere: Not by this caller, or not here.
        NotFound: There is no such form.
    """
    state = who_looks()
    if state is None:
        return to_sign_in()
    if name in editing.ENTRIES:
        return _table_page(state, name)
    _check_form(name)
    written = editing.open_files(state.files)
    return _section_page(state, name, editing.read(written, name), written)


@blueprint.post("/admin/centre/edit/<name>")
def change_part(name: str) -> ResponseReturnValue:
    """
    Change a section; what is wrong in it is kept and told.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere, NotFound: Not by this caller, or not here.
    """
    state = who_sends()
    _check_form(name)
    written = editing.open_files(state.files)
    values = _typed(state, name, written, editing.read(written, name))
    try:
        if not is_current(state):
            raise DraftConflict
        editing.change(written, name, values)
        save(state, written.to_files(), changed(name))
    except DraftConflict as error:
        now = who_looks() or state
        latest = editing.open_files(now.files)
        return (
            _section_page(now, name, {**editing.read(latest, name), **values}, latest, conflict_text()),
            error.status,
        )
    return redirect(url_for("counter.edit_part", name=name, done="saved"), 303)


@blueprint.get("/admin/centre/edit/<name>/one")
def edit_one(name: str) -> ResponseReturnValue:
    """
    Show an entry, or an empty form where no `id` is named.

    Raises:
        NotAllowed, NotManagedHere, NotFound: Not by this caller, or not here.
    """
    state = who_looks()
    if state is None:
        return to_sign_in()
    _check_list(name)
    written = editing.open_files(state.files)
    id = request.args.get("id", "")
    values = _entry(written, name, id).values if id else {}
    return _entry_page(state, name, id, values, written)


@blueprint.post("/admin/centre/edit/<name>/one")
def change_one(name: str) -> ResponseReturnValue:
    """
    Change an entry, or add one where no `id` is named; what is wrong in it is kept and told.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere, NotFound: Not by this caller, or not here.
    """
    state = who_sends()
    _check_list(name)
    written = editing.open_files(state.files)
    id = request.form.get("id~", "")[:200]
    before = {each.id: each.values for each in editing.entries(written, name)}.get(id, {}) if id else {}
    values = _typed(state, name, written, before)
    try:
        if not is_current(state):
            raise DraftConflict
        if id:
            _entry(written, name, id)
            now_id = editing.change_entry(written, name, id, values)
        elif not str(values.get(editing.ENTRIES[name].id) or ""):
            return _entry_page(state, name, "", values, written, error="edit.fault_missing"), 422
        else:
            now_id = editing.add_entry(written, name, values)
        save(state, written.to_files(), changed(name, now_id, "changed" if id else "added"))
    except editing.UnknownEntry as error:
        raise NotFound from error
    except editing.TakenKey:
        return _entry_page(state, name, "", values, written, error="edit.key_taken"), 422
    except DraftConflict as error:
        now = who_looks() or state
        latest = editing.open_files(now.files)
        held = {each.id: each.values for each in editing.entries(latest, name)}
        # What somebody else removed meanwhile comes back as a new one, if it is sent again.
        still = id if id in held else ""
        shown = {**held.get(id, before), **values}
        return _entry_page(now, name, still, shown, latest, conflict=conflict_text()), error.status
    return redirect(_address("counter.edit_one", name, now_id, done="saved"), 303)


@blueprint.route("/admin/centre/edit/<name>/remove", methods=["GET", "POST"])
def remove_one(name: str) -> ResponseReturnValue:
    """
    Tell what the removal of an entry means, and remove it when that is sent.

    Raises:
        NotSignedIn, NotAllowed, NotSameOrigin, NotManagedHere, NotFound: Not by this caller, or not here.
    """
    if request.method == "GET":
        looking = who_looks()
        if looking is None:
            return to_sign_in()
        _check_list(name)
        return _removal_page(looking, name, request.args.get("id", ""))
    state = who_sends()
    _check_list(name)
    id = request.form.get("id~", "")[:200]
    written = editing.open_files(state.files)
    entry = _entry(written, name, id)
    if _waiting(name, entry) and not request.form.get("sure"):
        return _removal_page(state, name, id, wrong=state.words.text("edit.must_be_sure")), 422
    try:
        if not is_current(state):
            raise DraftConflict
        editing.remove_entry(written, name, id)
        save(state, written.to_files(), changed(name, id, "removed"))
    except DraftConflict as error:
        return _removal_page(who_looks() or state, name, id, wrong=conflict_text()), error.status
    return redirect(url_for("counter.edit_part", name=name, done="removed"), 303)


def _check_form(name: str) -> None:
    if name not in editing.FORMS:
        raise NotFound


def _check_list(name: str) -> None:
    if name not in editing.ENTRIES:
        raise NotFound


def _entry(written: Written, name: str, id: str) -> Entry:
    try:
        return editing.entry(written, name, id)
    except editing.UnknownEntry as error:
        raise NotFound from error


def _typed(state: State, name: str, written: Written, before: Values) -> Values:
    languages = written.languages or [state.words.language]
    return typed.typed(editing.describe(name), request.form, languages, before)  # type: ignore[arg-type]


def _address(endpoint: str, name: str, id: str, **more: str) -> str:
    return f"{url_for(endpoint, name=name)}?{urlencode({'id': id, **more})}"


def _section_page(state: State, name: str, values: Values, written: Written, conflict: str = "") -> Response:
    faults = [each for each in state.faults() if each.name == name]
    words = state.words
    lists = [
        {"name": each, "title": title_of(each, words), "count": len(editing.entries(written, each))}
        for each, kind in editing.ENTRIES.items()
        if kind.path[:1] == (name,) and len(kind.path) > 1
    ]
    fields = lay_out(name, values, written, words, faults)
    return edit_page(
        "counter/edit_section.html",
        state,
        name=name,
        title=title_of(name, words),
        lead=_said(words, f"edit.lead_{name}"),
        fields=fields,
        lists=lists,
        conflict=conflict,
        errors=_summary(fields, faults, words),
        done=request.args.get("done") == "saved" and not conflict,
    )


def _entry_page(
    state: State,
    name: str,
    id: str,
    values: Values,
    written: Written,
    *,
    error: str = "",
    conflict: str = "",
) -> Response:
    words = state.words
    faults = [each for each in state.faults() if each.name == name and each.id == id] if id else []
    fields = lay_out(name, values, written, words, faults, is_new=not id)
    if error:
        for field in fields:
            if field["name"] == editing.ENTRIES[name].id:
                field["errors"] = [(words.text(error), None)]
    shown = title_of_entry(editing.Entry(id, values), name, words) if id else words.text("edit.new")
    return edit_page(
        "counter/edit_one.html",
        state,
        name=name,
        title=title_of(name, words),
        id=id,
        shown=shown,
        fields=fields,
        conflict=conflict,
        errors=_summary(fields, faults, words),
        done=request.args.get("done") == "saved" and not conflict,
    )


def _summary(fields: list[View], faults: list[Fault], words: Wording) -> list[View]:
    """List the faults for the top of a page, those of a field with a way to it."""
    found = [
        {"field": field["id"], "message": f"{field['label'] or field['name']}: {text}"}
        for field in fields
        for text, _ in field["errors"]
    ]
    known = {field["name"] for field in fields}
    found += [
        {"field": "form", "message": fault_text(each.problem, words)[0]}
        for each in faults
        if each.field.partition(".")[0] not in known and each.field not in known
    ]
    return found


def _table_page(state: State, name: str) -> Response:
    words, written = state.words, editing.open_files(state.files)
    fields = {field.name: field for field in editing.describe(name)}
    wanted = [each for each in COLUMNS.get(name, ()) if each in fields]
    if name not in COLUMNS:
        wanted = [
            field.name
            for field in fields.values()
            if field.kind != "names" and field.name not in (editing.ENTRIES[name].id, "name")
        ][:LONG]
    of: dict[str, int] = {}
    faults = [each for each in state.faults() if each.name == name]
    for fault in faults:
        of[fault.id] = of.get(fault.id, 0) + 1
    missing = {each.id for each in editing.missing_in(written) if each.name == name}
    named = {each: names_of(written, fields[each].of, words) for each in wanted if fields[each].of}
    find = request.args.get("find", "").strip()[:60]
    entries = editing.entries(written, name)
    rows = []
    for each in entries:
        title = title_of_entry(each, name, words)
        cells = [
            _cell(words, fields[column], each.values.get(column), named.get(column, {})) for column in wanted
        ]
        if find and find.casefold() not in " ".join((each.id, title, *cells)).casefold():
            continue
        rows.append(
            {
                "id": each.id,
                "title": title,
                "cells": cells,
                "faults": of.get(each.id, 0),
                "missing": each.id in missing,
                "away": each.values.get("here") is False or each.values.get("offered") is False,
            }
        )
    return edit_page(
        "counter/edit_list.html",
        state,
        name=name,
        section=editing.ENTRIES[name].path[0] if editing.ENTRIES[name].path else "",
        title=title_of(name, words),
        lead=_said(words, f"edit.lead_{name}"),
        columns=[label_of(name, each, words) or each for each in wanted],
        rows=rows,
        total=len(entries),
        find=find,
        general=[fault_text(each.problem, words)[0] for each in faults if not each.id],
        done=request.args.get("done") if request.args.get("done") in ("removed", "taken") else None,
        told=request.args,
    )


def _cell(words: Wording, field: Any, value: Any, named: dict[str, str]) -> str:
    if value is None:
        value = field.default
    if field.secret or value in (None, (), []):
        return ""
    if isinstance(value, bool):
        return words.text("admin.yes" if value else "admin.no")
    if isinstance(value, dict):
        texts = {key: str(text) for key, text in value.items() if text}
        return words.name(texts) if texts else ""
    items = value if isinstance(value, (list, tuple)) else [value]
    texts_of = [
        named.get(str(each), str(each))
        if field.of
        else choice_text(words, field.name, str(each))
        if field.choices
        else str(each)
        for each in items[:LONG]
    ]
    rest = f" +{len(items) - LONG}" if len(items) > LONG else ""
    return ", ".join(texts_of) + rest


def _removal_page(state: State, name: str, id: str, wrong: str = "") -> Response:
    words, written = state.words, editing.open_files(state.files)
    entry = _entry(written, name, id)
    key = str(entry.values.get(editing.ENTRIES[name].id, ""))
    dropped: list[View] = []
    left: list[View] = []
    for use in editing.uses(written, name, key) if key else ():
        title = title_of(use.name, words)
        if use.id:
            title = f"{title}: {title_of_entry(editing.entry(written, use.name, use.id), use.name, words)}"
        (left if use.needed else dropped).append({"name": use.name, "id": use.id, "title": title})
    services = (
        [each for each in editing.entries(written, "services") if each.values.get("agency") == key]
        if name == "agencies"
        else []
    )
    return edit_page(
        "counter/edit_remove.html",
        state,
        name=name,
        title=title_of(name, words),
        id=id,
        shown=title_of_entry(entry, name, words),
        retired=name in RETIRED,
        dropped=dropped,
        left=left,
        services=len(services),
        waiting=_waiting(name, entry),
        wrong=wrong,
    )


def _waiting(name: str, entry: Entry) -> int:
    """Count who waits now for what is to be removed."""
    config, key = queue().config, str(entry.values.get("key", ""))
    gone = [key] if name == "services" else [each.key for each in config.services if each.agency == key]
    if name not in ("services", "agencies") or not gone:
        return 0
    services = queue().services.now()["services"]
    return sum(services[each]["waiting"] for each in gone if each in services)


def _said(words: Wording, key: str) -> str:
    return words.text(key) if words.has(key) else ""
