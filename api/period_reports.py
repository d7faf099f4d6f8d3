"""The reports of a period (báo cáo định kỳ): which there are, as sheets and as plain values.

One table, so that REST, pages and the command line offer the same. Counts nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any

from engine.law.authority import Actor
from engine.timing.reports import Line, Period, Report
from engine.timing.scores import Scored
from workflows.errors import NotFound
from workflows.office import Office
from workflows.reports import delays, indices, register, statutory
from workflows.reports.delays import Delays, OverdueDossier
from workflows.reports.indices import Indices
from workflows.reports.register import PeriodRegister
from workflows.reports.statutory import Form, ReportQuery
from workflows.sheets import Sheet

Values = dict[str, Any]
Made = Callable[[Office, Actor, date, date], Any]


@dataclass(frozen=True, kw_only=True)
class PeriodReport:
    """One report: its name in addresses, what people call it, what it tells, how it is made."""

    name: str
    label: str
    about: str
    made: Made
    sheets: Callable[[Office, Any], tuple[Sheet, ...]]
    record: Callable[[Any], Values]

    @property
    def is_form(self) -> bool:
        """Tell whether it is a form of the statutory report, which has addresses of its own."""
        return self.name in {form.value for form in Form}


def report_named(name: str) -> PeriodReport:
    """Return a report by its name; raises NotFound."""
    if name not in REPORTS:
        raise NotFound("báo cáo", name)
    return REPORTS[name]


def _days(period: Period) -> Values:
    return {"first_day": period.first, "last_day": period.last}


def _line(line: Line) -> Values:
    return asdict(line) | {n: getattr(line, n) for n in ("received", "settled", "open")}


def _statutory_record(made: Report) -> Values:
    lines = [_line(line) for line in made.lines]
    return _days(made.period) | {"lines": lines, "total": _line(made.total)}


def _scored(found: Scored | None) -> Values:
    if found is None:
        return dict.fromkeys(("numerator", "denominator", "rate", "points"))
    return {
        "numerator": found.numerator,
        "denominator": found.denominator,
        "rate": None if found.rate is None else float(found.rate),
        "points": None if found.points is None else float(found.points),
    }


def _indices_record(made: Indices) -> Values:
    items = [
        {
            "number": one.number,
            "group": one.group,
            "name": one.index.name,
            "count": one.count,
            "threshold": float(one.index.threshold),
            "most": float(one.index.points),
            "needs": one.needs,
            "source": one.index.source,
            "sample": one.index.sample,
        }
        | _scored(found)
        for one, found in made.scored
    ]
    times = [asdict(one) | {"mean_seconds": float(one.mean_seconds)} for one in made.times]
    return _days(made.period) | {
        "points": float(made.points),
        "reachable": float(made.reachable),
        "items": items,
        "times": times,
    }


def _overdue(one: OverdueDossier) -> Values:
    standing = one.delay.standing
    return {
        "code": standing.code,
        "procedure": standing.procedure,
        "procedure_name": one.procedure_name,
        "unit": standing.unit,
        "received_on": standing.received_on,
        "due_on": standing.due_on,
        "finished_on": one.delay.finished_on,
        "days_late": one.delay.days_late,
        "status": one.status.value,
        "status_label": one.status.label,
        "apologies": one.apologies,
    }


def _overdue_record(made: Delays) -> Values:
    return _days(made.period) | {"items": [_overdue(one) for one in made.overdue]}


def _apologies_record(made: Delays) -> Values:
    return _days(made.period) | {"items": [asdict(one) for one in made.apologies]}


def _register_record(made: PeriodRegister) -> Values:
    items = [
        asdict(line)
        | {
            "status": line.status.value,
            "status_label": line.status.label,
            "timeliness": line.timeliness.value,
            "timeliness_label": line.timeliness.label,
        }
        for line in made.lines
    ]
    return _days(made.period) | {"items": items}


def _statutory(form: Form, office: Office, actor: Actor, first: date, last: date) -> Report:
    query = ReportQuery(form=form, first_day=first, last_day=last)
    return statutory.statutory(office, actor, query)


def _form(form: Form, label: str, about: str) -> PeriodReport:
    return PeriodReport(
        name=form.value,
        label=label,
        about=about,
        made=partial(_statutory, form),
        sheets=lambda office, made: (statutory.as_sheet(office, form, made),),
        record=_statutory_record,
    )


REPORTS: Mapping[str, PeriodReport] = {
    one.name: one
    for one in (
        _form(
            Form.BY_FIELD,
            "II.06a, theo lĩnh vực",
            "Tình hình, kết quả giải quyết theo từng lĩnh vực (TT 01/2020/TT-VPCP).",
        ),
        _form(
            Form.BY_PROCEDURE,
            "II.06b, theo thủ tục",
            "Như II.06a, mỗi thủ tục một dòng.",
        ),
        _form(Form.BY_UNIT, "Theo đơn vị", "Như II.06a, mỗi đơn vị giải quyết một dòng."),
        PeriodReport(
            name="indices",
            label="Bộ chỉ số 766",
            about="Các chỉ số của Quyết định 766/QĐ-TTg đếm được từ hồ sơ, kèm tử số và mẫu số.",
            made=indices.indices,
            sheets=indices.as_sheets,
            record=_indices_record,
        ),
        PeriodReport(
            name="register",
            label="Sổ theo dõi hồ sơ",
            about="Hồ sơ tiếp nhận trong kỳ, mỗi hồ sơ một dòng, tình trạng lúc cuối kỳ.",
            made=register.register,
            sheets=lambda office, made: (register.as_sheet(office, made),),
            record=_register_record,
        ),
        PeriodReport(
            name="overdue",
            label="Hồ sơ quá hạn",
            about="Hồ sơ giải quyết quá hạn trong kỳ hoặc cuối kỳ còn quá hạn, lâu nhất trước.",
            made=delays.delays,
            sheets=lambda office, made: (delays.overdue_sheet(office, made),),
            record=_overdue_record,
        ),
        PeriodReport(
            name="apologies",
            label="Xin lỗi và hẹn lại",
            about="Phiếu xin lỗi ký trong kỳ: hạn cũ, ngày hẹn lại, có đúng lúc và có giữ lời.",
            made=delays.delays,
            sheets=lambda office, made: (delays.apology_sheet(office, made),),
            record=_apologies_record,
        ),
    )
}
