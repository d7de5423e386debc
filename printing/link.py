"""A conversation with one printer: questions before a slip, its bytes, and the printer's word that it is done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from printing import escpos
from printing.errors import TransportTimeout
from printing.status import (
    AutomaticStatus,
    FenceReply,
    PrinterStatus,
    Problem,
    ProcessIdEcho,
    RealTimeReply,
    Reply,
    ReplyReader,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from printing.transports import Transport

Confirmation = Literal["process-id", "processed", "sent"]
CHUNK_BYTES = 4096
PROBE_ID = "~~~~"
QUESTIONS = (1, 2, 3, 4)
SETTLED_S = 0.05
SETTLE_AT_MOST_S = 0.5


class Link:
    """
    One open transport and what has been heard on it.

    Args:
        answer_s: How long a printer may take for one answer.
    """

    def __init__(self, transport: Transport, *, answer_s: float = 1.0) -> None:
        self.transport = transport
        self.answer_s = answer_s
        self.last_status: PrinterStatus | None = None
        self._reader = ReplyReader()

    def listen(self, timeout_s: float) -> list[Reply]:
        """Read what comes within a time; automatic status is kept as the last status too."""
        data = self.transport.read(timeout_s=timeout_s)
        replies = self._reader.feed(data) if data else []
        for reply in replies:
            if isinstance(reply, AutomaticStatus):
                self.last_status = reply.status
        return replies

    def status(self) -> PrinterStatus | None:
        """
        Ask how the printer is; None when it says nothing.

        The causes are asked for only when it is offline: four questions for every slip would be two too many.
        """
        if not self.transport.two_way:
            return None
        self._drain()
        replies: dict[int, int] = {}
        for kind in (1, 4, 2, 3):
            if kind in (2, 3) and not replies[1] & 0x08:
                break
            answer = self._ask(escpos.status_request(kind), lambda reply: isinstance(reply, RealTimeReply))
            if not isinstance(answer, RealTimeReply):
                return None
            replies[kind] = answer.value
        self.last_status = PrinterStatus.from_replies(replies)
        return self.last_status

    def probe_confirmation(self) -> Confirmation:
        """
        Find out how the printer can confirm a slip, before the first one.

        One that does not know GS ( H takes it for letters; they wait in its line buffer, and the reset
        behind drops them unprinted.
        """
        if not self.transport.two_way:
            return "sent"
        self._drain()
        request = escpos.process_id_request(PROBE_ID)
        echo = self._ask(request, lambda reply: reply == ProcessIdEcho(PROBE_ID))
        if echo is not None:
            return "process-id"
        fence = self._ask(escpos.RESET + escpos.FENCE, lambda reply: isinstance(reply, FenceReply))
        return "processed" if fence is not None else "sent"

    def write_all(self, data: bytes) -> None:
        """Write something short."""
        view = memoryview(data)
        while view:
            view = view[self.transport.write(view, timeout_s=self.answer_s) :]

    def close(self) -> None:
        self.transport.close()

    def forget(self) -> None:
        """Drop the beginning of a reply whose end never came."""
        self._reader.clear()

    def _ask(self, request: bytes, is_answer: Callable[[Reply], bool]) -> Reply | None:
        try:
            self.write_all(request)
        except TransportTimeout:
            return None
        deadline = time.monotonic() + self.answer_s
        while (left := deadline - time.monotonic()) > 0:
            for reply in self.listen(left):
                if is_answer(reply):
                    return reply
        return None

    def _drain(self) -> None:
        """Drop late answers to earlier questions, which would be taken for the next one's."""
        while self.transport.read(timeout_s=0.001):
            pass
        self._reader.clear()


class Delivery:
    """
    One slip on its way. `advance` does a little at a time, so that whoever drives it can watch, expire and stop.

    Nothing is ever sent twice: what remains is what the transport has not taken yet.
    """

    def __init__(
        self, link: Link, data: bytes, *, process_id: str, confirmation: Confirmation, stall_s: float = 2.0
    ) -> None:
        self.link = link
        self.confirmation = confirmation
        self.problem: Problem | None = None
        self.bytes_sent = 0
        self._process_id = process_id
        self._stall_s = stall_s
        self._named: Problem | None = None
        ended = _with_ending(data, process_id, confirmation)
        self._data = memoryview(ended)
        # Without its last byte a cut is no cut; a slip that is torn off is whole with its last row.
        self._cut_at = ended.rfind(escpos.PARTIAL_CUT) + len(escpos.PARTIAL_CUT) - 1
        if self._cut_at < len(escpos.PARTIAL_CUT) - 1:
            self._cut_at = len(data) - 1
        self._progress_at = time.monotonic()
        self._unacknowledged = -1
        self._asked: list[int] = []
        self._asked_at = self._progress_at
        self._answers: dict[int, int] = {}
        self._ready_at: float | None = None
        self._is_fenced = False

    @property
    def is_all_sent(self) -> bool:
        return self.bytes_sent == len(self._data)

    @property
    def is_cut_sent(self) -> bool:
        """Tell whether so much was sent that the printer may have cut the slip off."""
        return self.bytes_sent > self._cut_at

    @property
    def quiet_s(self) -> float:
        """Seconds since anything moved."""
        return time.monotonic() - self._progress_at

    def advance(self, *, poll_s: float) -> Confirmation | None:
        """
        Send or listen for at most about `poll_s`; the kind of confirmation when the slip is done.

        Raises:
            ConnectionLost: It will never be known whether the slip was printed.
        """
        if not self.is_all_sent:
            self._send(poll_s)
            return None
        if self.confirmation == "sent":
            return self._wait_until_taken(poll_s)
        return self._hear(poll_s)

    def _send(self, poll_s: float) -> None:
        rest = self._data[self.bytes_sent : self.bytes_sent + CHUNK_BYTES]
        try:
            self.bytes_sent += self.link.transport.write(rest, timeout_s=poll_s)
        except TransportTimeout:
            # No question now: its bytes would stand in the middle of the picture. Automatic status tells.
            for reply in self.link.listen(0.001):
                if isinstance(reply, AutomaticStatus):
                    self._told(reply.status)
            self._suspect()
        else:
            self._moved()

    def _wait_until_taken(self, poll_s: float) -> Confirmation | None:
        unacknowledged = self.link.transport.unacknowledged()
        if unacknowledged == 0:
            return "sent"
        if unacknowledged != self._unacknowledged:
            self._unacknowledged = unacknowledged
            self._moved()
        self._suspect()
        time.sleep(min(poll_s, 0.05))
        return None

    def _hear(self, poll_s: float) -> Confirmation | None:
        replies = self.link.listen(poll_s)
        for reply in replies:
            if reply == ProcessIdEcho(self._process_id):
                return "process-id"
            if isinstance(reply, FenceReply) and self.confirmation == "processed":
                if self._is_fenced:
                    return "processed"
                self._fence_again()
                return None
            if isinstance(reply, RealTimeReply) and self._asked:
                self._answers[self._asked.pop(0)] = reply.value
            elif isinstance(reply, AutomaticStatus):
                self._told(reply.status)
        if not replies:
            self._ask_why()
        elif self._answers and not self._asked:
            self._told(PrinterStatus.from_replies(self._answers))
            self._answers = {}
        return None

    def _fence_again(self) -> None:
        """
        Ask a second time behind a fence's answer, on a line that has fallen silent.

        The answer is a byte that the end of a broken status report may look like; only one to a question asked when
        none could be on its way is the printer's word.
        """
        until = time.monotonic() + SETTLE_AT_MOST_S
        while self.link.listen(SETTLED_S) and time.monotonic() < until:
            pass
        self.link.forget()
        try:
            self.link.write_all(escpos.FENCE)
        except TransportTimeout:
            return
        self._is_fenced = True
        self._moved()

    def _ask_why(self) -> None:
        """All is sent, so a question cannot fall into the picture; answers are heard beside the echo."""
        self._suspect()
        if self._asked and time.monotonic() - self._asked_at < self._stall_s:
            return
        try:
            self.link.write_all(b"".join(escpos.status_request(kind) for kind in QUESTIONS))
        except TransportTimeout:
            return
        self._asked, self._asked_at = list(QUESTIONS), time.monotonic()
        self._answers = {}

    def _told(self, status: PrinterStatus) -> None:
        """Take a printer's word; only the end of what it named itself is progress, not that of a mere suspicion."""
        is_mended = self._named is not None and status.problem is None
        self.problem = self._named = status.problem
        self._ready_at = time.monotonic() if status.problem is None else None
        if is_mended:
            self._moved()

    def _suspect(self) -> None:
        """Call a printer stopped that has neither moved nor named a reason nor said that it is ready for a while."""
        is_ready = self._ready_at is not None and time.monotonic() - self._ready_at <= 2 * self._stall_s
        if self.quiet_s > self._stall_s and self.problem is None and not is_ready:
            self.problem = "stopped"

    def _moved(self) -> None:
        """Note progress. It may have been into a buffer only: a problem the printer named stays until it takes it back."""
        self._progress_at = time.monotonic()
        self.problem = self._named


def _with_ending(data: bytes, process_id: str, confirmation: Confirmation) -> bytes:
    if confirmation == "process-id":
        return escpos.with_automatic_status(data) + escpos.process_id_request(process_id)
    if confirmation == "processed":
        return escpos.with_automatic_status(data) + escpos.FENCE
    return data
