"""Letters to the applicant: supplement request, refusal, apology with a new date, stop notice.

Each stands on one event of the record and is refused where that event, or what the law wants
written in it, is missing. Not for writing those events: a use case does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, TypeVar

from engine.law.papers import Case, Entry, Head, PaperNotPossible, decides, head
from engine.law.provisions import Extension, Unit
from engine.law.reopening import counted_since
from engine.law.working_time import ZONE, WorkingCalendar
from engine.timing.events import (
    ApologyIssued,
    DossierStopped,
    DossierWithdrawn,
    Event,
    FurtherRoundApproved,
    IntakeRefused,
    ResultReleased,
    ResultSignedOff,
    StepEnabled,
    SupplementRequested,
)

GENERAL_TIMES = 1  # NĐ 118/2025: a new date at most once
MIN_WORDS = 2  # one word explains nothing
_CODE_LIKE = re.compile(r"[\w.:/#-]*", re.ASCII)
E_ = TypeVar("E_", bound=Event)


class NotInRecord(PaperNotPossible):
    """What the paper tells of has not happened."""

    code = "paper_not_in_record"


class NoReason(PaperNotPossible):
    """No reason a person can understand is written down; an error code is none."""

    code = "paper_no_reason"


class NoSigner(PaperNotPossible):
    """Nobody signed, or the author is not recorded."""

    code = "paper_no_signer"


class BeyondExtension(PaperNotPossible):
    """The new date, or the number of apologies, is more than the law allows."""

    code = "paper_beyond_extension"


class AlreadyDecided(PaperNotPossible):
    """The decision was there before the applicant asked to stop."""

    code = "paper_already_decided"


class TooManyRequests(PaperNotPossible):
    """More supplement requests than the procedure allows."""

    code = "paper_too_many_requests"


@dataclass(frozen=True, kw_only=True)
class SupplementRequest:
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ: everything that is missing in one notice."""

    form: ClassVar[str] = "supplement"

    head: Head
    round: int
    components: tuple[str, ...]
    reason: str
    basis: tuple[str, ...]
    stage: str
    close_after: str
    author: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Phiếu từ chối tiếp nhận, giải quyết hồ sơ."""

    form: ClassVar[str] = "refusal"

    head: Head
    reason: str
    basis: tuple[str, ...]
    signer: str
    author: str


@dataclass(frozen=True, kw_only=True)
class Apology:
    """Văn bản xin lỗi và hẹn lại; `in_time` is at least one working day before the old date."""

    form: ClassVar[str] = "apology"

    head: Head
    received_at: datetime
    old_due_at: datetime
    new_due_at: datetime
    competent: str
    reason: str
    signer: str
    in_time: bool


@dataclass(frozen=True, kw_only=True)
class StopNotice:
    """Thông báo dừng giải quyết hồ sơ theo yêu cầu của người nộp."""

    form: ClassVar[str] = "stop"

    head: Head
    received_at: datetime
    asked_at: datetime
    reason: str
    stages: tuple[str, ...]
    fees: str
    author: str


def supplement_request(case: Case, round_: int | None = None) -> SupplementRequest:
    """Return the request of a round, the last by default.

    Raises NotInRecord, NoReason, NoSigner (no author) or TooManyRequests.
    """
    entry, event = _last(case, SupplementRequested, "yêu cầu bổ sung", round_)
    law = case.procedure.supplement
    further = sum(isinstance(e, FurtherRoundApproved) for e in case.events)
    if law is not None and event.round > law.rounds + further:
        raise TooManyRequests(f"Thủ tục chỉ cho yêu cầu bổ sung {law.rounds} lần.")
    _understandable(event.reason)
    if not entry.actor:
        raise NoSigner("Nhật ký chưa ghi người hướng dẫn bổ sung hồ sơ.")
    names = {c.id: c.name for c in case.procedure.components}
    closing = f"{law.auto_close_after} {law.auto_close_unit.label}" if law is not None else ""
    return SupplementRequest(
        head=head(case, event.at, entry.agency),
        round=event.round,
        components=tuple(names.get(c, c) for c in event.components),
        reason=event.reason,
        basis=_basis(case),
        stage=_step_names(case).get(event.step, ""),
        close_after=closing,
        author=case.person(entry.actor, event.at),
    )


def refusal(case: Case) -> Refusal:
    """Return the refusal; raises NotInRecord, NoReason or NoSigner."""
    entry, event = _last(case, IntakeRefused, "từ chối")
    _understandable(event.reason)
    return Refusal(
        head=head(case, event.at, entry.agency),
        reason=event.reason,
        basis=_basis(case),
        signer=_signed(case, event),
        author=case.person(entry.actor, event.at),
    )


def apology(case: Case) -> Apology:
    """Return the last apology.

    Raises NotInRecord, NoReason, NoSigner or BeyondExtension: once at most, unless the procedure
    says otherwise, and no further than its extension (NĐ 118/2025, Lai Châu QĐ 88/2025 Điều 3.6).
    """
    _, event = _last(case, ApologyIssued, "xin lỗi, hẹn lại")
    _understandable(event.reason)
    signer = _signed(case, event)
    old, new = case.due_at(event), _moment(event.new_due_at)
    _may_be_moved(case, old, new)
    return Apology(
        head=head(case, event.at, case.received.competent_agency),
        received_at=case.received.at.astimezone(ZONE),
        old_due_at=old,
        new_due_at=new,
        competent=case.agency(case.received.competent_agency),
        reason=event.reason,
        signer=signer,
        in_time=event.at.astimezone(ZONE).date() <= apology_due(old.date(), case.calendar),
    )


def stop_notice(case: Case) -> StopNotice:
    """Return the stop notice; raises NotInRecord or AlreadyDecided (TT 03/2025 Điều 7)."""
    entry, event = _last_wish(case)
    _, earlier = counted_since(case.received.at, case.events[: case.events.index(event)])
    signed = ResultSignedOff | ResultReleased
    if any(decides(case.procedure, e) or isinstance(e, signed) for e in earlier):
        raise AlreadyDecided("Đã có quyết định hoặc kết quả: không thông báo dừng giải quyết.")
    return StopNotice(
        head=head(case, event.at, entry.agency),
        received_at=case.received.at.astimezone(ZONE),
        asked_at=event.at.astimezone(ZONE),
        reason=event.reason,
        stages=_open_names(case, earlier),
        fees="Phí, lệ phí đã nộp được xử lý theo quy định của pháp luật về phí, lệ phí.",
        author=case.person(entry.actor, event.at),
    )


def _may_be_moved(case: Case, old: datetime, new: datetime) -> None:
    """Refuse a second new date and one beyond the extension.

    A procedure silent about extensions has the general rule: one new date, no bound of its own.
    """
    law = case.procedure.extension
    if law is not None and not law.allowed:
        raise BeyondExtension("Thủ tục này không cho gia hạn.")
    own = case.procedure.reappointment
    most = law.max_times if law is not None else GENERAL_TIMES
    most = own.max_times if own is not None else most
    times = sum(isinstance(e, ApologyIssued) for e in case.events)
    if times > most:
        raise BeyondExtension(f"Chỉ được hẹn lại {most} lần; nhật ký đã có {times} lần.")
    if new <= old:
        raise BeyondExtension(f"Ngày hẹn mới phải sau {old:%H:%M %d/%m/%Y}.")
    if law is not None and new > (latest := latest_extension(law, old, case.calendar)):
        raise BeyondExtension(f"Ngày hẹn mới không được quá {latest:%H:%M %d/%m/%Y}.")


def latest_extension(law: Extension, old: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the latest moment an extension of this due moment may reach."""
    if law.unit == Unit.HOUR:
        return old + timedelta(hours=law.amount)
    if law.unit == Unit.WORKING_HOUR:
        return calendar.add_minutes(old, law.amount * 60)
    if law.unit == Unit.WORKING_DAY:
        return calendar.closing(calendar.add_working_days(old.date(), law.amount))
    days = law.amount * (30 if law.unit == Unit.MONTH else 1)
    return calendar.closing(calendar.add_working_days(old.date() + timedelta(days=days), 0))


