"""The versions of the calling rule as a page for everyone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import render_template

from display.views import blueprint
from server.api.callers import queue
from server.reading import reader_words
from server.wording import date_time

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from server.operations.context import View
    from server.wording import Wording

# In the order in which they are told.
SINGLES = (
    "recall_limit",
    "recall_after_s",
    "grace_minutes",
    "missed_penalty_minutes",
    "early_minutes",
    "late_minutes",
    "closing",
)
WAYS = ("walk_in", "appointment", "collect")


@blueprint.get("/policies")
def policies() -> ResponseReturnValue:
    """Serve every version of the rule: from when to when it held, and its figures."""
    config = queue().config
    words = reader_words(config)
    return render_template(
        "display/policies.html",
        words=words,
        language=words.language,
        state_language=config.centre.state_language,
        centre_name=config.centre.name,
        policies=[_shown(each, words) for each in queue().policies.view()["policies"]],
    )


def _shown(policy: View, words: Wording) -> dict[str, Any]:
    zone = queue().config.centre.zone_info

    def moment(text: str | None) -> str:
        return date_time(datetime.fromisoformat(text), words.language, zone) if text else ""

    figures = policy["figures"]
    start, until = moment(policy["from"]), moment(policy["until"])
    when = {
        "next": words.text("policies.next", time=start),
        "in_force": words.text("policies.since", time=start),
        "past": words.text("policies.from_until", start=start, end=until),
    }
    return {
        "version": policy["version"],
        "state": policy["state"],
        "when": when[policy["state"]],
        "by": words.text("policies.by_admin" if policy["by"] == "admin" else "policies.by_operator"),
        "figures": [
            (words.text(f"policies.figure_{way}"), str(figures["target_minutes"][way]))
            for way in WAYS
            if way in figures["target_minutes"]
        ]
        + [
            (words.text(f"policies.figure_{name}"), _figure(name, figures[name], words))
            for name in SINGLES
            if figures.get(name) is not None
        ],
        "categories": [
            (_name("category", key, words), _effect(each, words))
            for key, each in (figures.get("categories") or {}).items()
        ],
        "services": sorted(
            (_name("service", key, words), minutes) for key, minutes in figures["services"].items()
        ),
    }


def _figure(name: str, value: Any, words: Wording) -> str:
    return words.text(f"policies.closing_{value}") if name == "closing" else str(value)


def _effect(category: View, words: Wording) -> str:
    told = []
    if category["effect"] == "first":
        told.append(words.text("policies.effect_first"))
    if category["quota_every"]:
        told.append(words.text("policies.effect_quota", every=category["quota_every"]))
    if category["credit_minutes"]:
        told.append(words.text("policies.effect_credit", n=category["credit_minutes"]))
    return ", ".join(told)


def _name(kind: str, key: str, words: Wording) -> str:
    """Name a part of the centre, or what it was called before it was retired."""
    part = getattr(queue().config, kind).get(key)
    names = part.name if part else queue().context.retired_names.get((kind, key))
    return words.name(names) if names else key
