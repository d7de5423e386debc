"""How often an address may try: enough for a hall behind one address, too little for guessing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

# A whole hall may share one address, so attempts count by name and address together, and by address alone.
SIGN_IN = "10 per minute; 60 per hour"
ADDRESS = "60 per minute; 400 per hour"
# New devices come in numbers on the day a hall is furnished; each shows another code after ten minutes.
CODES = "30 per minute; 300 per hour"
# Fifty displays behind one address, each asking in two languages for some calls a minute.
SPOKEN_CALLS = "3000 per minute"
# A visitor taps "read aloud" now and then; each text costs the synthesiser some milliseconds.
READ_ALOUD = "40 per minute; 600 per hour"
# Of wrong codes; a code is six digits or more, and a kiosk is watched.
STAFF_CODE = "5 per minute; 20 per hour"

# A visit at home is asked for once; families and telephone networks share addresses.
OUTREACH = "6 per minute; 40 per day"
# Of codes that nobody has. A visitor mistypes a few times; 85 million codes cannot be tried at this pace.
GUESSED_CODES = "20 per minute; 200 per hour"

View = TypeVar("View", bound=Callable[..., Any])

limiter = Limiter(get_remote_address, headers_enabled=True)


def limit_sign_in(view: View) -> View:
    """Slow down who guesses at one account, and who tries one password at every account."""
    limited = limiter.limit(SIGN_IN, key_func=name_and_address)(view)
    return cast("View", limiter.limit(ADDRESS)(limited))


def limit_staff_code(view: View) -> View:
    """Slow down who guesses at the code of a kiosk's staff menu; right ones do not count."""
    limited = limiter.limit(
        STAFF_CODE, key_func=device_of_request, deduct_when=lambda response: response.status_code == 401
    )
    return cast("View", limited(view))


def limit_codes(view: View) -> View:
    """Slow down who guesses at the codes of appointments and results; right ones do not count."""
    limited = limiter.limit(
        GUESSED_CODES, key_func=device_of_request, deduct_when=lambda response: response.status_code == 404
    )
    return cast("View", limited(view))


def device_of_request() -> str:
    """Tell one kiosk from another, wherever their requests come from."""
    return (
        request.cookies.get("navbat_device") or request.headers.get("Authorization") or get_remote_address()
    )


def name_and_address() -> str:
    """Tell attempts at one account from those at another."""
    body = request.get_json(silent=True) if request.is_json else request.form
    name = body.get("username", "") if isinstance(body, Mapping) else ""
    return f"{get_remote_address()} {str(name)[:60]}"
