"""`navbat config export` and `navbat config import`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add both."""
    config = commands.add_parser("config", help="take the configuration elsewhere, whole").add_subparsers(
        required=True, metavar="ACT"
    )
    out = config.add_parser("export", parents=[common], help="write config.yaml and all that it names as one")
    out.add_argument("file", type=Path, metavar="FILE", help="a zip file, readable by its owner only")
    out.set_defaults(command=_export)
    into = config.add_parser(
        "import",
        parents=[common],
        help="put such a file in the place of the configuration, or name its faults",
    )
    into.add_argument("file", type=Path, metavar="FILE", help="as `navbat config export` has written it")
    into.set_defaults(command=_import)


def _path(options: argparse.Namespace) -> Path:
    from server.settings import DEFAULT_CONFIG

    return Path(options.config or os.environ.get("NAVBAT_CONFIG") or DEFAULT_CONFIG)


def _export(options: argparse.Namespace) -> int:
    from server.config import bundling

    files = bundling.pack(_path(options))
    with open(options.file, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(bundling.to_zip(files))
    print(f"{options.file}: {', '.join(files)}")
    print(
        "It holds whatever keys and passwords config.yaml holds: keep it as you keep that.", file=sys.stderr
    )
    return 0


def _import(options: argparse.Namespace) -> int:
    from server.clock import system_clock
    from server.config import bundling, load
    from server.errors import StartError

    path = _path(options)
    try:
        files = bundling.from_zip(options.file.read_bytes())
    except StartError as error:
        raise StartError(f"{options.file}: {error}") from error
    before = load(path) if path.exists() else None
    after = bundling.load_files(files)
    changed = bundling.differences(before, after) if before else ["everything"]
    if not changed:
        print(f"{path}: nothing differs")
        return 0
    kept = bundling.install(files, path, system_clock())
    print(f"{path}: in force at the next start; differs in {', '.join(changed)}")
    if kept is not None:
        print(f"{kept}: what was before; import it to go back")
    return 0
