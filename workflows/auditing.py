"""Audit (kiểm chứng nhật ký): signed roots at intervals, and the proof that nothing was changed.

A root says how far every dossier's chain had come, and is signed with a key that is not in the
database. The export can be checked by anybody with the standard library: tools/verify_export.py.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

from engine.law.authority import Actor
from engine.law.working_time import ZONE
from workflows.errors import InvalidInput, NotFound, WorkflowError
from workflows.office import Office
from workflows.paging import page_size
from workflows.permitting import READ_AUDIT, list_of, permit
from workflows.proving import (
    LEAF_STATEMENT,
    Finding,
    check_roots,
    leaf_findings,
    root_hash,
    root_statement,
    tree_of,
    walk,
)
from workflows.signing import Signer, holds
from workflows.store import UnitOfWork
from workflows.store.audits import Head, Texts
from workflows.store.sealing import sealed, statement
from workflows.views import Page

FORMAT = "motcua-record-1"
DOSSIERS_AT_ONCE = 500
MAX_DIGITS = 9

log = logging.getLogger(__name__)


class RecordBroken(WorkflowError):
    """A root cannot be signed over a record that does not hold; `findings` say where."""

    code = "record_broken"
    sentence = "Nhật ký đã bị thay đổi ({count} chỗ); không ký. Hãy chạy: motcua verify."

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep what was found."""
        super().__init__(count=len(findings))
        self.broken = tuple(findings)


@dataclass(frozen=True, kw_only=True)
class Root:
    """A signed root: `leaves` dossiers had changed since the root before it."""

    number: int
    at: datetime
    leaves: int
    tree: str
    prev_hash: str
    public_key: str
    hash: str
    signature: str


