"""Sounds that were made already, as files: bounded, and safe to lose."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024 * 1024
# Another way to speak the same text: a new number makes the old files useless, and time clears them away.
EDITION = 1


class Kept:
    """A folder of sounds by what they say; the longest unused go first."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def get(self, text: str, language: str) -> bytes | None:
        """Find a sound."""
        path = self._path(text, language)
        try:
            sound = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return sound

    def put(self, text: str, language: str, sound: bytes) -> None:
        """Keep a sound; a disk that is full or read-only keeps none, and that is no fault of the caller's."""
        path = self._path(text, language)
        # Several workers may write the same one.
        fresh = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(sound)
            fresh.replace(path)
            self._clear()
        except OSError as error:
            log.warning("a sound could not be kept: %s", error)

    def _clear(self) -> None:
        files = [(each.stat(), each) for each in os.scandir(self._folder)]
        total = sum(status.st_size for status, _ in files)
        for status, entry in sorted(files, key=lambda file: file[0].st_mtime_ns):
            if total <= self._most_bytes:
                return
            os.unlink(entry.path)
            total -= status.st_size

    def _path(self, text: str, language: str) -> Path:
        name = hashlib.sha256(f"{EDITION}\0{language}\0{text}".encode()).hexdigest()
        return self._folder / f"{name}.wav"
