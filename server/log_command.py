"""`navbat log`: a day's log as a file, and the check of such a file, which needs nothing else of this program."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.errors import StartError

if TYPE_CHECKING:
    import argparse

    from server.signing import VerifyKey


def add_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add `log export`, `log verify` and `log key`."""
    log = commands.add_parser("log", help="export and verify the sealed log").add_subparsers(
        required=True, metavar="ACT"
    )

    export = log.add_parser("export", parents=[common], help="write a day's log as a file that proves itself")
    export.add_argument(
        "--day", type=date.fromisoformat, required=True, metavar="DAY", help="such as 2026-11-24"
    )
    export.add_argument("--out", type=Path, metavar="FILE", help="the file; standard output when left out")
    export.set_defaults(command=_export)

    check = log.add_parser("verify", help="check an exported day: signatures, tree, and every call replayed")
    check.add_argument("file", type=Path, help="what `navbat log export` wrote")
    check.add_argument("--key", help="the published public key, or a file that holds it")
    check.add_argument(
        "--seen",
        type=Path,
        action="append",
        default=[],
        help="a file with a head copied elsewhere, such as a board's",
    )
    check.set_defaults(command=_verify)

    key = log.add_parser("key", parents=[common], help="print the log's public key")
    key.set_defaults(command=_key)


def _export(options: argparse.Namespace) -> int:
    from server.app import open_queue
    from server.operations.log_export import export_day, write_day, write_lines
    from server.settings import read_settings

    settings = read_settings(options)
    key = _signing_key(settings) if (settings.data_dir / "log.key").exists() else None
    queue = open_queue(settings.config, database_url=settings.database_url, log_key=key, is_start=False)
    if options.out is None:
        write_lines(export_day(queue.context, options.day), sys.stdout)
    else:
        print(f"{options.out}: {write_day(queue.context, options.day, options.out)} lines")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from server.verifying import verify
    from server.verifying.reading import NoExport

    seen = [_read(path) for path in options.seen]
    try:
        key = _read_key(options.key) if options.key is not None else None
        with options.file.open(encoding="utf-8") as file:
            report = verify(file, key, seen=seen)
    except NoExport as error:
        raise StartError(f"{options.file}: {error}") from error
    except (OSError, UnicodeError) as error:
        raise StartError(f"{options.file}: cannot be read: {error}") from error
    except ValueError as error:
        raise StartError(f"--key: {error}") from error
    for line in report.lines():
        print(line)
    return 0 if report.is_good else 1


def _read_key(text: str) -> VerifyKey:
    """Read a key from the argument itself, or from a file that holds it, bare or as `/log/key` answers."""
    from server.signing import VerifyKey

    path = Path(text)
    if "+" not in text and path.is_file():
        text = _read(path)
        if text.lstrip().startswith("{"):
            text = str(json.loads(text).get("key"))
    return VerifyKey.parse(text)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise StartError(f"{path}: cannot be read: {error}") from error


def _key(options: argparse.Namespace) -> int:
    from server.settings import read_settings

    print(_signing_key(read_settings(options)).public.text())
    return 0


def _signing_key(settings: Any) -> Any:
    from server.operations.ledger import origin
    from server.signing import load_key

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return load_key(origin(settings.config.centre.key), settings.data_dir)
