"""The published interface, `/api/v1`: one blueprint for a noun, its document generated from the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_openapi import OpenAPI

BASE = "/api/v1"


def register(app: OpenAPI) -> None:
    """Add every route of the interface."""
    from server.api import (
        accounts,
        booking,
        counters,
        devices,
        hall,
        kiosk,
        log,
        messages,
        outreach,
        phones,
        presence,
        printing,
        reception,
        room,
        tickets,
        users,
        voice,
    )

    for module in (
        accounts,
        tickets,
        phones,
        kiosk,
        counters,
        hall,
        voice,
        presence,
        messages,
        devices,
        log,
        printing,
        reception,
        outreach,
        room,
        booking,
        users,
    ):
        app.register_api(module.blueprint)
