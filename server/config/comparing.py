"""Two configurations value by value: what was changed, added, taken away; secrets only by their key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.config.loading import without_places
from server.config.secrets import HIDDEN, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from server.config.models import Config

# What the public log may tell with its values; of the other sections it tells the keys. They hold where printers,
# gateways and people are.
TOLD = frozenset(
    (
        "centre",
        "zones",
        "agencies",
        "groups",
        "services",
        "counters",
        "categories",
        "policy",
        "admission",
        "board",
        "paper",
        "voice",
        "kiosk",
        "phone_tickets",
        "rating",
        "terminal",
        "booking",
        "collection",
    )
)
MOST_IN_LOG = 100
LONGEST_IN_LOG = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One value that is not the same.

    Attributes:
        key: Within the section, dotted; parts of a list by their key or number.
        before, after: Plain values; None where there is none.
    """

    section: str
    key: str
    before: Any
    after: Any


def compare(before: Config, after: Config) -> list[Difference]:
    """
    List what differs in two configurations, the place of the program's run left out.

    What a service takes over from the policy, from its agency or from the giving of numbers is told there, once, and not
    for each of hundreds of services.
    """
    old, new = (_own(without_places(each)) for each in (before, after))
    return [
        Difference(section, key, *(_shown(f"{section}.{key}", each) for each in (was, now)))
        for section in old
        if section != "server"
        for key, was, now in _differing("", old[section], new[section])
    ]


def _own(values: dict[str, Any]) -> dict[str, Any]:
    agencies = {each["key"]: each for each in values["agencies"]}
    services = []
    for service in values["services"]:
        agency = agencies[service["agency"]]
        taken_over = {
            "target_minutes": values["policy"]["target_minutes"]["walk_in"],
            "most_waiting": values["admission"]["most_waiting"],
            "series": agency["series"],
            "zone": agency["zone"],
        }
        services.append(
            {key: None if taken_over.get(key) == value else value for key, value in service.items()}
        )
    return {**values, "services": services}


def for_log(differences: list[Difference]) -> list[dict[str, Any]]:
    """Tell differences so that anyone may read them, and not more of them than fit into an entry."""
    rows: list[dict[str, Any]] = []
    for each in differences[:MOST_IN_LOG]:
        values = {
            name: _in_log(each.section, value)
            for name, value in (("before", each.before), ("after", each.after))
        }
        rows.append({"section": each.section, "key": each.key, **values})
    if len(differences) > MOST_IN_LOG:
        rows.append({"more": len(differences) - MOST_IN_LOG})
    return rows


def _in_log(section: str, value: Any) -> Any:
    if value is None:
        return None
    if section not in TOLD:
        return HIDDEN
    text = json.dumps(value, ensure_ascii=False)
    return value if len(text) <= LONGEST_IN_LOG else f"{text[:LONGEST_IN_LOG]}…"


def _differing(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    old_parts, new_parts = _parts(old), _parts(new)
    if old_parts is None or new_parts is None:
        yield path, old, new
        return
    same = True
    for name in dict.fromkeys((*old_parts, *new_parts)):
        for found in _differing(f"{path}.{name}" if path else name, old_parts.get(name), new_parts.get(name)):
            same = False
            yield found
    if same:  # only their order
        yield path, list(old_parts), list(new_parts)


def _parts(value: Any) -> Mapping[str, Any] | None:
    """Take a map, or a list whose parts have names, apart."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        for name in ("key", "number", "date"):
            if all(name in each for each in value):
                return {str(each[name]): each for each in value}
    return None


def _shown(path: str, value: Any) -> Any:
    if value is None:
        return None
    if is_secret(path):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _shown(f"{path}.{key}", each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shown(path, each) for each in value]
    return value
