"""The clocks of a step sum to the elapsed time exactly; measures are worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.timing.events import (
    KINDS,
    Clock,
    StepAssigned,
    StepCompleted,
    StepEnabled,
    StepEvent,
    StepResumed,
    StepStarted,
    StepSuspended,
    StepWithdrawn,
    from_record,
)
from engine.timing.intervals import fold, interval_of
from engine.timing.measures import measure, step_measures
from tests.engine.law.calendars import OFFICE

BASE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 08:00 in Viet Nam
NAMED: dict[str, Any] = {"step": "t1", "element": "check"}


def at(minutes: float) -> datetime:
    """Return a moment so many minutes after Monday 08:00."""
    return BASE + timedelta(minutes=minutes)


def enabled(minutes: float, step: str = "t1", element: str = "check") -> StepEnabled:
    """Return the opening of a step."""
    return StepEnabled(at=at(minutes), step=step, element=element, element_kind="userTask")


def test_a_step_waits_then_is_worked_on() -> None:
    events = [
        enabled(0),
        StepAssigned(at=at(30), assignee="a", **NAMED),
        StepStarted(at=at(40), **NAMED),
        StepSuspended(at=at(60), clock=Clock.APPLICANT, ground="bổ sung", **NAMED),
        StepResumed(at=at(90), **NAMED),
        StepCompleted(at=at(100), **NAMED),
    ]
    found = interval_of(events, OFFICE)
    assert found.wall.waiting == 40 * 60
    assert found.wall.working == 30 * 60  # 20 before, 10 after
    assert found.wall.paused == {"applicant": 30 * 60}
    assert found.wall.total == 100 * 60
    assert (found.assigned_at, found.started_at) == (at(30), at(40))
    assert found.closed_hours == 0


def test_who_takes_or_gives_back_a_paused_step_does_not_end_its_pause() -> None:
    storm = StepSuspended(at=at(10), clock=Clock.FORCE_MAJEURE, ground="bão", **NAMED)
    taken = [
        enabled(0),
        storm,
        StepAssigned(at=at(20), assignee="a", **NAMED),
        StepStarted(at=at(20), **NAMED),
        StepResumed(at=at(60), **NAMED),
        StepCompleted(at=at(75), **NAMED),
    ]
    found = interval_of(taken, OFFICE).wall
    assert (found.waiting, found.working) == (10 * 60, 15 * 60)
    assert found.paused == {"force_majeure": 50 * 60}
    given_back = [
        enabled(0),
        StepStarted(at=at(5), **NAMED),
        storm,
        StepAssigned(at=at(20), **NAMED),
        StepResumed(at=at(60), **NAMED),
        StepCompleted(at=at(75), **NAMED),
    ]
    found = interval_of(given_back, OFFICE).wall
    assert (found.waiting, found.working) == (20 * 60, 5 * 60)
    assert found.paused == {"force_majeure": 50 * 60}


def test_a_released_step_waits_again() -> None:
    events = [
        enabled(0),
        StepStarted(at=at(10), **NAMED),
        StepAssigned(at=at(20), assignee="", **NAMED),
        StepCompleted(at=at(50), **NAMED),
    ]
    found = interval_of(events, OFFICE)
    assert (found.wall.waiting, found.wall.working) == (40 * 60, 10 * 60)


def test_a_step_on_another_clock_is_paused_all_its_life() -> None:
    events = [enabled(0), StepCompleted(at=at(24 * 60), **NAMED)]
    found = interval_of(events, OFFICE, clock=Clock.OTHER_AGENCY)
    assert found.wall.paused == {"other_agency": 24 * 3600}
    assert found.office.paused == {"other_agency": 8 * 3600}
    assert found.closed_hours == 16 * 3600


def test_an_open_step_is_measured_until_now() -> None:
    assert interval_of([enabled(0)], OFFICE, until=at(30)).wall.waiting == 30 * 60
    with pytest.raises(ValueError, match="until"):
        interval_of([enabled(0)], OFFICE)
    with pytest.raises(ValueError, match="StepEnabled"):
        interval_of([StepCompleted(at=at(0), **NAMED)], OFFICE)


KIND = st.sampled_from(["assign", "release", "start", "suspend", "suspend_agency", "resume"])


def event_of(kind: str, moment: datetime) -> StepEvent:
    """Return an event of a random log."""
    if kind == "assign":
        return StepAssigned(at=moment, assignee="a", **NAMED)
    if kind == "release":
        return StepAssigned(at=moment, assignee="", **NAMED)
    if kind == "start":
        return StepStarted(at=moment, **NAMED)
    if kind == "resume":
        return StepResumed(at=moment, **NAMED)
    clock = Clock.AGENCY if kind == "suspend_agency" else Clock.APPLICANT
    return StepSuspended(at=moment, clock=clock, **NAMED)


@given(st.lists(st.tuples(KIND, st.integers(0, 3000)), max_size=12), st.sampled_from(list(Clock)))
def test_the_clocks_sum_to_the_elapsed_time(steps: list, clock: str) -> None:
    minute, events = 0, [enabled(0)]
    for kind, gap in steps:
        minute += gap
        events.append(event_of(kind, at(minute)))  # type: ignore[arg-type]
    events.append(StepCompleted(at=at(minute + 5), **NAMED))  # type: ignore[arg-type]
    found = interval_of(events, OFFICE, clock=clock)
    assert found.wall.total == (events[-1].at - BASE).total_seconds()
    assert found.office.total == OFFICE.working_seconds(BASE, events[-1].at)
    assert min(found.wall.waiting, found.wall.working, *found.wall.paused.values(), 0) == 0


def test_measures_say_what_they_rest_on() -> None:
    assert measure([]).n == 0
    found = measure([4, 1, 3, 2])
    # sorted 1 2 3 4; median at 1.5 → 2.5; P90 at 2.7 → 3 + 0.7
    assert (found.n, found.median, found.p90, found.mean) == (4, 2.5, 3.7, 2.5)
    assert measure([7]).p90 == 7


def test_open_and_withdrawn_steps_are_counted_apart() -> None:
    events: list[StepEvent] = [
        enabled(0, "t1"),
        enabled(0, "t2"),
        enabled(0, "t3"),
        enabled(0, "t4", "sign"),
        StepCompleted(at=at(60), step="t1", element="check"),
        StepWithdrawn(at=at(10), step="t2", element="check"),
    ]
    check, sign = step_measures(fold(events, OFFICE, clocks={"sign": "applicant"}, until=at(90)))
    assert (check.element, check.n, check.open, check.withdrawn) == ("check", 1, 1, 1)
    assert check.waiting.median == 3600
    assert (sign.n, sign.open) == (0, 1)


def test_every_event_survives_the_log() -> None:
    for event in (enabled(0), StepCompleted(at=at(1), facts={"n": [1]}, taken=("f1",), **NAMED)):
        assert from_record(event.to_record()) == event
    assert len(KINDS) == len({c.kind for c in KINDS.values()})
