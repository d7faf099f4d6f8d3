"""Multi-instance, loops, compensation and transactions run as BPMN 2.0.2 says."""

from __future__ import annotations

from engine.process import (
    compile_definition,
    read,
)
from engine.timing.events import StepWithdrawn
from tests.engine.process.diagrams import (
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
