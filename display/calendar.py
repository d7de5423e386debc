"""Names of days and months for the board's clock, which browsers do not know in every language of the hall."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypedDict

from server.wording import REGIONS


class CalendarWords(TypedDict):
    """What a day is written with; `weekdays` begin on Sunday, as JavaScript counts them."""

    pattern: str
    weekdays: list[str]
    months: list[str]


@lru_cache
def calendar_words(language: str) -> CalendarWords:
    """
    Collect how a language writes a day with its weekday.

    Source: CLDR, as Babel has it. Chromium carries the names of its own interface's languages only, so that
    Azerbaijani comes out as "M11 24, Tue".

    >>> words = calendar_words("az")
    >>> words["pattern"], words["weekdays"][2], words["months"][10]
    ('d MMMM, EEEE', 'çərşənbə axşamı', 'noyabr')
    """
    from babel import Locale  # heavy, and needed by the first display only

    locale = Locale.parse(REGIONS.get(language, language), sep="-")
    short = str(locale.datetime_skeletons["MMMEd"])  # every language has this one; the long form few
    weekdays = locale.days["format"]["wide"]
    months = locale.months["format"]["wide"]
    return {
        "pattern": re.sub(r"E+|c+", "EEEE", re.sub(r"M+|L+", "MMMM", short)),
        "weekdays": [weekdays[(day - 1) % 7] for day in range(7)],
        "months": [months[month] for month in range(1, 13)],
    }
