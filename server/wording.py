"""
What people read, in their language: sentences from the catalogues, times and dates as their language writes them.

A catalogue is `translations/<language>/<part>.json`, flat; the file's `take_ticket` in `kiosk.json` is the key
`kiosk.take_ticket`. A sentence that counts is an object with one text for each of the language's plural categories
(CLDR), chosen by `n`.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.uzbek import to_cyrillic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date as Date
    from datetime import datetime, tzinfo

    from babel import Locale

Catalogue = dict[str, str | dict[str, str]]

TRANSLATIONS = Path(__file__).parent / "translations"
PARTS = ("common", "kiosk", "phone", "counter", "display", "paper", "errors", "demo", "docs")
UZBEK_CYRILLIC = "uz-Cyrl"
REGIONS = {"en": "en-GB"}  # English here is not American: the day comes before the month
CLOCKS = {"ar": "HH:mm"}  # as the hall's displays and its clock show it, not as books do
RANGE_STEP = timedelta(minutes=5)

_log = logging.getLogger(__name__)


@lru_cache
def available_languages() -> tuple[str, ...]:
    """List the languages in which everything is said: screens, voice and paper."""
    return tuple(each for each in paper_languages() if (TRANSLATIONS / each / "common.json").exists())


@lru_cache
def paper_languages() -> tuple[str, ...]:
    """List the languages in which slips can be printed, those that no screen speaks too."""
    return tuple(sorted(file.parent.name for file in TRANSLATIONS.glob("*/paper.json")))


@lru_cache
def catalogue(language: str) -> Catalogue:
    """
    Read all parts that a language has; keys are `part.key`.

    Raises:
        KeyError: There is no such language.
    """
    if language not in paper_languages():
        raise KeyError(f"no translations for {language!r}")
    return {
        f"{file.stem}.{key}": text
        for file in sorted((TRANSLATIONS / language).glob("*.json"))
        for key, text in json.loads(file.read_text("utf-8")).items()
    }


def texts(language: str, *parts: str) -> Catalogue:
    """Pick the sentences of some parts, for a page that speaks for itself."""
    wanted = tuple(f"{part}." for part in parts)
    return {key: text for key, text in catalogue(language).items() if key.startswith(wanted)}


class Wording:
    """
    The sentences of one language.

    Args:
        language: What the reader chose.
        fallback: The state language, asked when a sentence is missing; None where a gap must be noticed.
    """

    def __init__(self, language: str, fallback: str | None = None) -> None:
        self.language = language
        self.fallback = fallback
        self._texts = catalogue(language)

    def text(self, key: str, **facts: Any) -> str:
        """
        Say something.

        Raises:
            KeyError: Neither this language nor the fallback has the sentence, or a fact that it needs is missing.

        >>> Wording("en").text("common.people", n=2)
        '2 people'
        """
        sentence = self._texts.get(key)
        if sentence is None:
            return self._fall_back(key, facts)
        if isinstance(sentence, dict):
            sentence = sentence.get(plural_category(self.language, facts["n"]), sentence["other"])
        return sentence.format(**facts)

    def has(self, key: str) -> bool:
        """Tell whether there is such a sentence, for those that are said only where there is one."""
        return key in self._texts

    def name(self, names: Mapping[str, str]) -> str:
        """Pick a name from a dict by language; the first one is the state language's."""
        if self.language == UZBEK_CYRILLIC and self.language not in names and "uz" in names:
            return to_cyrillic(names["uz"])
        return names.get(self.language) or next(iter(names.values()))

    def _fall_back(self, key: str, facts: dict[str, Any]) -> str:
        if self.fallback is None or self.fallback == self.language:
            raise KeyError(f"{key!r} is not in the catalogue of {self.language!r}")
        _log.error("missing wording", extra={"language": self.language, "key": key})
        return Wording(self.fallback).text(key, **facts)


def said_in_all(key: str, languages: Iterable[str]) -> dict[str, str]:
    """Say the same in several languages, as the configuration names things."""
    return {language: Wording(language).text(key) for language in languages}


