"""The canonical form: what optional, differently written or tool-made text is read as."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.process import Unreadable, check, compile_definition, read
from engine.process.document import Document, Node
from engine.process.reading import MAX_BYTES
from tests.engine.process.diagrams import (
    HEAD,
    Walk,
    definitions,
    event,
    flows,
    model,
    node,
    process,
    timer,
)

PLAIN = definitions(process(node("startEvent", "s"), node("task", "a"), flows("s>a")))
ZEEBE = 'xmlns:z="http://camunda.org/schema/zeebe/1.0"'
CAMUNDA = 'xmlns:c="http://camunda.org/schema/1.0/bpmn"'


def read_node(xml: str, *, roots: str = "", beside: str = "") -> Node:
    """Return the node with id `a` of a document that holds it."""
    document = read(definitions(roots, process(beside, xml)))
    return next(n for s in document.scopes() for n in s.nodes if n.id == "a")


def errors(document: Document) -> list[str]:
    """Return the rules that refuse a document."""
    return [f.rule for f in check(document) if f.is_error]


def refused_with(source: bytes) -> tuple[str, int]:
    """Return rule and line of the finding that makes bytes unreadable."""
    with pytest.raises(Unreadable) as refusal:
        read(source)
    return refusal.value.findings[0].rule, refusal.value.findings[0].line


# The bytes


@pytest.mark.parametrize(
    ("source", "rule", "line"),
    [
        (b"", "not_xml", 1),
        (b"no xml", "not_xml", 1),
        (PLAIN[:200], "not_xml", 2),
        (b"<!DOCTYPE x>\n" + PLAIN.split(b"\n", 1)[1], "doctype", 1),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "doctype", 1),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "doctype", 1),
        (b"\n\n<html/>", "not_bpmn", 3),
        (PLAIN.replace(b"20100524", b"20090502"), "not_bpmn", 2),
        (PLAIN.replace(b'id="a"', b'id="a" name="\xff"'), "not_utf8", 3),
        (PLAIN.replace(b"UTF-8", b"ISO-8859-1"), "not_utf8", 1),
        (PLAIN.decode().encode("utf-16"), "not_utf8", 1),
        (b"<a>" * 300 + b"</a>" * 300, "not_xml", 1),
        (PLAIN + b" " * MAX_BYTES, "too_large", 0),
    ],
)
def test_bytes_that_are_no_bpmn_document_are_unreadable(
    source: bytes, rule: str, line: int
) -> None:
    assert refused_with(source) == (rule, line)


def test_only_bytes_are_read() -> None:
    with pytest.raises(TypeError):
        read(PLAIN.decode())  # type: ignore[arg-type] # that is the point


def test_a_byte_order_mark_and_comments_are_no_content() -> None:
    source = b"\xef\xbb\xbf" + PLAIN.replace(b'id="a">', b'id="a"><!-- no -->')
    assert not errors(read(source))


def test_equal_bytes_have_an_equal_digest_and_read_equal() -> None:
    assert read(PLAIN) == read(bytes(PLAIN))
    assert read(PLAIN).digest != read(PLAIN.replace(b'"a"', b'"b"')).digest


def test_a_document_beyond_the_bounds_is_read_no_further() -> None:
    crowd = "".join(node("task", f"t{i}") for i in range(2_001))
    document = read(definitions(process(crowd)))
    assert document.processes == ()
    assert errors(document) == ["too_many_nodes"]


# Ids and references


def test_flows_and_nodes_without_an_id_lose_nothing() -> None:
    source = definitions(
        process(
            node("startEvent", "s"),
            node("task", "a"),
            node("endEvent", "e"),
            '<sequenceFlow sourceRef="s" targetRef="a"/><sequenceFlow sourceRef="a" targetRef="e"/>',
            f'<boundaryEvent attachedToRef="a">{timer("P1D")}</boundaryEvent>',
        )
    )
    definition = compile_definition(read(source))
    assert len(definition.flows) == 2
    assert len(definition.elements) == 4
    walk = Walk(definition).begin().do("a")
    assert walk.at.end_events == ("e",)


def test_a_made_up_id_takes_no_id_of_the_document() -> None:
    source = definitions(process(node("task", "task_auto_1"), "<task/>"))
    assert len(compile_definition(read(source)).elements) == 2


def test_elements_named_like_the_parts_of_a_library_are_ordinary() -> None:
    names = ("Start", "End", "Root", "p.EndJoin", "end")
    body = "".join(node("task", n) for n in names)
    links = flows("Start>End", "End>Root", "Root>p.EndJoin", "p.EndJoin>end")
    walk = Walk(compile_definition(read(definitions(process(body, links))))).begin()
    for name in names:
        walk.do(name)
    assert walk.at.outcome == "completed"


@pytest.mark.parametrize("prefix", ["", "t:", "tns:"])
def test_a_reference_may_have_a_prefix(prefix: str) -> None:
    message = '<message id="m" name="answer"/>'
    roots = message.replace("/>", ' xmlns:tns="urn:test"/>')
    xml = f'<receiveTask id="a" xmlns:tns="urn:test" messageRef="{prefix}m"/>'
    assert read_node(xml, roots=roots).message == "answer"


def test_a_message_without_a_name_is_called_by_its_id() -> None:
    assert (
        read_node(node("receiveTask", "a", messageRef="m"), roots='<message id="m"/>').message
        == "m"
    )


def test_an_event_definition_may_stand_at_the_root_and_be_referred_to() -> None:
    roots = (
        '<message id="m" name="answer"/><messageEventDefinition id="d" messageRef="m"/>'
        '<timerEventDefinition id="t"><timeDuration xsi:type="tFormalExpression">P1D</timeDuration>'
        "</timerEventDefinition>"
    )
    one = read_node(
        node("intermediateCatchEvent", "a", "<eventDefinitionRef>t:d</eventDefinitionRef>"),
        roots=roots,
    )
    assert (one.event_kind, one.events[0].name) == ("message", "answer")
    two = read_node(
        node("intermediateCatchEvent", "a", "<eventDefinitionRef>t</eventDefinitionRef>"),
        roots=roots,
    )
    assert (two.event_kind, two.events[0].text) == ("timer", "P1D")


def test_an_event_definition_that_is_not_there_is_told() -> None:
    xml = node("intermediateCatchEvent", "a", "<eventDefinitionRef>gone</eventDefinitionRef>")
    assert "unknown_reference" in errors(read(definitions(process(xml))))


# Booleans, numbers, leftovers


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("false", False), ("0", False)]
)
def test_a_boolean_may_be_a_digit(text: str, value: bool) -> None:
    document = read(definitions(process(node("task", "a"), executable=text)))
    assert document.processes[0].executable is value
    xml = node("boundaryEvent", "a", event("signal"), attachedToRef="b", cancelActivity=text)
    assert read_node(xml, beside=node("task", "b")).interrupting is value


def test_a_process_that_does_not_say_so_is_not_executable() -> None:
    document = read(definitions(f'<process id="p">{node("task", "a")}</process>'))
    assert not document.processes[0].executable
    assert errors(document) == ["not_executable"]


@pytest.mark.parametrize("quantity", ["1", "+1", "01", " 1 "])
def test_one_token_may_be_written_in_several_ways(quantity: str) -> None:
    document = read(definitions(process(node("task", "a", startQuantity=quantity))))
    assert not errors(document)


@pytest.mark.parametrize("text", ["", "  \n ", "<!-- nothing -->"])
def test_an_empty_condition_is_none(text: str) -> None:
    source = definitions(
        process(
            node("task", "a"),
            node("task", "b"),
            '<sequenceFlow id="f" sourceRef="a" targetRef="b"><conditionExpression '
            f'xsi:type="tFormalExpression">{text}</conditionExpression></sequenceFlow>',
        )
    )
    assert read(source).processes[0].scope.flows[0].condition is None


def test_a_default_that_is_the_only_way_out_is_absent() -> None:
    walk = Walk(model(node("task", "a", default="a_e"), flows("s>a", "a>e"))).begin()
    assert walk.do("a").at.end_events == ("e",)


def test_a_condition_on_the_only_way_out_is_obeyed() -> None:
    definition = model(node("task", "a"), flows("s>a", "a>e [n == 1]"))
    assert Walk(definition).begin(n=1).do("a").at.ended


def test_a_default_elsewhere_is_not_taken_for_a_leftover() -> None:
    source = definitions(
        process(node("startEvent", "s"), node("task", "a", default="x"), node("endEvent", "e"),
                flows("s>a", "a>e"))
    )  # fmt: skip
    assert errors(read(source)) == ["unknown_default"]


@pytest.mark.parametrize("text", ["${n &gt; 1}", "#{n &gt; 1}", "= n &gt; 1", "n &gt; 1"])
def test_a_condition_may_stand_in_the_brackets_of_other_tools(text: str) -> None:
    condition = f'<conditionExpression xsi:type="tFormalExpression">{text}</conditionExpression>'
    source = definitions(
        process(
            node("startEvent", "s"),
            node("exclusiveGateway", "g", default="g_b"),
            node("task", "a"),
            node("task", "b"),
            flows("s>g", "g>b"),
            f'<sequenceFlow id="f" sourceRef="g" targetRef="a">{condition}</sequenceFlow>',
        )
    )
    definition = compile_definition(read(source))
    assert Walk(definition).begin(n=2).open == ["a"]
    assert Walk(definition).begin(n=1).open == ["b"]


# Lanes, roles, data


def test_the_innermost_lane_wins_and_reaches_into_sub_processes() -> None:
    lanes = (
        '<laneSet id="ls"><lane id="office" name="Văn phòng"><flowNodeRef>a</flowNodeRef>'
        "<flowNodeRef>x</flowNodeRef>"
        '<childLaneSet id="c"><lane id="desk" name="Một cửa"><flowNodeRef>a</flowNodeRef></lane>'
        "</childLaneSet></lane></laneSet>"
    )
    inner = node("task", "inside")
    source = definitions(process(lanes, node("task", "a"), node("subProcess", "x", inner)))
    elements = compile_definition(read(source)).elements
    assert (elements["a"].lane, elements["a"].roles) == ("desk", ("Một cửa",))
    assert (elements["inside"].lane, elements["inside"].roles) == ("office", ("Văn phòng",))


def test_the_lanes_of_a_sub_process_are_read() -> None:
    inner = '<laneSet id="ls"><lane id="l"><flowNodeRef>a</flowNodeRef></lane></laneSet>' + node(
        "task", "a"
    )
    found = compile_definition(read(definitions(process(node("subProcess", "x", inner)))))
    assert found.elements["a"].roles == ("l",)
    assert [lane.id for lane in found.lanes] == ["l"]


@pytest.mark.parametrize(
    ("owner", "roles"),
    [
        (
            (
                "<potentialOwner><resourceAssignmentExpression><formalExpression>clerk, officer"
                "</formalExpression></resourceAssignmentExpression></potentialOwner>"
            ),
            ("clerk", "officer"),
        ),
        ("<potentialOwner><resourceRef>t:r</resourceRef></potentialOwner>", ("Cán bộ",)),
        ("<humanPerformer><resourceRef>r2</resourceRef></humanPerformer>", ("r2",)),
    ],
)
def test_a_potential_owner_is_the_role(owner: str, roles: tuple[str, ...]) -> None:
    found = read_node(node("userTask", "a", owner), roots='<resource id="r" name="Cán bộ"/>')
    assert found.roles == roles


def test_a_data_association_that_would_move_data_is_refused_and_a_drawn_one_is_not() -> None:
    def document(data_output: str) -> Document:
        inner = (
            f"<ioSpecification>{data_output}<inputSet/><outputSet/></ioSpecification>"
            "<dataOutputAssociation><sourceRef>o</sourceRef><targetRef>x</targetRef>"
            "</dataOutputAssociation>"
        )
        data = '<dataObject id="x" name="result"/>'
        return read(definitions(process(data, node("task", "a", inner))))

    assert errors(document('<dataOutput id="o" name="answer"/>')) == ["unsupported"]
    assert not errors(document('<dataOutput id="o" name="result"/>'))
    assert not errors(document('<dataOutput id="o"/>'))


# Repetition


COLLECTIONS = {
    "ours": '<multiInstanceLoopCharacteristics motcua:collection="units" motcua:item="unit"/>',
    "camunda": f'<multiInstanceLoopCharacteristics {CAMUNDA} c:collection="units" c:elementVariable="unit"/>',
    "zeebe": f"<multiInstanceLoopCharacteristics {ZEEBE}><extensionElements>"
    '<z:loopCharacteristics inputCollection="= units" inputElement="unit"/>'
    "</extensionElements></multiInstanceLoopCharacteristics>",
    "standard": "<multiInstanceLoopCharacteristics><loopDataInputRef>d</loopDataInputRef>"
    '<inputDataItem id="i" name="unit"/></multiInstanceLoopCharacteristics>',
    "standard through an association": "<ioSpecification>"
    '<dataInput id="in" name="list"/><inputSet/><outputSet/></ioSpecification>'
    "<dataInputAssociation><sourceRef>d</sourceRef><targetRef>in</targetRef></dataInputAssociation>"
    "<multiInstanceLoopCharacteristics><loopDataInputRef>in</loopDataInputRef>"
    '<inputDataItem id="unit" name="a unit"/></multiInstanceLoopCharacteristics>',
}


@pytest.mark.parametrize("way", sorted(COLLECTIONS))
def test_a_list_to_repeat_over_may_be_written_in_every_way(way: str) -> None:
    data = '<dataObject id="d" name="units"/>'
    definition = model(data, node("userTask", "a", COLLECTIONS[way]), flows("s>a", "a>e"))
    walk = Walk(definition).begin(units=["thuế", "đất"])
    assert [t.item for t in walk.at.open_tasks] == ["thuế", "đất"]


def test_the_outputs_of_a_repetition_go_where_the_data_output_leads() -> None:
    inner = (
        '<ioSpecification><dataOutput id="out" name="list"/><inputSet/><outputSet/></ioSpecification>'
        "<dataOutputAssociation><sourceRef>out</sourceRef><targetRef>d</targetRef>"
        "</dataOutputAssociation><multiInstanceLoopCharacteristics>"
        '<loopCardinality xsi:type="tFormalExpression">2</loopCardinality>'
        '<loopDataOutputRef>out</loopDataOutputRef><outputDataItem id="o" name="opinion"/>'
        "</multiInstanceLoopCharacteristics>"
    )
    data = '<dataObject id="d" name="opinions"/>'
    walk = Walk(model(data, node("userTask", "a", inner), flows("s>a", "a>e"))).begin()
    walk.do("a", index=1, opinion="no").do("a", index=0, opinion="yes")
    assert walk.at.facts["opinions"] == ["yes", "no"]


def test_a_called_process_may_be_named_by_an_extension() -> None:
    xml = (
        f'<callActivity id="a" {ZEEBE}><extensionElements><z:calledElement processId="q"/>'
        "</extensionElements></callActivity>"
    )
    assert read_node(xml).called == "q"
    assert read_node(xml.replace('"q"', '"= q"')).called == ""


# The samples of this repository


@pytest.mark.parametrize("path", sorted(Path("bpmn").rglob("*.bpmn")), ids=lambda p: p.parent.name)
def test_the_procedures_of_this_repository_have_no_error(path: Path) -> None:
    assert not errors(read(path.read_bytes()))


def test_the_head_of_the_test_documents_takes_two_lines() -> None:
    assert HEAD.count("\n") == 2


@pytest.mark.parametrize("properties", [("code",), ("code", "round")])
def test_the_standard_correlation_gives_the_key_of_a_message(properties: tuple[str, ...]) -> None:
    path = '<messagePath xsi:type="tFormalExpression">body</messagePath>'
    roots = '<message id="m" name="answer"/>' + "".join(
        f'<correlationProperty id="{p}"><correlationPropertyRetrievalExpression messageRef="m">'
        f"{path}</correlationPropertyRetrievalExpression></correlationProperty>"
        for p in properties
    )
    bindings = "".join(
        f'<correlationPropertyBinding correlationPropertyRef="t:{p}">'
        f'<dataPath xsi:type="tFormalExpression">{p}</dataPath></correlationPropertyBinding>'
        for p in properties
    )
    refs = "".join(f"<correlationPropertyRef>{p}</correlationPropertyRef>" for p in properties)
    roots += (
        '<collaboration id="co"><participant id="pa" processRef="p"/>'
        f'<correlationKey id="k">{refs}</correlationKey></collaboration>'
    )
    subscription = (
        f'<correlationSubscription correlationKeyRef="k">{bindings}</correlationSubscription>'
    )
    source = definitions(
        roots,
        process(
            node("startEvent", "s"),
            node("receiveTask", "a", messageRef="m"),
            flows("s>a"),
            subscription,
        ),
    )
    walk = Walk(compile_definition(read(source))).begin(code="H1", round="2")
    assert walk.at.subscriptions[0].key == "|".join(("H1", "2")[: len(properties)])
