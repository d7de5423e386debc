"""The catalogues: every language says the same things, with the same facts and the plurals that it needs."""

from __future__ import annotations

import datetime
import json
import re
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from server import wording
from server.config import ConfigErrors
from server.errors import QueueError
from server.uzbek import to_cyrillic
from server.wording import TRANSLATIONS, Wording, available_languages, catalogue, paper_languages

BAKU = ZoneInfo("Asia/Baku")
STATE_LANGUAGE = "az"
OTHERS = [language for language in available_languages() if language != STATE_LANGUAGE]
FILES = sorted(TRANSLATIONS.glob("*/*.json"))


# Slips speak these too; no screen does, so that they have the words of slips and no others.
ONLY_ON_PAPER = [language for language in paper_languages() if language not in available_languages()]


def of_paper(language):
    return {key: text for key, text in catalogue(language).items() if key.startswith("paper.")}


def variants(text):
    return list(text.values()) if isinstance(text, dict) else [text]


def placeholders(text):
    return {
        name for variant in variants(text) for _, name, _, _ in Formatter().parse(variant) if name is not None
    }


def test_the_five_languages_are_there():
    assert set(available_languages()) == {"az", "uz", "ru", "en", "tr"}


def test_slips_speak_three_languages_more():
    assert set(ONLY_ON_PAPER) == {"uz-Cyrl", "ka", "ar"}


@pytest.mark.parametrize("language", ONLY_ON_PAPER)
def test_a_language_of_slips_says_all_that_slips_say_and_nothing_else(language):
    ours, theirs = of_paper(STATE_LANGUAGE), catalogue(language)

    assert set(theirs) == set(ours)


@pytest.mark.parametrize("language", ONLY_ON_PAPER)
def test_a_language_of_slips_uses_facts_that_there_are(language):
    """Of a count a language may say the number in letters, as Arabic does; it may not ask for another fact."""
    ours = of_paper(STATE_LANGUAGE)

    strange = {
        key for key, text in catalogue(language).items() if not placeholders(text) <= placeholders(ours[key])
    }
    lost = {
        key
        for key, text in catalogue(language).items()
        if isinstance(text, str) and placeholders(text) != placeholders(ours[key])
    }

    assert (strange, lost) == (set(), set())


def test_uzbek_in_cyrillic_letters_says_what_uzbek_says():
    latin = of_paper("uz")

    differing = {
        key: text
        for key, text in catalogue("uz-Cyrl").items()
        if isinstance(text, str)
        and "sample" not in key
        and to_cyrillic(str(latin[key])).casefold().replace("ц", "с") != text.casefold().replace("ц", "с")
    }

    assert differing == {}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_says_what_the_state_language_says(language):
    wanted, there = set(catalogue(STATE_LANGUAGE)), set(catalogue(language))

    assert sorted(wanted - there) == [], "missing"
    assert sorted(there - wanted) == [], "needless"


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_uses_the_same_facts(language):
    ours, theirs = catalogue(STATE_LANGUAGE), catalogue(language)

    differing = {key for key in ours.keys() & theirs if placeholders(ours[key]) != placeholders(theirs[key])}

    assert differing == set()


@pytest.mark.parametrize("language", paper_languages())
def test_a_sentence_that_counts_has_every_plural_of_its_language(language):
    wanted = {*Locale.parse(language, sep="-").plural_form.tags, "other"}

    wrong = {
        key: sorted(text)
        for key, text in catalogue(language).items()
        if isinstance(text, dict) and set(text) != wanted
    }

    assert wrong == {}


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_sentences_count_in_every_language(language):
    ours, theirs = catalogue(STATE_LANGUAGE), catalogue(language)

    differing = {
        key for key in ours.keys() & theirs if isinstance(ours[key], dict) != isinstance(theirs[key], dict)
    }

    assert differing == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_catalogue_is_flat_text_without_doubled_keys_or_stray_spaces(file):
    pairs = json.loads(file.read_text("utf-8"), object_pairs_hook=list)

    keys = [key for key, _ in pairs]
    texts = [
        part for _, text in pairs for part in ([v for _, v in text] if isinstance(text, list) else [text])
    ]

    assert len(keys) == len(set(keys))
    assert all(isinstance(text, str) and text == text.strip() and text for text in texts)


