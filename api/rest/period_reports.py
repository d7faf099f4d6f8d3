"""Indices, register, overdue dossiers, apologies of a period: JSON, workbook, CSV or paper."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.handing_out import PDF, kept
from api.period_reports import PeriodReport, report_named
from api.rest import schemas
from api.rest.door import answers, reading
from api.rest.fields import Strict
from api.rest.parsing import Noun
from api.rest.reports import CSV, FILE, XLSX, printed
from workflows.errors import NotFound
from workflows.sheets import Sheet, to_csv, to_xlsx

blueprint = Noun("period_reports", __name__, description="Báo cáo của một kỳ, tính đến hết kỳ.")


class Days(Strict):
    """Over which days, both included."""

    first_day = fields.Date(required=True, metadata={"example": "2026-07-01"})
    last_day = fields.Date(required=True, metadata={"example": "2026-09-30"})


def _number(description: str = "", *, null: bool = False) -> fields.Float:
    described = {"description": description}
    return fields.Float(required=True, allow_none=null, metadata=described)


def _day(*, null: bool = False) -> fields.Date:
    return fields.Date(required=True, allow_none=null)


class OfPeriod(Schema):
    """The days a report is of, both included."""

    first_day = _day()
    last_day = _day()


class ServiceIndex(Schema):
    """An index of Decision 766 with its arithmetic; no numbers where dossiers do not tell."""

    number = schemas.text("Số của chỉ số.")
    group = schemas.text()
    name = schemas.text()
    count = schemas.text("Cách đếm; rỗng: hồ sơ không cho biết.")
    numerator = schemas.whole(null=True)
    denominator = schemas.whole(null=True)
    rate = _number("Tử số / mẫu số.", null=True)
    threshold = _number("Từ tỷ lệ này trở lên được đủ điểm.")
    points = _number("Điểm đạt.", null=True)
    most = _number("Điểm cao nhất.")
    needs = schemas.text("Cần dữ liệu gì để đếm.")
    source = schemas.text()
    sample = schemas.flag("Điểm hoặc ngưỡng là dữ liệu mẫu.")


class MeanTime(Schema):
    """The mean time of a procedure (index 2.2), in working seconds."""

    procedure = schemas.text()
    settled = schemas.whole("Hồ sơ có kết quả trong kỳ.")
    seconds = schemas.whole("Tổng giây làm việc, trừ thời gian chờ bổ sung.")
    mean_seconds = _number()


class ServiceIndices(OfPeriod):
    """The indices of a period."""

    points = _number("Tổng điểm đạt.")
    reachable = _number("Tổng điểm của các chỉ số có cái để đếm.")
    items = schemas.listed(ServiceIndex)
    times = schemas.listed(MeanTime)


class OverdueDossier(Schema):
    """A dossier that was late."""

    code = schemas.text()
    procedure = schemas.text()
    procedure_name = schemas.text()
    unit = schemas.text("Đơn vị giải quyết.")
    received_on = _day()
    due_on = _day()
    finished_on = _day(null=True)
    days_late = schemas.whole("Số ngày theo lịch.")
    status = schemas.whole("Trạng thái quốc gia lúc cuối kỳ.")
    status_label = schemas.text()
    apologies = schemas.whole("Số lần xin lỗi đến hết kỳ.")


class OverdueDossiers(OfPeriod):
    """The late dossiers of a period, the longest late first."""

    items = schemas.listed(OverdueDossier)


class ApologyLine(Schema):
    """An apology: which date it replaced by which."""

    code = schemas.text()
    procedure = schemas.text()
    procedure_name = schemas.text()
    unit = schemas.text()
    issued_on = _day()
    due_on = _day(null=True)
    new_due_on = _day()
    in_time = schemas.flag("Trước hạn cũ ít nhất một ngày làm việc.")
    kept = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "Giữ lời; null: chưa đến ngày."}
    )


class Apologies(OfPeriod):
    """The apologies of a period."""

    items = schemas.listed(ApologyLine)


class RegisterLine(Schema):
    """A dossier of the register; the name only for its own agencies."""

    id = schemas.text()
    code = schemas.text()
    procedure = schemas.text()
    procedure_name = schemas.text()
    applicant = fields.String(required=True, allow_none=True)
    unit = schemas.text()
    channel = schemas.text()
    received_at = schemas.moment()
    due_at = schemas.moment(null=True)
    finished_at = schemas.moment(null=True)
    returned_at = schemas.moment(null=True)
    status = schemas.whole()
    status_label = schemas.text()
    timeliness = schemas.text("early, on_time, overdue hoặc open, như phiếu kiểm soát.")
    timeliness_label = schemas.text()


class PeriodRegister(OfPeriod):
    """The dossiers received in a period."""

    items = schemas.listed(RegisterLine)


@blueprint.route("/reports/indices")
@reading("report.read")
@blueprint.arguments(Days, location="query")
@answers(blueprint, 200, ServiceIndices)
def service_indices(query: dict[str, Any]) -> Response:
    """Đọc các chỉ số của Quyết định 766, kèm tử số và mẫu số."""
    return _values("indices", ServiceIndices(), query)


@blueprint.route("/reports/register")
@reading("report.read")
@blueprint.arguments(Days, location="query")
@answers(blueprint, 200, PeriodRegister)
def register(query: dict[str, Any]) -> Response:
    """Đọc sổ theo dõi hồ sơ, tình trạng lúc cuối kỳ."""
    return _values("register", PeriodRegister(), query)


@blueprint.route("/reports/overdue")
@reading("report.read")
@blueprint.arguments(Days, location="query")
@answers(blueprint, 200, OverdueDossiers)
def overdue(query: dict[str, Any]) -> Response:
    """Đọc danh sách hồ sơ quá hạn, không có tên người nộp."""
    return _values("overdue", OverdueDossiers(), query)


@blueprint.route("/reports/apologies")
@reading("report.read")
@blueprint.arguments(Days, location="query")
@answers(blueprint, 200, Apologies)
def apologies(query: dict[str, Any]) -> Response:
    """Đọc danh sách phiếu xin lỗi và hẹn lại."""
    return _values("apologies", Apologies(), query)


@blueprint.route("/reports/<string:report>.xlsx")
@reading("report.read")
@blueprint.arguments(Days, location="query")
@blueprint.response(200, FILE, content_type=XLSX)
def workbook(query: dict[str, Any], report: str) -> Response:
    """Tải báo cáo indices, register, overdue hoặc apologies dưới dạng bảng tính."""
    return kept(to_xlsx(_sheets(report, query)), f"{report}.xlsx", XLSX)


@blueprint.route("/reports/<string:report>.csv")
@reading("report.read")
@blueprint.arguments(Days, location="query")
@blueprint.response(200, FILE, content_type=CSV)
def table(query: dict[str, Any], report: str) -> Response:
    """Tải bảng đầu của báo cáo dưới dạng CSV."""
    return kept(to_csv(_sheets(report, query)[0]), f"{report}.csv", CSV)


@blueprint.route("/reports/<string:report>.pdf")
@reading("report.read")
@blueprint.arguments(Days, location="query")
@blueprint.response(200, FILE, content_type=PDF)
def paper(query: dict[str, Any], report: str) -> Response:
    """In báo cáo (PDF/A)."""
    return kept(printed(_sheets(report, query)), f"{report}.pdf", PDF)


def _made(kind: PeriodReport, query: dict[str, Any]) -> Any:
    return kind.made(office(), current_actor(), query["first_day"], query["last_day"])


def _values(name: str, schema: Schema, query: dict[str, Any]) -> Response:
    kind = report_named(name)
    return jsonify(schema.dump(kind.record(_made(kind, query))))


def _sheets(name: str, query: dict[str, Any]) -> tuple[Sheet, ...]:
    kind = report_named(name)
    if kind.is_form:
        raise NotFound("báo cáo", name)
    return kind.sheets(office(), _made(kind, query))
