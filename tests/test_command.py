"""The `navbat` command: what it refuses it names in one line, and leaves everything as it was."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import pytest

from server.app import open_queue
from server.cli import run
from server.clock import Randomness
from server.config import load
from tests.builders import BIRTH, entries_of
from tests.centres import ROOT, open_all_day, write_config
from tests.servers import Server, clean_environment, free_port, run_command, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def said(result: Any) -> str:
    """Read the one line of a refusal."""
    assert result.returncode == 1, result
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return str(line)


def faults(centre: dict[str, Any]) -> None:
    """Spoil a centre in five ways."""
    centre["centre"]["timezone"] = "Asia/Bakuu"
    centre["prnters"] = centre.pop("printers")
    centre["counters"][0]["zone"] = "x"
    centre["counters"][1]["number"] = 1
    centre["policy"]["recall_limit"] = "one"


# navbat check


def test_the_shipped_centre_is_in_order() -> None:
    result = run_command("check")

    assert (result.returncode, result.stderr) == (0, "")
    assert "52 counters, 26 agencies, 241 services" in result.stdout


def test_check_names_every_fault_at_once_with_its_place_and_a_suggestion(tmp_path: Path) -> None:
    path = write_config(tmp_path / "config.yaml", faults)

    result = run_command("check", "--config", str(path))

    assert (result.returncode, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    for key in (
        "centre.timezone",
        "prnters",
        "counters[0].zone",
        "counters[1].number",
        "policy.recall_limit",
    ):
        [line] = [line for line in lines if f" {key}:" in line]
        assert line.startswith("config.yaml:")
        number, column = line.split(":")[1:3]
        assert path.read_text("utf-8").splitlines()[int(number) - 1][int(column) - 1 :].strip(" -")
    assert any("did you mean `printers`" in line for line in lines)
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    assert name.rstrip(".") in said(run_command("check", "--config", str(tmp_path / name)))


def test_the_environment_names_the_file_too(tmp_path: Path) -> None:
    path = write_config(tmp_path / "other.yaml")

    result = run_command("check", NAVBAT_CONFIG=str(path))

    assert (result.returncode, "other.yaml" in result.stdout) == (0, True)


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    assert "NAVBAT_PORT" in said(run_command("serve", "--data-dir", str(tmp_path / "data"), NAVBAT_PORT=port))


# Accounts and devices


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def queue(data: Path) -> Iterator[Any]:
    """Look into the data folder afterwards."""
    data.mkdir(exist_ok=True)
    queue = open_queue(
        load(ROOT / "config.yaml"),
        database_url=f"sqlite:///{data / 'navbat.sqlite'}",
        randomness=Randomness(),
    )
    yield queue
    queue.context.database.close()


@pytest.fixture
def navbat(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., CompletedProcess[str]]:
    """Run the command here, which spares a process; servers need one of their own."""

    def navbat(*arguments: str, text: str = "") -> CompletedProcess[str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        status = run([*arguments, "--data-dir", str(data)])
        return CompletedProcess(arguments, status, *capsys.readouterr())

    return navbat


def test_an_account_is_made_with_a_password_from_standard_input(navbat: Any, queue: Any) -> None:
    arguments = ("user", "add", "leyla", "--role", "official", "--full-name", "Leyla Həsənova")

    result = navbat(*arguments, "--agency", "moi", "--password-stdin", text="növbə və qapı\n")

    assert (result.returncode, result.stdout, result.stderr) == (0, "leyla: official\n", "")
    user = queue.sessions.sign_in(username="leyla", password="növbə və qapı").user
    assert (user.name, user.role, user.agencies) == ("Leyla Həsənova", "official", ("moi",))
    [entry] = [each for each in entries_of(queue) if each["kind"] == "account.changed"]
    assert entry["official"] == user.id
    assert "Leyla" not in str(entry)
    assert entry["data"] == {
        "what": "added",
        "by": None,
        "after": {"role": "official", "agencies": ["moi"], "services": None},
    }


def test_without_a_terminal_a_password_is_made_and_told(navbat: Any, queue: Any) -> None:
    result = navbat("user", "add", "leyla", "--role", "admin")

    password = result.stdout.rpartition(" ")[2].strip()
    assert queue.sessions.sign_in(username="leyla", password=password).user.role == "admin"


@pytest.mark.parametrize(
    ("arguments", "text", "names"),
    [
        (("leyla", "--role", "official"), "short\n", "password"),
        (("leyla", "--role", "official"), "", "password"),
        (("leyla", "--role", "official", "--agency", "nobody"), "long enough\n", "agenc"),
        (("", "--role", "official"), "long enough\n", "name"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    navbat: Any, queue: Any, arguments: tuple[str, ...], text: str, names: str
) -> None:
    result = navbat("user", "add", *arguments, "--password-stdin", text=text)

    assert names in said(result)
    assert queue.staff.names() == []


def test_a_name_is_given_once(navbat: Any, queue: Any) -> None:
    queue.staff.add("leyla", role="official", password=None)

    result = navbat("user", "add", "leyla", "--role", "admin", "--password-stdin", text="long enough\n")

    assert "name" in said(result)
    assert queue.staff.find("leyla").role == "official"


def test_a_device_gets_a_token_once_and_loses_it_at_once(navbat: Any, queue: Any) -> None:
    result = navbat("device", "add", "kiosk-7", "--kind", "kiosk", "--printer", "kiosk-1")
    token = result.stdout.strip()

    assert (result.returncode, result.stderr) == (0, "")
    device = queue.devices.identify(token)
    assert (device.name, device.kind, device.printer) == ("kiosk-7", "kiosk", "kiosk-1")

    assert navbat("device", "revoke", "kiosk-7").returncode == 0
    assert queue.devices.all() == []
    told = [each for each in entries_of(queue) if each["kind"].startswith("device.")]
    assert [(each["kind"], each["data"]["device"]) for each in told] == [
        ("device.paired", device.id),
        ("device.revoked", device.id),
    ]
    assert told[0]["data"]["printer"] == "kiosk-1"
    assert "kiosk-7" not in str(told)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("add", "kiosk-7", "--kind", "kiosk", "--zone", "z"), "zone"),
        (("add", "kiosk-7", "--kind", "kiosk", "--printer", "none"), "printer"),
        (("revoke", "kiosk-7"), "kiosk-7"),
    ],
)
def test_a_device_that_cannot_be_is_refused(navbat: Any, arguments: tuple[str, ...], names: str) -> None:
    assert names in said(navbat("device", *arguments))


@pytest.mark.parametrize(
    "arguments",
    [(), ("serv",), ("user", "add", "x", "--role", "king"), ("device", "add", "x", "--kind", "toaster")],
)
def test_an_unknown_word_shows_how_it_is_used(arguments: tuple[str, ...]) -> None:
    result = run_command(*arguments)

    assert result.returncode == 2
    assert result.stderr.startswith("usage: navbat")


@pytest.mark.parametrize("words", ["serve", "demo", "check", "user add", "device add", "device revoke"])
def test_each_subcommand_explains_itself(words: str) -> None:
    result = run_command(*words.split(), "--help")

    assert (result.returncode, result.stderr) == (0, "")
    assert "--config" in result.stdout


# Starts that are refused


def start(data: Path, *arguments: str) -> Any:
    """Start what must end by itself."""
    return run_command(*arguments, "--data-dir", str(data))


def test_several_workers_on_sqlite_are_refused_with_the_reason(data: Path) -> None:
    line = said(start(data, "serve", "--workers", "2"))

    assert "SQLite" in line
    assert "NAVBAT_DATABASE_URL" in line


@pytest.mark.parametrize("workers", ["0", "-1"])
def test_no_workers_are_refused(data: Path, workers: str) -> None:
    assert "--workers" in said(start(data, "serve", "--workers", workers))


def test_a_second_server_on_the_same_data_is_refused_and_changes_nothing(tmp_path: Path, data: Path) -> None:
    def without_a_counter(centre: dict[str, Any]) -> None:
        centre["counters"] = [each for each in centre["counters"] if each["number"] != 20]

    other = write_config(tmp_path / "config.yaml", without_a_counter)
    with running(data, "serve") as first:
        line = said(start(data, "serve", "--config", str(other), "--port", str(free_port())))

        assert "another server" in line
        assert str(data) in line
        assert len(first.api("GET", "/hall")["counters"]) == 52
    with sqlite3.connect(data / "navbat.sqlite") as connection:
        assert connection.execute(
            "SELECT count(*) FROM counters WHERE retired_at IS NOT NULL"
        ).fetchone() == (0,)


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_is_named(data: Path, command: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        line = said(start(data, command, "--port", str(port)))

    assert f"127.0.0.1:{port}" in line
    assert "--port" in line


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_bad_file_stops_the_start_and_leaves_the_database_as_it_was(
    tmp_path: Path, data: Path, queue: Any, command: str
) -> None:
    queue.context.database.close()
    before = fingerprint(data)
    path = write_config(tmp_path / "config.yaml", faults)

    result = start(data, command, "--config", str(path), "--port", str(free_port()))

    assert (result.returncode, result.stdout) == (1, "")
    assert "config.yaml:" in result.stderr
    assert "Traceback" not in result.stderr
    assert fingerprint(data) == before


def test_a_data_folder_that_cannot_be_is_named(data: Path) -> None:
    data.write_text("a file")

    assert str(data) in said(start(data, "serve", "--port", str(free_port())))


def test_an_unreachable_database_is_one_line(data: Path) -> None:
    result = run_command(
        *("serve", "--data-dir", str(data), "--port", str(free_port())),
        NAVBAT_DATABASE_URL=f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing",
    )

    assert "Traceback" not in result.stderr
    assert "database" in said(result)


def fingerprint(folder: Path) -> dict[str, str]:
    """Hash every file of a folder."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


