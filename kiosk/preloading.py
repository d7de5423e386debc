"""Which modules a page may fetch at once, instead of one after another as they import each other."""

from __future__ import annotations

import json
from dataclasses import dataclass

from server.assets import import_map


@dataclass(frozen=True, slots=True)
class Preload:
    """A vendored module's address and hash; a browser takes the copy only with the hash of the import map."""

    url: str
    integrity: str


def vendored(*modules: str) -> tuple[Preload, ...]:
    """Find modules in the import map, e.g. `vendored("preact", "htm")`."""
    known = json.loads(import_map())
    urls = [known["imports"][module] for module in modules]
    return tuple(Preload(url, known["integrity"][url]) for url in urls)
