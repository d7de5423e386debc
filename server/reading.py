"""In which language a page speaks to its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from server.wording import Wording

if TYPE_CHECKING:
    from server.config import Config

LANGUAGE_COOKIE = "navbat_language"


def reader_language(config: Config) -> str:
    """Choose what the address, then the last choice, then the browser asks for; else the state language."""
    languages = config.centre.languages
    for asked in (request.args.get("language"), request.cookies.get(LANGUAGE_COOKIE)):
        if asked in languages:
            return asked
    return request.accept_languages.best_match(languages) or config.centre.state_language


def reader_words(config: Config) -> Wording:
    """Speak the reader's language."""
    return Wording(reader_language(config), config.centre.state_language)
