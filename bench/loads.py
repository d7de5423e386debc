"""Loads that are put on the hall and on the yardstick alike, in turns."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.processes import Server, run_client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.hall import Hall
    from bench.lanes import Answer, Request

WANTED = ["id", "number"]


@dataclass(slots=True)
class Outcome:
    """What some rounds of one load gave."""

    per_s: list[float] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    tickets: list[tuple[int, str]] = field(default_factory=list)

    def add(self, batches: list[dict[str, Any]]) -> None:
        """Add a round."""
        answers: list[Answer] = [answer for batch in batches for lane in batch["lanes"] for answer in lane]
        done = [answer for answer in answers if answer[0] in (200, 201)]
        wrong = Counter(answer[0] for answer in answers if answer[0] not in (200, 201, 204))
        if wrong or len(done) < len(answers) * 0.9:
            example = next((answer for answer in answers if answer[0] not in (200, 201)), None)
            raise RuntimeError(f"not every request was done: {wrong}, such as {example}")
        self.cpu_us += [1e6 * sum(batch["cpu_s"] for batch in batches) / len(answers)]
        self.per_s.append(len(answers) / sum(batch["seconds"] for batch in batches))
        self.ms += [answer[1] for answer in answers]
        self.tickets += [(answer[2][0], answer[2][1]) for answer in done]

    def doubled(self) -> int:
        """Count the numbers that were given, or called, more than once."""
        return sum(count - 1 for count in Counter(self.tickets).values()) + sum(
            count - 1 for count in Counter(number for _, number in set(self.tickets)).values()
        )


def in_turns(rounds: int, *pairs: tuple[Callable[[], Any], Callable[[Any], object]]) -> None:
    """
    Run loads in turns, so that none always comes first: what else runs on the machine then meets all.

    Args:
        pairs: Each load, and what takes its result.
    """
    for turn in range(rounds):
        for load, take in pairs if turn % 2 == 0 else reversed(pairs):
            take(load())


def ratio(hall: Outcome, bare: Outcome) -> float:
    """Compare throughputs: the median of the rounds' ratios."""
    return median(one / other for one, other in zip(hall.per_s, bare.per_s, strict=True))


def issue(hall: Hall, *, at_once: int, each: int, with_key: bool) -> list[dict[str, Any]]:
    """Have tickets issued by the hall, which is empty before and after."""
    services = hall.facts["services"]
    lanes = [
        [
            hall.issue(services[(lane * 7 + turn) % len(services)], uuid.uuid4().hex if with_key else None)
            for turn in range(each)
        ]
        for lane in range(at_once)
    ]
    batches = _run(hall.server, [{"lanes": lanes}])
    hall.clear()
    return batches


def issue_bare(bare: Bare, *, at_once: int, each: int) -> list[dict[str, Any]]:
    """Have tickets issued by the yardstick."""
    request = {"method": "POST", "path": "/tickets", "headers": {}, "body": '{"service": "birth_reg"}'}
    return _run(bare.server, [{"lanes": [[request] * each for _ in range(at_once)]}])


def call(hall: Hall, *, at_once: int, batches: int, counters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Have tickets called by the hall: all counters, then all are freed again outside the measured time.

    Each counter calls once in a batch, since it may have one visitor at a time.
    """
    if hall.is_sqlite:
        hall.fill_waiting(batches + 3, counters)
    else:
        _issue_for(hall, batches + 3, counters)
    calls = [[hall.act(counter, "next") for counter in counters[lane::at_once]] for lane in range(at_once)]
    frees = [[hall.act(counter, "no-show") for counter in counters[lane::at_once]] for lane in range(at_once)]
    plan: list[dict[str, Any]] = []
    for _ in range(batches):
        plan += [{"lanes": calls}, {"lanes": frees, "untimed": True}]
    results = _run(hall.server, plan)
    hall.clear()
    return results


def _issue_for(hall: Hall, per_counter: int, counters: list[dict[str, Any]]) -> None:
    """Let visitors wait by issuing their tickets, where rows cannot be copied."""
    lanes = [
        [
            hall.issue(counter["services"][turn % len(counter["services"])])
            for turn in range(per_counter)
            for counter in counters[lane::8]
        ]
        for lane in range(8)
    ]
    _run(hall.server, [{"lanes": lanes}])


def call_bare(bare: Bare, *, at_once: int, batches: int, each: int) -> list[dict[str, Any]]:
    """Have tickets called by the yardstick."""
    bare.fill(at_once * batches * each)
    lanes = [
        [{"method": "POST", "path": f"/counters/{lane + 1}/next", "headers": {}}] * each
        for lane in range(at_once)
    ]
    return _run(bare.server, [{"lanes": lanes} for _ in range(batches)])


def _run(server: Server, batches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    result = run_client(
        {"do": "batches", "pid": server.pid, "port": server.port, "wanted": WANTED, "batches": batches}
    )
    answered: list[dict[str, Any]] = result["batches"]
    return answered


class Bare:
    """The yardstick, running."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._database = folder / "bare.sqlite"
        self.server = Server(
            ["-m", "bench.bare", str(self._database), "{port}"], ready="/", log=folder / "bare.log"
        )

    def __enter__(self) -> Bare:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    def fill(self, count: int) -> None:
        """Let so many wait."""
        import sqlite3

        connection = sqlite3.connect(self._database, timeout=30)
        with connection:
            highest = connection.execute("SELECT coalesce(max(id), 0) FROM tickets").fetchone()[0]
            connection.execute("UPDATE tickets SET state = 'served' WHERE state = 'waiting'")
            connection.executemany(
                "INSERT INTO tickets (day, series, number, service, state, due_at)"
                " VALUES ('2026-11-01', 'W', ?, 'birth_reg', 'waiting', ?)",
                [(highest + place, place) for place in range(1, count + 1)],
            )
        connection.close()

    def push(self) -> Request:
        """Write the request that sends the board to everyone."""
        return {"method": "POST", "path": "/push", "headers": {}, "body": "{}"}

    def set_board(self, board: dict[str, Any]) -> Request:
        """Write the request that gives it the board to send."""
        return {"method": "POST", "path": "/board", "headers": {}, "body": json.dumps(board)}
