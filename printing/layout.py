"""The blocks a slip is made of: layout as data, so that a centre can arrange its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["start", "center", "end"]
Size = Literal["small", "body", "large", "title"]


@dataclass(frozen=True)
class Text:
    """One paragraph, wrapped at words. `start` and `end` follow the slip's writing direction."""

    text: str
    size: Size = "body"
    bold: bool = False
    align: Align = "start"


@dataclass(frozen=True)
class Number:
    """The ticket's number, across the paper; always whole in one line and at least 10 mm high."""

    text: str


@dataclass(frozen=True)
class Banner:
    """White on black across the paper, for what nobody may overlook."""

    text: str


@dataclass(frozen=True)
class Rule:
    """A line from edge to edge."""

    dashed: bool = False


@dataclass(frozen=True)
class Space:
    """White paper."""

    mm: float


@dataclass(frozen=True)
class Pairs:
    """Label at the start, value in bold at the end; the value takes its own line where both do not fit."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bullets:
    """A short list under its title."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Qr:
    """
    A QR code with words beside it, or under it where the paper is narrow or it is `stacked`.

    Args:
        mm: At least so wide; a telephone wants 24 for an address, more for a text.
    """

    data: str
    title: str
    code: str = ""
    caption: str = ""
    mm: float = 24.5
    stacked: bool = False


@dataclass(frozen=True)
class Logo:
    """A picture in black and white across the middle, at most `mm` high; greys are dithered."""

    path: str
    mm: float = 14.0


@dataclass(frozen=True)
class Ruler:
    """Ticks each 5 mm over the whole head, so that a test page shows dead dots and a wrong width."""


Block = Text | Number | Banner | Rule | Space | Pairs | Bullets | Qr | Logo | Ruler

PARTS: dict[str, tuple[str, ...]] = {
    "ticket": (
        "logo",
        "header",
        "centre",
        "issued",
        "heading",
        "number",
        "service",
        "agency",
        "where",
        "facts",
        "bring",
        "missed",
        "qr",
        "receipt",
        "footer",
    ),
    "rating": (
        "logo",
        "header",
        "centre",
        "title",
        "question",
        "served",
        "qr",
        "privacy",
        "footer",
    ),
    "appointment": (
        "logo",
        "header",
        "centre",
        "title",
        "when",
        "service",
        "agency",
        "where",
        "facts",
        "bring",
        "qr",
        "footer",
    ),
    "collection": (
        "logo",
        "header",
        "centre",
        "title",
        "code",
        "service",
        "agency",
        "where",
        "facts",
        "bring",
        "qr",
        "footer",
    ),
    "checkpoint": ("logo", "header", "centre", "title", "facts", "root", "qr", "note", "footer"),
    "test": ("ruler", "logo", "header", "centre", "title", "number", "facts", "samples", "qr", "footer"),
}
"""What each kind of slip is made of, in the order in which it prints unless a centre says otherwise."""

NEEDED: dict[str, tuple[str, ...]] = {
    "ticket": ("number", "service", "where", "qr"),
    "rating": ("question", "qr"),
    "appointment": ("when", "service"),
    "collection": ("code", "service"),
    "checkpoint": ("facts", "root", "qr"),
    "test": ("number",),
}
"""Without these a slip would not be one."""
