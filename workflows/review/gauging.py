"""Gauging (đo một bước): the figures of one step, or of one step in one unit, month or channel.

Pure; what `measuring` calls for every row of a table. Seconds; hidden where few dossiers stand
behind a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.timing.measures import Measure
from engine.timing.patterns import Rework
from engine.timing.samples import OFFICE, WALL, added, measures, seconds
from workflows.review.timelines import Life, Run

NOTHING = Measure(n=0, median=None, p90=None, mean=None)
Swept = frozenset[tuple[str, datetime]]


@dataclass(frozen=True, kw_only=True)
class StepFigures:
    """One element of the diagram; seconds; `wall` and `office` have a measure by clock.

    `n` completed executions are measured, `left_out` were pressed in bulk. `hidden`: few dossiers,
    so nothing but counts of the whole is said, and shares are None. `share_of_limit` is agency time
    by the time promised, `share_when_late` the same over late dossiers alone: who used the margin.
    """

    element: str
    name: str
    kind: str = ""
    clock: str = ""
    n: int
    dossiers: int
    open: int
    withdrawn: int
    left_out: int
    hidden: bool
    wall: Mapping[str, Measure] = field(default_factory=dict)
    office: Mapping[str, Measure] = field(default_factory=dict)
    share_of_lead: float | None = None
    share_of_limit: float | None = None
    share_when_late: float | None = None
    rework: Rework | None = None


def step_figures(
    key: str,
    runs: Sequence[tuple[Life, Run]],
    *,
    swept: Swept,
    lead: int,
    smallest: int,
    again: Rework | None = None,
) -> StepFigures:
    """Return the figures of some executions; `lead` are the wall seconds of all dossiers."""
    first = runs[0][1].row
    done = [(life, run) for life, run in runs if run.done]
    kept = [(life, run) for life, run in done if not _is_swept(run, swept)]
    dossiers = len({life.fate.id for life, _ in kept})
    counts = StepFigures(
        element=key,
        name=first.name or first.element,
        kind=first.kind,
        clock=first.clock,
        n=len(kept),
        dossiers=dossiers,
        open=sum(run.is_open for _, run in runs),
        withdrawn=sum(run.withdrawn for _, run in runs),
        left_out=len(done) - len(kept),
        hidden=dossiers < smallest,
    )
    if counts.hidden:
        return counts
    spent = [run.spent for _, run in kept]
    before = (run.spent for life, run in runs if run.row.enabled_at < life.until)
    total = seconds(added(before), "total", WALL)
    late = [(life, run) for life, run in kept if life.late]
    return replace(
        counts,
        wall=measures(spent, WALL),
        office=measures(spent, OFFICE),
        share_of_lead=total / lead if lead else None,
        share_of_limit=_of_limit(kept),
        share_when_late=_of_limit(late) if _dossiers(late) >= smallest else None,
        rework=again,
    )


def _is_swept(run: Run, swept: Swept) -> bool:
    return run.closed_at is not None and (run.row.closed_by, run.closed_at) in swept


def _dossiers(runs: Iterable[tuple[Life, Run]]) -> int:
    return len({life.fate.id for life, _ in runs})


def _of_limit(runs: Iterable[tuple[Life, Run]]) -> float | None:
    """Return the agency's working time of a step by the limit of its dossiers, all together."""
    used, allowed = 0, {}
    for life, run in runs:
        if life.allowed is not None:
            used += seconds(run.spent, "agency")
            allowed[life.fate.id] = life.allowed
    return used / sum(allowed.values()) if allowed else None
