"""Dossiers: the row every command locks, its state, and lists."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.errors import NotFound
from workflows.store.listening import LISTENING, REACHABLE
from workflows.store.records import DossierRow, StateRow
from workflows.store.tables import code_counter, dossier, search_word
from workflows.store.upserting import insert_into

_COLUMNS = [dossier.c[f.name] for f in fields(DossierRow)]
_STATE = [dossier.c[f.name] for f in fields(StateRow)]
_FIXED = {"id", "code", "digest", "procedure", "channel", "received_at"}


@dataclass(frozen=True, kw_only=True)
class DossierFilter:
    """Which dossiers a list shows: those an agency takes part in, after a place in the order.

    `among` keeps to dossiers that were found some other way.
    """

    agency: str = ""
    procedure: str = ""
    status: int | None = None
    overdue_at: datetime | None = None
    after: tuple[datetime, str] | None = None
    among: tuple[str, ...] | None = None
    limit: int = 50


# Every command asks these: the statements are made once.
_THIS = dossier.c.id == sa.bindparam("dossier", type_=dossier.c.id.type)
_ONE = sa.select(*_COLUMNS, *_STATE).where(_THIS)
_HELD = _ONE.add_columns(
    LISTENING.label("listening"), REACHABLE.label("reachable")
).with_for_update(of=dossier)
_CHANGE = dossier.update().where(_THIS)


class Dossiers:
    """Reads and writes dossiers in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection
        self.listening: str | None = None
        self.reachable = False

    def lock(self, dossier_id: str) -> tuple[DossierRow, StateRow]:
        """Hold the dossier for this transaction and return it with its state.

        Raises NotFound. On SQLite the transaction holds the whole database already. `listening`
        says afterwards who wants to be told what happens to it, `reachable` whether the applicant
        gave an address for letters.
        """
        row = self._connection.execute(_HELD, {"dossier": valid_id(dossier_id)}).one_or_none()
        if row is None:
            raise NotFound("hồ sơ", dossier_id)
        self.listening = row.listening or ""
        self.reachable = bool(row.reachable)
        return _split(row)

    def get(self, dossier_id: str) -> tuple[DossierRow, StateRow]:
        """Return a dossier with its state, without holding it; raises NotFound."""
        row = self._connection.execute(_ONE, {"dossier": valid_id(dossier_id)}).one_or_none()
        if row is None:
            raise NotFound("hồ sơ", dossier_id)
        return _split(row)

    def find(self, wanted: DossierFilter) -> Sequence[DossierRow]:
        """Return dossiers, the latest received first.

        An agency's are read along their own index, as far as the page goes and no further.
        """
        query = sa.select(*_COLUMNS).limit(wanted.limit)
        at, one = dossier.c.received_at, dossier.c.id
        if wanted.agency:
            at, one = search_word.c.received_at, search_word.c.dossier_id
            query = query.join_from(search_word, dossier, one == dossier.c.id)
            query = query.where(search_word.c.agency == wanted.agency, search_word.c.word == "")
        query = query.order_by(at.desc(), one.desc())
        if wanted.among is not None:
            query = query.where(dossier.c.id.in_(wanted.among))
        if wanted.procedure:
            query = query.where(dossier.c.procedure == wanted.procedure)
        if wanted.status is not None:
            query = query.where(dossier.c.status == wanted.status)
        if wanted.overdue_at is not None:
            query = query.where(*_overdue(wanted.overdue_at))
        if wanted.after is not None:
            query = query.where(sa.tuple_(at, one) < sa.tuple_(*_bound(wanted.after)))
        return [DossierRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def overdue(self, on: datetime, limit: int) -> Sequence[DossierRow]:
        """Return open dossiers whose due moment is past, the longest overdue first."""
        query = (
            sa.select(*_COLUMNS)
            .where(*_overdue(on))
            .order_by(dossier.c.due_at, dossier.c.id)
            .limit(limit)
        )
        return [DossierRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def running(
        self, agency: str, until: datetime, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[DossierRow]:
        """Return an agency's dossiers to hurry up with, the soonest due first: the clock runs to a
        due moment before `until`, or somebody higher up was told.
        """
        soon = sa.and_(dossier.c.clock_running, dossier.c.due_at < until)
        query = sa.select(*_COLUMNS).where(dossier.c.ended_at.is_(None))
        query = query.where(dossier.c.resolved_at.is_(None))
        query = query.where(sa.or_(soon, dossier.c.escalated_at.is_not(None)))
        mine = (dossier.c.receiving_unit, dossier.c.competent_agency)
        query = query.where(sa.or_(*(c == agency for c in mine)))
        key = (sa.func.coalesce(dossier.c.due_at, dossier.c.escalated_at), dossier.c.id)
        if after is not None:
            query = query.where(sa.tuple_(*key) > sa.tuple_(*_bound(after)))
        query = query.order_by(*key).limit(limit)
        return [DossierRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def id_of(self, code: str) -> str:
        """Return the id of the dossier with this code; raises NotFound."""
        query = sa.select(dossier.c.id).where(dossier.c.code == code)
        found = self._connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFound("hồ sơ", code[:60])
        return str(found)

    def unresolved(self, after: str = "", limit: int | None = None) -> Sequence[DossierRow]:
        """Return dossiers without a result, whether their clock runs or not, by code."""
        query = sa.select(*_COLUMNS).order_by(dossier.c.code).limit(limit)
        query = query.where(dossier.c.ended_at.is_(None), dossier.c.resolved_at.is_(None))
        if after:
            query = query.where(dossier.c.code > after)
        return [DossierRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def ids(self) -> Sequence[str]:
        """Return the id of every dossier."""
        return list(self._connection.execute(sa.select(dossier.c.id)).scalars())

    def add(self, row: DossierRow, state: StateRow) -> None:
        """Write a new dossier."""
        self._connection.execute(dossier.insert(), vars(row) | vars(state))

    def save(self, row: DossierRow, state: StateRow | None = None) -> None:
        """Write what can change of a dossier that is held; its state only when given."""
        values = {k: v for k, v in vars(row).items() if k not in _FIXED}
        if state is not None:
            values |= vars(state)
        self._connection.execute(_CHANGE, values | {"dossier": row.id})

    def next_number(self, agency: str, day: date) -> int:
        """Return the next running number of the agency on that day, from 1."""
        first = insert_into(self._connection, code_counter).values(agency=agency, day=day, last=1)
        statement = first.on_conflict_do_update(
            index_elements=["agency", "day"], set_={"last": code_counter.c.last + 1}
        ).returning(code_counter.c.last)
        return int(self._connection.execute(statement).scalar_one())


def _overdue(on: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Not resolved, the clock running, the due moment past."""
    return (
        dossier.c.ended_at.is_(None),
        dossier.c.resolved_at.is_(None),
        dossier.c.clock_running,
        dossier.c.due_at < on,
    )


def valid_id(text: str, what: str = "hồ sơ") -> str:
    """Return a UUID in its one spelling; raises NotFound: nothing has another kind of id."""
    try:
        return str(uuid.UUID(text))
    except (ValueError, AttributeError, TypeError) as fault:
        raise NotFound(what, str(text)[:60]) from fault


def _bound(after: tuple[datetime, str]) -> tuple[Any, Any]:
    return (
        sa.literal(after[0], dossier.c.received_at.type),
        sa.literal(valid_id(after[1]), dossier.c.id.type),
    )


def _split(row: sa.Row[Any]) -> tuple[DossierRow, StateRow]:
    values = dict(row._mapping)  # noqa: SLF001 - the public mapping of a row
    state = {f.name: values.pop(f.name) for f in fields(StateRow)}
    for read_along in ("listening", "reachable"):
        values.pop(read_along, None)
    state["timers"], state["subscriptions"] = tuple(state["timers"]), tuple(state["subscriptions"])
    return DossierRow(**values), StateRow(**state)
