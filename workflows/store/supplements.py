"""Rounds of asking the applicant for papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.records import SupplementRow
from workflows.store.tables import supplement

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

    def add(self, rows: Sequence[SupplementRow]) -> None:
        """Write new rounds; no rows, no statement."""
        if rows:
            self._connection.execute(supplement.insert(), [vars(r) for r in rows])

    def taken(self, dossier_id: str, rounds: Mapping[int, Mapping[str, Any]]) -> None:
        """Note which papers of rounds arrived and when; no rounds, no statement."""
        for number, values in rounds.items():
            which = (supplement.c.dossier_id == dossier_id, supplement.c.round == number)
            self._connection.execute(supplement.update().where(*which).values(**values))

    def restore(self, dossier_id: str, rows: Sequence[SupplementRow]) -> None:
        """Put these rows in the place of all of the dossier's: a rebuild does so."""
        self._connection.execute(supplement.delete().where(supplement.c.dossier_id == dossier_id))
        self.add(rows)
