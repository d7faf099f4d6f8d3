"""Tasks, gateways, scopes and commands run as BPMN 2.0.2 says."""

from __future__ import annotations

from typing import Any

import pytest

from engine.process import (
    AlreadyEnded,
    FactType,
    NoBranch,
    TooManySteps,
    UnclearStart,
    UnknownTask,
    WrongFact,
    WrongState,
    compile_definition,
    complete,
    inspect,
    read,
    start,
    withdraw,
)
from engine.timing.events import StepEnabled, StepWithdrawn
from tests.engine.process.diagrams import (
    MESSAGE,
    NOW,
    Walk,
    definitions,
    event,
    flows,
    model,
    node,
    process,
    tasks,
    timer,
)


def test_tasks_follow_one_another_to_the_end() -> None:
    walk = Walk(model(tasks("a", "b"), flows("s>a", "a>b", "b>e"))).begin()
    assert walk.open == ["a"]
    walk.do("a").do("b")
    assert walk.at.outcome == "completed"
    assert walk.passed == ["s", "a", "b", "e"]
    assert walk.at.end_events == ("e",)


@pytest.mark.parametrize(
    "tag", ["task", "userTask", "manualTask", "serviceTask", "businessRuleTask"]
)
def test_a_task_of_every_working_kind_waits_to_be_completed(tag: str) -> None:
    walk = Walk(model(node(tag, "a"), flows("s>a", "a>e"))).begin()
    assert [(t.element, t.kind) for t in walk.at.open_tasks] == [("a", tag)]
    assert walk.do("a").at.ended


def test_a_script_task_assigns_facts_in_order() -> None:
    script = "<script># tính\ncount = n + 1\nbig = count > 2</script>"
    walk = Walk(model(node("scriptTask", "a", script), flows("s>a", "a>e"))).begin(n=2)
    assert walk.at.facts == {"n": 2, "count": 3, "big": True}


def test_an_exclusive_gateway_takes_the_first_true_way_or_the_default() -> None:
    content = (
        node("exclusiveGateway", "g", default="g_c")
        + tasks("a", "b", "c")
        + flows("s>g", "g>a [n > 10]", "g>b [n > 5]", "g>c", "a>e", "b>e", "c>e")
    )
    definition = model(content)
    assert Walk(definition).begin(n=20).open == ["a"]
    assert Walk(definition).begin(n=7).open == ["b"]
    assert Walk(definition).begin(n=1).open == ["c"]


def test_a_gateway_without_a_true_way_rejects_and_leaves_the_dossier_as_it_was() -> None:
    content = (
        tasks("t", "a", "b")
        + node("exclusiveGateway", "g")
        + flows("s>t", "t>g", "g>a [n == 1]", "g>b [n == 2]", "a>e", "b>e")
    )
    walk = Walk(model(content)).begin(n=3)
    with pytest.raises(NoBranch) as refused:
        walk.do("t")
    assert refused.value.element == "g"
    assert refused.value.fields["facts"] == {"n": 3}
    assert walk.do("t", n=2).open == ["b"]


def test_a_parallel_join_in_a_loop_waits_for_both_branches_every_time() -> None:
    content = (
        node("exclusiveGateway", "m")
        + node("parallelGateway", "f")
        + node("parallelGateway", "j")
        + node("exclusiveGateway", "x", default="x_e")
        + tasks("a", "b", "sign")
        + flows("s>m", "m>f", "f>a", "f>b", "a>j", "b>j", "j>sign", "sign>x", "x>m [again]", "x>e")
    )
    walk = Walk(model(content)).begin()
    walk.do("a").do("b").do("sign", again=True)
    assert walk.do("b").open == ["a"]
    assert walk.do("a").open == ["sign"]
    assert walk.do("sign", again=False).at.ended


def test_a_parallel_gateway_that_joins_and_splits_does_both() -> None:
    content = (
        node("parallelGateway", "f")
        + node("parallelGateway", "j")
        + tasks("a", "b", "c", "d")
        + flows("s>f", "f>a", "f>b", "a>j", "b>j", "j>c", "j>d", "c>e", "d>e")
    )
    walk = Walk(model(content)).begin().do("a")
    assert walk.open == ["b"]
    assert walk.do("b").open == ["c", "d"]
    assert walk.do("c").do("d").at.end_events == ("e",)


