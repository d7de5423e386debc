"""The shapes of staff's accounts, as the administration sees them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from server.api.schemas import Input, Time
from server.config.sign_in import Role


class NewAccount(Input):
    """An account to be made; its password is made with it."""

    username: str = Field(min_length=1, max_length=60, description="What is typed to sign in")
    name: str | None = Field(default=None, max_length=60, description="As colleagues see it")
    role: Role
    agencies: list[str] | None = Field(default=None, max_length=500, description="null: every agency")
    services: list[str] | None = Field(
        default=None, max_length=2000, description="null: every service of the agencies"
    )


class AccountChange(Input):
    """What is to be different; what is left out stays as it is."""

    name: str | None = Field(default=None, max_length=60)
    role: Role | None = None
    agencies: list[str] | None = Field(default=None, max_length=500, description="null: every agency")
    services: list[str] | None = Field(
        default=None, max_length=2000, description="null: every service of the agencies"
    )


class Account(BaseModel):
    """An account. Nothing of it is ever deleted; a disabled one lets nobody in."""

    id: int
    username: str
    name: str
    role: Role
    agencies: list[str] | None
    services: list[str] | None
    must_change: bool = Field(description="Its owner must choose a password first")
    has_second_factor: bool
    passkeys: int
    counter: int | None = Field(description="Where they are at work now")
    created_at: Time
    seen_at: Time | None
    disabled_at: Time | None
    may_change: bool = Field(description="Whether whoever asks may change it")


class AccountList(BaseModel):
    """The accounts that somebody answers for."""

    accounts: list[Account]


class OpenedAccount(BaseModel):
    """An account, and the password that opens it once: it is told here and never again."""

    account: Account
    password: str


class StaffSession(BaseModel):
    """Where somebody is signed in."""

    id: int
    kind: str
    browser: str | None
    created_at: Time
    seen_at: Time
    expires_at: Time


class StaffSessions(BaseModel):
    """The sessions of an account that go on, the newest first."""

    sessions: list[StaffSession]
