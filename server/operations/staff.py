"""Who works here: accounts and their passwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from server.db.models import staff_sessions, users
from server.errors import BadInput
from server.events import EventKind
from server.operations.passwords import NO_PASSWORD, Passwords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.context import Context

ROLES = ("official", "reception", "supervisor", "admin", "auditor")


@dataclass(frozen=True, slots=True)
class Official:
    """
    A member of staff.

    Attributes:
        agencies: Those that they serve; None for all.
        services: Those that they have learned; None for all of their agencies.
    """

    id: int
    username: str
    name: str
    role: str
    agencies: tuple[str, ...] | None = None
    services: tuple[str, ...] | None = None


class Staff:
    """Operations on accounts."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._passwords = Passwords(context)

    def add(
        self,
        username: str,
        *,
        role: str,
        password: str | None,
        name: str | None = None,
        agencies: Sequence[str] | None = None,
        services: Sequence[str] | None = None,
        must_change: bool = False,
    ) -> Official:
        """
        Make an account.

        Args:
            password: None for an account that nobody can sign in to.

        Raises:
            BadInput: An unknown role or agency, a name that is taken or empty, a password that is too short or long.
        """
        config = self._context.config
        unknown = {
            "agencies": sorted(set(agencies or ()) - set(config.agency)),
            "services": sorted(set(services or ()) - set(config.service)),
        }
        if role not in ROLES:
            raise BadInput(f"role: one of {', '.join(ROLES)}", field="role", value=role)
        for field, keys in unknown.items():
            if keys:
                raise BadInput(f"{field}: unknown {', '.join(keys)}", field=field, value=keys)
        if not username.strip() or len(username) > 60:
            raise BadInput("username: 1 to 60 signs", field="username", value=username)
        hashed = NO_PASSWORD if password is None else self._passwords.hash(password)
        row: dict[str, Any] = {
            "centre": self._context.centre,
            "username": username.strip(),
            "name": name or username.strip(),
            "role": role,
            "password_hash": hashed,
            "agencies": list(agencies) if agencies is not None else None,
            "services": list(services) if services is not None else None,
            "must_change": must_change,
        }
        try:
            with self._context.database.write() as tx:
                id = tx.execute(
                    insert(users).returning(users.c.id), {**row, "created_at": tx.now}
                ).scalar_one()
        except IntegrityError as error:
            raise BadInput("username: it is taken", field="username", value=username) from error
        return Official(
            id,
            username.strip(),
            name or username.strip(),
            role,
            tuple(agencies) if agencies is not None else None,
        )

    def set_password(self, username: str, password: str, *, must_change: bool = False) -> None:
        """
        Give an account another password, and end its sessions.

        Args:
            must_change: Its owner must choose another at the next sign-in.

        Raises:
            BadInput: No such account, or a password that is too short or long.
        """
        hashed = self._passwords.hash(password)
        with self._context.database.write() as tx:
            user = tx.execute(
                update(users)
                .where(users.c.centre == tx.centre, users.c.username == username)
                .values(password_hash=hashed, must_change=must_change)
                .returning(users.c.id)
            ).scalar()
            if user is None:
                raise BadInput("username: no such account", field="username", value=username)
            _end_sessions(tx, user)
            tx.record(EventKind.ACCOUNT_CHANGED, official=user, what="password_given")

    def change_password(self, user: Official, *, old: str, new: str, session: int | None = None) -> None:
        """
        Let somebody choose another password; their other sessions end.

        Args:
            session: Of whoever changes it, which goes on.

        Raises:
            BadInput: The old one is wrong (`old`); the new one is too short, too long, the name, or the old one (`new`).
        """
        if not self.is_password(user, old):
            raise BadInput("old: wrong", field="old", problem="wrong")
        if new == old or new.strip().casefold() == user.username.casefold():
            raise BadInput("new: the same", field="new", problem="same")
        hashed = self._passwords.hash(new, field="new")
        with self._context.database.write() as tx:
            tx.execute(
                update(users).where(users.c.id == user.id).values(password_hash=hashed, must_change=False)
            )
            _end_sessions(tx, user.id, but=session)
            tx.record(EventKind.ACCOUNT_CHANGED, official=user.id, what="password_chosen", by=user.id)

    def is_password(self, user: Official, password: str) -> bool:
        """Tell whether this is somebody's password."""
        with self._context.database.read() as connection:
            known = connection.execute(select(users.c.password_hash).where(users.c.id == user.id)).scalar()
        return self._passwords.is_right(known, password)

    def find(self, username: str) -> Official | None:
        """Find an account by its name."""
        with self._context.database.read() as connection:
            row = connection.execute(
                select(users).where(users.c.centre == self._context.centre, users.c.username == username)
            ).first()
        return official_of(row) if row else None

    def names(self) -> list[str]:
        """List the names of all accounts."""
        with self._context.database.read() as connection:
            return list(
                connection.execute(
                    select(users.c.username)
                    .where(users.c.centre == self._context.centre)
                    .order_by(users.c.username)
                ).scalars()
            )


def _end_sessions(tx: Transaction, user: int, *, but: int | None = None) -> None:
    statement = update(staff_sessions).where(
        staff_sessions.c.user_id == user, staff_sessions.c.revoked_at.is_(None)
    )
    if but is not None:
        statement = statement.where(staff_sessions.c.id != but)
    tx.execute(statement.values(revoked_at=tx.now))


def official_of(row: Record) -> Official:
    """Read a member of staff from a row."""
    return Official(row.id, row.username, row.name, row.role, _keys(row.agencies), _keys(row.services))


def _keys(keys: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if keys is None else tuple(keys)
