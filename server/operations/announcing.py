"""What the voice may say: calls of today, and what a screen of the hall shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.db import queries
from server.domain.numbering import day_of
from server.errors import BadInput, TicketNotFound
from server.spoken import Announcement, announce_call, read_aloud

if TYPE_CHECKING:
    from server.operations.context import Context


class Announcing:
    """Sentences for the voice; it makes no sound itself."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def call(self, number: str, counter: int, language: str) -> Announcement:
        """
        Word the call of a ticket.

        Raises:
            BadInput: The centre does not speak this language.
            TicketNotFound: This counter has not called such a ticket today.
        """
        self._check(language)
        context = self._context
        day = day_of(context.clock(), context.config.centre.timezone)
        with context.database.read() as connection:
            ticket = queries.ticket_of_day(connection, context.centre, day, number)
        # Only what stands on the boards anyway: nobody makes the hall's voice say what he likes.
        if ticket is None or ticket.counter != counter or ticket.called_at is None:
            raise TicketNotFound(number=number)
        return announce_call(ticket.label, counter, language)

    def screen(self, text: str, language: str) -> str:
        """
        Word what a screen shows.

        Raises:
            BadInput: The centre does not speak this language.
        """
        self._check(language)
        return read_aloud(text, language)

    def _check(self, language: str) -> None:
        languages = self._context.config.centre.languages
        if language not in languages:
            raise BadInput(f"language: one of {', '.join(languages)}", field="language", value=language)
