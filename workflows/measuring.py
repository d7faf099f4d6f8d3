"""Measuring (đo thời gian): where the time of a procedure's dossiers went, on five clocks.

Every figure says its n; fewer than five dossiers are not shown (a small cell names somebody), and
nobody is named at all. Completions pressed in bulk are left out of the measures of a step, with
their count. What each figure means exactly: docs/reference/measures.md. Not for scores or cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby

from engine.law.authority import Actor
from engine.law.deadlines import due
from engine.timing.clocks import FiveClocks, TwoViews, dossier_clocks, step_clocks
from engine.timing.events import StepEvent, from_record
from engine.timing.measures import Measure, measure
from engine.timing.patterns import (
    Execution,
    Handover,
    Rework,
    Saving,
    handovers,
    mass_cleanups,
    ping_pong,
    rework,
    savings,
    variants,
)
from engine.timing.survival import Lasted, survival
from workflows.catalogue import Version
from workflows.office import Office
from workflows.reviewing import Scope, as_of, wanted
from workflows.store import UnitOfWork
from workflows.store.timings import Executed, Fate

SMALLEST = 5  # dossiers: fewer are not shown
MOST_VARIANTS = 10
NOTHING = Measure(n=0, median=None, p90=None, mean=None)
NAMES = (*(f.name for f in fields(FiveClocks)), "waiting", "agency")
HALF = Fraction(1, 2)


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """What counts as a mass clean-up: so many completions by one person within so short a time."""

    at_least: int = 20
    within: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class StepFigures:
    """One element of the diagram; seconds; `wall` and `office` have a measure by clock.

    `n` completed executions are measured, `left_out` were pressed in bulk. `hidden`: fewer than
    five dossiers, so nothing but counts of the whole is said. Shares are None where hidden.
    """

    element: str
    name: str
    n: int
    dossiers: int
    open: int
    withdrawn: int
    left_out: int
    hidden: bool
    wall: Mapping[str, Measure]
    office: Mapping[str, Measure]
    share_of_lead: float | None
    share_of_limit: float | None
    rework: Rework | None


@dataclass(frozen=True, kw_only=True)
class Review:
    """Where the time of some dossiers went; all seconds.

    `lead` is of finished ones only, `median_with_open` counts open ones as lasting at least so
    long, None where fewer than half are seen to finish. `other_variants` are dossiers on ways
    fewer than five went.
    """

    code: str
    name: str
    scope: Scope
    dossiers: int
    finished: int
    hidden: bool
    wall: FiveClocks
    office: FiveClocks
    elapsed: int
    grounds: Mapping[str, int]
    lead: Measure
    median_with_open: float | None
    steps: tuple[StepFigures, ...]
    left_out: int
    handovers: tuple[Handover, ...]
    ping_pong: int
    variants: tuple[tuple[tuple[str, ...], int], ...]
    other_variants: int
    savings: tuple[Saving, ...]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One step of two reviews; seconds of waiting and working (working time), None where hidden."""

    element: str
    name: str
    left: StepFigures | None
    right: StepFigures | None

    def change(self, clock: str) -> float | None:
        """Return by how many seconds the median on a clock grew, None where one is not known."""
        if self.left is None or self.right is None:
            return None
        before = self.left.office.get(clock, NOTHING).median
        after = self.right.office.get(clock, NOTHING).median
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class _Run:
    """One execution with its clocks; `execution` is there once it was completed."""

    row: Executed
    views: TwoViews
    execution: Execution | None


@dataclass(frozen=True)
class _Life:
    """One dossier with its clocks and runs; `allowed` are the office seconds of its limit."""

    fate: Fate
    views: TwoViews
    elapsed: int
    finished: bool
    allowed: int | None
    runs: tuple[_Run, ...]

    @property
    def case(self) -> list[Execution]:
        done = [r.execution for r in self.runs if r.execution is not None]
        return sorted(done, key=lambda e: (e.closed_at, e.element))


