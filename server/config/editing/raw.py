"""A section as text of YAML, for whatever no form can say; secrets are not in it, and stay."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from server.config.bundling import CONFIG
from server.config.editing.layout import FORMS, describe
from server.config.editing.rewriting import rewrite, same
from server.config.editing.scalars import write
from server.config.editing.tree import Node, parse
from server.config.editing.written import document_of
from server.config.problems import ConfigErrors
from server.config.secrets import HIDDEN
from server.config.yaml_reading import Document, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.config.bundling import Files
    from server.config.problems import ConfigProblem

MOST_SIGNS = 400_000


class RawFaults(ValueError):
    """The text cannot be taken; `problems` count lines from its own first one."""

    def __init__(self, problems: list[ConfigProblem]) -> None:
        super().__init__(*problems)
        self.problems = problems


def read_raw(files: Files, section: str) -> str:
    """
    Read a section with its comments; a section that is not there is its key alone.

    Raises:
        ConfigErrors: config.yaml is no YAML at all.
    """
    text, document = document_of(files)
    if document.problems:
        raise ConfigErrors(document.problems)
    start, end = _place(text, section)
    if start == end:
        return f"{section}:\n"
    for node, path in sorted(_secrets(parse(text), (section,)), key=lambda each: -each[0].start):
        del path
        if start <= node.start < end:
            text = f"{text[: node.start]}{write(HIDDEN)}{text[node.end :]}"
            end += len(write(HIDDEN)) - (node.end - node.start)
    return f"{text[start:end].rstrip()}\n"


def change_raw(files: Files, section: str, raw: str) -> Files:
    """
    Put a section's text in its place.

    Raises:
        ConfigErrors: config.yaml is no YAML at all.
        RawFaults: The text is none, or reaches beyond its section.
    """
    text, document = document_of(files)
    if document.problems:
        raise ConfigErrors(document.problems)
    raw = raw.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"
    if not raw.strip():
        raw = f"{section}:\n"
    if len(raw) > MOST_SIGNS:
        raise RawFaults([document.problem((section,), "is too long")])
    start, end = _place(text, section)
    if start == end:
        text = text if text.endswith("\n") else f"{text}\n"
        start = end = len(text)
    before = text[:start].count("\n")
    whole = f"{text[:start]}{raw}{text[end:]}"
    read = Document(CONFIG, whole)
    if read.problems:
        raise RawFaults([_moved(each, before, raw) for each in read.problems])
    others = {key: value for key, value in read.data.items() if key != section}
    if section not in read.data or not same(others, {k: v for k, v in document.data.items() if k != section}):
        raise RawFaults([_moved(read.problem((), f"must hold `{section}` and nothing else"), before, raw)])
    wanted = _with_secrets(read.data, document.data, section)
    if wanted[section] is None:
        # Nothing is said: the section goes, or never came.
        if section not in document.data:
            return files
        del wanted[section]
    return {**files, CONFIG: rewrite(whole, read.data, wanted).encode()}


def _moved(problem: ConfigProblem, lines: int, raw: str) -> ConfigProblem:
    """Count lines from the section's first one; what follows it may be where the fault shows."""
    return replace(problem, line=min(max(problem.line - lines, 1), raw.count("\n")))


def _place(text: str, section: str) -> tuple[int, int]:
    """Find where a section begins and ends, its last line whole; the same place twice where it is not there."""
    root = parse(text)
    for key, item in zip(root.keys, root.items, strict=True):
        if key.value == section and not root.flow:
            end = max(item.end, key.end)
            line = text.find("\n", end - 1 if text[end - 1 : end] == "\n" else end)
            return key.start, len(text) if line < 0 else line + 1
    return len(text), len(text)


def _secrets(node: Node, inside: tuple[str, ...]) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Find the values that are shown to nobody."""
    for path in ((*inside, *each) for each in _paths(inside[0])):
        found: Node | None = node
        for part in path:
            found = (
                next((i for k, i in zip(found.keys, found.items, strict=True) if k.value == part), None)
                if found is not None
                else None
            )
        if found is not None and found.flow and found.kind != "alias":
            yield found, path
        elif found is not None:
            yield from ((each, path) for each in found.items if each.flow)


def _paths(section: str) -> Iterator[tuple[str, ...]]:
    for field in describe(section) if section in FORMS else ():
        if field.secret:
            yield field.path


def _with_secrets(data: dict[str, Any], before: dict[str, Any], section: str) -> dict[str, Any]:
    """Put what was hidden back where it was left as it is."""
    data = copy.deepcopy(data)
    for path in _paths(section):
        pattern = ".".join((section, *path))
        was = next((value for _, value in find(before, pattern)), None)
        for found, value in list(find(data, pattern)):
            held: Any = data
            for part in found[:-1]:
                held = held[part]
            if value == HIDDEN and was is not None:
                held[found[-1]] = was
            elif isinstance(value, dict) and isinstance(was, dict):
                for key, inner in value.items():
                    if inner == HIDDEN and key in was:
                        value[key] = was[key]
    return data
