"""Timelines (dòng thời gian): the dossiers of a review with their clocks, read in two statements.

Where a projection says the clocks they are taken from it; what is still open, or was open at the
moment asked about, is folded from its own events. Not for what is measured: `measuring`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from engine.law.timeliness import Timeliness, control_sheet
from engine.law.working_time import WorkingCalendar
from engine.timing.clocks import KEPT
from engine.timing.patterns import Execution
from engine.timing.samples import NOTHING, Spent, spent_of
from workflows.office import Office
from workflows.review.judging import in_force
from workflows.store import UnitOfWork
from workflows.store.timings import Executed, Fate, MeasuredFilter
from workflows.timekeeping import (
    ALLOWED,
    GROUNDS,
    Marked,
    allowed_seconds,
    dossier_time,
    events_of,
    finished_at,
    step_time,
)

# Where the sums every execution needs stand: half a million of them are made for one page.
UNASSIGNED, ASSIGNED, WORKING = (KEPT.index(n) for n in ("unassigned", "assigned", "working"))


@dataclass(frozen=True, slots=True)
class Run:
    """One execution: its clocks, and whether it was completed, withdrawn or goes on."""

    row: Executed
    agency: str
    spent: Spent
    done: bool
    withdrawn: bool
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Tell whether it goes on."""
        return not (self.done or self.withdrawn)

    def execution(self) -> Execution | None:
        """Return it as patterns are looked for in, once it was completed."""
        if not self.done or self.closed_at is None:
            return None
        return Execution(
            element=self.row.element,
            agency=self.agency,
            actor=self.row.closed_by,
            closed_at=self.closed_at,
            waiting=self.spent[UNASSIGNED] + self.spent[ASSIGNED],
            working=self.spent[WORKING],
        )


@dataclass(frozen=True, slots=True)
class Life:
    """One dossier: its clocks, what elapsed until it was over or is looked at, the office seconds
    of its limit, how it stands.
    """

    fate: Fate
    spent: Spent
    grounds: Mapping[str, int]
    until: datetime
    elapsed: int
    finished: bool
    allowed: int | None
    stands: Timeliness
    runs: tuple[Run, ...]
    case: tuple[Execution, ...]  # what was completed, in order of completion

    @property
    def late(self) -> bool:
        """Tell whether it was finished late, or is open past its due date."""
        return self.stands is Timeliness.OVERDUE


@dataclass(frozen=True)
class _Marks:
    element: str
    clock: str
    marks: list[dict[str, Any]]


def lives(uow: UnitOfWork, office: Office, asked: MeasuredFilter, moment: datetime) -> list[Life]:
    """Return the dossiers asked for as they stood at a moment, with their executions."""
    fates = {f.id: f for f in uow.timings.fates(asked)}
    found = []
    for dossier, rows in groupby(uow.timings.executed(asked, moment), key=lambda r: r.dossier_id):
        fate = fates.pop(dossier, None)
        if fate is not None:
            found.append(_life(office, fate, list(rows), moment))
    return found


def short_lives(
    uow: UnitOfWork, office: Office, asked: MeasuredFilter, moment: datetime
) -> list[Life]:
    """Return the dossiers asked for without their executions: the clocks of those that are over.

    What was open at the moment has no clocks but the time that elapsed.
    """
    return [_bare(office, f, moment) for f in uow.timings.fates(asked)]


def _bare(office: Office, fate: Fate, moment: datetime) -> Life:
    ends = _ends(fate, moment)
    kept = fate.spent if ends is not None else None
    stop = ends or max(moment, fate.received_at)
    return Life(
        fate=fate,
        spent=NOTHING if kept is None else spent_of(kept),
        grounds={} if kept is None else kept[GROUNDS],
        until=stop,
        elapsed=int(stop.timestamp()) - int(fate.received_at.timestamp()),
        finished=ends is not None,
        allowed=_allowed(office, fate),
        stands=control_sheet(in_force(fate), ends, moment),
        runs=(),
        case=(),
    )


def _life(office: Office, fate: Fate, rows: Sequence[Executed], moment: datetime) -> Life:
    bare = _bare(office, fate, moment)
    spent, grounds = bare.spent, bare.grounds
    if not bare.finished or fate.spent is None:
        own = office.catalogue.calendar(fate.competent_agency)
        ends = _ends(fate, moment) or max(moment, fate.received_at)
        views = dossier_time(_marked(rows), own, fate.received_at, ends)
        spent, grounds = spent_of(views.kept()), views.grounds
    runs = tuple(_run(office, fate, row, moment) for row in rows)
    done = (e for e in (run.execution() for run in runs) if e is not None)
    return Life(
        fate=fate,
        spent=spent,
        grounds=grounds,
        until=bare.until,
        elapsed=bare.elapsed,
        finished=bare.finished,
        allowed=bare.allowed,
        stands=bare.stands,
        runs=runs,
        case=tuple(sorted(done, key=lambda e: (e.closed_at, e.element))),
    )


def _ends(fate: Fate, moment: datetime) -> datetime | None:
    """Return when a dossier was over, None when it was not by the moment asked about."""
    ends = finished_at(fate)
    return None if ends is None or ends > moment else max(ends, fate.received_at)


def _allowed(office: Office, fate: Fate) -> int | None:
    if fate.spent is not None:
        known: int | None = fate.spent[ALLOWED]
        return known
    procedure = office.catalogue.at(fate.digest).procedure
    calendar = office.catalogue.calendar(fate.competent_agency)
    return allowed_seconds(procedure, fate.received_at, fate.channel, calendar)


def _marked(rows: Sequence[Executed]) -> Iterator[Marked]:
    return (_Marks(row.element, row.clock, row.marks or []) for row in rows)


def _run(office: Office, fate: Fate, row: Executed, moment: datetime) -> Run:
    agency = row.agency or fate.competent_agency
    closed = row.closed_at if row.closed_at is None or row.closed_at <= moment else None
    withdrawn = closed is not None and row.state == "withdrawn"
    return Run(
        row=row,
        agency=agency,
        spent=_spent(office.catalogue.calendar(agency), row, moment, closed),
        done=closed is not None and not withdrawn,
        withdrawn=withdrawn,
        closed_at=closed,
    )


def _spent(
    calendar: WorkingCalendar, row: Executed, moment: datetime, closed: datetime | None
) -> Spent:
    if closed is not None and None not in row.spent:
        return tuple(number or 0 for number in row.spent)
    events = events_of(_Marks(row.element, row.clock, row.marks or []), moment)
    return spent_of(step_time(events, calendar, clock=row.clock, until=moment).kept())
