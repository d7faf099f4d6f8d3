"""Every second of a step and of a dossier belongs to one clock, and all of them are there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.timing.clocks import FiveClocks, dossier_clocks, step_clocks
from engine.timing.events import (
    Clock,
    StepAssigned,
    StepCompleted,
    StepEnabled,
    StepEvent,
    StepResumed,
    StepStarted,
    StepSuspended,
)
from tests.engine.law.calendars import OFFICE

BASE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 08:00 in Viet Nam; 11:30 to 13:30 is shut
MINUTE, HOUR = 60, 3600


def at(minutes: float) -> datetime:
    return BASE + timedelta(minutes=minutes)


def life(step: str, element: str, *said: tuple[float, str]) -> list[StepEvent]:
    """Return the events of a step from (minute, word), a pause being `pause:<clock>:<ground>`."""
    return [event(word, at=at(minute), step=step, element=element) for minute, word in said]


def event(word: str, **named: Any) -> StepEvent:
    """Return the event a word stands for."""
    kind, _, rest = word.partition(":")
    clock, _, ground = rest.partition(":")
    more: dict[str, Any] = {
        "open": {"element_kind": "userTask"},
        "take": {"assignee": "an"},
        "pause": {"clock": clock, "ground": ground},
    }
    return KINDS_BY_WORD[kind](**named, **more.get(kind, {}))


KINDS_BY_WORD: dict[str, type[StepEvent]] = {
    "open": StepEnabled,
    "take": StepAssigned,
    "give": StepAssigned,
    "start": StepStarted,
    "pause": StepSuspended,
    "go": StepResumed,
    "done": StepCompleted,
}


def test_a_step_lies_is_taken_is_opened_and_stands():
    events = life(
        "t1",
        "check",
        (0, "open"),
        (30, "take"),
        (40, "start"),
        (60, "pause:applicant:bổ sung"),
        (90, "go"),
        (100, "done"),
    )
    found = step_clocks(events, OFFICE)
    assert found.wall == FiveClocks(
        unassigned=30 * MINUTE,
        assigned=10 * MINUTE,
        working=30 * MINUTE,  # 20 before the pause, 10 after
        applicant=30 * MINUTE,
    )
    assert found.office == found.wall
    assert found.grounds == {"bổ sung": 30 * MINUTE}


def test_closed_hours_are_the_agencys_time_while_its_office_is_shut():
    # Monday 08:00 to Tuesday 08:00: open 8 of 24 hours, in one of which nobody had it
    events = life("t1", "check", (0, "open"), (60, "take"), (60, "start"), (24 * 60, "done"))
    found = step_clocks(events, OFFICE)
    assert found.wall == FiveClocks(unassigned=HOUR, working=7 * HOUR, closed=16 * HOUR)
    assert found.office == FiveClocks(unassigned=HOUR, working=7 * HOUR)
    assert found.wall.still == 16 * HOUR


def test_the_applicant_has_the_nights_too():
    events = life("t1", "wait", (0, "open"), (24 * 60, "done"))
    found = step_clocks(events, OFFICE, clock=Clock.APPLICANT)
    assert found.wall == FiveClocks(applicant=24 * HOUR)
    assert found.office == FiveClocks(applicant=8 * HOUR)


def test_a_step_given_back_waits_for_somebody_again():
    events = life("t1", "check", (0, "open"), (5, "take"), (5, "start"), (15, "give"), (30, "done"))
    found = step_clocks(events, OFFICE).wall
    assert (found.unassigned, found.working) == (20 * MINUTE, 10 * MINUTE)


def test_an_event_during_a_pause_does_not_end_it():
    said = ((0, "open"), (10, "pause:force_majeure:bão"), (20, "take"), (50, "go"), (60, "done"))
    found = step_clocks(life("t1", "check", *said), OFFICE).wall
    assert found.force_majeure == 40 * MINUTE
    assert found.assigned == 10 * MINUTE


def test_of_parallel_steps_the_one_that_is_worked_on_has_the_time():
    asked = life("t1", "opinion", (0, "open"), (120, "done"))
    drafted = life("t2", "draft", (0, "open"), (30, "take"), (30, "start"), (60, "done"))
    found = dossier_clocks(
        [asked, drafted],
        OFFICE,
        clocks={"opinion": Clock.OTHER_AGENCY},
        begins=at(0),
        ends=at(120),
    )
    assert found.wall == FiveClocks(
        unassigned=30 * MINUTE, working=30 * MINUTE, other_agency=60 * MINUTE
    )


def test_what_lies_between_steps_is_waiting():
    steps = [
        life("t1", "a", (0, "open"), (0, "start"), (10, "done")),
        life("t2", "b", (25, "open"), (25, "start"), (40, "done")),
    ]
    found = dossier_clocks(steps, OFFICE, clocks={}, begins=at(0), ends=at(40)).wall
    assert (found.working, found.unassigned) == (25 * MINUTE, 15 * MINUTE)


def test_clocks_are_added_one_by_one():
    assert FiveClocks(working=1, closed=2) + FiveClocks(working=3) == FiveClocks(
        working=4, closed=2
    )


def test_a_life_that_does_not_begin_is_refused():
    with pytest.raises(ValueError, match="begins"):
        step_clocks(life("t1", "a", (0, "done")), OFFICE)


def test_an_open_step_needs_a_moment_to_be_measured_until():
    with pytest.raises(ValueError, match="until"):
        step_clocks(life("t1", "a", (0, "open")), OFFICE)


WORDS = ["take", "give", "start", "go", *(f"pause:{c.value}:x" for c in Clock)]
lives = st.lists(st.tuples(st.floats(0.01, 5000), st.sampled_from(WORDS)), max_size=12)


@given(lives, st.floats(0, 3000), st.sampled_from(list(Clock)))
def test_the_clocks_of_a_step_sum_to_what_elapsed(said, begins, clock):
    steps = sorted((begins + minute, word) for minute, word in said)
    ends = steps[-1][0] + 1 if steps else begins + 1
    events = life("t1", "a", (begins, "open"), *steps, (ends, "done"))
    found = step_clocks(events, OFFICE, clock=clock)
    assert found.wall.total == int(at(ends).timestamp()) - int(at(begins).timestamp())
    assert found.office.total == OFFICE.working_seconds(at(begins), at(ends))
    assert min(vars(found.wall).values()) >= 0


@given(st.lists(st.tuples(lives, st.floats(0, 3000)), min_size=1, max_size=5))
def test_the_clocks_of_a_dossier_sum_to_what_elapsed(parallel):
    steps = []
    for number, (said, begins) in enumerate(parallel):
        later = sorted((begins + minute, word) for minute, word in said)
        ends = later[-1][0] + 1 if later else begins + 1
        steps.append(life(f"t{number}", "a", (begins, "open"), *later, (ends, "done")))
    begins, ends = min(s[0].at for s in steps), max(s[-1].at for s in steps)
    found = dossier_clocks(steps, OFFICE, clocks={}, begins=begins, ends=ends)
    assert found.wall.total == int(ends.timestamp()) - int(begins.timestamp())
    assert found.office.total == OFFICE.working_seconds(begins, ends)
