"""Letters for paper: the vendored fonts, which characters they hold, and lines cut at words."""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import arabic_reshaper
from bidi import get_display
from PIL import ImageFont

from printing.errors import MissingGlyph

FOLDER = Path(__file__).parent / "fonts"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
CAPITAL_HEIGHT = 0.729
"""Height of a DejaVu capital as a part of the font size."""

# What people will read instead of a character the fonts lack.
EQUIVALENTS = {"₼": "AZN"}
# Embeddings and overrides: they turn about what stands beside them, up to another sign or the end of the line.
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

log = logging.getLogger(__name__)


@lru_cache(maxsize=64)
def load(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """
    Load a font once for each size.

    Always with Pillow's basic engine: letters are joined and put in their order by `join` and `order`, so that the
    same pixels come out on a machine whose Pillow has no text shaping.
    """
    name = "DejaVuSansCondensed-Bold.ttf" if bold else "DejaVuSansCondensed.ttf"
    return ImageFont.truetype(str(FOLDER / name), size, layout_engine=ImageFont.Layout.BASIC)


def is_right_to_left(text: str) -> bool:
    """
    Tell whether a text holds letters that are written from the right.

    >>> is_right_to_left("خدمة A012"), is_right_to_left("xidmət")
    (True, False)
    """
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def join(text: str) -> str:
    """Give each Arabic letter the form that it has between its neighbours; other text stays as it is."""
    return str(arabic_reshaper.reshape(text)) if is_right_to_left(text) else text


def order(line: str, *, from_right: bool) -> str:
    """
    Put one line's characters as they stand on paper, from left to right.

    A line without any letter from the right keeps its order in an Arabic slip too: names in Latin letters begin with
    their number as they do elsewhere.
    """
    ordered = line
    if is_right_to_left(line):
        ordered = str(get_display(line, base_dir="R" if from_right else "L"))
    elif line.isprintable():
        return line
    return "".join(character for character in ordered if unicodedata.category(character) != "Cf")


@lru_cache(maxsize=4096)
def has_glyph(character: str) -> bool:
    """
    Tell whether the fonts can draw a character.

    >>> has_glyph("ə"), has_glyph("ʻ"), has_glyph("₼")
    (True, True, False)
    """
    if character.isspace() or unicodedata.category(character) in ("Cf", "Mn"):
        return True
    font = load(32, False)
    mask = font.getmask(character, mode="1")
    missing = font.getmask("\uffff", mode="1")  # never a character, so always the font's "missing" box
    return bool(mask.size != missing.size or bytes(mask) != bytes(missing))


@dataclass(frozen=True)
class Typeface:
    """
    How the words of one slip are set.

    Args:
        strict: A missing glyph raises instead of being replaced and logged.
    """

    language: str
    strict: bool = False

    @property
    def is_right_to_left(self) -> bool:
        return self.language.split("-")[0] in RIGHT_TO_LEFT

    def font(self, size: int, bold: bool) -> ImageFont.FreeTypeFont:
        return load(size, bold)

    def on_paper(self, line: str) -> str:
        """Order one cleaned line for drawing."""
        return order(line, from_right=self.is_right_to_left)

    def clean(self, text: str) -> str:
        """
        Compose letters with their marks, join those that are joined, and replace what cannot be drawn.

        Raises:
            MissingGlyph: In strict mode.

        >>> Typeface("az").clean("10 ₼")
        '10 AZN'
        """
        composed = join(unicodedata.normalize("NFC", _without_controls(text)))
        if all(has_glyph(character) for character in composed):
            return composed
        return "".join(self._drawable(character, composed) for character in composed)

    def width(self, text: str, size: int, bold: bool) -> int:
        return round(self.font(size, bold).getlength(self.on_paper(text), mode="1"))

    def wrap(self, text: str, size: int, bold: bool, width: int) -> list[str]:
        """Cut a text into lines at spaces; a word longer than a line is cut where it must be."""
        lines: list[str] = []
        for paragraph in self.clean(text).split("\n"):
            line = ""
            for word in paragraph.split(" "):
                candidate = f"{line} {word}" if line else word
                if self.width(candidate, size, bold) <= width:
                    line = candidate
                    continue
                if line:
                    lines.append(line)
                *whole, line = self._break(word, size, bold, width)
                lines.extend(whole)
            lines.append(line)
        return lines

    def balance(self, text: str, size: int, bold: bool, width: int) -> list[str]:
        """Cut a text into as few lines as `wrap` does, and as equal ones as can be: no word alone at the end."""
        lines = self.wrap(text, size, bold, width)
        if len(lines) == 1:
            return lines
        too_narrow, enough = width // len(lines) - size, width
        while enough - too_narrow > size // 2:
            middle = (too_narrow + enough) // 2
            narrower = self.wrap(text, size, bold, middle)
            if len(narrower) > len(lines) or self._cuts_words(narrower, text):
                too_narrow = middle
            else:
                lines, enough = narrower, middle
        return lines

    def _cuts_words(self, lines: list[str], text: str) -> bool:
        return " ".join(lines).split() != self.clean(text).split()

    def _break(self, word: str, size: int, bold: bool, width: int) -> list[str]:
        parts = [""]
        for character in word:
            if parts[-1] and self.width(parts[-1] + character, size, bold) > width:
                parts.append("")
            parts[-1] += character
        return parts

    def _drawable(self, character: str, text: str) -> str:
        if has_glyph(character):
            return character
        if self.strict:
            raise MissingGlyph(character=character, text=text)
        _log_once(character)
        return EQUIVALENTS.get(character, REPLACEMENT)


def _without_controls(text: str) -> str:
    """
    Leave out what has no letter and would only turn the order of others about, or talk to a machine.

    Marks that keep a number in its place beside Arabic stay: they order themselves and nothing else.

    >>> _without_controls("A\\x1b@\\u202e012\\x00\\nB\\tC")
    'A@012\\nB C'
    """
    if text.isprintable():
        return text
    return "".join(_kept(character) for character in text)


def _kept(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in ("Cc", "Cs", "Cf"):
        return character
    if unicodedata.category(character) == "Cf":
        return "" if character in OVERRIDES else character
    return " " if character.isspace() else ""


@lru_cache(maxsize=512)
def _log_once(character: str) -> None:
    log.warning("no glyph for U+%04X; it is replaced on paper", ord(character))
