"""The words of slips that accompany no ticket in hand: appointments, results, the seal of the log, test pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.slip_writer import SlipWriter
from server.wording import Wording

if TYPE_CHECKING:
    from printing.jobs import Job
    from printing.slips import AppointmentSlip, CheckpointSlip, CollectionSlip, TestSlip


class NoticeTexts(SlipWriter):
    """Writes one slip from one job's figures."""

    def appointment(self, job: Job, words: Wording) -> AppointmentSlip:
        """Write down a booked time."""
        from printing.slips import AppointmentSlip

        document = job.document
        low, high = (self.time(document[each], words) for each in ("from_at", "until_at"))
        return AppointmentSlip(
            **self.frame(job, words),
            **self.service(document["service"], words),
            **self.bring(document["service"], words),
            title=words.text("paper.appointment_title"),
            day=self.day(document["slot_at"], words, weekday=True),
            time=self.time(document["slot_at"], words),
            window=self.labelled(
                words,
                "appointment_window",
                words.text("paper.appointment_window_value", low=low, high=high),
            ),
            code=document["code"],
            qr_title=words.text("paper.appointment_qr"),
            qr_caption=words.text("paper.appointment_caption"),
        )

    def collection(self, job: Job, words: Wording) -> CollectionSlip:
        """Tell that a result can be collected."""
        from printing.slips import CollectionSlip

        document = job.document
        return CollectionSlip(
            **self.frame(job, words),
            **self.service(document["service"], words),
            title=words.text("paper.collect_title"),
            code=document["code"],
            ready=self.labelled(words, "collect_ready", self.moment(document["ready_at"], words)),
            qr_title=words.text("paper.collect_qr"),
            qr_caption=words.text("paper.collect_caption"),
        )

    def checkpoint(self, job: Job, words: Wording) -> CheckpointSlip:
        """Put the state of the sealed log on paper."""
        from printing.slips import CheckpointSlip

        document = job.document
        digits = document["root"]
        facts = (
            self.labelled(words, "checkpoint_log", document["origin"]),
            self.labelled(words, "checkpoint_size", str(document["size"])),
            self.labelled(words, "checkpoint_time", self.moment(document["at"], words)),
            self.labelled(words, "checkpoint_policy", document["policy"]),
        )
        return CheckpointSlip(
            **self.frame(job, words),
            title=words.text("paper.checkpoint_title"),
            facts=facts,
            root_label=words.text("paper.checkpoint_root"),
            root=tuple(digits[start : start + 4] for start in range(0, len(digits), 4)),
            note=document["note"],
            qr_title=words.text("paper.checkpoint_qr"),
            explanation=words.text("paper.checkpoint_explanation"),
        )

    def test(self, job: Job, words: Wording) -> TestSlip:
        """Write what shows that a printer is set up."""
        from printing.slips import TestSlip

        printer = self._config.printer[job.printer]
        paper = words.text("paper.test_paper_value", mm=printer.paper_width_mm, dots=printer.dots)
        languages = (*self._config.centre.languages, *self._config.paper.languages)
        return TestSlip(
            **self.frame(job, words) | {"footer": words.text("paper.test_footer")},
            title=words.text("paper.test_title"),
            facts=(
                self.labelled(words, "test_printer", printer.name),
                self.labelled(words, "test_paper", paper),
                self.labelled(words, "test_time", self.moment(job.document["at"], words)),
            ),
            samples=tuple(Wording(each).text("paper.test_sample") for each in languages),
            qr_url=self._context.public_url,
            qr_title=words.text("paper.test_qr"),
        )
