"""Measuring (đo thời gian): where the time of a procedure's dossiers went, on five clocks.

Every figure says its n; cells of few dossiers are not shown (a small cell names somebody), and
nobody is named at all. Completions pressed in bulk are left out of the measures of a step, with
their count. What each figure means exactly: `engine.timing.definitions`. Not for scores or cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from engine.law.authority import Actor
from engine.law.timeliness import Timeliness
from engine.law.working_time import ZONE
from engine.timing.clocks import FiveClocks
from engine.timing.measures import Measure, measure
from engine.timing.patterns import (
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
from engine.timing.samples import added, both_views, seconds
from engine.timing.survival import Lasted, survival
from workflows.catalogue import Version
from workflows.errors import InvalidInput, NotFound
from workflows.office import Office
from workflows.review.gauging import NOTHING, StepFigures, Swept, step_figures
from workflows.review.scope import Scope, seen_at, wanted
from workflows.review.timelines import Life, Run, lives, short_lives

MOST_VARIANTS = 10
HALF = Fraction(1, 2)


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """What counts as a mass clean-up: so many completions by one person within so short a time."""

    at_least: int
    within: timedelta


@dataclass(frozen=True, kw_only=True)
class Conformance:
    """Dossiers by how they stand to their due date: by the control sheet, see the definition."""

    early: int = 0
    on_time: int = 0
    late: int = 0
    open_in_time: int = 0
    open_late: int = 0

    @property
    def finished(self) -> int:
        """Return how many are finished."""
        return self.early + self.on_time + self.late


@dataclass(frozen=True, kw_only=True)
class FlowCount:
    """A sequence flow that dossiers went: how often, and how often to do a step again."""

    flow: str
    count: int
    again: int


@dataclass(frozen=True, kw_only=True)
class Review:
    """Where the time of some dossiers went; all seconds.

    `lead` is of finished ones only, `median_with_open` counts open ones as lasting at least so
    long, None where fewer than half are seen to finish. `limit_used` is the agency's working time
    of a finished dossier by the time promised. `other_variants` are dossiers on ways few went.
    """

    code: str
    name: str
    scope: Scope
    at: datetime
    dossiers: int
    finished: int
    hidden: bool
    wall: FiveClocks
    office: FiveClocks
    elapsed: int
    grounds: Mapping[str, int]
    lead: Measure
    office_lead: Measure
    median_with_open: float | None
    limit_used: Measure
    conformance: Conformance
    steps: tuple[StepFigures, ...]
    left_out: int
    flows: tuple[FlowCount, ...]
    handovers: tuple[Handover, ...]
    ping_pong: int
    variants: tuple[tuple[tuple[str, ...], int], ...]
    other_variants: int
    savings: tuple[Saving, ...]
    versions: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """One procedure, or one unit, in a line: see `Review` for what the numbers are."""

    key: str
    dossiers: int
    finished: int
    hidden: bool
    lead: Measure
    waiting_share: float | None
    limit_used: Measure
    conformance: Conformance


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


BY: Mapping[str, Callable[[Life, Run], str]] = {
    "agency": lambda _, run: run.agency,
    "role": lambda _, run: run.row.role,
    "channel": lambda life, _: life.fate.channel,
    "version": lambda life, _: life.fate.digest,
    "month": lambda life, _: life.fate.received_at.astimezone(ZONE).strftime("%Y-%m"),
}


def review(office: Office, actor: Actor, scope: Scope, bulk: Bulk | None = None) -> Review:
    """Return where the time of the dossiers of a procedure went.

    Raises Forbidden, NotFound for an unknown code or agency, InvalidInput for days the wrong way.
    """
    asked, at = wanted(office, actor, scope), seen_at(office, scope)
    found = office.store.read(lambda uow: lives(uow, office, asked, at))
    return _review(office, scope, found, bulk or _bulk(office), at)


def overview(
    office: Office, actor: Actor, scope: Scope, by: str = "procedure"
) -> tuple[Overview, ...]:
    """Return a line per procedure or per settling `agency`, in one statement, by their codes.

    Raises what `review` does.
    """
    asked, at = wanted(office, actor, scope), seen_at(office, scope)
    groups: dict[str, list[Life]] = {}
    for life in office.store.read(lambda uow: short_lives(uow, office, asked, at)):
        fate = life.fate
        key = fate.procedure if by == "procedure" else fate.competent_agency
        groups.setdefault(key, []).append(life)
    smallest = office.catalogue.yardsticks.smallest
    return tuple(_overview(key, groups[key], smallest) for key in sorted(groups))


def breakdown(
    office: Office, actor: Actor, scope: Scope, element: str, by: str
) -> tuple[StepFigures, ...]:
    """Return the figures of one step by agency, role, channel, version or month of reception.

    The `element` of each figure is the value it is for. Raises InvalidInput for another `by`,
    NotFound for a step no version of the procedure has, and what `review` does.
    """
    if by not in BY:
        raise InvalidInput("by", f"hãy chọn một trong: {', '.join(BY)}")
    asked, at = wanted(office, actor, scope), seen_at(office, scope)
    found = office.store.read(lambda uow: lives(uow, office, asked, at))
    drawn = any(element in v.definition.elements for v in office.catalogue.versions_of(scope.code))
    if not drawn and not any(run.row.element == element for life in found for run in life.runs):
        raise NotFound("bước", element)
    yard, swept = office.catalogue.yardsticks, _swept(found, _bulk(office))
    groups: dict[str, list[tuple[Life, Run]]] = {}
    for life in found:
        for run in life.runs:
            if run.row.element == element:
                groups.setdefault(BY[by](life, run), []).append((life, run))
    lead = sum(life.elapsed for life in found)
    return tuple(
        step_figures(key, groups[key], swept=swept, lead=lead, smallest=yard.smallest)
        for key in sorted(groups)
    )


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


def _bulk(office: Office) -> Bulk:
    yard = office.catalogue.yardsticks
    return Bulk(at_least=yard.bulk_at_least, within=yard.bulk_within)


def _review(
    office: Office, scope: Scope, found: Sequence[Life], bulk: Bulk, at: datetime
) -> Review:
    catalogue, smallest = office.catalogue, office.catalogue.yardsticks.smallest
    version = catalogue.at(scope.digest) if scope.digest else catalogue.latest(scope.code)
    hidden = len(found) < smallest
    shown = () if hidden else found
    cases = [life.case for life in shown]
    swept = _swept(shown, bulk)
    curve = survival(Lasted(seconds=life.elapsed, finished=life.finished) for life in shown)
    ways = variants(cases)
    steps = _steps(version, shown, swept, {r.element: r for r in rework(cases)}, smallest)
    known = {s.element for s in steps if not s.hidden}
    views = both_views(added(life.spent for life in shown))
    done = [life for life in shown if life.finished]
    return Review(
        code=version.procedure.code,
        name=version.procedure.name,
        scope=scope,
        at=at,
        dossiers=len(found),
        finished=sum(life.finished for life in found),
        hidden=hidden,
        wall=views.wall,
        office=views.office,
        elapsed=sum(life.elapsed for life in shown),
        grounds=_grounds(shown, smallest),
        lead=_hiding((life.elapsed for life in done), smallest),
        office_lead=_hiding((seconds(life.spent, "total") for life in done), smallest),
        median_with_open=curve.quantile(HALF),
        limit_used=_limit_used(done, smallest),
        conformance=_conformance(shown),
        steps=steps,
        left_out=sum(s.left_out for s in steps),
        flows=_flows(shown, smallest),
        handovers=tuple(h for h in handovers(cases) if h.cases >= smallest),
        ping_pong=sum(ping_pong(case) for case in cases),
        variants=tuple(w for w in ways if w[1] >= smallest)[:MOST_VARIANTS],
        other_variants=sum(n for _, n in ways if n < smallest),
        savings=tuple(s for s in savings(_waits(shown, swept)) if s.element in known),
        versions=dict(Counter(life.fate.digest for life in shown)),
    )


def _overview(key: str, found: Sequence[Life], smallest: int) -> Overview:
    hidden = len(found) < smallest
    shown = () if hidden else found
    done = [life for life in shown if life.finished]
    spent = added(life.spent for life in done)
    total = seconds(spent, "total")
    return Overview(
        key=key,
        dossiers=len(found),
        finished=sum(life.finished for life in found),
        hidden=hidden,
        lead=_hiding((seconds(life.spent, "total") for life in done), smallest),
        waiting_share=seconds(spent, "waiting") / total
        if len(done) >= smallest and total
        else None,
        limit_used=_limit_used(done, smallest),
        conformance=_conformance(shown),
    )


def _conformance(found: Iterable[Life]) -> Conformance:
    counted = Counter((life.stands, life.finished) for life in found)
    return Conformance(
        early=counted[Timeliness.EARLY, True],
        on_time=counted[Timeliness.ON_TIME, True],
        late=counted[Timeliness.OVERDUE, True],
        open_in_time=counted[Timeliness.OPEN, False],
        open_late=counted[Timeliness.OVERDUE, False],
    )


def _limit_used(done: Iterable[Life], smallest: int) -> Measure:
    shares = (seconds(d.spent, "agency") / d.allowed for d in done if d.allowed)
    return _hiding(shares, smallest)


def _hiding(values: Iterable[float], smallest: int) -> Measure:
    """Return the measure of a sample of dossiers, nothing of one that is too small to show."""
    found = measure(values)
    return found if found.n >= smallest else NOTHING


def _swept(found: Iterable[Life], bulk: Bulk) -> Swept:
    done = [e for life in found for e in life.case if e.actor not in ("", "system")]
    return mass_cleanups(done, at_least=bulk.at_least, within=bulk.within)


def _grounds(found: Iterable[Life], smallest: int) -> dict[str, int]:
    """Return the wall seconds of each ground that enough dossiers stood for."""
    summed: Counter[str] = Counter()
    dossiers: Counter[str] = Counter()
    for life in found:
        summed.update(life.grounds)
        dossiers.update(life.grounds.keys())
    return {g: n for g, n in sorted(summed.items()) if dossiers[g] >= smallest}


def _flows(found: Iterable[Life], smallest: int) -> tuple[FlowCount, ...]:
    """Return the flows enough dossiers went, and how often that was to do a step again."""
    count: Counter[str] = Counter()
    again: Counter[str] = Counter()
    dossiers: Counter[str] = Counter()
    for life in found:
        seen: set[str] = set()
        flows: set[str] = set()
        for run in life.runs:
            if run.row.flow:
                count[run.row.flow] += 1
                again[run.row.flow] += run.row.element in seen
                flows.add(run.row.flow)
            seen.add(run.row.element)
        dossiers.update(flows)
    return tuple(
        FlowCount(flow=f, count=count[f], again=again[f])
        for f in sorted(count)
        if dossiers[f] >= smallest
    )


def _steps(
    version: Version,
    found: Sequence[Life],
    swept: Swept,
    again: Mapping[str, Rework],
    smallest: int,
) -> tuple[StepFigures, ...]:
    groups: dict[str, list[tuple[Life, Run]]] = {}
    for life in found:
        for run in life.runs:
            groups.setdefault(run.row.element, []).append((life, run))
    lead = sum(life.elapsed for life in found)
    laws = version.procedure.steps
    order = [*(e for e in laws if e in groups), *sorted(groups.keys() - laws.keys())]
    return tuple(
        step_figures(e, groups[e], swept=swept, lead=lead, smallest=smallest, again=again.get(e))
        for e in order
    )


def _waits(found: Iterable[Life], swept: Swept) -> dict[str, dict[str, list[int]]]:
    waits: dict[str, dict[str, list[int]]] = {}
    for life in found:
        for e in life.case:
            if (e.actor, e.closed_at) not in swept:
                waits.setdefault(e.element, {}).setdefault(e.agency, []).append(e.waiting)
    return waits
