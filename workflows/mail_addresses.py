"""Addresses of e-mail: what one looks like, and the link by which its owner stops a letter.

An address is written down where it was given and nowhere else: what it does not want is kept
under a hash, and the link in a letter carries the hash and a signature, never the address.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import unicodedata

from workflows import secrecy
from workflows.errors import InvalidInput

MOST_ADDRESS = 254
_PART = r'[^\s@<>(),;:"\[\]\\\x00-\x1f\x7f]'
_ADDRESS = re.compile(rf"{_PART}{{1,64}}@(?:{_PART}+\.)+{_PART}{{2,}}")
_HASH_BYTES = 32


def checked(name: str, text: str) -> str:
    """Return an address as it is kept, empty for none; raises InvalidInput naming the field."""
    tidy = unicodedata.normalize("NFC", text).strip()
    if tidy and (len(tidy) > MOST_ADDRESS or not _ADDRESS.fullmatch(tidy) or ".." in tidy):
        raise InvalidInput(name, "hãy ghi địa chỉ thư điện tử, ví dụ ten@example.vn")
    return tidy


def hash_of(address: str) -> str:
    """Return the hash that stands for an address, however it is written."""
    folded = unicodedata.normalize("NFC", address).strip().casefold()
    return hashlib.sha256(folded.encode()).hexdigest()


def stop_token(address_hash: str, notice: str, key: bytes) -> str:
    """Return what proves that a letter of this notice went to this address. Raises NoKey."""
    digest = bytes.fromhex(address_hash)
    return base64.urlsafe_b64encode(digest + _signed(digest, notice, key)).decode()


def read_token(token: str, notice: str, key: bytes) -> str:
    """Return the hash of the address a token is for; empty for one that we did not write."""
    try:
        packed = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        return ""
    digest, given = packed[:_HASH_BYTES], packed[_HASH_BYTES:]
    if not key or not hmac.compare_digest(given, _signed(digest, notice, key)):
        return ""
    return digest.hex()


def _signed(digest: bytes, notice: str, key: bytes) -> bytes:
    return secrecy.signature(digest + notice.encode(), key, secrecy.LETTER)
