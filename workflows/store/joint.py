"""Legs whose two dossiers lie in two installations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.tables import dossier, joint_leg
from workflows.store.upserting import upsert


@dataclass(frozen=True, kw_only=True)
class JointRow:
    """A leg: our dossier, the code of theirs, the facts an answer is to hold, our promise."""

    partner: str
    leg: str
    direction: str
    dossier_id: str
    other_code: str
    wants: list[str] = field(default_factory=list)
    agency: str = ""
    due_at: datetime | None = None
    closed_at: datetime | None = None


_COLUMNS = [joint_leg.c[f.name] for f in fields(JointRow)]


class Joint:
    """Reads and writes joint legs in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def put(self, row: JointRow) -> None:
        """Write a leg, new or changed."""
        changing = ("dossier_id", "other_code", "wants", "agency", "due_at", "closed_at")
        upsert(self._connection, joint_leg, [vars(row)], changing=changing)

    def get(self, partner: str, leg: str) -> JointRow | None:
        """Return a leg of a partner, None for one nobody knows."""
        mine = (joint_leg.c.partner == partner, joint_leg.c.leg == leg)
        found = self._connection.execute(sa.select(*_COLUMNS).where(*mine)).one_or_none()
        return JointRow(**found._mapping) if found is not None else None  # noqa: SLF001

    def all_of(self, partner: str) -> Sequence[JointRow]:
        """Return every leg of a partner."""
        query = sa.select(*_COLUMNS).where(joint_leg.c.partner == partner)
        rows = self._connection.execute(query.order_by(joint_leg.c.leg))
        return [JointRow(**row._mapping) for row in rows]  # noqa: SLF001

    def changed(self, limit: int) -> Sequence[JointRow]:
        """Return legs whose child dossier promises another date now, or is over."""
        over = sa.or_(dossier.c.ended_at.is_not(None), dossier.c.resolved_at.is_not(None))
        moved = dossier.c.due_at.is_distinct_from(joint_leg.c.due_at)
        query = (
            sa.select(*_COLUMNS)
            .join(dossier, dossier.c.id == joint_leg.c.dossier_id)
            .where(joint_leg.c.closed_at.is_(None), joint_leg.c.direction == "in")
            .where(sa.or_(over, moved))
            .limit(limit)
        )
        rows = self._connection.execute(query)
        return [JointRow(**row._mapping) for row in rows]  # noqa: SLF001
