"""The checklist (danh mục thành phần hồ sơ): what was brought, and what the law still misses.

A paper is submitted, presented, looked up or held already; what is missing follows from the
procedure alone: required papers, of alternatives one. Not for asking the applicant: use cases do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.errors import Rejected
from engine.law.procedure import Component, Procedure
from engine.law.provisions import ComponentMode

COUNTS = ("originals", "copies", "electronic")
NOT_THE_APPLICANTS = frozenset({ComponentMode.LOOKUP, ComponentMode.HELD})


class PaperState(StrEnum):
    """How it stands with a paper (tình trạng giấy tờ)."""

    BROUGHT = "brought"
    MISSING = "missing"
    LOOKED_UP = "looked_up"
    HELD = "held"
    OPEN = "open"

    @property
    def label(self) -> str:
        """The Vietnamese words."""
        return _LABELS[self]


_LABELS = {
    PaperState.BROUGHT: "Đã nộp",
    PaperState.MISSING: "Còn thiếu",
    PaperState.LOOKED_UP: "Đã khai thác dữ liệu",
    PaperState.HELD: "Đã có trong kho",
    PaperState.OPEN: "Chưa đến lượt",
}
SATISFIED = frozenset({PaperState.BROUGHT, PaperState.LOOKED_UP, PaperState.HELD})


class WrongPaper(Rejected):
    """What was noted of a paper contradicts itself."""

    code = "wrong_paper"


@dataclass(frozen=True, kw_only=True)
class ChecklistLine:
    """One paper of the checklist; `alternatives` are papers of which one will do."""

    component: str
    name: str
    required: bool
    mode: ComponentMode
    state: PaperState
    originals: int
    copies: int
    electronic: int
    note: str
    alternatives: tuple[str, ...]


def checklist(
    procedure: Procedure, noted: Mapping[str, Mapping[str, Any]]
) -> tuple[ChecklistLine, ...]:
    """Return every paper of the procedure with what was noted of it, in the order of the law."""
    return tuple(_line(procedure, c, noted.get(c.id, {})) for c in procedure.components)


def missing(
    procedure: Procedure, noted: Mapping[str, Mapping[str, Any]]
) -> tuple[ChecklistLine, ...]:
    """Return what the applicant still has to bring: one line for a paper or its alternatives.

    A paper the office looks up or holds is missing only when somebody noted that it is: then the
    applicant is asked for it after all.
    """
    lines = checklist(procedure, noted)
    by_id = {line.component: line for line in lines}
    found: list[ChecklistLine] = []
    asked: set[str] = set()
    for line in lines:
        others = [by_id[name] for name in line.alternatives]
        settled = any(one.state in SATISFIED for one in (line, *others))
        waits = line.mode in NOT_THE_APPLICANTS and line.state is PaperState.OPEN
        if line.required and not settled and not waits and line.component not in asked:
            found.append(line)
            asked.update(line.alternatives)
    return tuple(found)


def reason_for(lines: tuple[ChecklistLine, ...], names: Mapping[str, str]) -> str:
    """Return the sentence that asks for what is missing; `names` are the papers' names by id."""
    parts = []
    for line in lines:
        either = [line.name, *(names[other] for other in line.alternatives)]
        note = f" ({line.note})" if line.note else ""
        parts.append(" hoặc ".join(either) + note)
    return f"Hồ sơ còn thiếu: {'; '.join(parts)}." if parts else ""


def check_noted(paper: Component, noted: Mapping[str, Any]) -> None:
    """Raise WrongPaper where state, mode and counts of a paper contradict each other."""
    counted = sum(int(noted.get(name, 0)) for name in COUNTS)
    state, mode = noted.get("state", ""), ComponentMode(noted.get("mode") or paper.mode)
    if state == PaperState.MISSING and counted:
        raise WrongPaper(f"«{paper.name}» ghi là còn thiếu mà vẫn có số bản.", element=paper.id)
    if state == PaperState.BROUGHT and not counted and mode is ComponentMode.SUBMIT:
        raise WrongPaper(f"«{paper.name}» ghi là đã nộp mà số bản bằng 0.", element=paper.id)
    if state == PaperState.LOOKED_UP and mode is not ComponentMode.LOOKUP:
        raise WrongPaper(f"«{paper.name}» không phải giấy tờ khai thác dữ liệu.", element=paper.id)
    if state == PaperState.HELD and mode is not ComponentMode.HELD:
        raise WrongPaper(f"«{paper.name}» không phải giấy tờ có sẵn trong kho.", element=paper.id)


def _line(procedure: Procedure, paper: Component, noted: Mapping[str, Any]) -> ChecklistLine:
    mode = ComponentMode(noted.get("mode") or paper.mode)
    others = procedure.components if paper.one_of else ()
    return ChecklistLine(
        component=paper.id,
        name=paper.name,
        required=paper.required,
        mode=mode,
        state=_state(paper, mode, noted),
        originals=int(noted.get("originals", 0)),
        copies=int(noted.get("copies", 0)),
        electronic=int(noted.get("electronic", 0)),
        note=str(noted.get("note", "")),
        alternatives=tuple(o.id for o in others if o.one_of == paper.one_of and o.id != paper.id),
    )


def _state(paper: Component, mode: ComponentMode, noted: Mapping[str, Any]) -> PaperState:
    """Return the state that was noted, else what the counts say: an electronic one will do."""
    if said := noted.get("state"):
        return PaperState(said)
    originals, copies = int(noted.get("originals", 0)), int(noted.get("copies", 0))
    enough = originals >= paper.originals and copies >= paper.copies
    if int(noted.get("electronic", 0)) or (originals + copies and enough):
        return PaperState.BROUGHT
    if mode in NOT_THE_APPLICANTS or not (paper.required or originals + copies):
        return PaperState.OPEN
    return PaperState.MISSING
