"""What the counter noted beside the dossiers, and what was put right later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.records import CorrectionRow, IntakeRow
from workflows.store.tables import correction, dossier, intake

_COLUMNS = [intake.c[f.name] for f in fields(IntakeRow)]
_CORRECTION = [correction.c[f.name] for f in fields(CorrectionRow)]


class Intakes:
    """Reads and writes intakes in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def add(self, row: IntakeRow) -> None:
        """Write what was noted at reception."""
        self._connection.execute(intake.insert(), vars(row))

    def save(self, row: IntakeRow) -> None:
        """Write what was put right."""
        values = {k: v for k, v in vars(row).items() if k not in {"dossier_id", "token"}}
        which = intake.c.dossier_id == row.dossier_id
        self._connection.execute(intake.update().where(which).values(values))

    def get(self, dossier_id: str) -> IntakeRow | None:
        """Return what was noted of a dossier, None for one received before anything was."""
        return self.of_dossiers([dossier_id]).get(dossier_id)

    def of_dossiers(self, ids: Collection[str]) -> dict[str, IntakeRow]:
        """Return what was noted of several dossiers, by id."""
        query = sa.select(*_COLUMNS).where(intake.c.dossier_id.in_(list(ids)))
        rows = [IntakeRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001
        return {row.dossier_id: row for row in rows}

    def by_token(self, token: str) -> str | None:
        """Return the dossier whose receipt carries this token."""
        query = sa.select(intake.c.dossier_id).where(intake.c.token == token)
        return self._connection.execute(query).scalar_one_or_none()

    def phones_of(self, code: str) -> tuple[str, list[str]] | None:
        """Return the dossier with a code and the phones that were given with it."""
        query = (
            sa.select(dossier.c.id, dossier.c.applicant_phone, intake.c.submitter_phone)
            .select_from(dossier.outerjoin(intake, intake.c.dossier_id == dossier.c.id))
            .where(dossier.c.code == code)
        )
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return str(row[0]), [phone for phone in row[1:] if phone]

    def by_id_hash(self, id_hash: str, limit: int) -> Sequence[str]:
        """Return the dossiers of a national id, given by its keyed hash."""
        query = sa.select(intake.c.dossier_id).where(intake.c.id_hash == id_hash).limit(limit)
        return list(self._connection.execute(query).scalars())

    def issue_anew(self, dossier_id: str) -> None:
        """Count the receipt of the next number."""
        which = intake.c.dossier_id == dossier_id
        self._connection.execute(intake.update().where(which).values(issue=intake.c.issue + 1))

    def correct(self, row: CorrectionRow) -> None:
        """Write a correction."""
        self._connection.execute(correction.insert(), vars(row))

    def corrections_of(self, dossier_id: str) -> Sequence[CorrectionRow]:
        """Return the corrections of a dossier in order."""
        query = sa.select(*_CORRECTION).where(correction.c.dossier_id == dossier_id)
        rows = self._connection.execute(query.order_by(correction.c.issue))
        return [CorrectionRow(**row._mapping) for row in rows]  # noqa: SLF001
