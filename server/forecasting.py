"""
Plays the hall in a process of its own, so that no visitor waits for it.

A forecast is a tenth of a second of work. In the server's process it would hold up every tap for so long, in a thread
of it hardly less; beside it, it costs the server what it takes to write the hall down and to read the waits.
"""

from __future__ import annotations

import logging
import marshal
import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from server.children import end_child
from server.domain.calling import Lane
from server.domain.waiting import Comer, Forecast, Wait, forecast

if TYPE_CHECKING:
    from collections.abc import Collection

    from server.domain.waiting import Hall

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
LENGTH_BYTES = 8
PROTOCOL = pickle.HIGHEST_PROTOCOL
LANES = {int(lane): lane for lane in Lane}
# Some fifty times what a full hall takes: then something is wrong, and a new process may do better.
LONGEST_S = 15.0
# Visitors before forecasts, when both want the processor.
NICENESS = 5


class ForecastError(Exception):
    """The process that plays the hall did not answer."""


class ForecastProcess:
    """
    Plays halls beside this process; used as `forecast` is.

    It is started by the first hall that has something to play, and again when it died. It ends when this process does:
    its input is closed then.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._newcomers: Collection[Comer] | None = None

    def __call__(self, hall: Hall, newcomers: Collection[Comer], *, seed: int) -> Forecast:
        """
        Foretell as `forecast` does.

        Raises:
            ForecastError: The process died or took too long; the next call starts another.
        """
        if not hall.counters:
            return Forecast(hall.at, {}, {})
        with self._lock:
            process = self._process or self._start()
            watch = threading.Timer(LONGEST_S, process.kill)
            watch.start()
            try:
                assert process.stdin is not None
                assert process.stdout is not None
                # Whoever may come is the same all day: it is told once.
                is_known = newcomers is self._newcomers
                _write(process.stdin, pickle.dumps((hall, None if is_known else newcomers, seed), PROTOCOL))
                self._newcomers = newcomers
                answer = marshal.loads(_read(process.stdout))
            except (OSError, EOFError, ValueError, pickle.PickleError) as error:
                self._end()
                raise ForecastError(str(error)) from error
            finally:
                watch.cancel()
        if isinstance(answer, str):
            raise ForecastError(answer)
        return _from_plain(hall, answer)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(paths),
            # Nothing here multiplies matrices, and idle threads cost memory.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        self._newcomers = None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server.forecasting"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end_child(process)


def main() -> None:
    """Answer the halls that come in, until the input ends."""
    # Ctrl-C goes to the whole group: the server then closes our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    newcomers: Collection[Comer] = ()
    while True:
        try:
            hall, others, seed = pickle.loads(_read(source))
        except EOFError:
            return
        newcomers = newcomers if others is None else others
        try:
            answer: Any = _to_plain(forecast(hall, newcomers, seed=seed))
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        _write(sink, marshal.dumps(answer))


def _to_plain(told: Forecast) -> Any:
    """Write a forecast as plain values, each wait with all who share it: the server reads that several times faster."""
    sharing: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for comer, wait in told.newcomers.items():
        sharing.setdefault(tuple(wait), []).append((comer.service, int(comer.lane), comer.lead_s))
    return [(id, *wait) for id, wait in told.tickets.items()], list(sharing.items())


def _from_plain(hall: Hall, plain: Any) -> Forecast:
    tickets, sharing = plain
    newcomers = {}
    for row, comers in sharing:
        wait = Wait(*row)
        for service, lane, lead_s in comers:
            newcomers[Comer(service, LANES[lane], lead_s)] = wait
    return Forecast(hall.at, {id: Wait(*row) for id, *row in tickets}, newcomers)


def _write(stream: Any, data: bytes) -> None:
    stream.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
    stream.flush()


def _read(stream: BinaryIO | Any) -> bytes:
    length = int.from_bytes(_read_bytes(stream, LENGTH_BYTES), "big")
    return _read_bytes(stream, length)


def _read_bytes(stream: Any, length: int) -> bytes:
    data = b""
    while len(data) < length:
        more = stream.read(length - len(data))
        if not more:
            raise EOFError("the other side is gone")
        data += more
    return data


if __name__ == "__main__":
    main()
