"""A published version comes into force where the server runs: nothing is lost, and nobody is turned away."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from server.cli import run
from server.config.text_edits import put
from tests.builders import BIRTH
from tests.centres import open_all_day, write_config
from tests.servers import Server, children, eventually, run_command
from tests.socket_client import SocketClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.timeout(400)]

COUNTER = 18
PASSWORD = "a long enough password"
# A start in place takes two seconds, and many times that on a machine that is busy with other things.
WITHIN_S = 150


class Hall:
    """A hall that is served, and what happens in it while the server begins anew."""

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        def change(centre: dict[str, Any]) -> None:
            open_all_day(centre)
            centre["server"] = {"managed": "pages"}

        self.path = write_config(folder / "config.yaml", change)
        self.environment = environment or {}
        self.data = folder / "data"
        self.server = Server(
            self.data, "serve", "--config", str(self.path), *arguments, environment=self.environment
        )
        self.kiosk = self.run("device", "add", "k", "--kind", "kiosk").strip()
        self.run("user", "add", "aygun", "--role", "official", "--password-stdin", text=f"{PASSWORD}\n")
        self.given: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.took = timedelta()

    def run(self, *arguments: str, text: str = "") -> str:
        """Run a command beside the server."""
        done = run_command(
            *arguments,
            "--config",
            str(self.path),
            "--data-dir",
            str(self.data),
            text=text,
            **self.environment,
        )
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    def publish(self, name: str, *arguments: str) -> str:
        """Publish a version in which the first zone has another name."""
        changed = self.path.with_name("changed.yaml")
        changed.write_text(put(self.path.read_text("utf-8"), ("zones", 0, "name", "en"), name), "utf-8")
        began = datetime.now(UTC)
        told = self.run("config", "import", str(changed), "--note", name, *arguments)
        self.took = datetime.now(UTC) - began
        return told

    def zone(self) -> str:
        """Tell what the first zone is called now; nothing where the line broke, as it may once."""
        try:
            return str(self.server.api("GET", "/hall?zone=a", timeout_s=60)["zone_name"]["en"])
        except (OSError, HTTPException):
            return ""

    def issue(self, key: str) -> None:
        """Take a ticket as a kiosk does, which asks once more with the same key when the line breaks."""
        for _ in range(3):
            try:
                self.given.append(
                    self.server.api(
                        "POST",
                        "/tickets",
                        {"service": BIRTH, "print": False},
                        token=self.kiosk,
                        headers={"Idempotency-Key": key},
                        timeout_s=60,
                    )
                )
                return
            except ConnectionRefusedError as error:
                self.refused.append(str(error))
                return
            except (OSError, HTTPException):
                continue

    def while_tapping(self, act: Callable[[], Any]) -> None:
        """Do something while visitors take tickets."""
        stop = threading.Event()

        def tap(kiosk: int) -> None:
            count = 0
            while not stop.wait(0.1):
                count += 1
                self.issue(f"{len(self.given)}-{kiosk}-{count}")

        threads = [threading.Thread(target=tap, args=(kiosk,)) for kiosk in range(3)]
        for each in threads:
            each.start()
        try:
            act()
        finally:
            stop.set()
            for each in threads:
                each.join()

    def log(self) -> list[tuple[str, Any]]:
        """Read of the day's log what concerns the configuration, as kind and digest."""
        found = self.server.api("GET", "/log/checkpoint")
        entries, size = [], found["size"]
        while len(entries) < size:
            entries += self.server.api("GET", f"/log/entries?from={len(entries)}&to={size}")["entries"]
        told = [each["entry"] for each in entries]
        return [(each["kind"], each["data"]["digest"]) for each in told if each["kind"].startswith("config.")]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    try:
        made.server.start()
        yield made
    finally:
        made.server.clear_up()


