"""Measured steps for the review: one statement over closed and open steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.records import SupplementRow
from workflows.store.tables import dossier, step, supplement


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
    """How one dossier fared so far."""

    id: str
    digest: str
    channel: str
    competent_agency: str
    received_at: datetime
    resolved_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    clock_running: bool
    supplement_rounds: int


@dataclass(frozen=True, kw_only=True)
class MeasuredFilter:
    """Which steps: of a procedure, perhaps one version, received in a period [from, to)."""

    procedure: str
    digest: str = ""
    received_from: datetime | None = None
    received_to: datetime | None = None


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

    def rounds(self, wanted: MeasuredFilter) -> Sequence[SupplementRow]:
        """Return every supplement round of the dossiers asked for."""
        query = sa.select(supplement).join_from(supplement, dossier).where(*_wanted(wanted))
        rows = self._connection.execute(query.order_by(supplement.c.requested_at))
        return [SupplementRow(**row._mapping) for row in rows]  # noqa: SLF001


def _wanted(wanted: MeasuredFilter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on the dossiers asked for."""
    conditions = [dossier.c.procedure == wanted.procedure]
    if wanted.digest:
        conditions.append(dossier.c.digest == wanted.digest)
    if wanted.received_from is not None:
        conditions.append(dossier.c.received_at >= wanted.received_from)
    if wanted.received_to is not None:
        conditions.append(dossier.c.received_at < wanted.received_to)
    return conditions
