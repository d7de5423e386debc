"""The key by which browsers' push services know this hall (VAPID, RFC 8292): made at the first start, kept 0600."""

from __future__ import annotations

import base64
import os
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from server.errors import StartError

if TYPE_CHECKING:
    from pathlib import Path

KEY_FILE = "push.key"


@dataclass(frozen=True, slots=True)
class PushKey:
    """
    A key pair on P-256.

    Attributes:
        pem: The private one, as it is kept.
        public: What a phone gives its push service, in the letters of base64url.
    """

    pem: bytes
    public: str


def can_push() -> bool:
    """Tell whether the extra `push` is installed."""
    return find_spec("pywebpush") is not None


def load_push_key(data_dir: Path) -> PushKey:
    """
    Read the key; where there is none it is made, readable by its owner only.

    Raises:
        StartError: The file holds no key, or others may read it.
    """
    path = data_dir / KEY_FILE
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise StartError(f"{path}: others may read the push key; run: chmod 600 {path}")
    pem = path.read_bytes()
    try:
        return PushKey(pem, _public(pem))
    except (ValueError, TypeError, AttributeError) as error:
        raise StartError(
            f"{path}: holds no key on P-256; delete it, and phones must subscribe anew"
        ) from error


def _make(path: Path) -> None:
    """Write a new key; of two processes that start together one makes it, and neither sees half a file."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = generate_private_key(SECP256R1())
    handle, draft = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def _public(pem: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    key = load_pem_private_key(pem, None)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise TypeError("another kind of key")
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode("ascii")
