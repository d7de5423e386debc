"""Passkeys: a key pair in somebody's telephone or computer, which signs a challenge of ours (WebAuthn)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.db.accounts import passkeys
from server.errors import BadInput, PasskeyNotFound, PasskeyRefused
from server.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.operations.context import Context, View
    from server.operations.sessions import Sessions, SignIn
    from server.operations.staff import Official

MAX_NAME = 60
MOST = 10


@dataclass(frozen=True, slots=True)
class Site:
    """
    For whom a passkey is good: a browser refuses to use it for another site.

    Attributes:
        host: Without the port.
        origin: Scheme, host and port, as the browser names them.
    """

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the browser is asked (JSON for `navigator.credentials`), and the bytes that it must sign."""

    options: str
    bytes: bytes


class Passkeys:
    """Operations on passkeys; they need the extra `passkeys`."""

    def __init__(self, context: Context, sessions: Sessions) -> None:
        self._context = context
        self._sessions = sessions

    @property
    def are_offered(self) -> bool:
        """Tell whether this centre wants passkeys and what they need is installed."""
        return self._context.config.sign_in.passkeys and find_spec("webauthn") is not None

    def ask_new(self, user: Official, site: Site) -> Challenge:
        """Ask a browser to make a key pair for this account."""
        import webauthn
        from webauthn.helpers.structs import (
            AuthenticatorSelectionCriteria,
            PublicKeyCredentialDescriptor,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        options = webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name=self._context.config.centre.name[self._context.config.centre.state_language],
            user_id=f"{self._context.centre}/{user.id}".encode(),
            user_name=user.username,
            user_display_name=user.name,
            # Found without a name typed, and used by its owner only: it stands for both factors.
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=bytes(row["credential_id"])) for row in self._rows(user.id)
            ],
        )
        return Challenge(webauthn.options_to_json(options), options.challenge)

    def keep(
        self, user: Official, credential: Mapping[str, Any], *, challenge: bytes, site: Site, name: str
    ) -> None:
        """
        Keep the public half of a new key pair.

        Raises:
            BadInput: The name is empty or too long, or there are as many as one may have.
            PasskeyRefused: What the browser sent does not fit the challenge, or the key is known already.
        """
        name = name.strip()
        if not 1 <= len(name) <= MAX_NAME:
            raise BadInput(field="name", at_least=1, at_most=MAX_NAME)
        if len(self._rows(user.id)) >= MOST:
            raise BadInput(field="name", at_most=MOST)
        import webauthn

        try:
            verified = webauthn.verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except Exception as error:  # the library has a dozen of them; each means the same to us
            raise PasskeyRefused from error
        row = {
            "user_id": user.id,
            "name": name,
            "credential_id": verified.credential_id,
            "public_key": verified.credential_public_key,
            "sign_count": verified.sign_count,
        }
        try:
            with self._context.database.write() as tx:
                tx.execute(insert(passkeys), {**row, "centre": tx.centre, "created_at": tx.now})
                tx.record(EventKind.ACCOUNT_CHANGED, official=user.id, what="passkey_added", by=user.id)
        except IntegrityError as error:
            raise PasskeyRefused from error

    def ask(self, site: Site) -> Challenge:
        """Ask a browser for a signature, whoever its owner is."""
        import webauthn
        from webauthn.helpers.structs import UserVerificationRequirement

        options = webauthn.generate_authentication_options(
            rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
        )
        return Challenge(webauthn.options_to_json(options), options.challenge)

    def sign_in(
        self, credential: Mapping[str, Any], *, challenge: bytes, site: Site, browser: str | None = None
    ) -> SignIn:
        """
        Open a session for the owner of a passkey.

        Raises:
            PasskeyRefused: It is unknown, its signature does not fit, or it was copied.
        """
        import webauthn

        try:
            id = webauthn.base64url_to_bytes(str(credential["rawId"]))
            row = self._row(id)
            verified = webauthn.verify_authentication_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=bytes(row["public_key"]),
                credential_current_sign_count=row["sign_count"],
                require_user_verification=True,
            )
        except Exception as error:
            raise PasskeyRefused from error
        with self._context.database.write() as tx:
            used = tx.execute(
                update(passkeys)
                .where(passkeys.c.id == row["id"], passkeys.c.sign_count <= verified.new_sign_count)
                .values(sign_count=verified.new_sign_count, used_at=tx.now)
            )
        if used.rowcount == 0:
            raise PasskeyRefused
        return self._sessions.open(row["user_id"], browser=browser)

    def all_of(self, user_id: int) -> list[View]:
        """List somebody's passkeys."""
        local = self._context.local
        return [
            {
                "id": row["id"],
                "name": row["name"],
                "created_at": local(row["created_at"]),
                "used_at": local(row["used_at"]),
            }
            for row in self._rows(user_id)
        ]

    def remove(self, user: Official, id: int, *, by: Official) -> None:
        """
        Forget a passkey.

        Raises:
            PasskeyNotFound: The account has no such passkey.
        """
        with self._context.database.write() as tx:
            gone = tx.execute(delete(passkeys).where(passkeys.c.id == id, passkeys.c.user_id == user.id))
            if gone.rowcount == 0:
                raise PasskeyNotFound
            tx.record(EventKind.ACCOUNT_CHANGED, official=user.id, what="passkey_removed", by=by.id)

    def _rows(self, user_id: int) -> list[dict[str, Any]]:
        with self._context.database.read() as connection:
            rows = connection.execute(
                select(passkeys).where(passkeys.c.user_id == user_id).order_by(passkeys.c.id)
            )
            return [dict(row) for row in rows.mappings()]

    def _row(self, credential_id: bytes) -> dict[str, Any]:
        with self._context.database.read() as connection:
            row = connection.execute(
                select(passkeys).where(
                    passkeys.c.centre == self._context.centre, passkeys.c.credential_id == credential_id
                )
            )
            return dict(row.mappings().one())
