"""A job's figures become the words of a slip, in its visitor's language and the centre's time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from server import wording
from server.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from printing.jobs import Job
    from printing.slips import RatingSlip, Slip, TestSlip, TicketSlip
    from server.operations.context import Context

BRING_AT_MOST = 6


class SlipTexts:
    """Writes slips; they never hold a name, a document, a telephone or a category."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def slip(self, job: Job) -> Slip:
        """
        Write a job's slip.

        Raises:
            KeyError: The job is of a kind that this version does not know.
        """
        write: dict[str, Callable[[Job, Wording], Slip]] = {
            "ticket": self._ticket,
            "rating": self._rating,
            "test": self._test,
        }
        return write[job.kind](job, Wording(job.language, self._context.config.centre.state_language))

    def _ticket(self, job: Job, words: Wording) -> TicketSlip:
        from printing.slips import Labelled, TicketSlip

        config = self._context.config
        document = job.document
        service = config.service.get(document["service"])
        policy = config.policy
        missed = (
            words.text("paper.missed", n=policy.grace_minutes, penalty=policy.missed_penalty_minutes)
            if policy.grace_minutes
            else words.text("paper.missed_no_grace")
        )
        wait, wait_by = self._wait(document.get("wait"), words)
        ahead = document["ahead"]
        return TicketSlip(
            language=job.language,
            centre=words.name(config.centre.name),
            heading=words.text("paper.your_number"),
            number=document["number"],
            service=words.name(self._context.service_name(document["service"])),
            agency=words.name(config.agency[service.agency].name) if service else "",
            where=self._where(document["service"], words),
            issued=Labelled(words.text("paper.issued"), self._moment(document["issued_at"], job.language)),
            due=Labelled(words.text("paper.due"), self._time(document["due_at"], job.language)),
            ahead=None
            if ahead is None
            else Labelled(
                words.text("paper.ahead_label"),
                words.text("paper.ahead", n=ahead) if ahead else words.text("paper.ahead_none"),
            ),
            wait=wait,
            wait_by=wait_by,
            bring_title=words.text("paper.bring"),
            bring=tuple(words.name(item) for item in service.bring[:BRING_AT_MOST]) if service else (),
            missed=missed,
            qr_url=f"{self._context.public_url}/t/{document['token']}",
            qr_title=words.text("paper.follow"),
            qr_caption=words.text("paper.follow_caption"),
            code=document["code"],
            footer=words.text("paper.personal_data"),
            copy=self._copy(job, words),
        )

    def _rating(self, job: Job, words: Wording) -> RatingSlip:
        from printing.slips import Labelled, RatingSlip

        config = self._context.config
        document = job.document
        service = config.service.get(document["service"])
        timezone = config.centre.zone_info
        return RatingSlip(
            language=job.language,
            centre=words.name(config.centre.name),
            title=words.text("paper.rate_title"),
            number=document["number"],
            service=words.name(self._context.service_name(document["service"])),
            agency=words.name(config.agency[service.agency].name) if service else "",
            served=Labelled(
                words.text("paper.rate_served"), self._moment(document["served_at"], job.language)
            ),
            question=words.text("paper.rate_question"),
            qr_url=f"{self._context.public_url}/r/{document['rating_token']}",
            qr_title=words.text("paper.rate_qr"),
            qr_caption=words.text("paper.rate_caption"),
            valid=Labelled(
                words.text("paper.rate_valid"),
                wording.date(datetime.fromisoformat(document["valid_until"]), job.language, timezone),
            ),
            privacy=words.text("paper.rate_privacy"),
            footer=words.text("paper.thank_you"),
            copy=self._copy(job, words),
        )

    def _test(self, job: Job, words: Wording) -> TestSlip:
        from printing.slips import Labelled, TestSlip

        config = self._context.config
        printer = config.printer[job.printer]
        return TestSlip(
            language=job.language,
            centre=words.name(config.centre.name),
            title=words.text("paper.test_title"),
            facts=(
                Labelled(words.text("paper.test_printer"), printer.name),
                Labelled(
                    words.text("paper.test_paper"),
                    words.text("paper.test_paper_value", mm=printer.paper_width_mm, dots=printer.dots),
                ),
                Labelled(words.text("paper.test_time"), self._moment(job.document["at"], job.language)),
            ),
            samples=tuple(
                Wording(language).text("paper.test_sample") for language in config.centre.languages
            ),
            qr_url=self._context.public_url,
            qr_title=words.text("paper.test_qr"),
            footer=words.text("paper.test_footer"),
            copy=self._copy(job, words),
        )

    def _where(self, service: str, words: Wording) -> Any:
        from printing.slips import Labelled

        config = self._context.config
        known = config.service.get(service)
        if known is None:
            return Labelled(words.text("paper.where"), "")
        zone = config.zone[known.zone]
        return Labelled(
            words.text("paper.where"),
            words.text("paper.where_value", zone=words.name(zone.name), where=words.name(zone.where)),
        )

    def _wait(self, wait: dict[str, Any] | None, words: Wording) -> tuple[Any, Any]:
        """Write the interval outward to five minutes, and the time by which 9 in 10 are called."""
        from printing.slips import Labelled

        if wait is None:
            return Labelled(words.text("paper.wait"), words.text("paper.no_estimate")), None
        timezone = self._context.config.centre.zone_info
        low, likely, high = (
            datetime.fromisoformat(wait[each]) for each in ("low_at", "likely_at", "high_at")
        )
        times = wording.clock_range(low, likely, words.language, timezone).split("–")
        value = (
            words.text("paper.wait_value", low=times[0], high=times[1])
            if len(times) == 2
            else words.text("paper.wait_value_single", at=times[0])
        )
        late = wording.clock_range(high, high, words.language, timezone).split("–")[-1]
        return (
            Labelled(words.text("paper.wait"), value),
            Labelled(words.text("paper.wait_by"), words.text("paper.wait_by_value", late=late)),
        )

    def _copy(self, job: Job, words: Wording) -> str | None:
        return words.text("paper.copy", n=job.copy_no) if job.copy_no else None

    def _time(self, at: str, language: str) -> str:
        return wording.clock_time(datetime.fromisoformat(at), language, self._context.config.centre.zone_info)

    def _moment(self, at: str, language: str) -> str:
        return wording.date_time(datetime.fromisoformat(at), language, self._context.config.centre.zone_info)
