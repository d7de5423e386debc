"""
Documents on A4: a ticket for who has no phone, a zone's poster, the day's appointments.

Text is drawn, never read as markup, so nothing in it can be a tag or fetch a picture; both fonts are embedded.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import segno

from printing import layout
from printing.typeface import CAPITAL_HEIGHT, FOLDER, RIGHT_TO_LEFT, Typeface

if TYPE_CHECKING:
    from printing.slips import TicketSlip

MM = 72 / 25.4
PAGE = (210 * MM, 297 * MM)
MARGIN = 20 * MM
COLUMN = PAGE[1] - 2 * MARGIN - 20 * MM
"""What stands side by side is at most so high: a page, less the headings of a list."""
REGULAR, BOLD = "NavbatSans", "NavbatSans-Bold"
SIZES: dict[layout.Size, float] = {"small": 11, "body": 12.5, "large": 16, "title": 22}
NUMBER_PT = 84
LINE = 1.32
BASELINE = 1.0
"""From the top of a line to what its letters stand on, as a part of their size."""
CELL_PT = 10.5
ROW_PADDING = 1.2 * MM
SPACE_SCALE = 2.0
QR_SCALE = 1.7
"""A slip's QR on A4, which is read from a hand and not from a tray."""


@dataclass(frozen=True, kw_only=True)
class Poster:
    """
    What hangs in a zone.

    Args:
        text: What the QR leads to.
        others: The same for those who read another language: (language, text).
    """

    language: str
    centre: str
    title: str
    where: str
    text: str
    url: str
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """A list over as many pages as it takes; `page` is written with the page's number for `{n}`."""

    language: str
    centre: str
    title: str
    headings: tuple[str, ...]
    widths_mm: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str
    page: str = "{n}"


def ticket(slip: TicketSlip, *, strict: bool = False) -> bytes:
    """Set a ticket's slip on a page of its own: the same parts in the same order."""
    sheet = Sheet(slip.language, title=slip.number, strict=strict, inset=25 * MM)
    for block in slip.blocks():
        sheet.add(block)
    return sheet.finish()


def poster(poster: Poster, *, strict: bool = False) -> bytes:
    """Set a zone's poster, to be read from some metres."""
    sheet = Sheet(poster.language, title=poster.title, strict=strict)
    sheet.y -= 4 * MM
    sheet.paragraph(poster.centre, 18, False, "center")
    sheet.y -= 10 * MM
    sheet.paragraph(poster.title, 44, True, "center")
    sheet.y -= 2 * MM
    sheet.paragraph(poster.where, 24, False, "center")
    sheet.y -= 10 * MM
    sheet.picture(poster.url, 100 * MM)
    sheet.y -= 8 * MM
    sheet.paragraph(poster.text, 24, True, "center")
    sheet.y -= 2 * MM
    for language, text in poster.others:
        sheet.type = Typeface(language, strict)
        sheet.paragraph(text, 15, False, "center")
    sheet.type = Typeface(poster.language, strict)
    sheet.y -= 4 * MM
    sheet.paragraph(poster.url, 12, False, "center")
    return sheet.finish()


def table(table: Table, *, strict: bool = False) -> bytes:
    """Set a list; its headings stand on each page."""
    sheet = Sheet(table.language, title=table.title, strict=strict)
    sheet.footer = table.page
    sheet.paragraph(table.centre, 10, False, "start")
    sheet.paragraph(table.title, 18, True, "start")
    sheet.y -= 4 * MM
    if not table.rows:
        sheet.paragraph(table.empty, 12, False, "start")
        return sheet.finish()
    sheet.cells(table.headings, table.widths_mm, bold=True)
    for row in table.rows:
        if sheet.y - sheet.row_height(row, table.widths_mm) < MARGIN:
            sheet.next_page()
            sheet.cells(table.headings, table.widths_mm, bold=True)
        sheet.cells(row, table.widths_mm)
    return sheet.finish()


