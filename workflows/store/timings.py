"""Measured steps for the review: one statement over closed and open steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.tables import dossier, step


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


@dataclass(frozen=True, kw_only=True)
class Fate:
    """How one dossier fared so far."""

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
        query = sa.select(*(step.c[f.name] for f in fields(Measured))).join_from(step, dossier)
        query = query.where(dossier.c.procedure == wanted.procedure)
        if wanted.digest:
            query = query.where(dossier.c.digest == wanted.digest)
        if wanted.received_from is not None:
            query = query.where(dossier.c.received_at >= wanted.received_from)
        if wanted.received_to is not None:
            query = query.where(dossier.c.received_at < wanted.received_to)
        rows = self._connection.execute(query.order_by(step.c.enabled_at, step.c.dossier_id))
        return [Measured(**row._mapping) for row in rows]  # noqa: SLF001

    def fates(self, procedure: str) -> Sequence[Fate]:
        """Return how every dossier of a procedure fared."""
        query = sa.select(*(dossier.c[f.name] for f in fields(Fate)))
        rows = self._connection.execute(query.where(dossier.c.procedure == procedure))
        return [Fate(**row._mapping) for row in rows]  # noqa: SLF001
