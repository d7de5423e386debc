"""Slips as the shipped centre prints them: every kind, in every language that paper speaks."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

from printing.jobs import Job
from server.config import Paper, load
from server.slip_texts import SlipTexts
from server.wording import paper_languages
from tests.conftest import OPENING_TIME

ROOT = Path(__file__).parent.parent.parent
URL = "https://queue.example.gov.az"
TOKEN = "Zk3vT9qLw2Xc7RbN1yPd5g"
LANGUAGES = paper_languages()
KINDS = ("ticket", "rating", "appointment", "collection", "checkpoint", "test")
NOTE = (
    "navbat/asan-1\n48213\nq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\nat 2026-11-24T14:00:00.000000Z\n"
    "policy 2026-11\n\n— navbat/asan-1 Hw8aN6vN7xI0VniQq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJCrze8SNFZ4kKvN7xI0"
    "VniQq83vEjRWeJCrze8=\n"
)


@lru_cache
def config(**paper):
    """The shipped centre, with every language on its paper."""
    shipped = load(ROOT / "config.yaml")
    extra = tuple(each for each in LANGUAGES if each not in shipped.centre.languages)
    return shipped.model_copy(update={"paper": Paper(languages=extra, **paper)})


def write(kind, language, *, centre=None, copy_no=0, **figures):
    """Write one slip with sample figures; keywords override them."""
    centre = centre or config()
    context = SimpleNamespace(
        config=centre, public_url=URL, service_name=lambda key: centre.service[key].name, retired_names={}
    )
    document = {**sample_figures(kind), **figures}
    job = Job(1, "kiosk-1", kind, document, language, copy_no, OPENING_TIME, None)
    return SlipTexts(context).slip(job)


def sample_figures(kind):
    """Give what such a job holds."""

    def at(minutes):
        return (OPENING_TIME + timedelta(minutes=minutes)).isoformat()

    return {
        "ticket": {
            "number": "R012",
            "service": "birth",
            "code": "K7M3XQ",
            "token": TOKEN,
            "issued_at": at(0),
            "due_at": at(15),
            "ahead": 7,
            "wait": {"low_at": at(15), "likely_at": at(28), "high_at": at(40), "rough": False},
            "receipt": "3fa9-01bc-77d2-e05a",
        },
        "rating": {
            "number": "R012",
            "service": "birth",
            "rating_token": TOKEN,
            "served_at": at(25),
            "valid_until": at(14 * 24 * 60),
        },
        "appointment": {
            "service": "passport",
            "code": "P4NW8T",
            "slot_at": at(24 * 60 + 90),
            "from_at": at(24 * 60 + 60),
            "until_at": at(24 * 60 + 100),
        },
        "collection": {"service": "passport", "code": "H6RD2V", "ready_at": at(-120)},
        "checkpoint": {
            "origin": "navbat/asan-1",
            "size": 48213,
            "root": "abcdef123456789" * 4 + "0f1e",
            "at": at(480),
            "policy": "2026-11",
            "note": NOTE,
        },
        "test": {"at": at(0)},
    }[kind]
