"""Tells the record of a dossier in Vietnamese sentences, one per event, for the timeline.

What the process did by itself (a gateway passed, a message sent inside) is told as routine, so that
a page can fold it away. Every kind of event has its sentence: a test asks for it. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from api.formatting import clock_time, day_of, moment, money
from api.pages.shell import ROLE_NAMES, agency_name
from engine.law.codes import NationalStatus
from engine.law.procedure import Procedure
from engine.law.working_time import ZONE
from workflows.catalogue import Version
from workflows.dossiers import EventView

Said = Callable[["Told"], str]
CLOCK_NAMES = {
    "agency": "đồng hồ của cơ quan",
    "applicant": "đồng hồ của người nộp",
    "other_agency": "đồng hồ của cơ quan được hỏi",
    "force_majeure": "bất khả kháng",
}
MANNERS = {"in_person": "trực tiếp", "post": "qua bưu chính", "electronic": "bản điện tử"}
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
PRIORITIES = {0: "thường", 1: "cao", 2: "khẩn"}
CORRECTED = {
    "applicant_name": "họ tên",
    "applicant_id": "số định danh",
    "phone": "điện thoại",
    "address": "địa chỉ",
    "email": "thư điện tử",
    "support_point": "điểm hỗ trợ",
    "submitter_kind": "người nộp",
    "submitter_name": "họ tên người nộp",
    "submitter_id": "số định danh người nộp",
    "submitter_phone": "điện thoại người nộp",
    "authorisation": "văn bản ủy quyền",
    "result_by": "cách nhận kết quả",
    "result_address": "nơi nhận kết quả",
    "components": "giấy tờ",
}
WHO = {"system": "Hệ thống tự làm khi đến hạn"}
OUTCOMES = {
    "completed": "đi hết quy trình",
    "terminated": "quy trình kết thúc",
    "error": "quy trình kết thúc vì có lỗi nghiệp vụ",
    "withdrawn": "người nộp rút hồ sơ",
    "stopped": "dừng giải quyết",
    "refused": "từ chối giải quyết",
    "not_accepted": "không tiếp nhận",
}


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One line of the timeline; `routine` lines may be folded away."""

    at: datetime
    time: str
    text: str
    note: str
    who: str
    agency: str
    law: str
    clock: str
    routine: bool
    kind: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """What happened on one day, the newest first."""

    title: str
    lines: tuple[Sentence, ...]

    @property
    def told(self) -> tuple[Sentence, ...]:
        """Return what people did, without what the process did by itself."""
        return tuple(line for line in self.lines if not line.routine)


@dataclass(frozen=True, kw_only=True)
class Told:
    """An event with the words its sentence may need."""

    data: Mapping[str, Any]
    procedure: Procedure
    names: Mapping[str, str]
    people: Mapping[str, str]

    def step(self) -> str:
        """Return the name of the step the event is about."""
        element = str(self.data.get("element", ""))
        return str(self.data.get("name") or self.names.get(element) or element)

    def person(self, field: str) -> str:
        """Return the name of a person a field names."""
        code = str(self.data.get(field, ""))
        return self.people.get(code, code)

    def agency(self, field: str) -> str:
        """Return the short name of an agency a field names."""
        return agency_name(str(self.data.get(field, "")))

    def papers(self) -> str:
        """Return the names of the papers an event lists."""
        titles = {c.id: c.name for c in self.procedure.components}
        return "; ".join(titles.get(c, c) for c in self.data.get("components", ()))

    def fee(self) -> str:
        """Return the name of the fee the event is about."""
        code = str(self.data.get("fee", ""))
        return next((f.name for f in self.procedure.fees if f.id == code), code)

    def when(self, field: str) -> str:
        """Return a moment a field holds as ISO text, as people say it."""
        text = self.data.get(field, "")
        return moment(datetime.fromisoformat(text)) if text else ""

    def money(self, field: str) -> str:
        """Return an amount of đồng."""
        return money(int(self.data.get(field, 0)))


def _received(e: Told) -> str:
    code = e.data["code"]
    return f"Tiếp nhận hồ sơ {code} tại {e.agency('receiving_unit')}"


