"""What every page for visitors is drawn with."""

from __future__ import annotations

from typing import Any

from flask import request

from server.api.callers import queue
from server.wording import Wording

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def page_of(preferred: str) -> dict[str, Any]:
    """Choose the page's language: the one asked for in the address, or else `preferred`, or else the state's."""
    centre = queue().config.centre
    wanted = request.args.get("language", preferred)
    language = wanted if wanted in centre.languages else centre.state_language
    return {
        "language": language,
        "languages": centre.languages,
        "language_names": {each: Wording(each).text("kiosk.language_name") for each in centre.languages},
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "state_language": centre.state_language,
        "timezone": centre.timezone,
        "centre_name": centre.name,
        "words": Wording(language, fallback=centre.state_language),
    }
