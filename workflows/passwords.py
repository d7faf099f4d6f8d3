"""Passwords: what is accepted as one, and its argon2id hash. Asks nobody and stores nothing.

The cost (19 MiB, two passes) is the smallest OWASP recommends, because an office PC answers eight
requests at once; a hash of another cost is renewed when its owner signs in.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workflows.clock import Ids
from workflows.errors import InvalidInput

SHORTEST = 10
LONGEST = 200
LEAST_KINDS = 5  # different characters
SALT_BYTES = 16
GROUPS, GROUP_LETTERS = 4, 4  # of a one-time password: 80 bits

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Somebody unknown costs as much time as somebody known: this is nobody's password.
_NOBODYS = _HASHER.hash("nobody's password", salt=bytes(SALT_BYTES))


def check_rules(password: str, person: str) -> None:
    """Raise InvalidInput for what is too short, too long, too uniform, or the person's code."""
    tidy = _tidy(password)
    if not SHORTEST <= len(tidy) <= LONGEST:
        raise InvalidInput("password", f"hãy dùng từ {SHORTEST} đến {LONGEST} ký tự")
    plain = tidy.casefold()
    if person.casefold() in plain:
        raise InvalidInput("password", "mật khẩu không được chứa mã cán bộ")
    if len(set(plain)) < LEAST_KINDS:
        raise InvalidInput("password", f"hãy dùng ít nhất {LEAST_KINDS} ký tự khác nhau")


def hash_of(password: str, ids: Ids) -> str:
    """Return the argon2id hash of a password, with a salt of its own."""
    salt = hashlib.sha256(ids.new_token().encode()).digest()[:SALT_BYTES]
    return _HASHER.hash(_tidy(password), salt=salt)


def is_right(stored: str, password: str) -> bool:
    """Tell whether this is the password; an empty hash takes as long and is never right."""
    try:
        _HASHER.verify(stored or _NOBODYS, _tidy(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with another cost than today's."""
    return _HASHER.check_needs_rehash(stored)


def one_time(ids: Ids) -> str:
    """Return a password of 80 random bits that can be read out, for the first time only."""
    digest = hashlib.sha256(ids.new_token().encode()).digest()
    letters = base64.b32encode(digest).decode().lower()
    return "-".join(letters[n * GROUP_LETTERS : (n + 1) * GROUP_LETTERS] for n in range(GROUPS))


def _tidy(password: str) -> str:
    """Return the password as every keyboard means it: «é» is one character or two."""
    return unicodedata.normalize("NFKC", password)
