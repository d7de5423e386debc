"""How staff sign in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from server.config.base import AsTuple, Part, Text

Role = Literal["official", "reception", "supervisor", "admin", "auditor"]
# Plain http only towards this machine: what comes back says who somebody is.
ISSUER = r"^(https://[^\s?#]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/[^\s?#]*)?)$"


class SingleSignOn(Part):
    """
    A provider of OpenID Connect that says who somebody is; an account here must bear the name it tells.

    Attributes:
        name: Of the provider, as the button says it.
        client_secret: Better in NAVBAT_SSO_SECRET.
        claim: What of the provider's answer is the account's name here.
    """

    name: Text
    issuer: Annotated[str, StringConstraints(pattern=ISSUER)]
    client_id: Text
    client_secret: Text | None = None
    claim: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_:/.-]{0,99}$")] = (
        "preferred_username"
    )


class SignIn(Part):
    """
    The rules of sign-in.

    Attributes:
        idle_minutes: A page of staff is signed out after so long without an act.
        session_hours: A session ends after so long, whatever is done in it.
        second_factor: Roles that need a code or a passkey beside the password.
        passkeys: Offer passkeys where the extra `passkeys` is installed.
    """

    idle_minutes: Annotated[int, Field(ge=2, le=720)] = 30
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12
    second_factor: Annotated[tuple[Role, ...], AsTuple] = ()
    passkeys: bool = True
    single_sign_on: SingleSignOn | None = None
