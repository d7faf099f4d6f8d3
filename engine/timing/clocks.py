"""The five clocks (năm đồng hồ) of a step and of a dossier: where every second went, none twice.

Waiting (nobody has it; or somebody has it and has not opened it), working, the applicant, another
agency, and closed hours with force majeure. On the wall they sum to what elapsed, to the second;
in working time they sum to the open seconds that elapsed, and closed hours are nothing. Several
steps may be open at once: the dossier's time then belongs to whoever keeps it from being done
sooner in this order: work, wait, another agency, the applicant. Not for percentiles: `measures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

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
from engine.timing.intervals import OfficeTime


class Doing(StrEnum):
    """What one step is spending its time on."""

    WORKING = "working"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    OTHER_AGENCY = "other_agency"
    APPLICANT = "applicant"
    FORCE_MAJEURE = "force_majeure"


ORDER = tuple(Doing)
OF_THE_AGENCY = frozenset({Doing.WORKING, Doing.ASSIGNED, Doing.UNASSIGNED})
_OF_CLOCK = {
    Clock.AGENCY: Doing.UNASSIGNED,
    Clock.APPLICANT: Doing.APPLICANT,
    Clock.OTHER_AGENCY: Doing.OTHER_AGENCY,
    Clock.FORCE_MAJEURE: Doing.FORCE_MAJEURE,
}


@dataclass(frozen=True, kw_only=True)
class FiveClocks:
    """Whole seconds by what they went to; `closed` are the agency's while its office was shut."""

    unassigned: int = 0
    assigned: int = 0
    working: int = 0
    applicant: int = 0
    other_agency: int = 0
    force_majeure: int = 0
    closed: int = 0

    @property
    def waiting(self) -> int:
        """Return the seconds in which work could have been done and was not."""
        return self.unassigned + self.assigned

    @property
    def agency(self) -> int:
        """Return the seconds on the agency's clock: waiting and working."""
        return self.waiting + self.working

    @property
    def still(self) -> int:
        """Return the seconds that are nobody's: closed hours and force majeure."""
        return self.closed + self.force_majeure

    @property
    def total(self) -> int:
        """Return all seconds."""
        return sum(getattr(self, f.name) for f in fields(self))

    def __add__(self, other: FiveClocks) -> FiveClocks:
        """Return both together, clock by clock."""
        names = [f.name for f in fields(self)]
        return FiveClocks(**{n: getattr(self, n) + getattr(other, n) for n in names})


OURS = ("unassigned", "assigned", "working")  # open seconds: the same on both views
PAUSES = ("applicant", "other_agency", "force_majeure")


@dataclass(frozen=True, kw_only=True)
class TwoViews:
    """The same time on the wall and in working time, and the grounds of its pauses (wall)."""

    wall: FiveClocks
    office: FiveClocks
    grounds: Mapping[str, int]

    def kept(self) -> dict[str, int]:
        """Return the ten numbers both views can be made of again: as a projection keeps them."""
        ours = {n: getattr(self.office, n) for n in OURS}
        pauses = {n: getattr(self.wall, n) for n in PAUSES}
        open_pauses = {f"{n}_office": getattr(self.office, n) for n in PAUSES}
        return {**ours, "closed": self.wall.closed, **pauses, **open_pauses}


KEPT = (*OURS, "closed", *PAUSES, *(f"{n}_office" for n in PAUSES))


def views_of(kept: Mapping[str, int], grounds: Mapping[str, int] | None = None) -> TwoViews:
    """Return both views from the ten numbers of `kept`."""
    ours = {n: kept[n] for n in OURS}
    return TwoViews(
        wall=FiveClocks(**ours, closed=kept["closed"], **{n: kept[n] for n in PAUSES}),
        office=FiveClocks(**ours, **{n: kept[f"{n}_office"] for n in PAUSES}),
        grounds=grounds or {},
    )


@dataclass(frozen=True)
class Stretch:
    """From one moment to another a step did one thing; `ground` says why it stood."""

    doing: Doing
    begins: datetime
    ends: datetime
    ground: str = ""


def step_clocks(
    events: Sequence[StepEvent],
    calendar: OfficeTime,
    *,
    clock: str = Clock.AGENCY,
    until: datetime | None = None,
) -> TwoViews:
    """Return the clocks of one step from its events, in order, from StepEnabled on.

    `clock` is whose time the step runs on by the procedure; an open step needs `until`. Raises
    ValueError when the first event is not StepEnabled or an open step has no `until`.
    """
    return _booked(stretches_of(events, clock=clock, until=until), calendar)


