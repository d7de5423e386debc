"""
Copy the SQLite database while the server runs, check the copy, and drop the oldest ones.

    .venv/bin/python deploy/copy_database.py data/navbat.sqlite /backup --keep 14
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Copy as the command line says; return the exit status."""
    parser = argparse.ArgumentParser(description="Copy the SQLite database while the server runs.")
    parser.add_argument("database", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--keep", type=int, default=14, help="how many copies stay in the folder (default 14)"
    )
    given = parser.parse_args(arguments)
    if not given.database.is_file():
        print(f"{given.database}: no such file", file=sys.stderr)
        return 1
    made = copy(given.database, given.folder, now=datetime.now(UTC))
    prune(given.folder, stem=given.database.stem, keep=given.keep)
    print(made)
    return 0


def copy(database: Path, folder: Path, *, now: datetime) -> Path:
    """
    Copy `database` into `folder` and return the copy, complete and checked.

    Raises:
        sqlite3.DatabaseError: The copy is not whole; nothing of it is left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{database.stem}-{now:%Y%m%dT%H%M%SZ}.sqlite"
    # Under another name until it is whole, so that a copy cut short is never taken for one.
    unfinished = target.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(unfinished)) as sink:
            source.backup(sink, pages=1024)
            sink.execute("PRAGMA journal_mode = DELETE")
            [(verdict,)] = sink.execute("PRAGMA quick_check(1)")
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        _sync(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def prune(folder: Path, *, stem: str, keep: int) -> None:
    """Delete all but the newest `keep` copies; their names sort by time."""
    copies = sorted(folder.glob(f"{stem}-*Z.sqlite"))
    for old in copies[: max(0, len(copies) - max(1, keep))]:
        old.unlink()


def _sync(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


if __name__ == "__main__":
    raise SystemExit(main())
