"""How a served visitor rates: once, away from the official's eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from server.db import queries
from server.db.models import ratings
from server.domain.states import TicketState
from server.errors import AlreadyRated, BadInput, RatingEnded, RatingNotFound
from server.events import EventKind
from server.operations.context import Context, Once, View, once_only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from server.db.engine import Transaction
    from server.db.models import Record

MAX_COMMENT = 1000
SCORES = range(1, 6)


@dataclass(frozen=True, slots=True)
class RatingForm:
    """What a visitor is asked to rate; `aspects` are the configuration's, each with key and name."""

    ticket_number: str
    service_name: Mapping[str, str]
    agency_name: Mapping[str, str]
    language: str
    aspects: tuple[View, ...]
    rated: bool


class Ratings:
    """Operations on ratings."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def form(self, token: str) -> RatingForm:
        """
        Show what is to be rated.

        Raises:
            RatingNotFound: No served service has this token.
            RatingEnded: It was served too long ago.
        """
        with self._context.database.read() as connection:
            request = self._request(connection, token)
        config = self._context.config
        service = config.service.get(request.service)
        return RatingForm(
            ticket_number=request.label,
            service_name=self._context.service_name(request.service),
            agency_name=config.agency[service.agency].name if service else {},
            language=request.language,
            aspects=tuple({"key": each.key, "name": each.name} for each in config.rating.aspects),
            rated=request.score is not None,
        )

    def at_counter(self, counter: int) -> View | None:
        """
        Show what the tablet of a counter asks now: the visit just finished there, once, and for a while.

        Returns:
            `rating_token, service` by language, `language, left_s`; None where nobody is to be asked.
        """
        context = self._context
        settings = context.config.rating
        if settings.prompt != "tablet":
            return None
        now = context.clock()
        with context.database.read() as connection:
            request = queries.last_finished_at(
                connection, context.centre, counter, now - timedelta(seconds=settings.tablet_s)
            )
            in_hand = queries.ticket_in_hand(connection, context.centre, counter)
        # The next visitor may be on the way already; once that one is served, it is too late for the one before.
        if request is None or request.score is not None or (in_hand and in_hand.state == TicketState.SERVING):
            return None
        left = request.finished_at + timedelta(seconds=settings.tablet_s) - now
        return {
            "rating_token": request.rating_token,
            "service": context.service_name(request.service),
            "language": request.language,
            "left_s": round(left.total_seconds()),
        }

    def rate(
        self,
        token: str,
        *,
        score: int,
        aspects: Mapping[str, int] | None = None,
        comment: str | None = None,
        once: Once | None = None,
    ) -> View:
        """
        Keep a rating.

        Args:
            score: 1 (bad) to 5 (very good); the same for each of `aspects`.
            comment: At most `MAX_COMMENT` signs.

        Raises:
            RatingNotFound, RatingEnded: As for `form`.
            AlreadyRated: One vote to a served visit.
            BadInput: A score that is none, an unknown aspect, too long a comment.
        """
        known = {each.key for each in self._context.config.rating.aspects}
        if score not in SCORES:
            raise BadInput(field="score", value=score)
        for key, value in (aspects or {}).items():
            if key not in known or value not in SCORES:
                raise BadInput(field=f"aspects.{key}", value=value)
        if comment is not None and len(comment) > MAX_COMMENT:
            raise BadInput(field="comment", at_most=MAX_COMMENT)

        def keep(tx: Transaction) -> View:
            return self._rate(tx, token, score, dict(aspects or {}), (comment or "").strip() or None)

        return once_only(self._context, once, keep)

    def _rate(
        self, tx: Transaction, token: str, score: int, aspects: dict[str, int], comment: str | None
    ) -> View:
        request = self._request(tx.connection, token)
        if request.score is not None:
            raise AlreadyRated
        try:
            tx.execute(
                insert(ratings),
                {
                    "request_id": request.id,
                    "centre": tx.centre,
                    "score": score,
                    "aspects": aspects,
                    "comment": comment,
                    "rated_at": tx.now,
                },
            )
        except IntegrityError as error:  # the same form sent twice at the same moment
            raise AlreadyRated from error
        tx.record(EventKind.RATING_GIVEN, service=request.service, score=score)
        return {"score": score, "service": request.service, "rated_at": self._context.local(tx.now)}

    def _request(self, connection: Connection, token: str) -> Record:
        request = queries.request_by_rating_token(connection, self._context.centre, token)
        if request is None or request.finished_at is None:
            raise RatingNotFound
        ends_at = request.finished_at + timedelta(days=self._context.config.rating.valid_days)
        if self._context.clock() > ends_at:
            raise RatingEnded
        return request
