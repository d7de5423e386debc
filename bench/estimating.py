"""What the estimate costs the taps: the same load while the hall is played forward and while it is not, in turns."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import loads
from bench.figures import Figure, quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.hall import Hall
    from bench.parts import Run

WAITING = 500
AT_ONCE = 4
# A phase must be over before the server ends a forecasting process that does not answer, after 15 s.
ISSUES_EACH = 60
CALL_BATCHES = 4


def estimate(run: Run) -> Iterator[Figure]:
    """
    Measure issue and call with the estimate going on, and with its process stopped.

    The hall changes all the time, so that it is played as often as it may be: once a second. While its process is
    stopped the server waits for its answer, and neither reads the hall nor takes a forecast in.
    """
    rounds = run.rounds * 4 if run.rounds > 1 else 1
    with run.make_hall("estimate") as hall:
        for name, load in (("issue", _issue), ("call", _call)):
            load(hall)
            pairs = [_pair(hall, load, is_first=turn % 2 == 0) for turn in range(rounds)]
            for share, label in ((0.99, "p99"), (0.5, "p50")):
                on = [quantile(phase, share) for phase, _ in pairs]
                off = [quantile(phase, share) for _, phase in pairs]
                yield Figure(
                    f"{name} {label}, {AT_ONCE} at once, {WAITING} waiting, while the estimate runs",
                    f"{median(on):.2f} ms",
                    f"{median(off):.2f} ms",
                    median(one / other for one, other in zip(on, off, strict=True)),
                    1.2 if label == "p99" else None,
                )


def _pair(
    hall: Hall, load: Callable[[Hall], list[float]], *, is_first: bool
) -> tuple[list[float], list[float]]:
    """Run the load with the estimate and without, in either order."""
    if is_first:
        on = load(hall)
        with _stopped(hall):
            return on, load(hall)
    with _stopped(hall):
        off = load(hall)
    return load(hall), off


@contextmanager
def _stopped(hall: Hall) -> Iterator[None]:
    pid = _forecasting(hall.server.pid)
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(1.2)  # the server has sent the hall, and waits
        yield
    finally:
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError as error:
            raise RuntimeError("a phase took longer than the server waits for a forecast") from error
        time.sleep(1.2)


def _forecasting(server: int) -> int:
    """Find the process that plays the hall."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    for child in map(int, children):
        if b"server.forecasting" in Path(f"/proc/{child}/cmdline").read_bytes():
            return child
    raise RuntimeError("nothing plays the hall: has a counter been opened?")


def _issue(hall: Hall) -> list[float]:
    _crowd(hall)
    return _ms(loads.issue(hall, at_once=AT_ONCE, each=ISSUES_EACH, with_key=True))


def _call(hall: Hall) -> list[float]:
    _crowd(hall)
    return _ms(loads.call(hall, at_once=AT_ONCE, batches=CALL_BATCHES, counters=hall.facts["counters"][:48]))


def _crowd(hall: Hall) -> None:
    counters = hall.facts["counters"][:50]
    hall.fill_waiting(WAITING // len(counters), counters)


def _ms(batches: list[dict[str, Any]]) -> list[float]:
    return [answer[1] for batch in batches for lane in batch["lanes"] for answer in lane]
