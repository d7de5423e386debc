"""Processes that the server starts beside itself."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess


def end_child(process: subprocess.Popen[Any]) -> None:
    """End a process that is asked over its pipes, whatever state it is in."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):  # what it did not read any more cannot be flushed
                stream.close()
    process.wait()
