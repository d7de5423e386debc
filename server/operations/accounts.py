"""Accounts as the administration has them: seen, made, changed, disabled; nothing of them is ever deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update

from server.db import queries
from server.db.accounts import passkeys
from server.db.models import staff_sessions, users
from server.errors import AccountNotFound, LastAdmin, OwnAccount, SessionNotFound
from server.events import EventKind
from server.operations.account_rules import (
    answers_for,
    check_may,
    checked_name,
    keys,
    may_change,
    runs_the_centre,
)
from server.operations.passwords import Passwords
from server.operations.serving import servable
from server.operations.staff import (
    TOLD,
    Official,
    check_parts,
    end_sessions,
    insert_account,
    official_of,
    tell_of_new,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from server.db.engine import Transaction
    from server.db.models import Record
    from server.operations.context import Context, View
    from server.operations.sessions import Sessions
    from server.operations.staff import Staff


class Accounts:
    """
    Operations on other people's accounts.

    Who is given some agencies only answers for those who serve nothing else: for them the others are not there.
    """

    def __init__(self, context: Context, staff: Staff, sessions: Sessions) -> None:
        self._context = context
        self._staff = staff
        self._sessions = sessions
        self._passwords = Passwords(context)

    def all(self, by: Official) -> list[View]:
        """List the accounts that somebody answers for, by their names."""
        with self._context.database.read() as connection:
            rows = connection.execute(
                select(users).where(users.c.centre == self._context.centre).order_by(users.c.username)
            ).fetchall()
            counts = self._passkey_counts(connection)
            at = {row.official: row.number for row in queries.all_counters(connection, self._context.centre)}
            seen = dict(
                connection.execute(
                    select(staff_sessions.c.user_id, func.max(staff_sessions.c.seen_at))
                    .where(staff_sessions.c.centre == self._context.centre)
                    .group_by(staff_sessions.c.user_id)
                ).fetchall()
            )
        return [
            self._view(
                row, by, passkeys=counts.get(row.id, 0), counter=at.get(row.id), seen_at=seen.get(row.id)
            )
            for row in rows
            if answers_for(by, official_of(row))
        ]

    def get(self, by: Official, id: int) -> View:
        """
        Show an account.

        Raises:
            AccountNotFound: There is none, or it is not theirs to see.
        """
        found = next((each for each in self.all(by) if each["id"] == id), None)
        if found is None:
            raise AccountNotFound
        return found

    def add(
        self,
        by: Official,
        username: str,
        *,
        role: str,
        name: str | None = None,
        agencies: Sequence[str] | None = None,
        services: Sequence[str] | None = None,
    ) -> tuple[int, str]:
        """
        Make an account.

        Returns:
            Its key, and the password that opens it once.

        Raises:
            NotAllowed: A role or agencies that this caller does not answer for.
            BadInput, UsernameTaken: As `Staff.add`.
        """
        password = self._context.randomness.password()
        row = self.prepare(
            by, username, password=password, role=role, name=name, agencies=agencies, services=services
        )
        with self._context.database.write() as tx:
            return self.add_in(tx, by, row), password

    def prepare(
        self,
        by: Official,
        username: str,
        *,
        password: str,
        role: str,
        name: str | None = None,
        agencies: Sequence[str] | None = None,
        services: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """
        Check a new account and hash its password, which takes a while; raises as `add`, but for a name that is taken.
        """
        check_parts(self._context.config, role=role, agencies=agencies, services=services)
        check_may(by, Official(0, username, "", role, keys(agencies), keys(services)))
        return self._staff.new_row(
            username,
            role=role,
            password=password,
            name=checked_name(name) if name else None,
            agencies=agencies,
            services=services,
            must_change=True,
        )

    def add_in(self, tx: Transaction, by: Official, row: Mapping[str, Any]) -> int:
        """Write an account of `prepare`; raises UsernameTaken."""
        made = insert_account(tx, row)
        tell_of_new(tx, made.id, row, by=by.id)
        return made.id

    def change(self, by: Official, id: int, changes: Mapping[str, Any]) -> View:
        """
        Change name, role, agencies or services; what is not named stays.

        Args:
            changes: By column; None for every agency, or every service of the agencies.

        Raises:
            AccountNotFound, NotAllowed: Not this caller's to change, before or after.
            BadInput: An empty name, or a key that the centre does not have.
            LastAdmin: Nobody else administers the whole centre.
        """
        with self._context.database.write() as tx:
            self.change_in(tx, by, id, changes)
        return self.get(by, id)

    def change_in(self, tx: Transaction, by: Official, id: int, changes: Mapping[str, Any]) -> bool:
        """Do what `change` does, in a transaction with more. Returns whether anything was different."""
        if "name" in changes:
            changes = {**changes, "name": checked_name(changes["name"])}
        row = self._changeable(tx, by, id)
        before = {field: getattr(row, field) for field in (*TOLD, "name")}
        after = {**before, **changes}
        changed = [field for field, value in after.items() if value != before[field]]
        if changed:
            self._check(by, official_of(row), after, changed)
            if runs_the_centre(row.role, row.agencies) and not runs_the_centre(
                after["role"], after["agencies"]
            ):
                _check_others(tx, row)
            tx.execute(update(users).where(users.c.id == id).values({each: after[each] for each in changed}))
            told = [field for field in changed if field in TOLD]
            tx.record(
                EventKind.ACCOUNT_CHANGED,
                official=id,
                what="changed",
                by=by.id,
                fields=sorted(changed),
                before={field: before[field] for field in told},
                after={field: after[field] for field in told},
            )
            self._tell_counter(tx, id, before, after)
        return bool(changed)

    def disable(self, by: Official, id: int) -> View:
        """
        Let somebody in no more; their sessions end, and all that they did stays.

        Raises:
            AccountNotFound, NotAllowed, OwnAccount: Not this caller's to disable.
            LastAdmin: Nobody else administers the whole centre.
        """
        with self._context.database.write() as tx:
            row = self._changeable(tx, by, id, own=False)
            if row.disabled_at is None:
                if runs_the_centre(row.role, row.agencies):
                    _check_others(tx, row)
                tx.execute(update(users).where(users.c.id == id).values(disabled_at=tx.now))
                end_sessions(tx, id)
                tx.record(EventKind.ACCOUNT_CHANGED, official=id, what="disabled", by=by.id)
        return self.get(by, id)

    def enable(self, by: Official, id: int) -> View:
        """
        Let somebody in again.

        Raises:
            AccountNotFound, NotAllowed, OwnAccount: Not this caller's to enable.
        """
        with self._context.database.write() as tx:
            row = self._changeable(tx, by, id, own=False)
            if row.disabled_at is not None:
                tx.execute(update(users).where(users.c.id == id).values(disabled_at=None))
                tx.record(EventKind.ACCOUNT_CHANGED, official=id, what="enabled", by=by.id)
        return self.get(by, id)

    def give_password(self, by: Official, id: int) -> str:
        """
        Give somebody a password that opens their account once; their sessions end.

        Raises:
            AccountNotFound, NotAllowed, OwnAccount: Not this caller's to give.
        """
        password = self._context.randomness.password()
        hashed = self._passwords.hash(password)
        with self._context.database.write() as tx:
            self._changeable(tx, by, id, own=False)
            tx.execute(update(users).where(users.c.id == id).values(password_hash=hashed, must_change=True))
            end_sessions(tx, id)
            tx.record(EventKind.ACCOUNT_CHANGED, official=id, what="password_given", by=by.id)
        return password

    def remove_second_factor(self, by: Official, id: int) -> View:
        """
        Ask somebody whose telephone is lost for no code any more; their sessions end, as one may be on it.

        Raises:
            AccountNotFound, NotAllowed, OwnAccount: Not this caller's to remove.
        """
        with self._context.database.write() as tx:
            row = self._changeable(tx, by, id, own=False)
            if row.totp_key is not None:
                tx.execute(update(users).where(users.c.id == id).values(totp_key=None, totp_step=None))
                end_sessions(tx, id)
                tx.record(EventKind.ACCOUNT_CHANGED, official=id, what="second_factor_removed", by=by.id)
        return self.get(by, id)

    def remove_passkeys(self, by: Official, id: int) -> View:
        """
        Forget every passkey of somebody; their sessions end.

        Raises:
            AccountNotFound, NotAllowed, OwnAccount: Not this caller's to remove.
        """
        with self._context.database.write() as tx:
            self._changeable(tx, by, id, own=False)
            if tx.execute(delete(passkeys).where(passkeys.c.user_id == id)).rowcount:
                end_sessions(tx, id)
                tx.record(EventKind.ACCOUNT_CHANGED, official=id, what="passkeys_removed", by=by.id)
        return self.get(by, id)

    def sessions(self, by: Official, id: int) -> list[View]:
        """
        List where somebody is signed in.

        Raises:
            AccountNotFound: There is no such account, or it is not theirs to see.
        """
        return self._sessions.all_of(self.get(by, id)["id"])

    def end_sessions(self, by: Official, id: int, session: int | None = None) -> None:
        """
        End a session of somebody, or all.

        Raises:
            AccountNotFound, NotAllowed, OwnAccount: Not this caller's to end.
            SessionNotFound: It has ended already.
        """
        with self._context.database.write() as tx:
            self._changeable(tx, by, id, own=False)
            going_on = update(staff_sessions).where(
                staff_sessions.c.user_id == id, staff_sessions.c.revoked_at.is_(None)
            )
            if session is not None:
                going_on = going_on.where(staff_sessions.c.id == session)
            if tx.execute(going_on.values(revoked_at=tx.now)).rowcount:
                tx.record(EventKind.ACCOUNT_CHANGED, official=id, what="session_ended", by=by.id)
            elif session is not None:
                raise SessionNotFound

    def _changeable(self, tx: Transaction, by: Official, id: int, *, own: bool = True) -> Record:
        row: Record | None = tx.execute(
            select(users).where(users.c.id == id, users.c.centre == self._context.centre)
        ).first()
        if row is None or not answers_for(by, official_of(row)):
            raise AccountNotFound
        check_may(by, official_of(row))
        if id == by.id and not own:
            raise OwnAccount
        return row

    def _check(self, by: Official, before: Official, after: Mapping[str, Any], changed: list[str]) -> None:
        # What the centre has no more may stay as it is: only what is changed is held to be there.
        check_parts(
            self._context.config,
            role=after["role"],
            agencies=after["agencies"] if "agencies" in changed else None,
            services=after["services"] if "services" in changed else None,
        )
        agencies, services = keys(after["agencies"]), keys(after["services"])
        check_may(by, Official(before.id, before.username, before.name, after["role"], agencies, services))

    def _tell_counter(
        self, tx: Transaction, id: int, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        """Write into the log what the counter serves from now on at which somebody sits."""
        number = queries.counter_of(tx.connection, tx.centre, id)
        if number is None:
            return
        served = [
            servable(self._context.config, number, each["agencies"], each["services"])
            for each in (before, after)
        ]
        if served[0] != served[1]:
            tx.record(EventKind.COUNTER_CHANGED, counter=number, official=id, services=list(served[1]))

    def _passkey_counts(self, connection: Any) -> dict[int, int]:
        return dict(
            connection.execute(
                select(passkeys.c.user_id, func.count())
                .where(passkeys.c.centre == self._context.centre)
                .group_by(passkeys.c.user_id)
            ).fetchall()
        )

    def _view(self, row: Record, by: Official, *, passkeys: int, counter: int | None, seen_at: Any) -> View:
        local = self._context.local
        return {
            "id": row.id,
            "username": row.username,
            "name": row.name,
            "role": row.role,
            "agencies": row.agencies,
            "services": row.services,
            "must_change": row.must_change,
            "has_second_factor": row.totp_key is not None,
            "passkeys": passkeys,
            "counter": counter,
            "created_at": local(row.created_at),
            "seen_at": local(seen_at),
            "disabled_at": local(row.disabled_at),
            "may_change": may_change(by, official_of(row)),
        }


def _check_others(tx: Transaction, row: Record) -> None:
    """See that somebody else administers the whole centre when this account does no more."""
    others = select(users.c.id).where(
        users.c.centre == tx.centre,
        users.c.id != row.id,
        users.c.role == "admin",
        users.c.agencies.is_(None),
        users.c.disabled_at.is_(None),
    )
    if row.disabled_at is None and tx.execute(others).first() is None:
        raise LastAdmin