# A start and a stop


def test_a_server_stops_cleanly_at_either_signal_and_keeps_its_data(tmp_path: Path) -> None:
    path = write_config(tmp_path / "config.yaml", open_all_day)
    arguments = ("device", "add", "k", "--kind", "kiosk", "--data-dir", str(tmp_path / "data"))
    token = run_command(*arguments).stdout.strip()
    with running(tmp_path / "data", "serve", "--config", str(path)) as server:
        assert server.process is not None
        assert server.api("POST", "/tickets", {"service": BIRTH}, token=token)["number"] == "R001"
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(5) == 0

        server.start()
        assert server.api("POST", "/tickets", {"service": BIRTH}, token=token)["number"] == "R002"
        assert server.stop() < 5
        assert "Traceback" not in server.log


def test_the_demonstration_prints_every_address_and_password_and_keeps_them_to_its_owner(
    tmp_path: Path,
) -> None:
    with running(tmp_path / "data") as server:
        text = server.log

        for path in ("/kiosk", "/counter", "/display", "/slips"):
            assert f"{server.url}{path}" in text
        for account in ("official", "reception", "supervisor", "admin"):
            assert server.note(f"password:{account}") in text
        assert server.note("device:kiosk-1") in text
        assert server.note("password:official") in server.ask("GET", "/").data.decode()
        for name in ("secret.key", "demo.json"):
            assert (server.data_dir / name).stat().st_mode & 0o077 == 0


def test_a_stop_in_the_middle_of_the_start_is_heard(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    command = [
        sys.executable,
        "-m",
        "server",
        "demo",
        "--port",
        str(server.port),
        "--data-dir",
        str(server.data_dir),
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        process.wait(0.8)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGINT)
    _, complaint = process.communicate(timeout=20)

    assert b"Traceback" not in complaint
