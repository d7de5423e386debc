"""Who works here: accounts, sign-in and the sessions that it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.db.models import staff_sessions, users
from server.errors import BadInput, NotSignedIn, SignInFailed
from server.operations.tokens import token_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.db.models import Record
    from server.operations.context import Context

ROLES = ("official", "reception", "supervisor", "admin", "auditor")
SESSION_HOURS = {"cookie": 12, "bearer": 12}
MIN_PASSWORD = 8
MAX_PASSWORD = 200
NO_PASSWORD = "!"  # no hash: nothing verifies against it


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


@dataclass(frozen=True, slots=True)
class SignIn:
    """An opened session: its token is told once, and kept only as a hash."""

    token: str
    csrf: str
    user: Official
    expires_at: datetime


class Staff:
    """
    Operations on accounts.

    A session is a row, for a cookie and for a bearer token alike: it can be listed, and ended at once.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._decoy: str | None = None

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
        hashed = NO_PASSWORD
        if password is not None:
            self._check_password(password)
            hashed = self._context.offload(lambda: _hasher().hash(password))
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

    def set_password(self, username: str, password: str) -> None:
        """
        Give an account another password, and end its sessions.

        Raises:
            BadInput: No such account, or a password that is too short or long.
        """
        self._check_password(password)
        hashed = self._context.offload(lambda: _hasher().hash(password))
        with self._context.database.write() as tx:
            user = tx.execute(
                update(users)
                .where(users.c.centre == tx.centre, users.c.username == username)
                .values(password_hash=hashed)
                .returning(users.c.id)
            ).scalar()
            if user is None:
                raise BadInput("username: no such account", field="username", value=username)
            tx.execute(
                update(staff_sessions)
                .where(staff_sessions.c.user_id == user, staff_sessions.c.revoked_at.is_(None))
                .values(revoked_at=tx.now)
            )

    def find(self, username: str) -> Official | None:
        """Find an account by its name."""
        with self._context.database.read() as connection:
            row = connection.execute(
                select(users).where(users.c.centre == self._context.centre, users.c.username == username)
            ).first()
        return _official(row) if row else None

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

    def sign_in(self, *, username: str, password: str, kind: str = "cookie") -> SignIn:
        """
        Open a session.

        Args:
            kind: "cookie" for a screen, "bearer" for a program.

        Raises:
            SignInFailed: Unknown name or wrong password; both take the same time.
        """
        with self._context.database.read() as connection:
            user = connection.execute(
                select(users).where(
                    users.c.centre == self._context.centre,
                    users.c.username == username.strip(),
                    users.c.disabled_at.is_(None),
                )
            ).first()
        hashed = user.password_hash if user else self._decoy_hash()
        right = self._context.offload(lambda: _is_right(hashed, password))
        if user is None or not right:
            raise SignInFailed
        return self._open_session(user, kind)

    def sign_out(self, token: str) -> None:
        """End a session; an unknown one is ended already."""
        with self._context.database.write() as tx:
            tx.execute(
                update(staff_sessions)
                .where(
                    staff_sessions.c.token_hash == token_hash(token), staff_sessions.c.revoked_at.is_(None)
                )
                .values(revoked_at=tx.now)
            )

    def identify(self, token: str, *, kind: str | None = None) -> tuple[Official, str]:
        """
        Tell whose session a token is of, and its CSRF token.

        Raises:
            NotSignedIn: Unknown, ended, revoked, or of an account that was disabled.
        """
        with self._context.database.read() as connection:
            row = connection.execute(
                _SESSION,
                {"token_hash": token_hash(token), "centre": self._context.centre},
            ).first()
        if (
            row is None
            or row.revoked_at is not None
            or row.disabled_at is not None
            or row.expires_at <= self._context.clock()
            or (kind is not None and row.kind != kind)
        ):
            raise NotSignedIn
        return _official(row), row.csrf

    def _open_session(self, user: Record, kind: str) -> SignIn:
        token, csrf = self._context.randomness.token(), self._context.randomness.token()
        with self._context.database.write() as tx:
            expires_at = tx.now + timedelta(hours=SESSION_HOURS[kind])
            tx.execute(
                insert(staff_sessions),
                {
                    "centre": tx.centre,
                    "token_hash": token_hash(token),
                    "csrf": csrf,
                    "user_id": user.id,
                    "kind": kind,
                    "created_at": tx.now,
                    "expires_at": expires_at,
                },
            )
        return SignIn(token, csrf, _official(user), expires_at)

    def _check_password(self, password: str) -> None:
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise BadInput(
                f"password: {MIN_PASSWORD} to {MAX_PASSWORD} signs",
                field="password",
                at_least=MIN_PASSWORD,
                at_most=MAX_PASSWORD,
            )

    def _decoy_hash(self) -> str:
        if self._decoy is None:
            self._decoy = self._context.offload(lambda: _hasher().hash("nobody has this password"))
        return self._decoy


_SESSION = (
    select(
        users.c.id,
        users.c.username,
        users.c.name,
        users.c.role,
        users.c.agencies,
        users.c.services,
        users.c.disabled_at,
        staff_sessions.c.kind,
        staff_sessions.c.csrf,
        staff_sessions.c.expires_at,
        staff_sessions.c.revoked_at,
    )
    .select_from(staff_sessions.join(users, users.c.id == staff_sessions.c.user_id))
    .where(
        staff_sessions.c.token_hash == bindparam("token_hash"),
        staff_sessions.c.centre == bindparam("centre"),
    )
)


def _official(row: Record) -> Official:
    return Official(row.id, row.username, row.name, row.role, _keys(row.agencies), _keys(row.services))


def _keys(keys: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if keys is None else tuple(keys)


def _hasher() -> Any:
    from argon2 import PasswordHasher  # 30 ms, needed at a sign-in only

    return PasswordHasher()


def _is_right(hashed: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(hashed, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return True
