"""Reports of a period (báo cáo định kỳ), as of its last day, from the record: any past one again.

A dossier is taken as it stood at the end of the period: where something may have happened since,
its record is folded up to that moment. Who asks sees the agency they work at and those below it.
Not for how the numbers are counted: `engine.timing.reports`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from engine.law.working_time import ZONE
from engine.timing import reports
from engine.timing.reports import Line, Period, Report, Standing
from workflows.errors import InvalidInput
from workflows.office import Office
from workflows.permitting import READ_REPORT, list_of, permit
from workflows.refolding import refold
from workflows.sheets import Column, Kind, Sheet
from workflows.store import UnitOfWork
from workflows.store.records import DossierRow

MOST_DAYS = 366 * 5


class Form(StrEnum):
    """Which report: by field (II.06a), by procedure (II.06b), by settling unit."""

    BY_FIELD = "II.06a"
    BY_PROCEDURE = "II.06b"
    BY_UNIT = "units"


LINES: dict[Form, Callable[[Standing], str]] = {
    Form.BY_FIELD: reports.by_field,
    Form.BY_PROCEDURE: reports.by_procedure,
    Form.BY_UNIT: reports.by_unit,
}
TITLE = "Tình hình, kết quả giải quyết thủ tục hành chính tại cơ quan, đơn vị trực tiếp giải quyết"
HEADINGS = (
    "Tiếp nhận: tổng số",
    "Trong kỳ, trực tuyến",
    "Trong kỳ, trực tiếp, bưu chính",
    "Từ kỳ trước",
    "Đã giải quyết: tổng số",
    "Trước hạn",
    "Đúng hạn",
    "Quá hạn",
    "Đang giải quyết: tổng số",
    "Trong hạn",
    "Quá hạn (đang giải quyết)",
)
FIRST_NUMBER = 3
CHECKS = "(3) = (4) + (5) + (6); (7) = (8) + (9) + (10); (11) = (12) + (13); (3) = (7) + (11)."
NOTE = (
    "Xong: kết quả đã ký, phát hành, hoặc hồ sơ bị từ chối, dừng, rút (tính đúng hạn). "
    "Hồ sơ đang chờ người nộp: tính trong hạn. So theo ngày."
)


@dataclass(frozen=True, kw_only=True)
class ReportQuery:
    """Which report over which days, both included."""

    form: Form = Form.BY_FIELD
    first_day: date
    last_day: date


def statutory(office: Office, actor: Actor, query: ReportQuery) -> Report:
    """Return a report of the caller's agency and those below it.

    Raises Forbidden, or InvalidInput for a period that ends before it begins or is too long.
    """
    permit(actor, READ_REPORT, list_of(actor.agency))
    days = (query.last_day - query.first_day).days
    if days < 0 or days > MOST_DAYS:
        raise InvalidInput("last_day", "hãy chọn ngày cuối sau ngày đầu, không quá 5 năm")
    period = Period(first=query.first_day, last=query.last_day)
    return office.store.read(
        lambda uow: reports.report(
            _standings(uow, office, actor, period), period, LINES[query.form]
        )
    )


def as_sheet(office: Office, form: Form, made: Report) -> Sheet:
    """Return a report as a table, with the numbers of its columns and its checks."""
    period = made.period
    first, last = f"{period.first:%d/%m/%Y}", f"{period.last:%d/%m/%Y}"
    numbers = tuple(
        Column(label=label, kind=Kind.WHOLE, number=f"({number})", width=2)
        for number, label in enumerate(HEADINGS, FIRST_NUMBER)
    )
    return Sheet(
        title=TITLE,
        tab=form.value,
        lines=(f"Biểu {form.value}, kỳ {first} đến {last}, tính đến hết ngày {last}",),
        columns=(
            Column(label="TT", number="(1)"),
            Column(label=_heading(form), number="(2)", width=6),
            *numbers,
        ),
        rows=tuple(
            (str(n), _name(office, form, line), *line.columns())
            for n, line in enumerate(made.lines, 1)
        ),
        total=("", made.total.name, *made.total.columns()),
        notes=(CHECKS, NOTE),
    )


def end_of(day: date) -> datetime:
    """Return the moment at which a day is over in the office's zone."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE)


def _standings(uow: UnitOfWork, office: Office, actor: Actor, period: Period) -> Iterator[Standing]:
    own = office.catalogue.agencies.below(actor.agency)
    ends = end_of(period.last)
    begins = end_of(period.first - timedelta(days=1))
    past = office.clock.now() > ends
    for rows in uow.reporting.touched(own, begins, ends):
        moved = [r for r in rows if past and (r.ended_at is None or r.ended_at >= ends)]
        then = _as_of(uow, office, moved, ends)
        for row in rows:
            yield _standing(office, then.get(row.id, row))


def _as_of(
    uow: UnitOfWork, office: Office, rows: Sequence[DossierRow], ends: datetime
) -> dict[str, DossierRow]:
    """Return how dossiers stood at the end, folded from their record up to it."""
    if not rows:
        return {}
    records = uow.reporting.records([r.id for r in rows], ends)
    return {
        row.id: refold(office, row, records[row.id]).dossier for row in rows if row.id in records
    }


def _standing(office: Office, row: DossierRow) -> Standing:
    procedure = office.catalogue.at(row.digest).procedure
    finished = row.resolved_at or row.ended_at
    stopped = {NationalStatus.NOT_ACCEPTED, NationalStatus.STOPPED}
    return Standing(
        code=row.code,
        field=procedure.field,
        procedure=row.procedure,
        unit=row.competent_agency,
        channel=row.channel,
        received_on=_day(row.received_at),
        due_on=_day(row.due_at) if row.due_at is not None else None,
        finished_on=_day(finished) if finished is not None else None,
        without_result=row.ended_at is not None and row.status in stopped,
        clock_stands=not row.clock_running,
        accepted=row.status != NationalStatus.REGISTERED,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _heading(form: Form) -> str:
    return {
        Form.BY_FIELD: "Lĩnh vực",
        Form.BY_PROCEDURE: "Thủ tục",
        Form.BY_UNIT: "Đơn vị",
    }[form]


def _name(office: Office, form: Form, line: Line) -> str:
    if form is Form.BY_PROCEDURE:
        return f"{line.name} {office.catalogue.latest(line.name).procedure.name}"
    if form is Form.BY_UNIT:
        return office.catalogue.agencies.get(line.name).name
    return line.name
