"""A slip's blocks become one 1-bit picture, dot for dot what the printer burns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageOps

from printing import layout, qr
from printing.escpos import INVERTED, without_real_time_commands
from printing.typeface import CAPITAL_HEIGHT, Typeface, load

if TYPE_CHECKING:
    from PIL import ImageFont

    from printing.slips import Slip

BLACK, WHITE = 0, 1
NUMBER_MM_WIDE, NUMBER_MM_NARROW = 11.0, 10.5
WIDE_FROM_MM = 60
CODE_MM = 4.75

# Font sizes in mm of the em: (wide paper, narrow paper).
SIZES: dict[layout.Size, tuple[float, float]] = {
    "small": (2.5, 2.375),
    "body": (2.75, 2.625),
    "large": (3.25, 3.125),
    "title": (3.75, 3.625),
}

Draw = Callable[[Image.Image, ImageDraw.ImageDraw], None]


def render(
    slip: Slip, *, dots: int, dots_per_inch: int = 203, strict: bool = False, scale: float = 1.0
) -> Image.Image:
    """
    Draw a slip as wide as the printer's head.

    Args:
        dots: 576 for 80 mm paper at 203 dpi, 384 for 58 mm, 512 for 80 mm at 180 dpi.
        strict: A character without a glyph raises; otherwise it is replaced and logged.
        scale: Of the words; number, code and QR keep their size.

    Raises:
        MissingGlyph: In strict mode.
    """
    return render_blocks(
        slip.blocks(),
        language=slip.language,
        dots=dots,
        dots_per_inch=dots_per_inch,
        strict=strict,
        scale=scale,
    )


def render_blocks(
    blocks: tuple[layout.Block, ...],
    *,
    language: str,
    dots: int,
    dots_per_inch: int = 203,
    strict: bool = False,
    scale: float = 1.0,
) -> Image.Image:
    """Draw any blocks; see `render`."""
    page = _Page(dots=dots, dots_per_mm=dots_per_inch / 25.4, type=Typeface(language, strict), scale=scale)
    for block in blocks:
        page.add(block)
    page.y += page.mm(1)
    image = Image.new("1", (dots, max(page.y, 1)), WHITE)
    canvas = ImageDraw.Draw(image)
    canvas.fontmode = "1"
    for draw in page.draws:
        draw(image, canvas)
    return _harmless(image)


def _harmless(image: Image.Image) -> Image.Image:
    """Blacken the few dots that would read as real-time commands here, so that the picture is what prints."""
    ink = image.tobytes().translate(INVERTED)
    safe = without_real_time_commands(ink)
    return Image.frombytes("1", image.size, safe.translate(INVERTED))


@dataclass
class _Page:
    """Blocks laid one under another; drawn at the end, when the height is known."""

    dots: int
    dots_per_mm: float
    type: Typeface
    scale: float = 1.0
    y: int = 0
    draws: list[Draw] = field(default_factory=list)

    def mm(self, length: float) -> int:
        return round(length * self.dots_per_mm)

    @property
    def is_wide(self) -> bool:
        return self.dots / self.dots_per_mm >= WIDE_FROM_MM

    def size(self, name: layout.Size) -> int:
        return self.mm(SIZES[name][0 if self.is_wide else 1] * self.scale)

    def add(self, block: layout.Block) -> None:
        match block:
            case layout.Text(text, size, bold, align):
                self.paragraph(text, self.size(size), bold, align)
            case layout.Number(text):
                self.number(text)
            case layout.Banner(text):
                self.banner(text)
            case layout.Rule(dashed):
                self.rule(dashed)
            case layout.Space(mm):
                self.y += self.mm(mm)
            case layout.Pairs(rows):
                self.pairs(rows)
            case layout.Bullets(title, items):
                self.bullets(title, items)
            case layout.Qr():
                self.qr(block)
            case layout.Logo():
                self.logo(block)
            case layout.Ruler():
                self.ruler()

    def paragraph(
        self,
        text: str,
        size: int,
        bold: bool,
        align: layout.Align,
        *,
        left: int = 0,
        width: int | None = None,
    ) -> None:
        """Set a text in the column that begins at `left` and is `width` dots wide."""
        width = self.dots - left if width is None else width
        wrap = self.type.balance if align == "center" else self.type.wrap
        for line in wrap(text, size, bold, width):
            free = width - self.type.width(line, size, bold)
            self.line(line, size, bold, left + self.indent(free, align))

    def indent(self, free: int, align: layout.Align) -> int:
        if align == "center":
            return free // 2
        return free if (align == "end") != self.type.is_right_to_left else 0

    def line(self, text: str, size: int, bold: bool, x: int) -> None:
        self.draws.append(
            _text(x, self.y + round(size * 0.97), self.type.on_paper(text), self.type.font(size, bold), BLACK)
        )
        self.y += round(size * 1.26)

    def number(self, text: str) -> None:
        """Draw the number as high as asked for; a long one is made narrower, never lower."""
        text = self.type.clean(text)
        height = self.mm(NUMBER_MM_WIDE if self.is_wide else NUMBER_MM_NARROW)
        font = load(round(height / CAPITAL_HEIGHT), True)
        left, top, right, bottom = font.getbbox(text, mode="1")
        glyphs = Image.new("L", (int(right - left), int(bottom - top)), 255)
        ImageDraw.Draw(glyphs).text((-left, -top), text, 0, font)
        if glyphs.width > self.dots:
            glyphs = glyphs.resize((self.dots, glyphs.height), Image.Resampling.LANCZOS)
        # A threshold, not Pillow's default: its dithering leaves a fringe of dots round each figure.
        sharp = glyphs.point(lambda shade: 255 if shade > 127 else 0).convert("1")
        place = ((self.dots - sharp.width) // 2, self.y)
        self.draws.append(lambda image, _: image.paste(sharp, place))
        self.y += sharp.height

    def banner(self, text: str) -> None:
        size = self.size("large")
        lines = self.type.wrap(text, size, True, self.dots - self.mm(4))
        top, height = self.y, round(len(lines) * size * 1.26) + self.mm(1.2)
        self.draws.append(
            lambda _, canvas: canvas.rectangle((0, top, self.dots - 1, top + height - 1), BLACK)
        )
        font = self.type.font(size, True)
        for index, line in enumerate(lines):
            x = (self.dots - self.type.width(line, size, True)) // 2
            baseline = top + self.mm(0.6) + round(size * 0.97) + round(index * size * 1.26)
            self.draws.append(_text(x, baseline, self.type.on_paper(line), font, WHITE))
        self.y += height

    def rule(self, dashed: bool) -> None:
        top, thick, step = self.y, max(2, self.mm(0.25)), self.mm(1)

        def draw(_: Image.Image, canvas: ImageDraw.ImageDraw) -> None:
            for x in range(0, self.dots, 2 * step) if dashed else (0,):
                right = x + step if dashed else self.dots
                canvas.rectangle((x, top, min(right, self.dots) - 1, top + thick - 1), BLACK)

        self.draws.append(draw)
        self.y += thick

    def pairs(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Set values in one column behind the widest label: paper is read, and its bytes sent, from the start."""
        size, gap = self.size("body"), self.mm(3 if self.is_wide else 2)
        cells = [(self.type.clean(label), self.type.clean(value)) for label, value in rows]
        widths = [(self.type.width(a, size, False), self.type.width(b, size, True)) for a, b in cells]
        column = max((label for label, _ in widths), default=0) + gap
        is_table = all(column + value <= self.dots for _, value in widths)
        for (label, value), (label_width, value_width) in zip(cells, widths, strict=True):
            top, left = self.y, column if is_table else 0
            self.paragraph(label, size, False, "start")
            if is_table or label_width + gap + value_width <= self.dots:
                self.y = top
            self.cell(value, size, left, "start" if is_table else "end")
            self.y += self.mm(0.25)

    def cell(self, text: str, size: int, left: int, align: layout.Align) -> None:
        """Set bold text from a column to the far edge, mirrored for right-to-left."""
        start = 0 if self.type.is_right_to_left else left
        self.paragraph(text, size, True, align, left=start, width=self.dots - left)

    def bullets(self, title: str, items: tuple[str, ...]) -> None:
        size, indent = self.size("small"), self.mm(3)
        if title:
            self.paragraph(title, self.size("body"), True, "start")
            self.y += self.mm(0.3)
        for item in items:
            edge = self.dots - self.mm(1.2) if self.type.is_right_to_left else 0
            middle, side = self.y + round(size * 0.62), self.mm(1)
            self.draws.append(_square(edge, middle - side // 2, side))
            left = 0 if self.type.is_right_to_left else indent
            self.paragraph(item, size, False, "start", left=left, width=self.dots - indent)
            self.y += self.mm(0.3)

    def qr(self, block: layout.Qr) -> None:
        picture = qr.picture(block.data, side=self.mm(block.mm))
        if block.stacked or not self.is_wide:
            self.words(block, "center", 0, self.dots, title_only=True)
            self.y += self.mm(1.5)
            self.draws.append(_paste(picture, (self.dots - picture.width) // 2, self.y))
            self.y += picture.height + self.mm(1.5)
            self.words(block, "center", 0, self.dots, title_only=False)
            return
        gap = self.mm(4)
        column = self.dots - picture.width - gap
        is_mirrored = self.type.is_right_to_left
        left = 0 if is_mirrored else picture.width + gap
        words = _Page(dots=self.dots, dots_per_mm=self.dots_per_mm, type=self.type, scale=self.scale)
        for page in (words, self):  # first to learn the height, then in the middle of the picture's
            top = self.y
            page.y += max((picture.height - words.y) // 2, 0) if page is self else 0
            page.words(block, "start", left, column, title_only=True)
            page.y += self.mm(0.4)
            page.words(block, "start", left, column, title_only=False)
        self.draws.append(_paste(picture, self.dots - picture.width if is_mirrored else 0, top))
        self.y = max(self.y, top + picture.height)

    def words(
        self, block: layout.Qr, align: layout.Align, left: int, width: int, *, title_only: bool
    ) -> None:
        if title_only:
            if block.title:
                self.paragraph(block.title, self.size("small"), True, align, left=left, width=width)
            return
        if block.caption:
            self.paragraph(block.caption, self.size("small"), False, align, left=left, width=width)
        if block.code:
            self.y += self.mm(0.6)
            self.paragraph(block.code, self.mm(CODE_MM), True, align, left=left, width=width)

    def logo(self, block: layout.Logo) -> None:
        with Image.open(block.path) as opened:
            # Transparent is white: paper shines through.
            flat = Image.new("L", opened.size, 255)
            seen = opened.convert("LA")
            flat.paste(seen.getchannel("L"), mask=seen.getchannel("A"))
        picture = ImageOps.contain(flat, (self.dots, self.mm(block.mm))).convert("1")
        self.draws.append(_paste(picture, (self.dots - picture.width) // 2, self.y))
        self.y += picture.height

    def ruler(self) -> None:
        top = self.y
        ticks = [
            round(5 * index * self.dots_per_mm) for index in range(int(self.dots / self.dots_per_mm / 5) + 1)
        ]

        def draw(_: Image.Image, canvas: ImageDraw.ImageDraw) -> None:
            canvas.rectangle((0, top, self.dots - 1, top + 3), BLACK)
            for index, x in enumerate([*ticks, self.dots - 2]):
                length = self.mm(3 if index % 2 == 0 else 1.8)
                canvas.rectangle((x, top, min(x + 1, self.dots - 1), top + length), BLACK)

        self.draws.append(draw)
        self.y += self.mm(3) + 1


def _paste(picture: Image.Image, x: int, y: int) -> Draw:
    return lambda image, _: image.paste(picture, (x, y))


def _square(x: int, y: int, side: int) -> Draw:
    return lambda _, canvas: canvas.rectangle((x, y, x + side - 1, y + side - 1), BLACK)


def _text(x: int, baseline: int, line: str, font: ImageFont.FreeTypeFont, ink: int) -> Draw:
    return lambda _, canvas: canvas.text((x, baseline), line, ink, font, anchor="ls")
