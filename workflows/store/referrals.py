"""Questions to other agencies, their answers, and answers nobody had asked for yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.errors import NotFound
from workflows.store.dossiers import valid_id
from workflows.store.records import KeptAnswerRow, ReferralRow
from workflows.store.tables import dossier, kept_answer, referral
from workflows.store.upserting import upsert

WHAT = "phiếu liên thông"
OPEN = ("sent", "delivered", "accepted", "returned")
_COLUMNS = [referral.c[f.name] for f in fields(ReferralRow)]
_KEPT = [kept_answer.c[f.name] for f in fields(KeptAnswerRow)]
_CHANGING = (
    "answered_at", "answer", "late", "silent", "revision", "state", "due_at", "accept_due_at",
    "accepted_at", "wake_at", "kept", "documents", "stamps",
)  # fmt: skip
_ASKING = (
    dossier.c.code.label("dossier_code"),
    dossier.c.procedure,
    dossier.c.digest,
    dossier.c.competent_agency.label("asked_by"),
    dossier.c.receiving_unit,
)


@dataclass(frozen=True, kw_only=True)
class ListedReferral:
    """A line of a list of referrals: whose dossier it is about."""

    referral: ReferralRow
    dossier_code: str
    procedure: str
    digest: str
    asked_by: str
    receiving_unit: str


@dataclass(frozen=True, kw_only=True)
class ReferralFilter:
    """Which referrals: `side` is received (asked of the agency) or sent (asked by it).

    `open_only` leaves out those that are over; `late_at` keeps those due before that moment.
    """

    agency: str
    side: str = "received"
    open_only: bool = True
    late_at: datetime | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How the referrals between two agencies stood at a moment: counts by what came of them."""

    asked_by: str
    to_agency: str
    state: str
    late: bool
    overdue: bool
    referrals: int


