"""What supervisors do with devices: enrol, name, place, restart and revoke them; each act is an entry of the log."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from server.db.models import devices
from server.errors import BadInput, DeviceNotFound
from server.events import EventKind
from server.operations.devices import Device, Place, checked_name
from server.operations.tokens import token_hash

if TYPE_CHECKING:
    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.context import Context
    from server.operations.staff import Official


class DeviceDesk:
    """Acts on devices; the log knows a device by its key, not by the name that people gave it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def pair(self, tx: Transaction, official: Official, name: str, place: Place) -> Device:
        """
        Enrol a device that will fetch its token with `give_token`; a revoked one of this name comes back.

        Raises:
            BadInput: A place that the centre does not have, or the name of a device that is in use.
        """
        place.check(self._context.config)
        name = checked_name(name)
        # Nobody has this token: the device's own is made when it comes for it.
        closed = token_hash(self._context.randomness.token())
        row: dict[str, Any] = {"name": name, **asdict(place), "token_hash": closed, "created_at": tx.now}
        found = tx.execute(
            select(devices.c.id, devices.c.revoked_at).where(
                devices.c.centre == tx.centre, devices.c.name == name
            )
        ).first()
        if found is not None and found.revoked_at is None:
            raise BadInput("name: it is taken", field="name", value=name)
        if found is None:
            id = tx.execute(
                insert(devices).returning(devices.c.id), {"centre": tx.centre, **row}
            ).scalar_one()
        else:
            id = found.id
            fresh = {"revoked_at": None, "last_seen_at": None, "left_at": None, "version": None}
            tx.execute(update(devices).where(devices.c.id == id).values(**row, **fresh))
        tx.record(EventKind.DEVICE_PAIRED, official=official.id, device=id, **place.told())
        return Device(id, name, **asdict(place))

    def give_token(self, tx: Transaction, id: int) -> tuple[Device, str]:
        """
        Make a device's token; the one before ends.

        Raises:
            DeviceNotFound: It was revoked meanwhile.
        """
        row = self._known(tx, id)
        token = self._context.randomness.token()
        tx.execute(update(devices).where(devices.c.id == id).values(token_hash=token_hash(token)))
        return _device(row), token

    def rename(self, official: Official, id: int, name: str) -> Device:
        """
        Give a device another name.

        Raises:
            DeviceNotFound: There is none, or it was revoked.
            BadInput: The name is taken, empty or too long.
        """
        name = checked_name(name)
        try:
            with self._context.database.write() as tx:
                before = self._known(tx, id)
                if before.name != name:
                    tx.execute(update(devices).where(devices.c.id == id).values(name=name))
                    tx.record(EventKind.DEVICE_RENAMED, official=official.id, device=id)
                return _device(self._known(tx, id))
        except IntegrityError as error:
            raise BadInput("name: it is taken", field="name", value=name) from error

    def move(
        self,
        official: Official,
        id: int,
        *,
        zone: str | None = None,
        printer: str | None = None,
        counter: int | None = None,
        display: str | None = None,
    ) -> Device:
        """
        Say where a device stands now; it follows by itself.

        Raises:
            DeviceNotFound: There is none, or it was revoked.
            BadInput: The centre has no such place.
        """
        with self._context.database.write() as tx:
            row = self._known(tx, id)
            place = Place(row.kind, zone, printer, counter, display)
            place.check(self._context.config)
            if place != _place(row):
                tx.execute(update(devices).where(devices.c.id == id).values(**asdict(place)))
                tx.record(EventKind.DEVICE_MOVED, official=official.id, device=id, **place.told())
            return _device(self._known(tx, id))

    def restart(self, official: Official, id: int) -> Device:
        """
        Have a device load its page anew.

        Raises:
            DeviceNotFound: There is none, or it was revoked.
        """
        with self._context.database.write() as tx:
            row = self._known(tx, id)
            tx.record(EventKind.DEVICE_RESTARTED, official=official.id, device=id)
            return _device(row)

    def revoke(self, official: Official, id: int) -> None:
        """
        Take a device's token away, at once; its connections are closed.

        Raises:
            DeviceNotFound: There is none, or it was revoked before.
        """
        with self._context.database.write() as tx:
            self._known(tx, id)
            tx.execute(update(devices).where(devices.c.id == id).values(revoked_at=tx.now))
            tx.record(EventKind.DEVICE_REVOKED, official=official.id, device=id)

    def get(self, id: int) -> Device:
        """
        Read a device.

        Raises:
            DeviceNotFound: There is none, or it was revoked.
        """
        with self._context.database.read() as connection:
            row = connection.execute(
                select(devices).where(devices.c.centre == self._context.centre, devices.c.id == id)
            ).first()
        if row is None or row.revoked_at is not None:
            raise DeviceNotFound(id=id)
        return _device(row)

    def _known(self, tx: Transaction, id: int) -> Record:
        row = tx.execute(
            select(devices).where(devices.c.centre == tx.centre, devices.c.id == id).with_for_update()
        ).first()
        if row is None or row.revoked_at is not None:
            raise DeviceNotFound(id=id)
        return row


def _place(row: Record) -> Place:
    return Place(row.kind, row.zone, row.printer, row.counter, row.display)


def _device(row: Record) -> Device:
    return Device(row.id, row.name, **asdict(_place(row)))
