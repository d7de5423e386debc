"""The shipped centre, changed for a test and written as a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
ALL_DAY = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def write_config(path: Path, change: Callable[[dict[str, Any]], object] = lambda centre: None) -> Path:
    """
    Write the shipped config.yaml to `path` after `change` has seen it.

    Args:
        change: Changes the parsed file in place.
    """
    centre = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    centre["catalogue"] = {part: str(ROOT / file) for part, file in centre["catalogue"].items()}
    change(centre)
    path.write_text(yaml.safe_dump(centre, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def open_all_day(centre: dict[str, Any]) -> None:
    """Let a centre give tickets at any hour of any day."""
    centre["centre"]["hours"] = dict(ALL_DAY)
    centre["centre"]["holidays"] = []
