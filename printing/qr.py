"""QR codes as 1-bit pictures."""

from __future__ import annotations

import segno
from PIL import Image


def picture(data: str, *, side: int) -> Image.Image:
    """
    Draw a QR code at least `side` dots wide, without its quiet zone: the slip's own white is that.

    Every module is a whole number of dots, since a printer cannot burn parts of one.

    >>> picture("https://example.org/t/Ab3dEf", side=196).size
    (203, 203)
    """
    # micro=False: a short text would become a Micro QR, which phones do not read.
    code = segno.make(data, micro=False, error="m", boost_error=False)
    modules = len(code.matrix)
    dots = -(-side // modules)
    cells = bytes(0 if dark else 255 for row in code.matrix for dark in row)
    small = Image.frombytes("L", (modules, modules), cells).convert("1")
    return small.resize((modules * dots, modules * dots), Image.Resampling.NEAREST)
