"""The words of messages to visitors, in their language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from server import wording
from server.operations.calendars import calendar_file
from server.wording import Wording

if TYPE_CHECKING:
    from server.db.models import Record
    from server.operations.context import Context, View
    from server.operations.notices import Notice


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: an e-mail has a subject and maybe a calendar file, a short message the text only."""

    subject: str
    text: str
    calendar: bytes | None = None


class NoticeWords:
    """Writes messages."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def of_appointment(self, notice: Notice, appointment: View) -> Message:
        """Write of an appointment: booked, moved, cancelled, or soon."""
        centre = self._context.config.centre
        words = self._words(notice)
        slot_at = datetime.fromisoformat(appointment["slot_at"])
        facts = {
            "centre": words.name(centre.name),
            "service": words.name(appointment["service_name"]),
            "day": wording.date(slot_at, words.language, centre.zone_info, weekday=True),
            "time": wording.clock_time(slot_at, words.language, centre.zone_info),
            "code": appointment["code"],
            "url": appointment["links"]["page"] or "",
        }
        subject = words.text(f"notices.{notice.kind}_subject", **facts)
        if notice.contact.kind == "sms":
            return Message(subject, words.text(f"notices.{notice.kind}_sms", **facts))
        lines = [words.text(f"notices.{notice.kind}_lead", **facts), "", words.text("notices.facts", **facts)]
        if appointment["state"] == "booked":
            lines += ["", self._rule(words, appointment)]
            if appointment["bring"]:
                lines += ["", words.text("notices.bring")]
                lines += [f"- {words.name(item)}" for item in appointment["bring"]]
            lines += ["", words.text("notices.change", **facts)]
        lines += ["", words.text("notices.no_reply", **facts)]
        calendar = None if notice.kind == "reminder" else calendar_file(self._context, appointment, words)
        return Message(subject, "\n".join(lines) + "\n", calendar)

    def of_call(self, call: Record) -> Message:
        """Write that a visitor of the hall is called; the number and the counter, and nothing else."""
        centre = self._context.config.centre
        language = call.language if call.language in centre.languages else centre.state_language
        words = Wording(language, centre.state_language)
        text = words.text(
            "notices.call_sms", number=call.label, counter=call.counter, centre=words.name(centre.name)
        )
        return Message(call.label, text)

    def of_result(self, notice: Notice, result: View) -> Message:
        """Write of a result that is ready to be collected."""
        centre = self._context.config.centre
        words = self._words(notice)
        until = datetime.fromisoformat(result["expires_at"])
        facts = {
            "centre": words.name(centre.name),
            "service": words.name(result["service_name"]),
            "reference": result["reference"],
            "code": result["code"],
            "until": wording.date(until, words.language, centre.zone_info),
        }
        subject = words.text("notices.ready_subject", **facts)
        if notice.contact.kind == "sms":
            return Message(subject, words.text("notices.ready_sms", **facts))
        text = words.text("notices.ready_text", **facts)
        return Message(subject, f"{text}\n\n{words.text('notices.no_reply', **facts)}\n")

    def _words(self, notice: Notice) -> Wording:
        languages = self._context.config.centre.languages
        language = notice.language if notice.language in languages else languages[0]
        return Wording(language, self._context.config.centre.state_language)

    def _rule(self, words: Wording, appointment: View) -> str:
        zone = self._context.config.centre.zone_info
        begins, ends = (
            wording.clock_time(datetime.fromisoformat(appointment[each]), words.language, zone)
            for each in ("from_at", "until_at")
        )
        return words.text("booking.rule", **{"from": begins, "until": ends})
