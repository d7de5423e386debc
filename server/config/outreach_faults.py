"""What must agree between the outreach teams and the rest of the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.config.yaml_reading import find

if TYPE_CHECKING:
    from server.config.yaml_reading import Document


def check_teams(document: Document) -> None:
    """Check that a team has a number of its own, and somebody to decide by and something to bring."""
    hall = {
        number: path for path, number in find(document.data, "counters.*.number") if isinstance(number, int)
    }
    for path, number in find(document.data, "outreach.teams.*.counter"):
        if isinstance(number, int) and number in hall:
            line = document.place(hall[number])[0]
            document.problems.append(
                document.problem(path, f"`{number}` is the number of a counter, in line {line}")
            )
    for path, team in find(document.data, "outreach.teams.*"):
        if isinstance(team, dict) and not team.get("agencies") and not team.get("services"):
            message = "brings nothing; name its `agencies` or `services`"
            document.problems.append(document.problem(path, message))
    has_teams = any(True for _ in find(document.data, "outreach.teams.*"))
    for part in ("categories", "decline_reasons"):
        if has_teams and not any(True for _ in find(document.data, f"outreach.{part}.*")):
            document.problems.append(document.problem(("outreach",), f"teams need `{part}`", of_key=True))
