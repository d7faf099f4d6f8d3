"""Builds what tests need: a small catalogue on disk, an office on a store, dossiers in it.

The diagram here is the smallest that has a clerk, an officer, a supplement with a timer, a question
to another agency and a result. Not for the real procedures: those are in bpmn/.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.law.authority import Actor
from workflows import intake
from workflows.catalogue import Catalogue
from workflows.clock import SeededIds, SimulatedClock
from workflows.office import Office
from workflows.store import Store
from workflows.views import DossierView, StepView

MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # 08:30 in the office
CODE = "1.000001"

PROCEDURE = """
code = "1.000001"
name = "Thủ tục thử"
field = "Thử"
level = "commune"
version = "1"
effective_from = 2025-07-01

[time_limit]
amount = 5
unit = "working_day"
on_supplement = "restart"
source = "test"

[supplement]
rounds = 2
fact = "complete"
value = false
wait_element = "wait_supplement"
message = "supplement_received"
auto_close_after = 15
source = "test"

[[components]]
id = "form"
name = "Tờ khai"
originals = 1

[lanes.counter]
role = "one_stop_clerk"
agency = "receiving"

[lanes.officer]
role = "officer"
agency = "competent"

[lanes.leader]
role = "leader"
agency = "competent"

[steps.check]
norm_minutes = 480
status = 2

[steps.review]
norm_minutes = 960
status = 4

[steps.sign]
norm_minutes = 960
status = 4
not_same_hand_as = ["review"]

[steps.return_result]
counted = false
clock = "applicant"
status = 9

[steps.wait_supplement]
counted = false
clock = "applicant"
status = 5

[steps.wait_opinion]
counted = false
clock = "other_agency"
status = 4

[[referrals]]
element = "ask_opinion"
wait_element = "wait_opinion"
message = "opinion_answer"
to = "partner:tax"
days = 3
unit = "working_day"
silence = "agreed"
name = "Hỏi ý kiến"

[facts.complete]
type = "boolean"
set_by = ["check"]
default = true

[facts.ask]
type = "boolean"
set_by = ["check"]
default = false

[facts.agreed]
type = "boolean"
set_by = ["wait_opinion"]
default = true

[ends.returned]
status = 10

