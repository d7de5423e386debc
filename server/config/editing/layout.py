"""Which parts of the configuration have a form, and which a table of entries with a form each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from server.config import displays, equipment, hall, outreach, rules, sections, voice
from server.config.editing.fields import Field, fields_of

if TYPE_CHECKING:
    from server.config.base import Part


@dataclass(frozen=True, slots=True)
class Entries:
    """
    Parts of one kind, each with a form: a list or a map in config.yaml, or rows of the catalogue.

    Attributes:
        path: Where they are in config.yaml; a list, or a map by `id`.
        id: What tells one from another.
        shape: `rows` are in the catalogue only, `both` there and in a map of config.yaml.
        kept: What names one of these is not changed once it is there.
    """

    model: type[Part]
    path: tuple[str, ...]
    id: str = "key"
    shape: str = "list"
    kept: bool = True


# By the name in an address; those of one section stand together.
ENTRIES: dict[str, Entries] = {
    "zones": Entries(hall.Zone, ("zones",)),
    "agencies": Entries(sections.AgencyPlace, ("agencies",), shape="both"),
    "groups": Entries(hall.Group, (), shape="rows"),
    "services": Entries(sections.ServiceChange, ("services",), shape="both"),
    "bring": Entries(hall.Group, (), shape="rows"),
    "counters": Entries(sections.CounterEntry, ("counters",), id="number"),
    "holidays": Entries(hall.Holiday, ("centre", "holidays"), id="date", kept=False),
    "categories": Entries(rules.Category, ("categories",)),
    "out_of_turn_reasons": Entries(rules.Choice, ("policy", "out_of_turn_reasons")),
    "pause_reasons": Entries(rules.PauseReason, ("policy", "pause_reasons")),
    "printers": Entries(equipment.Printer, ("printers",)),
    "displays": Entries(displays.Display, ("displays",)),
    "voice_zones": Entries(voice.ZoneVoice, ("voice", "zones"), id="zone", shape="map"),
    "aspects": Entries(rules.Choice, ("rating", "aspects")),
    "outcomes": Entries(rules.Choice, ("terminal", "outcomes")),
    "teams": Entries(outreach.Team, ("outreach", "teams")),
    "outreach_categories": Entries(outreach.OutreachCategory, ("outreach", "categories")),
    "decline_reasons": Entries(rules.Choice, ("outreach", "decline_reasons")),
}
FORMS = (
    "centre",
    "policy",
    "admission",
    "kiosk",
    "board",
    "voice",
    "paper",
    "phone_tickets",
    "push",
    "rating",
    "terminal",
    "sign_in",
    "booking",
    "collection",
    "outreach",
    "messages",
)
# In the order in which a centre is thought of: what belongs together.
ORDER = (
    ("hall", ("centre", "holidays", "zones", "counters")),
    ("offer", ("agencies", "services", "groups", "bring")),
    ("rule", ("policy", "out_of_turn_reasons", "pause_reasons", "categories", "admission")),
    ("screens", ("kiosk", "displays", "board", "voice", "voice_zones", "phone_tickets", "push")),
    ("paper", ("printers", "paper")),
    ("work", ("terminal", "outcomes", "rating", "aspects", "sign_in")),
    (
        "beside",
        ("booking", "collection", "outreach", "teams", "outreach_categories", "decline_reasons", "messages"),
    ),
)
_ROW = (
    Field("source", "text", column="source"),
    Field("minutes_basis", "text", column="minutes_basis"),
    Field("name_basis", "text", column="name_basis"),
)
_KEY = Field("key", "text", needed=True, column="key", once=True)
_NAME = Field("name", "names", needed=True, column="name")
# Whether an agency of the catalogue works in this centre: then it has a place there.
_HERE = Field("here", "switch", default=True)


@cache
def describe(name: str) -> tuple[Field, ...]:
    """
    List what the form of a section, or of one of its entries, asks for.

    Raises:
        KeyError: There is no such form.
    """
    if name not in ENTRIES:
        if name not in FORMS:
            raise KeyError(name)
        return fields_of(sections.SECTIONS[name].model)
    entries = ENTRIES[name]
    own = fields_of(entries.model)
    if name == "agencies":
        kinds = fields_of(hall.Agency)
        kind = next(replace(each, column="kind") for each in kinds if each.name == "kind")
        return (_KEY, _NAME, kind, _HERE, *own, _ROW[0])
    if name == "services":
        return _of_service(own)
    if entries.shape == "rows":
        return (_KEY, _NAME)
    if entries.shape == "map":
        return (Field(entries.id, "choice", needed=True, of="zones", once=True), *own)
    return tuple(replace(each, once=entries.kept) if each.name == entries.id else each for each in own)


def _of_service(own: tuple[Field, ...]) -> tuple[Field, ...]:
    """Put what the catalogue says of a service and what this centre says otherwise in one form."""
    change = {each.name: each for each in own}
    return (
        _KEY,
        change["offered"],
        _NAME,
        Field("agency", "choice", needed=True, of="agencies", column="agency"),
        Field("group", "choice", needed=True, of="groups", column="group"),
        replace(change["minutes"], needed=True, column="minutes"),
        change["target_minutes"],
        replace(change["channels"], needed=True, column="channels"),
        change["series"],
        change["zone"],
        change["most_waiting"],
        Field("bring", "choices", of="bring", column="bring"),
        Field("price", "choice", of="bring", column="cost"),
        change["cost"],
        *_ROW,
    )
