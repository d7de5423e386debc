"""Runs `navbat simulate` and prints what came out."""

from __future__ import annotations

import random
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from server.app import open_queue
from server.clock import CODE_LETTERS, Randomness
from server.errors import StartError
from server.operations.context import dumps
from server.operations.ledger import origin
from server.operations.log_export import export_day
from server.settings import read_settings
from server.signing import load_key
from server.simulating import Outcome, SimulatedClock, Simulation
from server.visitors import Visitors

if TYPE_CHECKING:
    from server.operations import Queue

if TYPE_CHECKING:
    import argparse

    from server.config import Config


SEAL_EVERY = timedelta(minutes=5)


class SeededRandomness(Randomness):
    """Names that repeat with the seed; for simulated days only."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"names {seed}")

    def token(self) -> str:
        """Make a token that repeats."""
        return self._random.randbytes(16).hex()

    def code(self) -> str:
        """Make six signs that repeat."""
        return "".join(self._random.choices(CODE_LETTERS, k=6))

    def salt(self) -> bytes:
        """Make a salt that repeats."""
        return self._random.randbytes(16)


def simulate(options: argparse.Namespace) -> int:
    """
    Run `navbat simulate` on a database of its own, which is thrown away.

    Raises:
        StartError: A day or a number that cannot be.
    """
    first = _day(options.day)
    if options.days < 1 or options.visitors < 1:
        raise StartError("--days and --visitors: at least 1")
    config = read_settings(options).config
    with tempfile.TemporaryDirectory(prefix="navbat-") as folder:
        for day, outcome in run_days(
            config,
            Path(folder),
            first=first,
            days=options.days,
            seed=options.seed,
            visitors_per_day=options.visitors,
            log=options.log,
        ):
            report(day, outcome)
    return 0


def run_days(
    config: Config,
    folder: Path,
    *,
    first: date,
    days: int,
    seed: int,
    visitors_per_day: int,
    log: Path | None = None,
) -> list[tuple[date, Outcome]]:
    """Simulate days in a folder; `log` gets the last day's sealed log."""
    clock = SimulatedClock(datetime(first.year, first.month, first.day, tzinfo=UTC))
    key = load_key(origin(config.centre.key), folder)
    queue = open_queue(
        config,
        database_url=f"sqlite:///{folder / 'simulated.sqlite'}",
        clock=clock,
        randomness=SeededRandomness(seed),
        log_key=key,
    )
    visitors = Visitors(config, seed)
    sealer = _Sealer(queue, clock)
    outcomes = []
    for number in range(days):
        day = first + timedelta(days=number)
        simulation = Simulation(
            queue, clock, visitors, visitors_per_day=visitors_per_day, each_time=sealer.tick
        )
        outcomes.append((day, simulation.run(day)))
        queue.ledger.seal()
    if log is not None:
        try:
            with log.open("w", encoding="utf-8") as file:
                file.writelines(dumps(line) + "\n" for line in export_day(queue.context, outcomes[-1][0]))
        except OSError as error:
            raise StartError(f"--log: cannot write {log}: {error.strerror}") from error
        print(f"{log}: check it with `navbat log verify {log} --key {key.public.text()}`")
    queue.context.database.close()
    return outcomes


class _Sealer:
    """Seals the log as the clock of a server does, every few simulated minutes: each head is a signature."""

    def __init__(self, queue: Queue, clock: SimulatedClock) -> None:
        self._queue = queue
        self._clock = clock
        self._sealed_at = clock.now

    def tick(self) -> None:
        """Seal when it is time."""
        if self._clock.now - self._sealed_at >= SEAL_EVERY:
            self._sealed_at = self._clock.now
            self._queue.ledger.seal()


def report(day: date, outcome: Outcome) -> None:
    """Print a day."""
    print(
        f"{day}: {outcome.issued} tickets, {outcome.called} calls ({outcome.late} after the due time), "
        f"{outcome.served} services, {outcome.missed} missed calls"
    )
    for kind, key, calls, median, tenth in outcome.rows():
        print(
            f"  {kind:<9} {key:<16} {calls:5d} called, half within {median:5.1f} min, 9 in 10 within {tenth:5.1f}"
        )


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise StartError(f"--day: {text!r} is no day; write it as 2026-11-24") from error
