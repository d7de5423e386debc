"""What a printer says of itself: real-time status (DLE EOT), automatic status (ASB), echoes of process ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Problem = Literal[
    "unreachable",  # no connection
    "not_answering",  # a connection, but no word
    "stopped",  # silent in the middle of a slip: it has stopped reading, most often for want of paper
    "paper_out",
    "cover_open",
    "cutter_error",
    "overheated",
    "error",
    "offline",
]
PaperWarning = Literal["paper_near_end"]


@dataclass(frozen=True)
class PrinterStatus:
    """
    One moment of a printer.

    >>> PrinterStatus.from_replies({1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}).problem
    'paper_out'
    >>> PrinterStatus.from_automatic(bytes.fromhex("38000000")).problem
    'cover_open'
    """

    online: bool
    paper: bool = True
    paper_near_end: bool = False
    cover_open: bool = False
    cutter_error: bool = False
    overheated: bool = False
    unrecoverable: bool = False
    error: bool = False
    feeding: bool = False
    waiting_for_recovery: bool = False

    @property
    def problem(self) -> Problem | None:
        """Name what keeps it from printing; the cause a person can mend first."""
        named: tuple[tuple[bool, Problem], ...] = (
            (self.cover_open, "cover_open"),
            (not self.paper, "paper_out"),
            (self.cutter_error, "cutter_error"),
            (self.overheated, "overheated"),
            (self.error or self.unrecoverable, "error"),
            (not self.online, "offline"),
        )
        return next((name for is_so, name in named if is_so), None)

    @property
    def warning(self) -> PaperWarning | None:
        """Name what will soon keep it from printing."""
        return "paper_near_end" if self.paper and self.paper_near_end else None

    @classmethod
    def from_replies(cls, replies: Mapping[int, int]) -> PrinterStatus:
        """Read the bytes answered to DLE EOT n, by n; those not asked for count as fine."""
        first, cause, fault, roll = (replies.get(kind, 0x12) for kind in (1, 2, 3, 4))
        return cls(
            online=not first & 0x08,
            paper=not roll & 0x60 and not cause & 0x20,
            paper_near_end=bool(roll & 0x0C),
            cover_open=bool(cause & 0x04),
            cutter_error=bool(fault & 0x08),
            overheated=bool(fault & 0x40),
            unrecoverable=bool(fault & 0x20),
            error=bool(cause & 0x40 or fault & 0x04),
            feeding=bool(first & 0x40 or cause & 0x08),
            waiting_for_recovery=bool(first & 0x20),
        )

    @classmethod
    def from_automatic(cls, block: bytes) -> PrinterStatus:
        """Read the four bytes of an automatic status report."""
        first, second, third, _ = block
        return cls(
            online=not first & 0x08,
            paper=not third & 0x0C,
            paper_near_end=bool(third & 0x03),
            cover_open=bool(first & 0x20),
            cutter_error=bool(second & 0x08),
            overheated=bool(second & 0x40),
            unrecoverable=bool(second & 0x20),
            error=bool(second & 0x04),
            feeding=bool(first & 0x40),
            waiting_for_recovery=bool(second & 0x01),
        )


@dataclass(frozen=True)
class RealTimeReply:
    """The byte answered to DLE EOT; it does not say to which."""

    value: int


@dataclass(frozen=True)
class AutomaticStatus:
    """Sent by the printer of itself, at any moment."""

    status: PrinterStatus


@dataclass(frozen=True)
class ProcessIdEcho:
    """Everything before GS ( H with this id is on paper."""

    process_id: str


@dataclass(frozen=True)
class FenceReply:
    """The answer to GS r: everything before it has been processed."""

    value: int


Reply = RealTimeReply | AutomaticStatus | ProcessIdEcho | FenceReply
BLOCK_STARTS = (0x37, 0x5F)
FLOW_CONTROL = (0x11, 0x13)
LONGEST_BLOCK = 80


class ReplyReader:
    """
    Tell a printer's replies apart. They come when they like; each kind is known by its fixed bits.

    >>> ReplyReader().feed(bytes.fromhex("12 37 22 61 62 63 64 00 18000F00"))[1]
    ProcessIdEcho(process_id='abcd')
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Reply]:
        """Take bytes as they came; what is incomplete waits for more."""
        self._rest += data
        replies: list[Reply] = []
        while self._rest:
            length, reply = self._next(self._rest)
            if length == 0:
                break
            self._rest = self._rest[length:]
            if reply is not None:
                replies.append(reply)
        return replies

    def clear(self) -> None:
        """Forget the beginning of a reply whose end never came."""
        self._rest = b""

    def _next(self, data: bytes) -> tuple[int, Reply | None]:
        first = data[0]
        if first in FLOW_CONTROL:
            return 1, None
        if first in BLOCK_STARTS:
            return self._block(data)
        if first & 0x93 == 0x12:
            return 1, RealTimeReply(first)
        if first & 0x93 == 0x10:
            if len(data) < 4:
                return 0, None
            return 4, AutomaticStatus(PrinterStatus.from_automatic(data[:4]))
        if first & 0x90 == 0:
            return 1, FenceReply(first)
        return 1, None  # noise on the line

    def _block(self, data: bytes) -> tuple[int, Reply | None]:
        end = data.find(b"\0")
        if end < 0:
            return (len(data), None) if len(data) > LONGEST_BLOCK else (0, None)
        if data[:2] == b"\x37\x22" and end == 6:
            return 7, ProcessIdEcho(data[2:6].decode("ascii", "replace"))
        return end + 1, None
