"""What a form asks for, read from the models of the configuration themselves."""

from __future__ import annotations

import datetime
import types
import typing
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic_core import PydanticUndefined

from printing.layout import PARTS
from server.config.base import Names, Part
from server.config.hall import Span
from server.config.secrets import is_secret

Kind = Literal[
    "text", "names", "number", "decimal", "switch", "choice", "choices", "list", "lines", "date", "pairs"
]

# Keys of other parts that may be named: where they are from.
KEYS_OF = {
    "zone": "zones",
    "printer": "printers",
    "checkpoint_printer": "printers",
    "agency": "agencies",
    "agencies": "agencies",
    "services": "services",
    "group": "groups",
}
# Of several words each.
ON_LINES = ("members", "services")


@dataclass(frozen=True, slots=True)
class Field:
    """
    One value of a part.

    Attributes:
        name: Its path within the part, such as `target_minutes.walk_in`.
        kind: How it is asked for; `list` is short and on one line, `lines` has a line each, `pairs` are names and values.
        choices: What may be chosen; numbers where `numbers` says so.
        of: The list from which keys may be chosen.
        numbers: Its items are whole numbers.
        column: Of the catalogue's row in which it stands; empty: it stands in config.yaml.
        secret: It is shown to nobody: a form leaves it as it is unless a new one is typed.
        once: It cannot be changed any more where history refers to it.
    """

    name: str
    kind: Kind
    needed: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    of: str = ""
    numbers: bool = False
    least: float | None = None
    most: float | None = None
    secret: bool = False
    column: str = ""
    once: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """The keys on the way to it."""
        return tuple(self.name.split("."))


def fields_of(model: type[Part], inside: str = "") -> tuple[Field, ...]:
    """
    List the fields of a part; what is a list of parts has a page of its own, and is left out.

    >>> from server.config.rules import Targets
    >>> [(field.name, field.kind, field.least, field.most) for field in fields_of(Targets)][0]
    ('walk_in', 'number', 1, 480)
    """
    found: list[Field] = []
    for name, info in model.model_fields.items():
        default = info.get_default(call_default_factory=True)
        base = Field(
            f"{inside}{name}",
            "text",
            needed=info.is_required(),
            default=None if default is PydanticUndefined else default,
            secret=is_secret(f"{inside}{name}"),
        )
        found.extend(_fields(base, info.annotation, list(info.metadata)))
    return tuple(found)


def _fields(base: Field, annotation: Any, metadata: list[Any]) -> list[Field]:
    kind, metadata = _bare(annotation, metadata)
    name = base.path[-1]
    if kind is not None and isinstance(kind, type) and issubclass(kind, Part):
        inner = fields_of(kind, f"{base.name}.")
        return [replace(each, needed=each.needed and base.needed) for each in inner]
    if kind == Names:
        return [replace(base, kind="pairs" if name == "headers" else "names")]
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is dict:
        return _of_map(base, inside)
    if origin in (tuple, frozenset):
        return _of_list(base, kind, inside)
    if origin is Literal:
        return [
            replace(base, kind="choice", choices=tuple(map(str, inside)), numbers=isinstance(inside[0], int))
        ]
    bounds = _bounds(metadata)
    base = replace(base, least=bounds.get("least"), most=bounds.get("most"))
    if kind is bool:
        return [replace(base, kind="switch")]
    if kind is int:
        return [replace(base, kind="number")]
    if kind is float:
        return [replace(base, kind="decimal")]
    if kind is datetime.date:
        return [replace(base, kind="date")]
    if name in KEYS_OF:
        return [replace(base, kind="choice", of=KEYS_OF[name])]
    return [base]


def _of_map(base: Field, inside: tuple[Any, ...]) -> list[Field]:
    """Take the entries of a map whose keys are known; others are lists of parts."""
    if typing.get_origin(inside[0]) is Literal:
        return [Field(f"{base.name}.{key}", "list") for key in typing.get_args(inside[0])]
    if base.name == "blocks":
        return [Field(f"{base.name}.{kind}", "list") for kind in PARTS]
    return []


def _of_list(base: Field, kind: Any, inside: tuple[Any, ...]) -> list[Field]:
    if kind == typing.get_args(Span)[0]:
        return [base]  # "09:00-18:00", written as one text
    item, _ = _bare(inside[0], [])
    name = base.path[-1]
    if isinstance(item, type) and issubclass(item, Part):
        return []
    if typing.get_origin(item) is Literal:
        return [replace(base, kind="choices", choices=tuple(map(str, typing.get_args(item))))]
    if name in KEYS_OF and base.default == ():
        return [replace(base, kind="choices", of=KEYS_OF[name])]
    is_whole = item is int
    return [replace(base, kind="lines" if name in ON_LINES else "list", numbers=is_whole)]


def _bare(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any]]:
    """Take off what is only said about a type: `Annotated`, `| None`."""
    if typing.get_origin(annotation) is Annotated:
        inner, *more = typing.get_args(annotation)
        if annotation == Span:
            return inner, metadata
        return _bare(inner, [*metadata, *more])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        inner = next(each for each in typing.get_args(annotation) if each is not type(None))
        return _bare(inner, metadata)
    return annotation, metadata


def _bounds(metadata: list[Any]) -> dict[str, float]:
    """Read the smallest and the largest value allowed."""
    flat = [each for one in metadata for each in (one, *getattr(one, "metadata", ()))]
    found: dict[str, float] = {}
    for each in flat:
        for attribute, name in (("ge", "least"), ("gt", "least"), ("le", "most")):
            value = getattr(each, attribute, None)
            if value is not None:
                found[name] = value
    return found
