"""
What must agree across the whole configuration.

These checks read the values as they are written, so that a fault in one entry hides none in another.
"""

from __future__ import annotations

import re
import zoneinfo
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from server.config.outreach_faults import check_teams
from server.config.paper import check_paper
from server.config.problems import closest
from server.config.voice import check_voice
from server.config.yaml_reading import find

if TYPE_CHECKING:
    from collections.abc import Collection

    from server.config.catalogue import Catalogue, Row
    from server.config.yaml_reading import Document

PRINTER_SCHEMES = ("tcp", "usb", "serial", "cups", "file", "agent", "virtual")
UNIQUE = (
    "centre.languages.*",
    "centre.holidays.*.date",
    "zones.*.key",
    "counters.*.number",
    "categories.*.key",
    "outreach.categories.*.key",
    "outreach.decline_reasons.*.key",
    "outreach.teams.*.key",
    "outreach.teams.*.counter",
    "policy.out_of_turn_reasons.*.key",
    "policy.pause_reasons.*.key",
    "printers.*.key",
    "displays.*.key",
    "paper.languages.*",
    "rating.aspects.*.key",
)
NAMES = (
    "centre.name",
    "centre.holidays.*.name",
    "zones.*.name",
    "zones.*.where",
    "services.*.cost",
    "categories.*.name",
    "categories.*.evidence",
    "categories.*.legal_reference",
    "outreach.categories.*.name",
    "outreach.categories.*.evidence",
    "outreach.categories.*.legal_reference",
    "outreach.decline_reasons.*.name",
    "outreach.teams.*.name",
    "policy.out_of_turn_reasons.*.name",
    "policy.pause_reasons.*.name",
    "paper.header",
    "paper.footer",
    "rating.aspects.*.name",
)
ZONES = ("agencies.*.zone", "services.*.zone", "counters.*.zone", "printers.*.zone", "displays.*.zone")
PRINTERS = ("counters.*.printer", "kiosk.printer", "paper.checkpoint_printer")


_USB_IDS = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")


def check_references(document: Document, available: Collection[str], on_paper: Collection[str]) -> None:
    """
    Check what config.yaml says of itself.

    Args:
        available: The languages that have translations.
        on_paper: Those that have words for slips.
    """
    _check_unique(document)
    _check_known(document, ZONES, _values(document, "zones.*.key"), "zone")
    _check_known(document, PRINTERS, _values(document, "printers.*.key"), "printer")
    agencies = ("counters.*.agencies.*", "booking.agencies.*", "outreach.teams.*.agencies.*")
    _check_known(document, agencies, _section_keys(document, "agencies"), "agency")
    check_teams(document)
    _check_languages(document, available, on_paper)
    check_paper(document, on_paper)
    check_voice(document, _values(document, "zones.*.key"))
    _check_time_zone(document)
    _check_printer_uris(document)


def check_catalogue(document: Document, catalogue: Catalogue) -> None:
    """Check what config.yaml takes from the catalogue, and that each service has a counter."""
    for name, table in (("agencies", catalogue.agencies), ("services", catalogue.services)):
        for key in _section_keys(document, name) if table.whole else ():
            if key not in table.rows:
                hint = closest(key, table.rows)
                message = f"`{key}` is not in {table.file}"
                document.problems.append(document.problem((name, key), message, hint, of_key=True))
    if not catalogue.services.whole:
        return
    offers = offers_of(document.data, catalogue)
    _check_known(document, ("counters.*.services.*", "outreach.teams.*.services.*"), list(offers), "service")
    _check_every_counter_serves(document, offers)
    _check_every_service_is_served(document, offers)


class Offer(NamedTuple):
    """A service of this centre: its row in the catalogue, and the zone in which its visitors wait."""

    row: Row
    zone: str | None


def offers_of(data: dict[str, Any], catalogue: Catalogue) -> dict[str, Offer]:
    """Pick the services of this centre: those of its agencies, but for what it says it does not offer."""
    agencies, changes = _mapping(data.get("agencies")), _mapping(data.get("services"))
    offers = {}
    for key, row in catalogue.services.rows.items():
        agency, change = row.cells["agency"], _mapping(changes.get(key))
        if agency in agencies and change.get("offered") is not False:
            offers[key] = Offer(
                row, _word(change.get("zone")) or _word(_mapping(agencies[agency]).get("zone"))
            )
    return offers


def served_by(counter: Any, offers: dict[str, Offer]) -> list[str]:
    """
    List what a counter serves, in the catalogue's order.

    Of its agencies only what waits in its own zone, so that nobody is called across the hall unless the service is
    named at the counter.
    """
    counter = _mapping(counter)
    named, agencies, zone = (
        _listed(counter.get("services")),
        _listed(counter.get("agencies")),
        counter.get("zone"),
    )
    return [
        key
        for key, offer in offers.items()
        if key in named or (offer.row.cells["agency"] in agencies and offer.zone == zone)
    ]


def _check_unique(document: Document) -> None:
    for pattern in UNIQUE:
        first: dict[Any, int] = {}
        for path, value in find(document.data, pattern):
            if isinstance(value, (dict, list)):
                continue
            if value in first:
                message = f"`{value}` is already used in line {first[value]}"
                document.problems.append(document.problem(path, message, kind="twice", value=value))
            else:
                first[value] = document.place(path)[0]


def _check_known(document: Document, patterns: tuple[str, ...], known: Collection[Any], what: str) -> None:
    for pattern in patterns:
        for path, value in find(document.data, pattern):
            if isinstance(value, str) and value not in known:
                document.problems.append(
                    document.problem(
                        path, f"unknown {what} `{value}`", closest(value, known), kind="unknown", value=value
                    )
                )


