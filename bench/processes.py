"""The processes that are measured: started here, watched through /proc, ended by their number."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
START_WITHIN_S = 90.0
STOP_WITHIN_S = 10.0


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_s(pid: int) -> float:
    """Read how long a process and its ended children have run."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mib(pid: int) -> float:
    """Read how much memory a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has ended")


class Server:
    """
    A server in a process of its own.

    Args:
        arguments: After `python`, with "{port}" where the port stands.
        ready: A path that answers when it serves; any status will do.
    """

    def __init__(
        self, arguments: list[str], *, ready: str, log: Path, environment: dict[str, str] | None = None
    ) -> None:
        self.port = free_port()
        self.log = log
        started_at = time.perf_counter()
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, *(each.format(port=self.port) for each in arguments)],
                cwd=ROOT,
                env=os.environ | (environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.pid = self._process.pid
        self._await(ready)
        self.first_answer_s = time.perf_counter() - started_at

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _await(self, path: str) -> None:
        give_up_at = time.perf_counter() + START_WITHIN_S
        while time.perf_counter() < give_up_at:
            if self._process.poll() is not None:
                raise RuntimeError(f"it ended at once:\n{self.log.read_text(errors='replace')[-3000:]}")
            with contextlib.suppress(OSError):
                with contextlib.suppress(urllib.error.HTTPError):
                    urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).close()
                return
            time.sleep(0.005)
        self.stop()
        raise RuntimeError(f"no answer within {START_WITHIN_S:.0f} s; see {self.log}")


def run_client(plan: dict[str, Any]) -> dict[str, Any]:
    """Run a load in a process of its own and read what it saw."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        done = subprocess.run(
            [sys.executable, "-m", "bench.client"],
            cwd=ROOT,
            input=json.dumps(plan | {"result": file.name}),
            capture_output=True,
            text=True,
            timeout=600,
        )
        if done.returncode:
            raise RuntimeError(f"the load failed:\n{done.stderr[-3000:]}")
        result: dict[str, Any] = json.loads(Path(file.name).read_bytes())
        return result
