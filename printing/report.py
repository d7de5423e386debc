"""A report on A4: key figures, charts whose axes begin at nothing, and tables that go on over their pages."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log10
from typing import TYPE_CHECKING

from printing.pdf import MARGIN, MM, REGULAR, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

CELL_PT = 8.0
HEADING_PT = 6.0
LABEL_PT = 8.0
CHART_HEIGHT = 46 * MM
BAR_HEIGHT = 3.2 * MM
DARK, LIGHT, FAINT = 0.25, 0.68, 0.85
# So many labels under a chart can be read beside one another.
MOST_LABELS = 16


@dataclass(frozen=True, kw_only=True)
class Columns:
    """
    A chart of upright bars.

    Args:
        bars: Label and height of each; 0 or more.
    """

    title: str
    bars: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """
    A chart of two lying bars for each label, both from nothing.

    Args:
        legend: What the dark bar is, and what the light one.
        rows: Label, dark value and light value; a value that is not known is None.
        unit: Written behind each value.
    """

    title: str
    legend: tuple[str, str]
    rows: tuple[tuple[str, int | None, int | None], ...]
    unit: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A table; `lead` stands under its title, and instead of rows where there are none, `empty`."""

    title: str
    headings: tuple[str, ...]
    widths_mm: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str
    lead: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is set: `facts` are labels with their values."""

    language: str
    centre: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    columns: Columns
    pairs: Pairs
    listings: tuple[Listing, ...]
    notes: tuple[str, ...]
    page: str = "{n}"


def report(report: Report, *, strict: bool = False) -> bytes:
    """Set a report."""
    sheet = Sheet(report.language, title=report.title, strict=strict)
    sheet.footer = report.page
    sheet.paragraph(report.centre, 10, False, "start")
    sheet.paragraph(report.title, 20, True, "start")
    sheet.paragraph(report.subtitle, 12, False, "start")
    sheet.y -= 5 * MM
    _facts(sheet, report.facts)
    if report.columns.bars:
        sheet.y -= 6 * MM
        _columns(sheet, report.columns)
    if report.pairs.rows:
        sheet.y -= 8 * MM
        _pairs(sheet, report.pairs)
    for listing in report.listings:
        sheet.y -= 9 * MM
        _listing(sheet, listing)
    sheet.y -= 8 * MM
    for note in report.notes:
        sheet.paragraph(note, 9, False, "start")
    return sheet.finish()


def _facts(sheet: Sheet, facts: Sequence[tuple[str, str]]) -> None:
    """Set figures in three columns, each large over its label."""
    width = (sheet.right - sheet.left) / 3
    for first in range(0, len(facts), 3):
        some = facts[first : first + 3]
        sheet.need(16 * MM)
        top, ends = sheet.y, []
        for place, (label, value) in enumerate(some):
            left = sheet.left + place * width
            sheet.y = top
            sheet.paragraph(value, 17, True, "start", left=left, right=left + width - 3 * MM, breaks=False)
            sheet.paragraph(label, 9, False, "start", left=left, right=left + width - 3 * MM, breaks=False)
            ends.append(sheet.y)
        sheet.y = min(ends) - 3 * MM


def _columns(sheet: Sheet, chart: Columns) -> None:
    sheet.need(CHART_HEIGHT + 14 * MM)
    sheet.paragraph(chart.title, 12, True, "start")
    sheet.y -= 2 * MM
    most = round_up(max(height for _, height in chart.bars))
    left, bottom = sheet.left + 12 * MM, sheet.y - CHART_HEIGHT
    for part in range(5):
        y = bottom + CHART_HEIGHT * part / 4
        sheet.line(left, y, sheet.right, y, grey=FAINT if part else 0.0)
        sheet.text_at(f"{most * part / 4:g}", left - 2 * MM, y - 1 * MM, size=LABEL_PT, align="end")
    step = (sheet.right - left) / len(chart.bars)
    every = ceil(len(chart.bars) / MOST_LABELS)
    for place, (label, height) in enumerate(chart.bars):
        middle = left + (place + 0.5) * step
        sheet.box(middle - step * 0.35, bottom, step * 0.7, CHART_HEIGHT * height / most, DARK)
        if place % every == 0:
            sheet.text_at(label, middle, bottom - 4 * MM, size=LABEL_PT, align="center")
    sheet.y = bottom - 6 * MM


def _pairs(sheet: Sheet, chart: Pairs) -> None:
    row_height = 2 * BAR_HEIGHT + 2.6 * MM
    sheet.need(row_height * min(len(chart.rows), 20) + 14 * MM)
    sheet.paragraph(chart.title, 12, True, "start")
    sheet.y -= 4 * MM
    x = sheet.left
    for grey, words in zip((DARK, LIGHT), chart.legend, strict=True):
        sheet.box(x, sheet.y - 1 * MM, 4 * MM, BAR_HEIGHT, grey)
        sheet.text_at(words, x + 6 * MM, sheet.y, size=LABEL_PT)
        x += 62 * MM
    sheet.y -= 5 * MM
    most = round_up(max((value or 0 for _, *both in chart.rows for value in both), default=1))
    left, room = sheet.left + 62 * MM, sheet.right - sheet.left - 78 * MM
    for label, *both in chart.rows:
        sheet.need(row_height)
        top = sheet.y
        lines = (
            [label]
            if sheet.fits(label, LABEL_PT, 58 * MM)
            else sheet.wrap(label, REGULAR, LABEL_PT, 58 * MM)[:2]
        )
        for place, text in enumerate(lines):
            at = top - (3.6 if len(lines) == 1 else 2.4 + place * 3.4) * MM
            sheet.text_at(text, left - 3 * MM, at, size=LABEL_PT, align="end")
        for place, (value, grey) in enumerate(zip(both, (DARK, LIGHT), strict=True)):
            y = top - (place + 1) * BAR_HEIGHT
            length = room * (value or 0) / most
            sheet.box(left, y, length, BAR_HEIGHT - 0.4 * MM, grey)
            shown = "–" if value is None else f"{value} {chart.unit}"
            sheet.text_at(shown, left + length + 1.5 * MM, y + 0.5 * MM, size=LABEL_PT - 1)
        sheet.line(left, top, left, top - row_height)
        sheet.y = top - row_height


def _listing(sheet: Sheet, listing: Listing) -> None:
    rows = listing.rows
    first = sheet.row_height(rows[0], listing.widths_mm, size=CELL_PT) if rows else 6 * MM
    sheet.need(first + 30 * MM)
    sheet.paragraph(listing.title, 13, True, "start")
    if listing.lead:
        sheet.paragraph(listing.lead, 9, False, "start")
    if not rows:
        sheet.paragraph(listing.empty, 10, False, "start")
        return
    sheet.y -= 1 * MM
    _headings(sheet, listing)
    for row in rows:
        if sheet.y - sheet.row_height(row, listing.widths_mm, size=CELL_PT) < MARGIN:
            sheet.next_page()
            _headings(sheet, listing)
        sheet.cells(row, listing.widths_mm, size=CELL_PT, figures_from=1)


def _headings(sheet: Sheet, listing: Listing) -> None:
    sheet.cells(listing.headings, listing.widths_mm, bold=True, size=HEADING_PT, figures_from=1)


def round_up(most: int) -> int:
    """
    Find a round end for an axis that begins at nothing.

    >>> [round_up(most) for most in (0, 3, 17, 130, 999)]
    [4, 4, 20, 160, 1000]
    """
    if most <= 4:
        return 4
    step = 10 ** int(log10(most))
    return next(int(step * part) for part in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if step * part >= most)