def review(office: Office, actor: Actor, scope: Scope, bulk: Bulk | None = None) -> Review:
    """Return where the time of the dossiers of a procedure went.

    Raises Forbidden, NotFound for an unknown code or agency, InvalidInput for days the wrong way.
    """
    asked = wanted(office, actor, scope)
    version = (
        office.catalogue.at(scope.digest) if scope.digest else office.catalogue.latest(scope.code)
    )
    now = as_of(office, Scope())

    def look(uow: UnitOfWork) -> list[_Life]:
        timings = uow.timings
        fates = {f.id: f for f in timings.fates(asked)}
        runs = groupby(timings.executed(asked), key=lambda r: r.dossier_id)
        return [_life(office, fates[d], list(own), now) for d, own in runs if d in fates]

    return _review(version, scope, office.store.read(look), bulk or Bulk())


def side_by_side(left: Review, right: Review) -> tuple[Beside, ...]:
    """Return the steps of two reviews next to each other, in the order of the right one."""
    before = {s.element: s for s in left.steps}
    after = {s.element: s for s in right.steps}
    elements = [*after, *(e for e in before if e not in after)]
    return tuple(
        Beside(
            element=e,
            name=(after.get(e) or before[e]).name,
            left=before.get(e),
            right=after.get(e),
        )
        for e in elements
    )


def _life(office: Office, fate: Fate, rows: Sequence[Executed], now: datetime) -> _Life:
    calendar = office.catalogue.calendar(fate.competent_agency)
    finished = fate.resolved_at or fate.ended_at
    ends = finished or max(now, fate.received_at)
    marks = [_events(row) for row in rows]
    views = dossier_clocks(
        marks,
        calendar,
        clocks={row.element: row.clock for row in rows},
        begins=fate.received_at,
        ends=ends,
    )
    pairs = zip(rows, marks, strict=True)
    return _Life(
        fate=fate,
        views=views,
        elapsed=int(ends.timestamp()) - int(fate.received_at.timestamp()),
        finished=finished is not None,
        allowed=_allowed(office, fate),
        runs=tuple(_run(office, fate, row, events, now) for row, events in pairs),
    )


def _allowed(office: Office, fate: Fate) -> int | None:
    """Return the office seconds promised at reception; a chain has no single limit."""
    procedure = office.catalogue.at(fate.digest).procedure
    if procedure.legs:
        return None
    calendar = office.catalogue.calendar(fate.competent_agency)
    promised = due(procedure.time_limit, procedure, fate.received_at, fate.channel, [], calendar)
    if promised.due_at is None:
        return None
    return calendar.working_seconds(fate.received_at, promised.due_at) or None


def _events(row: Executed) -> list[StepEvent]:
    return [e for e in map(from_record, row.marks) if isinstance(e, StepEvent)]


def _run(
    office: Office, fate: Fate, row: Executed, events: Sequence[StepEvent], now: datetime
) -> _Run:
    agency = row.agency or fate.competent_agency
    calendar = office.catalogue.calendar(agency)
    views = step_clocks(events, calendar, clock=row.clock, until=max(now, events[-1].at))
    done = row.closed_at is not None and row.state != "withdrawn"
    if row.closed_at is None or not done:
        return _Run(row, views, None)
    execution = Execution(
        element=row.element,
        agency=agency,
        actor=row.closed_by,
        closed_at=row.closed_at,
        waiting=views.office.waiting,
        working=views.office.working,
    )
    return _Run(row, views, execution)


def _review(version: Version, scope: Scope, lives: Sequence[_Life], bulk: Bulk) -> Review:
    hidden = len(lives) < SMALLEST
    shown = () if hidden else lives
    cases = [life.case for life in shown]
    swept = _swept(shown, bulk)
    curve = survival(Lasted(seconds=life.elapsed, finished=life.finished) for life in shown)
    ways = variants(cases)
    steps = _steps(version, shown, swept, rework(cases))
    known = {s.element for s in steps if not s.hidden}
    return Review(
        code=version.procedure.code,
        name=version.procedure.name,
        scope=scope,
        dossiers=len(lives),
        finished=sum(life.finished for life in lives),
        hidden=hidden,
        wall=sum((life.views.wall for life in shown), FiveClocks()),
        office=sum((life.views.office for life in shown), FiveClocks()),
        elapsed=sum(life.elapsed for life in shown),
        grounds=_grounds(shown),
        lead=_hiding(life.elapsed for life in shown if life.finished),
        median_with_open=curve.quantile(HALF),
        steps=steps,
        left_out=sum(s.left_out for s in steps),
        handovers=tuple(h for h in handovers(cases) if h.cases >= SMALLEST),
        ping_pong=sum(ping_pong(case) for case in cases),
        variants=tuple(w for w in ways if w[1] >= SMALLEST)[:MOST_VARIANTS],
        other_variants=sum(n for _, n in ways if n < SMALLEST),
        savings=tuple(s for s in savings(_waits(shown, swept)) if s.element in known),
    )


