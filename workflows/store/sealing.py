"""What a hash of the record is taken over, byte for byte, and the tree a signed root stands on.

Pure. A statement is one JSON text: sorted keys, no blanks, UTF-8, moments in UTC with six decimals;
whoever has the columns as texts can make it without this program. Not for reading or writing rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from workflows.store.types import canonical

# These have been sealed from the beginning, empty or not. A column added later is sealed only where
# it holds something, so that what was written before it existed keeps its hash.
FIRST = frozenset(
    {
        "dossier_id", "seq", "at", "recorded_at", "kind", "step", "element",
        "actor", "role", "agency", "clock", "flow", "body", "prev_hash",
    }
)  # fmt: skip
LEAF, NODE = b"\x00", b"\x01"


def digest_of(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of an event given as texts and a number: all columns but `hash`."""
    return hashlib.sha256(statement(sealed(values))).hexdigest()


def sealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an event that its hash is taken over."""
    return {
        name: value
        for name, value in values.items()
        if name != "hash" and (name in FIRST or value not in ("", None))
    }


def statement(values: Mapping[str, Any]) -> bytes:
    """Return the bytes of a statement; bytes that are no UTF-8 (a tampered text) go in as found."""
    try:
        return canonical(values).encode()
    except (orjson.JSONEncodeError, UnicodeEncodeError):
        text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode("utf-8", "surrogateescape")


def tree_hash(leaves: Sequence[bytes]) -> str:
    """Return the Merkle tree hash (RFC 9162, section 2.1.1) of the leaves, as hex.

    A tree and not one long hash, because then one dossier can be proven to somebody who may not
    see which others there are.
    """
    level = [hashlib.sha256(LEAF + leaf).digest() for leaf in leaves]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:  # an odd one out goes up as it is: the same tree as in the RFC
        pairs = zip(level[::2], level[1::2], strict=False)
        odd = level[-1:] if len(level) % 2 else []
        level = [hashlib.sha256(NODE + left + right).digest() for left, right in pairs] + odd
    return level[0].hex()
