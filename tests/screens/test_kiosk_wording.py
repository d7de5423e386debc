"""Every sentence that a screen asks for is there, in every language, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [
    *(ROOT / "kiosk").rglob("*.js"),
    *(ROOT / "kiosk").rglob("*.html"),
    *(ROOT / "kiosk").rglob("*.py"),
    *(ROOT / "server" / "static" / "js").glob("*.js"),
]
LANGUAGES = ("az", "uz", "ru", "en", "tr")
PLURALS = {"ru": {"one", "few", "many", "other"}}


def sentences(language: str, part: str) -> dict[str, str | dict[str, str]]:
    path = ROOT / "server" / "translations" / language / f"{part}.json"
    read: dict[str, str | dict[str, str]] = json.loads(path.read_text("utf-8"))
    return read


@pytest.mark.parametrize("part", ["kiosk", "phone"])
def test_every_sentence_is_used_and_every_one_used_is_there(part: str) -> None:
    text = "\n".join(source.read_text("utf-8") for source in SOURCES)
    whole = set(re.findall(rf"[\"'`]{part}\.([\w-]+)[\"'`]", text))
    starts = tuple(re.findall(rf"[\"'`]{part}\.([\w-]+_)(?:[\"'`]|\$\{{)", text))
    ends = tuple(re.findall(rf"[\"']{part}\.[\"'] ~ \w+ ~ [\"'](_[\w-]+)[\"']", text))
    known = set(sentences("az", part))
    whole -= {"js", "css", "html", "static", "ticket"}  # files and addresses of that name

    assert {key for key in whole if not key.endswith("_")} - known == set()
    # result.js: t(`kiosk.${stage}`)
    made = {"printing", "printed", "not_printed", "no_paper"}
    assert {
        key for key in known - whole - made if not key.startswith(starts) and not key.endswith(ends)
    } == set()


@pytest.mark.parametrize("part", ["kiosk", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_everything_with_the_same_facts(language: str, part: str) -> None:
    state, own = sentences("az", part), sentences(language, part)

    assert list(own) == list(state)
    for key, text in own.items():
        forms = list(text.values()) if isinstance(text, dict) else [text]
        expected = re.findall(
            r"\{(\w+)\}", str(state[key] if isinstance(state[key], str) else state[key]["other"])
        )
        assert isinstance(text, dict) == isinstance(state[key], dict), key
        assert all(sorted(re.findall(r"\{(\w+)\}", form)) == sorted(expected) for form in forms), key
        assert all(form.strip() for form in forms), key
        if isinstance(text, dict):
            assert set(text) == PLURALS.get(language, {"one", "other"}), key
