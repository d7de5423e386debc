"""Visits to those who cannot come: who may ask for one, and who goes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from server.config.base import WEEKDAYS, AsTuple, Key, Names, Part, Text, Weekday
from server.config.hall import Span  # noqa: TC001 - pydantic reads the annotations at run time
from server.config.rules import Choice  # noqa: TC001

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class OutreachCategory(Part):
    """
    Visitors who may ask for a visit at home.

    Attributes:
        evidence: What the team looks at, once, before it begins.
    """

    key: Key
    name: Names
    evidence: Names
    legal_reference: Names


class Team(Part):
    """
    Officials who go out together.

    Attributes:
        counter: Their number in the log, where each visit is called and served as at a counter of the hall.
        agencies, services: What they bring: the outreach services of these agencies, and those named besides.
        members: User names of those who go; none: every official of these agencies.
        hours: Span of local time in which visits begin; they are spread evenly over it.
        visits_per_day: How many fit into a day.
    """

    key: Key
    name: Names
    counter: Annotated[int, Field(ge=1, le=999)]
    agencies: Annotated[tuple[Key, ...], AsTuple] = ()
    services: Annotated[tuple[Key, ...], AsTuple] = ()
    members: Annotated[tuple[Text, ...], AsTuple] = ()
    days: Annotated[tuple[Weekday, ...], AsTuple, Field(min_length=1)]
    hours: Span
    visits_per_day: Annotated[int, Field(ge=1, le=24)]

    def works_on(self, day: date) -> bool:
        """Tell whether the team goes out on a day of the week."""
        return WEEKDAYS[day.weekday()] in self.days

    def slots(self, day: date, zone: ZoneInfo) -> list[datetime]:
        """
        List when the visits of a day begin, to five minutes.

        >>> from zoneinfo import ZoneInfo
        >>> team = Team(key="t", name={"en": "T"}, counter=91, days=("tue",), hours="09:00-17:00", visits_per_day=4)
        >>> [slot.strftime("%H:%M") for slot in team.slots(date(2026, 11, 24), ZoneInfo("Asia/Baku"))]
        ['09:00', '11:00', '13:00', '15:00']
        """
        opens, closes = (self._minutes(text) for text in self.hours)
        step = (closes - opens) / self.visits_per_day
        return [
            datetime.combine(day, time(), zone) + timedelta(minutes=opens + int(place * step) // 5 * 5)
            for place in range(self.visits_per_day)
        ]

    @staticmethod
    def _minutes(text: str) -> int:
        hours, minutes = text.split(":")
        return int(hours) * 60 + int(minutes)


class Outreach(Part):
    """
    Visits at home; without a team nobody is offered one.

    Attributes:
        keep_days: So long after a visit ended its name, telephone and address are kept.
        sync_days: So long a team's tablet may be without network before its visits count as not made.
        open_requests: How many requests may be open under one telephone.
        rate_on_tablet: The team hands its tablet over for the rating; else only the visitor's own page asks for it.
    """

    keep_days: Annotated[int, Field(ge=1, le=365)] = 30
    sync_days: Annotated[int, Field(ge=1, le=14)] = 2
    open_requests: Annotated[int, Field(ge=1, le=20)] = 3
    rate_on_tablet: bool = False
    categories: Annotated[tuple[OutreachCategory, ...], AsTuple] = ()
    decline_reasons: Annotated[tuple[Choice, ...], AsTuple] = ()
    teams: Annotated[tuple[Team, ...], AsTuple] = ()
