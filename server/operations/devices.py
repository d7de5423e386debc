"""Kiosks, displays and print agents: each has a token of its own that can be taken away."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.db.models import devices
from server.errors import BadInput, DeviceNotFound
from server.events import EventKind
from server.operations.tokens import token_hash

if TYPE_CHECKING:
    from server.config import Config
    from server.db.models import Record
    from server.operations.context import Context, View

NAME_AT_MOST = 60
KINDS = ("kiosk", "display", "printer", "tablet")
# "Last seen" is for people: once a minute is enough, and keeps a kiosk's taps from writing twice.
SEEN_EVERY = timedelta(minutes=1)


# Longer than a connected device is unheard of: it is seen once a minute.
ONLINE_FOR = timedelta(seconds=150)


@dataclass(frozen=True, slots=True)
class Place:
    """What a device is and where it stands; `printer` is where its slips come out, `counter` where a tablet lies."""

    kind: str
    zone: str | None = None
    printer: str | None = None
    counter: int | None = None
    display: str | None = None

    def check(self, config: Config) -> None:
        """Raise BadInput for what the centre does not have."""
        if self.kind not in KINDS:
            raise BadInput(f"kind: one of {', '.join(KINDS)}", field="kind", value=self.kind)
        for field, value, known in (
            ("zone", self.zone, config.zone),
            ("printer", self.printer, config.printer),
            ("display", self.display, config.display),
        ):
            if value is not None and value not in known:
                raise BadInput(f"{field}: one of {', '.join(known)}", field=field, value=value)
        if self.counter not in config.counter and (self.counter is not None or self.kind == "tablet"):
            raise BadInput("counter: one of the centre's", field="counter", value=self.counter)

    def told(self) -> dict[str, Any]:
        """Write it for the log, whose entries have a `counter` of their own: of who calls."""
        told = asdict(self)
        return {"device_kind": told.pop("kind"), "at_counter": told.pop("counter"), **told}


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device, as `Place` has it."""

    id: int
    name: str
    kind: str
    zone: str | None
    printer: str | None
    counter: int | None = None
    display: str | None = None


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
        display: str | None = None,
        is_told: bool = False,
    ) -> tuple[Device, str]:
        """
        Enrol a device, by nobody who is signed in.

        Args:
            is_told: Write it into the log, as everything that a person does.

        Returns:
            The device, and its token: told now and never again.

        Raises:
            BadInput: An unknown kind, zone, printer, counter or display, a tablet without a counter, a name that is taken.
        """
        place = Place(kind, zone, printer, counter, display)
        place.check(self._context.config)
        name = checked_name(name)
        token = self._context.randomness.token()
        values = {"name": name, **asdict(place)}
        try:
            with self._context.database.write() as tx:
                row = {**values, "centre": tx.centre, "token_hash": token_hash(token), "created_at": tx.now}
                id = tx.execute(insert(devices).returning(devices.c.id), row).scalar_one()
                if is_told:
                    tx.record(EventKind.DEVICE_PAIRED, device=id, **place.told())
        except IntegrityError as error:
            raise BadInput("name: it is taken", field="name", value=name) from error
        return Device(id, name, **asdict(place)), token

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
            id = tx.execute(
                update(devices)
                .where(devices.c.centre == tx.centre, devices.c.name == name)
                .values(revoked_at=tx.now)
                .returning(devices.c.id)
            ).scalar()
            if id is None:
                raise DeviceNotFound(name=name)
            tx.record(EventKind.DEVICE_REVOKED, device=id)

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
                "display": row.display,
                "version": row.version,
                "online": self._is_online(row),
                "last_seen_at": self._context.local(row.last_seen_at),
            }
            for row in rows
        ]

    def seen(self, id: int, version: str | None) -> None:
        """Note that a device is connected, and which version of the program it runs."""
        with self._context.database.write() as tx:
            tx.execute(
                update(devices)
                .where(devices.c.id == id)
                .values(last_seen_at=tx.now, left_at=None, version=version and version[:40])
            )

    def left(self, id: int) -> None:
        """Note that a device is connected no more."""
        with self._context.database.write() as tx:
            tx.execute(update(devices).where(devices.c.id == id).values(left_at=tx.now))

    def _is_online(self, row: Record) -> bool:
        """Tell whether a device is connected, to whichever process; of one that vanished it is known a little later."""
        if row.last_seen_at is None or (row.left_at is not None and row.left_at >= row.last_seen_at):
            return False
        return bool(self._context.clock() - row.last_seen_at < ONLINE_FOR)

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
    devices.c.display,
)
_BY_TOKEN = select(*_COLUMNS, devices.c.revoked_at, devices.c.last_seen_at).where(
    devices.c.token_hash == bindparam("token_hash"), devices.c.centre == bindparam("centre")
)


def _device(row: Record) -> Device:
    return Device(row.id, row.name, row.kind, row.zone, row.printer, row.counter, row.display)


def checked_name(name: str) -> str:
    """Return a device's name as it is kept; raises BadInput."""
    if not name.strip() or len(name) > NAME_AT_MOST:
        raise BadInput(f"name: 1 to {NAME_AT_MOST} signs", field="name", value=name)
    return name.strip()
