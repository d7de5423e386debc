"""QR codes for screens: drawn, or as their squares."""

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


def rows(text: str) -> list[str]:
    """
    Write a QR code's squares, dark ones as 1, without the quiet zone.

    >>> [len(rows("https://example.org/p/K7QW2M")), rows("https://example.org/p/K7QW2M")[0][:8]]
    [29, '11111110']
    """
    import segno

    return ["".join(map(str, row)) for row in segno.make(text, error=ERROR_CORRECTION, micro=False).matrix]
