"""Who may import whom, as docs/architecture.md has it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
OURS = ("server", "kiosk", "counter", "display", "printing")
SCREENS = ("kiosk", "counter", "display")
# Beside a kiosk or a counter, on a machine of its own: it drives a printer and knows no screen.
AGENT = ("kiosk.agent", "kiosk.journal")
SOCKET_IO = ("socketio", "engineio", "flask_socketio")
KNOW_SOCKET_IO = {
    "server.hall",
    "server.app",
    "server.sockets",
    "server.frames",
    "server.agents",
    "server.tablets",
    "server.screens",
    "kiosk.agent",
}


def modules(package: str) -> Iterator[tuple[str, Path]]:
    """List a package's modules by their names; a package's own module bears the package's name."""
    for path in sorted((ROOT / package.replace(".", "/")).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path) -> set[str]:
    """Read every name that a module imports, at its top and inside functions, for running and for checking."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module is not None
            names.add(node.module)
            names.update(
                f"{node.module}.{each.name}" for each in node.names if is_module(node.module, each.name)
            )
    return names


def is_module(package: str, name: str) -> bool:
    """Tell a submodule of ours from a function."""
    folder = ROOT / package.replace(".", "/")
    return (folder / f"{name}.py").exists() or (folder / name / "__init__.py").exists()


def within(name: str, *packages: str) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in packages)


def is_of_the_language(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def importers(package: str) -> Iterator[tuple[str, str]]:
    """List each import of a package as module and imported name."""
    for module, path in modules(package):
        for name in sorted(imports(path)):
            yield module, name


def test_the_rules_import_nothing_that_has_a_clock_a_disk_or_a_wire() -> None:
    wrong = [
        (module, name)
        for module, name in importers("server.domain")
        if not is_of_the_language(name) and not within(name, "server.domain", "server.errors", "numpy")
    ]

    assert wrong == []


@pytest.mark.parametrize("forbidden", ["time", "random", "socket", "sqlite3", "os", "pathlib", "threading"])
def test_the_rules_are_told_the_time_and_the_chance(forbidden: str) -> None:
    assert [module for module, name in importers("server.domain") if within(name, forbidden)] == []


def test_paper_knows_no_queue() -> None:
    assert [
        (module, name)
        for module, name in importers("printing")
        if within(name, *OURS) and not within(name, "printing")
    ] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_knows_no_other_no_database_and_no_paper(screen: str) -> None:
    others = [each for each in SCREENS if each != screen]
    wrong = [
        (module, name)
        for module, name in importers(screen)
        if within(name, "sqlalchemy", "server.db", "server.app", *others)
        or (within(name, "printing", *AGENT) and module not in AGENT)
    ]

    assert wrong == []


def test_the_print_agent_needs_nothing_of_the_server() -> None:
    assert [
        (module, name)
        for module, name in importers("kiosk")
        if module in AGENT and within(name, "server", "flask", "kiosk.views")
    ] == []


def test_only_the_sockets_know_socket_io() -> None:
    know = {
        module
        for package in OURS
        for module, name in importers(package)
        if within(name, *SOCKET_IO, "server.sockets")
    }

    assert know <= KNOW_SOCKET_IO


def test_operations_know_no_page_no_wire_and_no_paper() -> None:
    assert [
        (module, name)
        for module, name in importers("server.operations")
        if within(name, "flask", "printing", "gevent", "server.api", "server.app", "server.hall", *SCREENS)
    ] == []


def test_the_database_knows_rules_and_no_operation() -> None:
    allowed = ("server.db", "server.domain", "server.clock", "server.errors", "server.events", "server.lean")

    assert [
        (module, name)
        for module, name in importers("server.db")
        if within(name, "flask", *OURS) and not within(name, *allowed) and name != "server"
    ] == []


def test_a_log_is_verified_with_the_rules_alone() -> None:
    allowed = ("server.verifying", "server.domain", "server.signing", "server.errors")

    assert [
        (module, name)
        for module, name in importers("server.verifying")
        if within(name, *OURS) and not within(name, *allowed)
    ] == []


def test_the_program_needs_no_test_and_no_bench() -> None:
    assert [
        (module, name)
        for package in OURS
        for module, name in importers(package)
        if within(name, "tests", "bench")
    ] == []


def test_the_voice_is_a_process_of_its_own_and_knows_no_hall() -> None:
    allowed = ("server.voice", "server.config", "server.spoken", "server.domain", "server.children")
    wrong = [
        (module, name)
        for module, name in importers("server.voice")
        if within(name, *OURS) and not within(name, *allowed)
    ]
    loaders = {
        module for package in OURS for module, name in importers(package) if within(name, "espeakng_loader")
    }

    assert wrong == []
    assert loaders == {"server.voice.espeak"}, "what is under the GPL stays out of the server"
