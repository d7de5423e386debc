"""
The sessions of staff: how they are opened, told apart, listed and ended.

A session is a row, for a cookie and for a bearer token alike: it can be listed, and ended at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Update, bindparam, exists, insert, select, update

from server.db.accounts import passkeys
from server.db.models import staff_sessions, users
from server.errors import NotSignedIn, SecondFactorNeeded, SecondFactorWrong, SessionNotFound, SignInFailed
from server.operations.passwords import Passwords
from server.operations.second_factor import step_of
from server.operations.staff import Official, official_of
from server.operations.tokens import token_hash

if TYPE_CHECKING:
    from server.db.models import Record
    from server.operations.context import Context, View

Lack = Literal["password", "second_factor"]
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """An opened session: its token is told once, and kept only as a hash."""

    token: str
    csrf: str
    user: Official
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """
    A session that goes on.

    Attributes:
        lacks: What the account must be given before it may do anything else.
    """

    id: int
    user: Official
    csrf: str
    lacks: Lack | None = None


class Sessions:
    """Operations on the sessions of staff."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._passwords = Passwords(context)
        self._rules = context.config.sign_in

    def sign_in(
        self,
        *,
        username: str,
        password: str,
        code: str | None = None,
        kind: str = "cookie",
        browser: str | None = None,
    ) -> SignIn:
        """
        Open a session with a password.

        Args:
            code: The second factor, where the account has one and it was asked for already.
            kind: "cookie" for a screen, "bearer" for a program.
            browser: What it is opened with, for the list of sessions.

        Raises:
            SignInFailed: Unknown name or wrong password; both take the same time.
            SecondFactorNeeded: Right, and the account has a second factor; names the `user` for `sign_in_with_code`.
            SecondFactorWrong: Right, but for the code.
        """
        with self._context.database.read() as connection:
            user = connection.execute(
                select(users.c.id, users.c.password_hash, users.c.totp_key).where(
                    users.c.centre == self._context.centre,
                    users.c.username == username.strip(),
                    users.c.disabled_at.is_(None),
                )
            ).first()
        right = self._passwords.is_right(user.password_hash if user else None, password)
        if user is None or not right:
            raise SignInFailed
        if user.totp_key is None:
            return self.open(user.id, kind=kind, browser=browser)
        if code is None:
            raise SecondFactorNeeded(user=user.id)
        return self.sign_in_with_code(user.id, code, kind=kind, browser=browser)

    def sign_in_with_code(
        self, user_id: int, code: str, *, kind: str = "cookie", browser: str | None = None
    ) -> SignIn:
        """
        Open a session for whom the password was right, with the code of the second factor.

        Raises:
            SecondFactorWrong: Wrong, too old, or used before.
        """
        with self._context.database.write() as tx:
            key = tx.execute(
                select(users.c.totp_key).where(users.c.id == user_id, users.c.centre == tx.centre)
            ).scalar()
            step = step_of(key, code, tx.now) if key is not None else None
            # A code that somebody saw being typed opens nothing a second time.
            taken = step is not None and tx.execute(
                update(users)
                .where(users.c.id == user_id, users.c.totp_step.is_(None) | (users.c.totp_step < step))
                .values(totp_step=step)
            )
        if not taken or taken.rowcount == 0:
            raise SecondFactorWrong
        return self.open(user_id, kind=kind, browser=browser)

    def open(self, user_id: int, *, kind: str = "cookie", browser: str | None = None) -> SignIn:
        """
        Open a session for somebody whose proof was seen.

        Raises:
            SignInFailed: The account was disabled meanwhile.
        """
        token, csrf = self._context.randomness.token(), self._context.randomness.token()
        with self._context.database.write() as tx:
            user = tx.execute(
                select(users).where(
                    users.c.id == user_id, users.c.centre == tx.centre, users.c.disabled_at.is_(None)
                )
            ).first()
            if user is None:
                raise SignInFailed
            expires_at = tx.now + timedelta(hours=self._rules.session_hours)
            row = {
                "centre": tx.centre,
                "token_hash": token_hash(token),
                "csrf": csrf,
                "user_id": user.id,
                "kind": kind,
                "browser": browser,
                "created_at": tx.now,
                "seen_at": tx.now,
                "expires_at": expires_at,
            }
            tx.execute(insert(staff_sessions), row)
        return SignIn(token, csrf, official_of(user), expires_at)

    def identify(self, token: str, *, kind: str | None = None, is_used: bool = True) -> Session:
        """
        Tell whose session a token is of.

        Args:
            is_used: False where nobody does anything: a session that is left alone ends though its page is open.

        Raises:
            NotSignedIn: Unknown, ended, revoked, left alone for too long, or of an account that was disabled.
        """
        named = {"token_hash": token_hash(token), "centre": self._context.centre}
        with self._context.database.read() as connection:
            row = connection.execute(_SESSION, named).first()
        now = self._context.clock()
        if row is None or self._is_over(row, now) or (kind is not None and row.kind != kind):
            raise NotSignedIn
        if is_used and now - (row.seen_at or row.created_at) >= SEEN_EVERY:
            with self._context.database.write() as tx:
                tx.execute(
                    update(staff_sessions).where(staff_sessions.c.id == row.session_id).values(seen_at=now)
                )
        return Session(row.session_id, official_of(row), row.csrf, self._lack(row))

    def sign_out(self, token: str) -> None:
        """End a session; an unknown one is ended already."""
        with self._context.database.write() as tx:
            tx.execute(_going_on(tx.now).where(staff_sessions.c.token_hash == token_hash(token)))

    def end(self, user_id: int, session_id: int) -> None:
        """
        End one session of somebody.

        Raises:
            SessionNotFound: They have no such session, or it has ended.
        """
        with self._context.database.write() as tx:
            ended = tx.execute(
                _going_on(tx.now).where(
                    staff_sessions.c.id == session_id, staff_sessions.c.user_id == user_id
                )
            )
        if ended.rowcount == 0:
            raise SessionNotFound

    def end_all(self, user_id: int, *, but: int | None = None) -> int:
        """End every session of somebody, but for the one named. Returns how many."""
        with self._context.database.write() as tx:
            statement = _going_on(tx.now).where(staff_sessions.c.user_id == user_id)
            if but is not None:
                statement = statement.where(staff_sessions.c.id != but)
            return int(tx.execute(statement).rowcount)

    def all_of(self, user_id: int) -> list[View]:
        """List somebody's sessions that go on, the newest first."""
        now = self._context.clock()
        with self._context.database.read() as connection:
            rows = connection.execute(
                select(staff_sessions)
                .where(
                    staff_sessions.c.centre == self._context.centre,
                    staff_sessions.c.user_id == user_id,
                    staff_sessions.c.revoked_at.is_(None),
                    staff_sessions.c.expires_at > now,
                )
                .order_by(staff_sessions.c.id.desc())
            ).fetchall()
        local = self._context.local
        return [
            {
                "id": row.id,
                "kind": row.kind,
                "browser": row.browser,
                "created_at": local(row.created_at),
                "seen_at": local(row.seen_at or row.created_at),
                "expires_at": local(row.expires_at),
            }
            for row in rows
            if not self._is_idle(row, now)
        ]

    def _is_over(self, row: Record, now: datetime) -> bool:
        ended: bool = row.revoked_at is not None or row.disabled_at is not None or row.expires_at <= now
        return ended or self._is_idle(row, now)

    def _is_idle(self, row: Record, now: datetime) -> bool:
        """A screen may stand where others come by; a program has nobody who could leave it alone."""
        idle = timedelta(minutes=self._rules.idle_minutes)
        return bool(row.kind == "cookie" and now - (row.seen_at or row.created_at) > idle)

    def _lack(self, row: Record) -> Lack | None:
        if row.must_change:
            return "password"
        if row.role in self._rules.second_factor and not row.has_second_factor:
            return "second_factor"
        return None


def _going_on(now: datetime) -> Update:
    """Begin the statement that ends sessions which have not ended."""
    return update(staff_sessions).where(staff_sessions.c.revoked_at.is_(None)).values(revoked_at=now)


_SESSION = (
    select(
        users.c.id,
        users.c.username,
        users.c.name,
        users.c.role,
        users.c.agencies,
        users.c.services,
        users.c.disabled_at,
        users.c.must_change,
        (users.c.totp_key.is_not(None) | exists().where(passkeys.c.user_id == users.c.id)).label(
            "has_second_factor"
        ),
        staff_sessions.c.id.label("session_id"),
        staff_sessions.c.kind,
        staff_sessions.c.csrf,
        staff_sessions.c.created_at,
        staff_sessions.c.seen_at,
        staff_sessions.c.expires_at,
        staff_sessions.c.revoked_at,
    )
    .select_from(staff_sessions.join(users, users.c.id == staff_sessions.c.user_id))
    .where(
        staff_sessions.c.token_hash == bindparam("token_hash"),
        staff_sessions.c.centre == bindparam("centre"),
    )
)
