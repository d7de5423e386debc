"""A new device shows a code, a person who may types it in, and the device goes on by itself with a token of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from server.db.pairings import pairing_by_code, pairing_by_secret, pairings
from server.errors import Conflict, PairingEnded, PairingUnknown
from server.operations.tokens import token_hash

if TYPE_CHECKING:
    from server.operations.context import Context
    from server.operations.device_desk import DeviceDesk
    from server.operations.devices import Device, Place
    from server.operations.staff import Official

LASTS = timedelta(minutes=10)
TRIES = 8


@dataclass(frozen=True, slots=True)
class Pairing:
    """What a new device is given: the code to show, and the secret by which it asks what became of it."""

    code: str
    secret: str
    expires_at: datetime


class Pairings:
    """Operations on devices that are to be enrolled."""

    def __init__(self, context: Context, desk: DeviceDesk) -> None:
        self._context = context
        self._desk = desk

    def begin(self) -> Pairing:
        """Give a new device a code."""
        secret = self._context.randomness.token()
        for _ in range(TRIES):
            code = self._context.randomness.code()
            try:
                with self._context.database.write() as tx:
                    tx.execute(delete(pairings).where(pairings.c.expires_at <= tx.now))
                    row = {"code": code, "secret_hash": token_hash(secret), "expires_at": tx.now + LASTS}
                    tx.execute(insert(pairings), {"centre": tx.centre, **row})
                    return Pairing(code, secret, tx.now + LASTS)
            except IntegrityError:  # another device shows this code: take the next
                continue
        raise Conflict("no code is free")

    def complete(self, official: Official, code: str, name: str, place: Place) -> Device:
        """
        Enrol the device that shows a code.

        Args:
            code: As it was typed: spaces, hyphens and small letters do not matter.

        Raises:
            PairingUnknown: No device shows this code, or not any more.
            BadInput: A place that does not exist, or a name that is taken.
        """
        typed = clean(code)
        with self._context.database.write() as tx:
            row = pairing_by_code(tx.connection, tx.centre, typed)
            if row is None or row.device_id is not None or row.expires_at <= tx.now:
                raise PairingUnknown
            device = self._desk.pair(tx, official, name, place)
            tx.execute(update(pairings).where(pairings.c.id == row.id).values(device_id=device.id))
        return device

    def collect(self, secret: str) -> tuple[Device, str] | None:
        """
        Give a device its token.

        A device that did not hear the answer asks again, and gets another token; the first one ends.

        Returns:
            The device and its token; None while nobody has typed its code.

        Raises:
            PairingEnded: The code was not typed in time.
        """
        hashed = token_hash(secret)
        with self._context.database.read() as connection:
            row = pairing_by_secret(connection, self._context.centre, hashed)
        if row is None or row.expires_at <= self._context.clock():
            raise PairingEnded
        if row.device_id is None:
            return None
        with self._context.database.write() as tx:
            return self._desk.give_token(tx, row.device_id)


def clean(code: str) -> str:
    """
    Read a code as people type it.

    >>> clean("kx4-9 rt")
    'KX49RT'
    """
    return "".join(sign for sign in code.upper() if sign.isalnum())
