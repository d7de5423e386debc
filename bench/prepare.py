"""Makes a data folder ready for a run: accounts, open counters, a kiosk; prints the keys to them as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from server.db.models import staff_sessions
from server.operations.tokens import token_hash
from server.settings import read_settings

if TYPE_CHECKING:
    from server.operations import Queue
    from server.operations.staff import Official


def main(config: str, data_dir: str) -> None:
    """Prepare a hall; `NAVBAT_DATABASE_URL` names the database as for the server."""
    settings = read_settings(argparse.Namespace(config=Path(config), data_dir=Path(data_dir)))
    queue = settings.open_queue()
    _, kiosk = queue.devices.add("kiosk", kind="kiosk", printer=queue.config.kiosk.printer)
    officials = [
        queue.staff.add(f"official-{each.number}", role="official", password=None)
        for each in queue.config.counters
    ]
    counters = [
        _open(queue, each.number, official)
        for each, official in zip(queue.config.counters, officials, strict=True)
    ]
    services = [service.key for service in queue.config.services if "walk_in" in service.channels]
    served = {key for counter in counters for key in counter["services"]}
    patterns = _make_patterns(queue, counters[0], officials[0])
    json.dump(
        {
            "centre": queue.context.centre,
            "kiosk": kiosk,
            "counters": [counter for counter in counters if counter["services"]],
            "services": [key for key in services if key in served],
            **patterns,
        },
        sys.stdout,
    )
    queue.context.database.close()


def _make_patterns(queue: Queue, counter: dict[str, Any], official: Official) -> dict[str, int]:
    """Write a served ticket and one that only waited; rows for a past and for a full hall are copies of them."""
    service = counter["services"][0]
    printer = queue.config.kiosk.printer
    served = queue.tickets.issue(service=service, printer=printer)["id"]
    queue.counters.next(counter["number"], official)
    queue.visits.start(counter["number"], official)
    queue.visits.finish(counter["number"], official)
    waiting = queue.tickets.issue(service=service, printer=printer)
    queue.tickets.cancel(waiting["token"])
    return {"served": served, "waiting": waiting["id"]}


def _open(queue: Queue, number: int, official: Official) -> dict[str, Any]:
    place = queue.config.counter[number]
    token = _sign_in(queue, official)
    queue.counters.open(number, official)
    return {
        "number": number,
        "zone": place.zone,
        "token": token,
        "services": [key for key in place.services if "walk_in" in queue.config.service[key].channels],
    }


def _sign_in(queue: Queue, official: Official) -> str:
    """Open a session without a password: hashing fifty would take longer than the measurement."""
    token = queue.context.randomness.token()
    with queue.context.database.write() as tx:
        tx.execute(
            insert(staff_sessions),
            {
                "centre": tx.centre,
                "token_hash": token_hash(token),
                "csrf": "-",
                "user_id": official.id,
                "kind": "bearer",
                "created_at": tx.now,
                "expires_at": tx.now + timedelta(hours=12),
            },
        )
    return token


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
