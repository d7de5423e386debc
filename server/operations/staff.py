"""Who works here: accounts and their passwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from server.db.models import staff_sessions, users
from server.errors import BadInput, UsernameTaken
from server.events import EventKind
from server.operations.passwords import NO_PASSWORD, Passwords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from server.config import Config
    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.context import Context

ROLES = ("official", "reception", "supervisor", "admin", "auditor")
MAX_NAME = 60
# What the log may tell of an account; of a name it only tells that it has changed.
TOLD = ("role", "agencies", "services")


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
        is_told: bool = False,
    ) -> Official:
        """
        Make an account, by nobody who is signed in.

        Args:
            password: None for an account that nobody can sign in to.
            is_told: Write it into the log, as everything that a person does.

        Raises:
            BadInput: An unknown role or agency, an empty name, a password that is too short or long.
            UsernameTaken: Somebody has the name.
        """
        row = self.new_row(
            username,
            role=role,
            password=password,
            name=name,
            agencies=agencies,
            services=services,
            must_change=must_change,
        )
        with self._context.database.write() as tx:
            made = insert_account(tx, row)
            if is_told:
                tell_of_new(tx, made.id, row, by=None)
            return made

    def new_row(
        self,
        username: str,
        *,
        role: str,
        password: str | None,
        name: str | None = None,
        agencies: Sequence[str] | None = None,
        services: Sequence[str] | None = None,
        must_change: bool = False,
    ) -> dict[str, Any]:
        """
        Check what an account is to be made of, and hash its password, which takes a while.

        Raises:
            BadInput: As `add`.
        """
        check_parts(self._context.config, role=role, agencies=agencies, services=services)
        username = username.strip()
        if not 1 <= len(username) <= MAX_NAME:
            raise BadInput(f"username: 1 to {MAX_NAME} signs", field="username", value=username)
        return {
            "username": username,
            "name": name or username,
            "role": role,
            "password_hash": NO_PASSWORD if password is None else self._passwords.hash(password),
            "agencies": list(agencies) if agencies is not None else None,
            "services": list(services) if services is not None else None,
            "must_change": must_change,
        }

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
            end_sessions(tx, user)
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
            end_sessions(tx, user.id, but=session)
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


def check_parts(
    config: Config, *, role: str, agencies: Sequence[str] | None, services: Sequence[str] | None
) -> None:
    """
    See that the centre has what an account is to have.

    Raises:
        BadInput: An unknown role, agency or service; `field` names which.
    """
    unknown = {
        "agencies": sorted(set(agencies or ()) - set(config.agency)),
        "services": sorted(set(services or ()) - set(config.service)),
    }
    if role not in ROLES:
        raise BadInput(f"role: one of {', '.join(ROLES)}", field="role", value=role)
    for field, keys in unknown.items():
        if keys:
            raise BadInput(f"{field}: unknown {', '.join(keys)}", field=field, value=keys)


def tell_of_new(tx: Transaction, id: int, row: Mapping[str, Any], *, by: int | None) -> None:
    """Write a new account into the log; `by` is None on the machine itself, where nobody is signed in."""
    after = {field: row[field] for field in TOLD}
    tx.record(EventKind.ACCOUNT_CHANGED, official=id, what="added", by=by, after=after)


def insert_account(tx: Transaction, row: Mapping[str, Any]) -> Official:
    """
    Write a new account, of `Staff.new_row`.

    Raises:
        UsernameTaken: Somebody has the name.
    """
    taken = select(users.c.id).where(users.c.centre == tx.centre, users.c.username == row["username"])
    if tx.execute(taken).first() is not None:
        raise UsernameTaken("username: it is taken", field="username", value=row["username"])
    values = {**row, "centre": tx.centre, "created_at": tx.now}
    return official_of(tx.execute(insert(users).returning(users), values).one())


def end_sessions(tx: Transaction, user: int, *, but: int | None = None) -> None:
    """End somebody's sessions, all but one."""
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
