"""The print agent: whatever is restarted, killed or cut off, each ticket comes out once."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.journal import Journal
from printing.decode import decode
from tests.centres import open_all_day, write_config
from tests.paper.emulator import PrinterEmulator
from tests.servers import ROOT, Server, clean_environment, eventually, run_command

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "jobs.sqlite")
    yield made
    made.close()


def accept(journal, key="asan-1/1/a", job=1, **kwargs):
    facts = {"copy_no": 0, "expires_in_s": 600.0, "now": NOW} | kwargs
    return journal.accept(key, job, "kiosk-1", b"slip", **facts)


def test_a_job_that_was_had_before_is_told_of_and_not_printed_again(journal):
    assert accept(journal)
    journal.mark_sending("asan-1/1/a", process_id="0001", now=NOW)
    journal.mark_printed("asan-1/1/a", confirmed="process-id", bytes_sent=4, now=NOW)
    [told] = journal.untold()
    journal.mark_told(told["id"], told["version"])

    again = accept(journal)

    assert not again
    assert journal.take_next("kiosk-1", NOW) is None
    assert [(row["job"], row["state"]) for row in journal.untold()] == [(1, "printed")]


def test_the_same_number_of_another_database_is_another_job(journal):
    accept(journal)

    assert accept(journal, key="asan-1/1/b")


def test_a_change_while_it_is_being_told_is_told_too(journal):
    accept(journal)
    journal.mark_retry("asan-1/1/a", reason="paper_out", next_try_at=NOW)
    [told] = journal.untold()
    journal.mark_failed("asan-1/1/a", reason="expired", now=NOW)

    journal.mark_told(told["id"], told["version"])

    assert [row["state"] for row in journal.untold()] == ["failed"]


def test_what_was_being_sent_is_held_after_a_power_cut(tmp_path):
    first = Journal(tmp_path / "jobs.sqlite")
    accept(first)
    first.mark_sending("asan-1/1/a", process_id="0001", now=NOW)
    first.close()
    second = Journal(tmp_path / "jobs.sqlite")

    held = second.hold_interrupted("kiosk-1", NOW)

    assert held == 1
    assert [(row["state"], row["reason"]) for row in second.untold()] == [("held", "interrupted")]
    second.close()


def test_a_job_expires_by_the_agents_own_clock(journal):
    accept(journal, expires_in_s=60.0)

    assert journal.take_next("kiosk-1", NOW).expires_at == NOW + timedelta(seconds=60)


class AgentProcess:
    """`navbat agent` in a process of its own."""

    def __init__(self, folder, server, token, printer):
        self.folder, self.server, self.token, self.printer = folder, server, token, printer
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "server", "agent", "--server", self.server]
        command += ["--printer", self.printer, "--data-dir", str(self.folder)]
        environment = clean_environment() | {"NAVBAT_DEVICE_TOKEN": self.token}
        with (self.folder.parent / "agent.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def kill(self):
        self.process.kill()
        self.process.wait(5)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(5)


class Wire:
    """A network between agent and server that can be cut."""

    def __init__(self, port):
        self._target, self._ends, self.is_cut = port, [], False
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        self.is_cut = True
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._ends.clear()

    def mend(self):
        self.is_cut = False

    def close(self):
        self.cut()
        self._server.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                if self.is_cut:
                    near.close()
                    continue
                try:
                    far = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    near.close()
                    continue
                self._ends += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    @staticmethod
    def _carry(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def hall(tmp_path):
    """A server whose kiosk prints at an agent's printer; its tokens."""

    def change(centre):
        open_all_day(centre)
        centre["printers"][0]["uri"] = "agent:kiosk-1-printer"

    path = write_config(tmp_path / "config.yaml", change)
    data_dir = tmp_path / "data"
    tokens = {}
    for name, kind in (("kiosk-1-printer", "printer"), ("kiosk-1", "kiosk")):
        made = run_command(
            "device", "add", name, "--kind", kind, "--printer", "kiosk-1", "--config", str(path), "--data-dir",
            str(data_dir),
        )  # fmt: skip
        tokens[kind] = made.stdout.strip()
    made = run_command(
        "user", "add", "boss", "--role", "supervisor", "--password-stdin", "--config", str(path), "--data-dir",
        str(data_dir), text="növbə və qapı\n",
    )  # fmt: skip
    server = Server(data_dir, "serve", "--config", str(path))
    yield server, tokens
    server.clear_up()


@pytest.mark.slow
def test_no_slip_is_lost_or_doubled_through_every_restart(hall, tmp_path):
    server, tokens = hall
    server.start()
    printer = PrinterEmulator(bytes_per_s=400_000)
    wire = Wire(server.port)
    (tmp_path / "agent").mkdir()
    agent = AgentProcess(tmp_path / "agent", wire.url, tokens["printer"], printer.uri)
    agent.start()
    boss = server.sign_in("boss", "növbə və qapı")

    def issue():
        body = {"service": "birth", "language": "az"}
        return server.api("POST", "/tickets", body, token=tokens["kiosk"])["number"]

    def states():
        return {job["number"]: job["state"] for job in server.api("GET", "/print-jobs", token=boss)["jobs"]}

    def all_printed(count):
        found = states()
        return len(found) == count and set(found.values()) == {"printed"}

    try:
        # The agent comes, and prints.
        issue()
        eventually(lambda: all_printed(1), within_s=20)

        # Nobody is there to print: the jobs wait, and the agent has them when it comes.
        agent.kill()
        eventually(lambda: _problem(server, boss) == "unreachable")
        numbers = [issue() for _ in range(2)]
        assert {states()[number] for number in numbers} == {"queued"}
        agent.start()
        eventually(lambda: all_printed(3), within_s=20)

        # The network goes with slips on their way; they are printed without it, and told when it is back.
        for _ in range(3):
            issue()
        wire.cut()
        eventually(lambda: _problem(server, boss) == "unreachable")
        wire.mend()
        eventually(lambda: all_printed(6), within_s=30)

        # The server is killed with slips on their way.
        for _ in range(3):
            issue()
        server.kill()
        server.start()
        eventually(lambda: all_printed(9), within_s=30)

        # The printer runs out of paper: known before anybody waits for it, and printed when there is some.
        printer.fault("paper_out")
        issue()
        eventually(
            lambda: server.api("GET", "/print-jobs", token=boss)["jobs"][0]["reason"] == "paper_out",
            within_s=30,
        )
        printer.fault("ready")
        eventually(lambda: all_printed(10), within_s=60)
    finally:
        assert agent.stop() == 0
        wire.close()
        printer.close()

    pictures = [picture.tobytes() for slip in printer.slips for picture in decode(slip, dots=576).pictures]
    assert len(pictures) == 10
    assert len(set(pictures)) == 10


def _problem(server, token):
    printers = server.api("GET", "/printers", token=token)["printers"]
    return next(each["problem"] for each in printers if each["key"] == "kiosk-1")


def test_an_agent_without_a_token_says_what_it_needs(tmp_path):
    ended = run_command("agent", "--server", "http://127.0.0.1:9", "--printer", "tcp://127.0.0.1:9100")

    assert ended.returncode == 1
    assert "NAVBAT_DEVICE_TOKEN" in ended.stderr


def test_an_agent_with_an_address_that_is_none_names_those_that_work(tmp_path):
    ended = run_command(
        "agent", "--server", "http://127.0.0.1:9", "--printer", "printer", NAVBAT_DEVICE_TOKEN="x"
    )

    assert ended.returncode == 1
    assert "usb:///dev/usb/lp0" in ended.stderr
