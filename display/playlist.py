"""Pictures and films that boards show while it is quiet: the files of a folder, and of these only known kinds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KINDS = {
    ".avif": ("picture", "image/avif"),
    ".jpeg": ("picture", "image/jpeg"),
    ".jpg": ("picture", "image/jpeg"),
    ".png": ("picture", "image/png"),
    ".webp": ("picture", "image/webp"),
    ".mp4": ("film", "video/mp4"),
    ".webm": ("film", "video/webm"),
}
"""By the end of a file's name; no SVG, which may hold scripts."""

AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One file; `version` changes with its content."""

    path: Path
    kind: str
    mimetype: str
    version: str


def playlist(folder: Path) -> list[Item]:
    """List what a folder has to show, in the order in which people count: 2 before 10."""
    try:
        files = [file for file in folder.iterdir() if _may_be_shown(file)]
    except OSError:  # no such folder: nothing to show
        return []
    return [_item(file) for file in sorted(files, key=lambda file: _counted(file.name))[:AT_MOST]]


def _may_be_shown(file: Path) -> bool:
    return file.suffix.lower() in KINDS and not file.name.startswith(".") and file.is_file()


def _item(file: Path) -> Item:
    kind, mimetype = KINDS[file.suffix.lower()]
    status = file.stat()
    return Item(file, kind, mimetype, f"{status.st_mtime_ns:x}-{status.st_size:x}")


def _counted(name: str) -> list[tuple[int, str]]:
    """
    Tell where a name stands.

    >>> sorted(["10.png", "a2.png", "2.png"], key=_counted)
    ['2.png', '10.png', 'a2.png']
    """
    return [
        (int(part), "") if part.isdigit() else (1 << 62, part)
        for part in re.findall(r"\d+|\D+", name.lower())
    ]
