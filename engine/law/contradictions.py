"""What a procedure file says in one place and denies in another, or what no law can mean.

Every provision was read before (see `reading`); here they are held against each other. What
depends on an entry that could not be read is not judged, so that one mistake is told once. Not for
the diagram: see `Procedure.agrees_with`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from engine.law.chain_problems import note_chain
from engine.law.codes import FINAL_STATUSES, PROCEDURE_CODE, NationalStatus
from engine.law.problems import ProblemList
from engine.law.provisions import (
    Component,
    End,
    Escalation,
    Extension,
    Fact,
    FactKind,
    Fee,
    Lane,
    Leg,
    Result,
    Silence,
    Stage,
    Step,
    StepClock,
    Supplement,
    TimeLimit,
    Unit,
    Warnings,
    norm_minutes_of,
)
from engine.law.referral import Referral
from engine.law.warning_times import WarningKind

_AGENCY = re.compile(r"receiving|competent|item|partner:[a-z][a-z0-9_]*")
_AGENCY_ADVICE = "Hãy dùng receiving, competent, item hoặc partner:<tên>."
_CUT_OFF = re.compile(r"none|last_hour|([01]\d|2[0-3]):[0-5]\d")
_SUITS: dict[FactKind, Callable[[Any], bool]] = {
    FactKind.BOOLEAN: lambda v: isinstance(v, bool),
    FactKind.INTEGER: lambda v: isinstance(v, int) and not isinstance(v, bool),
    FactKind.NUMBER: lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    FactKind.TEXT: lambda v: isinstance(v, str),
    FactKind.DATE: lambda v: isinstance(v, date),
    FactKind.LIST: lambda v: isinstance(v, tuple),
}


class _Written(Protocol):
    """The provisions of a procedure, as they were read."""

    @property
    def code(self) -> str: ...
    @property
    def other_codes(self) -> tuple[str, ...]: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def effective_to(self) -> date | None: ...
    @property
    def time_limit(self) -> TimeLimit: ...
    @property
    def stages(self) -> tuple[Stage, ...]: ...
    @property
    def legs(self) -> tuple[Leg, ...]: ...
    @property
    def extension(self) -> Extension | None: ...
    @property
    def supplement(self) -> Supplement | None: ...
    @property
    def components(self) -> tuple[Component, ...]: ...
    @property
    def fees(self) -> tuple[Fee, ...]: ...
    @property
    def results(self) -> tuple[Result, ...]: ...
    @property
    def lanes(self) -> Mapping[str, Lane]: ...
    @property
    def steps(self) -> Mapping[str, Step]: ...
    @property
    def referrals(self) -> tuple[Referral, ...]: ...
    @property
    def facts(self) -> Mapping[str, Fact]: ...
    @property
    def ends(self) -> Mapping[str, End]: ...
    @property
    def warnings(self) -> Warnings: ...
    @property
    def escalations(self) -> tuple[Escalation, ...]: ...


def note_contradictions(written: _Written, problems: ProblemList) -> None:
    """Add everything in these provisions that cannot hold together."""
    _head(written, problems)
    _time_limit(written.time_limit, problems)
    _stages(written, problems)
    _extension(written, problems)
    _supplement(written, problems)
    _papers(written, problems)
    for lane in written.lanes.values():
        _agency(f"lanes.{lane.id}.agency", lane.agency, problems)
    for step in written.steps.values():
        _step(step, written, problems)
    for index, referral in enumerate(written.referrals):
        _referral(f"referrals[{index}]", referral, written, problems)
    for fact in written.facts.values():
        _fact(fact, problems)
    for end in written.ends.values():
        _end(end, problems)
    _positive("warnings.due_soon_hours", written.warnings.due_soon_hours, problems)
    for index, escalation in enumerate(written.escalations):
        _escalation(f"escalations[{index}]", escalation, problems)
    note_chain(written, problems)
    for index, leg in enumerate(written.legs):
        _agency(f"legs[{index}].agency", leg.agency, problems)
        _known_value(f"legs[{index}]", leg.fact, leg.value, written, problems)


def _head(written: _Written, problems: ProblemList) -> None:
    named = [("code", written.code)]
    named += [(f"other_codes[{i}]", code) for i, code in enumerate(written.other_codes)]
    for path, code in named:
        if not PROCEDURE_CODE.fullmatch(code):
            problems.error(path, f"Mã «{code}» không đúng dạng.", "Viết như 1.001193.")
    _period("effective_to", written.effective_from, written.effective_to, problems)


def _period(path: str, start: date | None, end: date | None, problems: ProblemList) -> None:
    if start is not None and end is not None and end <= start:
        problems.error(path, "Hết hiệu lực trước khi có hiệu lực.", "Hãy sửa một trong hai ngày.")


def _positive(path: str, value: int, problems: ProblemList, *, least: int = 1) -> None:
    if value < least:
        problems.error(path, f"{value} quá nhỏ.", f"Hãy ghi một số từ {least} trở lên.")


def _time_limit(limit: TimeLimit, problems: ProblemList) -> None:
    _positive("time_limit.amount", limit.amount, problems)
    if not _CUT_OFF.fullmatch(limit.cut_off):
        advice = "Hãy ghi none, last_hour hoặc một giờ như 15:00."
        problems.error("time_limit.cut_off", f"«{limit.cut_off}» không hợp lệ.", advice)
    if problems.touched("time_limit"):
        return
    if limit.unit in {Unit.HOUR, Unit.WORKING_HOUR} and limit.counts_reception_day:
        advice = "Hạn tính bằng giờ chạy ngay từ lúc nhận; hãy bỏ mục này."
        problems.error("time_limit.counts_reception_day", "Trái với đơn vị giờ.", advice)
    if limit.unit == Unit.HOUR and limit.cut_off != "none":
        advice = "Hạn tính bằng giờ đồng hồ chạy cả ngoài giờ làm việc; hãy ghi none."
        problems.error("time_limit.cut_off", "Trái với đơn vị giờ.", advice)
    for name, own in limit.channel.items():
        _positive(f"time_limit.channel.{name}.amount", own.amount, problems)
        if own.unit in {None, limit.unit} and own.amount > limit.amount:
            advice = f"Hạn theo kênh phải ngắn hơn hoặc bằng {limit.amount}."
            problems.error(f"time_limit.channel.{name}.amount", "Dài hơn thời hạn chung.", advice)


def _stages(written: _Written, problems: ProblemList) -> None:
    stages, limit = written.stages, written.time_limit
    _unique("stages", (s.id for s in stages), problems)
    for index, stage in enumerate(stages):
        _positive(f"stages[{index}].amount", stage.amount, problems)
        if index and not stage.from_element:
            advice = "Hãy ghi bước mà khi xong thì hẹn này bắt đầu."
            problems.error(f"stages[{index}].from", "Lần hẹn này không có lúc bắt đầu.", advice)
    comparable = stages and all(s.unit == limit.unit for s in stages)
    if not comparable or problems.touched("stages") or problems.touched("time_limit"):
        return
    total = sum(s.amount for s in stages)
    if total > limit.amount:
        advice = f"Tổng các lần hẹn là {total}, thời hạn chung là {limit.amount}."
        problems.error("stages", "Các lần hẹn dài hơn thời hạn chung.", advice)
    elif total < limit.amount:
        advice = f"Tổng các lần hẹn là {total}, thời hạn chung là {limit.amount}."
        problems.warning("stages", "Các lần hẹn ngắn hơn thời hạn chung.", advice)


def _extension(written: _Written, problems: ProblemList) -> None:
    extension = written.extension
    if extension is None or not extension.allowed:
        return
    _positive("extension.amount", extension.amount, problems)
    _positive("extension.max_times", extension.max_times, problems)
    _known_step("extension.element", extension.element, written, problems)


def _supplement(written: _Written, problems: ProblemList) -> None:
    supplement = written.supplement
    if supplement is None or problems.touched("supplement"):
        return
    _positive("supplement.rounds", supplement.rounds, problems)
    _positive("supplement.auto_close_after", supplement.auto_close_after, problems)
    _known_value("supplement", supplement.fact, supplement.value, written, problems)
    _known_step("supplement.wait_element", supplement.wait_element, written, problems)
    wait = written.steps.get(supplement.wait_element)
    if wait is not None and wait.counted:
        advice = "Chờ người dân bổ sung không tính vào thời hạn; hãy ghi counted = false."
        problems.error(f"steps.{wait.element}.counted", "Trái với [supplement].", advice)


def _papers(written: _Written, problems: ProblemList) -> None:
    _unique("components", (c.id for c in written.components), problems)
    _unique("fees", (f.id for f in written.fees), problems)
    _unique("results", (r.id for r in written.results), problems)
    for index, component in enumerate(written.components):
        _positive(f"components[{index}].originals", component.originals, problems, least=0)
        _positive(f"components[{index}].copies", component.copies, problems, least=0)
    for index, fee in enumerate(written.fees):
        _positive(f"fees[{index}].amount_vnd", fee.amount_vnd, problems, least=0)
        _period(f"fees[{index}].valid_to", fee.valid_from, fee.valid_to, problems)
        _known_step(f"fees[{index}].before", fee.before, written, problems)


def _unique(path: str, ids: Iterable[str], problems: ProblemList) -> None:
    seen: set[str] = set()
    for index, one in enumerate(ids):
        if one in seen:
            problems.error(f"{path}[{index}].id", f"«{one}» đã có ở trên.", "Hãy đặt mã khác.")
        seen.add(one)


def _step(step: Step, written: _Written, problems: ProblemList) -> None:
    path = f"steps.{step.element}"
    if step.status not in set(NationalStatus):
        advice = "Hãy ghi một trạng thái quốc gia từ 1 đến 10."
        problems.error(f"{path}.status", f"Không có trạng thái {step.status}.", advice)
    if step.counted and step.clock == StepClock.APPLICANT:
        advice = "Thời gian của người dân không tính vào thời hạn; hãy ghi counted = false."
        problems.error(f"{path}.clock", "Vừa tính thời hạn vừa chạy giờ của người dân.", advice)
    for index, other in enumerate(step.not_same_hand_as):
        where = f"{path}.not_same_hand_as[{index}]"
        _known_step(where, other, written, problems)
        if other == step.element:
            problems.error(where, "Bước không thể trái tay với chính nó.", "Hãy ghi bước khác.")
    if step.norm_minutes is not None:
        _norm(path, step, step.norm_minutes, written.time_limit, problems)


def _norm(path: str, step: Step, norm: int, limit: TimeLimit, problems: ProblemList) -> None:
    _positive(f"{path}.norm_minutes", norm, problems, least=0)
    whole = norm_minutes_of(limit.amount, limit.unit)
    if whole is None or not step.counted or problems.touched("time_limit"):
        return
    if norm > whole:
        advice = f"Thời hạn chung chỉ có {whole} phút làm việc (1 ngày = 8 giờ)."
        problems.error(f"{path}.norm_minutes", "Một bước dài hơn cả thời hạn.", advice)


def _referral(path: str, referral: Referral, written: _Written, problems: ProblemList) -> None:
    _agency(f"{path}.to", referral.to, problems)
    _positive(f"{path}.days", referral.days, problems, least=0)
    if referral.silence == Silence.AGREED and referral.days == 0:
        advice = "Im lặng chỉ có nghĩa khi có hạn trả lời; hãy ghi days."
        problems.error(f"{path}.silence", "Đồng ý khi im lặng nhưng không có hạn.", advice)
    _positive(f"{path}.accept_hours", referral.accept_hours, problems, least=0)
    _positive(f"{path}.remind_hours", referral.remind_hours, problems, least=0)
    papers = {component.id for component in written.components}
    for index, one in enumerate(referral.papers):
        if one not in papers and not problems.touched("components"):
            advice = "Hãy ghi mã của một mục trong [[components]]."
            problems.error(f"{path}.papers[{index}]", f"Không có giấy tờ «{one}».", advice)
    _known_value(path, referral.withdrawn_fact, referral.withdrawn_value, written, problems)
    _known_step(f"{path}.wait_element", referral.wait_element, written, problems)
    wait = written.steps.get(referral.wait_element)
    if wait is not None and wait.counted != referral.counted:
        advice = f"Bước «{wait.element}» ghi counted = {str(wait.counted).lower()}; phải như nhau."
        problems.error(f"{path}.counted", "Trái với bước chờ trả lời.", advice)


def _agency(path: str, agency: str, problems: ProblemList) -> None:
    if not _AGENCY.fullmatch(agency):
        problems.error(path, f"Không biết cơ quan «{agency}».", _AGENCY_ADVICE)


def _known_step(path: str, element: str, written: _Written, problems: ProblemList) -> None:
    if element and element not in written.steps and not problems.touched("steps"):
        problems.error(path, f"Không có bước «{element}».", f"Hãy thêm [steps.{element}].")


def _known_value(
    path: str, name: str, value: Any, written: _Written, problems: ProblemList
) -> None:
    """Note a fact nobody declared and a value it cannot have; no name is no question."""
    if not name:
        return
    fact = written.facts.get(name)
    if fact is None:
        if not problems.touched("facts"):
            message = f"Dữ kiện «{name}» chưa khai báo."
            problems.error(f"{path}.fact", message, f"Hãy thêm [facts.{name}].")
    elif not _SUITS[fact.type](value):
        advice = f"Dữ kiện «{fact.name}» có kiểu {fact.type}."
        problems.error(f"{path}.value", "Giá trị không đúng kiểu của dữ kiện.", advice)


def _end(end: End, problems: ProblemList) -> None:
    path = f"ends.{end.element}.status"
    if end.side_branch and end.status:
        problems.error(path, "Nhánh phụ không kết thúc hồ sơ.", "Hãy bỏ status hoặc side_branch.")
    elif not end.side_branch and end.status not in FINAL_STATUSES:
        known = ", ".join(str(int(status)) for status in FINAL_STATUSES)
        advice = f"Hãy ghi một trạng thái kết thúc: {known}; nhánh phụ: side_branch = true."
        problems.error(path, f"Hồ sơ không thể kết thúc ở trạng thái {end.status}.", advice)


def _escalation(path: str, escalation: Escalation, problems: ProblemList) -> None:
    kinds = [kind.value for kind in WarningKind]
    if bool(escalation.about) == bool(escalation.name):
        advice = "Hãy ghi about (cảnh báo nào) hoặc name (escalation nào của sơ đồ)."
        problems.error(path, "Cần đúng một trong hai: about, name.", advice)
    elif escalation.about and escalation.about not in kinds:
        advice = f"Hãy chọn một trong: {', '.join(kinds)}."
        problems.error(f"{path}.about", f"`{escalation.about}` không hợp lệ.", advice)
    _agency(f"{path}.agency", escalation.agency, problems)


def _fact(fact: Fact, problems: ProblemList) -> None:
    suits = _SUITS[fact.type]
    path = f"facts.{fact.name}"
    for index, value in enumerate(fact.values):
        if not suits(value):
            advice = f"Mọi giá trị phải thuộc kiểu {fact.type}."
            problems.error(f"{path}.values[{index}]", f"«{value}» không đúng kiểu.", advice)
    if fact.default is None or problems.touched(path):
        return
    if not suits(fact.default) or (fact.values and fact.default not in fact.values):
        advice = f"Phải thuộc kiểu {fact.type} và nằm trong values nếu có."
        problems.error(f"{path}.default", f"«{fact.default}» không hợp lệ.", advice)
