"""Sections and catalogue, found good, become one `Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.config.models import Agency, Config, Counter, Group, Service
from server.config.references import offers_of, served_by
from server.config.sections import ServiceChange

if TYPE_CHECKING:
    from server.config.catalogue import Catalogue, Row
    from server.config.references import Offer

AS_WRITTEN = (
    "centre",
    "zones",
    "categories",
    "policy",
    "admission",
    "outreach",
    "printers",
    "displays",
    "board",
    "paper",
    "kiosk",
    "phone_tickets",
    "push",
    "voice",
    "rating",
    "terminal",
    "sign_in",
    "booking",
    "collection",
    "messages",
    "server",
)


def assemble(data: dict[str, Any], sections: dict[str, Any], catalogue: Catalogue) -> Config:
    """
    Put together what a centre is.

    Args:
        data: config.yaml as it is written.
        sections: The same, checked.
        catalogue: Without a problem.
    """
    offers = offers_of(data, catalogue)
    parts: dict[str, Any] = {name: _frozen(sections[name]) for name in AS_WRITTEN}
    languages = list(sections["centre"].languages)
    return Config(
        **parts,
        agencies=_agencies(sections["agencies"], catalogue, languages),
        groups=_groups(offers, catalogue, languages),
        services=tuple(_service(key, offer.row, sections, catalogue) for key, offer in offers.items()),
        counters=tuple(
            Counter(**entry.model_dump(exclude={"services"}), services=tuple(served_by(written, offers)))
            for entry, written in zip(sections["counters"], data["counters"], strict=True)
        ),
    )


def _frozen(part: Any) -> Any:
    return tuple(part) if isinstance(part, list) else part


def _agencies(places: dict[str, Any], catalogue: Catalogue, languages: list[str]) -> tuple[Agency, ...]:
    rows = catalogue.agencies.rows
    return tuple(
        Agency.model_validate(
            {"key": key, "kind": rows[key].cells["kind"], "name": rows[key].names(languages)}
            | place.model_dump()
        )
        for key, place in places.items()
    )


def _groups(offers: dict[str, Offer], catalogue: Catalogue, languages: list[str]) -> tuple[Group, ...]:
    used = {offer.row.cells["group"] for offer in offers.values()}
    rows = catalogue.groups.rows.items()
    return tuple(Group(key=_slug(key), name=row.names(languages)) for key, row in rows if key in used)


def _service(key: str, row: Row, sections: dict[str, Any], catalogue: Catalogue) -> Service:
    languages = list(sections["centre"].languages)
    agency = sections["agencies"][row.cells["agency"]]
    change = sections["services"].get(key) or ServiceChange()
    return Service(
        key=key,
        agency=row.cells["agency"],
        group=_slug(row.cells["group"]),
        name=row.names(languages),
        minutes=change.minutes or int(row.cells["minutes"]),
        channels=change.channels or frozenset(row.items("channels")),
        bring=tuple(catalogue.bring.rows[item].names(languages) for item in row.items("bring")),
        cost=_in_languages(change.cost, languages) or _cost(row, catalogue, languages),
        most_waiting=change.most_waiting or sections["admission"].most_waiting,
        target_minutes=change.target_minutes or sections["policy"].target_minutes.walk_in,
        series=change.series or agency.series,
        zone=change.zone or agency.zone,
    )


def _cost(row: Row, catalogue: Catalogue, languages: list[str]) -> dict[str, str] | None:
    items = row.items("cost")
    return catalogue.bring.rows[items[0]].names(languages) if items else None


def _in_languages(names: dict[str, str] | None, languages: list[str]) -> dict[str, str] | None:
    return {language: names[language] for language in languages} if names else None


def _slug(group: str) -> str:
    """
    Make the key of a group from what the catalogue calls it.

    >>> _slug("civil registry")
    'civil_registry'
    """
    return group.replace(" ", "_")
