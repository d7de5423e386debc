"""
Numbers as words, in pieces that can be spoken one after another, each of them also the name of a recording.

A synthesiser left alone with "A105" reads digits as it likes, and in the wrong form. So numbers are written out here.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST = 9999


@dataclass(frozen=True, slots=True)
class Piece:
    """What is said in one breath; `name` is that of its recording."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class _Words:
    """
    Of one language.

    Attributes:
        small: From 0 up to where numbers begin to be made of tens and units.
        hundreds, thousands: From 100 and from 1000.
        link: Stands between hundreds or thousands and what is less than a hundred.
    """

    small: tuple[str, ...]
    tens: tuple[str, ...]
    hundreds: tuple[str, ...]
    thousands: tuple[str, ...]
    link: str = ""


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _turkic(units: str, tens: str, hundred: str, thousand: str) -> _Words:
    """In Azerbaijani, Uzbek and Turkish a hundred is "yüz" and not "bir yüz", and no number is irregular."""
    each = _split(units)
    return _Words(
        small=(*each, _split(tens)[0]),
        tens=_split(tens),
        hundreds=(hundred, *(f"{unit} {hundred}" for unit in each[2:])),
        thousands=(thousand, *(f"{unit} {thousand}" for unit in each[2:])),
    )


_EN_UNITS = _split("zero one two three four five six seven eight nine")
_WORDS = {
    "az": _turkic(
        "sıfır bir iki üç dörd beş altı yeddi səkkiz doqquz",
        "on iyirmi otuz qırx əlli altmış yetmiş səksən doxsan",
        "yüz",
        "min",
    ),
    "uz": _turkic(
        "nol bir ikki uch toʻrt besh olti yetti sakkiz toʻqqiz",
        "oʻn yigirma oʻttiz qirq ellik oltmish yetmish sakson toʻqson",
        "yuz",
        "ming",
    ),
    "tr": _turkic(
        "sıfır bir iki üç dört beş altı yedi sekiz dokuz",
        "on yirmi otuz kırk elli altmış yetmiş seksen doksan",
        "yüz",
        "bin",
    ),
    "ru": _Words(
        small=_split(
            "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
            "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
        ),
        tens=_split("десять двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"),
        hundreds=_split("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"),
        thousands=(
            "тысяча",
            "две тысячи",
            "три тысячи",
            "четыре тысячи",
            *(f"{unit} тысяч" for unit in _split("пять шесть семь восемь девять")),
        ),
    ),
    "en": _Words(
        small=(
            *_EN_UNITS,
            *_split("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
        ),
        tens=_split("ten twenty thirty forty fifty sixty seventy eighty ninety"),
        hundreds=tuple(f"{unit} hundred" for unit in _EN_UNITS[1:]),
        thousands=tuple(f"{unit} thousand" for unit in _EN_UNITS[1:]),
        link="and",
    ),
}
_FEMININE = {"один": "одна", "два": "две"}
_VOWELS = "aeiou"


def languages() -> tuple[str, ...]:
    """List the languages in which numbers can be said."""
    return tuple(sorted(_WORDS))


def cardinal(number: int, language: str) -> tuple[Piece, ...]:
    """
    Say how many, from 0 to 9999.

    Raises:
        KeyError: The language is not known here.
        ValueError: The number is out of range.

    >>> [piece.words for piece in cardinal(105, "az")]
    ['yüz', 'beş']
    >>> [piece.name for piece in cardinal(1105, "en")]
    ['number-1000', 'number-100-and', 'number-5']
    """
    words = _WORDS[language]
    if not 0 <= number <= MOST:
        raise ValueError(f"no words for {number}")
    thousands, hundreds, rest = number // 1000, number // 100 % 10, number % 100
    pieces = []
    for count, size, large in ((thousands, 1000, words.thousands), (hundreds, 100, words.hundreds)):
        if count:
            # "one hundred and five", but "one thousand one hundred".
            is_linked = bool(words.link and 0 < number % size < 100)
            pieces.append(
                Piece(
                    f"number-{count * size}{f'-{words.link}' if is_linked else ''}",
                    f"{large[count - 1]} {words.link}" if is_linked else large[count - 1],
                )
            )
    if rest or not pieces:
        pieces.extend(_below_hundred(rest, words))
    return tuple(pieces)


def ordinal(number: int, language: str) -> tuple[Piece, ...]:
    """
    Say which in a row, where the language calls counters so; Uzbek only.

    >>> [piece.words for piece in ordinal(26, "uz")]
    ['yigirma', 'oltinchi']
    """
    if language != "uz":
        raise KeyError(language)
    *first, last = cardinal(number, language)
    suffix = "nchi" if last.words[-1] in _VOWELS else "inchi"
    return (*first, Piece(last.name.replace("number", "ordinal"), last.words + suffix))


def number_of_counter(number: int, language: str) -> tuple[Piece, ...]:
    """Say a counter's number in the form that its sentence needs: "oltinchi darcha", "окно номер шесть"."""
    return ordinal(number, language) if language == "uz" else cardinal(number, language)


def in_words(number: int, language: str, *, feminine: bool = False) -> str:
    """
    Write a number out.

    Args:
        feminine: It counts something of that gender; only Russian tells the difference.

    >>> in_words(22, "ru", feminine=True)
    'двадцать две'
    """
    words = " ".join(piece.words for piece in cardinal(number, language))
    if feminine and language == "ru":
        head, _, last = words.rpartition(" ")
        return f"{head} {_FEMININE.get(last, last)}".strip()
    return words


def _below_hundred(number: int, words: _Words) -> list[Piece]:
    if number < len(words.small):
        return [Piece(f"number-{number}", words.small[number])]
    tens, unit = divmod(number, 10)
    pieces = [Piece(f"number-{tens * 10}", words.tens[tens - 1])]
    if unit:
        pieces.append(Piece(f"number-{unit}", words.small[unit]))
    return pieces