def _assigned(e: Told) -> str:
    if not e.data.get("assignee"):
        return f"Trả lại việc «{e.step()}» cho mọi người cùng vai trò"
    return f"{e.person('assignee')} nhận việc «{e.step()}»"


def _suspended(e: Told) -> str:
    clock = CLOCK_NAMES.get(str(e.data.get("clock")), "")
    return f"Tạm dừng việc «{e.step()}» ({clock})"


def _referral_answered(e: Told) -> str:
    if e.data.get("silent"):
        return "Cơ quan được hỏi không trả lời trong hạn; quy định về im lặng được áp dụng"
    late = " (muộn)" if e.data.get("late") else ""
    return f"Cơ quan được hỏi trả lời{late}"


def _answer_kept(e: Told) -> str:
    whys = {"early": "đến sớm", "late": "đến muộn", "double": "đến lần thứ hai"}
    why = whys.get(str(e.data.get("why")), str(e.data.get("why")))
    return f"Giữ lại một câu trả lời {why}: {e.data['answer']}"


def _warned(e: Told) -> str:
    about = {
        "due_soon": "Sắp đến hạn",
        "apology_due": "Đến lúc phải xin lỗi và hẹn lại",
        "overdue": "Đã quá hạn",
    }
    return f"{about.get(str(e.data['about']), 'Nhắc hạn')}: hạn {e.when('due_at')}"


def _escalated(e: Told) -> str:
    role = ROLE_NAMES.get(str(e.data.get("to_role")), "lãnh đạo")
    about = str(e.data.get("name") or e.step())
    return f"Báo {role} {e.agency('to_agency')} về việc «{about}»"


def _fee_charged(e: Told) -> str:
    return f"Phải nộp {e.fee()}: {e.money('amount_vnd')}"


def _fee_paid(e: Told) -> str:
    owed = int(e.data.get("owed_vnd", 0))
    left = f", còn phải nộp {money(owed)}" if owed else ""
    return f"Nộp {e.money('amount_vnd')}, biên lai {e.data.get('receipt', '')}{left}"


def _dossier_suspended(e: Told) -> str:
    law = e.procedure.suspension
    ground = law.grounds.get(str(e.data["ground"])) if law is not None else None
    until = e.when("until")
    how_long = f", đến {until}" if until else ""
    return f"Tạm dừng giải quyết: {ground.name if ground else e.data['ground']}{how_long}"


def _dossier_resumed(e: Told) -> str:
    return "Tiếp tục giải quyết" + (", vì đã đến lúc hẹn" if e.data.get("automatic") else "")


def _dossier_handed_over(e: Told) -> str:
    papers = "; ".join(str(p) for p in e.data.get("papers", ()))
    with_what = f": {papers}" if papers else ""
    giver = e.person("giver")
    return f"{giver} giao hồ sơ cho {e.data.get('receiver')}, {e.agency('to_agency')}{with_what}"


def _step_returned(e: Told) -> str:
    to = str(e.data.get("to_element", ""))
    return f"Trả «{e.step()}» về bước «{e.names.get(to) or to}»"


def _corrected(e: Told) -> str:
    changed = e.data.get("changes", {})
    what = ", ".join(CORRECTED.get(str(name), str(name)) for name in changed)
    return f"Đính chính {what or 'nội dung tiếp nhận'}; cấp lại giấy tiếp nhận"


def _file(e: Told) -> str:
    titles = {c.id: c.name for c in e.procedure.components}
    component = str(e.data.get("component", ""))
    return f"Thêm tệp: {titles.get(component, 'giấy tờ khác')}"


def _released(e: Told) -> str:
    day = str(e.data.get("released_on", ""))
    dated = f", ngày {day_of(date.fromisoformat(day))}" if day else ""
    return f"Phát hành kết quả số {e.data.get('number') or 'chưa ghi'}{dated}"


def _reopened(e: Told) -> str:
    at = str(e.data.get("at_element", ""))
    return f"Mở lại hồ sơ từ «{e.names.get(at) or at}»; {e.person('signer')} ký"