def apology_due(due_on: date, calendar: WorkingCalendar) -> date:
    """Return the last day on which an apology is in time: one working day before the due date."""
    day = due_on - timedelta(days=1)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def _last(case: Case, kind: type[E_], what: str, round_: int | None = None) -> tuple[Entry, E_]:
    for entry in reversed(case.record):
        event = entry.event
        if isinstance(event, kind) and round_ in {None, getattr(event, "round", None)}:
            return entry, event
    raise NotInRecord(f"Nhật ký hồ sơ không có việc {what}.")


def _last_wish(case: Case) -> tuple[Entry, DossierWithdrawn | DossierStopped]:
    for entry in reversed(case.record):
        if isinstance(entry.event, DossierWithdrawn | DossierStopped):
            return entry, entry.event
    raise NotInRecord("Nhật ký hồ sơ không có việc yêu cầu dừng, rút hồ sơ.")


def _understandable(reason: str) -> None:
    """Refuse what no applicant can act on: nothing, one word, a technical code."""
    if len(reason.split()) < MIN_WORDS or _CODE_LIKE.fullmatch(reason.strip()):
        raise NoReason("Chưa nêu lý do bằng lời để người nộp hiểu; không dùng mã lỗi kỹ thuật.")


def _signed(case: Case, event: IntakeRefused | ApologyIssued) -> str:
    """Return the name the signer had when signing."""
    if not event.signer.strip():
        raise NoSigner("Chưa có người ký.")
    return case.person(event.signer, event.at)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZONE)


def _basis(case: Case) -> tuple[str, ...]:
    return tuple(
        f"{b.article}, {b.text}" if b.article else b.text for b in case.procedure.legal_basis
    )


def _step_names(case: Case) -> dict[str, str]:
    return {e.step: e.name or e.element for e in case.events if isinstance(e, StepEnabled)}


def _open_names(case: Case, events: list[Event]) -> tuple[str, ...]:
    """Return the names of the steps that were open when the applicant asked."""
    names = _step_names(case)
    opened: dict[str, None] = {}
    for event in events:
        step = getattr(event, "step", "")
        if event.kind == "step_enabled":
            opened[step] = None
        elif event.kind in {"step_completed", "step_withdrawn"}:
            opened.pop(step, None)
    return tuple(names[step] for step in opened)
