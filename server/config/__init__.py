"""config.yaml and its catalogue, read once at the start: a fault stops the start and is named with its line."""

from server.config.base import CHANNELS, WEEKDAYS
from server.config.booking import Booking, Collection, Messages
from server.config.displays import Board, Display
from server.config.equipment import Kiosk, Printer, Server
from server.config.hall import Agency, Centre, Counter, Group, Holiday, Service, Zone
from server.config.loading import config_digest, load
from server.config.models import Config
from server.config.outreach import Outreach, OutreachCategory, Team
from server.config.paper import Paper
from server.config.problems import ConfigErrors, ConfigProblem
from server.config.rules import Category, Choice, Policy, Rating, Targets
from server.config.sign_in import SignIn, SingleSignOn
from server.config.terminal import Terminal

__all__ = [
    "CHANNELS",
    "WEEKDAYS",
    "Agency",
    "Board",
    "Booking",
    "Category",
    "Centre",
    "Choice",
    "Collection",
    "Config",
    "ConfigErrors",
    "ConfigProblem",
    "Counter",
    "Display",
    "Group",
    "Holiday",
    "Kiosk",
    "Messages",
    "Outreach",
    "OutreachCategory",
    "Paper",
    "Policy",
    "Printer",
    "Rating",
    "Server",
    "Service",
    "SignIn",
    "SingleSignOn",
    "Targets",
    "Team",
    "Terminal",
    "Zone",
    "config_digest",
    "load",
]
