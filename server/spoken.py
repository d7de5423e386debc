"""What the voice says: sentences of the catalogues with every number written out and every letter by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING

from server.domain.numerals import MOST, Piece, cardinal, in_words, number_of_counter
from server.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where a text stands in the sentence of a call; each has one recording.
PHRASES = ("phrase-before", "phrase-between", "phrase-after")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"

_TICKET = re.compile(r"\b([A-HJ-NP-Z]{1,2})(\d{3,4})\b")
_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_NUMBER = re.compile(r"(?<![\w.,])(\d{1,4})(?![\d.,]\d|\w)(?=(\s*\w{0,8}))")
# What is counted on these screens and is feminine in Russian: minutes, services, hours are not.
_FEMININE = ("минут", "услуг", "очеред", "секунд")
_SIGNS = str.maketrans({"–": ", ", "—": ", ", "·": ", ", "→": ", ", "№": " ", "*": " ", "\n": ". "})


@dataclass(frozen=True, slots=True)
class Announcement:
    """A sentence in pieces."""

    language: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The sentence as a synthesiser gets it."""
        return _tidy(" ".join(piece.words for piece in self.pieces))


def announce_call(number: str, counter: int, language: str) -> Announcement:
    """
    Say that a ticket is called.

    Args:
        number: As it is shown, such as "A105".

    >>> announce_call("A105", 6, "az").text
    'A yüz beş nömrəli talon, altı nömrəli pəncərəyə yaxınlaşın.'
    """
    facts = {
        "ticket": tuple(_ticket_pieces(number, language)),
        "counter": number_of_counter(counter, language),
    }
    sentence = str(_template(language))
    pieces: list[Piece] = []
    for index, (text, name, _, _) in enumerate(Formatter().parse(sentence)):
        if text.strip():
            pieces.append(Piece(PHRASES[index], text.strip()))
        pieces.extend(facts[name] if name else ())
    return Announcement(language, tuple(pieces))


def read_aloud(text: str, language: str) -> str:
    """
    Prepare a screen's text: tickets' numbers, times and other numbers in words.

    >>> read_aloud("A012 · 10:05", "en")
    'A, twelve, ten oh five'
    """
    words = Wording(language)
    text = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
    text = _TICKET.sub(lambda found: _join(_ticket_pieces(found[0], language)), text)
    text = _TIME.sub(lambda found: _time(int(found[1]), int(found[2]), words), text)
    text = _NUMBER.sub(
        lambda found: in_words(
            int(found[1]), language, feminine=found[2].strip().casefold().startswith(_FEMININE)
        ),
        text.translate(_SIGNS),
    )
    return _tidy(text)


def recordings_needed(
    language: str, series: Iterator[str] | tuple[str, ...], counters: tuple[int, ...]
) -> list[Piece]:
    """List every piece that calls are made of: tickets of these letters up to 999, at these counters."""
    needed: dict[str, Piece] = {}
    letters = "".join(sorted({letter for each in series for letter in each}))
    sentence = announce_call("A1", 1, language)
    for piece in sentence.pieces:
        if piece.name in PHRASES:
            needed[piece.name] = piece
    for letter in letters:
        needed[f"letter-{letter.lower()}"] = _letter(letter, language)
    for number in range(1, 1000):
        needed.update((piece.name, piece) for piece in cardinal(number, language))
    for counter in counters:
        needed.update((piece.name, piece) for piece in number_of_counter(counter, language))
    return list(needed.values())


def _template(language: str) -> str:
    return Wording(language).text("voice.call", ticket="{ticket}", counter="{counter}")


def _ticket_pieces(number: str, language: str) -> Iterator[Piece]:
    series = number.rstrip("0123456789")
    for letter in series:
        yield _letter(letter, language)
    digits = number[len(series) :]
    if digits:
        # A number beyond the words there are is read out digit by digit.
        values = [int(digits)] if int(digits) <= MOST else [int(digit) for digit in digits]
        for value in values:
            yield from cardinal(value, language)


def _letter(letter: str, language: str) -> Piece:
    return Piece(f"letter-{letter.lower()}", Wording(language).text(f"voice.letter_{letter.lower()}"))


def _time(hour: int, minute: int, words: Wording) -> str:
    said_hour, said_minute = in_words(hour, words.language), in_words(minute, words.language)
    if minute == 0:
        return words.text("voice.full_hour", hour=said_hour)
    if minute < 10:
        return words.text("voice.early_minute", hour=said_hour, minute=said_minute)
    return words.text("voice.hour_and_minute", hour=said_hour, minute=said_minute)


def _join(pieces: Iterator[Piece]) -> str:
    return " ".join(piece.words for piece in pieces)


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\s?([.,;:!?])(?:\s?[.,])*", r"\1", text)
