"""
Signatures under the log's checkpoints: Ed25519, in the form of signed notes (C2SP signed-note).

Whoever has the public key can check a log without asking anyone. The key is one line, as other tools of
transparency logs read it: `navbat/asan-1+1f0c2b9a+AR…`.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.domain.ledger.checkpoint import decode, encode
from server.errors import StartError

if TYPE_CHECKING:
    from pathlib import Path

KEY_FILE = "log.key"
ED25519 = b"\x01"
SEED_BYTES = PUBLIC_BYTES = 32
KEY_ID_BYTES = 4
DASH = "— "
NO_KEY = "no public key of a log: one line like navbat/asan-1+1f0c2b9a+AR…, or 64 hex digits"


class BadNote(ValueError):
    """A note that the key did not sign; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """
    The public half.

    Attributes:
        name: The log it signs, as its checkpoints name themselves; "" when only the bare key is known.
    """

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """Tell the four bytes by which a signature says whose it is."""
        return key_id(self.name, self.raw)

    def text(self) -> str:
        """Write the key in one line."""
        return f"{self.name}+{self.id.hex()}+{encode(ED25519 + self.raw)}"

    @classmethod
    def parse(cls, text: str) -> VerifyKey:
        """
        Read a key: the one line of `text`, or 64 hexadecimal digits.

        Raises:
            ValueError: It is neither.
        """
        text = text.strip()
        try:
            if "+" in text:
                name, _, body = text.split("+", 2)
                key = cls(name, decode(body)[1:])
            else:
                key = cls("", bytes.fromhex(text))
        except ValueError as error:
            raise ValueError(NO_KEY) from error
        # One way to write it, the key's id included.
        if len(key.raw) != PUBLIC_BYTES or ("+" in text and key.text() != text):
            raise ValueError(NO_KEY)
        return key

    def open(self, note: str) -> str:
        """
        Check a signed note.

        Returns:
            The text that was signed.

        Raises:
            BadNote: This key did not sign it.
        """
        text, separator, signatures = note.rpartition("\n\n")
        if not separator:
            raise BadNote("it carries no signature")
        text += "\n"
        name = self.name or text.partition("\n")[0]
        ours = key_id(name, self.raw)
        for line in signatures.splitlines():
            signer, _, body = line.removeprefix(DASH).partition(" ")
            try:
                signature = decode(body)
            except ValueError:
                continue
            if signer == name and signature[:KEY_ID_BYTES] == ours:
                return self._checked(text, signature[KEY_ID_BYTES:])
        raise BadNote("it was signed by another key")

    def _checked(self, text: str, signature: bytes) -> str:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text.encode())
        except InvalidSignature as error:
            raise BadNote("its signature does not fit its text") from error
        return text


class SigningKey:
    """The private half; it never leaves the process and its file."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = VerifyKey(name, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Write a signed note: the text, an empty line, the signature."""
        signature = self._key.sign(text.encode())
        return f"{text}\n{DASH}{self.public.name} {encode(self.public.id + signature)}\n"


def key_id(name: str, raw: bytes) -> bytes:
    """Tell the beginning of the hash over name and key that signed notes are marked with."""
    return sha256(name.encode() + b"\n" + ED25519 + raw).digest()[:KEY_ID_BYTES]


def load_key(name: str, data_dir: Path) -> SigningKey:
    """
    Read the log's key; at the first start it is made, readable by its owner only.

    Several server machines must share one: copy the file to each before its first start.

    Raises:
        StartError: The file holds no key, or others may read it.
    """
    path = data_dir / KEY_FILE
    if not path.exists():
        _make_key(path)
    return _read_key(name, path)


def _make_key(path: Path) -> None:
    """Write a new key; of two processes that start together one makes it, and neither sees half a file."""
    handle, draft = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(os.urandom(SEED_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def _read_key(name: str, path: Path) -> SigningKey:
    if path.stat().st_mode & 0o077:
        raise StartError(f"{path}: others may read the log's key; run: chmod 600 {path}")
    try:
        seed = bytes.fromhex(path.read_text("ascii"))
        return SigningKey(name, seed)
    except ValueError as error:
        raise StartError(
            f"{path}: holds no key of a log; restore it from the backup of the data folder"
        ) from error
