"""`navbat config export` and `navbat config import`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from server.config.bundling import Files


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
    into.add_argument(
        "file", type=Path, metavar="FILE", help="as `navbat config export` has written it; or a config.yaml"
    )
    into.add_argument(
        "--note",
        metavar="TEXT",
        help="why, where pages manage the configuration and this publishes a version",
    )
    into.add_argument(
        "--from",
        dest="start",
        metavar="TIME",
        help="with pages: from when it is in force, such as 2026-11-24T08:00 at the centre; now when left out",
    )
    into.set_defaults(command=_import)


def _export(options: argparse.Namespace) -> int:
    from server.config import bundling
    from server.settings import config_path, read_settings

    path = config_path(options)
    if bundling.is_managed_on_pages(path):
        settings = read_settings(options)
        versions = settings.open_queue().config_versions
        number = versions.in_force
        files = versions.get(number).files if number else bundling.pack(path)
        files = bundling.with_server(files, path)
    else:
        number, files = None, bundling.pack(path)
    with open(options.file, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(bundling.to_zip(files))
    print(f"{options.file}: {f'version {number}: ' if number else ''}{', '.join(files)}")
    print(
        "It holds whatever keys and passwords config.yaml holds: keep it as you keep that.", file=sys.stderr
    )
    return 0


def _import(options: argparse.Namespace) -> int:
    from server.clock import system_clock
    from server.config import bundling, load
    from server.errors import StartError
    from server.settings import config_path

    path = config_path(options)
    try:
        is_yaml = options.file.suffix in (".yaml", ".yml")
        files = bundling.pack(options.file) if is_yaml else bundling.from_zip(options.file.read_bytes())
    except StartError as error:
        raise StartError(f"{options.file}: {error}") from error
    if path.exists() and bundling.is_managed_on_pages(path):
        return _publish(options, files, path)
    if is_yaml:
        raise StartError(f"{options.file}: {path} has the configuration itself; copy the file to its place")
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


def _publish(options: argparse.Namespace, files: Files, path: Path) -> int:
    from server.errors import BadInput, NothingChanged, StartError
    from server.settings import read_settings

    settings = read_settings(options)
    if settings.managed.files is not None:
        # The first version is what is there, so that there is something to differ from and to go back to.
        settings.open_queue(is_start=True).context.database.close()
        settings = read_settings(options)
    queue = settings.open_queue()
    before = settings.managed.number
    try:
        made = queue.config_versions.take_in(
            files,
            note=options.note or options.file.name,
            source="files" if options.file.resolve() == path.resolve() else "import",
            from_at=_moment(options.start, queue.config.centre.zone_info),
        )
    except NothingChanged:
        print(f"{options.file}: nothing differs from version {before}")
        return 0
    except BadInput as error:
        wrong = {
            "from": "--from: the time is past, or more than a year away",
            "note": "--note: at most 500 signs",
        }
        raise StartError(wrong[error.facts["field"]]) from error
    changed = (
        dict.fromkeys(each.section for each in queue.config_versions.compare(before, made.number))
        if before
        else {}
    )
    print(
        f"version {made.number}: published, in force from {queue.context.local(made.from_at)} where the server runs; "
        f"differs in {', '.join(changed) or 'the files alone'}"
    )
    if before:
        print(f"publish version {before} again at /admin/centre/versions to go back")
    return 0


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    from datetime import datetime

    from server.errors import StartError

    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise StartError(f"--from: {text!r} is no time; write it as 2026-11-24T08:00") from error
    return at if at.tzinfo else at.replace(tzinfo=zone)
