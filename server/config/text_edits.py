"""Small changes to config.yaml as people wrote it: one value is put in its place, and every other sign stays."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import yaml  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = str | int
# An anchor, by which the value is named elsewhere too, stays.
_NAMES = re.compile(r"(?:[&!]\S*\s+)*")


def put(text: str, path: Sequence[str | int], value: Value) -> str:
    """
    Write a value at a path; what is not there yet is put at the top of the nearest map that is.

    Args:
        path: Keys of maps and places in lists.

    >>> put("a:\\n  b: 1 # why\\n", ("a", "b"), 2)
    'a:\\n  b: 2 # why\\n'
    >>> put("a: {c: 3}\\n", ("a", "b"), 2)
    'a: {b: 2, c: 3}\\n'
    >>> put("a: &n 1\\nb: *n\\n", ("a",), 2)
    'a: &n 2\\nb: *n\\n'
    >>> put("a:\\n  c: 3\\n", ("a", "b", "d"), "x")
    'a:\\n  b: {d: "x"}\\n  c: 3\\n'
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for depth, part in enumerate(path):
        inner = _inside(node, part)
        if inner is None:
            return _insert(text, node, [str(each) for each in path[depth:]], value)
        node = inner
    start, end = node.start_mark.index, node.end_mark.index
    start += len(_NAMES.match(text, start, end).group())  # type: ignore[union-attr]
    return f"{text[:start]}{json.dumps(value)}{text[end:]}"


def without(text: str, key: str) -> tuple[str, str]:
    """
    Take a section out.

    Returns:
        The text without it, and the section alone; comments that follow it stay in the first.

    >>> without("a: 1\\nb:\\n  c: 2\\n\\n# of d\\nd: 3\\n", "b")
    ('a: 1\\n\\n# of d\\nd: 3\\n', 'b:\\n  c: 2\\n')
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for name, value in root.value if isinstance(root, yaml.MappingNode) and not root.flow_style else ():
        if name.value == key:
            start = name.start_mark.index
            lines = text[start : value.end_mark.index].splitlines(keepends=True)
            # The end of a block is where the next one begins.
            while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
                lines.pop()
            section = "".join(lines)
            end = start + len(section)
            if not section.endswith("\n"):
                rest_of_line = text[end:].partition("\n")
                end += len(rest_of_line[0]) + len(rest_of_line[1])
            return text[:start] + text[end:], f"{section.rstrip()}\n"
    return text, ""


def _inside(node: yaml.Node, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return node.value[part]
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    return None


def _insert(text: str, node: yaml.Node, path: list[str], value: Value) -> str:
    if not isinstance(node, yaml.MappingNode):
        raise ValueError(f"{path[0]} has no place in what is no map")
    written = json.dumps(value)
    for name in reversed(path[1:]):
        written = f"{{{name}: {written}}}"
    start = node.start_mark.index
    if node.flow_style:
        comma = ", " if node.value else ""
        return f"{text[: start + 1]}{path[0]}: {written}{comma}{text[start + 1 :]}"
    indent = " " * node.start_mark.column
    return f"{text[:start]}{path[0]}: {written}\n{indent}{text[start:]}"
