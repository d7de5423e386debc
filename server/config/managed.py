"""Where the configuration in force comes from: config.yaml, or a version that pages have published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A version whose time has come and that cannot be used, with its faults."""

    number: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Managed:
    """
    What a process goes by since its start.

    Attributes:
        by: `pages` where the database keeps versions; of config.yaml only `server` holds then.
        number: Of the version; None: config.yaml.
        newest: The newest version whose time had come at the start, whether it could be used or not.
        passed_over: Newer versions that could not be used; the hall opens with the one before.
        differs: Sections in which config.yaml is not what it was when it was last taken over.
        faults: Of config.yaml itself, which keep nothing from going on.
        files: What config.yaml and its files are, where there is no version yet: they become the first.
    """

    by: Literal["file", "pages"] = "file"
    number: int | None = None
    newest: int = 0
    passed_over: tuple[PassedOver, ...] = ()
    differs: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    files: Mapping[str, bytes] | None = None
