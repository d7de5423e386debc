"""Who is in the hall: the code that the boards show, and what a code proves that a visitor brings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from server.clock import CODE_LETTERS
from server.domain.presence import EVERY_S, code_of, judge, step_at
from server.domain.presence import Presence as Proof
from server.errors import PresenceLate, PresenceNotAsked, PresenceUnknown

if TYPE_CHECKING:
    from server.operations.context import Context, View


class Presence:
    """Reads and checks of the rotating code; nothing of it is kept."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def is_asked(self) -> bool:
        """Tell whether the centre gives tickets on phones, so that boards show the code."""
        allowed = self._context.config.phone_tickets
        return (allowed.in_hall or allowed.remote) and bool(self._context.secret)

    def code(self) -> View:
        """
        Tell the code that a board shows now, the address that its QR code opens, and when the next one comes.

        Raises:
            PresenceNotAsked: This centre gives no tickets on phones.
        """
        if not self.is_asked:
            raise PresenceNotAsked
        now = self._context.clock()
        step = step_at(now.timestamp())
        code = code_of(step, secret=self._context.secret, centre=self._context.centre, alphabet=CODE_LETTERS)
        return {
            "code": code,
            "url": f"{self._context.public_url}/p/{code}",
            "at": self._context.local(now),
            "next_at": self._context.local(datetime.fromtimestamp((step + 1) * EVERY_S, UTC)),
        }

    def check(self, code: str) -> None:
        """
        Accept a code that a board shows, or has shown within the last two minutes.

        Raises:
            PresenceLate: It was right within the last hour.
            PresenceUnknown: It never was.
            PresenceNotAsked: As for `code`.
        """
        if not self.is_asked:
            raise PresenceNotAsked
        proof = judge(
            code.strip().upper(),
            self._context.clock().timestamp(),
            secret=self._context.secret,
            centre=self._context.centre,
            alphabet=CODE_LETTERS,
        )
        if proof is Proof.LATE:
            raise PresenceLate
        if proof is Proof.UNKNOWN:
            raise PresenceUnknown
