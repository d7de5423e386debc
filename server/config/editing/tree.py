"""A YAML text as a tree that knows where each part stands, and which parts stand for others (`*name`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import yaml  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Node:
    """
    A part of a text.

    Attributes:
        start, end: Where it stands; a block's end is the end of its last part, without what follows it.
        column: Of its first sign, or of a block's keys and dashes.
        flow: Whether it is written in brackets, or is a scalar.
        anchor: The name that it bears, or for an alias the one that it stands for.
        keys: Of a map, in the order of `items`.
    """

    kind: Literal["map", "list", "scalar", "alias"]
    start: int
    end: int
    column: int
    flow: bool = True
    anchor: str | None = None
    value: str = ""
    keys: list[Node] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    def get(self, key: str) -> tuple[Node, Node]:
        """Find key and value of a map's entry."""
        return next(
            (name, item) for name, item in zip(self.keys, self.items, strict=True) if name.value == key
        )

    def walk(self) -> Iterator[Node]:
        """Yield this and all that is in it."""
        yield self
        for part in (*self.keys, *self.items):
            yield from part.walk()


def parse(text: str) -> Node:
    """Read a text that yaml_reading.py has found good."""
    events = yaml.parse(text, Loader=_LOADER)
    for event in events:
        if not isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            return _node(event, events, text)
    raise ValueError("there is nothing in it")


def _node(event: Any, events: Iterator[Any], text: str) -> Node:
    start, column = event.start_mark.index, event.start_mark.column
    if isinstance(event, yaml.AliasEvent):
        return Node("alias", start, event.end_mark.index, column, anchor=event.anchor)
    if isinstance(event, yaml.ScalarEvent):
        end = start + len(text[start : event.end_mark.index].rstrip())
        return Node("scalar", start, end, column, anchor=event.anchor, value=event.value)
    flow = bool(event.flow_style)
    is_map = isinstance(event, yaml.MappingStartEvent)
    node = Node("map" if is_map else "list", start, start, column, flow=flow, anchor=event.anchor)
    last = start
    for each in events:
        if isinstance(each, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            node.end = each.end_mark.index if flow else last
            return _settled(node)
        part = _node(each, events, text)
        last = max(last, part.end)
        (node.keys if is_map and len(node.keys) == len(node.items) else node.items).append(part)
    raise ValueError("it ends too early")


def _settled(node: Node) -> Node:
    """Give an anchored block the column of its keys, which stand below the anchor."""
    if not node.flow and node.anchor is not None and node.kind == "map" and node.keys:
        node.column = node.keys[0].column
    return node
