"""A person's voice instead of the synthesiser's: WAV files by name, joined into sentences."""

from __future__ import annotations

import io
import logging
import wave
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from server.domain.numerals import Piece
    from server.spoken import Announcement

log = logging.getLogger(__name__)


class Recordings:
    """
    `<folder>/<language>/<name>.wav`: 16 bits, one channel, the same rate throughout a language.

    A sentence of which a single piece is missing is left to the synthesiser whole: half of each would be worse.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._complained: set[str] = set()

    def say(self, announcement: Announcement) -> bytes | None:
        """Join the recordings of a sentence; None when one of them is missing or cannot be used."""
        folder = self._folder / announcement.language
        if not folder.is_dir():
            return None
        frames: list[bytes] = []
        rate = None
        for piece in announcement.pieces:
            try:
                with wave.open(str(folder / f"{piece.name}.wav"), "rb") as sound:
                    shape = (sound.getnchannels(), sound.getsampwidth())
                    if shape != (1, 2) or rate not in (None, sound.getframerate()):
                        self._complain(
                            folder / f"{piece.name}.wav",
                            "must have one channel, 16 bits, the rate of the others",
                        )
                        return None
                    rate = sound.getframerate()
                    frames.append(sound.readframes(sound.getnframes()))
            except FileNotFoundError:
                self._complain(folder / f"{piece.name}.wav", f"is missing: {piece.words}")
                return None
            except (OSError, EOFError, wave.Error) as error:
                self._complain(folder / f"{piece.name}.wav", str(error) or "cannot be read")
                return None
        return _join(frames, rate or 0)

    def missing(self, language: str, pieces: Iterable[Piece]) -> list[Piece]:
        """List the pieces for which there is no file."""
        folder = self._folder / language
        return [piece for piece in pieces if not (folder / f"{piece.name}.wav").is_file()]

    def _complain(self, path: Path, fault: str) -> None:
        """Say it once for each file: a hall calls a thousand times a day."""
        if str(path) not in self._complained:
            self._complained.add(str(path))
            log.warning("recording %s/%s %s", path.parent.name, path.name, fault)


def _join(frames: list[bytes], rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(frames))
    return file.getvalue()
