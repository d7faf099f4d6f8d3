"""Rounds of asking the applicant for papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.records import SupplementRow
from workflows.store.tables import supplement
from workflows.store.upserting import upsert

_COLUMNS = [supplement.c[f.name] for f in fields(SupplementRow)]


class Supplements:
    """Reads and writes supplement rounds in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def of_dossier(self, dossier_id: str) -> Sequence[SupplementRow]:
        """Return the rounds of a dossier in order."""
        query = sa.select(*_COLUMNS).where(supplement.c.dossier_id == dossier_id)
        rows = self._connection.execute(query.order_by(supplement.c.round))
        return [SupplementRow(**row._mapping) for row in rows]  # noqa: SLF001

    def save(self, rows: Sequence[SupplementRow]) -> None:
        """Write requested rounds in one statement."""
        values = [vars(r) for r in rows]
        upsert(self._connection, supplement, values, changing=("taken_at",))

    def taken(self, row: SupplementRow) -> None:
        """Note that the papers of a round arrived."""
        where = (
            supplement.c.dossier_id == row.dossier_id,
            supplement.c.round == row.round,
        )
        self._connection.execute(supplement.update().where(*where).values(taken_at=row.taken_at))