def plural_category(language: str, n: float) -> str:
    """
    Name the plural category of a number.

    Source: CLDR plural rules, as Babel has them.

    >>> [plural_category("ru", n) for n in (1, 3, 11, 21)]
    ['one', 'few', 'many', 'one']
    """
    return str(_locale(language).plural_form(n))


def own_name(language: str) -> str:
    """
    Name a language as those who speak it do.

    >>> own_name("az"), own_name("ka")
    ('Azərbaycan', 'ქართული')
    """
    from babel import Locale

    name = str(Locale.parse(language, sep="-").get_display_name() or language)
    # Georgian has capitals for whole words only, which few fonts hold; Uzbek's letter is U+02BB.
    return (name[:1].title() + name[1:]).replace("\u2018", "\u02bb")


def clock_time(at: datetime, language: str, timezone: tzinfo) -> str:
    """Write a time of day in the centre's zone, such as "10:40", as the language writes it."""
    from babel.dates import format_time

    return str(format_time(at, CLOCKS.get(language, "short"), tzinfo=timezone, locale=_locale(language)))


def date(
    day: Date | datetime, language: str, timezone: tzinfo | None = None, *, weekday: bool = False
) -> str:
    """
    Write a day, such as "24 noyabr 2026"; with `weekday` its name too.

    Args:
        day: A day, or a moment whose day in `timezone` is meant.

    >>> import datetime
    >>> date(datetime.date(2026, 11, 24), "uz")
    '24-noyabr, 2026'
    """
    from babel.dates import format_date

    if timezone is not None and hasattr(day, "astimezone"):
        day = day.astimezone(timezone)
    text = str(format_date(day, "full" if weekday else "long", locale=_locale(language)))
    return text.replace("\u202f", "\u00a0")  # few fonts of slip printers and boards have the narrow space


def month(day: Date, language: str) -> str:
    """
    Write a month, such as "noyabr 2026".

    >>> import datetime
    >>> month(datetime.date(2026, 11, 24), "tr")
    'Kasım 2026'
    """
    from babel.dates import format_skeleton

    text = str(format_skeleton("yMMMM", day, locale=_locale(language)))
    return text.replace("\u202f", "\u00a0")


def date_time(at: datetime, language: str, timezone: tzinfo) -> str:
    """Write a moment: the day, then the time of day."""
    return f"{date(at, language, timezone)} {clock_time(at, language, timezone)}"


def duration(seconds: float, language: str) -> str:
    """
    Write a length of time in whole minutes, such as "1 hour 5 minutes"; less than one minute is one.

    >>> duration(3900, "en")
    '1 hour 5 minutes'
    """
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    wording = Wording(language)
    parts = [("common.hours", hours), ("common.minutes", minutes)]
    return " ".join(wording.text(key, n=n) for key, n in parts if n)


def minutes_range(low_s: float, high_s: float, language: str) -> str:
    """
    Write how long something takes, rounded outward to whole minutes.

    >>> minutes_range(290, 610, "en")
    '4–11 minutes'
    """
    low, high = int(low_s // 60), max(1, -int(-high_s // 60))
    if low >= high or high == 1:
        return Wording(language).text("common.minutes", n=high)
    return Wording(language).text("common.minutes_range", low=low, n=high)


def clock_range(low: datetime, high: datetime, language: str, timezone: tzinfo) -> str:
    """Write when something is to be expected, rounded outward to five minutes, such as "10:40–10:55"."""
    begins, ends = low - _past_step(low, timezone), high + _to_step(high, timezone)
    first, last = (clock_time(at, language, timezone) for at in (begins, ends))
    return first if first == last else f"{first}–{last}"


def _past_step(at: datetime, timezone: tzinfo) -> timedelta:
    """Measure from the last whole step of the local clock."""
    local = at.astimezone(timezone)
    return timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond) % RANGE_STEP


def _to_step(at: datetime, timezone: tzinfo) -> timedelta:
    """Measure to the next whole step of the local clock; nothing on a step."""
    return -_past_step(at, timezone) % RANGE_STEP


def babel_locale(language: str) -> Locale:
    """Give what Babel knows of a language, for names of days and months."""
    return _locale(language)


@lru_cache
def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(REGIONS.get(language, language), sep="-")
