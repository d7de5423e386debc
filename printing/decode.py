"""
ESC/POS bytes become pictures again: what the virtual printer shows, and what tests look at.

Written from the makers' command lists and independent of `printing.escpos`, so that a mistake there shows here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

CUT_WITH_FEED = (65, 66, 97, 98, 103, 104)
LINE_DOTS = 30


@dataclass(frozen=True)
class Cut:
    """A slip left the printer."""

    picture: Image.Image


@dataclass(frozen=True)
class StatusAsked:
    """DLE EOT n."""

    kind: int


@dataclass(frozen=True)
class ProcessIdAsked:
    """GS ( H with four characters."""

    process_id: bytes


@dataclass(frozen=True)
class FenceAsked:
    """GS r n."""

    kind: int


@dataclass(frozen=True)
class AutomaticStatusAsked:
    """GS a n; 0 turns it off."""

    kinds: int


@dataclass(frozen=True)
class Unknown:
    """A command this printer does not have, or text, which a slip should not hold."""

    offset: int
    data: bytes


Event = Cut | StatusAsked | ProcessIdAsked | FenceAsked | AutomaticStatusAsked | Unknown


@dataclass
class Decoded:
    """Everything a stream of bytes led to. Rows after the last cut are the last picture."""

    pictures: list[Image.Image] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def unknown(self) -> list[Unknown]:
        return [event for event in self.events if isinstance(event, Unknown)]


def decode(data: bytes, *, dots: int) -> Decoded:
    """Decode a whole job for a head `dots` wide."""
    decoder = Decoder(dots=dots)
    events = decoder.feed(data)
    pictures = [event.picture for event in events if isinstance(event, Cut)]
    rest = decoder.picture()
    return Decoded(pictures=[*pictures, rest] if rest else pictures, events=events)


class _Incomplete(Exception):
    pass


class Decoder:
    """A printer's interpreter: bytes in as they come, events out. What is incomplete waits for more."""

    def __init__(self, *, dots: int) -> None:
        self.dots = dots
        self._stride = -(-dots // 8)
        self._data = b""
        self._at = 0
        self._offset = 0
        self._rows: list[bytes] = []
        self._has_ink = False
        self._reset()
        self._commands: dict[bytes, Callable[[], Event | None]] = {
            b"\x1b@": self._reset,
            b"\x1ba": self._align,
            b"\x1bJ": self._feed_units,
            b"\x1bd": self._feed_lines,
            b"\x1b2": lambda: None,
            b"\x1b3": lambda: self._skip(1),
            b"\x1bt": lambda: self._skip(1),
            b"\x1b!": lambda: self._skip(1),
            b"\x1dP": self._motion_units,
            b"\x1dV": self._cut,
            b"\x1da": lambda: AutomaticStatusAsked(self._byte()),
            b"\x1dr": lambda: FenceAsked(self._byte()),
            b"\x1dv": self._raster,
            b"\x1d(": self._extended,
            b"\x10\x04": lambda: StatusAsked(self._byte()),
        }

    def feed(self, data: bytes) -> list[Event]:
        """Run every command that is whole."""
        self._data += data
        events: list[Event] = []
        while self._at < len(self._data):
            start = self._at
            try:
                event = self._run()
            except _Incomplete:
                self._at = start
                break
            if event is not None:
                events.append(event)
        self._offset += self._at
        self._data, self._at = self._data[self._at :], 0
        return events

    def picture(self) -> Image.Image | None:
        """Show what has been printed since the last cut; None when no dot has."""
        if not self._has_ink:
            return None
        ink = b"".join(self._rows)
        picture = Image.frombytes("1", (self._stride * 8, len(self._rows)), bytes(255 - byte for byte in ink))
        return picture.crop((0, 0, self.dots, len(self._rows)))

    def _run(self) -> Event | None:
        lead = self._byte()
        if lead in (0x00, 0x0A, 0x0D):
            return None
        if lead not in (0x10, 0x1B, 0x1D):
            return self._text()
        code = bytes((lead, self._byte()))
        command = self._commands.get(code)
        if command is None:
            return Unknown(self._offset + self._at - 2, code)
        return command()

    def _text(self) -> Event:
        start = self._at - 1
        while self._at < len(self._data) and self._data[self._at] not in (0x00, 0x0A, 0x0D, 0x10, 0x1B, 0x1D):
            self._at += 1
        return Unknown(self._offset + start, self._data[start : self._at])

    def _byte(self) -> int:
        return self._take(1)[0]

    def _take(self, count: int) -> bytes:
        if self._at + count > len(self._data):
            raise _Incomplete
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken

    def _skip(self, count: int) -> None:
        self._take(count)

    def _reset(self) -> None:
        self._alignment = 0

    def _align(self) -> None:
        self._alignment = self._byte() & 3

    def _motion_units(self) -> None:
        # The head's own resolution is not in the stream; whoever sets the unit to it means dots.
        self._take(2)

    def _feed_units(self) -> None:
        self._blank(self._byte())

    def _feed_lines(self) -> None:
        self._blank(self._byte() * LINE_DOTS)

    def _blank(self, count: int) -> None:
        self._rows.extend([bytes(self._stride)] * count)

    def _raster(self) -> Event | None:
        form = self._take(2)
        width = int.from_bytes(self._take(2), "little")
        height = int.from_bytes(self._take(2), "little")
        data = self._take(width * height)
        if form[0] != 0x30 or form[1] not in (0, 48) or width > self._stride:
            return Unknown(self._offset + self._at - len(data) - 8, b"\x1dv" + form)
        free = self._stride - width
        left = {0: 0, 1: free // 2, 2: free}.get(self._alignment, 0)
        for start in range(0, len(data), width or 1):
            row = data[start : start + width]
            self._rows.append(bytes(left) + row + bytes(free - left))
        self._has_ink = self._has_ink or any(data)
        return None

    def _extended(self) -> Event | None:
        name = self._byte()
        body = self._take(int.from_bytes(self._take(2), "little"))
        if name == ord("H") and len(body) == 6 and body[:2] == b"00":
            return ProcessIdAsked(body[2:])
        return Unknown(self._offset + self._at - len(body) - 5, b"\x1d(" + bytes((name,)))

    def _cut(self) -> Event | None:
        if self._byte() in CUT_WITH_FEED:
            self._blank(self._byte())
        picture = self.picture()
        self._rows, self._has_ink = [], False
        return None if picture is None else Cut(picture)
