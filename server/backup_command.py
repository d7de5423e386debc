"""`navbat backup` and `navbat restore`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add both."""
    save = commands.add_parser("backup", parents=[common], help="copy everything while the server runs")
    save.add_argument("file", type=Path, metavar="FILE", help="made anew, readable by its owner only")
    save.set_defaults(command=_backup)
    back = commands.add_parser(
        "restore", parents=[common], help="bring a copy back; the server must be stopped"
    )
    back.add_argument("file", type=Path, metavar="FILE", help="as `navbat backup` has made it")
    back.add_argument("--replace", action="store_true", help="what is in the database now is gone then")
    back.set_defaults(command=_restore)


def _backup(options: argparse.Namespace) -> int:
    from server.backup import backup
    from server.settings import read_settings

    settings = read_settings(options)
    rows = backup(settings.database_url, settings.data_dir, options.file, centre=settings.config.centre.key)
    print(f"{options.file}: {rows} rows")
    print(
        "It holds the key that signs the log, and telephones and comments of visitors: keep it as you keep the server.",
        file=sys.stderr,
    )
    return 0


def _restore(options: argparse.Namespace) -> int:
    from server.backup import restore
    from server.settings import read_settings

    settings = read_settings(options)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    rows = restore(
        settings.database_url,
        settings.data_dir,
        options.file,
        centre=settings.config.centre.key,
        replace=options.replace,
    )
    print(f"{options.file}: {rows} rows are back")
    return 0
