"""A report as a file: PDF, spreadsheet, or rows for another program."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from server.report_texts import ReportTexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.operations import Queue
    from server.operations.context import View
    from server.operations.statistics import Period

MIMETYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
FIGURES = (
    "issued", "called", "wait_p50_s", "wait_p90_s", "in_target", "missed", "served", "rating", "ratings",
    "response_rate",
)  # fmt: skip
COLUMNS = ("period", "part", "key", "name", *FIGURES, "calls", "promised", "kept", "share", "since")
"""Of the CSV: names that do not change with the language, seconds, shares as parts of one."""
NUMBER_FORMATS = {"count": "0", "minutes": "0.0", "share": "0%", "score": "0.00"}
MOST_LETTERS = 31


def write_report(queue: Queue, period: Period, format: str, language: str) -> bytes:
    """
    Write a day's or a month's report: one of `FORMATS`, in one of the languages.

    The figures are those that `/public/statistics` tells, from the same computation.
    """
    figures = queue.statistics.of_period(period)
    texts = ReportTexts(queue.config, period, figures, language)
    if format == "csv":
        return _csv(figures, texts)
    if format == "xlsx":
        return _xlsx(texts)
    from printing.report import report

    return report(texts.paper())


def _csv(figures: View, texts: ReportTexts) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for row in _rows(figures, texts):
        writer.writerow({"period": figures["period"], **row})
    return out.getvalue().encode()


def _rows(figures: View, texts: ReportTexts) -> Iterator[dict[str, Any]]:
    name = texts.words.name
    yield {"part": "total", "key": figures["centre"], **_figures(figures["total"])}
    for part, rows in (("agency", figures["agencies"]), ("service", figures["services"])):
        for row in rows:
            yield {"part": part, "key": row["key"], "name": name(row["name"]), **_figures(row)}
    for row in figures["out_of_turn"]:
        yield {"part": "out_of_turn", "key": row["reason"], "name": name(row["name"]), "calls": row["calls"]}
    for row in figures["outcomes"]:
        yield {
            "part": "outcome",
            "key": row["key"],
            "name": name(row["name"]) if row["name"] else "",
            "served": row["served"],
        }
    yield {"part": "estimate", **figures["estimate"]}
    for row in figures["arrivals"]:
        yield {"part": "arrivals", "key": row["label"], "issued": row["issued"]}


def _figures(row: View) -> dict[str, Any]:
    return {key: "" if row[key] is None else row[key] for key in FIGURES}


def _xlsx(texts: ReportTexts) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": f"{texts.title}, {texts.subtitle}"})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    formats = {kind: book.add_format({"num_format": form}) for kind, form in NUMBER_FORMATS.items()}
    for sheet in texts.sheets():
        page = book.add_worksheet(_sheet_name(sheet.title))
        page.write_string(0, 0, f"{texts.title}, {texts.subtitle}")
        page.freeze_panes(2, 1)
        page.set_column(0, 0, 46)
        page.set_column(1, len(sheet.headings), 13)
        for column, heading in enumerate(sheet.headings):
            page.write_string(1, column, heading, bold)
        for place, row in enumerate(sheet.rows, start=2):
            for column, (value, kind) in enumerate(zip(row, sheet.kinds, strict=True)):
                if isinstance(value, str):
                    page.write_string(place, column, value)
                elif value is not None:
                    page.write_number(place, column, value, formats.get(kind))
    book.close()
    return out.getvalue()


def _sheet_name(title: str) -> str:
    """
    Make a name that a spreadsheet takes for one of its sheets.

    >>> _sheet_name("Calls: out/in [turn]")
    'Calls out in turn'
    """
    return " ".join("".join(" " if sign in "[]:*?/\\\\" else sign for sign in title).split())[:MOST_LETTERS]
