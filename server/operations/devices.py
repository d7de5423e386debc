"""Kiosks, displays and print agents: each has a token of its own that can be taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.db.models import devices
from server.errors import BadInput, DeviceNotFound
from server.operations.tokens import token_hash

if TYPE_CHECKING:
    from server.db.models import Record
    from server.operations.context import Context, View

KINDS = ("kiosk", "display", "printer", "tablet")
# "Last seen" is for people: once a minute is enough, and keeps a kiosk's taps from writing twice.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device; `printer` is where its slips come out, `counter` where a tablet stands."""

    id: int
    name: str
    kind: str
    zone: str | None
    printer: str | None
    counter: int | None = None


class Devices:
    """Operations on devices."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(
        self,
        name: str,
        *,
        kind: str,
        zone: str | None = None,
        printer: str | None = None,
        counter: int | None = None,
    ) -> tuple[Device, str]:
        """
        Enrol a device.

        Returns:
            The device, and its token: told now and never again.

        Raises:
            BadInput: An unknown kind, zone, printer or counter, a tablet without a counter, or a name that is taken.
        """
        config = self._context.config
        if kind not in KINDS:
            raise BadInput(f"kind: one of {', '.join(KINDS)}", field="kind", value=kind)
        if zone is not None and zone not in config.zone:
            raise BadInput(f"zone: one of {', '.join(config.zone)}", field="zone", value=zone)
        if printer is not None and printer not in config.printer:
            raise BadInput(f"printer: one of {', '.join(config.printer)}", field="printer", value=printer)
        if counter not in config.counter and (counter is not None or kind == "tablet"):
            raise BadInput("counter: one of the centre's", field="counter", value=counter)
        if not name.strip() or len(name) > 60:
            raise BadInput("name: 1 to 60 signs", field="name", value=name)
        token = self._context.randomness.token()
        name = name.strip()
        values = {"name": name, "kind": kind, "zone": zone, "printer": printer, "counter": counter}
        try:
            with self._context.database.write() as tx:
                row = {**values, "centre": tx.centre, "token_hash": token_hash(token), "created_at": tx.now}
                id = tx.execute(insert(devices).returning(devices.c.id), row).scalar_one()
        except IntegrityError as error:
            raise BadInput("name: it is taken", field="name", value=name) from error
        return Device(id, name, kind, zone, printer, counter), token

    def renew(self, name: str) -> tuple[Device, str]:
        """
        Give a device another token; the old one ends.

        Raises:
            DeviceNotFound: No device has this name.
        """
        token = self._context.randomness.token()
        with self._context.database.write() as tx:
            row = tx.execute(
                update(devices)
                .where(devices.c.centre == tx.centre, devices.c.name == name)
                .values(token_hash=token_hash(token), revoked_at=None)
                .returning(*_COLUMNS)
            ).first()
        if row is None:
            raise DeviceNotFound(name=name)
        return _device(row), token

    def revoke(self, name: str) -> None:
        """
        Take a device's token away, at once.

        Raises:
            DeviceNotFound: No device has this name.
        """
        with self._context.database.write() as tx:
            revoked = tx.execute(
                update(devices)
                .where(devices.c.centre == tx.centre, devices.c.name == name)
                .values(revoked_at=tx.now)
            )
        if revoked.rowcount == 0:
            raise DeviceNotFound(name=name)

    def identify(self, token: str) -> Device:
        """
        Tell whose token this is.

        Raises:
            DeviceNotFound: Nobody's, or one that was taken away.
        """
        with self._context.database.read() as connection:
            row = connection.execute(
                _BY_TOKEN, {"token_hash": token_hash(token), "centre": self._context.centre}
            ).first()
        if row is None or row.revoked_at is not None:
            raise DeviceNotFound
        now = self._context.clock()
        if row.last_seen_at is None or now - row.last_seen_at > SEEN_EVERY:
            self._see(row.id, now)
        return _device(row)

    def all(self) -> list[View]:
        """List the devices that are not revoked."""
        with self._context.database.read() as connection:
            rows = connection.execute(
                select(devices)
                .where(devices.c.centre == self._context.centre, devices.c.revoked_at.is_(None))
                .order_by(devices.c.name)
            ).fetchall()
        return [
            {
                "id": row.id,
                "name": row.name,
                "kind": row.kind,
                "zone": row.zone,
                "printer": row.printer,
                "counter": row.counter,
                "last_seen_at": self._context.local(row.last_seen_at),
            }
            for row in rows
        ]

    def _see(self, id: int, now: datetime) -> None:
        with self._context.database.write() as tx:
            tx.execute(update(devices).where(devices.c.id == id).values(last_seen_at=now))


_COLUMNS = (
    devices.c.id,
    devices.c.name,
    devices.c.kind,
    devices.c.zone,
    devices.c.printer,
    devices.c.counter,
)
_BY_TOKEN = select(*_COLUMNS, devices.c.revoked_at, devices.c.last_seen_at).where(
    devices.c.token_hash == bindparam("token_hash"), devices.c.centre == bindparam("centre")
)


def _device(row: Record) -> Device:
    return Device(row.id, row.name, row.kind, row.zone, row.printer, row.counter)
