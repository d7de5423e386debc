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
from server.settings import read_settings
from server.simulating import Outcome, SimulatedClock, Simulation
from server.visitors import Visitors

if TYPE_CHECKING:
    import argparse

    from server.config import Config


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
    queue = open_queue(
        config,
        database_url=f"sqlite:///{folder / 'simulated.sqlite'}",
        clock=clock,
        randomness=SeededRandomness(seed),
    )
    visitors = Visitors(config, seed)
    outcomes = []
    for number in range(days):
        day = first + timedelta(days=number)
        outcomes.append((day, Simulation(queue, clock, visitors, visitors_per_day=visitors_per_day).run(day)))
    queue.context.database.close()
    return outcomes


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
