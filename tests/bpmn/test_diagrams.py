"""The diagrams keep the standard, draw everything they say, and agree with their procedures.

Not for running: see test_scenarios.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import SpiffWorkflow.bpmn.parser
from lxml import etree

from engine.process import check, read
from tests.bpmn.files import ALL, BPMN, BPMNDI, DC, MOTCUA, Folder

EACH = pytest.mark.parametrize("folder", ALL, ids=lambda f: f.name)
TASKS = ("task", "userTask", "manualTask", "sendTask", "receiveTask", "serviceTask")
WAITING = ("userTask", "manualTask", "task", "receiveTask")
SPLITS = ("exclusiveGateway", "inclusiveGateway")
XSD = Path(SpiffWorkflow.bpmn.parser.__file__).parent / "schema" / "BPMN20.xsd"


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The XML schema of the standard."""
    return etree.XMLSchema(etree.parse(XSD))


@EACH
def test_a_diagram_keeps_the_schema_of_the_standard(
    folder: Folder, schema: etree.XMLSchema
) -> None:
    assert schema.validate(folder.tree), schema.error_log


@EACH
def test_the_engine_finds_nothing_wrong(folder: Folder) -> None:
    assert check(read(folder.source), facts=folder.facts) == ()


@EACH
def test_text_is_composed_and_ids_are_plain(folder: Folder) -> None:
    text = folder.source.decode()
    assert unicodedata.is_normalized("NFC", text)
    for element in folder.tree.iter():
        if isinstance(element.tag, str) and element.get("id"):
            assert re.fullmatch(r"[a-z][a-z0-9_]*", element.get("id"))


@EACH
def test_every_element_and_flow_is_drawn(folder: Folder) -> None:
    drawn = {e.get("bpmnElement") for e in folder.tree.iter(f"{BPMNDI}BPMNShape")}
    lines = {e.get("bpmnElement") for e in folder.tree.iter(f"{BPMNDI}BPMNEdge")}
    lanes = {e.get("id") for e in folder.nodes("lane")}
    assert set(folder.definition.elements) | lanes <= drawn
    flows = {e.get("id") for e in folder.nodes("sequenceFlow", "messageFlow")}
    assert flows == lines


@EACH
def test_tasks_are_large_enough_to_read_and_nothing_overlaps(folder: Folder) -> None:
    boxes = bounds(folder)
    for task in folder.nodes(*TASKS):
        _, _, width, height = boxes[task.get("id")]
        assert width >= 140
        assert height >= 80
    nodes = set(folder.definition.elements) - {"consult"}
    hosts = {e.get("id"): e.get("attachedToRef") for e in folder.nodes("boundaryEvent")}
    for one, other in combinations(sorted(nodes), 2):
        if hosts.get(one) != other and hosts.get(other) != one:
            assert not overlap(boxes[one], boxes[other]), f"{one} lies on {other}"


@EACH
def test_every_node_lies_inside_its_lane(folder: Folder) -> None:
    boxes = bounds(folder)
    for lane in folder.nodes("lane"):
        left, top, width, height = boxes[lane.get("id")]
        for ref in lane.iter(f"{BPMN}flowNodeRef"):
            x, y, w, h = boxes[ref.text]
            assert left <= x <= x + w <= left + width
            assert top <= y <= y + h <= top + height


@EACH
def test_lanes_are_those_of_the_procedure_and_hold_every_node_once(folder: Folder) -> None:
    lanes = folder.nodes("lane")
    assert {e.get("id") for e in lanes} == set(folder.procedure.lanes)
    held = [ref.text for lane in lanes for ref in lane.iter(f"{BPMN}flowNodeRef")]
    inner = {e.get("id") for s in folder.nodes("subProcess") for e in s if e.get("id")}
    assert sorted(held) == sorted(set(folder.definition.elements) - inner)


@EACH
def test_every_split_has_a_default_and_only_merges_or_splits(folder: Folder) -> None:
    for gateway in folder.nodes(*SPLITS):
        outgoing = gateway.findall(f"{BPMN}outgoing")
        incoming = gateway.findall(f"{BPMN}incoming")
        assert len(outgoing) == 1 or len(incoming) == 1
        assert len(outgoing) == 1 or gateway.get("default")


@EACH
def test_flows_join_in_gateways_only(folder: Folder) -> None:
    for element in folder.nodes(*TASKS, "subProcess", "endEvent"):
        assert len(element.findall(f"{BPMN}incoming")) == 1, element.get("id")


@EACH
def test_people_read_vietnamese_names_on_all_that_waits_or_ends(folder: Folder) -> None:
    for element in folder.nodes(*TASKS, "endEvent", "lane", "participant", "boundaryEvent"):
        assert element.get("name"), element.get("id")
    for split in folder.nodes("exclusiveGateway"):
        if len(split.findall(f"{BPMN}outgoing")) > 1:
            assert split.get("name"), split.get("id")


@EACH
def test_every_waiting_element_has_a_step_and_every_step_an_element(folder: Folder) -> None:
    waiting = {e.get("id") for e in folder.nodes(*WAITING)}
    waiting |= {e.get("id") for e in folder.nodes("intermediateCatchEvent")}
    assert set(folder.procedure.steps) == waiting


@EACH
def test_every_fact_is_decided_on_and_set_by_elements_that_exist(folder: Folder) -> None:
    loops = folder.nodes("multiInstanceLoopCharacteristics")
    texts = [e.text for e in folder.nodes("conditionExpression")]
    used = " ".join([*texts, *(e.get(f"{MOTCUA}collection") for e in loops)])
    for name, fact in folder.procedure.facts.items():
        assert re.search(rf"\b{name}\b", used), name
        assert fact.set_by
        assert set(fact.set_by) <= set(folder.definition.elements)
        assert fact.default is not None


@EACH
def test_referrals_and_supplement_name_elements_and_messages(folder: Folder) -> None:
    procedure, elements = folder.procedure, folder.definition.elements
    messages = set(folder.definition.message_names)
    for referral in procedure.referrals:
        assert {referral.element, referral.wait_element} <= set(elements)
        assert referral.message in messages
    assert procedure.supplement is not None
    assert procedure.supplement.wait_element in elements
    assert procedure.supplement.message in messages


@EACH
def test_timers_say_what_the_procedure_says(folder: Folder) -> None:
    found = {
        e.getparent().getparent().get("id"): (e.text, e.get(f"{MOTCUA}calendar", "calendar"))
        for e in folder.nodes("timeDuration")
    }
    supplement = folder.procedure.supplement
    assert supplement is not None
    for id_, (text, calendar) in found.items():
        if id_.startswith("supplement"):
            assert (text, calendar) == (f"P{supplement.auto_close_after}D", "working")
    limits = {
        (f"P{r.days}D", "working" if r.unit.value == "working_day" else "calendar")
        for r in folder.procedure.referrals
        if r.days
    }
    assert limits <= set(found.values())


def bounds(folder: Folder) -> dict[str, tuple[float, float, float, float]]:
    """Return the drawn box of each element: left, top, width, height."""
    found = {}
    for shape in folder.tree.iter(f"{BPMNDI}BPMNShape"):
        box = shape.find(f"{DC}Bounds")
        left, top, width, height = (float(box.get(k)) for k in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement")] = (left, top, width, height)
    return found


def overlap(one: Any, other: Any) -> bool:
    """Tell whether two boxes share ground."""
    (x, y, w, h), (u, v, s, t) = one, other
    return bool(x < u + s and u < x + w and y < v + t and v < y + h)
