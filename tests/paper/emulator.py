"""
A thermal printer on TCP with a printer's faults, written from the makers' manuals and not from `printing/`.

It has a finite buffer, prints at a speed, stops for want of paper in the middle of a slip, goes on by itself when
it gets some, and answers status out of turn, as real ones do.
"""

import contextlib
import re
import socket
import threading
import time

CAUSES = {  # DLE EOT 1, 2, 3, 4 and the automatic status block
    "ready": (0x12, 0x12, 0x12, 0x12, "10000000"),
    "near_end": (0x12, 0x12, 0x12, 0x1E, "10000300"),
    "paper_out": (0x1A, 0x32, 0x12, 0x7E, "18000f00"),
    "cover_open": (0x1A, 0x16, 0x12, 0x12, "38000000"),
    "cutter_error": (0x1A, 0x52, 0x1A, 0x12, "18080000"),
}
REAL_TIME = re.compile(rb"\x10\x04([\x01-\x04])", re.DOTALL)


class PrinterEmulator:
    """
    A printer; `slips` holds the bytes of each piece of paper cut off, `garbage` what came out as letters.

    Args:
        bytes_per_s: Of raster; None prints as fast as it reads.
        echoes: Knows GS ( H.  fences: Knows GS r.  speaks: Answers anything at all.
        stop_at: Stops after so many printed bytes, for want of paper or for `stop_cause`.
        mute_at: Answers nothing more after so many printed bytes, and prints on.
        freeze_at: Neither reads nor prints nor answers after so many.
        reset_at: Drops the connection and all it holds after so many.
        cut_off_at: The network breaks after so many received bytes; the printer itself notices nothing.
        refuse_at: Takes no connection any more after so many printed bytes, and drops the one it has.
        drip_s: Answers come one byte at a time, so long after one another.
        intake_bytes_per_s: Reads no faster.
        loses: So many of its words that a slip is done go astray.
        babbles: Sends a report of its status, unasked, behind each answer.
    """

    def __init__(
        self,
        *,
        buffer_bytes=16384,
        bytes_per_s=None,
        echoes=True,
        fences=True,
        speaks=True,
        stop_at=None,
        stop_cause="paper_out",
        reset_at=None,
        mute_at=None,
        freeze_at=None,
        cut_off_at=None,
        refuse_at=None,
        drip_s=None,
        intake_bytes_per_s=None,
        babbles=False,
        loses=0,
        cause="ready",
    ):
        self.buffer_bytes, self.bytes_per_s = buffer_bytes, bytes_per_s
        self.echoes, self.fences, self.speaks = echoes, fences, speaks
        self.stop_at, self.stop_cause, self.cut_off_at = stop_at, stop_cause, cut_off_at
        self.reset_at, self.mute_at, self.freeze_at, self.refuse_at = reset_at, mute_at, freeze_at, refuse_at
        self.drip_s, self.intake_bytes_per_s, self.babbles = drip_s, intake_bytes_per_s, babbles
        self.frozen, self.loses = False, loses
        self.slips, self.garbage, self.received, self.printed, self.connections = [], [], 0, 0, 0
        self._cause, self._automatic = cause, False
        self._buffer, self._slip, self._parsed = bytearray(), bytearray(), 0
        self._line = b""
        self._lock = threading.RLock()
        self._connection = self._reset = None
        self._running, self.echo_requests = True, 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.uri = f"tcp://127.0.0.1:{self.port}"
        self._speaking = threading.Lock()
        self._listen()
        threading.Thread(target=self._print, daemon=True).start()

    def fault(self, cause):
        """Change what is wrong with it; "ready" mends it, and it goes on by itself."""
        with self._lock:
            self._cause = cause
            if self._automatic:
                self._say(bytes.fromhex(CAUSES[cause][4]))

    def mend(self):
        """Take every fault away, those to come too; what it holds it goes on with."""
        with self._lock:
            self.stop_at = self.reset_at = self.mute_at = self.freeze_at = self.refuse_at = None
            self.cut_off_at = self.drip_s = self.intake_bytes_per_s = None
            self.speaks, self.frozen, self.babbles = True, False, False
        if self._server.fileno() < 0:
            self._server = socket.create_server(("127.0.0.1", self.port))
            self._listen()
        self.fault("ready")

    def reset(self):
        """Switch it off and on: it forgets all it holds, and its connection with it."""
        with self._lock:
            self._reset = self._connection
            self._buffer.clear()
            self._slip.clear()
            self._parsed, self._line = 0, b""
            self._hang_up()

    def cut_off(self):
        """Break the network; the printer itself notices nothing."""
        self._hang_up()

    def refuse(self):
        """Take no connection any more, and drop the one it has."""
        _end(self._server)
        self._hang_up()

    def say_late(self, data):
        """Send something nobody is waiting for."""
        self._say(data)

    def close(self):
        self._running = False
        for end in (self._server, self._connection):
            if end is not None:
                _end(end)

    def _listen(self):
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def _accept(self, server):
        while self._running:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            if self.buffer_bytes < 16384:  # nor may the kernel hold what the printer has not read
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            self._connection, self._automatic = connection, False
            self.connections += 1
            with contextlib.suppress(OSError):
                self._serve(connection)
            with contextlib.suppress(OSError):
                connection.close()

    def _serve(self, connection):
        """One printing connection, as the network interfaces have; others wait."""
        connection.settimeout(0.02)
        pending = b""
        while self._running:
            free = self.buffer_bytes - len(self._buffer)
            if free <= 0 or self.frozen:
                time.sleep(0.002)  # full: not even a status question is read
                continue
            try:
                data = connection.recv(min(free, 1024))
            except TimeoutError:
                continue
            if rate := self.intake_bytes_per_s:
                time.sleep(len(data) / rate)
            if not data:
                return
            self.received += len(data)
            self.echo_requests += data.count(b"\x1d(H")
            pending = self._answer_real_time(pending + data)
            if self.cut_off_at is not None and self.received >= self.cut_off_at:
                self.cut_off_at = None
                return

    def _answer_real_time(self, data):
        """Take real-time requests out of the stream wherever they stand, even in the middle of a picture."""
        keep = next((size for size in (2, 1) if data[-size:] in (b"\x10\x04", b"\x10")), 0)
        now, later = data[: len(data) - keep], data[len(data) - keep :]
        for match in REAL_TIME.finditer(now):
            self._say(bytes((CAUSES[self._cause][match[1][0] - 1],)))
        with self._lock:
            if self._connection is not self._reset:
                self._buffer += REAL_TIME.sub(b"", now)
        return later

    def _say(self, data):
        connection, drip_s = self._connection, self.drip_s
        if not self.speaks or self.frozen or connection is None:
            return
        if self.babbles and data[:2] != b"\x37\x22":
            data += bytes.fromhex(CAUSES[self._cause][4])
        if drip_s is None:
            self._send(connection, data)
        else:
            threading.Thread(target=self._drip, args=(connection, data, drip_s), daemon=True).start()

    def _drip(self, connection, data, drip_s):
        with self._speaking:  # one answer after the other
            for byte in data:
                time.sleep(drip_s)
                self._send(connection, bytes((byte,)))

    @staticmethod
    def _send(connection, data):
        with contextlib.suppress(OSError):
            connection.sendall(data)

    def _hang_up(self):
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)

    def _print(self):
        while self._running:
            time.sleep(0.002)
            with self._lock:
                if self._cause not in ("ready", "near_end") or self.frozen or not self._buffer:
                    continue
                count = len(self._buffer) if self.bytes_per_s is None else max(self.bytes_per_s // 500, 1)
                for limit in (self.stop_at, self.reset_at, self.mute_at, self.freeze_at, self.refuse_at):
                    if limit is not None:
                        count = min(count, limit - self.printed)
                self._slip += self._buffer[:count]
                del self._buffer[:count]
                self.printed += count
                self._run()
                self._maybe_fail()

    def _maybe_fail(self):
        if self.printed == self.stop_at:
            self.stop_at = None
            self.fault(self.stop_cause)
        elif self.printed == self.reset_at:
            self.reset_at = None
            self.reset()
        elif self.printed == self.mute_at:
            self.speaks, self.mute_at = False, None
        elif self.printed == self.freeze_at:
            self.frozen, self.freeze_at = True, None
        elif self.printed == self.refuse_at:
            self.refuse_at = None
            self.refuse()

    def _run(self):
        """Run what is whole; the rest waits."""
        while (length := self._length(bytes(self._slip[self._parsed : self._parsed + 16]))) is not None:
            end = self._parsed + length
            if end > len(self._slip):
                return
            command = bytes(self._slip[self._parsed : end])
            self._parsed = end
            self._do(command)

    def _length(self, head):
        if not head or (head[0] in (0x1B, 0x1D) and len(head) < 3):
            return 2 if head == b"\x1b@" else None
        if head[:2] == b"\x1dv":
            if len(head) < 8:
                return None
            return 8 + int.from_bytes(head[4:6], "little") * int.from_bytes(head[6:8], "little")
        if head[:2] == b"\x1d(" and self.echoes:
            return 5 + int.from_bytes(head[3:5], "little") if len(head) >= 5 else None
        sizes = {b"\x1b@": 2, b"\x1ba": 3, b"\x1bJ": 3, b"\x1dP": 4, b"\x1dV": 4, b"\x1da": 3, b"\x1dr": 3}
        return sizes.get(head[:2], 1)

    def _do(self, command):
        if command[:2] == b"\x1dV":
            self.slips.append(bytes(self._slip[: self._parsed]))
            del self._slip[: self._parsed]
            self._parsed = 0
        elif command[:2] in (b"\x1d(", b"\x1dr") and self.loses:
            self.loses -= 1
        elif command[:2] == b"\x1d(":
            self._say(b"\x37\x22" + command[7:11] + b"\0")
        elif command[:2] == b"\x1dr" and self.fences:
            self._say(b"\0")
        elif command[:2] == b"\x1da":
            self._automatic = True
            self._say(bytes.fromhex(CAUSES[self._cause][4]))
        elif command == b"\x1b@":
            self._line, self._automatic = b"", False
        elif command[:2] in (b"\x1dv", b"\x1bJ") and self._line:
            self.garbage.append(self._line)
            self._line = b""
        elif len(command) == 1 and command > b"\x1d":
            self._line += command


def _end(connection):
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
