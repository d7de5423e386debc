"""config.yaml as plain values, and where in the file each of them stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

import yaml  # type: ignore[import-untyped]

from server.config.problems import ConfigProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
# A few lines of anchors can stand for more values than any memory holds.
MOST_VALUES = 200_000
Place = tuple[int, int]

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast


class _Loader(_Base):  # type: ignore[misc]
    """
    YAML with the plain values of version 1.2.

    Version 1.1, PyYAML's own, reads an unquoted `18:00` as the number 1080 and `no` as false.
    """

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _construct_int(loader: Any, node: yaml.ScalarNode) -> int:
    return int(loader.construct_scalar(node))  # 010 is ten, not eight


_Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)


class _TooMuch(Exception):
    """A file stands for more values than can be read."""


class Document:
    """
    A YAML file that was read.

    Attributes:
        data: Plain dicts, lists and scalars, a dict at the top; None if there is a problem.
        problems: What the reader itself found: bad syntax, a key twice, a file that is no mapping.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.data: Any = None
        self.problems: list[ConfigProblem] = []
        self._values: dict[Path, Place] = {}
        self._keys: dict[Path, Place] = {}
        self._read(text)

    def place(self, path: Path, *, of_key: bool = False) -> Place:
        """Find line and column of a value (or of its key); of the nearest thing around it if it is absent."""
        places = self._keys if of_key else self._values
        while path and path not in places:
            path, places = path[:-1], self._keys
        return places.get(path, self._values.get(path, (1, 1)))

    def problem(
        self,
        path: Path,
        message: str,
        suggestion: str | None = None,
        *,
        of_key: bool = False,
        kind: str = "",
        **facts: object,
    ) -> ConfigProblem:
        """Describe a fault at a path of this file; `kind` and facts as `ConfigProblem` has them."""
        line, column = self.place(path, of_key=of_key)
        return ConfigProblem(self.file, line, column, dotted(path), message, suggestion, kind, facts)

    def _read(self, text: str) -> None:
        loader: Any = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                self.problems.append(ConfigProblem(self.file, 1, 1, "", "the file is empty"))
                return
            self._locate(node, (), ())
            if not isinstance(node, yaml.MappingNode):
                self.problems.append(self.problem((), "must be keys and values, such as `centre:`"))
            if not self.problems:
                self.data = loader.construct_document(node)
        except yaml.MarkedYAMLError as error:
            self.problems.append(self._syntax_problem(error))
        except _TooMuch:
            self.problems = [ConfigProblem(self.file, 1, 1, "", f"holds more than {MOST_VALUES:,} values")]
        except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2026-02-30
            first_line = str(error).splitlines()[0]
            self.problems.append(ConfigProblem(self.file, 1, 1, "", f"not valid YAML: {first_line}"))
        finally:
            loader.dispose()

    def _syntax_problem(self, error: yaml.MarkedYAMLError) -> ConfigProblem:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = ", ".join(part for part in (error.context, error.problem) if part)
        return ConfigProblem(self.file, line, column, "", f"not valid YAML: {message}")

    def _locate(self, node: yaml.Node, path: Path, around: tuple[yaml.Node, ...]) -> None:
        self._values[path] = _place(node)
        if len(self._values) > MOST_VALUES:
            raise _TooMuch
        if node in around:
            self.problems.append(self.problem(path, "refers to itself"))
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self._locate_entry(key, value, path, (*around, node))
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self._locate(item, (*path, index), (*around, node))
        elif node.tag.endswith(":timestamp"):
            self._check_date(node, path)

    def _check_date(self, node: yaml.Node, path: Path) -> None:
        import datetime

        try:
            datetime.date.fromisoformat(node.value)
        except ValueError:
            self.problems.append(self.problem(path, f"there is no day {node.value}"))

    def _locate_entry(
        self, key: yaml.Node, value: yaml.Node, path: Path, around: tuple[yaml.Node, ...]
    ) -> None:
        here = (*path, str(key.value)) if isinstance(key, yaml.ScalarNode) else path
        if here == path or not key.tag.endswith(":str"):
            line, column = _place(key)
            message = "a key must be a word; put it in quotes"
            self.problems.append(ConfigProblem(self.file, line, column, dotted(here), message))
            return
        if here in self._keys:
            line, column = _place(key)
            message = f"stands here a second time; first in line {self._keys[here][0]}"
            self.problems.append(ConfigProblem(self.file, line, column, dotted(here), message))
            return
        self._keys[here] = _place(key)
        self._locate(value, here, around)


def dotted(path: Path) -> str:
    """
    Write a path as people read it.

    >>> dotted(("counters", 3, "zone"))
    'counters[3].zone'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def find(data: Any, pattern: str) -> Iterator[tuple[Path, Any]]:
    """
    Yield path and value of everything that a pattern names; `*` stands for each item or entry.

    >>> list(find({"zones": [{"key": "a"}, {}]}, "zones.*.key"))
    [(('zones', 0, 'key'), 'a')]
    """
    found: list[tuple[Path, Any]] = [((), data)]
    for part in pattern.split("."):
        found = [((*path, key), item) for path, value in found for key, item in _entries(value, part)]
    yield from found


def _entries(value: Any, part: str) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return [(key, item) for key, item in value.items() if part in ("*", key)]
    if isinstance(value, list) and part == "*":
        return list(enumerate(value))
    return []


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