def _check_languages(document: Document, available: Collection[str], on_paper: Collection[str]) -> None:
    languages = _values(document, "centre.languages.*")
    for path, language in find(document.data, "centre.languages.*"):
        if isinstance(language, str) and language not in available:
            message = f"there are no translations for `{language}`; there are {', '.join(sorted(available))}"
            document.problems.append(document.problem(path, message, closest(language, available)))
    for pattern in NAMES:
        for path, names in find(document.data, pattern):
            if not isinstance(names, dict):
                continue  # the section's own check says so
            missing = [language for language in languages if language not in names]
            if missing:
                document.problems.append(
                    document.problem(
                        path,
                        f"is missing in {', '.join(missing)}",
                        of_key=True,
                        kind="missing_in",
                        languages=", ".join(missing),
                    )
                )
            for language in names.keys() - {*languages, *available, *on_paper}:
                message, hint = f"unknown language `{language}`", closest(language, languages)
                document.problems.append(document.problem((*path, language), message, hint, of_key=True))


def _check_time_zone(document: Document) -> None:
    for path, name in find(document.data, "centre.timezone"):
        try:
            if isinstance(name, str):
                zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            hint = closest(name, zoneinfo.available_timezones())
            document.problems.append(document.problem(path, f"unknown time zone `{name}`", hint))


def _check_printer_uris(document: Document) -> None:
    for path, uri in find(document.data, "printers.*.uri"):
        if not isinstance(uri, str):
            continue
        message, hint = _uri_fault(uri)
        if message:
            document.problems.append(document.problem(path, message, hint))


def _uri_fault(uri: str) -> tuple[str | None, str | None]:
    scheme, colon, rest = uri.partition(":")
    if not colon or scheme not in PRINTER_SCHEMES:
        known = "tcp://HOST:9100, usb:///dev/usb/lp0, serial:///dev/ttyUSB0, cups://QUEUE, agent:DEVICE or virtual:"
        return f"`{uri}` is no printer address; write {known}", closest(scheme, PRINTER_SCHEMES)
    if scheme == "agent" and not rest.strip():
        return f"`{uri}` must name the agent's device, such as agent:kiosk-2", None
    try:
        address = urlsplit(uri)
        if scheme == "tcp" and (
            not address.hostname or not address.port or address.path or address.query or address.username
        ):
            return f"`{uri}` must be a host and a port, such as tcp://10.0.0.21:9100", None
    except ValueError as error:
        return f"`{uri}`: {str(error).lower()}", None
    if scheme in ("serial", "file") and not address.path.startswith("/"):
        return f"`{uri}` must name a file from the root, such as {scheme}:///dev/ttyUSB0", None
    if scheme == "usb" and not (address.path.startswith("/dev/") or _USB_IDS.fullmatch(address.netloc)):
        return f"`{uri}` must be usb:///dev/usb/lp0, or usb://04b8:0e28 by vendor and product", None
    if scheme == "cups" and not address.netloc:
        return f"`{uri}` must name a queue, such as cups://kiosk", None
    return None, None


def _check_every_counter_serves(document: Document, offers: dict[str, Offer]) -> None:
    for path, counter in find(document.data, "counters.*"):
        if not isinstance(counter, dict) or _has_unknown(document, counter, offers):
            continue
        if not _listed(counter.get("agencies")) and not _listed(counter.get("services")):
            message = "serves nothing; name its `agencies` or `services`"
            document.problems.append(document.problem(path, message, kind="serves_nothing"))
        elif not served_by(counter, offers):
            message = "serves nothing: none of its agencies' services wait in its zone"
            document.problems.append(document.problem(path, message, kind="serves_none_here"))


def _check_every_service_is_served(document: Document, offers: dict[str, Offer]) -> None:
    served: dict[str | None, set[str]] = {}
    for _, counter in find(document.data, "counters.*"):
        if _has_unknown(document, _mapping(counter), offers):
            return  # what it was meant to serve cannot be told; that fault is to be mended first
        served.setdefault(_word(_mapping(counter).get("zone")), set()).update(served_by(counter, offers))
    unserved: dict[tuple[str, str], list[str]] = {}
    for key, offer in offers.items():
        if key not in served.get(offer.zone, ()):
            unserved.setdefault((offer.row.cells["agency"], str(offer.zone)), []).append(key)
    for (agency, zone), keys in unserved.items():
        some = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
        message = f"no counter of zone `{zone}`, where its visitors wait, serves {some}"
        document.problems.append(
            document.problem(
                ("agencies", agency), message, of_key=True, kind="unserved", zone=zone, services=some
            )
        )


def _has_unknown(document: Document, counter: dict[str, Any], offers: dict[str, Offer]) -> bool:
    """Tell whether a counter names a zone, an agency or a service that does not exist."""
    return (
        counter.get("zone") not in _values(document, "zones.*.key")
        or not set(_listed(counter.get("agencies"))) <= _mapping(document.data.get("agencies")).keys()
        or not set(_listed(counter.get("services"))) <= offers.keys()
    )


def _values(document: Document, pattern: str) -> list[str]:
    return [value for _, value in find(document.data, pattern) if isinstance(value, str)]


def _section_keys(document: Document, section: str) -> list[str]:
    return list(_mapping(document.data.get(section)))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[str]:
    """Take the words of a list; what else it holds, the section's own check names."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None
