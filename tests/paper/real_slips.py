"""Slips as the shipped centre prints them: every kind, in every language that paper speaks."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

from server.config import Paper, load
from server.slip_samples import KINDS, TOKEN, sample_job
from server.slip_texts import SlipTexts
from server.wording import paper_languages
from tests.conftest import OPENING_TIME

__all__ = ["KINDS", "LANGUAGES", "TOKEN", "URL", "config", "write"]

ROOT = Path(__file__).parent.parent.parent
URL = "https://queue.example.gov.az"
LANGUAGES = paper_languages()
SERVICES = {"appointment": "passport", "collection": "passport"}


@lru_cache
def config(**paper):
    """The shipped centre, with every language on its paper."""
    shipped = load(ROOT / "config.yaml")
    extra = tuple(each for each in LANGUAGES if each not in shipped.centre.languages)
    return shipped.model_copy(update={"paper": Paper(languages=extra, **paper)})


def write(kind, language, *, centre=None, copy_no=0, service=None, **figures):
    """Write one slip with sample figures; keywords override them."""
    centre = centre or config()
    context = SimpleNamespace(
        config=centre, public_url=URL, service_name=lambda key: centre.service[key].name, retired_names={}
    )
    chosen = service or SERVICES.get(kind, "birth")
    job = sample_job(
        kind, centre, OPENING_TIME, language=language, printer="kiosk-1", copy_no=copy_no, service=chosen
    )
    return SlipTexts(context).slip(replace(job, document=job.document | figures))
