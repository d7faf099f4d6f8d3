"""Compliance cost (chi phí tuân thủ): of a procedure and a year, as JSON, workbook or paper."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.handing_out import PDF, kept
from api.rest import schemas
from api.rest.door import answers, reading
from api.rest.fields import Choice, Strict, Text, Whole
from api.rest.parsing import Noun
from api.rest.reports import FILE, XLSX, printed
from engine.timing.cost import Subject
from workflows.review import costing
from workflows.review.cost_records import cost_record
from workflows.review.costing import CostQuery, ProcedureCost
from workflows.sheets import to_xlsx

blueprint = Noun("costs", __name__, description="Chi phí tuân thủ thủ tục (TT 02/2017/TT-VPCP).")

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_DROPPED = 50


class CostAsked(Strict):
    """Which year, and what would be cut."""

    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, required=True, metadata={"example": 2026})
    agency = Text(
        most=50, load_default="", metadata={"description": "Cơ quan giải quyết; bỏ trống là mình."}
    )
    subject = Choice(
        tuple(s.value for s in Subject),
        load_default=Subject.INDIVIDUAL.value,
        metadata={"description": "Đối tượng tuân thủ."},
    )
    before = Whole(
        least=FIRST_YEAR,
        most=LAST_YEAR,
        load_default=None,
        metadata={"description": "Năm trước để so sánh."},
    )
    drop_component = fields.List(
        Text(most=100),
        load_default=list,
        metadata={"description": "Giấy tờ bỏ khỏi thành phần hồ sơ."},
    )
    drop_task = fields.List(
        Text(most=200), load_default=list, metadata={"description": "Việc không còn phải làm."}
    )


class CostLine(Schema):
    """One task of who complies."""

    id = schemas.text()
    name = schemas.text()
    kind = schemas.text()
    component = schemas.text("Giấy tờ mà việc này chuẩn bị; rỗng nếu không.")
    minutes = schemas.whole("Phút một lần.")
    times = fields.Float(required=True, metadata={"description": "Số lần một hồ sơ, đếm được."})
    once_vnd = schemas.whole("Chi phí một lần.")
    dossier_vnd = schemas.whole("Chi phí một hồ sơ.")
    source = schemas.text()
    sample = fields.Boolean(required=True)


class CostSum(Schema):
    """A cost line by line, of a dossier and of a year, in đồng."""

    lines = schemas.listed(CostLine)
    fees_vnd = schemas.whole("Phí, lệ phí một hồ sơ.")
    dossier_vnd = schemas.whole("Một hồ sơ.")
    year_vnd = schemas.whole("Một năm.")


class CostBenefit(Schema):
    """Two costs and what is saved between them."""

    before = fields.Nested(CostSum, required=True)
    after = fields.Nested(CostSum, required=True)
    year_vnd = schemas.whole("Tiết kiệm một năm.")
    percent = fields.Float(required=True)


class CostOfProcedure(Schema):
    """What a procedure cost those who followed it in a year."""

    code = schemas.text()
    name = schemas.text()
    year = schemas.whole()
    prices_of = schemas.whole("Bảng giá của năm nào.")
    subject = schemas.text()
    dossiers = schemas.whole("Hồ sơ nhận trong năm.")
    visits = fields.Float(required=True, metadata={"description": "Lần phải đến, một hồ sơ."})
    rounds = fields.Float(required=True, metadata={"description": "Lần bổ sung, một hồ sơ."})
    online = fields.Float(required=True, metadata={"description": "Phần nộp trực tuyến."})
    post = fields.Float(required=True, metadata={"description": "Phần nộp qua bưu chính."})
    sample = fields.Boolean(
        required=True, metadata={"description": "Có số liệu mẫu, chưa đối chiếu."}
    )
    cost = fields.Nested(CostSum, required=True)
    benefit = fields.Nested(CostBenefit, required=True, allow_none=True)


def asked(code: str, query: dict[str, Any]) -> CostQuery:
    """Return what a request asks for."""
    return CostQuery(
        code=code,
        year=query["year"],
        agency=query["agency"],
        subject=Subject(query["subject"]),
        before=query["before"],
        drop_components=tuple(query["drop_component"]),
        drop_tasks=tuple(query["drop_task"]),
    )


def _costed(code: str, query: dict[str, Any]) -> ProcedureCost:
    return costing.cost(office(), current_actor(), asked(code, query))


@blueprint.route("/review/<string:code>/cost")
@reading("review.read")
@blueprint.arguments(CostAsked, location="query")
@answers(blueprint, 200, CostOfProcedure)
def cost(query: dict[str, Any], code: str) -> Response:
    """Tính chi phí tuân thủ của một thủ tục trong năm, trước và sau khi đơn giản hóa."""
    return jsonify(CostOfProcedure().dump(cost_record(_costed(code, query))))


@blueprint.route("/review/<string:code>/cost.xlsx")
@reading("review.read")
@blueprint.arguments(CostAsked, location="query")
@blueprint.response(200, FILE, content_type=XLSX)
def cost_workbook(query: dict[str, Any], code: str) -> Response:
    """Tải bảng tính chi phí tuân thủ."""
    sheets = costing.as_sheets(_costed(code, query))
    return kept(to_xlsx(sheets), f"chi-phi-{code}.xlsx", XLSX)


@blueprint.route("/review/<string:code>/cost.pdf")
@reading("review.read")
@blueprint.arguments(CostAsked, location="query")
@blueprint.response(200, FILE, content_type=PDF)
def cost_paper(query: dict[str, Any], code: str) -> Response:
    """In bảng tính chi phí tuân thủ (PDF/A)."""
    content = printed(costing.as_sheets(_costed(code, query)))
    return kept(content, f"chi-phi-{code}.pdf", PDF)