def test_a_fork_straight_into_its_join_goes_on_once() -> None:
    content = (
        node("parallelGateway", "f")
        + node("parallelGateway", "j")
        + tasks("a")
        + '<sequenceFlow id="x1" sourceRef="f" targetRef="j"/><sequenceFlow id="x2" sourceRef="f" targetRef="j"/>'
        + flows("s>f", "j>a", "a>e")
    )
    walk = Walk(model(content)).begin()
    assert walk.open == ["a"]
    assert walk.do("a").at.ended


def test_an_inclusive_join_waits_only_for_the_branches_taken() -> None:
    content = (
        node("inclusiveGateway", "f", default="f_c")
        + node("inclusiveGateway", "j")
        + tasks("a", "b", "c", "z")
        + flows("s>f", "f>a [x]", "f>b [y]", "f>c", "a>j", "b>j", "c>j", "j>z", "z>e")
    )
    definition = model(content)
    assert Walk(definition).begin(x=True, y=False).do("a").open == ["z"]
    both = Walk(definition).begin(x=True, y=True).do("a")
    assert both.open == ["b"]
    assert both.do("b").open == ["z"]
    assert Walk(definition).begin(x=False, y=False).open == ["c"]


def test_several_flows_out_of_an_activity_are_an_implicit_split() -> None:
    content = tasks("t", "a", "b", "c").replace('id="t"', 'id="t" default="t_c"') + flows(
        "s>t", "t>a [x]", "t>b [y]", "t>c", "a>e", "b>e", "c>e"
    )
    definition = model(content)
    assert Walk(definition).begin(x=True, y=True).do("t").open == ["a", "b"]
    assert Walk(definition).begin(x=False, y=False).do("t").open == ["c"]


def test_a_condition_on_the_only_way_out_is_obeyed() -> None:
    definition = model(tasks("a", "b"), flows("s>a", "a>b [ok]", "b>e"))
    with pytest.raises(NoBranch):
        Walk(definition).begin(ok=False).do("a")
    assert Walk(definition).begin(ok=True).do("a").open == ["b"]


def test_terminate_ends_everything_in_its_scope() -> None:
    content = (
        node("parallelGateway", "f")
        + tasks("a", "b")
        + node("endEvent", "t", event("terminate"))
        + flows("s>f", "f>a", "f>b", "a>t", "b>e")
    )
    walk = Walk(model(content)).begin().do("a")
    assert walk.at.outcome == "terminated"
    assert [e.element for e in walk.log if isinstance(e, StepWithdrawn)] == ["b"]


def test_a_sub_process_shares_facts_and_ends_when_its_tokens_end() -> None:
    inner = node("startEvent", "is") + tasks("a") + node("endEvent", "ie") + flows("is>a", "a>ie")
    content = node("subProcess", "sub", inner) + tasks("b") + flows("s>sub", "sub>b", "b>e")
    walk = Walk(model(content)).begin(n=1).do("a", n=2)
    assert walk.open == ["b"]
    assert walk.at.facts == {"n": 2}


def test_a_call_activity_runs_the_called_process_with_a_copy_of_the_facts() -> None:
    callee = process(
        node("startEvent", "cs")
        + tasks("inner")
        + node("endEvent", "ce")
        + flows("cs>inner", "inner>ce"),
        process_id="callee",
    )
    caller = process(
        node("startEvent", "s")
        + node("callActivity", "call", calledElement="t:callee")
        + node("endEvent", "e")
        + flows("s>call", "call>e")
    )
    walk = Walk(compile_definition(read(definitions(callee, caller)))).begin(n=1)
    assert walk.definition.process_id == "p"
    assert walk.open == ["inner"]
    assert walk.do("inner", n=5).at.facts == {"n": 5}


def test_a_process_without_start_event_starts_everywhere_nothing_leads_to() -> None:
    content = process(tasks("a", "b") + node("endEvent", "e") + flows("a>e", "b>e"))
    assert Walk(compile_definition(read(definitions(content)))).begin().open == ["a", "b"]


def test_several_triggers_have_to_be_told_apart() -> None:
    content = process(
        node("startEvent", "s1", event("message", messageRef="m"))
        + node("startEvent", "s2", timer("P1D"))
        + tasks("a", "b")
        + node("endEvent", "e")
        + flows("s1>a", "s2>b", "a>e", "b>e")
    )
    definition = compile_definition(read(definitions(MESSAGE, content)))
    with pytest.raises(UnclearStart):
        start(definition, now=NOW)
    assert Walk(definition).begin(start_at="s2").open == ["b"]


