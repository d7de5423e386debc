"""Tokens are told once and kept as hashes."""

from __future__ import annotations

import hashlib


def token_hash(token: str) -> bytes:
    """Hash a token for its row; 128 random bits cannot be guessed from a fast hash, as a password could."""
    return hashlib.sha256(token.encode()).digest()
