"""What reports of a period read: the dossiers it touches, and their record up to its end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.records import DossierRow, EventRow
from workflows.store.tables import correction, dossier, event

BATCH = 500
_COLUMNS = [dossier.c[f.name] for f in fields(DossierRow)]
_EVENT = [event.c[f.name] for f in fields(EventRow)]


class Reporting:
    """Reads for reports in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def touched(
        self,
        agencies: Sequence[str],
        begins: datetime,
        ends: datetime,
        *,
        received_too: bool = False,
    ) -> Iterator[Sequence[DossierRow]]:
        """Yield, a batch at a time, what these agencies settle that a period [begins, ends) knows.

        Received before its end and not over before it began; in the order of reception. With
        `received_too` also what they received for others to settle.
        """
        sides = [dossier.c.competent_agency, *([dossier.c.receiving_unit] if received_too else [])]
        query = (
            sa.select(*_COLUMNS)
            .where(sa.or_(*(side.in_(agencies) for side in sides)))
            .where(dossier.c.received_at < ends)
            .where(sa.or_(dossier.c.ended_at.is_(None), dossier.c.ended_at >= begins))
            .order_by(dossier.c.received_at, dossier.c.id)
        )
        result = self._connection.execution_options(yield_per=BATCH).execute(query)
        for rows in result.partitions(BATCH):
            yield [DossierRow(**row._mapping) for row in rows]  # noqa: SLF001

    def records(
        self, dossiers: Sequence[str], before: datetime, kinds: Collection[str] = ()
    ) -> dict[str, list[EventRow]]:
        """Return the record of each of these dossiers, as far as it happened before a moment.

        Of these kinds only, where some are named.
        """
        query = (
            sa.select(*_EVENT)
            .where(event.c.dossier_id.in_(dossiers))
            .where(event.c.at < before)
            .order_by(event.c.dossier_id, event.c.seq)
        )
        if kinds:
            query = query.where(event.c.kind.in_(kinds))
        rows = [EventRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001
        return {one: list(own) for one, own in groupby(rows, key=lambda r: r.dossier_id)}

    def names_then(self, dossiers: Sequence[str], at: datetime) -> dict[str, str]:
        """Return the applicants' names at a moment, of the dossiers where they were changed since.

        A change that was erased with the personal data of its dossier is not known any more.
        """
        named = "applicant_name"
        found: dict[str, str] = {}
        for start in range(0, len(dossiers), BATCH):
            query = (
                sa.select(correction.c.dossier_id, correction.c.changes)
                .where(correction.c.dossier_id.in_(dossiers[start : start + BATCH]))
                .where(correction.c.at >= at)
                .order_by(correction.c.issue.desc())
            )
            for one, changes in self._connection.execute(query):
                if named in changes:
                    found[one] = str(changes[named]["old"])
        return found
