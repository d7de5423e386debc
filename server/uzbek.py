"""Uzbek in Cyrillic letters, made from the Latin ones that the catalogues are written in."""

from __future__ import annotations

import re

# The rules of spelling of 1995 and 1956, letter by letter; the longer ones first.
_PAIRS = {
    "oʻ": "ў", "gʻ": "ғ", "sh": "ш", "ch": "ч", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е", "ts": "ц",
    "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "ҳ", "i": "и", "j": "ж", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "қ", "r": "р", "s": "с", "t": "т", "u": "у",
    "v": "в", "x": "х", "y": "й", "z": "з", "ʼ": "ъ", "c": "к", "w": "в",
}  # fmt: skip
_LETTERS = re.compile("|".join(sorted(map(re.escape, _PAIRS), key=len, reverse=True)), re.IGNORECASE)
_WORD = re.compile(r"[A-Za-zʻʼ]+")
_VOWELS = "aeiou"
# What is a mark or an abbreviation, and is read in Latin letters in Cyrillic text too.
_LATIN = frozenset(
    ["QR", "PIN", "SIM", "IMEI", "SMS", "ASAN", "AYNA", "DOST", "KOB", "KOBIA", "SIMA", "VAT", "ID"]
)
# Words from Russian in which the letters alone do not tell: with ц, and with a soft sign or э inside.
_SPECIAL = {"ariza": "ариза", "sentyabr": "сентябрь", "oktyabr": "октябрь", "noyabr": "ноябрь"} | {
    "dekabr": "декабрь", "yanvar": "январь", "fevral": "февраль", "aprel": "апрель", "iyun": "июнь", "iyul": "июль",
    "transport": "транспорт", "kommunal": "коммунал", "tabloda": "таблода",
}  # fmt: skip


def to_cyrillic(text: str) -> str:
    """
    Write Uzbek in Cyrillic; placeholders and abbreviations stay.

    >>> to_cyrillic("Tugʻilganlik toʻgʻrisida guvohnoma – {n} daqiqa")
    'Туғилганлик тўғрисида гувоҳнома – {n} дақиқа'
    >>> to_cyrillic("Eʼtibor, yangi SIM karta")
    'Эътибор, янги SIM карта'
    """
    return re.sub(r"\{\w*\}|[A-Za-zʻʼ]+", lambda found: _convert(found[0]), text)


def _convert(word: str) -> str:
    if word.startswith("{") or word in _LATIN:
        return word
    special = _SPECIAL.get(word.lower())
    if special is not None:
        return special.capitalize() if word[0].isupper() else special
    parts = []
    end = 0
    for found in _LETTERS.finditer(word):
        parts.append(word[end : found.start()])
        end = found.end()
        letter = _PAIRS[found[0].lower()]
        after_vowel = found.start() > 0 and word[found.start() - 1].lower() in _VOWELS
        if found[0].lower() == "e" and (found.start() == 0 or after_vowel):
            letter = "э"
        parts.append(letter.upper() if found[0][0].isupper() else letter)
    parts.append(word[end:])
    return "".join(parts).replace("ʻ", "").replace("ʼ", "ъ")