def test_completing_a_task_twice_is_refused() -> None:
    walk = Walk(model(tasks("a", "b"), flows("s>a", "a>b", "b>e"))).begin()
    task = walk.task("a")
    walk.do("a")
    with pytest.raises(UnknownTask):
        complete(walk.definition, walk.at.state, task, now=NOW)


def test_the_same_command_gives_the_same_answer() -> None:
    walk = Walk(model(tasks("a", "b"), flows("s>a", "a>b", "b>e"))).begin()
    one = complete(walk.definition, walk.at.state, walk.task("a"), now=NOW)
    two = complete(walk.definition, walk.at.state, walk.task("a"), now=NOW)
    assert one == two


def test_an_ended_process_answers_that_it_has_ended() -> None:
    walk = Walk(model(tasks("a"), flows("s>a", "a>e"))).begin().do("a")
    with pytest.raises(AlreadyEnded):
        complete(walk.definition, walk.at.state, "t2", now=NOW)


def test_withdrawing_ends_every_open_step() -> None:
    content = (
        node("parallelGateway", "f") + tasks("a", "b") + flows("s>f", "f>a", "f>b", "a>e", "b>e")
    )
    walk = Walk(model(content)).begin()
    end = withdraw(walk.definition, walk.at.state, now=NOW, reason="đổi ý")
    assert end.outcome == "withdrawn"
    assert [e.element for e in end.events if isinstance(e, StepWithdrawn)] == ["a", "b"]


def test_a_state_of_another_definition_is_refused() -> None:
    walk = Walk(model(tasks("a"), flows("s>a", "a>e"))).begin()
    other = model(tasks("b"), flows("s>b", "b>e"))
    with pytest.raises(WrongState):
        inspect(other, walk.at.state, now=NOW)
    with pytest.raises(WrongState):
        inspect(walk.definition, b"garbage", now=NOW)


def test_a_cycle_without_a_wait_is_stopped() -> None:
    content = (
        node("exclusiveGateway", "m")
        + node("exclusiveGateway", "x", default="x_m")
        + flows("s>m", "m>x", "x>m", "x>e [stop]")
    )
    with pytest.raises(TooManySteps):
        Walk(model(content)).begin(stop=False)


def test_declared_facts_are_checked() -> None:
    facts = {"ok": FactType(type="boolean"), "kind": FactType(type="text", values=("a", "b"))}
    definition = model(tasks("a"), flows("s>a", "a>e"), facts=facts)
    walk = Walk(definition).begin()
    for wrong in ({"ok": "yes"}, {"kind": "c"}, {"other": 1}, {"typename": "x"}):
        with pytest.raises(WrongFact):
            walk.do("a", **wrong)
    assert walk.do("a", ok=True, kind="b").at.ended


def test_a_step_tells_its_lane_its_flow_and_its_cause() -> None:
    lanes = '<laneSet id="ls"><lane id="L1" name="Một cửa"><flowNodeRef>a</flowNodeRef><flowNodeRef>b</flowNodeRef></lane></laneSet>'
    body = (
        lanes
        + node("startEvent", "s")
        + tasks("a", "b")
        + node("endEvent", "e")
        + flows("s>a", "a>b", "b>e")
    )
    walk = Walk(compile_definition(read(definitions(process(body))))).begin()
    first = walk.at.open_tasks[0]
    assert (first.lane, first.roles) == ("L1", ("Một cửa",))
    walk.do("a")
    enabled = [e for e in walk.log if isinstance(e, StepEnabled)][-1]
    assert (enabled.element, enabled.flow, enabled.cause) == ("b", "a_b", first.id)


def test_facts_are_bounded_as_a_whole() -> None:
    walk = Walk(model(tasks("a", "b"), flows("s>a", "a>b", "b>e"))).begin()
    much: dict[str, Any] = {f"n{i}": "x" * 3900 for i in range(20)}
    with pytest.raises(WrongFact):
        walk.do("a", **much)
    with pytest.raises(WrongFact):
        walk.do("a", text="x" * 5000)
    with pytest.raises(WrongFact):
        walk.do("a", deep=[[[[[[[[[[1]]]]]]]]]])
    with pytest.raises(WrongFact):
        walk.do("a", **dict[str, Any]([("not a name", 1)]))
    assert walk.do("a", n=1).open == ["b"]
