"""Lists of open steps: a page in an order, counts by tab, the next one to take; saved views.

A queue is short whatever the archive holds: an agency's open steps are found by their own index,
and only they are joined to their dossiers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.records import SavedViewRow, StepRow
from workflows.store.tables import LISTED_STATES, dossier, saved_view, step

FAR = datetime(9999, 12, 31, tzinfo=UTC)
_COLUMNS = [step.c[f.name] for f in fields(StepRow)]
_EXTRA = (
    dossier.c.code.label("dossier_code"),
    dossier.c.procedure,
    dossier.c.status.label("dossier_status"),
    dossier.c.revision,
    dossier.c.due_at,
    dossier.c.clock_running,
    dossier.c.applicant_name,
    dossier.c.competent_agency,
    dossier.c.receiving_unit,
    dossier.c.channel,
    dossier.c.received_at,
    dossier.c.priority,
    dossier.c.name_key,
)
# Said as it stands in the index: SQLite uses a partial index for the same words only, and a bound
# value is none. With values it read every step there ever was.
_LISTED = step.c.state.in_([sa.literal_column(f"'{state}'") for state in LISTED_STATES])
_DUE = sa.func.coalesce(dossier.c.due_at, sa.literal(FAR, dossier.c.due_at.type)).label("due_key")
_URGENT = (-dossier.c.priority).label("urgency")
_LAST = (step.c.dossier_id, step.c.step)
ORDERS: dict[str, tuple[Any, ...]] = {
    "urgency": (_URGENT, _DUE, step.c.enabled_at, *_LAST),
    "due": (_DUE, step.c.enabled_at, *_LAST),
    "waiting": (step.c.enabled_at, *_LAST),
    "received": (dossier.c.received_at, *_LAST),
    "name": (dossier.c.name_key, step.c.enabled_at, *_LAST),
}


@dataclass(frozen=True, kw_only=True)
class ListedStep:
    """A line of the worklist: a step with what a clerk needs to know of its dossier."""

    step: StepRow
    dossier_code: str
    procedure: str
    status: int
    revision: int
    due_at: datetime | None
    clock_running: bool
    applicant_name: str
    competent_agency: str
    receiving_unit: str
    channel: str
    received_at: datetime
    priority: int
    name_key: str

    def place(self, order: str) -> tuple[Any, ...]:
        """Return where the line stands in an order: what the next page starts after."""
        own: dict[str, tuple[Any, ...]] = {
            "urgency": (-self.priority, self.due_at or FAR, self.step.enabled_at),
            "due": (self.due_at or FAR, self.step.enabled_at),
            "waiting": (self.step.enabled_at,),
            "received": (self.received_at,),
            "name": (self.name_key, self.step.enabled_at),
        }
        return (*own[order], self.step.dossier_id, self.step.step)


@dataclass(frozen=True, kw_only=True)
class QueueFilter:
    """Which open steps of an agency; what is empty or None is not asked for.

    `holder` is `mine`, `none` (nobody has it) or `others`, seen by `person`; `words` are whole
    words the dossier is found by.
    """

    agency: str
    role: str = ""
    person: str = ""
    holder: str = ""
    assignee: str = ""
    state: str = ""
    procedure: str = ""
    element: str = ""
    status: int | None = None
    channel: str = ""
    receiving_unit: str = ""
    priority: int | None = None
    due_before: datetime | None = None
    overdue_at: datetime | None = None
    dossiers: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many open steps: all, those of the person, those nobody has; late, soon due, urgent."""

    all: int
    mine: int
    unclaimed: int
    overdue: int
    due_soon: int
    urgent: int


