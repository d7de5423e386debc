"""Where an enrolled device belongs: its page, and what that page must know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.api.callers import device_from_cookie
from server.api.openapi import VERSION
from server.operations.tokens import token_hash

if TYPE_CHECKING:
    from server.operations.devices import Device

# Where a device of each kind begins its work.
HOME = {"kiosk": "/kiosk", "display": "/display", "printer": "/", "tablet": "/tablet"}


def settings_of(device: Device) -> dict[str, Any]:
    """Tell a device its name, where its page is, what that page must know, and which version it should run."""
    place = {"zone": device.zone, "display": device.display, "counter": device.counter}
    return {"name": device.name, "home": HOME[device.kind], "place": place, "version": VERSION}


def screen_of_this_browser() -> dict[str, Any] | None:
    """Tell a page what its device must be told, where the browser is enrolled; for the template's `screen_of`."""
    device = device_from_cookie()
    return settings_of(device) if device is not None else None


def key_of(device: Device, token: str) -> str:
    """Name what a device's connections hang on: this token of it."""
    return f"device:{device.id}:{token_hash(token).hex()[:16]}"
