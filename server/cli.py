"""
The `navbat` command. A subcommand is a few lines that call an operation.

Imports wait until a subcommand needs them: `navbat check` starts no server, and a server must be patched for
greenlets before anything else is imported.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from server.backup_command import add_commands as add_backup_commands
from server.config_command import add_commands as add_config_commands
from server.log_command import add_commands as add_log_commands
from server.report_command import add_commands as add_report_command
from server.voice_command import add_commands as add_voice_commands

Command = Callable[[argparse.Namespace], int]


def run(arguments: list[str]) -> int:
    """
    Run a subcommand.

    Returns:
        0, or 1 after an error of one line on stderr that names what to mend (one line for each fault of a
        configuration).
    """
    options = _parser().parse_args(arguments)
    from server.errors import QueueError

    command: Command = options.command
    try:
        return command(options)
    except QueueError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or ''}: {error.strerror or error}".removeprefix(": "), file=sys.stderr)
        return 1
    except Exception as error:
        line = _database_fault(error)
        if line is None:
            raise
        print(line, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _database_fault(error: Exception) -> str | None:
    """Say in one line why the database cannot be used; None for another error."""
    from sqlalchemy.exc import OperationalError

    if not isinstance(error, OperationalError):
        return None
    reason = str(error.orig).strip().splitlines()[0]
    return f"the database cannot be used: {reason} (NAVBAT_DATABASE_URL, or database_url in config.yaml)"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="navbat",
        description="The queue of a public-service hall in which many agencies work under one roof.",
        epilog=(
            "Begin with `navbat demo`. `navbat COMMAND --help` tells more of a command. What is not given here is read "
            "from the environment (NAVBAT_CONFIG, NAVBAT_DATA_DIR, NAVBAT_HOST, ...), then from config.yaml; "
            "docs/configuration.md lists all of it."
        ),
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", type=Path, metavar="FILE", help="the centre's configuration; ./config.yaml when left out"
    )
    common.add_argument(
        "--data-dir", type=Path, metavar="FOLDER", help="where the SQLite file and the keys are kept; ./data"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", parents=[common], help="serve every screen and the interface")
    _serving(serve)
    serve.add_argument(
        "--workers", type=int, default=1, metavar="N", help="server processes, 1; more need PostgreSQL"
    )
    serve.set_defaults(command=_serve)

    demo = commands.add_parser(
        "demo", parents=[common], help="serve with sample accounts, virtual devices and simulated visitors"
    )
    _serving(demo)
    demo.add_argument(
        "--visitors-per-hour", type=float, default=190, metavar="N", help="how busy the hall is: %(default)s"
    )
    demo.add_argument(
        "--speed",
        type=float,
        default=1.0,
        metavar="X",
        help="how many times faster visitors live: %(default)s",
    )
    demo.set_defaults(command=_demo)

    simulate = commands.add_parser(
        "simulate", parents=[common], help="run whole days through the real operations, with a fast clock"
    )
    simulate.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed gives the same days: %(default)s"
    )
    simulate.add_argument(
        "--day", metavar="DAY", help="the first day, such as 2026-11-24; today when left out"
    )
    simulate.add_argument("--days", type=int, default=1, metavar="N", help="how many days: %(default)s")
    simulate.add_argument(
        "--visitors", type=int, default=1200, metavar="N", help="how many are expected on a day: %(default)s"
    )
    simulate.add_argument(
        "--log", type=Path, metavar="FILE", help="write the last day's log here, for `navbat log verify`"
    )
    simulate.set_defaults(command=_simulate)

    check = commands.add_parser("check", parents=[common], help="name every fault of the configuration")
    check.set_defaults(command=_check)

    code = commands.add_parser(
        "kiosk-code", help="write the line for config.yaml that lets a code open the kiosk's staff menu"
    )
    code.set_defaults(command=_kiosk_code)

    _agent(commands)
    _accounts(commands, common)
    add_log_commands(commands, common)
    add_report_command(commands, common)
    add_voice_commands(commands, common)
    add_backup_commands(commands, common)
    add_config_commands(commands, common)
    _describe(commands)
    return parser


def _describe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Let a command's own help begin with the line that the list of commands has of it."""
    for choice in commands._choices_actions:
        command = commands.choices[choice.dest]
        line = choice.help or ""
        command.description = f"{line[:1].upper()}{line[1:]}."
        for action in command._actions:
            if isinstance(action, argparse._SubParsersAction):
                _describe(action)


def _serving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", metavar="ADDRESS", help="the address to listen on; 127.0.0.1, and 0.0.0.0 for all networks"
    )
    parser.add_argument("--port", type=int, help="the port to listen on; 8000")


