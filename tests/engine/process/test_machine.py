"""Every construct of the core runs as BPMN 2.0.2 says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.process import (
    AlreadyEnded,
    FactType,
    NobodyWaits,
    NoBranch,
    TooManySteps,
    UnclearStart,
    UnknownTask,
    UnknownTimer,
    WrongFact,
    WrongState,
    compile_definition,
    complete,
    expire,
    inspect,
    read,
    start,
    withdraw,
)
from engine.timing.events import StepEnabled, StepWithdrawn
from tests.engine.process.diagrams import (
    NOW,
    Walk,
    definitions,
    event,
    flows,
    model,
    node,
    process,
    timer,
)

MESSAGE = '<message id="m" name="answer"/>'


def tasks(*names: str) -> str:
    """Return plain user tasks."""
    return "".join(node("userTask", n, name=n) for n in names)


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


def test_a_receive_task_waits_for_its_message_and_keeps_its_facts() -> None:
    content = node("receiveTask", "r", messageRef="m") + flows("s>r", "r>e")
    walk = Walk(model(content, roots=MESSAGE)).begin()
    assert [(s.name, s.kind) for s in walk.at.subscriptions] == [("answer", "message")]
    with pytest.raises(NobodyWaits):
        walk.tell("other")
    assert walk.tell("answer", agreed=True).at.facts == {"agreed": True}
    assert walk.at.ended


def test_a_message_goes_to_the_subscription_with_its_key() -> None:
    loop = '<multiInstanceLoopCharacteristics motcua:collection="agencies" motcua:item="agency"/>'
    inner = (
        node("startEvent", "is")
        + node("receiveTask", "r", messageRef="m", **{"motcua:key": "agency"})
        + node("endEvent", "ie")
        + flows("is>r", "r>ie")
    )
    content = node("subProcess", "sub", loop + inner) + flows("s>sub", "sub>e")
    walk = Walk(model(content, roots=MESSAGE)).begin(agencies=["A", "B"])
    assert sorted(s.key for s in walk.at.subscriptions) == ["A", "B"]
    walk.tell("answer", key="B")
    assert [s.key for s in walk.at.subscriptions] == ["A"]
    with pytest.raises(NobodyWaits):
        walk.tell("answer", key="B")
    assert walk.tell("answer", key="A").at.ended


def test_a_send_task_throws_and_goes_on() -> None:
    content = node("sendTask", "a", messageRef="m", **{"motcua:key": "who"}) + flows("s>a", "a>e")
    walk = Walk(model(content, roots=MESSAGE)).begin(who="H56")
    assert [(o.kind, o.name, o.key) for o in walk.sent] == [("message", "answer", "H56")]
    assert walk.at.ended


def test_a_thrown_message_reaches_a_catcher_in_the_same_instance() -> None:
    content = (
        node("parallelGateway", "f")
        + node("receiveTask", "r", messageRef="m")
        + tasks("a")
        + node("intermediateThrowEvent", "t", event("message", messageRef="m"))
        + flows("s>f", "f>r", "f>a", "a>t", "t>e", "r>e")
    )
    walk = Walk(model(content, roots=MESSAGE)).begin().do("a")
    assert walk.at.ended
    assert walk.sent == []


def boundary(definition: str, *, cancels: bool = True) -> str:
    """Return tasks a (host), b (after the boundary event), c (after the host) and their flows."""
    attributes = {"attachedToRef": "a", "cancelActivity": str(cancels).lower()}
    return (
        tasks("a", "b", "c")
        + node("boundaryEvent", "x", definition, **attributes)
        + flows("s>a", "a>c", "x>b", "b>e", "c>e")
    )


def test_an_interrupting_timer_withdraws_its_host() -> None:
    walk = Walk(model(boundary(timer("P15D")))).begin()
    assert walk.at.timers[0].due_at == NOW + timedelta(days=15)
    walk.ring("x")
    assert walk.open == ["b"]
    assert walk.at.timers == ()


def test_a_timer_is_gone_when_its_host_is_done() -> None:
    walk = Walk(model(boundary(timer("P15D")))).begin()
    gone = walk.at.timers[0].id
    walk.do("a")
    assert walk.at.timers == ()
    with pytest.raises(UnknownTimer):
        expire(walk.definition, walk.at.state, gone, now=NOW)


def test_a_non_interrupting_cycle_rings_as_often_as_it_says() -> None:
    walk = Walk(model(boundary(timer("R3/P1D", "Cycle"), cancels=False))).begin()
    assert walk.at.timers[0].repeats_left == 2
    walk.ring("x")
    assert walk.at.timers[0].due_at == NOW + timedelta(days=2)
    walk.ring("x").ring("x")
    assert walk.at.timers == ()
    assert walk.open == ["a", "b", "b", "b"]


def test_a_message_boundary_event_catches_as_often_as_it_happens() -> None:
    content = boundary(event("message", messageRef="m"), cancels=False)
    walk = Walk(model(content, roots=MESSAGE)).begin().tell("answer").tell("answer")
    assert walk.open == ["a", "b", "b"]
    assert walk.do("a").do("b").do("b").do("c").at.ended


def test_an_event_gateway_takes_the_first_event_and_withdraws_the_others() -> None:
    content = (
        node("eventBasedGateway", "g")
        + node("intermediateCatchEvent", "m1", event("message", messageRef="m"))
        + node("intermediateCatchEvent", "t1", timer("P12D"))
        + node("intermediateCatchEvent", "t2", timer("PT5M"))
        + tasks("a", "b", "c")
        + flows("s>g", "g>m1", "g>t1", "g>t2", "m1>a", "t1>b", "t2>c", "a>e", "b>e", "c>e")
    )
    definition = model(content, roots=MESSAGE)
    walk = Walk(definition).begin()
    assert sorted(t.due_at - NOW for t in walk.at.timers) == [
        timedelta(minutes=5),
        timedelta(days=12),
    ]
    assert walk.tell("answer").open == ["a"]
    assert walk.at.timers == ()
    assert Walk(definition).begin().ring("t2").open == ["c"]
    assert walk.do("a").at.ended


def test_an_error_rises_to_the_nearest_catcher_and_ends_what_it_left() -> None:
    roots = '<error id="er" errorCode="E1"/>'
    inner = (
        node("startEvent", "is")
        + node("parallelGateway", "f")
        + tasks("a", "b")
        + node("endEvent", "ie", event("error", errorRef="er"))
        + node("endEvent", "ok")
        + flows("is>f", "f>a", "f>b", "a>ie", "b>ok")
    )
    content = (
        node("subProcess", "sub", inner)
        + node("boundaryEvent", "x", event("error", errorRef="er"), attachedToRef="sub")
        + tasks("repair", "normal")
        + flows("s>sub", "sub>normal", "x>repair", "repair>e", "normal>e")
    )
    walk = Walk(model(content, roots=roots)).begin().do("a")
    assert walk.open == ["repair"]


def test_an_error_nobody_catches_ends_the_process() -> None:
    roots = '<error id="er" errorCode="E1"/>'
    content = (
        tasks("a") + node("endEvent", "x", event("error", errorRef="er")) + flows("s>a", "a>x")
    )
    definition = compile_definition(
        read(definitions(roots, process(node("startEvent", "s"), content)))
    )
    walk = Walk(definition).begin().do("a")
    assert walk.at.outcome == "error"
    assert walk.log[-1].error == "E1"


def test_a_worker_can_end_a_task_with_an_error() -> None:
    content = boundary(event("error"))
    assert Walk(model(content)).begin().do("a", error="E9").open == ["b"]


def test_an_escalation_lets_the_activity_go_on_unless_it_interrupts() -> None:
    roots = '<escalation id="es" escalationCode="X"/>'
    inner = (
        node("startEvent", "is")
        + node("intermediateThrowEvent", "th", event("escalation", escalationRef="es"))
        + tasks("a")
        + node("endEvent", "ie")
        + flows("is>th", "th>a", "a>ie")
    )

    def definition(cancels: str) -> object:
        return model(
            node("subProcess", "sub", inner)
            + node(
                "boundaryEvent", "x", event("escalation", escalationRef="es"),
                attachedToRef="sub", cancelActivity=cancels,
            )
            + tasks("b")
            + flows("s>sub", "sub>e", "x>b", "b>e"),
            roots=roots,
        )  # fmt: skip

    assert Walk(definition("false")).begin().open == ["a", "b"]  # type: ignore[arg-type]
    assert Walk(definition("true")).begin().open == ["b"]  # type: ignore[arg-type]


def test_a_signal_reaches_every_catcher_and_the_world() -> None:
    roots = '<signal id="sg" name="closed"/>'
    catch = event("signal", signalRef="sg")
    content = (
        node("parallelGateway", "f")
        + node("intermediateCatchEvent", "c1", catch)
        + node("intermediateCatchEvent", "c2", catch)
        + tasks("a")
        + node("intermediateThrowEvent", "t", catch)
        + flows("s>f", "f>c1", "f>c2", "f>a", "a>t", "t>e", "c1>e", "c2>e")
    )
    walk = Walk(model(content, roots=roots)).begin()
    assert walk.do("a").at.ended
    assert [o.kind for o in walk.sent] == ["signal"]
    other = Walk(walk.definition).begin().tell("closed", signal=True)
    assert other.open == ["a"]
    assert other.at.subscriptions == ()


def event_sub(start_definition: str, *, interrupting: bool = True) -> str:
    """Return task a and an event sub-process with task h."""
    inner = (
        node("startEvent", "es", start_definition, isInterrupting=str(interrupting).lower())
        + tasks("h")
        + node("endEvent", "ee")
        + flows("es>h", "h>ee")
    )
    return (
        tasks("a") + node("subProcess", "esp", inner, triggeredByEvent="true") + flows("s>a", "a>e")
    )


def test_an_interrupting_event_sub_process_replaces_everything() -> None:
    walk = Walk(model(event_sub(event("message", messageRef="m")), roots=MESSAGE)).begin()
    assert walk.open == ["a"]
    assert walk.tell("answer").open == ["h"]
    assert walk.do("h").at.outcome == "completed"


def test_a_non_interrupting_event_sub_process_runs_beside_and_again() -> None:
    content = event_sub(event("message", messageRef="m"), interrupting=False)
    definition = model(content, roots=MESSAGE)
    walk = Walk(definition).begin().tell("answer").tell("answer")
    assert walk.open == ["a", "h", "h"]
    walk.do("h").do("h").do("a")
    assert walk.at.ended
    assert Walk(definition).begin().open == ["a"]


def test_an_event_sub_process_that_is_not_needed_does_not_keep_the_process_open() -> None:
    walk = Walk(model(event_sub(event("message", messageRef="m")), roots=MESSAGE)).begin()
    assert walk.do("a").at.outcome == "completed"
    assert walk.at.subscriptions == ()


def test_a_parallel_multi_instance_collects_by_index() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics motcua:collection="agencies" motcua:item="agency" '
        'motcua:output="answers" motcua:outputItem="answer"/>'
    )
    content = node("userTask", "ask", loop) + tasks("z") + flows("s>ask", "ask>z", "z>e")
    walk = Walk(model(content)).begin(agencies=["A", "B", "C"])
    assert [(t.index, t.item) for t in walk.at.open_tasks] == [(0, "A"), (1, "B"), (2, "C")]
    walk.do("ask", index=2, answer="c").do("ask", index=0, answer="a").do(
        "ask", index=1, answer="b"
    )
    assert walk.open == ["z"]
    assert walk.at.facts["answers"] == ["a", "b", "c"]


def test_a_sequential_multi_instance_opens_one_after_the_other() -> None:
    loop = '<multiInstanceLoopCharacteristics isSequential="1"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>'
    walk = Walk(model(node("userTask", "a", loop), flows("s>a", "a>e"))).begin()
    for index in range(3):
        assert [t.index for t in walk.at.open_tasks] == [index]
        walk.do("a")
    assert walk.at.ended


def test_a_completion_condition_withdraws_the_rest() -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
        "<completionCondition>nrOfCompletedInstances &gt;= 2</completionCondition>"
        "</multiInstanceLoopCharacteristics>"
    )
    walk = Walk(model(node("userTask", "a", loop), flows("s>a", "a>e"))).begin()
    walk.do("a", index=0).do("a", index=1)
    assert walk.at.ended
    assert sum(isinstance(e, StepWithdrawn) for e in walk.log) == 1


def test_an_empty_list_passes_the_activity() -> None:
    loop = '<multiInstanceLoopCharacteristics motcua:collection="agencies" motcua:item="x"/>'
    walk = Walk(model(node("userTask", "a", loop), flows("s>a", "a>e"))).begin(agencies=[])
    assert walk.at.ended


def test_a_boundary_event_of_a_multi_instance_ends_all_executions() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    content = (
        node("userTask", "a", loop)
        + node("boundaryEvent", "x", timer("P1D"), attachedToRef="a")
        + tasks("b")
        + flows("s>a", "a>e", "x>b", "b>e")
    )
    assert Walk(model(content)).begin().ring("x").open == ["b"]


def test_a_standard_loop_repeats_while_its_condition_holds() -> None:
    loop = '<standardLoopCharacteristics loopMaximum="5"><loopCondition>again</loopCondition></standardLoopCharacteristics>'
    walk = Walk(model(node("userTask", "a", loop), flows("s>a", "a>e"))).begin()
    walk.do("a", again=True).do("a", again=True).do("a", again=False)
    assert walk.at.ended


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


def test_links_jump() -> None:
    link = '<linkEventDefinition name="L"/>'
    content = (
        tasks("a", "b")
        + node("intermediateThrowEvent", "t", link)
        + node("intermediateCatchEvent", "c", link)
        + flows("s>a", "a>t", "c>b", "b>e")
    )
    assert Walk(model(content)).begin().do("a").open == ["b"]


def test_a_condition_event_sees_what_other_branches_did() -> None:
    condition = event("conditional", '<condition xsi:type="tFormalExpression">paid</condition>')
    content = (
        node("parallelGateway", "f")
        + node("intermediateCatchEvent", "c", condition)
        + tasks("a", "b")
        + flows("s>f", "f>c", "f>a", "c>b", "a>e", "b>e")
    )
    walk = Walk(model(content)).begin()
    assert walk.at.subscriptions[0].kind == "condition"
    assert walk.do("a", paid=True).open == ["b"]


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


def test_working_time_is_asked_of_the_caller() -> None:
    working = timer("P15D", attributes=' motcua:calendar="working"')
    definition = model(boundary(working))
    step = start(
        definition,
        now=NOW,
        working_time=lambda at, length: at + timedelta(days=length.days * 7 / 5),
    )
    assert step.timers[0].due_at == datetime(2026, 3, 23, 1, tzinfo=UTC)


def undoable(*, transaction: bool = False) -> str:
    """Return tasks a and b, each with a compensation handler (ua, ub), and then task c."""
    handlers = "".join(
        node("boundaryEvent", f"c{n}", event("compensate"), attachedToRef=n)
        + node("userTask", f"u{n}", isForCompensation="true")
        for n in "ab"
    )
    links = "".join(
        f'<association id="as{n}" sourceRef="c{n}" targetRef="u{n}" associationDirection="One"/>'
        for n in "ab"
    )
    start_id = "is" if transaction else "s"
    return (
        node("startEvent", start_id) + tasks("a", "b", "c") + handlers
        + flows(f"{start_id}>a", "a>b", "b>c") + "|" + links
    )  # fmt: skip


def test_compensation_undoes_newest_first_then_goes_on() -> None:
    content, links = undoable().split("|")
    body = (
        content
        + node("intermediateThrowEvent", "t", event("compensate"))
        + tasks("z")
        + node("endEvent", "e")
        + flows("c>t", "t>z", "z>e")
        + links
    )
    walk = Walk(compile_definition(read(definitions(process(body))))).begin()
    walk.do("a").do("b").do("c")
    assert walk.open == ["ub"]
    assert walk.do("ub").open == ["ua"]
    assert walk.do("ua").open == ["z"]
    assert walk.do("z").at.ended


def test_compensation_of_what_never_happened_is_passed() -> None:
    content, links = undoable().split("|")
    body = (
        content
        + node("boundaryEvent", "x", timer("P1D"), attachedToRef="a")
        + node("endEvent", "e", event("compensate"))
        + flows("c>e", "x>e")
        + links
    )
    walk = Walk(compile_definition(read(definitions(process(body))))).begin().ring("x")
    assert walk.at.outcome == "completed"


def test_cancelling_a_transaction_undoes_it_and_leaves_by_the_cancel_event() -> None:
    content, links = undoable(transaction=True).split("|")
    inner = (
        content
        + node("exclusiveGateway", "g", default="g_ok")
        + node("endEvent", "ok")
        + node("endEvent", "stop", event("cancel"))
        + flows("c>g", "g>ok", "g>stop [bad]")
        + links
    )
    body = (
        node("startEvent", "s")
        + node("transaction", "tx", inner)
        + node("boundaryEvent", "x", event("cancel"), attachedToRef="tx")
        + tasks("after", "normal")
        + node("endEvent", "e")
        + flows("s>tx", "tx>normal", "x>after", "after>e", "normal>e")
    )
    definition = compile_definition(read(definitions(process(body))))
    walk = Walk(definition).begin().do("a").do("b").do("c", bad=True)
    assert walk.do("ub").do("ua").open == ["after"]
    other = Walk(definition).begin().do("a").do("b").do("c", bad=False)
    assert other.open == ["normal"]


def test_an_interrupting_escalation_stops_the_thrower_itself() -> None:
    roots = '<escalation id="es" escalationCode="X"/>'
    handler = (
        node("startEvent", "hs", event("escalation", escalationRef="es"))
        + tasks("h")
        + node("endEvent", "he")
        + flows("hs>h", "h>he")
    )
    content = (
        node("subProcess", "esp", handler, triggeredByEvent="true")
        + node("intermediateThrowEvent", "t", event("escalation", escalationRef="es"))
        + tasks("a")
        + flows("s>t", "t>a", "a>e")
    )
    body = node("startEvent", "s") + content + node("endEvent", "e")
    walk = Walk(compile_definition(read(definitions(roots, process(body))))).begin()
    assert walk.open == ["h"]
    assert walk.do("h").at.outcome == "completed"


def test_the_first_of_several_events_is_enough() -> None:
    several = event("message", messageRef="m") + timer("P5D") + event("signal", signalRef="sg")
    roots = MESSAGE + '<signal id="sg" name="closed"/>'
    catch = node("intermediateCatchEvent", "c", several) + tasks("a") + flows("s>c", "c>a", "a>e")
    definition = model(catch, roots=roots)
    walk = Walk(definition).begin()
    assert sorted(s.name for s in walk.at.subscriptions) == ["answer", "closed"]
    assert walk.ring("c").open == ["a"]
    assert walk.at.subscriptions == ()
    assert Walk(definition).begin().tell("answer").open == ["a"]
    assert Walk(definition).begin().tell("closed", signal=True).open == ["a"]
    other = Walk(model(boundary(several), roots=roots)).begin().tell("closed", signal=True)
    assert other.open == ["b"]
    assert other.at.timers == ()


def test_an_event_may_throw_several_things() -> None:
    roots = MESSAGE + '<signal id="sg" name="closed"/>'
    several = event("message", messageRef="m") + event("signal", signalRef="sg")
    content = node("intermediateThrowEvent", "t", several) + flows("s>t", "t>e")
    walk = Walk(model(content, roots=roots)).begin()
    assert [o.kind for o in walk.sent] == ["message", "signal"]


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
