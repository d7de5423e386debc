"""An appointment as a calendar file, which a phone's calendar takes, updates and takes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from server.operations.context import Context, View
    from server.wording import Wording

REMIND_BEFORE = timedelta(hours=2)


def calendar_file(context: Context, appointment: View, words: Wording) -> bytes:
    """
    Write an appointment for a calendar, in the centre's own time zone.

    The same `UID` with a higher `SEQUENCE` is a change of what the calendar has, or its end.
    """
    # Here: it loads time zones and grammars, which a hall without booking never needs.
    from icalendar import Alarm, Calendar, Event

    centre = context.config.centre
    zone = ZoneInfo(centre.timezone)
    begins, ends = (
        datetime.fromisoformat(appointment[each]).astimezone(zone) for each in ("slot_at", "ends_at")
    )
    is_cancelled = appointment["state"] == "cancelled"
    calendar = Calendar()
    calendar.add("prodid", "-//Navbat//Booking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    event: Any = Event()
    event.add("uid", f"appointment-{appointment['id']}@{centre.key}.navbat")
    event.add("sequence", appointment["sequence"])
    event.add("dtstamp", context.clock())
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    service, place = words.name(appointment["service_name"]), words.name(centre.name)
    event.add("summary", service)
    event.add("location", place)
    if not is_cancelled:
        event.add("description", words.text("booking.calendar_text", code=appointment["code"]))
        event.add("url", appointment["links"]["page"])
        alarm: Any = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", service)
        alarm.add("trigger", -REMIND_BEFORE)
        event.add_component(alarm)
    calendar.add_component(event)
    # The rules of the year alone: a zone's whole history would be larger than the appointment.
    year = timedelta(days=365)
    calendar.add_missing_timezones(first_date=begins.date() - year, last_date=ends.date() + year)
    return bytes(calendar.to_ical())