@pytest.mark.parametrize("file", sorted(TRANSLATIONS.glob("uz/*.json")), ids=lambda file: file.stem)
def test_uzbek_is_written_with_its_own_letters(file):
    text = file.read_text("utf-8")

    assert re.findall(r"\w*[OoGg]['’‘`]\w*", text) == [], "o and g take U+02BB"


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("ru", 1, "1 человек ждёт"),
        ("ru", 3, "3 человека ждут"),
        ("ru", 11, "11 человек ждут"),
        ("ru", 21, "21 человек ждёт"),
        ("en", 1, "1 person waiting"),
        ("az", 5, "5 nəfər gözləyir"),
        ("uz", 5, "5 kishi kutmoqda"),
    ],
)
def test_the_plural_follows_the_number(language, n, said):
    assert Wording(language).text("common.waiting", n=n) == said


def test_a_missing_sentence_is_an_error_where_a_gap_must_be_noticed():
    with pytest.raises(KeyError, match="no_such_sentence"):
        Wording("ru").text("common.no_such_sentence")


def test_a_missing_sentence_is_said_in_the_state_language_where_work_must_go_on(monkeypatch, caplog):
    monkeypatch.delitem(catalogue("ru"), "common.yes")

    said = Wording("ru", fallback="az").text("common.yes")

    assert said == "Bəli"
    assert "missing wording" in caplog.text


def every_error(base=QueueError):
    for error in base.__subclasses__():
        yield error
        yield from every_error(error)


def test_every_refusal_can_be_said():
    errors = {*every_error(), ConfigErrors}

    unsaid = {error.key for error in errors if f"errors.{error.key}" not in catalogue(STATE_LANGUAGE)}

    assert unsaid == set()


def test_a_refusal_is_said_without_any_fact():
    errors = {key: text for key, text in catalogue(STATE_LANGUAGE).items() if key.startswith("errors.")}

    needing = {error.key for error in every_error() if placeholders(errors[f"errors.{error.key}"])}

    assert needing == set()


def test_what_is_not_said_can_be_asked_for():
    assert Wording("en").has("errors.centre_closed_detail")
    assert not Wording("en").has("errors.already_rated_detail")


def test_a_name_that_a_language_lacks_is_given_in_the_state_language():
    assert Wording("ru").name({"az": "Notariat", "ru": "Нотариат"}) == "Нотариат"
    assert Wording("tr").name({"az": "Notariat", "ru": "Нотариат"}) == "Notariat"


def test_a_page_gets_only_the_parts_it_names():
    texts = wording.texts("en", "common")

    assert texts["common.yes"] == "Yes"
    assert all(key.startswith("common.") for key in texts)


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("az", "24 noyabr 2026"),
        ("uz", "24-noyabr, 2026"),
        ("ru", "24 ноября 2026\u00a0г."),
        ("en", "24 November 2026"),
        ("tr", "24 Kasım 2026"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(language, day):
    assert wording.date(datetime.date(2026, 11, 24), language) == day


def test_a_moment_is_shown_by_the_centres_clock():
    late = datetime.datetime(2026, 11, 23, 21, 5, tzinfo=datetime.UTC)

    assert wording.clock_time(late, "en", BAKU) == "01:05"
    assert wording.date(late, "en", BAKU) == "24 November 2026"
    assert wording.date_time(late, "az", BAKU) == "24 noyabr 2026 01:05"


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        ("06:41:10", "06:53:00", "10:40–10:55"),
        ("06:40:00", "06:55:00", "10:40–10:55"),
        ("06:40:01", "06:55:01", "10:40–11:00"),
        ("06:45:00", "06:45:00", "10:45"),
    ],
)
def test_an_expected_time_is_rounded_outward_to_five_minutes(low, high, shown):
    low, high = (datetime.datetime.fromisoformat(f"2026-11-24T{at}+00:00") for at in (low, high))

    assert wording.clock_range(low, high, "en", BAKU) == shown


@pytest.mark.parametrize(
    ("low_s", "high_s", "shown"),
    [(0, 30, "1 minute"), (290, 610, "4–11 minutes"), (300, 300, "5 minutes"), (0, 0, "1 minute")],
)
def test_a_span_of_minutes_is_rounded_outward(low_s, high_s, shown):
    assert wording.minutes_range(low_s, high_s, "en") == shown


@pytest.mark.parametrize(
    ("language", "seconds", "shown"),
    [("en", 5, "1 minute"), ("ru", 3900, "1 час 5 минут"), ("uz", 7200, "2 soat"), ("az", 600, "10 dəqiqə")],
)
def test_a_duration_is_said_in_whole_minutes(language, seconds, shown):
    assert wording.duration(seconds, language) == shown
