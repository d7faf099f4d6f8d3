"""Reports (báo cáo định kỳ): of a period, as of its last day, as JSON, workbook, CSV or paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from flask import Response, current_app, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.handing_out import PDF, kept
from api.rest import schemas
from api.rest.door import answers, reading
from api.rest.fields import Choice, Strict
from api.rest.papers import FORMS
from api.rest.parsing import Noun
from engine.timing.reports import Report
from workflows.reports import statutory as made_of
from workflows.reports.statutory import Form, ReportQuery
from workflows.sheets import Sheet, SheetPrinter, to_csv, to_xlsx

blueprint = Noun("reports", __name__, description="Báo cáo định kỳ, tính đến ngày cuối của kỳ.")

PRINTER = "motcua.sheet_printer"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
FILE = {"type": "string", "format": "binary"}


class Period(Strict):
    """Which report over which days, both included."""

    form = Choice(
        tuple(f.value for f in Form),
        load_default=Form.BY_FIELD.value,
        metadata={"description": "II.06a theo lĩnh vực, II.06b theo thủ tục, units theo đơn vị."},
    )
    first_day = fields.Date(required=True, metadata={"example": "2026-07-01"})
    last_day = fields.Date(required=True, metadata={"example": "2026-09-30"})


class ReportLine(Schema):
    """A line of the report; columns as on the form."""

    name = schemas.text("Lĩnh vực, mã thủ tục hoặc mã đơn vị.")
    received = schemas.whole("(3) = (4) + (5) + (6)")
    online = schemas.whole("(4)")
    other_ways = schemas.whole("(5)")
    carried_over = schemas.whole("(6)")
    settled = schemas.whole("(7) = (8) + (9) + (10)")
    early = schemas.whole("(8)")
    on_time = schemas.whole("(9)")
    late = schemas.whole("(10)")
    open = schemas.whole("(11) = (12) + (13)")
    open_in_time = schemas.whole("(12)")
    open_late = schemas.whole("(13)")


class StatutoryReport(Schema):
    """A report of a period, as of its last day."""

    form = schemas.text()
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    lines = fields.List(fields.Nested(ReportLine), required=True)
    total = fields.Nested(ReportLine, required=True)


def sheet_printer() -> SheetPrinter:
    """Return the printer of sheets of this application."""
    made = current_app.extensions.get(PRINTER)
    if made is None:
        made = SheetPrinter(cast("Path", current_app.extensions[FORMS]))
        current_app.extensions[PRINTER] = made
    return cast("SheetPrinter", made)


@blueprint.route("/reports/statutory")
@reading("report.read")
@blueprint.arguments(Period, location="query")
@answers(blueprint, 200, StatutoryReport)
def statutory(query: dict[str, Any]) -> Response:
    """Đọc báo cáo tình hình giải quyết của cơ quan mình và các cơ quan trực thuộc."""
    asked, made = _made(query)
    line = ReportLine()
    return jsonify(
        {
            "form": asked.form.value,
            "first_day": asked.first_day.isoformat(),
            "last_day": asked.last_day.isoformat(),
            "lines": [line.dump(one) for one in made.lines],
            "total": line.dump(made.total),
        }
    )


@blueprint.route("/reports/statutory.xlsx")
@reading("report.read")
@blueprint.arguments(Period, location="query")
@blueprint.response(200, FILE, content_type=XLSX)
def statutory_workbook(query: dict[str, Any]) -> Response:
    """Tải báo cáo dưới dạng bảng tính."""
    asked, sheet = _sheet(query)
    return kept(to_xlsx([sheet]), f"{asked.form.value}.xlsx", XLSX)


@blueprint.route("/reports/statutory.csv")
@reading("report.read")
@blueprint.arguments(Period, location="query")
@blueprint.response(200, FILE, content_type=CSV)
def statutory_csv(query: dict[str, Any]) -> Response:
    """Tải báo cáo dưới dạng CSV."""
    asked, sheet = _sheet(query)
    return kept(to_csv(sheet), f"{asked.form.value}.csv", CSV)


@blueprint.route("/reports/statutory.pdf")
@reading("report.read")
@blueprint.arguments(Period, location="query")
@blueprint.response(200, FILE, content_type=PDF)
def statutory_paper(query: dict[str, Any]) -> Response:
    """In báo cáo (PDF/A)."""
    asked, sheet = _sheet(query)
    return kept(printed([sheet]), f"{asked.form.value}.pdf", PDF)


def printed(sheets: Sequence[Sheet]) -> bytes:
    """Return sheets as PDF/A under the name of the caller's agency."""
    agency = office().catalogue.agencies.get(current_actor().agency).name
    return sheet_printer().render(sheets, agency=agency, printed_at=office().clock.now())


def _made(query: dict[str, Any]) -> tuple[ReportQuery, Report]:
    asked = ReportQuery(**(query | {"form": Form(query["form"])}))
    return asked, made_of.statutory(office(), current_actor(), asked)


def _sheet(query: dict[str, Any]) -> tuple[ReportQuery, Sheet]:
    asked, made = _made(query)
    return asked, made_of.as_sheet(office(), asked.form, made)
