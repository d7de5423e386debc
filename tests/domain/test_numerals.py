"""Numbers in words, in five languages."""

from __future__ import annotations

import pytest

from server.domain.numerals import MOST, cardinal, in_words, languages, number_of_counter, ordinal

SAID = {
    "az": {
        0: "sıfır",
        4: "dörd",
        10: "on",
        11: "on bir",
        20: "iyirmi",
        40: "qırx",
        99: "doxsan doqquz",
        100: "yüz",
        105: "yüz beş",
        217: "iki yüz on yeddi",
        840: "səkkiz yüz qırx",
        999: "doqquz yüz doxsan doqquz",
        1000: "min",
        2016: "iki min on altı",
    },
    "uz": {
        0: "nol",
        4: "toʻrt",
        10: "oʻn",
        19: "oʻn toʻqqiz",
        30: "oʻttiz",
        105: "yuz besh",
        380: "uch yuz sakson",
        999: "toʻqqiz yuz toʻqson toʻqqiz",
        1000: "ming",
        5001: "besh ming bir",
    },
    "ru": {
        0: "ноль",
        1: "один",
        2: "два",
        12: "двенадцать",
        21: "двадцать один",
        40: "сорок",
        90: "девяносто",
        105: "сто пять",
        200: "двести",
        316: "триста шестнадцать",
        999: "девятьсот девяносто девять",
        1000: "тысяча",
        2002: "две тысячи два",
        5100: "пять тысяч сто",
    },
    "en": {
        0: "zero",
        13: "thirteen",
        21: "twenty one",
        100: "one hundred",
        105: "one hundred and five",
        999: "nine hundred and ninety nine",
        1000: "one thousand",
        1005: "one thousand and five",
        1100: "one thousand one hundred",
        1105: "one thousand one hundred and five",
    },
    "tr": {
        0: "sıfır",
        8: "sekiz",
        11: "on bir",
        40: "kırk",
        105: "yüz beş",
        670: "altı yüz yetmiş",
        999: "dokuz yüz doksan dokuz",
        1000: "bin",
        4012: "dört bin on iki",
    },
}


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [(language, number, words) for language, said in SAID.items() for number, words in said.items()],
)
def test_a_number_is_written_as_it_is_said(language, number, words):
    assert in_words(number, language) == words


def test_the_five_languages_are_there():
    assert languages() == ("az", "en", "ru", "tr", "uz")


@pytest.mark.parametrize("language", languages())
def test_no_two_numbers_sound_the_same_and_none_has_a_digit(language):
    said = [in_words(number, language) for number in range(MOST + 1)]

    assert len(set(said)) == len(said)
    assert not any(sign.isdigit() for words in said for sign in words)


@pytest.mark.parametrize("language", languages())
def test_a_recording_has_one_content_and_a_content_one_recording(language):
    pieces = {piece for number in range(MOST + 1) for piece in cardinal(number, language)}

    assert len({piece.name for piece in pieces}) == len({piece.words for piece in pieces}) == len(pieces)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "birinchi"),
        (2, "ikkinchi"),
        (4, "toʻrtinchi"),
        (6, "oltinchi"),
        (7, "yettinchi"),
        (10, "oʻninchi"),
        (20, "yigirmanchi"),
        (26, "yigirma oltinchi"),
        (40, "qirqinchi"),
        (100, "yuzinchi"),
        (112, "yuz oʻn ikkinchi"),
    ],
)
def test_uzbek_counts_its_counters_in_a_row(number, words):
    assert " ".join(piece.words for piece in ordinal(number, "uz")) == words
    assert number_of_counter(number, "uz") == ordinal(number, "uz")


@pytest.mark.parametrize("language", ["az", "ru", "en", "tr"])
def test_the_others_name_a_counter_by_its_plain_number(language):
    assert number_of_counter(26, language) == cardinal(26, language)


@pytest.mark.parametrize(
    ("number", "words"), [(1, "одна"), (22, "двадцать две"), (11, "одиннадцать"), (5, "пять")]
)
def test_russian_minutes_are_feminine(number, words):
    assert in_words(number, "ru", feminine=True) == words


@pytest.mark.parametrize("number", [-1, MOST + 1])
def test_a_number_without_words_is_refused(number):
    with pytest.raises(ValueError, match="no words"):
        cardinal(number, "az")
