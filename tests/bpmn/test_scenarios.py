"""Every named walk runs through the engine to the end it promises, and together they go everywhere.

Counted walks keep the deadline the law module computes for them. Not for how it is computed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from engine.law.deadlines import due
from engine.law.provisions import OnSupplement, Unit
from engine.timing.events import StepCompleted
from tests.bpmn.files import ALL, Folder
from tests.bpmn.walking import CALENDAR, Walk, walk

WALKS = [pytest.param(f, s, id=f"{f.name}-{s['id']}") for f in ALL for s in f.scenarios]
COUNTED = [
    pytest.param(f, s, id=f"{f.name}-{s['id']}") for f in ALL for s in f.scenarios if s["counted"]
]
STAGED = pytest.mark.parametrize("folder", [f for f in ALL if f.procedure.stages])
EACH = pytest.mark.parametrize("folder", ALL, ids=lambda f: f.name)


@pytest.mark.parametrize(("folder", "scenario"), WALKS)
def test_a_scenario_ends_where_it_says(folder: Folder, scenario: dict[str, Any]) -> None:
    going = walk(folder, scenario)
    expected = scenario["expect"]
    assert going.advance.outcome == expected["outcome"]
    assert expected["end"] in ("", *going.advance.end_events)
    assert not going.advance.open_tasks
    assert not going.advance.timers
    assert not going.advance.subscriptions


@EACH
def test_scenarios_together_take_every_flow_and_reach_every_end(folder: Folder) -> None:
    walks = [walk(folder, s) for s in folder.scenarios]
    passed = {element for w in walks for element in w.path}
    taken = {flow for w in walks for flow in w.flows}
    waits = {e.get("id") for e in folder.nodes("eventBasedGateway")}  # the event takes the flow
    taken |= {f.id for f in folder.definition.flows if f.source in waits and f.target in passed}
    assert {flow.id for flow in folder.definition.flows} - taken == set()
    assert set(folder.definition.end_events) - passed == set()


@EACH
def test_every_timer_fires_in_a_scenario(folder: Folder) -> None:
    timers = {e.getparent().get("id") for e in folder.nodes("timerEventDefinition")}
    fired = {step["expire"] for s in folder.scenarios for step in s["step"] if "expire" in step}
    assert fired == timers


@pytest.mark.parametrize(("folder", "scenario"), WALKS)
def test_only_the_elements_named_in_the_procedure_set_a_fact(
    folder: Folder, scenario: dict[str, Any]
) -> None:
    waits = {r.message: r.wait_element for r in folder.procedure.referrals}
    for step in scenario["step"]:
        setter = step.get("complete") or waits.get(step.get("deliver", ""), "")
        for fact in step.get("facts", {}):
            assert setter in folder.procedure.facts[fact].set_by
    for fact in scenario["facts"]:
        assert folder.procedure.facts[fact].set_by == ("received",)


@pytest.mark.parametrize(("folder", "scenario"), WALKS)
def test_step_norms_of_a_counted_path_are_the_time_limit(
    folder: Folder, scenario: dict[str, Any]
) -> None:
    spent = norm_minutes(folder, walk(folder, scenario))
    if scenario["counted"]:
        assert spent == limit_minutes(folder)
    elif not set(scenario["step"][-1]) & {"expire", "withdraw"}:
        assert spent <= limit_minutes(folder) + rework_minutes(folder, walk(folder, scenario))


@pytest.mark.parametrize(("folder", "scenario"), COUNTED)
def test_a_counted_walk_is_done_in_time(folder: Folder, scenario: dict[str, Any]) -> None:
    going = walk(folder, scenario)
    steps = [e for e in going.history if isinstance(e, StepCompleted)]
    done = max(e.at for e in steps if e.element in {"release", "transfer_result"})
    procedure, received_at = folder.procedure, scenario["received_at"]
    history = [e for e in going.history if e.at <= done]
    limit = procedure.time_limit
    deadline = due(limit, procedure, received_at, scenario["channel"], history, CALENDAR)
    assert deadline.due_at is not None
    assert done <= deadline.due_at, [line.text for line in deadline.explanation]


def norm_minutes(folder: Folder, going: Walk) -> int:
    """Return the norms of the counted steps since the clock last began anew."""
    procedure = folder.procedure
    waits = {n for n, s in procedure.steps.items() if s.status == 5}
    spent = 0
    for element in going.path:
        if element in waits and procedure.time_limit.on_supplement is OnSupplement.RESTART:
            spent = 0
        step = procedure.steps.get(element)
        if step is not None and step.counted:
            spent += step.norm_minutes or 0
    return spent


def rework_minutes(folder: Folder, going: Walk) -> int:
    """Return the norms of steps done a second time: being sent back gives no new time."""
    again = [e for i, e in enumerate(going.path) if e in going.path[:i]]
    steps = [folder.procedure.steps[e] for e in again if e in folder.procedure.steps]
    return sum(s.norm_minutes or 0 for s in steps)


def limit_minutes(folder: Folder) -> int:
    """Return the limit as office minutes; calendar days by the fewest working days they hold."""
    limit = folder.procedure.time_limit
    if limit.unit is Unit.WORKING_DAY:
        return limit.amount * 480
    assert limit.unit is Unit.CALENDAR_DAY
    monday = date(2026, 3, 2)
    received = [monday + timedelta(days=d) for d in range(5)]
    return 480 * min(working_days_until_due(day, limit.amount) for day in received)


def working_days_until_due(received: date, days: int) -> int:
    """Count working days after reception up to the due date, rolled forward from a weekend."""
    due = received + timedelta(days=days)
    while due.weekday() > 4:
        due += timedelta(days=1)
    span = range(1, (due - received).days + 1)
    return sum((received + timedelta(days=d)).weekday() < 5 for d in span)


@STAGED
def test_stages_add_up_to_the_time_limit_and_their_steps_to_each_stage(folder: Folder) -> None:
    stages = folder.procedure.stages
    limit = folder.procedure.time_limit
    assert {s.unit for s in stages} == {limit.unit}
    assert sum(s.amount for s in stages) == limit.amount
    path = walk(folder, folder.scenarios[0]).path
    for stage in stages:
        first = path.index(stage.from_element) + 1 if stage.from_element else 0
        part = path[first : path.index(stage.to_element) + 1]
        steps = [folder.procedure.steps[e] for e in part if e in folder.procedure.steps]
        assert sum(s.norm_minutes or 0 for s in steps if s.counted) == stage.amount * 480
