"""Proves that a record is as it was written, or tells which byte of which event is not.

Pure: it is given texts as they lie in the database and hashes that were kept apart from them. Not
for reading either, and not for signatures: those are `signing`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from workflows.store.audits import Head, Texts
from workflows.store.sealing import FIRST, digest_of, sealed, statement, tree_hash

ROOT_STATEMENT = ("number", "at", "leaves", "tree", "prev_hash", "public_key")
LEAF_STATEMENT = ("dossier_id", "code", "seq", "hash")
IN_BODY = ("kind", "step", "element", "flow", "at")  # what the body of an event says again
SHARED = ("actor", "role", "agency", "recorded_at", "clock")  # what its neighbours often have too

Holds = Callable[[str, bytes, str], bool]  # public key, what was signed, signature
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is not as it was written: `what` is changed, missing or added.

    `table` says where (event, dossier, audit_root, audit_leaf), `seq` and `root` which line,
    `field` and `byte` where in it as far as that can be told, `found` and `was` what stands there
    and what must have.
    """

    what: str
    table: str
    dossier: str = ""
    code: str = ""
    seq: int = 0
    root: int = 0
    field: str = ""
    byte: int | None = None
    found: str = ""
    was: str = ""


def walk(
    head: Head, rows: Sequence[Texts], leaves: Mapping[int, str], strays: Sequence[Texts] = ()
) -> list[Finding]:
    """Return what is wrong with the record of one dossier, in order; nothing when it holds.

    `leaves` are the hashes that signed roots give, by number of the event; `strays` are events
    that belong to no dossier and may have been torn out of this one.
    """
    return list(_Walk(head, rows, leaves, strays).findings())


class _Walk:
    """One pass over the record of a dossier, from the first event to the last that is known of."""

    def __init__(
        self, head: Head, rows: Sequence[Texts], leaves: Mapping[int, str], strays: Sequence[Texts]
    ) -> None:
        self.head, self.leaves = head, leaves
        self.rows = {row["seq"]: row for row in rows}
        self.loose = [*rows, *strays]
        self.last: str | None = ""
        self.torn: set[int] = set()  # numbers that are only here because another was changed

    def findings(self) -> Iterator[Finding]:
        end = max([self.head.seq, *self.leaves, 0])
        seq = 0
        while (seq := seq + 1) <= end or self._goes_on(seq):
            yield from self._line(seq)
            yield from self._leaf(seq)
        for row in self.rows.values():
            if not 1 <= row["seq"] < seq and row["seq"] not in self.torn:
                yield self._found("added", row["seq"])
        yield from self._head(seq - 1)

    def _goes_on(self, seq: int) -> bool:
        """Tell whether an event after the last known one is at least a link of the chain."""
        row = self.rows.get(seq)
        if row is None or row["prev_hash"] != self.last:
            return False
        return str(row["hash"]) == digest_of(row)

    def _line(self, seq: int) -> Iterator[Finding]:
        row = self.rows.get(seq)
        if row is None:
            yield self._gap(seq)
            return
        true, following = digest_of(row), self._attested(seq)
        linked = self.last is None or row["prev_hash"] == self.last
        self.last = row["hash"]
        if true == row["hash"]:
            if not linked or self._resealed(seq, row):
                yield self._found("changed", seq)
                self.last = following or row["hash"]
        elif linked and following == true:
            self.last = true
            yield self._found("changed", seq, field="hash", **_difference(row["hash"], true))
        else:
            yield from self._changed(seq, row, following or row["hash"])

    def _attested(self, seq: int) -> str:
        """Return the hash of an event as another line says it: the next event, a leaf, the head."""
        if (following := self.rows.get(seq + 1)) is not None:
            return str(following["prev_hash"])
        if seq in self.leaves:
            return self.leaves[seq]
        return self.head.hash if seq == self.head.seq else ""

    def _resealed(self, seq: int, row: Texts) -> bool:
        """Tell whether the event has a hash of its own making, which the next does not know."""
        following = self.rows.get(seq + 1)
        if following is None or following["prev_hash"] == row["hash"]:
            return False
        return str(following["hash"]) == digest_of(following)

    def _gap(self, seq: int) -> Finding:
        own = {"seq": seq, "dossier_id": self.head.dossier_id}
        for row in self.loose:
            right = {**row, **own}
            if right["prev_hash"] == self.last and digest_of(right) == row["hash"]:
                self.torn.add(row["seq"])
                self.last = row["hash"]
                name = "seq" if row["seq"] != seq else "dossier_id"
                return self._found(
                    "changed", seq, field=name, found=str(row[name]), was=str(own[name])
                )
        self.last = None
        return self._found("missing", seq)

    def _changed(self, seq: int, row: Texts, hash_: str) -> Iterator[Finding]:
        previous = self.rows.get(seq - 1, {"hash": ""})
        near = [r for n in (seq - 1, seq + 1) if (r := self.rows.get(n)) is not None]
        likely = {"prev_hash": previous["hash"]}
        place = _repair(row, hash_, likely, near) or _repair(row, row["hash"], likely, near)
        yield self._found("changed", seq, **(place or {}))

    def _leaf(self, seq: int) -> Iterator[Finding]:
        row, signed = self.rows.get(seq), self.leaves.get(seq)
        if signed is None or row is None or signed == row["hash"]:
            return
        if digest_of(row) != row["hash"]:
            return  # told already, with the field
        before = max((n for n in self.leaves if n < seq), default=0)
        yield self._found("changed", before + 1, field="hash", found=row["hash"], was=signed)

    def _head(self, end: int) -> Iterator[Finding]:
        row = self.rows.get(end)
        if row is None or row["seq"] in self.torn:
            return
        if self.head.seq != end:
            place = {"field": "last_seq", "found": str(self.head.seq), "was": str(end)}
            yield replace(self._found("changed", end, **place), table="dossier")
        elif self.head.hash not in (row["hash"], digest_of(row)):
            place = {"field": "last_hash", **_difference(self.head.hash, row["hash"])}
            yield replace(self._found("changed", end, **place), table="dossier")

    def _found(self, what: str, seq: int, **place: Any) -> Finding:
        head = self.head
        return Finding(
            what=what, table="event", dossier=head.dossier_id, code=head.code, seq=seq, **place
        )


