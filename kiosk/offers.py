"""The services as a phone lists them: by agency, or found by a word in any language."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.api.callers import queue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.config.models import Agency, Service

FOUND_AT_MOST = 30
LONGEST_WORD = 80
# Letters that no mark can be taken off, and the apostrophes of Uzbek, as in server/static/js/text.js.
PLAIN = str.maketrans("əıøłđæёй", "eioldaеи")
APOSTROPHES = re.compile("[ʻʼ‘’'`´]")


@dataclass(frozen=True, slots=True)
class Group:
    """An agency and those of its services that a visitor can wait for."""

    agency: Agency
    services: tuple[Service, ...]


def by_agency() -> list[Group]:
    """List what can be waited for, in the order of the configuration."""
    config = queue().config
    groups = [
        Group(agency, tuple(each for each in _offered() if each.agency == agency.key))
        for agency in config.agencies
    ]
    return [group for group in groups if group.services]


def found(wanted: str) -> list[Service]:
    """Find services by parts of their names, or of their agency's, in whatever language; the best first."""
    words = fold(wanted[:LONGEST_WORD]).split()
    if not words:
        return []
    ranked = [(rank, place, each) for place, each in enumerate(_offered()) if (rank := _rank(words, each))]
    return [each for _, _, each in sorted(ranked, key=lambda item: (-item[0], item[1]))[:FOUND_AT_MOST]]


def fold(text: str) -> str:
    """
    Write a text without what a hurried visitor leaves out.

    >>> fold("Şəxsiyyət vəsiqəsi"), fold("Koʻchirma")
    ('sexsiyyet vesiqesi', 'kochirma')
    """
    text = APOSTROPHES.sub("", text.replace("İ", "i").replace("I", "i").lower()).translate(PLAIN)
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", bare))


def _rank(words: list[str], service: Service) -> int:
    """Tell how well a service fits: 0 not at all."""
    agency = queue().config.agency[service.agency]
    best = 0
    for name in service.name.values():
        best = max(best, 2 * _hits(words, fold(name)))
    for name in agency.name.values():
        best = max(best, _hits(words, fold(name)))
    return best


def _hits(words: list[str], text: str) -> int:
    rank = 2 if text.startswith(words[0]) else 0
    for word in words:
        if f" {word}" in f" {text}":
            rank += 3
        elif len(word) > 2 and word in text:
            rank += 1
        else:
            return 0
    return rank


def _offered() -> Iterator[Service]:
    return (each for each in queue().config.services if "walk_in" in each.channels)


def detail(service: Service) -> dict[str, Any]:
    """Tell how it stands with a service now: `wait`, `ahead`, `open`, `obstacle`, `at`, `hall_open` and `opens_at`."""
    now = queue().services.now()
    return {
        **now["services"][service.key],
        "at": now["at"],
        "hall_open": now["open"],
        "opens_at": now["opens_at"],
    }
