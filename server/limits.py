"""How often an address may try: enough for a hall behind one address, too little for guessing."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

# A whole hall may share one address, so attempts count by name and address together, and by address alone.
SIGN_IN = "10 per minute; 60 per hour"
TOKEN_PAGES = "600 per minute"

limiter = Limiter(get_remote_address, headers_enabled=True)


def name_and_address() -> str:
    """Tell attempts at one account from those at another."""
    body = request.get_json(silent=True) if request.is_json else request.form
    name = body.get("username", "") if isinstance(body, Mapping) else ""
    return f"{get_remote_address()} {str(name)[:60]}"