def _status_reported(e: Told) -> str:
    status = int(e.data.get("status", 0))
    known = status in {int(s) for s in NationalStatus}
    words = NationalStatus(status).label if known else str(status)
    answer = "đã nhận" if e.data.get("accepted") else "không nhận"
    return f"Báo trạng thái «{words}» sang {e.data.get('system')}: bên đó {answer}"


def _prioritised(e: Told) -> str:
    return f"Mức ưu tiên: {PRIORITIES.get(int(e.data.get('priority', 0)), 'thường')}"


def _ended(e: Told) -> str:
    return f"Kết thúc: {OUTCOMES.get(str(e.data['outcome']), str(e.data['outcome']))}"


SENTENCES: dict[str, Said] = {
    "dossier_received": _received,
    "process_started": lambda _: "Quy trình bắt đầu",
    "element_passed": lambda e: f"Quy trình đi qua «{e.step()}»",
    "message_sent": lambda e: f"Gửi đi «{e.data['name']}»",
    "message_received": lambda e: f"Nhận được «{e.data.get('name') or e.step()}»",
    "process_ended": _ended,
    "step_enabled": lambda e: f"Đến bước «{e.step()}»",
    "step_assigned": _assigned,
    "step_started": lambda e: f"Bắt đầu làm «{e.step()}»",
    "step_suspended": _suspended,
    "step_resumed": lambda e: f"Làm tiếp «{e.step()}»",
    "step_completed": lambda e: f"Xong «{e.step()}»",
    "step_withdrawn": lambda e: f"Không cần làm «{e.step()}» nữa",
    "supplement_requested": lambda e: f"Yêu cầu bổ sung lần {e.data['round']}: {e.papers()}",
    "supplement_taken": lambda e: f"Nhận giấy tờ bổ sung lần {e.data['round']}",
    "referral_sent": lambda e: f"Hỏi ý kiến {e.agency('to_agency')}",
    "referral_delivered": lambda _: "Phiếu liên thông đã đến hệ thống của cơ quan được hỏi",
    "referral_accepted": lambda _: "Cơ quan được hỏi tiếp nhận phiếu liên thông",
    "referral_returned": lambda _: "Cơ quan được hỏi trả lại phiếu liên thông",
    "referral_resent": lambda _: "Gửi lại phiếu liên thông",
    "referral_reminded": lambda _: "Đôn đốc cơ quan được hỏi",
    "referral_overdue": lambda _: "Quá hạn mà cơ quan được hỏi chưa trả lời",
    "referral_answered": _referral_answered,
    "referral_withdrawn": lambda _: "Rút phiếu liên thông",
    "referral_answer_kept": _answer_kept,
    "receipt_reissued": lambda e: f"Ngày hẹn đổi, cấp lại giấy tiếp nhận: {e.when('due_at')}",
    "result_returned": lambda e: f"Trả kết quả ({MANNERS.get(e.data['manner'], e.data['manner'])})",
    "dossier_withdrawn": lambda _: "Người nộp rút hồ sơ",
    "intake_refused": lambda e: f"Từ chối hồ sơ; {e.person('signer')} ký",
    "apology_issued": lambda e: f"Xin lỗi và hẹn lại đến {e.when('new_due_at')}",
    "deadline_extended": lambda e: f"Gia hạn đến {e.when('new_due_at')}",
    "deadline_warned": _warned,
    "step_returned": _step_returned,
    "escalated": _escalated,
    "intake_corrected": _corrected,
    "file_attached": _file,
    "file_detached": lambda _: "Gỡ một tệp khỏi hồ sơ",
    "fee_charged": _fee_charged,
    "fee_exempted": lambda e: f"Miễn {e.fee()}: {e.data.get('ground', '')}",
    "fee_paid": _fee_paid,
    "dossier_suspended": _dossier_suspended,
    "dossier_resumed": _dossier_resumed,
    "dossier_stopped": lambda e: f"Dừng giải quyết; {e.person('signer')} ký",
    "result_signed_off": lambda e: f"Ký duyệt kết quả: {e.person('signer')}",
    "result_released": _released,
    "dossier_reopened": _reopened,
    "dossier_handed_over": _dossier_handed_over,
    "further_round_proposed": lambda e: f"Đề nghị cho bổ sung lần {e.data['round']}: {e.papers()}",
    "further_round_approved": lambda e: f"Đồng ý cho bổ sung lần {e.data['round']}",
    "supplement_partly_taken": lambda e: f"Nhận một phần giấy tờ bổ sung: {e.papers()}",
    "job_retried": lambda _: "Cho làm lại một việc hệ thống chưa làm được",
    "job_skipped": lambda _: "Bỏ qua một việc hệ thống không làm được",
    "status_reported": _status_reported,
    "priority_changed": _prioritised,
}
# Which part of the procedure's law an act follows; its source is shown beside the act.
LAWS: Mapping[str, Callable[[Procedure, EventView], object]] = {
    "dossier_received": lambda p, _: p.time_limit,
    "supplement_requested": lambda p, _: p.supplement,
    "supplement_taken": lambda p, _: p.supplement,
    "further_round_proposed": lambda p, _: p.supplement,
    "further_round_approved": lambda p, _: p.supplement,
    "deadline_extended": lambda p, _: p.extension,
    "dossier_suspended": lambda p, e: (
        p.suspension.grounds.get(str(e.data.get("ground"))) if p.suspension else None
    ),
    "referral_sent": lambda p, e: next((r for r in p.referrals if r.element == e.element), None),
    "fee_charged": lambda p, e: next((f for f in p.fees if f.id == e.data.get("fee")), None),
}
ROUTINE = frozenset(
    {
        "process_started",
        "element_passed",
        "message_sent",
        "message_received",
        "step_enabled",
        "step_assigned",
        "step_started",
        "step_withdrawn",
        "deadline_warned",
        "step_suspended",
        "step_resumed",
        "job_retried",
        "status_reported",
    }
)


