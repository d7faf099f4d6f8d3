"""The record as it lies in the database, byte for byte, and the signed roots over it.

Reads texts, never values: what was tampered with need not be a value any more. Decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.tables import audit_leaf, audit_root, dossier, event
from workflows.store.types import Moment

Texts = dict[str, Any]  # column -> text as stored; seq, number and leaves are whole numbers
_ROWS_AT_ONCE = 2_000
_HEX_ID = re.compile(r"[0-9a-f]{32}")
_NUMBERS = ("seq", "number", "leaves", "last_seq")
_COLUMNS = [c.name for c in event.columns]


@dataclass(frozen=True, kw_only=True)
class Head:
    """How far the record of a dossier goes, as its own row says."""

    dossier_id: str
    code: str
    seq: int
    hash: str


class Audits:
    """Reads the record as texts, and reads and writes the roots, in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection
        self._on_sqlite = connection.dialect.name == "sqlite"

    def heads(self, codes: Sequence[str] = ()) -> list[Head]:
        """Return the heads of all dossiers, or of those with these codes, by id."""
        named = {"dossier_id": dossier.c.id, "code": dossier.c.code}
        named |= {"seq": dossier.c.last_seq, "hash": dossier.c.last_hash}
        query = sa.select(*(self._text(c).label(n) for n, c in named.items()))
        if codes:
            query = query.where(dossier.c.code.in_(list(codes)))
        return [Head(**self._texts(r)) for r in self._stream(query.order_by(dossier.c.id))]

    def unrooted(self) -> list[Head]:
        """Return the heads no root is about yet, by id."""
        known = sa.select(audit_leaf.c.dossier_id, sa.func.max(audit_leaf.c.seq).label("seq"))
        rooted = known.group_by(audit_leaf.c.dossier_id).subquery()
        columns = (dossier.c.id, dossier.c.code, dossier.c.last_seq, dossier.c.last_hash)
        query = sa.select(*columns).outerjoin(rooted, rooted.c.dossier_id == dossier.c.id)
        query = query.where(dossier.c.last_seq > sa.func.coalesce(rooted.c.seq, 0))
        return [
            Head(dossier_id=r[0], code=r[1], seq=r[2], hash=r[3])
            for r in self._connection.execute(query.order_by(dossier.c.id))
        ]

    def records(self, dossiers: Sequence[str] = ()) -> Iterator[tuple[str, list[Texts]]]:
        """Yield each dossier's id with its events in order: of all dossiers, or of these."""
        query = sa.select(*(self._text(event.c[n]).label(n) for n in _COLUMNS))
        if dossiers:
            query = query.where(event.c.dossier_id.in_(list(dossiers)))
        rows = self._stream(query.order_by(event.c.dossier_id, event.c.seq))
        for dossier_id, lines in groupby(map(self._texts, rows), lambda r: r["dossier_id"]):
            yield dossier_id, list(lines)

    def strays(self) -> list[Texts]:
        """Return the events of dossiers that do not exist."""
        query = sa.select(*(self._text(event.c[n]).label(n) for n in _COLUMNS))
        query = query.outerjoin(dossier, dossier.c.id == event.c.dossier_id)
        query = query.where(dossier.c.id.is_(None)).order_by(event.c.dossier_id, event.c.seq)
        return [self._texts(r) for r in self._stream(query)]

    def roots(self, *, after: int = 0, limit: int | None = None) -> list[Texts]:
        """Return the roots in order, after a number."""
        query = sa.select(*(self._text(c).label(c.name) for c in audit_root.columns))
        query = query.where(audit_root.c.number > after).order_by(audit_root.c.number)
        return [self._texts(r) for r in self._stream(query.limit(limit))]

    def leaves(self, dossiers: Sequence[str] = ()) -> Iterator[tuple[int, list[Texts]]]:
        """Yield the number of each root with its leaves, by dossier: all, or those of these."""
        query = sa.select(*(self._text(c).label(c.name) for c in audit_leaf.columns))
        if dossiers:
            query = query.where(audit_leaf.c.dossier_id.in_(list(dossiers)))
        rows = self._stream(query.order_by(audit_leaf.c.number, audit_leaf.c.dossier_id))
        for number, lines in groupby(map(self._texts, rows), lambda r: r["number"]):
            yield number, list(lines)

    def last_root(self) -> Texts | None:
        """Return the newest root, None before the first."""
        query = sa.select(*(self._text(c).label(c.name) for c in audit_root.columns))
        row = self._connection.execute(query.order_by(audit_root.c.number.desc()).limit(1)).first()
        return self._texts(row) if row is not None else None

    def add(self, root: Texts, leaves: Iterable[Texts]) -> None:
        """Write a root and its leaves; a second root of the same number breaks the transaction."""
        self._connection.execute(audit_root.insert(), root)
        self._connection.execute(audit_leaf.insert(), list(leaves))

    def _stream(self, query: sa.Select[Any]) -> Iterable[sa.Row[Any]]:
        return self._connection.execute(query.execution_options(yield_per=_ROWS_AT_ONCE))

    def _text(self, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        """Return a column as the text that is hashed; on SQLite its very bytes."""
        if isinstance(column.type, sa.Integer):
            return column
        if self._on_sqlite:
            return sa.cast(column, sa.LargeBinary)
        if isinstance(column.type, Moment):
            moment = sa.func.timezone("UTC", column)
            return sa.func.to_char(moment, 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
        return sa.cast(column, sa.Text)

    def _texts(self, row: sa.Row[Any]) -> Texts:
        return {
            name: value if name in _NUMBERS else _read(name, value)
            for name, value in row._mapping.items()  # noqa: SLF001 - the public mapping of a row
        }


def _read(name: str, value: Any) -> Any:
    """Return bytes as text, also those that are none; SQLite's ids get their hyphens."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
        if name == "dossier_id" and _HEX_ID.fullmatch(value):
            return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    return value
