"""A whole configuration brought from elsewhere, as a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.config import bundling
from server.config.editing.written import document_of
from server.config.problems import ConfigErrors
from server.config.text_edits import without
from server.errors import StartError

if TYPE_CHECKING:
    from server.config.bundling import Files

MOST_BYTES = 50_000_000


class NotTaken(ValueError):
    """What was brought is no configuration; `kind` is `too_large` or `no_bundle`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def take_configuration(files: Files, data: bytes) -> Files:
    """
    Take a zip as `navbat config export` writes it, or a config.yaml alone, whose other files are then those of now.

    What is of the machine (`server`) is left out. Faults of what can be read do not matter yet.

    Raises:
        ConfigErrors: The config.yaml in it is no YAML at all.
        NotTaken: It is neither.
    """
    if len(data) > MOST_BYTES:
        raise NotTaken("too_large")
    if data.startswith(b"PK"):
        try:
            brought = bundling.from_zip(data)
        except StartError as error:
            raise NotTaken("no_bundle") from error
    else:
        brought = {**files, bundling.CONFIG: data}
    text, document = document_of(brought)
    if document.problems:
        raise ConfigErrors(document.problems)
    if "centre" not in document.data:
        raise NotTaken("no_bundle")
    rest, _ = without(text, "server")
    return {**brought, bundling.CONFIG: rest.encode()}
