"""Who drafts and who publishes, and what a version must keep to besides having no fault of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.config import bundling
from server.config.figures import are_other, figures_of
from server.config.text_edits import without
from server.config.yaml_reading import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from server.config import Config, ConfigProblem
    from server.operations.versions import Version

# Of the whole centre, each of them.
DRAFTS = ("admin", "supervisor")
PUBLISHES = ("admin",)
LOOKS = ("admin", "supervisor", "auditor")
# The start has it from config.yaml, before there is a database; it also holds what a copy need not know.
OF_THE_MACHINE = "server"


def kept(files: bundling.Files) -> bundling.Files:
    """Leave out what is of the machine and not of the centre."""
    text, _ = without(files[bundling.CONFIG].decode("utf-8-sig"), OF_THE_MACHINE)
    return {**files, bundling.CONFIG: f"{text.rstrip()}\n".encode()}


def same(a: bundling.Files, b: bundling.Files) -> bool:
    """Tell whether two bundles are the same files."""
    return dict(a) == dict(b)


def is_taken(config: Config, published: Iterable[Version]) -> bool:
    """Tell whether its policy's version was published with other figures."""
    figures = figures_of(config)
    return any(
        each.policy == config.policy.version and are_other(each.figures, figures) for each in published
    )


def problems_of(
    config: Config, files: bundling.Files, centre: str, published: Iterable[Version]
) -> list[ConfigProblem]:
    """List what keeps a configuration that has no fault of its own from being published."""
    document = Document(bundling.CONFIG, files[bundling.CONFIG].decode("utf-8-sig"))
    found = []
    if config.centre.key != centre:
        message = f"this is another centre; here is `{centre}`, and all its history"
        found.append(document.problem(("centre", "key"), message))
    if is_taken(config, published):
        message = f"{config.policy.version} was published with other figures"
        found.append(
            document.problem(
                ("policy", "version"), message, "give it a new one, such as the day from which it holds"
            )
        )
    return found
