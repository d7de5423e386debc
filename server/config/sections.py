"""What config.yaml may hold: its sections, checked one entry at a time so that each fault is found."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from server.config import (
    booking,
    displays,
    equipment,
    hall,
    outreach,
    paper,
    phone,
    rules,
    sign_in,
    terminal,
    voice,
)
from server.config.base import AsTuple, Channel, Key, Minutes, Names, Part, People, Series, Text
from server.config.fault_words import hint_for, in_plain_words, kind_of
from server.config.problems import closest

if TYPE_CHECKING:
    from server.config.yaml_reading import Document, Path

AsSet = BeforeValidator(lambda value: frozenset(map(str, value)) if isinstance(value, list) else value)


class CatalogueFiles(Part):
    """Where the catalogue is, from the folder of config.yaml."""

    agencies: Text
    services: Text
    groups: Text
    bring: Text


class AgencyPlace(Part):
    """An agency of the catalogue that has a place in this centre."""

    zone: Key
    series: Series
    most_waiting: People | None = None


class ServiceChange(Part):
    """Where this centre differs from the catalogue in one service."""

    offered: bool = True
    minutes: Minutes | None = None
    target_minutes: Minutes | None = None
    series: Series | None = None
    zone: Key | None = None
    channels: Annotated[frozenset[Channel], AsSet, Field(min_length=1)] | None = None
    cost: Names | None = None
    most_waiting: People | None = None


class CounterEntry(Part):
    """A counter as it is written: it serves every service of its agencies, and the services named besides."""

    number: Annotated[int, Field(ge=1, le=999)]
    zone: Key
    agencies: Annotated[tuple[Key, ...], AsTuple] = ()
    services: Annotated[tuple[Key, ...], AsTuple] = ()
    arrow: Literal["left", "right", "up", "down", "up-left", "up-right", "none"] = "none"
    printer: Key | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A top-level key: one `model`, or a list or a map of them."""

    model: type[Part]
    shape: Literal["one", "list", "map"] = "one"
    needed: bool = True


SECTIONS = {
    "catalogue": Section(CatalogueFiles),
    "centre": Section(hall.Centre),
    "zones": Section(hall.Zone, "list"),
    "agencies": Section(AgencyPlace, "map"),
    "services": Section(ServiceChange, "map", needed=False),
    "counters": Section(CounterEntry, "list"),
    "categories": Section(rules.Category, "list", needed=False),
    "policy": Section(rules.Policy),
    "admission": Section(rules.Admission, needed=False),
    "outreach": Section(outreach.Outreach, needed=False),
    "printers": Section(equipment.Printer, "list", needed=False),
    "displays": Section(displays.Display, "list", needed=False),
    "board": Section(displays.Board, needed=False),
    "paper": Section(paper.Paper, needed=False),
    "kiosk": Section(equipment.Kiosk, needed=False),
    "voice": Section(voice.Voice, needed=False),
    "phone_tickets": Section(phone.PhoneTickets, needed=False),
    "push": Section(phone.Push, needed=False),
    "rating": Section(rules.Rating),
    "terminal": Section(terminal.Terminal, needed=False),
    "sign_in": Section(sign_in.SignIn, needed=False),
    "booking": Section(booking.Booking, needed=False),
    "collection": Section(booking.Collection, needed=False),
    "messages": Section(booking.Messages, needed=False),
    "server": Section(equipment.Server, needed=False),
}
SHAPES: dict[str, tuple[Any, str]] = {
    "one": (dict, "keys and values"),
    "list": (list, "a list"),
    "map": (dict, "keys and values"),
}


def read_sections(document: Document) -> dict[str, Any]:
    """Check every section; return what is good in it, and note the rest in `document.problems`."""
    for key in document.data:
        if key not in SECTIONS:
            hint = closest(key, SECTIONS)
            document.problems.append(document.problem((key,), f"unknown key `{key}`", hint, of_key=True))
    return {name: read_section(document, name) for name in SECTIONS}


def read_section(document: Document, name: str) -> Any:
    """Check one section; None where it has a fault, which is noted in `document.problems`."""
    section = SECTIONS[name]
    wanted, words = SHAPES[section.shape]
    if name not in document.data:
        if section.needed:
            document.problems.append(document.problem((), f"`{name}` is missing"))
            return None
        value: Any = wanted()
    else:
        value = document.data[name]
    if not isinstance(value, wanted):
        document.problems.append(document.problem((name,), f"must be {words}"))
        return None
    if section.needed and not value:
        document.problems.append(document.problem((name,), "is empty"))
        return None
    if section.shape == "one":
        return _validate(document, section.model, (name,), value)
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    read = {key: _validate(document, section.model, (name, key), each) for key, each in entries}
    return read if section.shape == "map" else list(read.values())


def _validate(document: Document, model: type[Part], path: Path, value: Any) -> Part | None:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            _note(document, model, path, fault)
        return None


def _note(document: Document, model: type[Part], path: Path, fault: Any) -> None:
    inner = tuple(part for part in fault["loc"] if part != "[key]")
    here = (*path, *inner)
    if fault["type"] == "extra_forbidden":
        hint = closest(inner[-1], _fields_at(model, inner[:-1]))
        problem = document.problem(here, f"unknown key `{inner[-1]}`", hint, of_key=True, kind="unknown_key")
    elif fault["type"] == "missing":
        problem = document.problem(here, "is missing", kind="missing")
    else:
        of_key = fault["loc"][-1:] == ("[key]",)
        kind, facts = kind_of(fault)
        message, hint = in_plain_words(fault), hint_for(fault)
        problem = document.problem(here, message, hint, of_key=of_key, kind=kind, **facts)
    document.problems.append(problem)


def _fields_at(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """List the keys that are allowed at a path inside a model."""
    inside: type[BaseModel] = model
    for part in path:
        if isinstance(part, str) and part in inside.model_fields:
            inside = _model_in(inside.model_fields[part].annotation) or inside
    return list(inside.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in typing.get_args(annotation))
    return next((each for each in found if each), None)
