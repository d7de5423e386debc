"""What every page for visitors is drawn with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import render_template, request

from kiosk.offers import by_agency, detail, found
from kiosk.phrases import sentence_of, wait_times
from server.api.callers import queue
from server.errors import QueueError
from server.wording import Wording, date_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.config.models import Service

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


def services_page(page: Mapping[str, Any], mode: str, *, base: str, **context: Any) -> str:
    """
    List services on a phone, by agency or by a word.

    Args:
        mode: "take" or "add".
        base: The address of this list; a service's own stands behind it.
    """
    wanted = request.args.get("q", "").strip()
    config = queue().config
    return render_template(
        "kiosk/services.html",
        **page,
        mode=mode,
        base=base,
        wanted=wanted,
        found=found(wanted) if wanted else None,
        groups=by_agency(),
        agency_names={each.key: each.name for each in config.agencies},
        **context,
    )


def service_page(
    page: Mapping[str, Any],
    mode: str,
    service: Service,
    *,
    base: str,
    refused: QueueError | str | None = None,
    **context: Any,
) -> str:
    """
    Show one service on a phone, before a number is taken for it or before it is added to a visit.

    Args:
        mode: "take" or "add".
        base: The address of the list that it stands in.
        refused: Why it could not be, where it was tried.
    """
    config, words, now = queue().config, page["words"], detail(service)
    zone = config.centre.zone_info
    opens_at = datetime.fromisoformat(now["opens_at"]) if now["opens_at"] and not now["hall_open"] else None
    return render_template(
        "kiosk/service.html",
        **page,
        mode=mode,
        service=service,
        agency=config.agency[service.agency],
        zone=config.zone[service.zone],
        now=now,
        wait=wait_times(now["wait"], now["at"], page["language"], zone),
        opens=date_time(opens_at, page["language"], zone) if opens_at else None,
        obstacle=words.text(f"errors.{now['obstacle']}") if now["obstacle"] else None,
        base=base,
        refused=sentence_of(words, refused) if isinstance(refused, QueueError) else refused,
        **context,
    )
