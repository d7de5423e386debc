"""What the words of every slip have in common: the centre's own lines, times in its zone, places."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from server import wording

if TYPE_CHECKING:
    from printing.jobs import Job
    from printing.slips import Labelled
    from server.config import Service
    from server.operations.context import Context
    from server.wording import Wording

BRING_AT_MOST = 6


class SlipWriter:
    """Helpers to write slips; they never hold a name, a document, a telephone or a category."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._config = context.config

    def frame(self, job: Job, words: Wording) -> dict[str, Any]:
        """Give the fields that every slip has."""
        paper = self._config.paper
        return {
            "language": words.language,
            "centre": words.name(self._config.centre.name),
            "header": words.name(paper.header) if paper.header else "",
            "footer": words.name(paper.footer) if paper.footer else "",
            "logo": paper.logo,
            "order": paper.blocks.get(job.kind, ()),
            "copy": words.text("paper.copy", n=job.copy_no) if job.copy_no else None,
        }

    def service(self, key: str, words: Wording) -> dict[str, Any]:
        """Name a service, its agency and the place to wait; a retired one has its name only."""
        config = self._config
        known = config.service.get(key)
        return {
            "service": words.name(self._context.service_name(key)),
            "agency": words.name(config.agency[known.agency].name) if known else "",
            "where": self._where(known, words),
        }

    def bring(self, key: str, words: Wording) -> dict[str, Any]:
        """List what to have ready."""
        known = self._config.service.get(key)
        items = known.to_have[:BRING_AT_MOST] if known else ()
        return {"bring_title": words.text("paper.bring"), "bring": tuple(words.name(item) for item in items)}

    def labelled(self, words: Wording, key: str, value: str) -> Labelled:
        """Put a fact beside its name."""
        from printing.slips import Labelled

        return Labelled(words.text(f"paper.{key}"), value)

    def time(self, at: str | datetime, words: Wording) -> str:
        """Write a time of day in the centre's zone."""
        return wording.clock_time(_moment(at), words.language, self._config.centre.zone_info)

    def day(self, at: str | datetime, words: Wording, *, weekday: bool = False) -> str:
        """Write a day of the centre's calendar."""
        return wording.date(_moment(at), words.language, self._config.centre.zone_info, weekday=weekday)

    def moment(self, at: str | datetime, words: Wording) -> str:
        """Write a day with a time."""
        return f"{self.day(at, words)} {self.time(at, words)}"

    def _where(self, service: Service | None, words: Wording) -> Labelled:
        if service is None:
            return self.labelled(words, "where", "")
        zone = self._config.zone[service.zone]
        value = words.text("paper.where_value", zone=words.name(zone.name), where=words.name(zone.where))
        return self.labelled(words, "where", value)


def _moment(at: str | datetime) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
