"""The shapes of the log's part of the interface. Hashes and salts are base64."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Checkpoint(BaseModel):
    """A signed tree head."""

    origin: str
    size: int
    root: str
    short: str = Field(description="The beginning of the root, as boards and slips show it")
    at: str
    policy: str
    note: str = Field(description="The text that was signed and its signature (C2SP tlog-checkpoint)")


class PublicKey(BaseModel):
    """What heads are checked with."""

    key: str = Field(description="Name, key id and Ed25519 key in one line, as C2SP signed-note has it")


class Entry(BaseModel):
    """What happened; nothing in it says who a visitor is."""

    at: str
    kind: str
    ticket: int | None
    number: str | None
    service: str | None
    counter: int | None
    official: int | None
    data: dict[str, Any]


class SealedEntry(BaseModel):
    """An entry, its salt and its leaf: SHA-256 over a byte 0, the salt, the entry with its keys sorted."""

    index: int
    leaf: str
    salt: str | None
    entry: Entry | None = Field(description="None where it was erased; the leaf stays")


class ProvenEntry(SealedEntry):
    """An entry with its proof of inclusion (RFC 9162, 2.1.3)."""

    path: list[str]


class _FromTo(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)

    start: int = Field(alias="from")
    end: int = Field(alias="to")


class Entries(_FromTo):
    """A page of the log."""

    size: int
    entries: list[SealedEntry]


class Consistency(_FromTo):
    """A proof of consistency (RFC 9162, 2.1.4)."""

    proof: list[str]


class TicketProof(BaseModel):
    """Every sealed entry of a ticket, proven against one head; `pending` are sealed within a second."""

    number: str
    checkpoint: Checkpoint
    entries: list[ProvenEntry]
    pending: int