@dataclass(frozen=True, kw_only=True)
class RootQuery:
    """Which roots: those after a number, the oldest first."""

    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was read and what was found; `unrooted` dossiers changed after the last root."""

    dossiers: int
    events: int
    roots: int
    unrooted: int
    last_root: Root | None
    findings: tuple[Finding, ...]


def make_root(office: Office, signer: Signer) -> Root | None:
    """Sign a root over every dossier changed since the last one; None when none was.

    The chains of these dossiers are walked first: raises RecordBroken rather than sign over a
    changed record. Raises Conflict when another root was made meanwhile.
    """
    previous, heads = office.store.read(_to_sign)
    if not heads:
        return None
    leaves = [
        {"dossier_id": h.dossier_id, "code": h.code, "seq": h.seq, "hash": h.hash} for h in heads
    ]
    moment = office.clock.now().replace(microsecond=0)  # as every door can show it
    root: Texts = {
        "number": previous["number"] + 1 if previous else 1,
        "at": _text_of(moment),
        "leaves": len(leaves),
        "tree": tree_of(leaves),
        "prev_hash": previous["hash"] if previous else "",
        "public_key": signer.public_key,
    }
    root |= {"hash": root_hash(root), "signature": signer.sign(root_statement(root))}
    lines = [{**leaf, "number": root["number"]} for leaf in leaves]
    office.store.write(lambda uow: uow.audits.add({**root, "at": moment}, lines))
    return _root(root)


def root_if_due(office: Office, signer: Signer) -> Root | None:
    """Make the root of the day unless one was made today (office time); None when none was."""
    last = office.store.read(lambda uow: uow.audits.last_root())
    today = office.clock.now().astimezone(ZONE).date()
    if last is not None and _root(last).at.astimezone(ZONE).date() >= today:
        return None
    return make_root(office, signer)


class DailyRoots:
    """Makes the root of the day when called often: one try a day, and its failure in the log.

    Called by the background work of every server; the second of a day finds it made.
    """

    def __init__(self, office: Office, signer: Callable[[], Signer]) -> None:
        """Ask for the signer when it is needed, so that a key made later is found."""
        self._office, self._signer = office, signer
        self._tried: date | None = None

    def __call__(self) -> None:
        """Make the root unless it was tried today; a failure is for operators to read."""
        today = self._office.clock.now().astimezone(ZONE).date()
        if self._tried == today:
            return
        self._tried = today
        try:
            root_if_due(self._office, self._signer())
        except WorkflowError as fault:
            log.error("No root of the record today: %s", fault.code)  # noqa: TRY400 - no bug


def roots(office: Office, actor: Actor, query: RootQuery) -> Page:
    """Return a page of `Root`, the oldest first; raises Forbidden or InvalidInput."""
    permit(actor, READ_AUDIT, list_of(actor.agency))
    limit = page_size(query.limit)
    after = _number(query.cursor)
    rows = office.store.read(lambda uow: uow.audits.roots(after=after, limit=limit))
    cursor = str(rows[-1]["number"]) if len(rows) == limit else ""
    return Page(items=tuple(_root(r) for r in rows), cursor=cursor)


def verify(
    office: Office,
    trusted: frozenset[str],
    *,
    codes: Sequence[str] = (),
    kept: Mapping[int, str] | None = None,
) -> Verification:
    """Walk the chains of all dossiers (or of those with these codes) and all signed roots.

    `trusted` are public keys, `kept` hashes of roots by number that were kept elsewhere. Raises
    NotFound for an unknown code. Reads one moment, writes nothing.
    """
    return office.store.read(lambda uow: _Verifying(uow, codes).result(trusted, kept or {}))


def export(office: Office, write: Callable[[bytes], object]) -> int:
    """Write an export line by line and return how many lines: roots, leaves, heads, all events.

    Each line is one JSON text. It holds what the record holds, personal data too, all of it as of
    one moment.
    """
    now = office.clock.now()
    return office.store.read(lambda uow: _export(uow, now, write))


def _export(uow: UnitOfWork, now: datetime, write: Callable[[bytes], object]) -> int:
    seal, count = hashlib.sha256(), 0
    for line in _lines(uow):
        seal.update(line)
        count += 1
        write(line)
    at = _text_of(now)
    seal.update(at.encode())
    write(statement({"end": {"at": at, "lines": count, "sha256": seal.hexdigest()}}) + b"\n")
    return count + 1


def _to_sign(uow: UnitOfWork) -> tuple[Texts | None, list[Head]]:
    heads, broken = uow.audits.unrooted(), []
    for start in range(0, len(heads), DOSSIERS_AT_ONCE):
        several = heads[start : start + DOSSIERS_AT_ONCE]
        ids = [head.dossier_id for head in several]
        signed, records = _signed(uow.audits.leaves(ids)), dict(uow.audits.records(ids))
        for head in several:
            broken += walk(head, records.get(head.dossier_id, []), signed[head.dossier_id])
    if broken:
        raise RecordBroken(broken)
    return uow.audits.last_root(), heads


class _Verifying:
    """One verification: what was read so far, and what was found."""

    def __init__(self, uow: UnitOfWork, codes: Sequence[str]) -> None:
        self.uow, self.codes = uow, codes
        self.heads = {h.dossier_id: h for h in uow.audits.heads(codes)}
        missing = set(codes) - {h.code for h in self.heads.values()}
        if missing:
            raise NotFound("hồ sơ", min(missing))
        self.roots = uow.audits.roots()
        self.leaves = dict(uow.audits.leaves())
        self.strays = [] if codes else uow.audits.strays()
        self.suspect: dict[str, dict[int, str]] = {}  # the record of dossiers in broken trees
        self.events = 0
        self.found: list[Finding] = []

    def result(self, trusted: frozenset[str], kept: Mapping[int, str]) -> Verification:
        """Do all of it and return what was found, the record first."""
        about_roots = [*check_roots(self.roots, self.leaves, trusted, holds), *self._kept(kept)]
        broken = {f.root for f in about_roots if f.table == "audit_leaf"}
        believed = ((n, lines) for n, lines in self.leaves.items() if n not in broken)
        signed = _signed(believed)
        doubted = {leaf["dossier_id"] for n in broken for leaf in self.leaves.get(n, ())}
        self._walk_all(signed, doubted)
        self._gone(signed)
        codes = {h.dossier_id: h.code for h in self.heads.values()}
        for number in sorted(broken if not self.codes else ()):
            lines = self.leaves.get(number, ())
            about_roots += leaf_findings(number, lines, self.suspect, codes)
        return Verification(
            dossiers=len(self.heads),
            events=self.events,
            roots=len(self.roots),
            unrooted=sum(h.seq > max(signed[i], default=0) for i, h in self.heads.items()),
            last_root=_root(self.roots[-1]) if self.roots and not about_roots else None,
            findings=(*self.found, *about_roots),
        )

    def _walk_all(self, signed: Mapping[str, dict[int, str]], doubted: set[str]) -> None:
        chosen = list(self.heads) if self.codes else []
        seen = set()
        used: set[tuple[str, int]] = set()
        for dossier, rows in self.uow.audits.records(chosen):
            if (head := self.heads.get(dossier)) is None:
                continue
            seen.add(dossier)
            self.events += len(rows)
            if dossier in doubted:
                self.suspect[dossier] = {row["seq"]: row["hash"] for row in rows}
            found = walk(head, rows, signed[dossier], self.strays)
            used |= {(f.found, f.seq) for f in found if f.field == "dossier_id"}
            self.found += found
        for dossier in self.heads.keys() - seen:
            found = walk(self.heads[dossier], [], signed[dossier], self.strays)
            used |= {(f.found, f.seq) for f in found if f.field == "dossier_id"}
            self.found += found
        self._strays({(s["dossier_id"], s["seq"]) for s in self.strays} - used)

    def _strays(self, left: set[tuple[str, int]]) -> None:
        """Report events of dossiers that do not exist: added, or left of one that was deleted."""
        for dossier, seq in sorted(left):
            self.found.append(Finding(what="added", table="event", dossier=dossier, seq=seq))

    def _gone(self, signed: Mapping[str, Any]) -> None:
        """Report dossiers that a signed root knows and the database does not."""
        if self.codes:
            return
        names = {leaf["dossier_id"]: leaf["code"] for leaf in chain(*self.leaves.values())}
        for dossier in sorted(signed.keys() - self.heads.keys()):
            gone = {"dossier": dossier, "code": names.get(dossier, "")}
            self.found.append(Finding(what="missing", table="dossier", seq=1, **gone))

    def _kept(self, kept: Mapping[int, str]) -> Iterator[Finding]:
        known = {root["number"]: root["hash"] for root in self.roots}
        for number, hash_ in kept.items():
            if number not in known:
                yield Finding(what="missing", table="audit_root", root=number, was=hash_)
            elif known[number] != hash_:
                place = {"found": known[number], "was": hash_, "field": "hash"}
                yield Finding(what="changed", table="audit_root", root=number, **place)


def _signed(leaves: Any) -> defaultdict[str, dict[int, str]]:
    """Return the signed hashes by dossier and number of the event."""
    signed: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for _, lines in leaves:
        for leaf in lines:
            signed[leaf["dossier_id"]][leaf["seq"]] = leaf["hash"]
    return signed


def _lines(uow: UnitOfWork) -> Iterator[bytes]:
    def line(kind: str, values: Any) -> bytes:
        return statement({kind: values}) + b"\n"

    heads = {h.dossier_id: h for h in uow.audits.heads()}
    yield line("record", {"format": FORMAT, "dossiers": len(heads)})
    for root in uow.audits.roots():
        yield line("root", root)
    for number, leaves in uow.audits.leaves():
        for leaf in leaves:
            yield line("leaf", {"number": number, **{n: leaf[n] for n in LEAF_STATEMENT}})
    for dossier, rows in uow.audits.records():
        if (head := heads.get(dossier)) is not None:
            yield line("dossier", {f.name: getattr(head, f.name) for f in fields(Head)})
        for row in rows:
            yield line("event", {**sealed(row), "hash": row["hash"]})


def _root(texts: Texts) -> Root:
    return Root(**{**texts, "at": datetime.fromisoformat(texts["at"])})


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _number(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= MAX_DIGITS):
        raise InvalidInput("cursor", "hãy gửi lại đúng giá trị next_cursor đã nhận")
    return int(cursor)
