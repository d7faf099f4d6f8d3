"""Every rule of the gate: a small model that breaks it, and the finding that says so."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import pytest

from engine.process import (
    FactType,
    Finding,
    Refused,
    Unreadable,
    check,
    compile_definition,
    read,
)
from engine.process.rules import RULES
from tests.engine.process.diagrams import HEAD, event, flows, node, timer

A_FLOW = flows("s>a", "a>e")
START, TASK, END = node("startEvent", "s"), node("task", "a"), node("endEvent", "e")
MESSAGE = event("message", messageRef="m")
M = '<message id="m" name="answer"/>'


def document(*lines: str, roots: str = "", process: str = 'id="p" isExecutable="true"') -> bytes:
    """Return a document with each part of the process on a line of its own."""
    body = "\n".join((f"<process {process}>", *lines, "</process>"))
    return (HEAD + (roots and roots + "\n") + body + "\n</definitions>").encode()


def plain(*lines: str, roots: str = "") -> bytes:
    """Return a sound process of one task with something beside it."""
    return document(START, TASK, END, A_FLOW, *lines, roots=roots)


def call(called: str) -> str:
    """Return a call activity."""
    return node("callActivity", "c", calledElement=called)


def other(content: str, process_id: str = "q", executable: str = "true") -> str:
    """Return another process."""
    return f'<process id="{process_id}" isExecutable="{executable}">{content}</process>'


def event_sub(*content: str) -> str:
    """Return an event sub-process."""
    return node("subProcess", "x", "".join(content), triggeredByEvent="true")


@dataclass(frozen=True)
class Case:
    """A model that breaks a rule, and the element the finding has to name."""

    source: bytes
    element: str = ""
    line: int | None = None


GATEWAYS = document(
    START,
    node("exclusiveGateway", "g"),
    TASK,
    node("task", "b"),
    END,
    flows("s>g", "g>a [n == 1]", "g>b [n == 2]", "a>e", "b>e"),
)
LOOP = node("task", "a", "<standardLoopCharacteristics/>")

CASES: dict[str, Case] = {
    "schema": Case(plain('<task id="b" nonsense="1"/>'), line=8),
    "duplicate_id": Case(plain(), line=None),
    "foreign": Case(
        document(START, '<task id="a" xmlns:t2="urn:x" t2:class="C"/>', END, A_FLOW), "a"
    ),
    "must_understand": Case(
        plain(roots='<extension mustUnderstand="1" definition="t:x"/>'), line=3
    ),
    "no_process": Case((HEAD + "</definitions>").encode()),
    "not_executable": Case(document(TASK, process='id="p"'), "p"),
    "empty_process": Case(document(), "p"),
    "too_many_nodes": Case(document(*(node("task", f"t{i}") for i in range(2_001)))),
    "too_many_flows": Case(
        document(
            TASK,
            *(f'<sequenceFlow id="f{i}" sourceRef="a" targetRef="a"/>' for i in range(10_001)),
        )
    ),
    "too_many_elements": Case(document(node("task", "a", "<incoming>f</incoming>" * 50_001))),
    "too_deep": Case(
        document("".join(f'<subProcess id="x{i}">' for i in range(65)) + "</subProcess>" * 65),
        "x64",
    ),
    "unknown_reference": Case(plain(node("receiveTask", "r", messageRef="t:nothing")), "r"),
    "unnamed_message": Case(plain(node("receiveTask", "r")), "r"),
    "unnamed_signal": Case(
        document(node("startEvent", "s", event("signal")), TASK, END, A_FLOW), "s"
    ),
    "flow_dangling": Case(
        plain(
            '<sequenceFlow id="f" sourceRef="a" targetRef="inner"/>',
            node("subProcess", "x", node("task", "inner")),
        ),
        "f",
    ),
    "flow_into_start": Case(plain(flows("a>s")), "a_s"),
    "flow_from_end": Case(plain(flows("e>a")), "e_a"),
    "flow_into_boundary": Case(
        plain(node("boundaryEvent", "b", timer("P1D"), attachedToRef="a"), flows("a>b")), "a_b"
    ),
    "unknown_default": Case(
        document(START, node("task", "a", default="nowhere"), END, A_FLOW), "a"
    ),
    "condition_on_default": Case(
        document(
            START,
            node("task", "a", default="a_e"),
            END,
            flows("s>a", "a>e [n == 1]", "a>s2"),
            node("endEvent", "s2"),
        ),
        "a",
    ),
    "boundary_unattached": Case(
        plain(node("boundaryEvent", "b", timer("P1D"), attachedToRef="e")), "b"
    ),
    "error_interrupts": Case(
        plain(
            node("boundaryEvent", "b", event("error"), attachedToRef="a", cancelActivity="false")
        ),
        "b",
    ),
    "unreachable": Case(plain(node("exclusiveGateway", "g")), "g"),
    "no_way_out": Case(document(START, TASK, node("task", "b"), flows("s>a", "a>b", "b>a")), "a"),
    "busy_cycle": Case(
        document(
            START,
            node("exclusiveGateway", "g"),
            node("exclusiveGateway", "h", default="h_e"),
            END,
            flows("s>g", "g>h", "h>g [n == 1]", "h>e"),
        ),
        "g",
    ),
    "back_edge_into_join": Case(
        document(
            START,
            node("parallelGateway", "j"),
            TASK,
            END,
            flows("s>j", "j>a", "a>j [n == 1]", "a>e"),
        ),
        "j",
    ),
    "starts_with_process": Case(plain(node("task", "b")), "b"),
    "several_starts": Case(plain(node("startEvent", "s2"), flows("s2>e")), "p"),
    "inner_start": Case(
        plain(node("subProcess", "x", node("startEvent", "s1") + node("startEvent", "s2"))), "x"
    ),
    "event_subprocess_start": Case(plain(event_sub(node("task", "b"))), "x"),
    "event_subprocess_flow": Case(
        plain(event_sub(node("startEvent", "s2", MESSAGE)), flows("a>x"), roots=M), "x"
    ),
    "event_gateway_target": Case(
        document(
            START,
            node("eventBasedGateway", "g"),
            TASK,
            node("intermediateCatchEvent", "c", timer("P1D")),
            flows("s>g", "g>a", "g>c"),
        ),
        "g",
    ),
    "event_gateway_ways": Case(
        document(
            START,
            node("eventBasedGateway", "g"),
            node("intermediateCatchEvent", "c", timer("P1D")),
            flows("s>g", "g>c"),
        ),
        "g",
    ),
    "no_default": Case(GATEWAYS, "g"),
    "no_condition": Case(
        document(
            START,
            node("exclusiveGateway", "g"),
            TASK,
            END,
            flows("s>g", "g>a [n == 1]", "g>e"),
        ),
        "g",
    ),
    "condition_on_parallel": Case(
        document(
            START,
            node("parallelGateway", "g"),
            TASK,
            END,
            flows("s>g", "g>a [n == 1]", "g>e"),
        ),
        "g",
    ),
    "link": Case(
        document(
            START, node("intermediateThrowEvent", "l", event("link", name="there")), flows("s>l")
        ),
        "l",
    ),
    "expression": Case(document(START, TASK, END, flows("s>a", "a>e [n ==]")), "a_e"),
    "timer": Case(
        document(
            START, node("intermediateCatchEvent", "c", timer("P12X")), END, flows("s>c", "c>e")
        ),
        "c",
    ),
    "timer_unclear": Case(
        document(
            START, node("intermediateCatchEvent", "c", event("timer")), END, flows("s>c", "c>e")
        ),
        "c",
    ),
    "no_script": Case(plain(node("scriptTask", "b")), "b"),
    "script_format": Case(
        plain(node("scriptTask", "b", "<script>n = 1</script>", scriptFormat="groovy")), "b"
    ),
    "loop": Case(document(START, LOOP, END, A_FLOW), "a"),
    "unknown_call": Case(document(call("t:nothing")), "c"),
    "called_not_executable": Case(document(call("q"), roots=other(TASK, executable="false")), "c"),
    "call_ring": Case(
        document(call("q"), roots=other(node("callActivity", "d", calledElement="p"))), "q"
    ),
    "unsupported_element": Case(plain(roots='<globalUserTask id="u"/>'), "u"),
    "unsupported": Case(plain(node("task", "b", startQuantity="2")), "b"),
}
CASES["duplicate_id"] = Case(plain(node("task", "a")), "a", line=8)
AT_READING = {"too_large", "not_utf8", "not_xml", "doctype", "not_bpmn"}
UNREACHED = {"lost"}  # the proof after compiling: no known document gets there


def found(source: bytes, rule: str) -> list[Finding]:
    """Return the findings of a rule about a document."""
    return [f for f in check(read(source)) if f.rule == rule]


def line_of(source: bytes, element: str) -> int:
    """Return the first line that gives this id."""
    return next(
        n for n, text in enumerate(source.decode().splitlines(), 1) if f'id="{element}"' in text
    )


def test_every_rule_has_a_model_that_breaks_it() -> None:
    assert set(CASES) | AT_READING | UNREACHED == set(RULES)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_rule_names_the_element_and_its_line(rule: str) -> None:
    case = CASES[rule]
    first = found(case.source, rule)[0]
    assert first.element == case.element
    if case.line is not None:
        assert first.line == case.line
    elif case.element:
        assert first.line == line_of(case.source, case.element)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_finding_speaks_vietnamese_and_english_and_says_what_to_do(rule: str) -> None:
    case = CASES[rule]
    first = found(case.source, rule)[0]
    assert unicodedata.is_normalized("NFC", first.message)
    assert "{" not in first.message + first.message_en + first.advice
    assert first.advice.endswith(".")
    # Elements are quoted with guillemets in Vietnamese and with apostrophes in English.
    assert "«" not in first.message_en
    if case.element and rule not in {"schema", "unknown_default"}:
        assert case.element in first.message or first.element == case.element


@pytest.mark.parametrize("rule", sorted(CASES))
def test_an_english_sentence_has_no_vietnamese_word(rule: str) -> None:
    sentence = found(CASES[rule].source, rule)[0].message_en
    assert re.fullmatch(r"[\x20-\x7e→…]+", sentence)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_an_error_refuses_and_a_warning_does_not(rule: str) -> None:
    case = CASES[rule]
    first = found(case.source, rule)[0]
    assert first.severity == RULES[rule].severity
    if first.is_error:
        with pytest.raises(Refused) as refusal:
            compile_definition(read(case.source))
        assert first in refusal.value.findings


def test_all_findings_are_told_at_once_in_the_order_of_the_file() -> None:
    source = document(
        START,
        node("exclusiveGateway", "g"),
        node("task", "b", startQuantity="2"),
        node("scriptTask", "c", "<script>1 +</script>"),
        flows("s>g", "g>b", "g>c"),
    )
    findings = check(read(source))
    assert [f.rule for f in findings if f.is_error] == [
        "no_condition", "no_condition", "unsupported", "expression",
    ]  # fmt: skip
    assert [f.line for f in findings] == sorted(f.line for f in findings)


def test_a_sound_model_has_no_finding() -> None:
    assert check(read(plain())) == ()


def test_a_missing_default_is_a_warning_in_plain_bpmn_and_an_error_in_a_procedure() -> None:
    read_model = read(GATEWAYS)
    facts = {"n": FactType(type="integer")}
    assert [f.severity for f in check(read_model) if f.rule == "no_default"] == ["warning"]
    strict = [f for f in check(read_model, facts=facts) if f.rule == "no_default"]
    assert [f.severity for f in strict] == ["error"]


def test_an_undeclared_fact_is_an_error_in_a_procedure_only() -> None:
    source = document(START, TASK, END, flows("s>a", "a>e [approved]"))
    assert not found(source, "expression")
    findings = check(read(source), facts={"n": FactType(type="integer")})
    assert [f.element for f in findings if f.rule == "expression"] == ["a_e"]


def test_a_drawing_beside_the_executable_process_refuses_nothing() -> None:
    drawn = other(
        node("complexGateway", "g")
        + node("receiveTask", "r", messageRef="t:nothing")
        + node("callActivity", "c", calledElement="t:nothing"),
        executable="false",
    )
    assert not [f for f in check(read(plain(roots=drawn))) if f.is_error]


def test_a_called_process_is_judged_although_it_is_not_executable() -> None:
    source = document(call("q"), roots=other(node("complexGateway", "g"), executable="false"))
    assert found(source, "unsupported")[0].element == "g"


def test_a_process_may_call_itself_through_no_other() -> None:
    source = document(node("callActivity", "c", calledElement="p"))
    assert found(source, "call_ring")[0].message_en.endswith("p → p.")


def test_calls_nested_deeper_than_sub_processes_may_be_are_refused() -> None:
    chain = "".join(
        other(node("callActivity", f"c{i}", calledElement=f"q{i + 1}"), f"q{i}") for i in range(70)
    )
    source = document(call("q0"), roots=chain + other(TASK, "q70"))
    assert {f.element for f in found(source, "too_deep")} >= {"p", "q0"}


@pytest.mark.parametrize(
    "root",
    [
        '<globalTask id="u"/>',
        '<globalScriptTask id="u"/>',
        '<choreography id="u"/>',
        '<collaboration id="co"><conversation id="u"/></collaboration>',
    ],
)
def test_other_kinds_of_bpmn_are_refused_by_name(root: str) -> None:
    assert found(plain(roots=root), "unsupported_element")[0].element == "u"


@pytest.mark.parametrize(
    "beside",
    [
        '<dataObject id="d"/><dataObjectReference id="dr" dataObjectRef="d"/>',
        '<dataStoreReference id="ds"/>',
        (
            '<textAnnotation id="x"><text>see</text></textAnnotation>'
            '<association id="y" sourceRef="x" targetRef="a"/>'
        ),
        '<group id="x"/>',
    ],
)
def test_drawing_is_accepted_without_a_word(beside: str) -> None:
    assert not [f for f in check(read(plain(beside))) if f.is_error or f.rule == "foreign"]


def test_an_activity_without_a_way_in_starts_with_the_process() -> None:
    definition = compile_definition(read(plain(node("task", "b"))))
    assert set(definition.elements) == {"s", "a", "e", "b"}


def test_content_of_another_namespace_is_told_once_an_element() -> None:
    source = plain(
        '<task id="b" xmlns:x="urn:x" x:class="C" x:async="true"/>',
        '<task id="c" xmlns:x="urn:x" x:class="C"/>',
    )
    told = found(source, "foreign")
    assert [f.element for f in told] == ["b", "c"]
    assert "urn:x (class, async)" in told[0].message_en


def test_very_many_elements_with_foreign_content_are_told_in_one_line() -> None:
    crowd = [f'<task id="t{i}" xmlns:x="urn:x" x:class="C"/>' for i in range(60)]
    told = found(plain(*crowd), "foreign")
    assert len(told) == 51
    assert any("+10" in f.message_en for f in told)


def test_a_type_unknown_in_foreign_content_does_not_break_the_schema() -> None:
    scenario = '<x:data xmlns:x="urn:x" xsi:type="x:unknown"/>'
    source = plain(node("task", "b", f"<extensionElements>{scenario}</extensionElements>"))
    assert not found(source, "schema")


def test_of_very_many_faults_the_first_is_told_with_its_line() -> None:
    faults = ['<association id="x"/>'] + ["<association/>"] * 5_000
    told = found(plain(*faults), "schema")
    assert [(f.line, "+10001" in f.message_en) for f in told] == [(8, True)]


def test_ids_repeated_ten_thousand_times_are_one_finding() -> None:
    copies = ['<association id="x" sourceRef="a" targetRef="e"/>'] * 10_000
    assert [f.element for f in found(plain(*copies), "duplicate_id")] == ["x"]


@pytest.mark.parametrize("digits", ["9" * 5_000, "²", "0", "1001", "-1"])
def test_a_loop_maximum_that_is_no_small_number_is_a_finding(digits: str) -> None:
    source = document(
        START,
        node("task", "a", f'<standardLoopCharacteristics loopMaximum="{digits}"/>'),
        A_FLOW,
        END,
    )
    assert {"loop", "schema"} & {f.rule for f in check(read(source))}


def test_a_list_and_a_number_together_are_a_faulty_multi_instance() -> None:
    inner = (
        '<multiInstanceLoopCharacteristics motcua:collection="units">'
        '<loopCardinality xsi:type="tFormalExpression">3</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    assert found(document(START, node("task", "a", inner), END, A_FLOW), "loop")


def test_a_second_gateway_before_a_join_makes_a_back_edge_legal() -> None:
    source = document(
        START,
        node("exclusiveGateway", "m"),
        node("parallelGateway", "f"),
        TASK,
        node("task", "b"),
        node("parallelGateway", "j"),
        node("exclusiveGateway", "d", default="d_e"),
        END,
        flows("s>m", "m>f", "f>a", "f>b", "a>j", "b>j", "j>d", "d>m [again]", "d>e"),
    )
    assert not [f for f in check(read(source)) if f.is_error]


@pytest.mark.parametrize(
    "inner",
    [
        node("eventBasedGateway", "x", eventGatewayType="Parallel"),
        event_sub(
            node("startEvent", "t", MESSAGE), '<standardLoopCharacteristics loopMaximum="2"/>'
        ),
    ],
)
def test_what_would_be_left_out_without_a_word_is_refused(inner: str) -> None:
    assert "x" in {f.element for f in found(plain(inner, roots=M), "unsupported")}


def test_a_name_of_a_million_letters_is_told_in_short() -> None:
    source = plain(node("exclusiveGateway", "g", name="x" * 1_000_000))
    assert len(found(source, "unreachable")[0].message) < 500


def test_a_file_that_cannot_be_read_says_why_in_the_same_form() -> None:
    with pytest.raises(Unreadable) as refusal:
        read(b"<definitions")
    first = refusal.value.findings[0]
    assert (first.rule, first.severity, first.line) == ("not_xml", "error", 1)
    assert first.message
    assert first.message_en
    assert first.advice
