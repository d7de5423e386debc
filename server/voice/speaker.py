"""Who speaks: the recordings where they have it all, else the synthesiser, else nobody here."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from server.voice import espeak
from server.voice.kept import Kept
from server.voice.recordings import Recordings
from server.voice.synthesis import Synthesis

if TYPE_CHECKING:
    from server.config import Config
    from server.spoken import Announcement

FOLDER = "voice"


class Speaker:
    """Turns sentences into sounds; None means that the browser should speak with its own voice."""

    def __init__(
        self, kept: Kept, *, synthesis: Synthesis | None = None, recordings: Recordings | None = None
    ) -> None:
        self._kept = kept
        self._synthesis = synthesis
        self._recordings = recordings
        # Fifty displays ask for the same sentence in the same moment: one makes it, the others find it.
        self._making = threading.Lock()

    @property
    def speaks(self) -> bool:
        """Tell whether there is a voice here at all."""
        return self._synthesis is not None or self._recordings is not None

    def announce(self, announcement: Announcement) -> bytes | None:
        """Return the sound of a call as a WAV file."""
        recorded = self._recordings.say(announcement) if self._recordings else None
        return recorded or self.read(announcement.text, announcement.language)

    def read(self, text: str, language: str) -> bytes | None:
        """Return the sound of a text as a WAV file."""
        if self._synthesis is None or not text:
            return None
        sound = self._kept.get(text, language)
        if sound is not None:
            return sound
        with self._making:
            sound = self._kept.get(text, language)
            if sound is None:
                sound = self._synthesis.say(text, language)
                if sound is not None:
                    self._kept.put(text, language, sound)
        return sound

    def close(self) -> None:
        """End the synthesiser."""
        if self._synthesis is not None:
            self._synthesis.close()


def make_speaker(config: Config, data_dir: Path) -> Speaker:
    """Wire the voice that a centre has."""
    voice = config.voice
    return Speaker(
        Kept(data_dir / FOLDER),
        synthesis=Synthesis() if voice.synthesis and espeak.is_installed() else None,
        recordings=Recordings(Path(voice.recordings)) if voice.recordings else None,
    )