def test_one_process_begins_anew_in_its_place_at_once_or_at_its_time(hall: Hall) -> None:
    server, official = hall.server, hall.server.sign_in("aygun", PASSWORD)
    assert server.process is not None
    before, pid = hall.zone(), server.process.pid
    hall.issue("first")
    server.api("POST", f"/counters/{COUNTER}/open", token=official)
    board = SocketClient(server.url, "/hall", query="zone=b")
    board.wait_for("board", lambda board: board["waiting"])

    def change() -> None:
        assert "differs in zones" in hall.publish("Hall One")
        eventually(lambda: hall.zone() == "Hall One", within_s=WITHIN_S)

    hall.while_tapping(change)

    assert before != "Hall One"
    assert server.process.poll() is None, "the same process"
    assert len(re.findall(r"serving asan-1 on", server.log)) == 2
    assert server.process.pid == pid
    assert hall.refused == [], "nobody is turned away at the door"
    numbers = [each["number"] for each in hall.given]
    assert len(set(numbers)) == len(numbers)
    with SocketClient(server.url, "/hall", query="zone=b") as again:
        first = server.api("POST", f"/counters/{COUNTER}/next", token=official)
        assert first["number"] == numbers[0], "who waited longest is called first"
        assert again.wait_for("call")["number"] == numbers[0]
    board.close()

    # Long enough for the command itself, however busy this machine is.
    at = datetime.now(UTC) + timedelta(seconds=4) + 4 * hall.took
    hall.publish("Hall Two", "--from", at.isoformat())
    assert hall.zone() == "Hall One"
    eventually(lambda: hall.zone() == "Hall Two", within_s=WITHIN_S)
    assert datetime.now(UTC) > at

    eventually(lambda: len(hall.log()) == 6)
    published, applied = (
        [digest for kind, digest in hall.log() if kind == f"config.{act}"] for act in ("published", "applied")
    )
    assert published == applied
    exported = hall.path.with_name("day.log")
    day = datetime.fromisoformat(server.api("GET", "/hall?zone=a")["at"]).date()
    hall.run("log", "export", "--day", day.isoformat(), "--out", str(exported))
    verified = run_command("log", "verify", str(exported))
    assert verified.returncode == 0, verified.stdout
    assert server.stop() < 5


@pytest.mark.slow
def test_several_workers_are_replaced_on_postgresql(
    make_postgresql_url: Callable[[], str], tmp_path: Path
) -> None:
    hall = Hall(tmp_path, "--workers", "2", environment={"NAVBAT_DATABASE_URL": make_postgresql_url()})
    server = hall.server
    try:
        server.start()
        assert server.process is not None
        workers = eventually(lambda: len(children(server.process.pid)) == 2 and children(server.process.pid))
        hall.issue("first")

        def change() -> None:
            hall.publish("Hall One")
            eventually(lambda: [hall.zone() for _ in range(6)] == ["Hall One"] * 6, within_s=WITHIN_S)

        hall.while_tapping(change)

        assert server.process.poll() is None
        assert not set(workers) & set(children(server.process.pid)), "both are new"
        assert hall.refused == []
        numbers = [each["number"] for each in hall.given]
        assert len(set(numbers)) == len(numbers)
        waiting = server.api("GET", "/hall?zone=b")["waiting"]
        assert sum(each["waiting"] for each in waiting) == len(numbers), "nothing is lost"
        eventually(lambda: len(hall.log()) == 4)
        kinds = [kind for kind, _ in hall.log()]
        assert sorted(kinds) == ["config.applied"] * 2 + ["config.published"] * 2, "once, whoever asks"
        assert server.stop() < 5
    finally:
        server.clear_up()


def test_what_pages_manage_is_exported_and_imported_as_versions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    path = write_config(tmp_path / "config.yaml", lambda centre: centre.update(server={"managed": "pages"}))
    faulty, changed = tmp_path / "faulty.yaml", tmp_path / "changed.yaml"
    faulty.write_text(path.read_text("utf-8").replace("grace_minutes:", "grace_minuts:"), "utf-8")
    changed.write_text(put(path.read_text("utf-8"), ("zones", 0, "name", "en"), "Hall One"), "utf-8")
    out = tmp_path / "out.zip"

    def say(*arguments: str) -> str:
        run([*arguments, "--config", str(path), "--data-dir", str(tmp_path / "data")])
        told = capsys.readouterr()
        return told.out + told.err

    assert "did you mean `grace_minutes`?" in say("config", "import", str(faulty))
    assert "nothing differs from version 1" in say("config", "import", str(path))
    assert "version 2: published" in say("config", "import", str(changed))
    assert "version 2: config.yaml, catalogue/" in say("config", "export", str(out))
    assert "nothing differs from version 2" in say("config", "import", str(out))
    at = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}T08:00"
    assert f"in force from {at}:00+04:00" in say("config", "import", str(path), "--from", at)
    told = say("check")
    assert "config.yaml: version 2: in order." in told
    assert f"version 3, from {at}+04:00: in order" in told
    path.write_text(put(path.read_text("utf-8"), ("centre", "hours", "sat", 0), "11:00-12:00"), "utf-8")
    assert "differs from what was taken over, in centre; version 2 is in force" in say("check") + caplog.text
    assert "--from: .soon. is no time" in say("config", "import", str(path), "--from", "soon").replace(
        "'", "."
    )
    assert "is past" in say("config", "import", str(path), "--from", "2020-01-01")

    elsewhere = tmp_path / "elsewhere" / "config.yaml"
    elsewhere.parent.mkdir()
    assert run(["config", "import", str(out), "--config", str(elsewhere)]) == 0
    taken = yaml.safe_load(elsewhere.read_text("utf-8"))
    assert taken["server"] == {"managed": "file"}, "elsewhere it is files again"
    assert taken["zones"][0]["name"]["en"] == "Hall One"
