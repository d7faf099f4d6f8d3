"""Measured steps for the review: one statement over closed and open steps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.timing.clocks import KEPT
from engine.timing.events import Event, from_record
from workflows.store.records import SupplementRow
from workflows.store.tables import dossier, event, step, supplement

BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One execution of a step: seconds are None while it is still open."""

    dossier_id: str
    element: str
    name: str
    kind: str
    clock: str
    state: str
    agency: str
    enabled_at: datetime
    closed_at: datetime | None
    waiting_seconds: float | None
    working_seconds: float | None
    paused_seconds: float | None
    waiting_office_seconds: float | None
    working_office_seconds: float | None
    paused_office_seconds: float | None
    competent_agency: str


@dataclass(frozen=True, kw_only=True)
class Fate:
    """How one dossier fared so far; `spent` is where its time went, None while it goes on."""

    id: str
    code: str
    digest: str
    procedure: str
    receiving_unit: str
    channel: str
    competent_agency: str
    received_at: datetime
    resolved_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    clock_running: bool
    supplement_rounds: int
    spent: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class MeasuredFilter:
    """Which steps: of a procedure (empty for all), a version, received in a period [from, to)."""

    procedure: str
    digest: str = ""
    received_from: datetime | None = None
    received_to: datetime | None = None
    channel: str = ""
    agencies: tuple[str, ...] | None = None


class Executed(NamedTuple):
    """One execution of a step; `spent` are the ten numbers of its clocks.

    `marks` are its own events, read only where the clocks have to be folded from them: it is open,
    its dossier is, it closed after the moment asked about, or an earlier release closed it.
    """

    dossier_id: str
    element: str
    name: str
    kind: str
    clock: str
    state: str
    agency: str
    role: str
    flow: str
    enabled_at: datetime
    closed_at: datetime | None
    closed_by: str
    marks: list[dict[str, Any]] | None
    spent: tuple[int | None, ...]


class Timings:
    """Reads measured steps in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def steps(self, wanted: MeasuredFilter) -> Sequence[Measured]:
        """Return every execution of every step of the dossiers asked for."""
        own = (step.c[f.name] for f in fields(Measured) if f.name in step.c)
        query = sa.select(*own, dossier.c.competent_agency).join_from(step, dossier)
        query = query.where(*_wanted(wanted))
        rows = self._connection.execute(query.order_by(step.c.enabled_at, step.c.dossier_id))
        return [Measured(**row._mapping) for row in rows]  # noqa: SLF001

    def fates(self, wanted: MeasuredFilter) -> Sequence[Fate]:
        """Return how every dossier asked for fared."""
        query = sa.select(*(dossier.c[f.name] for f in fields(Fate))).where(*_wanted(wanted))
        return [Fate(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def executed(self, wanted: MeasuredFilter, as_of: datetime) -> Iterator[Executed]:
        """Yield every execution of the dossiers asked for, dossier by dossier, in its order.

        What was enabled after `as_of` is not yielded.
        """
        own = [step.c[name] for name in Executed._fields if name not in {"marks", "spent"}]
        marks = sa.case((_folded(as_of), step.c.marks), else_=sa.null()).label("marks")
        query = sa.select(*own, marks, *(step.c[name] for name in KEPT)).join_from(step, dossier)
        query = query.where(step.c.enabled_at <= as_of, *_wanted(wanted))
        query = query.order_by(step.c.dossier_id, step.c.enabled_at, step.c.step)
        rows = self._connection.execution_options(yield_per=BATCH).execute(query)
        for (*values,) in rows:
            yield Executed._make([*values[: len(own) + 1], tuple(values[len(own) + 1 :])])

    def told(self, wanted: MeasuredFilter, kinds: Collection[str]) -> Iterator[tuple[str, Event]]:
        """Yield the events of some kinds of the dossiers asked for, with their dossier."""
        query = sa.select(event.c.dossier_id, event.c.body).join_from(event, dossier)
        query = query.where(event.c.kind.in_(sorted(kinds)), *_wanted(wanted))
        query = query.order_by(event.c.dossier_id, event.c.seq)
        for one, body in self._connection.execute(query):
            yield one, from_record(orjson.loads(body))

    def rounds(self, wanted: MeasuredFilter) -> Sequence[SupplementRow]:
        """Return every supplement round of the dossiers asked for."""
        query = sa.select(supplement).join_from(supplement, dossier).where(*_wanted(wanted))
        rows = self._connection.execute(query.order_by(supplement.c.requested_at))
        return [SupplementRow(**row._mapping) for row in rows]  # noqa: SLF001


def _folded(as_of: datetime) -> sa.ColumnElement[bool]:
    """Return where the clocks of an execution have to be folded from its own events."""
    closes = (step.c.closed_at, sa.func.coalesce(dossier.c.resolved_at, dossier.c.ended_at))
    return sa.or_(
        step.c.unassigned.is_(None),
        dossier.c.spent.is_(None),
        *(column.is_(None) | (column > as_of) for column in closes),
    )


def _wanted(wanted: MeasuredFilter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on the dossiers asked for."""
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.procedure:
        conditions.append(dossier.c.procedure == wanted.procedure)
    if wanted.digest:
        conditions.append(dossier.c.digest == wanted.digest)
    if wanted.channel:
        conditions.append(dossier.c.channel == wanted.channel)
    if wanted.agencies is not None:
        conditions.append(dossier.c.competent_agency.in_(wanted.agencies))
    if wanted.received_from is not None:
        conditions.append(dossier.c.received_at >= wanted.received_from)
    if wanted.received_to is not None:
        conditions.append(dossier.c.received_at < wanted.received_to)
    return conditions
