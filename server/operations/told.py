"""A forecast as it is handed from the process that made it to those that tell it."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from server.domain.calling import Lane
from server.domain.waiting import Comer, Forecast, Wait

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def pack(told: Forecast, waiting: Mapping[str, int]) -> bytes:
    """Write a forecast and how many wait for each service; some kilobytes for a full hall."""
    document = {
        "tickets": [[id, *wait] for id, wait in told.tickets.items()],
        "newcomers": [[*comer, *wait] for comer, wait in told.newcomers.items()],
        "waiting": dict(waiting),
    }
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 1)


def unpack(at: datetime, packed: bytes) -> tuple[Forecast, dict[str, int]]:
    """
    Read what `pack` wrote.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 11, 24, tzinfo=UTC)
    >>> told = Forecast(at, {7: Wait(60, 90, 120)}, {Comer("birth", Lane.QUOTA, 300.0): Wait(0, 1, 2, False)})
    >>> unpack(at, pack(told, {"birth": 1})) == (told, {"birth": 1})
    True
    """
    document = json.loads(zlib.decompress(packed))
    tickets = {id: Wait(*wait) for id, *wait in document["tickets"]}
    newcomers = {
        Comer(service, Lane(lane), lead_s): Wait(*wait)
        for service, lane, lead_s, *wait in document["newcomers"]
    }
    return Forecast(at, tickets, newcomers), document["waiting"]
