"""Pictures become ESC/POS bytes: short raster bands, blank rows as feeds, cropped to their ink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from printing.errors import PictureTooWide

if TYPE_CHECKING:
    from collections.abc import Iterator

RESET = b"\x1b@"
PARTIAL_CUT = b"\x1dVB\x00"
FENCE = b"\x1dr\x01"
AUTOMATIC_STATUS = b"\x1da\x0e"

BAND_ROWS = 48
"""Rows in one command; taller ones make some printers run image bytes as text (python-escpos issue 631)."""
MIN_FEED_ROWS = 4
BAND_COST = 11  # bytes of a command's own header with a change of alignment
TEAR_OFF_MM = 15
LEFT, CENTRE, RIGHT = 0, 1, 2
INVERTED = bytes(255 - byte for byte in range(256))

REAL_TIME_SECOND_BYTES = (0x04, 0x05, 0x14)
"""After 10 hex these ask for status, recover, or open the drawer, wherever in the stream they stand."""


def encode(
    image: Image.Image, *, dots: int | None = None, dots_per_inch: int = 203, cut: bool = True
) -> bytes:
    """
    Write a picture as a whole job: reset, raster, feed and cut.

    Args:
        image: 1-bit, 0 is ink.
        dots: Width of the head; the picture's own width when not given.
        cut: False for a printer without a cutter, which feeds past its tear-off edge instead.

    Raises:
        PictureTooWide: More dots than the head has.
    """
    dots = image.width if dots is None else dots
    if image.width > dots:
        raise PictureTooWide(width=image.width, dots=dots)
    stride = -(-dots // 8)
    rows = _rows(image, stride)
    out = bytearray(RESET)
    # One unit of ESC J is a dot only when it is told so: 180 dpi heads feed in halves of a dot.
    out += bytes((0x1D, 0x50, min(dots_per_inch, 255), min(dots_per_inch, 255)))
    side: int | None = None
    for item in _plan(rows, stride):
        if isinstance(item, int):
            out += _feed(item)
            continue
        if item.side != side:
            side = item.side
            out += bytes((0x1B, 0x61, side))
        out += _raster(rows, item, stride)
    out += PARTIAL_CUT if cut else _feed(round(TEAR_OFF_MM * dots_per_inch / 25.4))
    return bytes(out)


def process_id_request(process_id: str) -> bytes:
    """
    Ask the printer to echo four characters once everything before them has been printed (GS ( H).

    >>> process_id_request("a001")
    b'\\x1d(H\\x06\\x0000a001'
    """
    mark = process_id.encode("ascii")
    if len(mark) != 4 or not all(0x20 <= byte <= 0x7E for byte in mark):
        raise ValueError(f"a process id is four printable characters, not {process_id!r}")
    return b"\x1d(H\x06\x0000" + mark


def status_request(kind: int) -> bytes:
    """
    Ask for one of the four real-time status bytes (DLE EOT).

    >>> status_request(1)
    b'\\x10\\x04\\x01'
    """
    if kind not in (1, 2, 3, 4):
        raise ValueError(f"status kinds are 1 to 4, not {kind}")
    return bytes((0x10, 0x04, kind))


def with_automatic_status(job: bytes) -> bytes:
    """Have a job's printer report by itself; ESC @ turns that off, so it stands just behind it."""
    return RESET + AUTOMATIC_STATUS + job.removeprefix(RESET)


def flush(dots: int = 576) -> bytes:
    """
    End what a broken connection may have left half sent, and cut it off.

    A band that was cut short swallows the next bytes as its picture: so many white ones first.
    """
    return bytes(BAND_ROWS * -(-dots // 8)) + RESET + PARTIAL_CUT


@dataclass(frozen=True)
class _Band:
    """Rows `start:stop`, bytes `left:right` of each; what is cropped is told by the side that they are aligned to."""

    start: int
    stop: int
    left: int
    right: int
    side: int


def _rows(image: Image.Image, stride: int) -> list[bytes]:
    if image.mode != "1" or image.width != stride * 8:
        wide = Image.new("1", (stride * 8, image.height), 1)
        wide.paste(image.convert("1"), ((stride * 8 - image.width) // 2, 0))
        image = wide
    data = image.tobytes().translate(INVERTED)
    return [data[start : start + stride] for start in range(0, len(data), stride)]


def _plan(rows: list[bytes], stride: int) -> Iterator[_Band | int]:
    """Split the rows into bands and, as plain numbers, blank rows to feed."""
    start = 0
    for blank_from, blank_to in _blank_runs(rows):
        yield from _bands(rows, start, blank_from, stride)
        if blank_to > blank_from:
            yield blank_to - blank_from
        start = blank_to


def _blank_runs(rows: list[bytes]) -> Iterator[tuple[int, int]]:
    """Find runs worth a feed command, then one empty run at the end."""
    start: int | None = None
    for index, row in enumerate([*rows, b"\x01"]):
        if not any(row):
            start = index if start is None else start
        elif start is not None:
            if index - start >= MIN_FEED_ROWS or index == len(rows):
                yield start, index
            start = None
    yield len(rows), len(rows)


def _bands(rows: list[bytes], start: int, stop: int, stride: int) -> list[_Band]:
    """Cut rows into the bands with the fewest bytes, each aligned to the side that crops it best."""
    extents = [_extent(row, stride) for row in rows[start:stop]]
    count = len(extents)
    best = [0] + [1 << 30] * count
    choice: list[tuple[int, int, int, int]] = [(0, 0, 0, LEFT)] * (count + 1)
    for end in range(1, count + 1):
        left, right = stride, 0
        for begin in range(end - 1, max(end - BAND_ROWS, 0) - 1, -1):
            row_left, row_right = extents[begin]
            left = row_left if row_left < left else left
            right = row_right if row_right > right else right
            margin = min(left, stride - right) if right else 0
            side, from_byte, width = LEFT, 0, right or 1
            if 0 < stride - left < width:  # Arabic begins at the right
                side, from_byte, width = RIGHT, left, stride - left
            if stride - 2 * margin < width:
                side, from_byte, width = CENTRE, margin, stride - 2 * margin
            cost = best[begin] + BAND_COST + (end - begin) * width
            if cost < best[end]:
                best[end] = cost
                choice[end] = (begin, from_byte, width, side)
    bands: list[_Band] = []
    end = count
    while end:
        begin, left, width, side = choice[end]
        bands.append(_Band(start + begin, start + end, left, left + width, side))
        end = begin
    return bands[::-1]


def _extent(row: bytes, stride: int) -> tuple[int, int]:
    right = len(row.rstrip(b"\0"))
    return (stride, 0) if right == 0 else (stride - len(row.lstrip(b"\0")), right)


def _raster(rows: list[bytes], band: _Band, stride: int) -> bytes:
    left, right = band.left, band.right
    data = b"".join(row[left:right] for row in rows[band.start : band.stop])
    if has_real_time_command(data) and (left > 0 or right < stride):
        # Often only the end of one row and the start of the next: a white byte between them costs no dot.
        left, right = left - (band.side != LEFT), right + (band.side != RIGHT)
        data = b"".join(row[left:right] for row in rows[band.start : band.stop])
    size = (right - left).to_bytes(2, "little") + (band.stop - band.start).to_bytes(2, "little")
    return b"\x1dv0\x00" + size + without_real_time_commands(data)


def has_real_time_command(data: bytes) -> bool:
    """Tell whether a printer could find a real-time command in raster data."""
    return any(bytes((0x10, second)) in data for second in REAL_TIME_SECOND_BYTES)


def without_real_time_commands(data: bytes) -> bytes:
    """
    Blacken one dot, next to ink, where raster data would read as a real-time command.

    >>> without_real_time_commands(bytes.fromhex("00100410")).hex()
    '00300410'
    """
    if not has_real_time_command(data):
        return data
    safe = bytearray(data)
    for index in range(len(safe) - 1):
        if safe[index] == 0x10 and safe[index + 1] in REAL_TIME_SECOND_BYTES:
            safe[index] = 0x30
    return bytes(safe)


def _feed(rows: int) -> bytes:
    full, rest = divmod(rows, 240)
    return b"\x1bJ\xf0" * full + (bytes((0x1B, 0x4A, rest)) if rest else b"")
