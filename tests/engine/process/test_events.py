"""Events of every kind, thrown and caught, run as BPMN 2.0.2 says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.process import (
    NobodyWaits,
    UnknownTimer,
    compile_definition,
    expire,
    read,
    start,
)
from tests.engine.process.diagrams import (
    MESSAGE,
    NOW,
    Walk,
    boundary,
    definitions,
    event,
    flows,
    model,
    node,
    process,
    tasks,
    timer,
)


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


def test_working_time_is_asked_of_the_caller() -> None:
    working = timer("P15D", attributes=' motcua:calendar="working"')
    definition = model(boundary(working))
    step = start(
        definition,
        now=NOW,
        working_time=lambda at, length: at + timedelta(days=length.days * 7 / 5),
    )
    assert step.timers[0].due_at == datetime(2026, 3, 23, 1, tzinfo=UTC)


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
