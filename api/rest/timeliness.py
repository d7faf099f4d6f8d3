"""Timeliness (đúng hạn): both official measures, of a dossier and of a procedure."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from api.auth import current_actor, office
from api.rest import schemas
from api.rest.door import answers, reading
from api.rest.fields import Strict
from api.rest.parsing import Noun
from api.rest.procedures import version_named
from workflows.review import timeliness

blueprint = Noun("timeliness", __name__, description="Đúng hạn theo hai cách tính chính thức.")


class PeriodQuery(Strict):
    """Which days of reception, both included; without them all."""

    first = fields.Date(
        data_key="from", load_default=None, metadata={"description": "Từ ngày nhận."}
    )
    last = fields.Date(data_key="to", load_default=None, metadata={"description": "Đến ngày nhận."})


class StepResult(Schema):
    """One execution of a step against its norm."""

    element = schemas.text()
    name = schemas.text()
    enabled_at = schemas.moment()
    closed_at = schemas.moment(null=True)
    due_at = schemas.moment("Hết định mức; null là bước không có định mức.", null=True)
    result = schemas.text("early, on_time, overdue hoặc open.")
    result_name = schemas.label("result")


class DossierTimeliness(Schema):
    """How a dossier stands by both measures."""

    code = schemas.text("Mã số hồ sơ.")
    promised_at = schemas.moment("Hẹn lúc tiếp nhận.", null=True)
    due_at = schemas.moment("Hẹn đang có hiệu lực.", null=True)
    finished_at = schemas.moment("Lúc có kết quả.", null=True)
    control_sheet = schemas.text("Theo Phiếu kiểm soát: early, on_time, overdue hoặc open.")
    control_sheet_name = schemas.label("control_sheet")
    decision_766 = schemas.text("Theo Quyết định 766/QĐ-TTg: on_time hoặc overdue.")
    decision_766_name = schemas.label("decision_766")
    supplement_requests = schemas.whole("Số lần yêu cầu bổ sung.")
    waited_minutes = schemas.whole("Phút làm việc chờ bổ sung.")
    steps = schemas.listed(StepResult)


class Tally(Schema):
    """How many came early, on time, overdue, or are still open within their time."""

    early = schemas.whole()
    on_time = schemas.whole()
    overdue = schemas.whole()
    open = schemas.whole()


class StepTally(Schema):
    """The executions of one step by their norm."""

    element = schemas.text()
    name = schemas.text()
    norm_minutes = schemas.whole("Định mức, phút làm việc.", null=True)
    tally = fields.Nested(Tally, required=True)


class ProcedureTimeliness(Schema):
    """The dossiers of a procedure by both measures, and its steps."""

    code = schemas.text("Mã thủ tục.")
    name = schemas.text()
    dossiers = schemas.whole("Số hồ sơ nhận trong kỳ.")
    control_sheet = fields.Nested(Tally, required=True)
    decision_766 = fields.Nested(Tally, required=True)
    steps = schemas.listed(StepTally)


@blueprint.route("/dossiers/<string:dossier>/timeliness")
@reading("dossier.read")
@answers(blueprint, 200, DossierTimeliness)
def of_dossier(dossier: str) -> Response:
    """Xem một hồ sơ và từng bước của nó sớm, đúng hay quá hạn, theo cả hai cách tính."""
    found = timeliness.of_dossier(office(), current_actor(), dossier)
    return jsonify(DossierTimeliness().dump(found))


@blueprint.route("/procedures/<string:code>/timeliness")
@reading("procedure.read")
@blueprint.arguments(PeriodQuery, location="query")
@answers(blueprint, 200, ProcedureTimeliness)
def of_procedure(query: dict[str, Any], code: str) -> Response:
    """Đếm hồ sơ sớm, đúng, quá hạn của một thủ tục theo cả hai cách tính, và từng bước."""
    period: tuple[date | None, date | None] = (query["first"], query["last"])
    found = timeliness.of_procedure(office(), version_named(code).procedure.code, period)
    return jsonify(ProcedureTimeliness().dump(found))
