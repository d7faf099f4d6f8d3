"""The record: events appended under the lock of their dossier, each sealed to the one before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.timing.events import Event, from_record
from workflows.store.records import DossierRow, EventRow
from workflows.store.sealing import digest_of
from workflows.store.tables import dossier, event
from workflows.store.types import canonical

_COLUMNS = [event.c[f.name] for f in fields(EventRow)]
_PROPOSED = "further_round_proposed"
_DOSSIER = [dossier.c[f.name] for f in fields(DossierRow)]


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """Who did it and when it was written down."""

    actor: str
    role: str
    agency: str
    recorded_at: datetime
    on_behalf_of: str = ""


def seal(row: EventRow) -> str:
    """Return the SHA-256 over everything in the row and the hash of the one before."""
    values = dict(vars(row))
    for name in ("at", "recorded_at"):
        values[name] = values[name].astimezone(UTC).isoformat(timespec="microseconds")
    return digest_of(values)


def chain(
    dossier_id: str, happened: Iterable[tuple[Event, str]], stamp: Stamp, *, after: tuple[int, str]
) -> list[EventRow]:
    """Return the rows of events, each with whose clock runs; `after` is the last seq and hash."""
    number, last = after
    rows = []
    for seq, (what, clock) in enumerate(happened, number + 1):
        body = what.to_record()
        row = EventRow(
            dossier_id=dossier_id,
            seq=seq,
            at=what.at,
            recorded_at=stamp.recorded_at,
            kind=what.kind,
            step=str(body.get("step", "")),
            element=str(body.get("element", "")),
            actor=stamp.actor,
            role=stamp.role,
            agency=stamp.agency,
            clock=clock,
            flow=str(body.get("flow", "")),
            body=canonical(body),
            prev_hash=last,
            hash="",
            on_behalf_of=stamp.on_behalf_of,
        )
        last = seal(row)
        rows.append(replace(row, hash=last))
    return rows


def first_broken(rows: Iterable[EventRow]) -> int | None:
    """Return the number of the first event that was changed, moved or lost; None if all hold."""
    last = ""
    for seq, row in enumerate(rows, 1):
        if row.seq != seq or row.prev_hash != last or seal(row) != row.hash:
            return seq
        last = row.hash
    return None


def revive(row: EventRow) -> Event:
    """Return the event a row describes."""
    return from_record(orjson.loads(row.body))


@dataclass(frozen=True, kw_only=True)
class Span:
    """What is read in the order of writing: an agency's, from a moment, before another."""

    agency: str
    since: datetime | None
    until: datetime


Place = tuple[datetime, str, int]


class Events:
    """Appends to and reads the record in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def append(self, rows: Sequence[EventRow]) -> None:
        """Write the rows; they can never be changed again."""
        self._connection.execute(event.insert(), [vars(r) for r in rows])

    def of_dossier(self, dossier_id: str, *, after: int = 0) -> list[EventRow]:
        """Return the record of a dossier in order, after a number."""
        query = sa.select(*_COLUMNS).where(event.c.dossier_id == dossier_id, event.c.seq > after)
        rows = self._connection.execute(query.order_by(event.c.seq))
        return [EventRow(**row._mapping) for row in rows]  # noqa: SLF001

    def proposed_rounds(self, agency: str, limit: int) -> list[EventRow]:
        """Return the proposals of further rounds nobody decided yet, of an agency's dossiers."""
        later = event.alias("later")
        decided = sa.exists().where(
            later.c.dossier_id == event.c.dossier_id,
            later.c.seq > event.c.seq,
            later.c.kind.in_(["further_round_approved", "supplement_requested", _PROPOSED]),
        )
        its = (dossier.c.receiving_unit, dossier.c.competent_agency)
        query = sa.select(*_COLUMNS).join_from(event, dossier, event.c.dossier_id == dossier.c.id)
        query = query.where(event.c.kind == _PROPOSED, dossier.c.ended_at.is_(None), ~decided)
        query = query.where(sa.or_(*(c == agency for c in its))).order_by(event.c.at).limit(limit)
        return [EventRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def last_recorded(self) -> datetime | None:
        """Return when the latest event was written down, None in an empty record."""
        return self._connection.execute(sa.select(sa.func.max(event.c.recorded_at))).scalar()

    def concerning(
        self, dossier_id: str, *, kinds: Collection[str], elements: Collection[str]
    ) -> list[Event]:
        """Return the events of some kinds or about some elements, in order."""
        wanted = sa.or_(event.c.kind.in_(sorted(kinds)), event.c.element.in_(sorted(elements)))
        query = sa.select(event.c.body).where(event.c.dossier_id == dossier_id, wanted)
        bodies = self._connection.execute(query.order_by(event.c.seq)).scalars()
        return [from_record(orjson.loads(body)) for body in bodies]

    def written(self, span: Span, after: Place | None, limit: int) -> list[EventRow]:
        """Return the record of an agency's dossiers in the order of writing, after a place."""
        query = sa.select(*_COLUMNS).join(dossier, dossier.c.id == event.c.dossier_id)
        query = _within(query, span, event.c.recorded_at)
        order = (event.c.recorded_at, event.c.dossier_id, event.c.seq)
        if after is not None:
            query = query.where(sa.tuple_(*order) > sa.tuple_(*_bound(order, after)))
        rows = self._connection.execute(query.order_by(*order).limit(limit))
        return [EventRow(**row._mapping) for row in rows]  # noqa: SLF001

    def received(
        self, span: Span, after: tuple[datetime, str] | None, limit: int
    ) -> list[DossierRow]:
        """Return an agency's dossiers in the order of reception, after a place."""
        query = _within(sa.select(*_DOSSIER), span, dossier.c.received_at)
        order = (dossier.c.received_at, dossier.c.id)
        if after is not None:
            query = query.where(sa.tuple_(*order) > sa.tuple_(*_bound(order, after)))
        rows = self._connection.execute(query.order_by(*order).limit(limit))
        return [DossierRow(**row._mapping) for row in rows]  # noqa: SLF001


def _within(query: sa.Select[Any], span: Span, moment: sa.Column[Any]) -> sa.Select[Any]:
    query = query.where(moment < span.until)
    if span.since is not None:
        query = query.where(moment >= span.since)
    if span.agency:
        mine = (dossier.c.receiving_unit, dossier.c.competent_agency)
        query = query.where(sa.or_(*(column == span.agency for column in mine)))
    return query


def _bound(order: tuple[sa.Column[Any], ...], place: tuple[Any, ...]) -> list[Any]:
    return [sa.literal(v, c.type) for c, v in zip(order, place, strict=True)]
