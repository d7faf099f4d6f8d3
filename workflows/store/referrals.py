"""Questions to other agencies and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.errors import NotFound
from workflows.store.dossiers import valid_id
from workflows.store.records import ReferralRow
from workflows.store.tables import dossier, referral

_COLUMNS = [referral.c[f.name] for f in fields(ReferralRow)]


@dataclass(frozen=True, kw_only=True)
class ListedReferral:
    """A line of an agency's list of what it was asked."""

    referral: ReferralRow
    dossier_code: str
    procedure: str
    digest: str
    revision: int
    asked_by: str


class Referrals:
    """Reads and writes referrals in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def get(self, referral_id: str) -> ReferralRow:
        """Return a referral; raises NotFound."""
        known = valid_id(referral_id, "phiếu lấy ý kiến")
        query = sa.select(*_COLUMNS).where(referral.c.id == known)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("phiếu lấy ý kiến", known)
        return ReferralRow(**row._mapping)  # noqa: SLF001

    def of_dossier(self, dossier_id: str, *, only_open: bool = False) -> Sequence[ReferralRow]:
        """Return the referrals of a dossier, the oldest first."""
        query = sa.select(*_COLUMNS).where(referral.c.dossier_id == dossier_id)
        if only_open:
            query = query.where(referral.c.answered_at.is_(None))
        rows = self._connection.execute(query.order_by(referral.c.sent_at, referral.c.id))
        return [ReferralRow(**row._mapping) for row in rows]  # noqa: SLF001

    def open_at(
        self, agency: str, *, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[ListedReferral]:
        """Return what an agency was asked and has not answered, the oldest first."""
        extra = (
            dossier.c.code.label("dossier_code"),
            dossier.c.procedure,
            dossier.c.digest,
            dossier.c.revision,
            dossier.c.competent_agency.label("asked_by"),
        )
        query = sa.select(*_COLUMNS, *extra).join_from(referral, dossier)
        query = query.where(referral.c.to_agency == agency, referral.c.answered_at.is_(None))
        if after is not None:
            key = sa.tuple_(referral.c.sent_at, referral.c.id)
            bound = (
                sa.literal(after[0], referral.c.sent_at.type),
                sa.literal(valid_id(after[1]), referral.c.id.type),
            )
            query = query.where(key > sa.tuple_(*bound))
        query = query.order_by(referral.c.sent_at, referral.c.id).limit(limit)
        return [_listed(row) for row in self._connection.execute(query)]

    def add(self, rows: Sequence[ReferralRow]) -> None:
        """Write new referrals; no rows, no statement."""
        if rows:
            self._connection.execute(referral.insert(), [vars(r) for r in rows])

    def answer(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        """Write answers by referral; no answers, no statement."""
        if not answers:
            return
        names = ("answered_at", "answer", "late", "silent")
        statement = referral.update().where(referral.c.id == sa.bindparam("_id"))
        statement = statement.values({name: sa.bindparam(f"_{name}") for name in names})
        rows = [
            {"_id": referral_id, **{f"_{name}": values[name] for name in names}}
            for referral_id, values in answers.items()
        ]
        self._connection.execute(statement, rows)

    def restore(self, dossier_id: str, rows: Sequence[ReferralRow]) -> None:
        """Put these rows in the place of all of the dossier's: a rebuild does so."""
        self._connection.execute(referral.delete().where(referral.c.dossier_id == dossier_id))
        self.add(rows)


def _listed(row: Any) -> ListedReferral:
    values = dict(row._mapping)  # noqa: SLF001 - the public mapping of a row
    own = {f.name: values.pop(f.name) for f in fields(ReferralRow)}
    return ListedReferral(referral=ReferralRow(**own), **values)
