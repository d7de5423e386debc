"""Keeps the synthesiser's process: starts it at the first word, kills it when it hangs, lets it rest when it fails."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from server.children import end_child
from server.voice import espeak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent.parent
COMMAND = (sys.executable, "-m", "server.voice.espeak")
# Some hundred times what a sentence takes.
LONGEST_S = 5.0
# One failure may be chance. After several in a row the hall speaks with the browsers' voices for a while.
FAILURES = 3
REST_S = 30.0


class Synthesis:
    """
    The voice of espeak-ng, in a process of its own.

    Args:
        command: What to start, for tests: it speaks as `server.voice.espeak` does.
        longest_s: A text that takes longer is given up, and the process with it.
        monotonic: Seconds, from any moment.
    """

    def __init__(
        self,
        command: Sequence[str] = COMMAND,
        *,
        longest_s: float = LONGEST_S,
        rest_s: float = REST_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = command
        self._longest_s = longest_s
        self._rest_s = rest_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._rests_until = 0.0

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    def say(self, text: str, language: str) -> bytes | None:
        """Return a WAV file, or None: it has no such voice, or there is none at the moment."""
        with self._lock:
            if self._monotonic() < self._rests_until:
                return None
            # It may have been killed since the last word; then a new one tries at once.
            for _ in range(2):
                was_running = self._process is not None
                try:
                    sound = self._ask(text, language)
                except (OSError, EOFError, ValueError) as error:
                    self._end()
                    if was_running:
                        continue
                    self._fail(error)
                    return None
                self._failures = 0
                return sound or None
            return None

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _ask(self, text: str, language: str) -> bytes:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        watch = threading.Timer(self._longest_s, process.kill)
        watch.start()
        try:
            espeak.write(process.stdin, json.dumps({"text": text, "language": language}).encode())
            return espeak.read(process.stdout)
        finally:
            watch.cancel()

    def _start(self) -> subprocess.Popen[bytes]:
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )
        return self._process

    def _fail(self, error: Exception) -> None:
        self._failures += 1
        log.warning("the voice does not answer: %s", error)
        if self._failures >= FAILURES:
            self._failures = 0
            self._rests_until = self._monotonic() + self._rest_s
            log.warning("the voice rests for %.0f s", self._rest_s)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end_child(process)
