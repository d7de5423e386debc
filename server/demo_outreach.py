"""Sample requests for visits at home, so that the desk and a team's tablet have something to show."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from server.errors import QueueError
from server.operations.outreach import Wish

if TYPE_CHECKING:
    from server.config import Team
    from server.operations import Queue

# Invented, as all people of the demonstration are: services, category, name, telephone, address, note, team.
SAMPLES = (
    (
        ("poa",),
        "bedridden",
        "Səkinə V.",
        "0500000001",
        "Nizami küçəsi 5, mənzil 12",
        "Lift işləmir",
        "justice",
    ),
    (("will",), "age_80", "Əli Q.", "0500000002", "28 May küçəsi 40, mənzil 3", "", "justice"),
    (("id_change",), "disability_1", "Rauf H.", "0500000003", "Xətai prospekti 12, mənzil 44", "", "social"),
    (("poa",), "age_80", "Hacı B.", "0500000004", "Azadlıq prospekti 101, mənzil 9", "", None),
    (("dost_home_care",), "disability_1", "Tamara Ə.", "0500000005", "İnşaatçılar prospekti 3", "", None),
)


def sample_requests(queue: Queue) -> None:
    """Ask for the samples at the first start of a day, and plan what a team can still come to today."""
    config, zone = queue.config, queue.config.centre.zone_info
    today = queue.context.clock().astimezone(zone).date()
    for place, (services, category, name, telephone, address, note, team) in enumerate(SAMPLES):
        goes = config.team.get(team or "")
        offered = any(brought.issuperset(services) for brought in config.brought_by.values())
        known = {each.key for each in config.outreach.categories}
        if not offered or category not in known or (team and goes is None):
            continue
        form = f"sample-{today.isoformat()}-{place}"
        with suppress(QueueError):  # yesterday's are still open
            _ask_and_plan(queue, Wish(form, services, category, name, telephone, address, note), goes)


def _ask_and_plan(queue: Queue, wish: Wish, goes: Team | None) -> None:
    before = {each["id"] for each in queue.outreach.requests()}
    queue.outreach.ask(wish)
    new = [each["id"] for each in queue.outreach.requests() if each["id"] not in before]
    plan = queue.outreach.plan_of()
    free = [
        slot["at"]
        for column in plan["teams"]
        if goes is not None and column["key"] == goes.key
        for slot in column["slots"]
        if slot["request"] is None and not slot["is_past"]
    ]
    if new and goes is not None and free:
        queue.outreach.confirm(new[0])
        queue.outreach.plan(new[0], team=goes.key, slot_at=datetime.fromisoformat(free[0]))
