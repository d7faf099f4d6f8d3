"""Keeps secrets in the database and makes links nobody else can, with keys of one key's making.

Each purpose has a key of its own, derived from the key of the installation, which lies apart from
the database. Not for passwords and tokens: of those only hashes are kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workflows.errors import NoKey

SECOND_FACTOR, WEBHOOK, LETTER = "second factor", "webhook", "letter"
TAG_BYTES = 16


def seal(secret: str, key: bytes, purpose: str) -> str:
    """Return a secret as it is kept: encrypted. Raises NoKey without a key."""
    return _lock(key, purpose).encrypt(secret.encode()).decode()


def unseal(kept: str, key: bytes, purpose: str) -> str:
    """Return the secret that was sealed; empty when there is none or `key` is another one."""
    if not kept or not key:
        return ""
    try:
        return _lock(key, purpose).decrypt(kept.encode()).decode()
    except InvalidToken:
        return ""


def signature(text: bytes, key: bytes, purpose: str) -> bytes:
    """Return what proves that this installation wrote a text. Raises NoKey without a key."""
    return hmac.new(_derived(key, purpose), text, hashlib.sha256).digest()[:TAG_BYTES]


def _lock(key: bytes, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(key, purpose)))


def _derived(key: bytes, purpose: str) -> bytes:
    if not key:
        raise NoKey
    info = f"motcua {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)
