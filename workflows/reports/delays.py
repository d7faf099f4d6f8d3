"""Overdue dossiers and apologies (hồ sơ quá hạn, xin lỗi và hẹn lại) of a period, as sheets.

As of its last day, from the record. Without names: such lists are posted at the unit. Not for what
is late: `engine.timing.delays`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from engine.timing.delays import Delay, delay_of, kept_promise
from engine.timing.events import ApologyIssued, Event
from engine.timing.reports import Period
from workflows.office import Office
from workflows.reports.past import PastDossier, asked_period, day_of, end_of, past_dossiers
from workflows.sheets import Column, Kind, Sheet
from workflows.standing import deadline_of
from workflows.store import UnitOfWork
from workflows.store.events import revive

OVERDUE_TITLE = "Hồ sơ quá hạn"
OVERDUE_NOTE = (
    "Quá hạn như Biểu II.06: cột (10) giải quyết quá hạn trong kỳ và cột (13) cuối kỳ còn giải "
    "quyết mà quá hạn. Hạn trả là hạn đang có hiệu lực: đã tính gia hạn, xin lỗi và hẹn lại. Số "
    "ngày quá hạn theo lịch."
)
APOLOGY_TITLE = "Xin lỗi và hẹn lại ngày trả kết quả"
APOLOGY_NOTE = (
    "Phiếu xin lỗi ký trong kỳ. Đúng lúc: trước hạn cũ ít nhất một ngày làm việc. Giữ lời: xong "
    "không sau ngày hẹn lại; chưa đến ngày thì để trống."
)
APOLOGISED = frozenset({ApologyIssued.kind})
YES, NO = "có", "không"


@dataclass(frozen=True, kw_only=True)
class OverdueDossier:
    """A late dossier: how late, its status then, and how often it was apologised for."""

    procedure_name: str
    delay: Delay
    status: NationalStatus
    apologies: int


@dataclass(frozen=True, kw_only=True)
class Apology:
    """One apology of a period: which date it replaced by which, whether it came in time.

    `kept` tells whether the new date was kept, None while it can still be.
    """

    code: str
    procedure: str
    procedure_name: str
    unit: str
    issued_on: date
    due_on: date | None
    new_due_on: date
    in_time: bool
    kept: bool | None


@dataclass(frozen=True, kw_only=True)
class Delays:
    """What was late in a period and what was apologised for."""

    period: Period
    overdue: tuple[OverdueDossier, ...]
    apologies: tuple[Apology, ...]


def delays(office: Office, actor: Actor, first_day: date, last_day: date) -> Delays:
    """Return the late dossiers, the latest first, and the apologies of the caller's agencies.

    Raises Forbidden, or InvalidInput for a period that ends before it begins or is too long.
    """
    period = asked_period(actor, first_day, last_day)

    def look(uow: UnitOfWork) -> Delays:
        overdue: list[OverdueDossier] = []
        apologies: list[Apology] = []
        sorry: list[PastDossier] = []
        for past in past_dossiers(uow, office, actor, period, APOLOGISED):
            late = delay_of(past.standing, period)
            if late is not None:
                overdue.append(_overdue(office, past, late))
            if any(day_of(e.at) in period for e in past.events):
                sorry.append(past)
        for past in sorry:
            apologies += _apologies(uow, office, past, period)
        return Delays(
            period=period,
            overdue=tuple(sorted(overdue, key=lambda o: (-o.delay.days_late, _code(o)))),
            apologies=tuple(sorted(apologies, key=lambda a: (a.issued_on, a.code))),
        )

    return office.store.read(look)


def overdue_sheet(office: Office, made: Delays) -> Sheet:
    """Return the late dossiers as a table."""
    return Sheet(
        title=OVERDUE_TITLE,
        tab="Quá hạn",
        lines=(f"{made.period.said()}: {len(made.overdue)} hồ sơ",),
        columns=(
            Column(label="TT", kind=Kind.WHOLE),
            Column(label="Mã hồ sơ", width=4),
            Column(label="Thủ tục", width=6),
            Column(label="Đơn vị giải quyết", width=4),
            Column(label="Tiếp nhận", kind=Kind.DATE, width=2),
            Column(label="Hạn trả", kind=Kind.DATE, width=2),
            Column(label="Xong", kind=Kind.DATE, width=2),
            Column(label="Quá hạn (ngày)", kind=Kind.WHOLE),
            Column(label="Trạng thái", width=3),
            Column(label="Số lần xin lỗi", kind=Kind.WHOLE),
        ),
        rows=tuple(
            (
                number,
                _code(one),
                one.procedure_name,
                office.catalogue.agencies.get(one.delay.standing.unit).name,
                one.delay.standing.received_on,
                one.delay.standing.due_on,
                one.delay.finished_on,
                one.delay.days_late,
                one.status.label,
                one.apologies,
            )
            for number, one in enumerate(made.overdue, 1)
        ),
        notes=(OVERDUE_NOTE,),
    )


def apology_sheet(office: Office, made: Delays) -> Sheet:
    """Return the apologies as a table."""
    return Sheet(
        title=APOLOGY_TITLE,
        tab="Xin lỗi",
        lines=(f"{made.period.said()}: {len(made.apologies)} phiếu",),
        columns=(
            Column(label="TT", kind=Kind.WHOLE),
            Column(label="Mã hồ sơ", width=4),
            Column(label="Thủ tục", width=6),
            Column(label="Đơn vị giải quyết", width=4),
            Column(label="Ngày ký", kind=Kind.DATE, width=2),
            Column(label="Hạn cũ", kind=Kind.DATE, width=2),
            Column(label="Hẹn lại", kind=Kind.DATE, width=2),
            Column(label="Đúng lúc", width=2),
            Column(label="Giữ lời", width=2),
        ),
        rows=tuple(
            (
                number,
                one.code,
                one.procedure_name,
                office.catalogue.agencies.get(one.unit).name,
                one.issued_on,
                one.due_on,
                one.new_due_on,
                YES if one.in_time else NO,
                None if one.kept is None else YES if one.kept else NO,
            )
            for number, one in enumerate(made.apologies, 1)
        ),
        notes=(APOLOGY_NOTE,),
    )


def _overdue(office: Office, past: PastDossier, late: Delay) -> OverdueDossier:
    return OverdueDossier(
        procedure_name=office.catalogue.at(past.row.digest).procedure.name,
        delay=late,
        status=NationalStatus(past.row.status),
        apologies=len(past.events),
    )


def _apologies(
    uow: UnitOfWork, office: Office, past: PastDossier, period: Period
) -> Iterator[Apology]:
    """Yield the apologies of one dossier with the dates they replaced, from its whole record."""
    row = past.row
    procedure = office.catalogue.at(row.digest).procedure
    record = uow.reporting.records([row.id], end_of(period.last))[row.id]
    before: list[Event] = []
    for event in map(revive, record):
        if isinstance(event, ApologyIssued) and day_of(event.at) in period:
            calendar = office.catalogue.calendar(row.competent_agency)
            due_at = deadline_of(row, procedure, before, calendar).due_at
            new_due_on = day_of(datetime.fromisoformat(event.new_due_at))
            yield Apology(
                code=row.code,
                procedure=row.procedure,
                procedure_name=procedure.name,
                unit=row.competent_agency,
                issued_on=day_of(event.at),
                due_on=day_of(due_at) if due_at is not None else None,
                new_due_on=new_due_on,
                in_time=not event.late,
                kept=kept_promise(past.standing, new_due_on, period.last),
            )
        before.append(event)


def _code(one: OverdueDossier) -> str:
    return one.delay.standing.code
