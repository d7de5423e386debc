"""The one command: `python -m bench`, or `make bench`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from bench import parts
from bench.estimating import estimate
from bench.figures import Figure, table
from bench.parts import Run

PARTS = {
    "issue": parts.issue,
    "call": parts.call,
    "push": parts.push,
    "fanout": parts.fanout,
    "start": parts.start,
    "history": parts.history,
    "estimate": estimate,
    "postgres": parts.postgres,
}


def main(arguments: list[str]) -> int:
    """
    Measure, and print the table.

    Returns:
        0, though a target may be missed; 1 when a part could not be measured or a number was doubled.
    """
    options = _parser().parse_args(arguments)
    # As on a machine of a centre, where no start compiles anything.
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "bytecode"))
    wanted = (
        options.only.split(",")
        if options.only
        else [name for name in PARTS if name != "postgres" or options.postgres]
    )
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    failed = False
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="navbat-bench-", dir=options.folder) as folder:
        run = Run(Path(folder), rounds=1 if options.quick else 5, history=options.history)
        for name in wanted:
            started_at = time.perf_counter()
            try:
                figures += PARTS[name](run)
            except (RuntimeError, AssertionError, OSError) as error:
                failed = True
                print(f"{name}: {error}", file=sys.stderr)
            print(f"{name}: {time.perf_counter() - started_at:.0f} s", file=sys.stderr)
    print(table(figures))
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", metavar="PARTS", help=f"comma-separated, of: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="one round: whether it runs, not how fast")
    parser.add_argument("--history", type=int, default=100_000, metavar="N", help="past tickets (100000)")
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL too, with one worker and two")
    parser.add_argument("--folder", type=Path, help="where to write; a disk of the kind that a hall has")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
