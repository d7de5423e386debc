"""What the voice says, word by word, and what espeak-ng makes of it."""

from __future__ import annotations

import array
import io
import json
import math
import wave

import pytest

from server.domain.numerals import in_words, languages
from server.spoken import LETTERS, PHRASES, announce_call, read_aloud, recordings_needed
from server.voice.espeak import Espeak
from server.voice.synthesis import Synthesis
from server.wording import TRANSLATIONS

CALLS = {
    ("az", "A105", 6): "A yüz beş nömrəli talon, altı nömrəli pəncərəyə yaxınlaşın.",
    ("az", "R012", 23): "er on iki nömrəli talon, iyirmi üç nömrəli pəncərəyə yaxınlaşın.",
    ("uz", "A105", 6): "A yuz besh raqamli talon, oltinchi darchaga marhamat.",
    ("uz", "Q001", 20): "qe bir raqamli talon, yigirmanchi darchaga marhamat.",
    ("ru", "A105", 6): "Талон А сто пять, пройдите к окну номер шесть.",
    ("ru", "M300", 41): "Талон эм триста, пройдите к окну номер сорок один.",
    ("en", "A105", 6): "Ticket A, one hundred and five, please go to counter six.",
    ("en", "AB999", 12): "Ticket A, B, nine hundred and ninety nine, please go to counter twelve.",
    ("tr", "A105", 6): "A yüz beş numara, lütfen altı numaralı gişeye gidiniz.",
    ("tr", "Q10000", 7): "kû bir sıfır sıfır sıfır sıfır numara, lütfen yedi numaralı gişeye gidiniz.",
}
# How the words are heard; espeak-ng's own letters of the IPA, of which Turkish "ü" has two.
HEARD = {
    "az": "jˈyz bˈeʃ",
    "uz": "jˈʊz bˈeʃ",
    "ru": "stˈo pʲˈɑtʲ",
    "en": "wˈɒn hˈʌndɹɪd and fˈaɪv",
    "tr": "jˈøz bˈɛʃ",
}


@pytest.fixture(scope="module")
def espeak():
    return Espeak()


@pytest.fixture(scope="module")
def synthesis():
    synthesis = Synthesis()
    yield synthesis
    synthesis.close()


@pytest.mark.parametrize(("call", "sentence"), CALLS.items(), ids=lambda part: str(part)[:20])
def test_a_call_is_worded_as_people_of_that_language_say_it(call, sentence):
    language, number, counter = call

    assert announce_call(number, counter, language).text == sentence


@pytest.mark.parametrize("language", languages())
def test_every_letter_of_a_series_has_a_name_and_no_two_share_it(language):
    words = json.loads((TRANSLATIONS / language / "voice.json").read_text("utf-8"))

    names = [words[f"letter_{letter.lower()}"] for letter in LETTERS]

    assert len(set(names)) == len(LETTERS)


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("az", "Nömrəniz A105", "Nömrəniz A yüz beş"),
        ("az", "10:40–10:55", "on qırx, on əlli beş"),
        ("ru", "Ещё 2 минуты, 1 человек", "Ещё две минуты, один человек"),
        ("ru", "в 10:05", "в десять ноль пять"),
        ("en", "by 11:00", "by eleven o’clock"),
        ("uz", "5 kishi kutmoqda", "besh kishi kutmoqda"),
        ("tr", "21 dakika", "yirmi bir dakika"),
        ("en", "A\x00 B <break/> & [[x]]", "A B <break/> & [[x]]"),
        ("en", "3.5 km, 123456", "3.5 km, 123456"),
    ],
)
def test_a_screen_is_read_with_its_numbers_in_words(language, text, said):
    assert read_aloud(text, language) == said


@pytest.mark.parametrize("language", languages())
def test_espeak_hears_the_words_of_a_number_and_no_digits(language, espeak):
    words = in_words(105, language)

    assert espeak.phonemes(words, language) == HEARD[language]
    assert espeak.phonemes(words, language) in espeak.phonemes(
        announce_call("A105", 6, language).text, language
    )


def test_an_english_letter_is_no_article(espeak):
    assert "ˈeɪ" in espeak.phonemes("Ticket A, one", "en")


@pytest.mark.parametrize("language", languages())
def test_espeak_says_every_number_word_differently(language, espeak):
    numbers = [*range(121), *range(150, 1000, 57)]

    heard = {number: espeak.phonemes(in_words(number, language), language) for number in numbers}

    assert len(set(heard.values())) == len(heard)


@pytest.mark.parametrize("language", languages())
def test_a_call_is_a_sound_of_sane_length_and_loudness(language, synthesis):
    announcement = announce_call("A105", 6, language)

    sound = synthesis.say(announcement.text, language)

    assert sound is not None
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        samples = array.array("h", file.readframes(file.getnframes()))
        seconds = len(samples) / file.getframerate()
    loudness = math.sqrt(sum(sample * sample for sample in samples) / len(samples))
    assert 1.5 < seconds < 8
    assert max(samples) > 8_000, "the loudest moment"
    assert loudness > 800, "silence, or nearly"
    # No second of it is silent but for the pause between the two halves.
    assert seconds / len(announcement.text.split()) < 0.9


@pytest.mark.parametrize("language", languages())
def test_the_recordings_that_are_asked_for_are_enough_for_every_call(language):
    needed = {piece.name for piece in recordings_needed(language, ("A", "Q", "AB"), tuple(range(1, 61)))}

    used = {
        piece.name
        for number in ("A001", "Q105", "AB999", "A420", "Q019")
        for counter in (1, 6, 20, 57)
        for piece in announce_call(number, counter, language).pieces
    }

    assert used <= needed
    assert len(needed) < 70
    assert {name for name in needed if name.startswith("phrase")} <= set(PHRASES)
