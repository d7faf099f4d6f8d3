"""What a procedure allows besides its course: suspending, refusing, a new date, opening again.

Frozen provisions like those of `provisions`, each with its source. Not for what they do to a
dossier: the use cases do that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.law.problems import ProblemList
from engine.law.provisions import End, Fact, FactKind, Sourced, Step, StepClock


@dataclass(frozen=True, kw_only=True)
class Ground(Sourced):
    """Why a dossier may be suspended (căn cứ tạm dừng), and whose clock runs meanwhile.

    On the agency's own clock (`agency`) the time limit goes on; on any other it does not count.
    """

    id: str = field(metadata={"table_key": True})
    name: str
    clock: StepClock


@dataclass(frozen=True, kw_only=True)
class Suspension(Sourced):
    """For which grounds a dossier of this procedure may be suspended (tạm dừng)."""

    grounds: Mapping[str, Ground] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RefusalEnds(Sourced):
    """Where the process ends when the dossier is refused: its own end events, where it has them.

    `intake` is where an intake that is refused ends, `settle` a refusal later on; empty where the
    process has no such end.
    """

    intake: str = ""
    settle: str = ""


@dataclass(frozen=True, kw_only=True)
class Reappointment(Sourced):
    """How often a new date may be given with an apology (hẹn lại; NĐ 61/2018: at most once)."""

    max_times: int = 1


@dataclass(frozen=True, kw_only=True)
class Reopening(Sourced):
    """Where and how long after its end a dossier may be opened again (mở lại hồ sơ).

    `at` is the element its process begins again at, `within_days` calendar days after the end.
    """

    at: str
    within_days: int = 30


class _Written(Protocol):
    @property
    def steps(self) -> Mapping[str, Step]: ...
    @property
    def facts(self) -> Mapping[str, Fact]: ...
    @property
    def ends(self) -> Mapping[str, End]: ...
    @property
    def refusal(self) -> RefusalEnds | None: ...
    @property
    def reappointment(self) -> Reappointment | None: ...
    @property
    def reopen(self) -> Reopening | None: ...


class _Drawn(Protocol):
    def why_not_back(self, task: str, to: str) -> str: ...
    def why_not_begin(self, element: str) -> str: ...


def note_life(written: _Written, problems: ProblemList) -> None:
    """Add what these provisions say that no other part of the procedure knows."""
    for step in written.steps.values():
        _step(step, written, problems)
    if written.refusal is not None:
        for name in ("intake", "settle"):
            _end(f"refusal.{name}", getattr(written.refusal, name), written, problems)
    if written.reappointment is not None and written.reappointment.max_times < 0:
        advice = "Hãy ghi 0 (không hẹn lại) hoặc số lần."
        problems.error("reappointment.max_times", "Số lần âm.", advice)
    if written.reopen is not None and written.reopen.within_days < 1:
        problems.error("reopen.within_days", "Phải từ 1 ngày.", "Hãy bỏ [reopen] nếu không mở lại.")


def _step(step: Step, written: _Written, problems: ProblemList) -> None:
    path = f"steps.{step.element}"
    fact = written.facts.get(step.signs_off_fact) if step.signs_off_fact else None
    if step.signs_off_fact and not step.signs_off:
        advice = "Hãy ghi signs_off = true, hoặc bỏ mục này."
        problems.error(f"{path}.signs_off_fact", "Bước này không ký duyệt.", advice)
    if step.signs_off_fact and (fact is None or fact.type != FactKind.BOOLEAN):
        advice = "Hãy ghi tên một dữ kiện kiểu boolean đã khai báo."
        message = f"Không có dữ kiện đúng/sai «{step.signs_off_fact}»."
        problems.error(f"{path}.signs_off_fact", message, advice)
    for index, other in enumerate(step.may_return_to):
        if other not in written.steps and not problems.touched("steps"):
            message = f"Không có bước «{other}»."
            problems.error(f"{path}.may_return_to[{index}]", message, "Hãy sửa tên bước.")


def _end(path: str, element: str, written: _Written, problems: ProblemList) -> None:
    end = written.ends.get(element)
    if element and (end is None or end.side_branch) and not problems.touched("ends"):
        message = f"«{element}» không phải sự kiện kết thúc hồ sơ."
        problems.error(path, message, "Hãy ghi một mục của [ends].")


def life_agrees(written: _Written, drawn: _Drawn, problems: ProblemList) -> None:
    """Add every return or reopening that the diagram cannot do without losing a token."""
    for step in written.steps.values():
        for index, to in enumerate(step.may_return_to):
            why = drawn.why_not_back(step.element, to)
            if why:
                path = f"steps.{step.element}.may_return_to[{index}]"
                problems.error(path, f"Sơ đồ không cho trả về «{to}». {why}", "Hãy bỏ mục này.")
    if written.reopen is not None:
        why = drawn.why_not_begin(written.reopen.at)
        if why:
            problems.error("reopen.at", why, "Hãy chọn một bước khác của quy trình chính.")


def grounds_text(grounds: Iterable[Ground]) -> str:
    """Return the ids of grounds for a sentence."""
    return ", ".join(g.id for g in grounds) or "không có"