class Referrals:
    """Reads and writes referrals in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def get(self, referral_id: str) -> ReferralRow:
        """Return a referral; raises NotFound."""
        known = valid_id(referral_id, WHAT)
        found = self.named([known])
        if not found:
            raise NotFound(WHAT, known)
        return found[0]

    def named(self, ids: Collection[str]) -> Sequence[ReferralRow]:
        """Return referrals by id, those that exist; no ids, no statement."""
        return self._select(referral.c.id.in_(sorted(ids))) if ids else []

    def of_dossier(self, dossier_id: str, *, only_open: bool = False) -> Sequence[ReferralRow]:
        """Return the referrals of a dossier, the oldest first."""
        of_it = referral.c.dossier_id == dossier_id
        return self._select(of_it, *([referral.c.answered_at.is_(None)] if only_open else []))

    def find(self, wanted: ReferralFilter) -> Sequence[ListedReferral]:
        """Return a page of referrals of an agency, the oldest first."""
        query = sa.select(*_COLUMNS, *_ASKING).join_from(referral, dossier)
        if wanted.side == "received":
            query = query.where(referral.c.to_agency == wanted.agency)
        else:
            own = (dossier.c.competent_agency, dossier.c.receiving_unit)
            query = query.where(sa.or_(*(c == wanted.agency for c in own)))
        if wanted.open_only:
            query = query.where(referral.c.answered_at.is_(None))
        if wanted.late_at is not None:
            query = query.where(referral.c.due_at < wanted.late_at)
        if wanted.after is not None:
            key = sa.tuple_(referral.c.sent_at, referral.c.id)
            bound = (
                sa.literal(wanted.after[0], referral.c.sent_at.type),
                sa.literal(valid_id(wanted.after[1]), referral.c.id.type),
            )
            query = query.where(key > sa.tuple_(*bound))
        query = query.order_by(referral.c.sent_at, referral.c.id).limit(wanted.limit)
        return [_listed(row) for row in self._connection.execute(query)]

    def to_wake(self, now: datetime, limit: int) -> Sequence[ReferralRow]:
        """Return open referrals about which the program has something to write, oldest first."""
        query = sa.select(*_COLUMNS).where(referral.c.wake_at <= now)
        query = query.order_by(referral.c.wake_at, referral.c.id).limit(limit)
        return [ReferralRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def next_wake(self) -> datetime | None:
        """Return when the program has something to write about a referral, None for never."""
        query = sa.select(sa.func.min(referral.c.wake_at)).where(referral.c.wake_at.is_not(None))
        return self._connection.execute(query).scalar()

    def tallies(self, period: tuple[datetime, datetime], now: datetime) -> Sequence[Tally]:
        """Return how the referrals sent in a period [from, to) stand now, by pair of agencies."""
        overdue = sa.case(
            (sa.and_(referral.c.answered_at.is_(None), referral.c.due_at < now), sa.true()),
            else_=sa.false(),
        )
        by = (
            dossier.c.competent_agency.label("asked_by"),
            referral.c.to_agency,
            referral.c.state,
            referral.c.late,
            overdue.label("overdue"),
        )
        count = sa.func.count().label("referrals")
        query = sa.select(*by, count).join_from(referral, dossier)
        query = query.where(referral.c.sent_at >= period[0], referral.c.sent_at < period[1])
        rows = self._connection.execute(query.group_by(*by).order_by(*by))
        return [Tally(**{**row._mapping, "overdue": bool(row.overdue)}) for row in rows]  # noqa: SLF001

    def chains(self, period: tuple[datetime, datetime]) -> dict[str, int]:
        """Return how many dossiers asked anybody in a period [from, to), by who settles them."""
        count = sa.func.count(sa.distinct(referral.c.dossier_id))
        query = sa.select(dossier.c.competent_agency, count).join_from(referral, dossier)
        query = query.where(referral.c.sent_at >= period[0], referral.c.sent_at < period[1])
        rows = self._connection.execute(query.group_by(dossier.c.competent_agency))
        return {str(row[0]): int(row[1]) for row in rows}

    def add(self, rows: Sequence[ReferralRow]) -> None:
        """Write new referrals; no rows, no statement."""
        if rows:
            self._connection.execute(referral.insert(), [vars(r) for r in rows])

    def change(self, rows: Sequence[ReferralRow]) -> None:
        """Write where referrals stand now; no rows, no statement."""
        upsert(self._connection, referral, [vars(r) for r in rows], changing=_CHANGING)

    def restore(self, dossier_id: str, rows: Sequence[ReferralRow]) -> None:
        """Put these rows in the place of all of the dossier's: a rebuild does so."""
        self._connection.execute(referral.delete().where(referral.c.dossier_id == dossier_id))
        self.add(rows)

    def kept_of(self, dossier_id: str) -> Sequence[KeptAnswerRow]:
        """Return the answers that came to a dossier before they were asked for."""
        return self._kept(kept_answer.c.dossier_id == dossier_id)

    def early(self, dossier_id: str, messages: Collection[str]) -> Sequence[KeptAnswerRow]:
        """Return the early answers of these names that nobody has asked for yet."""
        unused = (kept_answer.c.used_at.is_(None), kept_answer.c.message.in_(sorted(messages)))
        return self._kept(kept_answer.c.dossier_id == dossier_id, *unused)

    def strays(self, limit: int) -> Sequence[KeptAnswerRow]:
        """Return answers to nothing anybody knows, the latest first."""
        nobodys = kept_answer.c.dossier_id.is_(None)
        query = sa.select(*_KEPT).where(nobodys).order_by(kept_answer.c.received_at.desc())
        rows = self._connection.execute(query.limit(limit))
        return [KeptAnswerRow(**row._mapping) for row in rows]  # noqa: SLF001

    def keep(self, rows: Sequence[KeptAnswerRow]) -> None:
        """Write answers that are kept; no rows, no statement. One with a known id is as it was."""
        upsert(self._connection, kept_answer, [vars(r) for r in rows], changing=("used_at",))

    def restore_kept(self, dossier_id: str, rows: Sequence[KeptAnswerRow]) -> None:
        """Put these rows in the place of all of the dossier's: a rebuild does so."""
        own = kept_answer.c.dossier_id == dossier_id
        self._connection.execute(kept_answer.delete().where(own))
        self.keep(rows)

    def _select(self, *where: sa.ColumnElement[bool]) -> list[ReferralRow]:
        query = sa.select(*_COLUMNS).where(*where).order_by(referral.c.sent_at, referral.c.id)
        return [ReferralRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001

    def _kept(self, *where: sa.ColumnElement[bool]) -> list[KeptAnswerRow]:
        query = sa.select(*_KEPT).where(*where)
        query = query.order_by(kept_answer.c.received_at, kept_answer.c.id)
        return [KeptAnswerRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001


def _listed(row: Any) -> ListedReferral:
    values = dict(row._mapping)  # noqa: SLF001 - the public mapping of a row
    own = {f.name: values.pop(f.name) for f in fields(ReferralRow)}
    return ListedReferral(referral=ReferralRow(**own), **values)
