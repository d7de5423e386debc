"""Keeps out of the process what libraries import for uses that it has not."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without(*names: str) -> Iterator[None]:
    """
    Have optional modules not found by what is imported meanwhile; those that are loaded already stay.

    >>> with without("colorsys"):
    ...     import colorsys
    Traceback (most recent call last):
    ModuleNotFoundError: import of colorsys halted; None in sys.modules
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
