"""Widths, resolution and cutter of known printers, from python-escpos' profile data."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from printing.errors import UnknownProfile

DEFAULT_DPI = 203


@dataclass(frozen=True)
class Profile:
    """What must be known of a printer to draw for it. `dots` is None where the data does not say."""

    name: str
    dots: int | None
    dots_per_inch: int
    has_cutter: bool


def profile(name: str) -> Profile:
    """
    Look a printer up by python-escpos' name for it.

    Raises:
        UnknownProfile: With the names nearest to it.
    """
    profiles = _profiles()
    if name not in profiles:
        raise UnknownProfile(name=name, suggestions=tuple(get_close_matches(name, profiles, n=3)))
    data = profiles[name]
    dots = data["media"].get("width", {}).get("pixels")
    dpi = data["media"].get("dpi")
    features = data["features"]
    return Profile(
        name=name,
        dots=dots if isinstance(dots, int) else None,
        dots_per_inch=dpi if isinstance(dpi, int) else DEFAULT_DPI,
        has_cutter=bool(features.get("paperFullCut") or features.get("paperPartCut")),
    )


@lru_cache(maxsize=1)
def _profiles() -> dict[str, Any]:
    # The file is read without importing escpos: the import takes 0.3 s, calls logging.basicConfig()
    # and leaks a temporary directory at every start.
    spec = importlib.util.find_spec("escpos")
    if spec is None or not spec.submodule_search_locations:
        return {}
    path = Path(next(iter(spec.submodule_search_locations))) / "capabilities.json"
    profiles: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["profiles"]
    return profiles