def _agent(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    agent = commands.add_parser("agent", help="bring slips to the printer of this kiosk or counter")
    agent.add_argument(
        "--server",
        required=True,
        metavar="URL",
        help="the server's address, such as https://queue.example.az",
    )
    agent.add_argument("--token", help="the device's token; better in $NAVBAT_DEVICE_TOKEN")
    agent.add_argument(
        "--pair",
        action="store_true",
        help="without a token: say a code, and wait until it is typed at /devices",
    )
    agent.add_argument(
        "--printer", required=True, metavar="URI", help="the printer here, such as usb:///dev/navbat-printer"
    )
    agent.add_argument(
        "--data-dir",
        type=Path,
        metavar="FOLDER",
        default=Path("/var/lib/navbat-agent"),
        help="where its journal is kept: %(default)s",
    )
    agent.set_defaults(command=_run_agent)


def _accounts(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    user = commands.add_parser("user", help="make accounts for staff").add_subparsers(
        required=True, metavar="ACT"
    )
    add = user.add_parser("add", parents=[common], help="make an account")
    add.add_argument("name", help="what is typed to sign in")
    roles = ("official", "reception", "supervisor", "admin", "auditor")
    add.add_argument(
        "--role", required=True, choices=roles, metavar="ROLE", help=f"one of {', '.join(roles)}"
    )
    add.add_argument("--full-name", metavar="TEXT", help="as colleagues see it")
    add.add_argument(
        "--agency", action="append", metavar="KEY", help="serves this agency only; may be repeated"
    )
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add.set_defaults(command=_user_add)

    device = commands.add_parser("device", help="enrol kiosks, displays and print agents").add_subparsers(
        required=True, metavar="ACT"
    )
    enrol = device.add_parser("add", parents=[common], help="enrol a device and print its token, once")
    enrol.add_argument("name", help="such as kiosk-1")
    kinds = ("kiosk", "display", "printer", "tablet")
    enrol.add_argument(
        "--kind", required=True, choices=kinds, metavar="KIND", help=f"one of {', '.join(kinds)}"
    )
    enrol.add_argument("--zone", metavar="KEY", help="where it stands")
    enrol.add_argument("--printer", metavar="KEY", help="what prints its slips, or what this agent drives")
    enrol.add_argument("--counter", type=int, metavar="N", help="where a tablet stands and asks for ratings")
    enrol.set_defaults(command=_device_add)
    revoke = device.add_parser("revoke", parents=[common], help="take a device's token away")
    revoke.add_argument("name", help="as it was enrolled")
    revoke.set_defaults(command=_device_revoke)


def _serve(options: argparse.Namespace) -> int:
    from server.serving import serve

    return serve(options)


def _demo(options: argparse.Namespace) -> int:
    from server.serving import patch

    patch()
    from server.demo import demo

    return demo(options)


def _simulate(options: argparse.Namespace) -> int:
    from server.simulate_command import simulate

    return simulate(options)


def _run_agent(options: argparse.Namespace) -> int:
    from server.agent_command import run_agent

    return run_agent(options)


def _check(options: argparse.Namespace) -> int:
    from server.settings import read_settings

    settings = read_settings(options)
    config, managed = settings.config, settings.managed
    of = f": version {managed.number}" if managed.number else ""
    print(
        f"{settings.config_path}{of}: in order. {len(config.zones)} zones, {len(config.counters)} counters, "
        f"{len(config.agencies)} agencies, {len(config.services)} services, {len(config.printers)} printers."
    )
    if managed.by == "pages":
        from server.version_in_force import tell_of_versions

        tell_of_versions(settings)
    return 0


def _kiosk_code(options: argparse.Namespace) -> int:
    import getpass

    from server.errors import StartError
    from server.operations.touchscreens import hash_code

    code = getpass.getpass("code: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    try:
        print(f'staff_code_hash: "{hash_code(code)}"')
    except ValueError as error:
        raise StartError(str(error)) from error
    return 0


def _user_add(options: argparse.Namespace) -> int:
    import getpass
    import secrets

    from server.settings import read_settings

    queue = read_settings(options).open_queue()
    generated = None
    if options.password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    elif sys.stdin.isatty():
        password = getpass.getpass("password: ")
    else:
        password = generated = secrets.token_urlsafe(9)
    user = queue.staff.add(
        options.name,
        role=options.role,
        password=password,
        name=options.full_name,
        agencies=options.agency,
        must_change=generated is not None,
        is_told=True,
    )
    print(f"{user.username}: {user.role}" + (f", password {generated}" if generated else ""))
    return 0


def _device_add(options: argparse.Namespace) -> int:
    from server.settings import read_settings

    queue = read_settings(options).open_queue()
    _, token = queue.devices.add(
        options.name,
        kind=options.kind,
        zone=options.zone,
        printer=options.printer,
        counter=options.counter,
        is_told=True,
    )
    print(token)
    return 0


def _device_revoke(options: argparse.Namespace) -> int:
    from server.settings import read_settings

    read_settings(options).open_queue().devices.revoke(options.name)
    return 0
