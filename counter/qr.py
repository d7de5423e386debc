"""A QR code inside a page, for what must not have an address of its own."""

from __future__ import annotations


def data_address(text: str) -> str:
    """
    Draw a text as a QR code, as the address of a picture.

    >>> data_address("otpauth://totp/x?secret=GEZDGNBV")[:26]
    'data:image/svg+xml;charset'
    """
    import segno

    return segno.make(text, error="m", micro=False).svg_data_uri(
        border=3, dark="#000", light="#fff", omitsize=True
    )