[ends.closed]
status = 8
"""

PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:motcua="urn:motcua:bpmn:1"
    id="defs" targetNamespace="urn:test">
  <message id="m1" name="supplement_received"/>
  <message id="m2" name="opinion_request"/>
  <message id="m3" name="opinion_answer"/>
  <message id="m4" name="notice"/>
  <process id="small" isExecutable="true">
    <laneSet id="lanes">
      <lane id="counter" name="Một cửa">
        <flowNodeRef>begin</flowNodeRef><flowNodeRef>again</flowNodeRef>
        <flowNodeRef>check</flowNodeRef><flowNodeRef>which</flowNodeRef>
        <flowNodeRef>wait_supplement</flowNodeRef><flowNodeRef>too_late</flowNodeRef>
        <flowNodeRef>closed</flowNodeRef>
        <flowNodeRef>return_result</flowNodeRef><flowNodeRef>returned</flowNodeRef>
      </lane>
      <lane id="officer" name="Chuyên môn">
        <flowNodeRef>ask_opinion</flowNodeRef><flowNodeRef>wait_opinion</flowNodeRef>
        <flowNodeRef>silence</flowNodeRef><flowNodeRef>to_review</flowNodeRef>
        <flowNodeRef>review</flowNodeRef>
      </lane>
      <lane id="leader" name="Lãnh đạo">
        <flowNodeRef>sign</flowNodeRef><flowNodeRef>tell</flowNodeRef>
      </lane>
    </laneSet>
    <startEvent id="begin" name="Hồ sơ đến"><outgoing>f0</outgoing></startEvent>
    <exclusiveGateway id="again">
      <incoming>f0</incoming><incoming>f5</incoming><outgoing>f1</outgoing>
    </exclusiveGateway>
    <userTask id="check" name="Kiểm tra">
      <incoming>f1</incoming><outgoing>f2</outgoing>
    </userTask>
    <exclusiveGateway id="which" default="f3">
      <incoming>f2</incoming>
      <outgoing>f3</outgoing><outgoing>f4</outgoing><outgoing>f6</outgoing>
    </exclusiveGateway>
    <receiveTask id="wait_supplement" name="Bổ sung" messageRef="m1">
      <incoming>f4</incoming><outgoing>f5</outgoing>
    </receiveTask>
    <boundaryEvent id="too_late" name="Quá hạn bổ sung" attachedToRef="wait_supplement">
      <outgoing>f7</outgoing>
      <timerEventDefinition id="too_late_timer">
        <timeDuration xsi:type="tFormalExpression" motcua:calendar="working">P15D</timeDuration>
      </timerEventDefinition>
    </boundaryEvent>
    <endEvent id="closed" name="Đóng hồ sơ"><incoming>f7</incoming></endEvent>
    <sendTask id="ask_opinion" name="Hỏi ý kiến" messageRef="m2">
      <incoming>f6</incoming><outgoing>f8</outgoing>
    </sendTask>
    <receiveTask id="wait_opinion" name="Chờ ý kiến" messageRef="m3">
      <incoming>f8</incoming><outgoing>f9</outgoing>
    </receiveTask>
    <boundaryEvent id="silence" name="Im lặng" attachedToRef="wait_opinion">
      <outgoing>f10</outgoing>
      <timerEventDefinition id="silence_timer">
        <timeDuration xsi:type="tFormalExpression">P12D</timeDuration>
      </timerEventDefinition>
    </boundaryEvent>
    <exclusiveGateway id="to_review">
      <incoming>f3</incoming><incoming>f9</incoming><incoming>f10</incoming>
      <outgoing>f11</outgoing>
    </exclusiveGateway>
    <userTask id="review" name="Thẩm định">
      <incoming>f11</incoming><outgoing>f12</outgoing>
    </userTask>
    <userTask id="sign" name="Ký"><incoming>f12</incoming><outgoing>f13</outgoing></userTask>
    <sendTask id="tell" name="Báo kết quả" messageRef="m4">
      <incoming>f13</incoming><outgoing>f14</outgoing>
    </sendTask>
    <userTask id="return_result" name="Trả kết quả">
      <incoming>f14</incoming><outgoing>f15</outgoing>
    </userTask>
    <endEvent id="returned" name="Đã trả"><incoming>f15</incoming></endEvent>
    <sequenceFlow id="f0" sourceRef="begin" targetRef="again"/>
    <sequenceFlow id="f1" sourceRef="again" targetRef="check"/>
    <sequenceFlow id="f2" sourceRef="check" targetRef="which"/>
    <sequenceFlow id="f3" sourceRef="which" targetRef="to_review"/>
    <sequenceFlow id="f4" sourceRef="which" targetRef="wait_supplement">
      <conditionExpression xsi:type="tFormalExpression">complete == false</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="f5" sourceRef="wait_supplement" targetRef="again"/>
    <sequenceFlow id="f6" sourceRef="which" targetRef="ask_opinion">
      <conditionExpression xsi:type="tFormalExpression">ask == true</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="f7" sourceRef="too_late" targetRef="closed"/>
    <sequenceFlow id="f8" sourceRef="ask_opinion" targetRef="wait_opinion"/>
    <sequenceFlow id="f9" sourceRef="wait_opinion" targetRef="to_review"/>
    <sequenceFlow id="f10" sourceRef="silence" targetRef="to_review"/>
    <sequenceFlow id="f11" sourceRef="to_review" targetRef="review"/>
    <sequenceFlow id="f12" sourceRef="review" targetRef="sign"/>
    <sequenceFlow id="f13" sourceRef="sign" targetRef="tell"/>
    <sequenceFlow id="f14" sourceRef="tell" targetRef="return_result"/>
    <sequenceFlow id="f15" sourceRef="return_result" targetRef="returned"/>
  </process>
</definitions>
"""