def tell(
    record: Iterable[EventView], version: Version, people: Mapping[str, str]
) -> tuple[Sentence, ...]:
    """Return the record as sentences, in its order; `people` are names of people by code."""
    procedure = version.procedure
    names = {e.id: e.name for e in version.definition.elements.values()}
    told = []
    for event in record:
        if event.kind == "element_passed" and not names.get(event.element):
            continue  # a gateway without a name says nothing to a reader
        words = Told(data=event.data, procedure=procedure, names=names, people=people)
        told.append(
            Sentence(
                at=event.at,
                time=clock_time(event.at),
                text=SENTENCES[event.kind](words),
                note=str(event.data.get("reason") or event.data.get("note") or ""),
                who=people.get(event.actor, WHO.get(event.actor, event.actor)),
                agency=_where(event),
                law=_law(event, procedure),
                clock=CLOCK_NAMES.get(event.clock, "") if event.clock != "agency" else "",
                routine=event.kind in ROUTINE,
                kind=event.kind,
            )
        )
    return tuple(told)


def _law(event: EventView, procedure: Procedure) -> str:
    """Return the rule an event follows: that of its step, or of the procedure about such an act.

    Only what reads as a rule: a source that is a mere number of a file says nothing to a clerk.
    """
    step = procedure.steps.get(event.element)
    if event.kind == "step_completed":
        return step.legal if step is not None else ""
    part = LAWS[event.kind](procedure, event) if event.kind in LAWS else None
    source = str(getattr(part, "source", ""))
    return source if " " in source else ""


def by_day(told: Iterable[Sentence]) -> Iterator[Day]:
    """Yield the days of a record, the newest first, and so the lines of each."""
    newest_first = reversed(tuple(told))
    for day, lines in groupby(newest_first, key=lambda s: s.at.astimezone(ZONE).date()):
        yield Day(title=f"{WEEKDAYS[day.weekday()]}, {day_of(day)}", lines=tuple(lines))


def _where(event: EventView) -> str:
    if not event.agency or not event.role:
        return agency_name(event.agency) if event.agency else ""
    return f"{ROLE_NAMES.get(event.role, event.role)}, {agency_name(event.agency)}"
