"""The section `voice`: how loud, when not, and where the recordings lie."""

from __future__ import annotations

import pytest

from server.config import ConfigErrors, load
from server.config.voice import Voice
from tests.centres import write_config


def read(tmp_path, voice):
    return load(write_config(tmp_path / "config.yaml", lambda centre: centre.update(voice=voice))).voice


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        ({"volum": 50}, "did you mean `volume`?"),
        ({"volume": 101}, "voice.volume"),
        ({"repeat": 4}, "voice.repeat"),
        ({"quiet": ["22:00-06:00"]}, "closes at 06:00, before it opens at 22:00"),
        ({"quiet": ["night"]}, 'hours are written "09:00-18:00"'),
        ({"zones": {"z": {"volume": 10}}}, "unknown zone `z`"),
        ({"zones": {"b": {"loud": 10}}}, "unknown key `loud`"),
        ({"recordings": "nowhere"}, "there is no folder nowhere"),
    ],
    ids=str,
)
def test_what_cannot_be_heard_is_named(tmp_path, voice, said):
    with pytest.raises(ConfigErrors) as found:
        read(tmp_path, voice)

    assert any(said in str(problem) for problem in found.value.problems)


def test_the_folder_of_recordings_is_named_from_the_root(tmp_path):
    (tmp_path / "recordings").mkdir()

    assert read(tmp_path, {"recordings": "recordings"}).recordings == str(tmp_path / "recordings")


def test_a_zone_differs_only_in_what_it_says(tmp_path):
    voice = read(tmp_path, {"volume": 60, "quiet": ["13:00-14:00"], "zones": {"b": {"volume": 20}}})

    assert (voice.volume_in("b"), voice.volume_in("a"), voice.volume_in(None)) == (20, 60, 60)
    assert voice.is_quiet("b", "13:30")
    assert not voice.is_quiet("b", "14:00")


@pytest.mark.parametrize(
    ("clock", "is_quiet"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("08:00", False)],
)
def test_a_night_is_two_spans(clock, is_quiet):
    voice = Voice.model_validate({"quiet": ["00:00-08:00", "22:00-24:00"]})

    assert voice.is_quiet(None, clock) == is_quiet