AGENCIES = """
version = "test"
[office_hours.standard]
name = "Giờ hành chính"
intervals = [["07:30", "11:30"], ["13:00", "17:00"]]
weekdays = [1, 2, 3, 4, 5]

[[agency]]
code = "H55.901"
name = "UBND xã Thử"
kind = "commune_committee"
level = "commune"
valid_from = 2025-07-01
partners = { tax = "H55.81.01" }

[[agency]]
code = "H55.901.01"
name = "Trung tâm PVHCC xã Thử"
kind = "service_centre"
level = "commune"
parent = "H55.901"
valid_from = 2025-07-01

[[agency]]
code = "H55.81.01"
name = "Thuế cơ sở"
kind = "tax_unit"
level = "province"
valid_from = 2025-07-01

[[agency]]
code = "000.00.31.H03"
name = "UBND huyện cũ"
kind = "district_committee"
level = "district"
valid_from = 2017-01-01
valid_to = 2025-06-30
successors = ["H55.901"]
"""

CENTRE, COMMUNE, TAX = "H55.901.01", "H55.901", "H55.81.01"
REAL_SHARED = Path(__file__).parent.parent / "bpmn" / "shared"
REAL_CALENDAR = REAL_SHARED / "calendar"


def catalogue_folder(folder: Path, process: str = PROCESS, procedure: str = PROCEDURE) -> Path:
    """Write a catalogue of one procedure and return its folder."""
    small = folder / "bpmn" / "small"
    small.mkdir(parents=True, exist_ok=True)
    (small / "procedure.toml").write_text(procedure, encoding="utf-8")
    (small / "process.bpmn").write_text(process, encoding="utf-8")
    calendar = folder / "bpmn" / "shared" / "calendar"
    calendar.mkdir(parents=True, exist_ok=True)
    (calendar.parent / "agencies.toml").write_text(AGENCIES, encoding="utf-8")
    for year in REAL_CALENDAR.glob("*.toml"):
        (calendar / year.name).write_bytes(year.read_bytes())
    for table in (REAL_SHARED / "compliance").glob("*.toml"):
        copy = calendar.parent / table.relative_to(REAL_SHARED)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(table.read_bytes())
    indices = REAL_SHARED / "decision_766.toml"
    (calendar.parent / indices.name).write_bytes(indices.read_bytes())
    return folder / "bpmn"


@cache
def _small() -> Catalogue:
    """Read the small catalogue once for a whole run: ten years of calendar take their time."""
    with TemporaryDirectory() as folder:
        return Catalogue.load(catalogue_folder(Path(folder)))


def office_on(store: Store, *, seed: int = 1) -> Office:
    """Return an office with the small catalogue, its clock standing on a Monday morning."""
    small = _small()
    catalogue = Catalogue(
        small.procedures(),
        small.agencies,
        small.calendars,
        small.tables,
        service_indices=small.service_indices,
    )
    office = Office(store, catalogue, SimulatedClock(MONDAY), SeededIds(seed), personal_key=b"key")
    catalogue.publish(store, MONDAY)
    return office


def person(role: str, agency: str = COMMUNE, name: str = "") -> Actor:
    """Return somebody with a role at an agency, allowed everything the role allows."""
    return Actor(person=name or f"{role}.test", agency=agency, role=role)


CLERK = person("one_stop_clerk", CENTRE)
OFFICER = person("officer")
LEADER = person("leader")
TAX_OFFICER = person("tax_officer", TAX)


def receive(
    office: Office, name: str = "Nguyễn Thị Hoa", key: str = "", phone: str | None = None
) -> DossierView:
    """Receive a dossier at the counter."""
    command = intake.ReceiveDossier(
        procedure=CODE,
        applicant_name=name,
        applicant_id="001090001234",
        phone=phone,
        idempotency_key=key,
    )
    return intake.receive(office, CLERK, command)


def task_of(view: DossierView, element: str) -> StepView:
    """Return the open step of an element."""
    return next(t for t in view.tasks if t.element == element)
