"""A real server in a process of its own, on a free port; started, stopped, killed and started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
STARTS_WITHIN_S = 60.0
STOPS_WITHIN_S = 5.0


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(check: Callable[[], Any], *, within_s: float = 20.0, every_s: float = 0.05) -> Any:
    """
    Wait until `check` gives something true, and return that.

    Raises:
        AssertionError: It never did; what `check` itself raised last is its cause.
    """
    deadline = time.monotonic() + within_s
    last: AssertionError | None = None
    while True:
        try:
            if found := check():
                return found
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s} s") from last
        time.sleep(every_s)


class Ended(Exception):
    """The server ended by itself."""


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    data: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.data)


class Server:
    """
    A `navbat` process.

    Args:
        data_dir: Kept between starts.
        arguments: Subcommand and options; port and data folder are added.
        environment: Variables on top of this process's own.
    """

    def __init__(self, data_dir: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.arguments = arguments
        self.environment = environment or {}
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        data_dir.mkdir(parents=True, exist_ok=True)
        self._log = data_dir.parent / f"{data_dir.name}.log"

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it has written, from all its starts."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    def note(self, name: str) -> str:
        """Read what the demonstration noted: "password:official", "device:kiosk-1"."""
        notes: dict[str, str] = json.loads((self.data_dir / "demo.json").read_text("utf-8"))
        return notes[name]

    def start(self, *, within_s: float = STARTS_WITHIN_S) -> Server:
        """Start, and wait until it is ready."""
        command = [sys.executable, "-m", "server", *self.arguments]
        command += ["--port", str(self.port), "--data-dir", str(self.data_dir)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, env=clean_environment() | self.environment
            )
        try:
            eventually(self._is_ready, within_s=within_s)
        except AssertionError:
            self.kill()
            raise AssertionError(f"the server did not get ready:\n{self.log[-4000:]}") from None
        return self

    def stop(self) -> float:
        """Stop it as Ctrl-C does, and tell how many seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"not stopped within {STOPS_WITHIN_S} s:\n{self.log[-4000:]}") from None
        assert status == 0, f"stopped with {status}:\n{self.log[-4000:]}"
        return time.monotonic() - began

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def clear_up(self) -> None:
        """End it, if it still runs, and whatever it started."""
        if self.process is None or self.process.poll() is not None:
            return
        for child in children(self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.kill()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        connection: HTTPConnection | None = None,
        timeout_s: float = 15.0,
    ) -> Answer:
        """Send one request, JSON or a form, over a connection of its own unless one is given."""
        own = connection or HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        kind = "application/json" if form is None else "application/x-www-form-urlencoded"
        data = urlencode(form) if form is not None else json.dumps({} if body is None else body)
        try:
            own.request(
                method, path, None if method == "GET" else data, {"Content-Type": kind, **(headers or {})}
            )
            response = own.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            if connection is None:
                own.close()

    def api(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **kwargs: Any
    ) -> Any:
        """Ask the interface for something that must be possible; returns its JSON, None for an empty answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= kwargs.pop("headers", {})
        answer = self.ask(method, f"/api/v1{path}", body, headers=headers, **kwargs)
        assert answer.status in (200, 201, 204), f"{method} {path}: {answer.status} {answer.data[:500]!r}"
        return answer.json if answer.data else None

    def sign_in(self, username: str, password: str) -> str:
        """Get a bearer token."""
        token: str = self.api("POST", "/auth/token", {"username": username, "password": password})["token"]
        return token

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise Ended(f"the server has ended:\n{self.log[-4000:]}")
        try:
            return self.ask("GET", "/readyz", timeout_s=2).status == 200
        except (OSError, HTTPException):
            return False


def clean_environment() -> dict[str, str]:
    """Give this process's variables without the settings of a server that somebody runs here."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NAVBAT_")}


def run_command(*arguments: str, text: str = "", timeout_s: float = 60, **environment: str) -> Any:
    """Run `navbat` until it ends; the result has returncode, stdout and stderr."""
    return subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env=clean_environment() | environment,
        check=False,
    )


@contextlib.contextmanager
def running(data_dir: Path, *arguments: str, environment: dict[str, str] | None = None) -> Iterator[Server]:
    """Have a server; `navbat demo` without visitors unless told otherwise."""
    server = Server(data_dir, *(arguments or ("demo", "--visitors-per-hour", "0")), environment=environment)
    try:
        yield server.start()
    finally:
        server.clear_up()


def children(pid: int) -> list[int]:
    """List the processes that a process has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid:
                found.append(int(status.parent.name))
    return sorted(found)
