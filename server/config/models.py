"""The centre as the rest of the program sees it: frozen, complete, and every reference good."""

from __future__ import annotations

from functools import cached_property

from server.config.base import Part
from server.config.booking import Booking, Collection, Messages
from server.config.displays import Board, Display
from server.config.equipment import Kiosk, Printer, Server
from server.config.hall import Agency, Centre, Counter, Group, Service, Zone
from server.config.outreach import Outreach, OutreachCategory, Team
from server.config.paper import Paper
from server.config.phone import PhoneTickets, Push
from server.config.rules import Admission, Category, Policy, Rating
from server.config.sign_in import SignIn
from server.config.terminal import Terminal
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
    "Outreach",
    "OutreachCategory",
    "Paper",
    "PhoneTickets",
    "Policy",
    "Printer",
    "Push",
    "Rating",
    "Server",
    "Service",
    "SignIn",
    "Team",
    "Terminal",
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
    outreach: Outreach
    printers: tuple[Printer, ...]
    displays: tuple[Display, ...]
    board: Board
    paper: Paper
    kiosk: Kiosk
    phone_tickets: PhoneTickets
    push: Push
    voice: Voice
    rating: Rating
    terminal: Terminal
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
        """Counters by number: those of the hall, and those at which the outreach teams work."""
        teams = (
            Counter(
                number=each.counter,
                zone=self.zones[0].key,
                agencies=each.agencies,
                # Nobody in the hall waits for a team: its visits are planned for it, each bound to its number.
                services=(),
                arrow="none",
                printer=None,
            )
            for each in self.outreach.teams
        )
        return {each.number: each for each in (*self.counters, *teams)}

    @cached_property
    def team(self) -> dict[str, Team]:
        """Outreach teams by key."""
        return {each.key: each for each in self.outreach.teams}

    @cached_property
    def team_at(self) -> dict[int, Team]:
        """Outreach teams by the number at which they work."""
        return {each.counter: each for each in self.outreach.teams}

    @cached_property
    def brought_by(self) -> dict[str, frozenset[str]]:
        """What each outreach team brings, by its key."""
        return {
            team.key: frozenset(
                each.key
                for each in self.services
                if "outreach" in each.channels and (each.agency in team.agencies or each.key in team.services)
            )
            for team in self.outreach.teams
        }

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