def dossier_clocks(
    steps: Iterable[Sequence[StepEvent]],
    calendar: OfficeTime,
    *,
    clocks: Mapping[str, str],
    begins: datetime,
    ends: datetime,
) -> TwoViews:
    """Return the clocks of a dossier between two moments from the events of each of its steps.

    `clocks` names whose time an element runs on, the agency's where it is not named. What lies
    between steps is waiting. Raises what `step_clocks` does.
    """
    found = [
        stretch
        for events in steps
        for stretch in stretches_of(
            events, clock=clocks.get(events[0].element, Clock.AGENCY), until=ends
        )
    ]
    return _booked(_laid_over(found, begins, ends), calendar)


def stretches_of(
    events: Sequence[StepEvent], *, clock: str, until: datetime | None
) -> list[Stretch]:
    """Return what a step did, one stretch after the other, without gaps; raises ValueError."""
    first, last = events[0], events[-1]
    if not isinstance(first, StepEnabled):
        raise ValueError("a step begins with StepEnabled")  # noqa: TRY004 - a wrong order
    ends = last.at if isinstance(last, StepCompleted | StepWithdrawn) else until
    if ends is None:
        raise ValueError("an open step is measured until a moment")
    return [s for s in _stretches(events, clock, max(ends, last.at)) if s.begins < s.ends]


def _stretches(events: Sequence[StepEvent], clock: str, ends: datetime) -> Iterator[Stretch]:
    """Yield what a step does awake, and in between the pauses with their ground."""
    awake, pause = _OF_CLOCK[Clock(clock)], None
    since, now = events[0].at, (awake, "")
    for event in events[1:]:
        awake = _awake(event, awake)
        if isinstance(event, StepSuspended):
            pause = (_OF_CLOCK[Clock(event.clock)], event.ground)
        elif isinstance(event, StepResumed):
            pause = None
        following = pause or (awake, "")
        if following != now:
            yield Stretch(now[0], since, event.at, now[1])
            since, now = event.at, following
    yield Stretch(now[0], since, ends, now[1])


def _awake(event: StepEvent, awake: Doing) -> Doing:
    """Return what the step does when it does not stand still; another's clock is never ours."""
    if awake not in OF_THE_AGENCY:
        return awake
    if isinstance(event, StepStarted):
        return Doing.WORKING
    if isinstance(event, StepAssigned):
        if not event.assignee:
            return Doing.UNASSIGNED
        return awake if awake is Doing.WORKING else Doing.ASSIGNED
    return awake


def _laid_over(found: Iterable[Stretch], begins: datetime, ends: datetime) -> Iterator[Stretch]:
    """Yield one thing at a time: of all that goes on at once, the first in the order."""
    inside = [s for s in found if s.begins < ends and s.ends > begins]
    marks = {begins, ends}
    for stretch in inside:
        marks |= {max(stretch.begins, begins), min(stretch.ends, ends)}
    opening = sorted(inside, key=lambda s: s.begins, reverse=True)
    going: list[Stretch] = []
    for start, stop in pairwise(sorted(marks)):
        while opening and opening[-1].begins <= start:
            going.append(opening.pop())
        going = [s for s in going if s.ends > start]
        first = min(going, key=lambda s: ORDER.index(s.doing), default=None)
        if first is None:
            yield Stretch(Doing.UNASSIGNED, start, stop)
        else:
            yield Stretch(first.doing, start, stop, first.ground)


def _booked(stretches: Iterable[Stretch], calendar: OfficeTime) -> TwoViews:
    wall = dict.fromkeys((f.name for f in fields(FiveClocks)), 0)
    office = dict(wall)
    grounds: dict[str, int] = {}
    for stretch in stretches:
        elapsed = _whole(stretch.ends) - _whole(stretch.begins)
        opened = calendar.working_seconds(stretch.begins, stretch.ends)
        office[stretch.doing.value] += opened
        if stretch.doing in OF_THE_AGENCY:
            wall[stretch.doing.value] += opened
            wall["closed"] += elapsed - opened
        else:
            wall[stretch.doing.value] += elapsed
        if stretch.ground:
            grounds[stretch.ground] = grounds.get(stretch.ground, 0) + elapsed
    return TwoViews(wall=FiveClocks(**wall), office=FiveClocks(**office), grounds=grounds)


def _whole(moment: datetime) -> int:
    """Return a moment in whole seconds: differences of these add up, whatever lies between."""
    return int(moment.timestamp())
