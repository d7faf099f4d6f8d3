"""A procedure (thủ tục hành chính) as the law and its internal process describe it.

`parse_procedure` turns the values of a procedure file into a `Procedure` or says everything that
is wrong with it; `Procedure.agrees_with` compares it with a process diagram. It opens no file and
knows no engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date
from typing import Any, Protocol

from engine.law.contradictions import note_contradictions
from engine.law.life import (
    Reappointment,
    RefusalEnds,
    Reopening,
    Suspension,
    life_agrees,
    note_life,
)
from engine.law.problems import ERROR, Problem, ProblemList, ProcedureInvalid
from engine.law.provisions import (
    Component,
    End,
    Escalation,
    Extension,
    Fact,
    Fee,
    Lane,
    Leg,
    LegalBasis,
    Level,
    Result,
    Stage,
    Step,
    Supplement,
    TimeLimit,
    Warnings,
)
from engine.law.reading import read_table
from engine.law.referral import Referral

__all__ = [
    "Component",
    "DefinitionLike",
    "ElementLike",
    "End",
    "Escalation",
    "Extension",
    "Fact",
    "Fee",
    "FlowLike",
    "Lane",
    "Leg",
    "LegalBasis",
    "Problem",
    "Procedure",
    "ProcedureInvalid",
    "Referral",
    "Result",
    "Stage",
    "Step",
    "Supplement",
    "TimeLimit",
    "Warnings",
    "check_procedure",
    "parse_procedure",
]


class ElementLike(Protocol):
    """What is needed of an element of a process definition."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def lane(self) -> str: ...
    @property
    def scope(self) -> str: ...
    @property
    def attached_to(self) -> str: ...
    @property
    def waits(self) -> bool: ...


class FlowLike(Protocol):
    """What is needed of an arrow of a process definition."""

    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...


class DefinitionLike(Protocol):
    """What is needed of a process definition; `process_id` is the scope of the process itself."""

    @property
    def process_id(self) -> str: ...
    @property
    def elements(self) -> Mapping[str, Any]: ...
    @property
    def flows(self) -> Iterable[FlowLike]: ...
    @property
    def message_names(self) -> Iterable[str]: ...
    def why_not_back(self, task: str, to: str) -> str: ...
    def why_not_begin(self, element: str) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One version of a procedure: what a dossier is pinned to."""

    code: str
    name: str
    field: str
    level: Level
    version: str
    effective_from: date
    effective_to: date | None = None
    decision: str = ""
    form_set: str = "2025"
    result_name: str = ""
    mechanism: str = ""
    other_codes: tuple[str, ...] = ()
    note: str = ""
    source: str = ""
    sample: bool = False
    legal_basis: tuple[LegalBasis, ...] = ()
    time_limit: TimeLimit
    stages: tuple[Stage, ...] = ()
    legs: tuple[Leg, ...] = ()
    extension: Extension | None = None
    supplement: Supplement | None = None
    components: tuple[Component, ...] = ()
    fees: tuple[Fee, ...] = ()
    results: tuple[Result, ...] = ()
    lanes: Mapping[str, Lane] = default(default_factory=dict)
    steps: Mapping[str, Step] = default(default_factory=dict)
    referrals: tuple[Referral, ...] = ()
    facts: Mapping[str, Fact] = default(default_factory=dict)
    ends: Mapping[str, End] = default(default_factory=dict)
    warnings: Warnings = default(default_factory=Warnings)
    escalations: tuple[Escalation, ...] = ()
    suspension: Suspension | None = None
    refusal: RefusalEnds | None = None
    reappointment: Reappointment | None = None
    reopen: Reopening | None = None

    def agrees_with(self, definition: DefinitionLike) -> tuple[Problem, ...]:
        """Return every place where this procedure and its diagram say different things."""
        problems = ProblemList()
        _lanes_agree(self, definition, problems)
        _steps_agree(self, definition, problems)
        _ends_agree(self, definition, problems)
        _legs_agree(self, definition, problems)
        _named_elements_exist(self, definition, problems)
        _messages_exist(self, definition, problems)
        life_agrees(self, definition, problems)
        return problems.all()


def check_procedure(values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return every problem of the values of a procedure file, warnings included."""
    return _read(values)[1]


def parse_procedure(values: Mapping[str, Any]) -> Procedure:
    """Return the procedure the values of a file describe.

    Raises ProcedureInvalid with every problem at once when there is an error.
    """
    procedure, problems = _read(values)
    if any(p.severity == ERROR for p in problems):
        raise ProcedureInvalid(problems)
    return procedure


def _read(values: Mapping[str, Any]) -> tuple[Procedure, tuple[Problem, ...]]:
    problems = ProblemList()
    procedure = read_table(Procedure, values, "", problems)
    note_contradictions(procedure, problems)
    note_life(procedure, problems)
    return procedure, problems.all()


