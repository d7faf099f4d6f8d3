"""Signs roots of the record with an Ed25519 key that is kept in a file, apart from the database.

The only user of the private key. Public keys lie beside it in a `.pub` file, one to a line, so
that a root signed with a retired key can still be checked. Not for what is signed: see `proving`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from workflows.errors import WorkflowError

_KEY = re.compile(r"[0-9a-f]{64}")


class KeyUnusable(WorkflowError):
    """The file of the signing key is missing, is there already, or holds something else."""

    code = "key_unusable"
    sentence = "Khóa ký «{file}» {reason}."

    def __init__(self, file: str, reason: str) -> None:
        """Name the file and say, in Vietnamese, what is wrong and what to do."""
        super().__init__(file=file, reason=reason)


class Signer(Protocol):
    """Somebody who signs roots."""

    @property
    def public_key(self) -> str:
        """Return the public key, 32 bytes as hex."""
        ...

    def sign(self, statement: bytes) -> str:
        """Return the Ed25519 signature, 64 bytes as hex."""
        ...


@dataclass(frozen=True)
class KeySigner:
    """Signs with a private key in memory."""

    key: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """Return the public key, 32 bytes as hex."""
        public = self.key.public_key()
        return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, statement: bytes) -> str:
        """Return the Ed25519 signature, 64 bytes as hex."""
        return self.key.sign(statement).hex()


def new_key(file: Path) -> KeySigner:
    """Make a key, write it where only its owner can read it, add its public key to the list.

    Raises KeyUnusable when there is a key already: replacing one is a decision, not a habit.
    """
    signer = made_up()
    try:
        write_key(signer, file)
    except FileExistsError:
        raise KeyUnusable(str(file), "đã có; hãy cất khóa cũ đi nơi khác rồi tạo lại") from None
    with _list_of(file).open("a", encoding="ascii") as out:
        out.write(signer.public_key + "\n")
    return signer


def made_up() -> KeySigner:
    """Return a new key that lies nowhere yet."""
    return KeySigner(Ed25519PrivateKey.generate())  # the library's chance; nobody may choose it


def write_key(signer: KeySigner, file: Path) -> None:
    """Write a key where only its owner can read it; raises FileExistsError."""
    text = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def load_key(file: Path, make: str = "motcua keys new") -> KeySigner:
    """Return the signer whose key is in a file; raises KeyUnusable, which says what makes one."""
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except FileNotFoundError:
        raise KeyUnusable(str(file), f"chưa có; hãy tạo bằng lệnh: {make}") from None
    except ValueError:
        raise KeyUnusable(str(file), "không đọc được; hãy khôi phục từ bản cất giữ") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(str(file), f"không phải khóa Ed25519; hãy tạo bằng lệnh: {make}")
    return KeySigner(key)


def trusted_keys(file: Path) -> frozenset[str]:
    """Return the public keys that lie beside a key file; none where there is no list."""
    listed = _list_of(file)
    if not listed.exists():
        return frozenset()
    return frozenset(_KEY.findall(listed.read_text(encoding="ascii", errors="replace")))


def holds(public_key: str, statement: bytes, signature: str) -> bool:
    """Tell whether the signature of a statement was made with the private half of this key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), statement)
    except (ValueError, InvalidSignature):
        return False
    return True


def _list_of(file: Path) -> Path:
    return file.with_name(file.name + ".pub")
