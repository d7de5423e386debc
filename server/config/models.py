"""The centre as the rest of the program sees it: frozen, complete, and every reference good."""

from __future__ import annotations

from functools import cached_property

from server.config.base import Part
from server.config.booking import Booking, Collection, Messages
from server.config.displays import Board, Display
from server.config.equipment import Kiosk, Printer, Server
from server.config.hall import Agency, Centre, Counter, Group, Service, Zone
from server.config.paper import Paper
from server.config.phone import PhoneTickets, Push
from server.config.rules import Admission, Category, Policy, Rating
from server.config.sign_in import SignIn
from server.config.voice import Voice, ZoneVoice

__all__ = [
    "Admission",
    "Agency",
    "Board",
    "Booking",
    "Category",
    "Centre",
    "Collection",
    "Config",
    "Counter",
    "Display",
    "Group",
    "Kiosk",
    "Messages",
    "Paper",
    "PhoneTickets",
    "Policy",
    "Printer",
    "Push",
    "Rating",
    "Server",
    "Service",
    "SignIn",
    "Voice",
    "Zone",
    "ZoneVoice",
]


class Config(Part):
    """The whole centre; lists in the order of the files, and a dict of each by key."""

    centre: Centre
    zones: tuple[Zone, ...]
    agencies: tuple[Agency, ...]
    groups: tuple[Group, ...]
    services: tuple[Service, ...]
    counters: tuple[Counter, ...]
    categories: tuple[Category, ...]
    policy: Policy
    admission: Admission
    printers: tuple[Printer, ...]
    displays: tuple[Display, ...]
    board: Board
    paper: Paper
    kiosk: Kiosk
    phone_tickets: PhoneTickets
    push: Push
    voice: Voice
    rating: Rating
    sign_in: SignIn
    booking: Booking
    collection: Collection
    messages: Messages
    server: Server

    @cached_property
    def zone(self) -> dict[str, Zone]:
        """Zones by key."""
        return {each.key: each for each in self.zones}

    @cached_property
    def agency(self) -> dict[str, Agency]:
        """Agencies by key."""
        return {each.key: each for each in self.agencies}

    @cached_property
    def group(self) -> dict[str, Group]:
        """Groups by key."""
        return {each.key: each for each in self.groups}

    @cached_property
    def service(self) -> dict[str, Service]:
        """Services by key."""
        return {each.key: each for each in self.services}

    @cached_property
    def counter(self) -> dict[int, Counter]:
        """Counters by number."""
        return {each.number: each for each in self.counters}

    @cached_property
    def category(self) -> dict[str, Category]:
        """Categories by key."""
        return {each.key: each for each in self.categories}

    @cached_property
    def printer(self) -> dict[str, Printer]:
        """Printers by key."""
        return {each.key: each for each in self.printers}

    @cached_property
    def display(self) -> dict[str, Display]:
        """Displays by key."""
        return {each.key: each for each in self.displays}
