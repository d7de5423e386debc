"""A job's figures become the words of a slip, in its visitor's language and the centre's time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from server import wording
from server.slip_notices import NoticeTexts
from server.slip_writer import SlipWriter
from server.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from printing.jobs import Job
    from printing.slips import Labelled, RatingSlip, Slip, TicketSlip
    from server.operations.context import Context


class SlipTexts(SlipWriter):
    """Writes every kind of slip; those that accompany no ticket in hand are written by `NoticeTexts`."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        notices = NoticeTexts(context)
        self._writers: dict[str, Callable[[Job, Wording], Slip]] = {
            "ticket": self._ticket,
            "rating": self._rating,
            "appointment": notices.appointment,
            "collection": notices.collection,
            "checkpoint": notices.checkpoint,
            "test": notices.test,
        }

    def slip(self, job: Job) -> Slip:
        """
        Write a job's slip.

        Raises:
            KeyError: The job is of a kind that this version does not know.
        """
        return self._writers[job.kind](job, Wording(job.language, self._config.centre.state_language))

    def _ticket(self, job: Job, words: Wording) -> TicketSlip:
        from printing.slips import TicketSlip

        document = job.document
        wait, wait_by = self._wait(document.get("wait"), words)
        receipt = document.get("receipt")
        return TicketSlip(
            **self.frame(job, words),
            **self.service(document["service"], words),
            **self.bring(document["service"], words),
            heading=words.text("paper.your_number"),
            number=document["number"],
            issued=self.labelled(words, "issued", self.moment(document["issued_at"], words)),
            due=self.labelled(words, "due", self.time(document["due_at"], words)),
            ahead=self._ahead(document["ahead"], words),
            wait=wait,
            wait_by=wait_by,
            missed=self._missed(words),
            qr_url=f"{self._context.public_url}/t/{document['token']}",
            qr_title=words.text("paper.follow"),
            # Whoever has no camera types the code there.
            qr_caption=f"{words.text('paper.follow_caption')} {self._where_to_type()}",
            code=document["code"],
            receipt=self.labelled(words, "receipt", receipt) if receipt else None,
        )

    def _rating(self, job: Job, words: Wording) -> RatingSlip:
        from printing.slips import RatingSlip

        document = job.document
        service = self.service(document["service"], words)
        return RatingSlip(
            **self.frame(job, words) | {"footer": words.text("paper.thank_you")},
            title=words.text("paper.rate_title"),
            number=document["number"],
            service=service["service"],
            agency=service["agency"],
            served=self.labelled(words, "rate_served", self.moment(document["served_at"], words)),
            question=words.text("paper.rate_question"),
            qr_url=f"{self._context.public_url}/r/{document['rating_token']}",
            qr_title=words.text("paper.rate_qr"),
            qr_caption=words.text("paper.rate_caption"),
            valid=self.labelled(words, "rate_valid", self.day(document["valid_until"], words)),
            privacy=words.text("paper.rate_privacy"),
        )

    def _where_to_type(self) -> str:
        """Tell where the code opens the ticket, without what a browser adds by itself."""
        return f"{self._context.public_url.partition('://')[2]}/f"

    def _missed(self, words: Wording) -> str:
        policy = self._config.policy
        if not policy.grace_minutes:
            return words.text("paper.missed_no_grace")
        return words.text("paper.missed", n=policy.grace_minutes, penalty=policy.missed_penalty_minutes)

    def _ahead(self, ahead: int | None, words: Wording) -> Labelled | None:
        if ahead is None:
            return None
        value = words.text("paper.ahead", n=ahead) if ahead else words.text("paper.ahead_none")
        return self.labelled(words, "ahead_label", value)

    def _wait(self, wait: dict[str, Any] | None, words: Wording) -> tuple[Labelled | None, Labelled | None]:
        """Write the interval outward to five minutes, and the time by which 9 in 10 are called."""
        if wait is None:
            return self.labelled(words, "wait", words.text("paper.no_estimate")), None
        timezone = self._config.centre.zone_info
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
        by = words.text("paper.wait_by_value", late=late)
        return self.labelled(words, "wait", value), self.labelled(words, "wait_by", by)
