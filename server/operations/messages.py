"""What supervisors have the boards say: a message beside the calls, or an emergency over everything."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update

from server.db import messages as rows
from server.db.messages import board_messages
from server.errors import BadInput, MessageNotFound
from server.events import EventKind
from server.wording import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from server.db.models import Record
    from server.operations.context import Context, View
    from server.operations.staff import Official

PRESETS = {
    "emergency": ("evacuate", "shelter", "stay_back"),
    "message": ("suspended", "longer_waits", "closing_soon"),
}
"""What can be said in every language at once, by kind: sentences of the catalogues."""

TEXT_AT_MOST = 240
MINUTES_AT_MOST = 24 * 60


class Messages:
    """
    Operations on what the boards say.

    The log keeps that something was shown, where, and which sentence; a free text may name a person and is kept out.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def show(
        self,
        official: Official,
        *,
        kind: str,
        preset: str | None = None,
        text: Mapping[str, str] | None = None,
        zone: str | None = None,
        minutes: int | None = None,
    ) -> View:
        """
        Have the boards of a zone, or of the whole centre, say something.

        Args:
            kind: "message" or "emergency".
            preset: A sentence of the catalogues, in every language.
            text: Free text by language, on its own or below the preset.
            minutes: How long; None until it is ended.

        Raises:
            BadInput: An unknown kind, preset, zone or language, or nothing to say.
        """
        words = self._checked(kind, preset, text or {}, zone)
        if minutes is not None and not 1 <= minutes <= MINUTES_AT_MOST:
            raise BadInput(field="minutes", value=minutes)
        with self._context.database.write() as tx:
            row: dict[str, Any] = {
                "centre": tx.centre,
                "kind": kind,
                "preset": preset,
                "text": words or None,
                "zone": zone,
                "shown_at": tx.now,
                "until_at": tx.now + timedelta(minutes=minutes) if minutes else None,
                "official": official.id,
            }
            id = tx.execute(insert(board_messages).returning(board_messages.c.id), row).scalar_one()
            tx.record(
                EventKind.MESSAGE_SHOWN,
                official=official.id,
                id=id,
                is_emergency=kind == "emergency",
                preset=preset,
                zone=zone,
                languages=sorted(words),
                minutes=minutes,
            )
            return self._view(rows.message(tx.connection, tx.centre, id))

    def end(self, official: Official, id: int) -> View:
        """
        Have the boards say it no longer; one that has ended stays as it is.

        Raises:
            MessageNotFound: There is no such message.
        """
        with self._context.database.write() as tx:
            found = rows.message(tx.connection, tx.centre, id)
            if found is None:
                raise MessageNotFound(id=id)
            if found.ended_at is None:
                tx.execute(update(board_messages).where(board_messages.c.id == id).values(ended_at=tx.now))
                tx.record(EventKind.MESSAGE_ENDED, official=official.id, id=id, zone=found.zone)
            return self._view(rows.message(tx.connection, tx.centre, id))

    def current(self) -> list[View]:
        """List what the boards say now, emergencies first."""
        with self._context.database.read() as connection:
            return self.on_boards(connection)

    def on_boards(self, connection: Connection, zone: str | None = None) -> list[View]:
        """List what a zone's boards say now, emergencies first; with zone None what any board says."""
        now = self._context.clock()
        found = [
            row
            for row in rows.current_messages(connection, self._context.centre)
            if (row.until_at is None or row.until_at > now) and (zone is None or row.zone in (None, zone))
        ]
        return [self._view(row) for row in sorted(found, key=lambda row: row.kind != "emergency")]

    def _checked(
        self, kind: str, preset: str | None, text: Mapping[str, str], zone: str | None
    ) -> dict[str, str]:
        """Return the free text, one line for each language that has one."""
        config = self._context.config
        if kind not in PRESETS:
            raise BadInput(field="kind", value=kind)
        if preset is not None and preset not in PRESETS[kind]:
            raise BadInput(field="preset", value=preset)
        if zone is not None and zone not in config.zone:
            raise BadInput(field="zone", value=zone)
        unknown = [language for language in text if language not in config.centre.languages]
        if unknown:
            raise BadInput(field="text", value=unknown[0])
        words = {language: " ".join(each.split()) for language, each in text.items() if each.strip()}
        if any(len(each) > TEXT_AT_MOST for each in words.values()):
            raise BadInput(field="text", at_most=TEXT_AT_MOST)
        if preset is None and not words:
            raise BadInput(field="text", value=None)
        return words

    def _view(self, row: Record | None) -> View:
        assert row is not None
        local = self._context.local
        return {
            "id": row.id,
            "kind": row.kind,
            "preset": row.preset,
            "zone": row.zone,
            "title": self._title(row),
            "text": row.text,
            "shown_at": local(row.shown_at),
            "until_at": local(row.until_at),
            "ended_at": local(row.ended_at),
        }

    def _title(self, row: Record) -> dict[str, str] | None:
        """Say the preset in every language of the centre."""
        if row.preset is None:
            return None
        key = f"display.{row.kind}_{row.preset}"
        return {each: str(catalogue(each)[key]) for each in self._context.config.centre.languages}
