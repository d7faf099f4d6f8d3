"""Papers that follow a dossier along: the control sheet, and the register of many dossiers.

Both are views of the record: nothing can be added to them but by something happening. Results are
judged by dates, as these forms want (ruling 9). Not for Decision 766: that is timing's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import ClassVar

from engine.law.papers import CHANNELS, Case, Head, Issuer, PaperNotPossible, decides, head
from engine.law.working_time import ZONE
from engine.timing.events import (
    ApologyIssued,
    DossierHandedOver,
    DossierWithdrawn,
    Event,
    IntakeRefused,
    ResultReturned,
    StepCompleted,
    StepEnabled,
    StepWithdrawn,
    SupplementRequested,
)

EARLY, ON_TIME, OVERDUE = "Trước hạn", "Đúng hạn", "Quá hạn"
RUNNING, UNTIMED, DROPPED = "Đang thực hiện", "Không tính thời gian", "Không thực hiện"
ROLES = {
    "one_stop_clerk": "Bộ phận Một cửa",
    "officer": "Chuyên môn",
    "head_of_section": "Phụ trách chuyên môn",
    "leader": "Lãnh đạo",
    "registry_clerk": "Văn thư",
    "tax_officer": "Thuế",
    "opinion_officer": "Cơ quan cho ý kiến",
    "applicant": "Người nộp hồ sơ",
}
MANNERS = {"counter": "Nhận trực tiếp", "post": "Nhận qua bưu chính", "online": "Nhận trực tuyến"}
APPLICANT = "Người nộp hồ sơ"
GIVEN = "Giao nhận hồ sơ"


class RecordOutOfOrder(PaperNotPossible):
    """The record is not append-only: something stands before what happened earlier."""

    code = "paper_record_out_of_order"


class OutsidePeriod(PaperNotPossible):
    """A dossier of the register was not received in its period."""

    code = "paper_outside_period"


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """One row of the control sheet: who gave the dossier to whom, and how the step went."""

    number: int
    giver: str
    receiver: str
    step: str
    at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    result: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ControlSheet:
    """Phiếu kiểm soát quá trình giải quyết hồ sơ."""

    form: ClassVar[str] = "control"

    head: Head
    received_at: datetime
    due_at: datetime | None
    settling: str
    coordinating: tuple[str, ...]
    rows: tuple[HandOver, ...]


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """One dossier in the register, from its reception to its return."""

    number: int
    dossier: str
    procedure_name: str
    sets: int
    applicant: str
    contact: str
    agency: str
    channel: str
    received_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    manner: str
    result: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Register:
    """Sổ theo dõi hồ sơ of one unit and one period, both days included."""

    form: ClassVar[str] = "register"

    superior: str
    agency: str
    place: str
    issued_at: datetime
    first_day: date
    last_day: date
    rows: tuple[RegisterRow, ...]


def timeliness(finished_at: datetime, due_at: datetime) -> str:
    """Return trước hạn, đúng hạn or quá hạn by the dates of both moments (ruling 9)."""
    finished, promised = finished_at.astimezone(ZONE).date(), due_at.astimezone(ZONE).date()
    if finished < promised:
        return EARLY
    return ON_TIME if finished == promised else OVERDUE


def control_sheet(case: Case) -> ControlSheet:
    """Return the control sheet as far as the record goes.

    Raises NotReceived, OtherVersion or RecordOutOfOrder.
    """
    received = case.received
    if any(later.at < earlier.at for earlier, later in pairwise(case.events)):
        raise RecordOutOfOrder("Nhật ký không theo thứ tự thời gian: không in phiếu kiểm soát.")
    due_at = case.deadline().due_at
    rows = tuple(_hand_overs(case))
    own = {received.receiving_unit, received.competent_agency}
    others = {e.agency: None for e in case.events if isinstance(e, StepEnabled) and e.agency}
    return ControlSheet(
        head=head(case, received.at),
        received_at=received.at.astimezone(ZONE),
        due_at=due_at.astimezone(ZONE) if due_at is not None else None,
        settling=case.agency(received.competent_agency),
        coordinating=tuple(case.agency(code) for code in others if code not in own),
        rows=rows,
    )


def register(
    cases: Iterable[Case], unit: Issuer, period: tuple[date, date], issued_at: datetime
) -> Register:
    """Return the register of a unit: the dossiers it received from the first to the last day.

    Raises OutsidePeriod for a dossier of another period or unit: a register and the report of a
    period must speak of the same dossiers.
    """
    ordered = sorted(cases, key=lambda c: (c.received.at, c.received.code))
    for case in ordered:
        day, received_by = case.received.at.astimezone(ZONE).date(), case.received.receiving_unit
        if not period[0] <= day <= period[1] or received_by != unit.code:
            raise OutsidePeriod(
                f"Hồ sơ {case.received.code} không thuộc kỳ hoặc đơn vị của sổ.",
                element=case.received.code,
            )
    return Register(
        superior=unit.superior,
        agency=unit.name,
        place=unit.place,
        issued_at=issued_at.astimezone(ZONE),
        first_day=period[0],
        last_day=period[1],
        rows=tuple(_register_row(n, case) for n, case in enumerate(ordered, 1)),
    )


def _hand_overs(case: Case) -> Iterator[HandOver]:
    closed = {
        e.step: e for e in case.events if isinstance(e, StepCompleted | StepWithdrawn) and e.step
    }
    giver, opened = APPLICANT, {}
    number = 0
    for event in case.events:
        if isinstance(event, StepEnabled):
            number += 1
            opened[event.step] = _unit(case, event)
            yield _hand_over(case, number, giver, event, closed.get(event.step))
        elif isinstance(event, DossierHandedOver):
            number += 1
            yield _papers_given(case, number, event)
        elif isinstance(event, StepCompleted):
            giver = opened.get(event.step, giver)


def _papers_given(case: Case, number: int, event: DossierHandedOver) -> HandOver:
    """Return the row of papers that went from one hand to another (giao nhận)."""
    at = event.at.astimezone(ZONE)
    return HandOver(
        number=number,
        giver=f"{case.person(event.giver, event.at)}, {case.agency(event.from_agency)}",
        receiver=f"{event.receiver}, {case.agency(event.to_agency)}",
        step=GIVEN,
        at=at,
        due_at=None,
        finished_at=at,
        result=UNTIMED,
        note="; ".join((*event.papers, event.note)).strip("; "),
    )


def _hand_over(
    case: Case, number: int, giver: str, event: StepEnabled, end: Event | None
) -> HandOver:
    law = case.procedure.steps.get(event.element)
    norm = law.norm_minutes if law is not None and law.counted else None
    due_at = case.calendar.add_minutes(event.at, norm) if norm else None
    return HandOver(
        number=number,
        giver=giver,
        receiver=_unit(case, event),
        step=event.name or event.element,
        at=event.at.astimezone(ZONE),
        due_at=due_at.astimezone(ZONE) if due_at else None,
        finished_at=end.at.astimezone(ZONE) if end else None,
        result=_step_result(end, due_at),
        note=str(getattr(end, "note", "") or getattr(end, "reason", "")),
    )


def _step_result(end: Event | None, due_at: datetime | None) -> str:
    if isinstance(end, StepWithdrawn):
        return DROPPED
    if end is None:
        return RUNNING
    return timeliness(end.at, due_at) if due_at is not None else UNTIMED


def _unit(case: Case, event: StepEnabled) -> str:
    law = case.procedure.steps.get(event.element)
    lane = case.procedure.lanes.get(event.lane)
    role = event.role or (lane.role.value if lane is not None else "")
    if role == "applicant" or (law is not None and law.clock == "applicant" and not role):
        return APPLICANT
    name = ROLES.get(role, role)
    agency = case.agency(event.agency) if event.agency else ""
    return f"{name}, {agency}" if name and agency else name or agency or event.lane


def _register_row(number: int, case: Case) -> RegisterRow:
    received, events = case.received, case.events
    finished = next((e.at for e in events if decides(case.procedure, e)), None)
    returned = next((e for e in events if isinstance(e, ResultReturned)), None)
    due_at = case.deadline().due_at
    who = case.applicant
    judged = timeliness(finished, due_at) if finished and due_at else ""
    return RegisterRow(
        number=number,
        dossier=received.code,
        procedure_name=case.procedure.name,
        sets=1,
        applicant=who.name,
        contact=", ".join(filter(None, (who.address, who.phone))),
        agency=case.agency(received.competent_agency),
        channel=CHANNELS.get(received.channel, received.channel),
        received_at=received.at.astimezone(ZONE),
        due_at=due_at.astimezone(ZONE) if due_at else None,
        finished_at=finished.astimezone(ZONE) if finished else None,
        returned_at=returned.at.astimezone(ZONE) if returned else None,
        manner=MANNERS.get(returned.manner, returned.manner) if returned else "",
        result=judged,
        note="; ".join(_notes(events)),
    )


def _notes(events: Iterable[Event]) -> Iterator[str]:
    """Yield what a reader of the register has to know beside the dates."""
    for event in events:
        if isinstance(event, SupplementRequested):
            yield f"Yêu cầu bổ sung lần {event.round}"
        elif isinstance(event, ApologyIssued):
            yield "Đã xin lỗi, hẹn lại"
        elif isinstance(event, IntakeRefused):
            yield "Từ chối"
        elif isinstance(event, DossierWithdrawn):
            yield "Dừng theo yêu cầu"
