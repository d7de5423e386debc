"""The configuration in force as pages: what is managed where, and each section as it was read."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Response

from counter.blueprint import blueprint
from counter.laying_out import lay_out, sections_of
from counter.pages import page, to_sign_in
from counter.version_parts import is_on_pages, versions_told
from server.api.callers import queue, staff_from_cookie
from server.errors import NotAllowed, NotFound
from server.operations.account_rules import LOOK
from server.reading import reader_words
from server.wording import date_time

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from server.api.callers import StaffCaller
    from server.wording import Wording

BOM = "\ufeff"  # spreadsheets take the file for UTF-8 by it
# What is managed where: the name of the sentence, and where it is done; None for the server's own machine.
MANAGED = (
    ("centre", None),
    ("accounts", "/admin/users"),
    ("devices", "/devices"),
    ("messages", "/messages"),
    ("day", "/supervisor"),
    ("server", None),
)
MANAGED_ON_PAGES = (("centre", "/admin/centre/versions"), *MANAGED[1:])


@blueprint.get("/admin/centre")
def centre() -> ResponseReturnValue:
    """
    Tell what is managed where, and list the sections.

    Raises:
        NotAllowed: It is nobody who answers for the centre, nor an auditor.
    """
    staff = _who_looks()
    if staff is None:
        return to_sign_in()
    words, view = reader_words(queue().config), queue().in_force.view()
    zone = queue().config.centre.zone_info
    since = view["applied_at"] and date_time(datetime.fromisoformat(view["applied_at"]), words.language, zone)
    return page(
        "counter/centre.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        since=since,
        digest=view["digest"][:12],
        managed=[
            (name, href)
            for name, href in (MANAGED_ON_PAGES if is_on_pages() else MANAGED)
            if staff.role != "auditor" or href in (None, "/admin/users", "/admin/centre/versions")
        ],
        sections=[(name, _title(name, words), count) for name, count in sections_of(queue().config).items()],
        retired=view["retired"],
        **versions_told(words),
    )


@blueprint.get("/admin/centre/<section>")
def centre_section(section: str) -> ResponseReturnValue:
    """
    Show a section.

    Raises:
        NotAllowed: As `centre`.
        NotFound: The configuration has no such section.
    """
    staff = _who_looks()
    if staff is None:
        return to_sign_in()
    config = queue().config
    if section not in sections_of(config):
        raise NotFound
    words = reader_words(config)
    return page(
        "counter/centre_section.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        section=section,
        title=_title(section, words),
        laid=lay_out(config, section, words),
    )


@blueprint.get("/admin/centre/<section>.csv")
def centre_csv(section: str) -> ResponseReturnValue:
    """
    Give a list of the configuration to a spreadsheet; names in every language.

    Raises:
        NotAllowed: As `centre`.
        NotFound: There is no such list.
    """
    staff = _who_looks()
    if staff is None:
        return to_sign_in()
    config = queue().config
    if not sections_of(config).get(section):
        raise NotFound
    headers = {"Content-Disposition": f"attachment; filename={section}.csv"}
    return Response(_csv(config.model_dump(mode="json")[section]), mimetype="text/csv", headers=headers)


def _title(section: str, words: Wording) -> str:
    """Name a section; one that is newer than the catalogues by its key."""
    key = f"admin.section_{section}"
    return words.text(key) if words.has(key) else section


def _csv(parts: list[dict[str, object]]) -> str:
    rows = [
        {
            f"{key}_{inner}" if inner else key: text
            for key, value in part.items()
            for inner, text in (value.items() if isinstance(value, dict) else [("", value)])
        }
        for part in parts
    ]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    out.write(BOM)
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _cell(value) for key, value in row.items()})
    return out.getvalue()


def _cell(value: object) -> object:
    """Write a cell; a text that a spreadsheet would take for a formula is quoted, as it would quote it itself."""
    if isinstance(value, list):
        # What stands in the list by language, such as what to bring, the catalogue's own files have in all of them.
        return ";".join(
            str(next(iter(each.values()))) if isinstance(each, dict) else str(each) for each in value
        )
    if isinstance(value, str) and value[:1] in ("=", "+", "@"):
        return f"'{value}"
    return value


def _who_looks() -> StaffCaller | None:
    staff = staff_from_cookie()
    if staff is not None and staff.role not in LOOK:
        raise NotAllowed(role=staff.role)
    return staff