def _lanes_agree(procedure: Procedure, definition: DefinitionLike, problems: ProblemList) -> None:
    drawn = {e.lane for e in definition.elements.values() if e.lane}
    working = {e.lane for e in definition.elements.values() if e.waits and e.lane}
    for lane in sorted(working - set(procedure.lanes)):
        problems.error(f"lanes.{lane}", "Làn có trong sơ đồ nhưng chưa có vai trò.", "Hãy thêm.")
    for lane in sorted(set(procedure.lanes) - drawn):
        problems.error(f"lanes.{lane}", "Làn không có trong sơ đồ.", "Hãy bỏ hoặc sửa tên.")


def _steps_agree(procedure: Procedure, definition: DefinitionLike, problems: ProblemList) -> None:
    waiting = {name for name, e in definition.elements.items() if e.waits}
    for name in sorted(waiting - set(procedure.steps)):
        advice = "Hãy thêm [steps.<mã>] với status, và norm_minutes nếu có thời gian."
        problems.error(f"steps.{name}", "Bước chờ trong sơ đồ chưa được mô tả.", advice)
    for name in sorted(set(procedure.steps) - waiting):
        problems.error(
            f"steps.{name}", "Không phải bước chờ nào của sơ đồ.", "Hãy bỏ hoặc sửa tên."
        )


def _ends_agree(procedure: Procedure, definition: DefinitionLike, problems: ProblemList) -> None:
    """Every way the process can end has a national status: no dossier may end without one."""
    main = definition.process_id
    drawn = {n for n, e in definition.elements.items() if e.kind == "endEvent" and e.scope == main}
    for name in sorted(drawn - set(procedure.ends)):
        advice = "Hãy thêm [ends.<mã>] với status 3, 8, 9 hoặc 10, hay side_branch = true."
        problems.error(f"ends.{name}", "Sự kiện kết thúc chưa có trạng thái quốc gia.", advice)
    for name in sorted(set(procedure.ends) - drawn):
        message = "Không phải sự kiện kết thúc nào của quy trình."
        problems.error(f"ends.{name}", message, "Hãy bỏ hoặc sửa tên.")


def _legs_agree(procedure: Procedure, definition: DefinitionLike, problems: ProblemList) -> None:
    """Warn where a leg follows another in the file and no way leads from one to the other."""
    elements = {leg.id: leg.element for leg in procedure.legs}
    onward: dict[str, set[str]] = {}
    for flow in definition.flows:
        onward.setdefault(flow.source, set()).add(flow.target)
    for name, drawn in definition.elements.items():
        if drawn.attached_to:
            onward.setdefault(drawn.attached_to, set()).add(name)
    for index, leg in enumerate(procedure.legs):
        for earlier in leg.after:
            known = {elements.get(earlier, ""), leg.element}
            if not known <= set(definition.elements):
                continue
            scopes = {definition.elements[e].scope for e in known}
            if len(scopes) == 1 and leg.element not in _reached(elements[earlier], onward):
                message = f"Sơ đồ không có đường từ «{elements[earlier]}» đến «{leg.element}»."
                problems.warning(f"legs[{index}].after", message, "Hãy xem lại thứ tự các khâu.")


def _reached(start: str, onward: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = {start}
    while ahead:
        one = ahead.pop()
        more = onward.get(one, set()) - found
        found |= more
        ahead |= more
    return found


def _named_elements_exist(
    procedure: Procedure, definition: DefinitionLike, problems: ProblemList
) -> None:
    named = [
        *((f"facts.{f.name}.set_by", e) for f in procedure.facts.values() for e in f.set_by),
        *((f"referrals[{i}].element", r.element) for i, r in enumerate(procedure.referrals)),
        *(
            (f"referrals[{i}].wait_element", r.wait_element)
            for i, r in enumerate(procedure.referrals)
        ),
        *((f"stages[{i}].from", s.from_element) for i, s in enumerate(procedure.stages)),
        *((f"stages[{i}].to", s.to_element) for i, s in enumerate(procedure.stages)),
        *((f"legs[{i}].element", leg.element) for i, leg in enumerate(procedure.legs)),
        *(
            (f"steps.{s.element}.not_same_hand_as", e)
            for s in procedure.steps.values()
            for e in s.not_same_hand_as
        ),
    ]
    if procedure.supplement is not None:
        named.append(("supplement.wait_element", procedure.supplement.wait_element))
    if procedure.extension is not None:
        named.append(("extension.element", procedure.extension.element))
    for path, element in named:
        if element and element not in definition.elements:
            problems.error(path, f"Sơ đồ không có phần tử «{element}».", "Hãy sửa tên.")


def _messages_exist(
    procedure: Procedure, definition: DefinitionLike, problems: ProblemList
) -> None:
    named = [(f"referrals[{i}].message", r.message) for i, r in enumerate(procedure.referrals)]
    if procedure.supplement is not None:
        named.append(("supplement.message", procedure.supplement.message))
    known = set(definition.message_names)
    for path, message in named:
        if message and message not in known:
            problems.error(path, f"Sơ đồ không có thông điệp «{message}».", "Hãy sửa tên.")
