"""Drawing QR codes for screens."""

from __future__ import annotations

from io import BytesIO

# Of the four levels the second: a glass may reflect, but a phone is held close to it.
ERROR_CORRECTION = "m"


def svg(text: str) -> bytes:
    """
    Draw a text as a QR code that fills whatever box it is put into, with the quiet zone cameras need.

    >>> b"<svg" in svg("https://example.org/t/1")
    True
    """
    import segno

    out = BytesIO()
    segno.make(text, error=ERROR_CORRECTION, micro=False).save(
        out, kind="svg", border=3, dark="#000", light="#fff", omitsize=True, xmldecl=False, svgns=True
    )
    return out.getvalue()
