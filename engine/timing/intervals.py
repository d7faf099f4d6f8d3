"""Intervals: the events of a step folded into clocks that sum to the elapsed time exactly.

Waiting (chờ) is from enabled to started, working (làm) from started to done, paused by whoever
holds the clock. A step on somebody else's clock (the applicant's, another agency's) is paused for
all its life. Not for percentiles: see `measures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from engine.timing.events import (
    Clock,
    StepAssigned,
    StepCompleted,
    StepEnabled,
    StepEvent,
    StepResumed,
    StepStarted,
    StepSuspended,
    StepWithdrawn,
)

WAITING, WORKING = "waiting", "working"


class OfficeTime(Protocol):
    """What is needed of a working calendar."""

    def working_seconds(self, start: datetime, end: datetime) -> int:
        """Return the open seconds between two moments."""
        ...


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """Seconds by what they were spent on; `paused` is by the party that held the clock."""

    waiting: float = 0.0
    working: float = 0.0
    paused: dict[str, float] = field(default_factory=dict)

    @property
    def paused_total(self) -> float:
        """Return the seconds paused, whoever held the clock."""
        return sum(self.paused.values())

    @property
    def total(self) -> float:
        """Return all seconds: what elapsed between enabled and closed."""
        return self.waiting + self.working + self.paused_total


@dataclass(frozen=True, kw_only=True)
class Interval:
    """One execution of one step: its stamps, and its clocks on the wall and in office hours.

    `closed_at` is None and the clocks run to the moment asked for while the step is open.
    Closed hours are the difference between the two totals.
    """

    step: str
    element: str
    enabled_at: datetime
    assigned_at: datetime | None
    started_at: datetime | None
    closed_at: datetime | None
    withdrawn: bool
    wall: Clocks
    office: Clocks

    @property
    def closed_hours(self) -> float:
        """Return the seconds in which the office was closed."""
        return self.wall.total - self.office.total


def interval_of(
    events: Sequence[StepEvent],
    calendar: OfficeTime,
    *,
    clock: str = Clock.AGENCY,
    until: datetime | None = None,
) -> Interval:
    """Return the interval of one step from its events, in order, beginning with StepEnabled.

    `clock` is whose time the step runs on by the procedure. An open step needs `until`. Raises
    ValueError when the first event is not StepEnabled or an open step has no `until`.
    """
    first, last = events[0], events[-1]
    if not isinstance(first, StepEnabled):
        raise ValueError("an interval begins with StepEnabled")  # noqa: TRY004 - a wrong order
    closed = isinstance(last, StepCompleted | StepWithdrawn)
    end = last.at if closed else until
    if end is None:
        raise ValueError("an open step is measured until a moment")
    stretches = list(_stretches(events, clock, end))
    return Interval(
        step=first.step,
        element=first.element,
        enabled_at=first.at,
        assigned_at=_first(events, StepAssigned),
        started_at=_first(events, StepStarted),
        closed_at=end if closed else None,
        withdrawn=isinstance(last, StepWithdrawn),
        wall=_sum((kind, (b - a).total_seconds()) for kind, a, b in stretches),
        office=_sum((kind, float(calendar.working_seconds(a, b))) for kind, a, b in stretches),
    )


def _first(events: Iterable[StepEvent], kind: type[StepEvent]) -> datetime | None:
    return next((e.at for e in events if isinstance(e, kind)), None)


def _stretches(
    events: Sequence[StepEvent], clock: str, end: datetime
) -> Iterable[tuple[str, datetime, datetime]]:
    """Yield (what, from, to): each stretch ends where the next event changes what is going on."""
    base, paused = WAITING if clock == Clock.AGENCY else clock, ""
    doing, since = base, events[0].at
    for event in events[1:]:
        base = _base_after(event, base)
        if isinstance(event, StepSuspended):
            paused = str(event.clock)
        elif isinstance(event, StepResumed):
            paused = ""
        following = paused or base  # who takes or gives back a step does not end its pause
        if following != doing:
            yield doing, since, event.at
            doing, since = following, event.at
    yield doing, since, end


def _base_after(event: StepEvent, base: str) -> str:
    """Return what goes on, were the step not paused."""
    if isinstance(event, StepStarted) and base == WAITING:
        return WORKING
    if isinstance(event, StepAssigned) and not event.assignee and base == WORKING:
        return WAITING
    return base


def _sum(stretches: Iterable[tuple[str, float]]) -> Clocks:
    waiting = working = 0.0
    paused: dict[str, float] = {}
    for kind, seconds in stretches:
        if kind == WAITING:
            waiting += seconds
        elif kind == WORKING:
            working += seconds
        else:
            paused[kind] = paused.get(kind, 0.0) + seconds
    return Clocks(waiting=waiting, working=working, paused=paused)


def fold(
    events: Iterable[StepEvent],
    calendar: OfficeTime,
    *,
    clocks: dict[str, str] | None = None,
    until: datetime,
) -> tuple[Interval, ...]:
    """Return the intervals of all steps of a dossier, in the order they were enabled.

    `clocks` names whose time an element runs on; elements not named are the agency's.
    """
    by_step: dict[str, list[StepEvent]] = {}
    for event in events:
        by_step.setdefault(event.step, []).append(event)
    return tuple(
        interval_of(
            found,
            calendar,
            clock=(clocks or {}).get(found[0].element, Clock.AGENCY),
            until=max(until, found[-1].at),
        )
        for found in by_step.values()
    )
