"""
The synthesiser's process: `python -m server.voice.espeak`.

espeak-ng is under the GPL, so it is never loaded into the server: this program is started beside it, gets a text and
gives a sound, and may be killed at any time. Each request is four bytes of length and then JSON; each answer four bytes
of length and then a WAV file, empty when there is none.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import io
import json
import signal
import sys
import wave
from typing import Any, BinaryIO

# Slower than people talk to each other: a hall has an echo.
WORDS_PER_MINUTE = {"ru": 130}
USUAL_WORDS_PER_MINUTE = 140
LENGTH_BYTES = 4

_SYNCHRONOUS, _UTF8, _IPA = 2, 1, 0x02
_RATE_PARAMETER = 1
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def is_installed() -> bool:
    """Tell whether there is a synthesiser to start, without loading it."""
    return importlib.util.find_spec("espeakng_loader") is not None or _of_the_system() is not None


def _of_the_system() -> str | None:
    return ctypes.util.find_library("espeak-ng")


class Espeak:
    """
    The library, loaded.

    Raises:
        OSError: It is not there or does not start.
    """

    def __init__(self) -> None:
        path, data = _find()
        self._library = ctypes.CDLL(path)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, 0)
        if self._rate <= 0:
            raise OSError("espeak-ng does not start")
        self._chunks: list[bytes] = []
        # Kept here, or it would be freed while the library calls it.
        self._callback = _Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, language: str) -> bytes:
        """Return a WAV file; empty for a language that it does not know."""
        if not self._choose(language):
            return b""
        self._chunks.clear()
        data = text.encode()
        if self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None) != 0:
            return b""
        return _wav(b"".join(self._chunks), self._rate)

    def phonemes(self, text: str, language: str) -> str:
        """Tell how it pronounces a text, in the IPA."""
        if not self._choose(language):
            return ""
        rest = ctypes.c_char_p(text.encode())
        clauses = []
        while rest.value:
            clauses.append(self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA).decode())
        return " ".join(clauses)

    def _choose(self, language: str) -> bool:
        if self._library.espeak_SetVoiceByName(language.encode()) != 0:
            return False
        rate = WORDS_PER_MINUTE.get(language, USUAL_WORDS_PER_MINUTE)
        self._library.espeak_SetParameter(_RATE_PARAMETER, rate, 0)
        return True

    def _take(self, samples: int | None, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._chunks.append(ctypes.string_at(samples, count * 2))
        return 0


def _find() -> tuple[str, bytes | None]:
    if importlib.util.find_spec("espeakng_loader") is not None:
        import espeakng_loader

        return str(espeakng_loader.get_library_path()), str(espeakng_loader.get_data_path()).encode()
    path = _of_the_system()
    if path is None:
        raise OSError("espeak-ng is not installed")
    return path, None


def _wav(samples: bytes, rate: int) -> bytes:
    if not samples:
        return b""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return file.getvalue()


def write(stream: BinaryIO | Any, data: bytes) -> None:
    """Write a request or an answer."""
    stream.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
    stream.flush()


def read(stream: BinaryIO | Any) -> bytes:
    """
    Read one.

    Raises:
        EOFError: The other side is gone.
    """
    return _read_bytes(stream, int.from_bytes(_read_bytes(stream, LENGTH_BYTES), "big"))


def _read_bytes(stream: Any, length: int) -> bytes:
    data = b""
    while len(data) < length:
        more = stream.read(length - len(data))
        if not more:
            raise EOFError("the other side is gone")
        data += more
    return data


def main() -> None:
    """Answer until the input ends."""
    # Ctrl-C goes to the whole group: the server then closes our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    espeak = Espeak()
    while True:
        try:
            wanted = json.loads(read(source))
        except EOFError:
            return
        write(sink, espeak.say(wanted["text"], wanted["language"]))


if __name__ == "__main__":
    main()
