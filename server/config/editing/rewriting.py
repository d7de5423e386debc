"""
Changed values put into config.yaml as people wrote it: every sign that does not change stays, comments among them.

Only what differs is written anew. A value that several places share (`&name`, `*name`) and that is to change in one
of them is written out in all of them first. The result is read again: it must be what was wanted, or nothing is done.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from server.config.editing.scalars import text as scalar
from server.config.editing.scalars import write
from server.config.editing.tree import Node, parse
from server.config.yaml_reading import Document
from server.errors import NotRewritten

if TYPE_CHECKING:
    from collections.abc import Iterator

# A new entry longer than that is written over several lines, where its neighbours do not say otherwise.
LONGEST_LINE = 120


class _Shared(Exception):
    """A place is to change that bears a name, or that stands for one; `name` is to be written out first."""

    def __init__(self, name: str) -> None:
        self.name = name


def rewrite(text: str, old: Any, new: dict[str, Any]) -> str:
    """
    Write a configuration anew where it differs.

    Args:
        old: What `text` holds, as `Document` reads it.
        new: What it is to hold; keys that are new go to the end of their map.

    Raises:
        NotRewritten: It would not be read as `new`.

    >>> rewrite("a:\\n  b: 1  # why\\n  c: 2\\n", {"a": {"b": 1, "c": 2}}, {"a": {"b": 5, "d": "no"}})
    'a:\\n  b: 5  # why\\n  d: "no"\\n'
    """
    text = text if text.endswith("\n") else f"{text}\n"
    wanted, result = new, text
    while True:
        try:
            result = _apply(text, _Plan(text, parse(text)).edits(old, new))
            break
        except _Shared as shared:
            text = _written_out(text, parse(text), old, shared.name)
    read = Document("config.yaml", result)
    if read.problems or not same(read.data, wanted):
        raise NotRewritten
    return result


def same(a: Any, b: Any) -> bool:
    """
    Tell whether two values would be read as the same: 1 is neither true nor 1.0.

    >>> same({"a": [1]}, {"a": [1]}), same(1, True), same(1, 1.0)
    (True, False, False)
    """
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and bool(a == b)


Edit = tuple[int, int, str]


def _apply(text: str, edits: list[Edit]) -> str:
    # From the end, so that places before stay. At one place what goes comes first, and of two that come the later one.
    planned = [(start, end > start, -place, end, put) for place, (start, end, put) in enumerate(edits)]
    for start, _, _, end, put in sorted(planned, key=lambda edit: (-edit[0], not edit[1], edit[2])):
        text = f"{text[:start]}{put}{text[end:]}"
    return text


def _written_out(text: str, root: Node, data: Any, name: str) -> str:
    """Write the value of a name wherever it stands for it, and take the name away."""
    edits: list[Edit] = []
    for node, value in _with_values(root, data):
        if node.anchor != name:
            continue
        if node.kind == "alias":
            edits.append((node.start, node.end, write(value)))
        else:
            end = node.start + len(name) + 1
            rest = text[end:]
            gap = len(rest) - len(rest.lstrip(" "))
            # A block begins on the next line: the space before the name goes too.
            is_last = rest[gap : gap + 1] in ("\n", "\r", "#")
            before = len(text[: node.start]) - len(text[: node.start].rstrip(" ")) if is_last else 0
            edits.append((node.start - before, end + (0 if is_last else gap), ""))
    return _apply(text, edits)


def _with_values(node: Node, value: Any) -> Iterator[tuple[Node, Any]]:
    yield node, value
    if node.kind == "map":
        for key, item in zip(node.keys, node.items, strict=True):
            yield from _with_values(item, value[key.value])
    elif node.kind == "list":
        for index, item in enumerate(node.items):
            yield from _with_values(item, value[index])


class _Plan:
    """What is to be cut and put where."""

    def __init__(self, text: str, root: Node) -> None:
        self._text = text
        self._root = root
        self._aliases = {node.anchor for node in root.walk() if node.kind == "alias"}
        self._edits: list[Edit] = []

    def edits(self, old: Any, new: Any) -> list[Edit]:
        """Plan the way from one value to the other."""
        self._change(self._root, old, new, None)
        return self._edits

    def _change(self, node: Node, old: Any, new: Any, key: Node | None) -> None:
        if same(old, new):
            return
        if node.kind == "alias" or (node.anchor in self._aliases and node.anchor):
            raise _Shared(str(node.anchor))
        if node.kind == "map" and isinstance(new, dict) and new and node.keys:
            self._change_map(node, old, new, key)
        elif node.kind == "list" and isinstance(new, list) and new and node.items:
            self._change_list(node, old, new, key)
        else:
            self._replace(node, new, key)

    def _change_map(self, node: Node, old: dict[str, Any], new: dict[str, Any], key: Node | None) -> None:
        gone, added = [each for each in old if each not in new], [each for each in new if each not in old]
        if len(gone) == len(old) or (node.flow and (gone or added)):
            self._replace(node, new, key)
            return
        for each in old:
            name, item = node.get(each)
            if each not in new:
                self._cut(node, name, item)
            else:
                self._change(item, old[each], new[each], name)
        if added:
            lines = "".join(self._entry(node, each, new[each]) for each in added)
            place = self._after(node.items[-1], node.keys[-1])
            self._edits.append((place, place, lines))

    def _change_list(self, node: Node, old: list[Any], new: list[Any], key: Node | None) -> None:
        steps = SequenceMatcher(None, [repr(each) for each in old], [repr(each) for each in new], False)
        todo: list[tuple[str, int, int, int, int]] = []
        for tag, a, b, c, d in steps.get_opcodes():
            both = min(b - a, d - c)
            if both and tag == "replace":
                todo.append(("change", a, a + both, c, c + both))
            if a + both < b and tag != "equal":
                todo.append(("delete", a + both, b, d, d))
            if c + both < d and tag != "equal":
                todo.append(("insert", b, b, c + both, d))
        moves = any(tag != "change" for tag, *_ in todo)
        gone = sum(b - a for tag, a, b, *_ in todo if tag == "delete")
        if gone == len(old) or (moves and (node.flow or not self._one_each_line(node))):
            self._replace(node, new, key)
            return
        for step, a, b, c, d in todo:
            if step == "change":
                for index in range(b - a):
                    self._change(node.items[a + index], old[a + index], new[c + index], None)
            elif step == "delete":
                for item in node.items[a:b]:
                    self._check_names(item)
                    self._edits.append((self._line(item), self._after(item), ""))
            else:
                place = self._after(node.items[a - 1]) if a else self._line(node.items[0])
                is_flow = node.items[min(a, len(node.items) - 1)].flow
                self._edits.append(
                    (place, place, "".join(self._item(node, each, is_flow) for each in new[c:d]))
                )

    def _replace(self, node: Node, new: Any, key: Node | None) -> None:
        self._check_names(node)
        start, end = node.start, max(node.end, node.start)
        if node.flow:
            needs_space = start and not self._text[start - 1].isspace() and self._text[start - 1] not in "[{"
            self._edits.append((start, end, f"{' ' if needs_space else ''}{write(new)}"))
            return
        gap = self._text[key.end : start] if key is not None else ""
        if key is not None and gap.strip() == ":" and not (_is_long(new)):
            self._edits.append((key.end, end, f": {write(new)}"))
        else:
            lines = _block(new, node.column) if _is_long(new) else [write(new)]
            self._edits.append((start, end, f"\n{' ' * node.column}".join(lines)))

    def _cut(self, node: Node, key: Node, item: Node) -> None:
        self._check_names(item)
        start = self._text.rfind("\n", 0, key.start) + 1
        if not self._text[start : key.start].strip():
            self._edits.append((start, self._after(item, key), ""))
            return
        # The first key of an entry stands on the line of its dash; the next one comes there.
        place = node.keys.index(key) + 1
        if place >= len(node.keys):
            raise NotRewritten
        self._edits.append((key.start, node.keys[place].start, ""))

    def _entry(self, node: Node, key: str, value: Any) -> str:
        indent = " " * node.column
        if node.column == 0 and _is_long(value):
            inner = f"\n{indent}  "
            return f"\n{scalar(key)}:{inner}{inner.join(_block(value, 2))}\n"
        return f"{indent}{scalar(key)}: {write(value)}\n"

    def _item(self, node: Node, value: Any, is_flow: bool) -> str:
        indent = " " * node.column
        lines = [write(value)]
        if not is_flow or len(lines[0]) > LONGEST_LINE * (8 if is_flow else 1):
            lines = _block(value, 0)
        return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"

    def _one_each_line(self, node: Node) -> bool:
        """Tell whether each item begins on a line with its dash alone."""
        return all(self._text[self._line(item) : item.start].strip() == "-" for item in node.items)

    def _line(self, node: Node) -> int:
        return self._text.rfind("\n", 0, node.start) + 1

    def _after(self, node: Node, key: Node | None = None) -> int:
        """Find the beginning of the line after a part."""
        last = max(node.end, key.end if key else 0)
        return self._text.index("\n", max(last - 1, 0) if self._text[last - 1 : last] == "\n" else last) + 1

    def _check_names(self, node: Node) -> None:
        for part in node.walk():
            if part.kind != "alias" and part.anchor in self._aliases and part.anchor:
                raise _Shared(part.anchor)


def _is_long(value: Any) -> bool:
    """Tell whether a value is better written over several lines."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(each, (dict, list)) and each for each in inner)


def _block(value: Any, _column: int) -> list[str]:
    """Write the entries of a map or the items of a list, a line each."""
    if isinstance(value, dict) and value:
        return [f"{scalar(key)}: {write(each)}" for key, each in value.items()]
    if isinstance(value, list) and value:
        return [f"- {write(each)}" for each in value]
    return [write(value)]
