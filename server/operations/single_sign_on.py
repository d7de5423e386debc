"""Single sign-on: another program says who it is, and an account here bears the name it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from server.db.accounts import single_sign_on
from server.db.models import users
from server.errors import SingleSignOnFailed
from server.events import EventKind

if TYPE_CHECKING:
    from server.operations.context import Context
    from server.operations.sessions import Sessions, SignIn


class SingleSignOn:
    """Operations on whom a provider means."""

    def __init__(self, context: Context, sessions: Sessions) -> None:
        self._context = context
        self._sessions = sessions

    def sign_in(
        self, *, issuer: str, subject: str, username: str | None, browser: str | None = None
    ) -> SignIn:
        """
        Open a session for somebody whom a provider has named.

        The first time the account is found by its name; from then on by the provider's own unchanging subject, for a name
        there may be given to another person later.

        Args:
            username: What the provider tells of the name; None when it tells none.

        Raises:
            SingleSignOnFailed: No account bears the name, or another person of this provider has it already.
        """
        user_id = self._known(issuer, subject)
        if user_id is None:
            user_id = self._meet(issuer, subject, username)
        return self._sessions.open(user_id, browser=browser)

    def _known(self, issuer: str, subject: str) -> int | None:
        with self._context.database.read() as connection:
            return connection.execute(
                select(single_sign_on.c.user_id).where(
                    single_sign_on.c.centre == self._context.centre,
                    single_sign_on.c.issuer == issuer,
                    single_sign_on.c.subject == subject,
                )
            ).scalar()

    def _meet(self, issuer: str, subject: str, username: str | None) -> int:
        try:
            with self._context.database.write() as tx:
                user: int | None = tx.execute(
                    select(users.c.id).where(
                        users.c.centre == tx.centre,
                        users.c.username == (username or ""),
                        users.c.disabled_at.is_(None),
                    )
                ).scalar()
                taken = tx.execute(
                    select(single_sign_on.c.subject).where(
                        single_sign_on.c.centre == tx.centre,
                        single_sign_on.c.issuer == issuer,
                        single_sign_on.c.user_id == user,
                    )
                ).first()
                if user is None or taken is not None:
                    raise SingleSignOnFailed
                row = {"issuer": issuer, "subject": subject, "user_id": user}
                tx.execute(insert(single_sign_on), {**row, "centre": tx.centre, "created_at": tx.now})
                tx.record(EventKind.ACCOUNT_CHANGED, official=user, what="single_sign_on_met", by=user)
        except IntegrityError as error:
            raise SingleSignOnFailed from error
        return user
