"""The statutory report of a period (Biểu II.06a/b), as of its last day, and its sheet.

Not for how the numbers are counted: `engine.timing.reports`; nor for the dossiers: `past`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.law.authority import Actor
from engine.timing import reports
from engine.timing.reports import Line, Report, Standing
from workflows.office import Office
from workflows.reports.past import asked_period, past_dossiers
from workflows.sheets import Column, Kind, Sheet


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
    period = asked_period(actor, query.first_day, query.last_day)
    line_of = LINES[query.form]
    return office.store.read(
        lambda uow: reports.report(
            (past.standing for past in past_dossiers(uow, office, actor, period)), period, line_of
        )
    )


def as_sheet(office: Office, form: Form, made: Report) -> Sheet:
    """Return a report as a table, with the numbers of its columns and its checks."""
    numbers = tuple(
        Column(label=label, kind=Kind.WHOLE, number=f"({number})", width=2)
        for number, label in enumerate(HEADINGS, FIRST_NUMBER)
    )
    return Sheet(
        title=TITLE,
        tab=form.value,
        lines=(f"Biểu {form.value}. {made.period.said()}",),
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