def _hiding(values: Iterable[float]) -> Measure:
    """Return the measure of a sample of dossiers, nothing of one that is too small to show."""
    found = measure(values)
    return found if found.n >= SMALLEST else NOTHING


def _swept(lives: Iterable[_Life], bulk: Bulk) -> frozenset[tuple[str, datetime]]:
    done = [e for life in lives for e in life.case if e.actor not in ("", "system")]
    return mass_cleanups(done, at_least=bulk.at_least, within=bulk.within)


def _grounds(lives: Iterable[_Life]) -> dict[str, int]:
    """Return the wall seconds of each ground that enough dossiers stood for."""
    found: Counter[str] = Counter()
    dossiers: Counter[str] = Counter()
    for life in lives:
        found.update(life.views.grounds)
        dossiers.update(life.views.grounds.keys())
    return {g: n for g, n in sorted(found.items()) if dossiers[g] >= SMALLEST}


def _is_swept(run: _Run, swept: frozenset[tuple[str, datetime]]) -> bool:
    e = run.execution
    return e is not None and (e.actor, e.closed_at) in swept


def _runs(lives: Iterable[_Life]) -> Iterator[tuple[_Life, _Run]]:
    return ((life, run) for life in lives for run in life.runs)


def _steps(
    version: Version,
    lives: Sequence[_Life],
    swept: frozenset[tuple[str, datetime]],
    repeated: Iterable[Rework],
) -> tuple[StepFigures, ...]:
    by_element: dict[str, list[tuple[_Life, _Run]]] = {}
    for life, run in _runs(lives):
        by_element.setdefault(run.row.element, []).append((life, run))
    again = {r.element: r for r in repeated}
    lead = sum(life.elapsed for life in lives)
    laws = version.procedure.steps
    order = [*(e for e in laws if e in by_element), *sorted(by_element.keys() - laws.keys())]
    return tuple(_step(by_element[e], swept, again.get(e), lead) for e in order)


def _step(
    runs: Sequence[tuple[_Life, _Run]],
    swept: frozenset[tuple[str, datetime]],
    again: Rework | None,
    lead: int,
) -> StepFigures:
    first = runs[0][1].row
    done = [run for _, run in runs if run.execution is not None]
    kept = [run for run in done if not _is_swept(run, swept)]
    dossiers = len({run.row.dossier_id for run in kept})
    hidden = dossiers < SMALLEST
    shown = () if hidden else kept
    total = sum(run.views.wall.total for _, run in runs)
    return StepFigures(
        element=first.element,
        name=first.name or first.element,
        n=len(kept),
        dossiers=dossiers,
        open=sum(run.row.closed_at is None for _, run in runs),
        withdrawn=sum(run.row.state == "withdrawn" for _, run in runs),
        left_out=len(done) - len(kept),
        hidden=hidden,
        wall={n: measure(getattr(r.views.wall, n) for r in shown) for n in NAMES if shown},
        office={n: measure(getattr(r.views.office, n) for r in shown) for n in NAMES if shown},
        share_of_lead=None if hidden or not lead else total / lead,
        share_of_limit=None if hidden else _of_limit(runs, swept),
        rework=None if hidden else again,
    )


def _of_limit(
    runs: Iterable[tuple[_Life, _Run]], swept: frozenset[tuple[str, datetime]]
) -> float | None:
    """Return the agency's office seconds of a step by the limit of its dossiers, all together."""
    used, allowed = 0, {}
    for life, run in runs:
        if life.allowed is None or run.execution is None or _is_swept(run, swept):
            continue
        used += run.views.office.agency
        allowed[life.fate.id] = life.allowed
    return used / sum(allowed.values()) if allowed else None


def _waits(
    lives: Iterable[_Life], swept: frozenset[tuple[str, datetime]]
) -> dict[str, dict[str, list[int]]]:
    found: dict[str, dict[str, list[int]]] = {}
    for _, run in _runs(lives):
        e = run.execution
        if e is not None and not _is_swept(run, swept):
            found.setdefault(e.element, {}).setdefault(e.agency, []).append(e.waiting)
    return found
