"""`navbat voice`: a call that can be heard beforehand, and the list for who records."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.cli import run

CONFIG = str(Path(__file__).parents[2] / "config.yaml")


def test_a_call_is_written_as_a_sound_and_as_words(tmp_path, capsys):
    out = tmp_path / "call.wav"
    options = ["--config", CONFIG, "--data-dir", str(tmp_path), "--language", "ru", "--out", str(out)]

    status = run(["voice", "say", "a105", "6", *options])

    assert status == 0
    assert capsys.readouterr().out == "Талон А сто пять, пройдите к окну номер шесть.\n"
    assert out.read_bytes().startswith(b"RIFF")


def test_the_recordings_of_a_language_are_listed_with_their_words(capsys):
    run(["voice", "recordings", "--config", CONFIG, "--language", "uz", "--missing"])

    listed = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert listed["uz/letter-q.wav"] == "qe"
    assert listed["uz/number-100.wav"] == "yuz"
    assert listed["uz/ordinal-6.wav"] == "oltinchi"
    assert listed["uz/phrase-between.wav"] == "raqamli talon,"


@pytest.mark.parametrize("act", [["say", "A105", "6"], ["recordings"]])
def test_a_language_that_the_centre_does_not_speak_is_named(act, capsys):
    status = run(["voice", *act, "--config", CONFIG, "--language", "de"])

    assert status == 1
    assert capsys.readouterr().err == "--language: one of az, uz, ru, en, tr\n"