@lru_cache(maxsize=1)
def _register() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file in ((REGULAR, "DejaVuSansCondensed.ttf"), (BOLD, "DejaVuSansCondensed-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / file)))


@dataclass
class Sheet:
    """Pages that are filled from the top."""

    language: str
    title: str
    strict: bool = False
    inset: float = 0.0
    footer: str = ""
    y: float = PAGE[1] - MARGIN
    _buffer: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        from reportlab.pdfgen.canvas import Canvas

        _register()
        self.type = Typeface(self.language, self.strict)
        self.left, self.right = MARGIN + self.inset, PAGE[0] - MARGIN - self.inset
        self._pages = 1
        # `invariant` leaves the time out, so that the same document has the same bytes.
        # The font a page begins with must be ours too: reportlab's own would stand in the file without its letters.
        self._canvas: Any = Canvas(
            self._buffer, pagesize=PAGE, lang=self.language, invariant=1, initialFontName=REGULAR
        )
        self._canvas.setTitle(self.title)

    def text_at(self, text: str, x: float, y: float, *, size: float, align: layout.Align = "start") -> None:
        """Write a short text at a place of the page: at its left edge, its middle or its right edge."""
        self._canvas.setFont(REGULAR, size)
        shown = self.type.on_paper(self.type.clean(text))
        draw = {
            "start": self._canvas.drawString,
            "center": self._canvas.drawCentredString,
            "end": self._canvas.drawRightString,
        }[align]
        draw(x, y, shown)

    def box(self, x: float, y: float, width: float, height: float, grey: float) -> None:
        """Fill a rectangle; 0 is black, 1 is white."""
        self._canvas.setFillGray(grey)
        self._canvas.rect(x, y, width, height, stroke=0, fill=1)
        self._canvas.setFillGray(0)

    def line(self, x: float, y: float, to_x: float, to_y: float, *, grey: float = 0.0) -> None:
        """Draw a thin line."""
        self._canvas.setLineWidth(0.5)
        self._canvas.setStrokeGray(grey)
        self._canvas.line(x, y, to_x, to_y)
        self._canvas.setStrokeGray(0)

    def fits(self, text: str, size: float, width: float) -> bool:
        """Tell whether a text stands on one line of a width."""
        return self._width(self.type.clean(text), REGULAR, size) <= width

    def finish(self) -> bytes:
        """End the document."""
        self._end_page()
        self._canvas.save()
        return self._buffer.getvalue()

    def next_page(self) -> None:
        """Go on at the top of another page."""
        self._end_page()
        self._pages += 1
        self.y = PAGE[1] - MARGIN

    def add(self, block: layout.Block) -> None:
        """Set one block of a slip."""
        match block:
            case layout.Text(text, size, bold, align):
                self.paragraph(text, SIZES[size], bold, align)
            case layout.Number(text):
                self.y -= NUMBER_PT * CAPITAL_HEIGHT
                self._canvas.setFont(BOLD, NUMBER_PT)
                self._canvas.drawCentredString(PAGE[0] / 2, self.y, text)
            case layout.Banner(text):
                self.paragraph(text, SIZES["title"], True, "center")
            case layout.Rule(dashed):
                self.rule(dashed=dashed)
            case layout.Space(mm):
                self.y -= mm * MM * SPACE_SCALE
            case layout.Pairs(rows):
                self.pairs(rows)
            case layout.Bullets(title, items):
                self.paragraph(title, SIZES["body"], True, "start")
                for item in items:
                    self.bullet(item)
            case layout.Qr():
                self.qr(block)
            case layout.Logo():
                self.logo(block)
            case layout.Ruler():
                pass  # measures a print head, which a page has not

    def paragraph(
        self,
        text: str,
        size: float,
        bold: bool,
        align: layout.Align,
        *,
        left: float | None = None,
        right: float | None = None,
        breaks: bool = True,
    ) -> None:
        """Set a text in a column; where it may not break over two pages, as much of it as one page holds."""
        left = self.left if left is None else left
        right = self.right if right is None else right
        font = BOLD if bold else REGULAR
        lines = self.wrap(text, font, size, right - left)
        for line in lines if breaks else lines[: int(COLUMN / (size * LINE))]:
            if breaks:
                self.need(size * LINE)
            self._line(line, font, size, align, left, right)
            self.y -= size * LINE

    def need(self, height: float) -> None:
        """Go on at the top of another page unless there is so much room on this one."""
        if self.y - height < MARGIN and self.y < PAGE[1] - MARGIN:
            self.next_page()

    def height(self, text: str, size: float, bold: bool, width: float) -> float:
        """Tell how high a text will be in a column."""
        lines = self.wrap(text, BOLD if bold else REGULAR, size, width)
        return min(len(lines) * size * LINE, COLUMN)

    def wrap(self, text: str, font: str, size: float, width: float) -> list[str]:
        """Cut a text into lines at spaces, and a word where a line is too short for it."""
        lines: list[str] = []
        for word in self.type.clean(text).split():
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and self._width(joined, font, size) <= width:
                lines[-1] = joined
            else:
                lines.extend(self._pieces(word, font, size, width))
        return lines

    def _pieces(self, word: str, font: str, size: float, width: float) -> list[str]:
        if self._width(word, font, size) <= width:
            return [word]
        pieces, room = [""], width
        for character in word:
            needed = self._width(character, font, size)
            if pieces[-1] and needed > room:
                pieces.append("")
                room = width
            pieces[-1] += character
            room -= needed
        return pieces

    def rule(self, *, dashed: bool = False) -> None:
        """Draw a line from edge to edge."""
        self._canvas.setDash(3, 3) if dashed else self._canvas.setDash()
        self._canvas.setLineWidth(0.8)
        self._canvas.line(self.left, self.y, self.right, self.y)
        self._canvas.setDash()

    def pairs(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Set labels and values in two columns, mirrored for right-to-left."""
        size, middle = SIZES["body"], self.left + (self.right - self.left) * 0.45
        mirrored = self.type.is_right_to_left
        for label, value in rows:
            self.need(
                max(
                    self.height(label, size, False, middle - 3 * MM - self.left),
                    self.height(value, size, True, self.right - middle),
                )
            )
            top = self.y
            columns = [(self.left, middle - 3 * MM), (middle, self.right)]
            if mirrored:
                columns = [
                    (self.left + self.right - right, self.left + self.right - left) for left, right in columns
                ]
            ends = []
            for (left, right), text, bold in zip(columns, (label, value), (False, True), strict=True):
                self.y = top
                self.paragraph(text, size, bold, "start", left=left, right=right, breaks=False)
                ends.append(self.y)
            self.y = min(ends)

    def bullet(self, item: str) -> None:
        """Set one item of a list."""
        indent, side, size = 5 * MM, 1.3 * MM, SIZES["small"]
        left, right = self.left, self.right
        self.need(self.height(item, size, False, right - left - indent))
        x = self.right - side if self.type.is_right_to_left else self.left
        self._canvas.rect(x, self.y - size * 0.62 - side / 2, side, side, stroke=0, fill=1)
        if self.type.is_right_to_left:
            right -= indent
        else:
            left += indent
        self.paragraph(item, size, False, "start", left=left, right=right)

    def qr(self, block: layout.Qr) -> None:
        """Set a QR in the middle, its words under it."""
        self.picture(block.data, block.mm * MM * QR_SCALE)
        self.y -= 3 * MM
        self.paragraph(block.title, SIZES["body"], True, "center")
        self.paragraph(block.caption, SIZES["small"], False, "center")
        if block.code:
            self.paragraph(block.code, SIZES["title"], True, "center")

    def picture(self, data: str, side: float) -> None:
        """Draw a QR code as one path."""
        self.need(side)
        matrix = segno.make(data, micro=False, error="m").matrix
        module = side / len(matrix)
        x, top = (PAGE[0] - side) / 2, self.y
        path = self._canvas.beginPath()
        for row, modules in enumerate(matrix):
            for column, dark in enumerate(modules):
                if dark:
                    path.rect(x + column * module, top - (row + 1) * module, module, module)
        self._canvas.drawPath(path, stroke=0, fill=1)
        self.y -= side

    def logo(self, block: layout.Logo) -> None:
        """Set the logo, from its file."""
        from reportlab.lib.utils import ImageReader

        width, height = ImageReader(block.path).getSize()
        high = block.mm * MM * 1.5
        wide = min(width * high / height, self.right - self.left)
        self.y -= high
        self._canvas.drawImage(
            block.path, (PAGE[0] - wide) / 2, self.y, wide, high, mask="auto", preserveAspectRatio=True
        )

    def cells(
        self,
        texts: tuple[str, ...],
        widths_mm: tuple[float, ...],
        *,
        bold: bool = False,
        size: float = CELL_PT,
        figures_from: int | None = None,
    ) -> None:
        """Set one row of a table, as high as its fullest cell; columns of figures end at one edge."""
        self.y -= ROW_PADDING
        top, ends, offset = self.y, [], 0.0
        for place, (text, width_mm) in enumerate(zip(texts, widths_mm, strict=True)):
            width = width_mm * MM
            left = self.left + offset
            if self.type.is_right_to_left:
                left = self.right - offset - width
            self.y = top
            right = left + width - 2 * MM
            is_figure = figures_from is not None and place >= figures_from
            align: layout.Align = "end" if is_figure else "start"
            self.paragraph(text, size, bold, align, left=left, right=right, breaks=False)
            ends.append(self.y)
            offset += width
        self.y = min(ends) - ROW_PADDING
        self._canvas.setLineWidth(0.8 if bold else 0.3)
        self._canvas.line(self.left, self.y, self.right, self.y)

    def row_height(
        self,
        texts: tuple[str, ...],
        widths_mm: tuple[float, ...],
        *,
        size: float = CELL_PT,
        bold: bool = False,
    ) -> float:
        """Tell how high a row will be."""
        heights = (
            self.height(text, size, bold, width_mm * MM - 2 * MM)
            for text, width_mm in zip(texts, widths_mm, strict=True)
        )
        return max(heights) + 2 * ROW_PADDING

    def _line(
        self, line: str, font: str, size: float, align: layout.Align, left: float, right: float
    ) -> None:
        shown, y = self.type.on_paper(line), self.y - size * BASELINE
        self._canvas.setFont(font, size)
        at_end = (align == "end") != self.type.is_right_to_left
        if align == "center":
            self._canvas.drawCentredString((left + right) / 2, y, shown)
        elif at_end:
            self._canvas.drawRightString(right, y, shown)
        else:
            self._canvas.drawString(left, y, shown)

    def _width(self, text: str, font: str, size: float) -> float:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        return float(stringWidth(self.type.on_paper(text), font, size))

    def _end_page(self) -> None:
        if self.footer:
            self._canvas.setFont(REGULAR, 9)
            number = self.footer.format(n=self._pages)
            edge = self.left if self.language.split("-")[0] in RIGHT_TO_LEFT else self.right
            draw = self._canvas.drawString if edge == self.left else self._canvas.drawRightString
            draw(edge, MARGIN / 2, self.type.on_paper(self.type.clean(number)))
        self._canvas.showPage()
