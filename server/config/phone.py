"""What a visitor's own phone may do: take a ticket, and be told of the call while it is locked."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from server.config.base import AsTuple, Part


class PhoneTickets(Part):
    """
    Tickets taken on a phone; one at a time for each phone.

    Attributes:
        in_hall: Those who prove by the code on a board that they are in the hall may take one.
        remote: From afar too: such a ticket is set aside until its visitor is in the hall.
        check_in_minutes: By then its visitor must be there, or it expires.
        remote_per_service: How many of a service may be on their way at once.
        remote_per_address: How many from one address on the network; several phones may share one.
        missed_per_day: A phone whose visitor did not come so often takes its next ticket in the hall.
    """

    in_hall: bool = False
    remote: bool = False
    check_in_minutes: Annotated[int, Field(ge=10, le=240)] = 45
    remote_per_service: Annotated[int, Field(ge=1, le=200)] = 5
    remote_per_address: Annotated[int, Field(ge=1, le=200)] = 10
    missed_per_day: Annotated[int, Field(ge=1, le=20)] = 2


# The push services of the browsers; nothing is sent to any other address that a phone may name.
PUSH_SERVICES = (
    "https://fcm.googleapis.com",
    "https://updates.push.services.mozilla.com",
    "https://*.push.apple.com",
    "https://*.notify.windows.com",
)

Contact = Annotated[str, StringConstraints(pattern=r"^(mailto:[^\s@]+@[^\s@]+|https://\S+)$")]
PushService = Annotated[str, StringConstraints(pattern=r"^https?://(\*\.)?[a-z0-9.-]+(:[0-9]+)?$")]


class Push(Part):
    """
    Messages to locked phones, by the browser makers' push services; they see neither number nor text.

    Attributes:
        contact: Where a push service can complain, `mailto:` or `https:`; None: nothing is sent.
        services: The only addresses that are sent to; `*.` stands for any name before.
    """

    contact: Contact | None = None
    services: Annotated[tuple[PushService, ...], AsTuple, Field(min_length=1)] = PUSH_SERVICES