def _repair(
    row: Texts, hash_: str, likely: Mapping[str, str], near: Iterable[Texts]
) -> dict[str, Any] | None:
    """Return where a changed line has to be changed back for its hash to hold; None if unknown.

    A whole field is tried with the values it may have had, every field with every byte in turn.
    """
    for name, value in _candidates(row, likely, near):
        if row.get(name) != value and digest_of({**row, name: value}) == hash_:
            return {"field": name, **_difference(str(row[name]), str(value))}
    for name, text in row.items():
        if name != "hash" and isinstance(text, str):
            was = _one_byte(row, name, hash_)
            if was is not None:
                return {"field": name, **_difference(text, was)}
    return None


def _candidates(
    row: Texts, likely: Mapping[str, str], near: Iterable[Texts]
) -> Iterator[tuple[str, Any]]:
    yield from likely.items()
    yield from ((name, "") for name in row.keys() - FIRST - {"hash"})
    try:
        body = orjson.loads(row.get("body", ""))
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        body = {}
    for name in IN_BODY:
        if isinstance(body, dict) and name in row:
            yield name, _as_column(name, body.get(name, ""))
    for other in near:
        yield from ((name, other[name]) for name in SHARED)


def _as_column(name: str, value: Any) -> str:
    """Return a value of the body as its column has it: moments with six decimals."""
    text = str(value)
    if name == "at" and text.endswith("+00:00") and "." not in text:
        return f"{text[:-6]}.000000+00:00"
    return text


def _one_byte(row: Texts, name: str, hash_: str) -> str | None:
    """Return the text that differs in one byte and gives the hash, None when there is none."""
    kept = sealed(row)
    if not _HASH.fullmatch(hash_):
        return None
    label = f'"{name}":'.encode()
    before, _, after = statement({**kept, name: "@"}).partition(label + b'"@"')
    begun = hashlib.sha256(before + label)
    data, wanted = str(row[name]).encode("utf-8", "surrogateescape"), bytes.fromhex(hash_)
    for place in range(len(data)):
        for value in range(256):
            try:
                text = (data[:place] + bytes((value,)) + data[place + 1 :]).decode()
            except UnicodeDecodeError:
                continue
            tried = begun.copy()
            tried.update(orjson.dumps(text) + after)
            if tried.digest() == wanted:
                return text
    return None


