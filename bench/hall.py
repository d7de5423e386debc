"""A hall to measure: the shipped centre, open all day, on a data folder of its own, with a printer of usual speed."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]

from bench import filling
from bench.past import fill_past
from bench.processes import ROOT, Server, free_port

if TYPE_CHECKING:
    from pathlib import Path

    from bench.lanes import Request

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Hall:
    """
    A running server of the hall, and what a load needs to know of it.

    Args:
        past: As many tickets of earlier days are there.
        environment: Such as `NAVBAT_DATABASE_URL`.
        workers: Server processes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        past: int = 0,
        environment: dict[str, str] | None = None,
        workers: int = 1,
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._stack = ExitStack()
        self._environment = environment or {}
        printer_port = free_port()
        self.config = _write_config(folder, printer_port)
        self._printer = subprocess.Popen(
            [sys.executable, "-m", "bench.printer", str(folder / "paper"), str(printer_port)], cwd=ROOT
        )
        self._stack.callback(self._end_printer)
        try:
            self.facts = self._prepare()
            if past:
                fill_past(self.database, self.facts, past)
            self.server = self._stack.enter_context(self._serve(workers))
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Hall:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "data" / "navbat.sqlite"

    def issue(self, service: str, key: str | None = None) -> Request:
        """Write a kiosk's request for a ticket."""
        headers = {"Authorization": f"Bearer {self.facts['kiosk']}"}
        if key:
            headers["Idempotency-Key"] = key
        body = json.dumps({"service": service, "language": "az"})
        return {"method": "POST", "path": "/api/v1/tickets", "headers": headers, "body": body}

    def act(self, counter: dict[str, Any], verb: str) -> Request:
        """Write an official's request."""
        return {
            "method": "POST",
            "path": f"/api/v1/counters/{counter['number']}/{verb}",
            "headers": {"Authorization": f"Bearer {counter['token']}"},
            "body": "{}",
        }

    def fill_waiting(self, per_counter: int, counters: list[dict[str, Any]]) -> None:
        """Let visitors wait for these counters, straight into the database."""
        filling.fill_waiting(self._connection(), self.facts, per_counter, counters)

    def clear(self) -> None:
        """Send all home: a round begins as the one before did."""
        filling.clear(self._connection())

    @property
    def is_sqlite(self) -> bool:
        """Tell which database it is."""
        return "NAVBAT_DATABASE_URL" not in self._environment

    def _connection(self) -> Any:
        """Open the database beside the server."""
        if self.is_sqlite:
            return sqlite3.connect(self.database, timeout=30)
        import psycopg

        return psycopg.connect(self._environment["NAVBAT_DATABASE_URL"].replace("+psycopg", ""))

    def _prepare(self) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "bench.prepare", str(self.config), str(self.folder / "data")],
            cwd=ROOT,
            env=os.environ | self._environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(f"the hall could not be prepared:\n{done.stderr[-3000:]}")
        facts: dict[str, Any] = json.loads(done.stdout)
        return facts

    def _serve(self, workers: int) -> Server:
        arguments = [
            "--config",
            str(self.config),
            "--data-dir",
            str(self.folder / "data"),
            "--port",
            "{port}",
        ]
        return Server(
            ["-m", "server", "serve", *arguments, "--workers", str(workers)],
            ready="/healthz",
            log=self.folder / "server.log",
            environment=self._environment | {"NAVBAT_LOG_LEVEL": "WARNING"},
        )

    def _end_printer(self) -> None:
        self._printer.terminate()
        self._printer.wait(10)


def _write_config(folder: Path, printer_port: int) -> Path:
    """Derive the configuration: open whenever the run is made, and never across midnight."""
    value = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    value["catalogue"] = {name: str(ROOT / file) for name, file in value["catalogue"].items()}
    # POSIX signs these zones the other way round. At noon there, no day ends during the run.
    value["centre"]["timezone"] = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}".replace("+0", "")
    value["centre"]["hours"] = {day: ["00:00-23:59"] for day in DAYS}
    value["centre"]["holidays"] = []
    printer = value["printers"][0] | {"uri": f"tcp://127.0.0.1:{printer_port}"}
    value["printers"] = [printer]
    value["kiosk"]["printer"] = printer["key"]
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), "utf-8")
    return path
