"""The voice when all goes well, and when its process is killed, hangs, or was never there."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import wave

import pytest

from server.domain.numerals import Piece
from server.spoken import announce_call, recordings_needed
from server.voice.kept import Kept
from server.voice.recordings import Recordings
from server.voice.speaker import Speaker, make_speaker
from server.voice.synthesis import FAILURES, Synthesis

TEXT = "A yüz beş"
HANGS = [sys.executable, "-c", "import sys, time; sys.stdin.buffer.read(4); time.sleep(60)"]
DIES = [sys.executable, "-c", ""]


@pytest.fixture
def synthesis():
    synthesis = Synthesis()
    yield synthesis
    synthesis.close()


class Counting:
    """Counts what is asked of the synthesiser."""

    def __init__(self, sound=b"RIFF sound"):
        self.sound = sound
        self.asked = []

    def say(self, text, language):
        self.asked.append((text, language))
        return self.sound

    def close(self):
        pass


def wav(frames, rate=22_050, channels=1):
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(frames)
    return file.getvalue()


def samples(sound):
    with wave.open(io.BytesIO(sound)) as file:
        return file.readframes(file.getnframes())


# The process.


def test_a_killed_process_is_started_again_for_the_next_word(synthesis):
    first = synthesis.say(TEXT, "az")
    os.kill(synthesis.pid, signal.SIGKILL)

    again = synthesis.say(TEXT, "az")

    assert first == again
    assert first.startswith(b"RIFF")


def test_a_stopped_process_is_given_up_and_replaced(synthesis):
    synthesis = Synthesis(longest_s=0.5)
    synthesis.say(TEXT, "az")
    stopped = synthesis.pid
    os.kill(stopped, signal.SIGSTOP)

    # The stopped one is killed after half a second, and the new one must not be: it may need longer to start.
    synthesis._longest_s, patience = 20.0, threading.Timer(0.5, os.kill, (stopped, signal.SIGKILL))
    patience.start()
    sound = synthesis.say(TEXT, "az")

    assert sound.startswith(b"RIFF")
    assert synthesis.pid != stopped
    synthesis.close()


def test_a_process_that_hangs_costs_its_time_limit_and_no_more():
    synthesis = Synthesis(HANGS, longest_s=0.3)

    assert synthesis.say(TEXT, "az") is None
    assert synthesis.pid is None


def test_a_process_that_always_fails_is_left_in_peace_for_a_while():
    now = [100.0]
    synthesis = Synthesis(DIES, rest_s=30, monotonic=lambda: now[0])
    for _ in range(FAILURES):
        assert synthesis.say(TEXT, "az") is None

    synthesis._command = [sys.executable, "-m", "server.voice.espeak"]
    assert synthesis.say(TEXT, "az") is None, "it rests"
    now[0] += 31

    assert synthesis.say(TEXT, "az") is not None
    synthesis.close()


def test_a_language_without_a_voice_is_no_failure(synthesis):
    assert synthesis.say(TEXT, "xx") is None
    pid = synthesis.pid

    assert synthesis.say(TEXT, "az") is not None
    assert synthesis.pid == pid


def test_a_program_that_is_missing_is_silence():
    assert Synthesis(["/nowhere/espeak"]).say(TEXT, "az") is None


# What is kept.


def test_a_sentence_is_made_once_though_fifty_displays_ask_for_it(tmp_path):
    counting = Counting()
    speaker = Speaker(Kept(tmp_path / "voice"), synthesis=counting)
    heard = []
    threads = [threading.Thread(target=lambda: heard.append(speaker.read(TEXT, "az"))) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert heard == [counting.sound] * 50
    assert counting.asked == [(TEXT, "az")]
    speaker.read(TEXT, "tr")
    assert len(counting.asked) == 2


def test_what_is_kept_is_bounded_and_the_longest_unused_goes_first(tmp_path):
    kept = Kept(tmp_path, most_bytes=3000)
    for index, text in enumerate("abc"):
        kept.put(text, "az", b"x" * 1000)
        os.utime(next(path for path in tmp_path.iterdir() if path == kept._path(text, "az")), (index, index))
    kept.get("a", "az")

    kept.put("d", "az", b"x" * 1000)

    assert [text for text in "abcd" if kept.get(text, "az")] == ["a", "c", "d"]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 3000


def test_a_folder_that_cannot_be_written_costs_no_word(tmp_path):
    (tmp_path / "voice").write_text("a file where the folder should be")
    speaker = Speaker(Kept(tmp_path / "voice"), synthesis=Counting())

    assert speaker.read(TEXT, "az") == b"RIFF sound"


def test_a_hall_without_any_voice_says_so(config, tmp_path):
    voiceless = config.voice.model_copy(update={"synthesis": False})

    speaker = make_speaker(config.model_copy(update={"voice": voiceless}), tmp_path)

    assert speaker.announce(announce_call("A105", 6, "az")) is None
    assert not speaker.speaks


# Recordings.


@pytest.fixture
def recorded(tmp_path):
    """Every recording that calls need, each with content of its own."""
    folder = tmp_path / "recordings" / "uz"
    folder.mkdir(parents=True)
    for index, piece in enumerate(recordings_needed("uz", ("A", "Q"), tuple(range(1, 53)))):
        (folder / f"{piece.name}.wav").write_bytes(wav(bytes((index, 1)) * 10))
    return folder


def test_recordings_are_joined_in_the_order_of_the_sentence(recorded):
    announcement = announce_call("Q105", 26, "uz")

    sound = Recordings(recorded.parent).say(announcement)

    names = ["letter-q", "number-100", "number-5", "phrase-between", "number-20", "ordinal-6", "phrase-after"]
    assert [piece.name for piece in announcement.pieces] == names
    assert samples(sound) == b"".join(samples((recorded / f"{name}.wav").read_bytes()) for name in names)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b"no sound"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(wav(b"\0\0" * 10, rate=16_000)),
        lambda path: path.write_bytes(wav(b"\0\0" * 10, channels=2)),
    ],
    ids=["missing", "no sound", "empty", "another rate", "stereo"],
)
def test_a_sentence_with_a_spoilt_recording_is_synthesised_whole(recorded, tmp_path, spoil):
    spoil(recorded / "number-5.wav")
    counting = Counting()
    speaker = Speaker(Kept(tmp_path / "voice"), synthesis=counting, recordings=Recordings(recorded.parent))

    spoilt = speaker.announce(announce_call("Q105", 26, "uz"))
    whole = speaker.announce(announce_call("Q106", 26, "uz"))

    assert spoilt == counting.sound
    assert counting.asked == [(announce_call("Q105", 26, "uz").text, "uz")]
    assert whole != counting.sound


def test_a_language_that_was_not_recorded_is_synthesised(recorded, tmp_path):
    counting = Counting()
    speaker = Speaker(Kept(tmp_path / "voice"), synthesis=counting, recordings=Recordings(recorded.parent))

    assert speaker.announce(announce_call("Q105", 26, "ru")) == counting.sound


def test_it_can_be_asked_which_recordings_are_missing(recorded):
    (recorded / "letter-a.wav").unlink()
    needed = recordings_needed("uz", ("A",), (1,))

    assert Recordings(recorded.parent).missing("uz", needed) == [Piece("letter-a", "A")]
