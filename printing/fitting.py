"""A slip's bytes, within what a printer should be sent for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from printing.bitmap import render
from printing.escpos import encode

if TYPE_CHECKING:
    from PIL import Image

    from printing.slips import Slip

AT_MOST_BYTES = 26_000
"""Two and a quarter seconds on a serial line at 115,200 baud."""
SCALES = (1.0, 0.92, 0.85)
"""Of the words; a slip of many words is set in smaller ones. The smallest are still 2.1 mm of em."""


def fit(
    slip: Slip, *, dots: int, dots_per_inch: int = 203, cut: bool = True, strict: bool = False
) -> tuple[Image.Image, bytes]:
    """
    Draw and encode a slip in the largest words with which it stays within `AT_MOST_BYTES`, or the smallest there are.

    Returns:
        The picture, and the bytes that print it dot for dot.
    """
    for scale in SCALES:
        picture = render(slip, dots=dots, dots_per_inch=dots_per_inch, strict=strict, scale=scale)
        data = encode(picture, dots=dots, dots_per_inch=dots_per_inch, cut=cut)
        if len(data) <= AT_MOST_BYTES:
            break
    return picture, data
