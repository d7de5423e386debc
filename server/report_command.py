"""`navbat report`: the supervisor's report of a day or a month, as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from server.errors import BadInput, StartError

if TYPE_CHECKING:
    import argparse

# Here and not beside the writers: whoever verifies a log has none of what those need.
FORMATS = ("pdf", "xlsx", "csv")


def add_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add `report`."""
    report = commands.add_parser(
        "report", parents=[common], help="write the supervisor's report of a day or a month"
    )
    period = report.add_mutually_exclusive_group(required=True)
    period.add_argument("--day", metavar="DAY", help="such as 2026-11-24")
    period.add_argument("--month", metavar="MONTH", help="such as 2026-11")
    report.add_argument(
        "--format", required=True, choices=FORMATS, metavar="FORMAT", help=f"one of {', '.join(FORMATS)}"
    )
    report.add_argument("--language", metavar="CODE", help="one of the centre's; the first when left out")
    report.add_argument("--out", type=Path, metavar="FILE", help="the file; standard output when left out")
    report.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> int:
    from server.operations.statistics import parse_period
    from server.report_files import write_report
    from server.settings import read_settings

    try:
        period = parse_period(options.day, options.month)
    except BadInput as error:
        option, wanted = ("--month", "2026-11") if options.month else ("--day", "2026-11-24")
        raise StartError(
            f"{option}: {error.facts['value']!r} is no {option[2:]}; write it as {wanted}"
        ) from error
    settings = read_settings(options)
    languages = settings.config.centre.languages
    language = options.language or settings.config.centre.state_language
    if language not in languages:
        raise StartError(f"--language: {language!r} is none of {', '.join(languages)}")
    if options.out is None and options.format != "csv" and sys.stdout.isatty():
        raise StartError("--out: name a file; a terminal cannot show this format")
    data = write_report(settings.open_queue(), period, options.format, language)
    if options.out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return 0
    draft = options.out.with_name(options.out.name + ".part")
    try:
        draft.write_bytes(data)
        draft.replace(options.out)
    except OSError as error:
        raise StartError(f"--out: cannot write {options.out}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    print(f"{options.out}: {len(data)} bytes")
    return 0
