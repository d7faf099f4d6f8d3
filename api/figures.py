"""Measured figures of a procedure in working minutes, as pages, API and command line show them.

Turns the seconds of `workflows.reviews` into minutes and puts steps in the order they are worked
on; measures nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.timing.measures import Measure
from workflows import reviews
from workflows.catalogue import Version
from workflows.office import Office

SECONDS = 60
CONTAINERS = frozenset({"subProcess", "transaction", "callActivity"})  # measured by what is inside


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Lengths of time in minutes: their sum, the middle one, the ninth of ten."""

    total: float
    median: float | None
    p90: float | None


@dataclass(frozen=True, kw_only=True)
class StepFigures:
    """What was measured on one step of a procedure, in working minutes."""

    element: str
    name: str
    who: str
    clock: str
    count: int
    open: int
    waiting: Spread
    working: Spread
    paused: Spread
    norm_minutes: int | None

    @property
    def total_minutes(self) -> float:
        """Return the time all executions took together."""
        return self.waiting.total + self.working.total + self.paused.total


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How the dossiers of a procedure fared; lead times in working minutes."""

    dossiers: int
    ended: int
    ended_late: int
    overdue: int
    supplemented: int
    supplement_rounds: int
    lead: Spread


def steps_of(office: Office, version: Version) -> Sequence[StepFigures]:
    """Return the measured steps of a procedure in the order of its file."""
    found = reviews.step_durations(office, version.procedure.code)
    return tuple(_figures(version, step) for step in found if step.kind not in CONTAINERS)


def summary_of(office: Office, version: Version) -> Summary:
    """Return how the dossiers of a procedure fared."""
    found = reviews.summary(office, version.procedure.code)
    return Summary(
        dossiers=found.dossiers,
        ended=found.resolved,
        ended_late=found.late,
        overdue=found.overdue,
        supplemented=found.supplemented,
        supplement_rounds=found.supplement_rounds,
        lead=_spread(found.office_lead),
    )


def _figures(version: Version, step: reviews.StepDurations) -> StepFigures:
    drawn = version.definition.elements.get(step.element)
    measured = step.measure
    return StepFigures(
        element=step.element,
        name=step.name or step.element,
        who=drawn.lane_name if drawn else "",
        clock=step.clock,
        count=measured.n,
        open=measured.open,
        waiting=_spread(measured.office_waiting),
        working=_spread(measured.office_working),
        paused=_spread(measured.office_paused),
        norm_minutes=step.norm_minutes,
    )


def _spread(measure: Measure) -> Spread:
    total = (measure.mean or 0.0) * measure.n / SECONDS
    return Spread(total=total, median=_minutes(measure.median), p90=_minutes(measure.p90))


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / SECONDS
