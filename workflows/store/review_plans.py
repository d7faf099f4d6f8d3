"""Review plans and their record: one row a procedure and year, events that are never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.dossiers import valid_id
from workflows.store.tables import review_event, review_plan

PLANNED, SUBMITTED, APPROVED, RETURNED = "planned", "submitted", "approved", "returned"


@dataclass(frozen=True, kw_only=True)
class ReviewPlanRow:
    """A procedure in the plan of an agency and a year; `evidence` is what was measured then."""

    id: str
    agency: str
    year: int
    procedure: str
    reason: str
    expected: str
    due_on: date | None
    state: str = PLANNED
    proposals: list[dict[str, Any]] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)
    submitted_by: str = ""
    submitted_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ReviewEventRow:
    """One thing that happened to a review."""

    review_id: str
    seq: int
    at: datetime
    actor: str
    role: str
    agency: str
    kind: str
    body: dict[str, Any]


class ReviewPlans:
    """Reads and writes review plans in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def add(self, row: ReviewPlanRow) -> None:
        """Put a procedure in a plan."""
        self._connection.execute(review_plan.insert(), vars(row))

    def change(self, review: str, values: dict[str, Any]) -> None:
        """Change what is known of a review."""
        self._connection.execute(
            review_plan.update().where(review_plan.c.id == review).values(**values)
        )

    def get(self, review: str) -> ReviewPlanRow | None:
        """Return a review, locked until the unit of work is over; NotFound for what is no id."""
        query = _plans().where(review_plan.c.id == valid_id(review, "hồ sơ rà soát"))
        row = self._connection.execute(query.with_for_update()).one_or_none()
        return None if row is None else ReviewPlanRow(**row._mapping)  # noqa: SLF001

    def of_year(self, agencies: Sequence[str], year: int) -> list[ReviewPlanRow]:
        """Return the plans of agencies for a year, by agency and procedure."""
        query = _plans().where(review_plan.c.agency.in_(agencies), review_plan.c.year == year)
        query = query.order_by(review_plan.c.agency, review_plan.c.procedure)
        return [ReviewPlanRow(**r._mapping) for r in self._connection.execute(query)]  # noqa: SLF001

    def record(self, row: ReviewEventRow) -> None:
        """Write what happened; it can never be changed again."""
        self._connection.execute(review_event.insert(), vars(row))

    def events(self, review: str) -> list[ReviewEventRow]:
        """Return what happened to a review, in order."""
        columns = [review_event.c[f.name] for f in fields(ReviewEventRow)]
        query = sa.select(*columns).where(review_event.c.review_id == review)
        rows = self._connection.execute(query.order_by(review_event.c.seq))
        return [ReviewEventRow(**row._mapping) for row in rows]  # noqa: SLF001


def _plans() -> Any:
    return sa.select(*(review_plan.c[f.name] for f in fields(ReviewPlanRow)))