class Worklists:
    """Reads lists of steps in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def page(
        self, wanted: QueueFilter, order: str, *, after: tuple[Any, ...] | None, limit: int
    ) -> Sequence[ListedStep]:
        """Return lines in an order of `ORDERS`, after a place in it."""
        keys = ORDERS[order]
        query = _after(_queue(wanted).order_by(*keys).limit(limit), keys, after)
        return [_listed(row) for row in self._connection.execute(query)]

    def first_free(
        self, wanted: QueueFilter, order: str, *, after: tuple[Any, ...] | None
    ) -> tuple[Any, ...] | None:
        """Return the place of the first step nobody holds, after another, locked from now on.

        A place ends with the dossier and the step. What another transaction has its hands on is
        passed over: nobody waits for anybody. One at a time, because whoever locks twenty to take
        one shows nineteen colleagues an empty queue; its place alone, because a queue is sorted.
        """
        keys = ORDERS[order]
        query = sa.select(*keys).select_from(sa.join(step, dossier)).where(*_conditions(wanted))
        query = query.where(step.c.state == "open", dossier.c.suspended_at.is_(None))
        query = _after(query.order_by(*keys).limit(1), keys, after)
        if self._connection.dialect.name == "postgresql":
            query = query.with_for_update(of=(dossier, step), skip_locked=True)
        row = self._connection.execute(query).one_or_none()
        return tuple(row) if row is not None else None

    def counts(self, wanted: QueueFilter, now: datetime, soon: datetime) -> Counts:
        """Return the counts of the tabs in one statement."""
        moment = dossier.c.due_at.type
        late = sa.and_(dossier.c.clock_running, dossier.c.due_at < sa.literal(now, moment))
        near = sa.and_(
            dossier.c.clock_running,
            dossier.c.due_at >= sa.literal(now, moment),
            dossier.c.due_at < sa.literal(soon, moment),
        )

        def number(condition: Any) -> Any:
            return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

        query = sa.select(
            sa.func.count().label("all"),
            number(step.c.assignee == wanted.person).label("mine"),
            number(step.c.assignee == "").label("unclaimed"),
            number(late).label("overdue"),
            number(near).label("due_soon"),
            number(dossier.c.priority > 0).label("urgent"),
        ).select_from(sa.join(step, dossier))
        row = self._connection.execute(query.where(*_conditions(wanted))).one()
        return Counts(**{name: int(value) for name, value in row._mapping.items()})  # noqa: SLF001

    def workload(self, agency: str, now: datetime) -> Sequence[tuple[str, str, int, int]]:
        """Return per role and holder how many steps are open and how many are late."""
        moment = dossier.c.due_at.type
        late = sa.and_(dossier.c.clock_running, dossier.c.due_at < sa.literal(now, moment))
        query = (
            sa.select(
                step.c.role,
                step.c.assignee,
                sa.func.count(),
                sa.func.coalesce(sa.func.sum(sa.case((late, 1), else_=0)), 0),
            )
            .select_from(sa.join(step, dossier))
            .where(step.c.agency == agency, _LISTED)
            .group_by(step.c.role, step.c.assignee)
            .order_by(step.c.role, step.c.assignee)
        )
        return [(r[0], r[1], int(r[2]), int(r[3])) for r in self._connection.execute(query)]

    def keep_view(self, row: SavedViewRow) -> None:
        """Keep a view; one of the same name by the same person is replaced."""
        own = sa.and_(*(saved_view.c[n] == getattr(row, n) for n in ("person", "agency", "name")))
        self._connection.execute(saved_view.delete().where(own))
        self._connection.execute(saved_view.insert(), vars(row))

    def views(self, person: str, agency: str) -> Sequence[SavedViewRow]:
        """Return the person's own views at an agency and those shared there, by name."""
        shown = sa.or_(saved_view.c.person == person, saved_view.c.shared)
        query = sa.select(saved_view).where(saved_view.c.agency == agency, shown)
        rows = self._connection.execute(query.order_by(saved_view.c.name, saved_view.c.id))
        return [SavedViewRow(**row._mapping) for row in rows]  # noqa: SLF001

    def drop_view(self, view: str, person: str) -> bool:
        """Drop a view of a person; tells whether there was one."""
        own = sa.and_(saved_view.c.id == view, saved_view.c.person == person)
        return self._connection.execute(saved_view.delete().where(own)).rowcount > 0


def _queue(wanted: QueueFilter) -> Any:
    query = sa.select(*_COLUMNS, *_EXTRA).join_from(step, dossier)
    return query.where(*_conditions(wanted))


def _after(query: Any, keys: tuple[Any, ...], place: tuple[Any, ...] | None) -> Any:
    """Return the query going on after a place in its order."""
    if place is None:
        return query
    bound = [sa.literal(v, k.type) for v, k in zip(place, keys, strict=True)]
    return query.where(sa.tuple_(*keys) > sa.tuple_(*bound))


def _conditions(wanted: QueueFilter) -> list[Any]:
    of_step = ("role", "state", "assignee", "element")
    of_dossier = ("procedure", "channel", "receiving_unit", "status", "priority")
    asked = {n: v for n, v in vars(wanted).items() if v not in ("", None)}
    return [
        step.c.agency == wanted.agency,
        _LISTED,
        *(step.c[n] == asked[n] for n in of_step if n in asked),
        *(dossier.c[n] == asked[n] for n in of_dossier if n in asked),
        *_moments(wanted),
        *_holder(wanted),
        *_among(wanted),
    ]


def _moments(wanted: QueueFilter) -> list[Any]:
    moment = dossier.c.due_at.type
    found = []
    if wanted.due_before is not None:
        found.append(dossier.c.due_at < sa.literal(wanted.due_before, moment))
    if wanted.overdue_at is not None:
        found += [
            dossier.c.due_at < sa.literal(wanted.overdue_at, moment),
            dossier.c.clock_running.is_(True),
        ]
    return found


def _holder(wanted: QueueFilter) -> list[Any]:
    asked: dict[str, list[Any]] = {
        "mine": [step.c.assignee == wanted.person],
        "none": [step.c.assignee == ""],
        "others": [step.c.assignee.not_in(["", wanted.person])],
    }
    return asked.get(wanted.holder, [])


def _among(wanted: QueueFilter) -> list[Any]:
    return [] if wanted.dossiers is None else [step.c.dossier_id.in_(wanted.dossiers)]


def _listed(row: Any) -> ListedStep:
    values = dict(row._mapping)  # noqa: SLF001 - the public mapping of a row
    own = {f.name: values.pop(f.name) for f in fields(StepRow)}
    return ListedStep(step=StepRow(**own), status=values.pop("dossier_status"), **values)
