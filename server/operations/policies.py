"""The versions of the calling rule, as anyone may read them: from when to when each held, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.db import config_versions as versions
from server.db.config_versions import times_applied
from server.operations.versions import versions_from

if TYPE_CHECKING:
    from datetime import datetime

    from server.operations.context import Context, View


class Policies:
    """Reads what the log says of the rule: it knows each version since the centre's first start."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def view(self) -> View:
        """
        List them, the newest first.

        Returns:
            `{centre, policies: [{version, state, from, until, by, figures}]}`; `state` is `next`, `in_force` or
            `past`, `by` a role and never a name. `figures` are those of `server.config.figures`; of a version of
            before they were told, what the log has.
        """
        context = self._context
        with context.database.read() as connection:
            applied = times_applied(connection, context.centre)
            found = versions.all_of(connection, context.centre)
        roles = {row.digest: row.role for row in found}
        listed: list[dict[str, Any]] = []
        for row in applied:
            data = row.data
            if not listed or listed[-1]["version"] != data["policy"]:
                if listed:
                    listed[-1]["until"] = row.at
                role = roles.get(data["digest"], "operator")
                listed.append({"version": data["policy"], "from": row.at, "until": None, "by": role})
            listed[-1]["figures"] = _figures(data)
        policies = [
            self._told(each, "in_force" if each is listed[-1] else "past") for each in reversed(listed)
        ]
        current = listed[-1]["version"] if listed else None
        for version in versions_from(found, context.managed, context.clock()):
            if version.state in ("scheduled", "due") and version.policy != current:
                coming = {
                    "version": version.policy,
                    "from": version.from_at,
                    "until": version.until,
                    "by": version.role,
                    "figures": version.figures,
                }
                policies.insert(0, self._told(coming, "next"))
        return {"centre": context.centre, "policies": policies}

    def _told(self, each: dict[str, Any], state: str) -> View:
        def local(at: datetime | None) -> str | None:
            return self._context.local(at)

        return {**each, "state": state, "from": local(each["from"]), "until": local(each["until"])}


def _figures(data: dict[str, Any]) -> View:
    """Tell the figures of an entry; the targets stand there in seconds."""
    services = {key: seconds // 60 for key, seconds in data["targets"].items()}
    arrivals = {key: seconds // 60 for key, seconds in data["arrival_targets"].items()}
    return {"target_minutes": arrivals, **data.get("figures", {}), "services": services}