def _difference(found: str, was: str) -> dict[str, Any]:
    """Return the first byte that differs, counted from 0, and both texts."""
    here, there = (t.encode("utf-8", "surrogateescape") for t in (found, was))
    pairs = zip(here, there, strict=False)
    byte = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(here), len(there)))
    return {"byte": byte, "found": found, "was": was}


def root_statement(root: Mapping[str, Any]) -> bytes:
    """Return the bytes of a root that are hashed and signed."""
    return statement({name: root[name] for name in ROOT_STATEMENT})


def root_hash(root: Mapping[str, Any]) -> str:
    """Return the hash of a root."""
    return hashlib.sha256(root_statement(root)).hexdigest()


def tree_of(leaves: Iterable[Mapping[str, Any]]) -> str:
    """Return the Merkle tree hash over leaves, in their order."""
    return tree_hash([statement({n: leaf[n] for n in LEAF_STATEMENT}) for leaf in leaves])


def check_roots(
    roots: Sequence[Texts],
    leaves: Mapping[int, Sequence[Texts]],
    trusted: frozenset[str],
    holds: Holds,
) -> list[Finding]:
    """Return what is wrong with the roots: links, hashes, signatures, the trees of their leaves.

    A root signed with a key that is not trusted counts as changed in `public_key`.
    """
    found: list[Finding] = []
    known, previous = {root["number"]: root for root in roots}, ""
    for number in sorted({*range(1, len(roots) + 1), *known, *leaves}):
        own = leaves.get(number, ())
        if (root := known.get(number)) is None:
            found.append(Finding(what="missing", table="audit_root", root=number))
            previous = known.get(number + 1, {"prev_hash": ""})["prev_hash"]
            continue
        place = _root_place(root, (previous, len(own)), trusted, holds)
        previous = root["hash"]
        if place is not None:
            found.append(Finding(what="changed", table="audit_root", root=number, **place))
        if len(own) != root["leaves"] or tree_of(own) != root["tree"]:
            found.append(Finding(what="changed", table="audit_leaf", root=number))
    return found


def _root_place(
    root: Texts, right: tuple[str, int], trusted: frozenset[str], holds: Holds
) -> dict[str, Any] | None:
    """Return what is wrong with a root; `right` is the hash before it and how many its leaves."""
    true, previous = root_hash(root), right[0]
    signed = holds(root["public_key"], root_statement(root), root["signature"])
    if true != root["hash"]:
        if signed:
            return {"field": "hash", **_difference(root["hash"], true)}
        return _repair_root({n: root[n] for n in ROOT_STATEMENT}, root["hash"], right)
    if not signed:
        return {"field": "signature", "found": root["signature"]}
    if root["public_key"] not in trusted:
        return {"field": "public_key", "found": root["public_key"]}
    if root["prev_hash"] != previous:
        return {"field": "prev_hash", **_difference(root["prev_hash"], previous)}
    return None


def _repair_root(signed: Texts, hash_: str, right: tuple[str, int]) -> dict[str, Any]:
    likely = {"prev_hash": right[0], "leaves": right[1]}
    for name, was in likely.items():
        if hashlib.sha256(statement({**signed, name: was})).hexdigest() == hash_:
            return {"field": name, **_difference(str(signed[name]), str(was))}
    for name, text in signed.items():
        was = _one_byte(signed, name, hash_) if isinstance(text, str) else None
        if was is not None:
            return {"field": name, **_difference(text, was)}
    return {}


def leaf_findings(
    number: int, leaves: Iterable[Texts], hashes: Mapping[str, Mapping[int, str]], codes: Any
) -> Iterator[Finding]:
    """Yield the leaves of a root that do not say what the record says: of a tree that is broken.

    `hashes` are those of the record by dossier and number, `codes` the codes by dossier.
    """
    for leaf in leaves:
        mine = {"dossier": leaf["dossier_id"], "code": leaf["code"], "seq": leaf["seq"]}
        record = hashes.get(leaf["dossier_id"])
        field = ""
        if record is None:
            field = "dossier_id"
        elif codes.get(leaf["dossier_id"]) != leaf["code"]:
            field = "code"
        elif leaf["hash"] in record.values() and record.get(leaf["seq"]) != leaf["hash"]:
            field = "seq"
        elif record.get(leaf["seq"]) != leaf["hash"]:
            field = "hash"
        if field:
            yield Finding(what="changed", table="audit_leaf", root=number, field=field, **mine)
